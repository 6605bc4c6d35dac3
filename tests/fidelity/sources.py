"""Where the fidelity table knows from how AWS behaves.

A source reads `collection: page`, such as `SQS API: SendMessage`. The collection `recorded` is
tests/recordings, whose pages are the names of the tests that LocalStack let AWS answer.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

RECORDINGS = Path(__file__).parents[1] / "recordings"
RECORDED = "recorded"

_DOCS = "https://docs.aws.amazon.com"
COLLECTIONS = {
    "SQS guide": f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/{{}}.html",
    "SQS API": f"{_DOCS}/AWSSimpleQueueService/latest/APIReference/API_{{}}.html",
    "Lambda guide": f"{_DOCS}/lambda/latest/dg/{{}}.html",
    "Lambda API": f"{_DOCS}/lambda/latest/api/API_{{}}.html",
    "DynamoDB guide": f"{_DOCS}/amazondynamodb/latest/developerguide/{{}}.html",
    "DynamoDB API": f"{_DOCS}/amazondynamodb/latest/APIReference/API_{{}}.html",
    "API Gateway guide": f"{_DOCS}/apigateway/latest/developerguide/{{}}.html",
    "API Gateway API": f"{_DOCS}/apigateway/latest/api/{{}}.html",
    "SNS guide": f"{_DOCS}/sns/latest/dg/{{}}.html",
    "SNS API": f"{_DOCS}/sns/latest/api/API_{{}}.html",
    "CloudWatch guide": f"{_DOCS}/AmazonCloudWatch/latest/monitoring/{{}}.html",
    "CloudWatch Logs guide": f"{_DOCS}/AmazonCloudWatch/latest/logs/{{}}.html",
    "CloudWatch Logs API": f"{_DOCS}/AmazonCloudWatchLogs/latest/APIReference/API_{{}}.html",
    "CloudWatch API": f"{_DOCS}/AmazonCloudWatch/latest/APIReference/API_{{}}.html",
    "IAM guide": f"{_DOCS}/IAM/latest/UserGuide/{{}}.html",
    "IAM API": f"{_DOCS}/IAM/latest/APIReference/API_{{}}.html",
    "STS API": f"{_DOCS}/STS/latest/APIReference/API_{{}}.html",
    "Access Analyzer API": f"{_DOCS}/access-analyzer/latest/APIReference/API_{{}}.html",
    "re:Post": "https://repost.aws/knowledge-center/{}",
    "AWS news": "https://aws.amazon.com/about-aws/whats-new/{}",
    "AWS blog": "https://aws.amazon.com/blogs/{}",
    # AWS's own code: the service models of its SDK, and the client in its Lambda runtimes.
    "botocore": "https://github.com/boto/botocore/tree/develop/botocore/data/{}",
    "runtime client": (
        "https://github.com/aws/aws-lambda-python-runtime-interface-client/blob/46e4c6a/{}"
    ),
    # Recordings of AWS that are not in this project, and what users were told by AWS.
    "LocalStack's recording": (
        "https://github.com/localstack/localstack/blob/8b9a79f/tests/aws/services/{}.snapshot.json"
    ),
    "airspeed-ext's recording": (
        "https://github.com/localstack/airspeed/blob/master/tests/{}.snapshot.json"
    ),
    # Tests of another local DynamoDB, written against AWS's own.
    "dynalite's test": "https://github.com/architect/dynalite/blob/8a4a8d1/test/{}.js",
    "report": "https://github.com/{}",
}


def is_known(source: str) -> bool:
    """Whether a source leads anywhere.

    >>> is_known("SQS API: SendMessage"), is_known("memory")
    (True, False)
    """
    collection, _, page = source.partition(": ")
    if collection == RECORDED:
        return page in _recorded()
    return bool(page) and collection in COLLECTIONS


def link(source: str) -> str:
    """A source as a Markdown link that works from docs/.

    >>> link("SNS API: Publish")
    '[SNS API: Publish](https://docs.aws.amazon.com/sns/latest/api/API_Publish.html)'
    """
    collection, _, page = source.partition(": ")
    if collection == RECORDED:
        return f"[{source}](../tests/recordings/{_recorded()[page]})"
    return f"[{source}]({COLLECTIONS[collection].format(page)})"


@cache
def _recorded() -> dict[str, str]:
    # The name of each recorded test, without class and parameters, and the file it is in; a name
    # that two files have stands behind its file's, as in `sns-http/test_x`.
    return {
        name: path.name
        for path in sorted(RECORDINGS.glob("*.json"))
        for key in json.loads(path.read_text())
        for test in [key.split("::")[-1].partition("[")[0]]
        for name in (test, f"{path.stem}/{test}")
    }
