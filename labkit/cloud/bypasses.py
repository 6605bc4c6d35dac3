"""Calls of other services that would reach the lab's resources past their planes, and are refused.

The rule: a service of moto's that the lab does not serve is as moto makes it, unless moto's would
itself make, call or write to a queue, a topic, a table, a function, an API, a log or an alarm. No
policy would be asked then, and no delivery would be the lab's. Those calls are in this table;
`tests/cloud/test_bypasses.py` finds every place in moto that could be one.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from labkit.cloud.aws_errors import AwsError
from labkit.cloud.messages import Response
from labkit.cloud.readings import Reading
from labkit.cloud.refusals import MESSAGE

EVERY = "*"
NOTIFICATIONS = "PutBucketNotificationConfiguration"

# By signing name and operation.
BYPASSES: Mapping[str, Mapping[str, str]] = {
    "application-autoscaling": {"PutScalingPolicy": "nothing scales, and makes no alarms"},
    "cloudformation": {EVERY: "a stack would make resources behind their services' backs"},
    "events": {"PutTargets": "rules have no targets"},
    "s3": {NOTIFICATIONS: "buckets notify nobody"},
    "secretsmanager": {"RotateSecret": "secrets do not rotate"},
    "ses": {"SetIdentityNotificationTopic": "mails of SES go nowhere, and nothing is told of them"},
    "states": dict.fromkeys(("StartExecution", "StartSyncExecution"), "state machines do not run"),
    "textract": {"StartDocumentTextDetection": "documents are not read, and nobody is told"},
    "wafv2": {"AssociateWebACL": "no firewall stands before a stage"},
}


def refusal(reading: Reading) -> Response | None:
    """The answer to a call that is in the table, None for any other.

    >>> from labkit.cloud.readings import Request, read
    >>> refusal(read("cloudformation", Request("GET", "/", "Action=CreateStack"))).status
    501
    """
    service = reading.service
    refused = BYPASSES.get(service)
    if refused is None:
        return None
    operation = _operation(reading)
    why = refused.get(EVERY) or refused.get(operation)
    if why is None:
        return None
    text = MESSAGE.format(f"{operation} of {service}", why)
    name = "NotImplementedException"
    return AwsError(service, name, name.removesuffix("Exception"), 501, text).answer(
        reading.request
    )


def _operation(reading: Reading) -> str:
    """The operation that a request is for; one of S3's is told by a query without a value."""
    if reading.service == "s3":
        query = parse_qs(reading.request.query, keep_blank_values=True)
        is_put = reading.request.method == "PUT"
        return NOTIFICATIONS if is_put and "notification" in query else ""
    return reading.operation.name if reading.operation else ""
