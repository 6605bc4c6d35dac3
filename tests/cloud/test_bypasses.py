"""What of moto's would reach the lab's resources past their planes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import moto
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from labkit.cloud.bypasses import BYPASSES

MOTO = Path(moto.__file__).parent
OWN = {"apigateway", "apigatewayv2", "awslambda", "cloudwatch", "dynamodb", "dynamodbstreams"}
OWN |= {"logs", "sns", "sqs"}
REACHES = re.compile(
    r"\b(apigateway|apigatewayv2|lambda|cloudwatch|dynamodb|dynamodbstreams|logs|sns|sqs)_backends\b"
    r"|moto\.awslambda\.utils import get_backend"
)
# Where moto's other services lead to the lab's: the row of the table that refuses it, or why none
# has to.
JUDGED = {
    "applicationautoscaling/models.py": "application-autoscaling",
    "batch/models.py": "runs containers, for which it needs a package that is not there",
    "cloudformation/custom_model.py": "cloudformation",
    "cloudformation/models.py": "cloudformation",
    "cloudtrail/models.py": "only asks whether a topic exists",
    "config/models.py": "only asks whether a function exists",
    "dynamodb_v20111205/__init__.py": "has tables of its own",
    "dynamodb_v20111205/models.py": "has tables of its own",
    "dynamodb_v20111205/responses.py": "has tables of its own",
    "ec2/models/flow_logs.py": "only asks whether a log group exists",
    "events/models.py": "events",
    "events/notifications.py": "events",
    "kinesis/models.py": "metrics of its own; the lab refuses mappings that read a stream of it",
    "route53/models.py": "only asks whether a log group exists",
    "s3/notifications.py": "s3",
    "secretsmanager/models.py": "secretsmanager",
    "ses/models.py": "ses",
    "stepfunctions/parser/asl/eval/event/logging.py": "states",
    "textract/models.py": "textract",
    "wafv2/models.py": "wafv2",
}
UNCHECKED = Config(parameter_validation=False, retries={"max_attempts": 0})


def test_every_place_in_moto_that_reaches_the_labs_services_is_judged() -> None:
    """Fails when a new moto adds one, or loses one."""
    found = {
        str(path.relative_to(MOTO))
        for path in MOTO.rglob("*.py")
        if path.relative_to(MOTO).parts[0] not in OWN and REACHES.search(path.read_text())
    } - {"backends.py"}
    assert found == set(JUDGED)
    assert set(BYPASSES) == {row for row in JUDGED.values() if " " not in row}


@pytest.mark.fidelity(
    "The local cloud",
    "Other services are as moto makes them; what would reach the lab's resources past their "
    "planes is refused: CloudFormation, targets of EventBridge rules, notifications of buckets, "
    "runs of state machines, rotation of secrets and their like.",
    differs="No policy would be asked, and no delivery would be the lab's.",
)
@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("application-autoscaling", "put_scaling_policy", {}),
        ("cloudformation", "create_stack", {"StackName": "x", "TemplateBody": "{}"}),
        ("cloudformation", "create_change_set", {"StackName": "x", "ChangeSetName": "x"}),
        ("cloudformation", "list_stacks", {}),
        ("events", "put_targets", {"Rule": "x", "Targets": []}),
        ("s3", "put_bucket_notification_configuration", {"NotificationConfiguration": {}}),
        ("secretsmanager", "rotate_secret", {"SecretId": "x"}),
        ("ses", "set_identity_notification_topic", {"Identity": "x"}),
        ("stepfunctions", "start_execution", {"stateMachineArn": "x"}),
        ("textract", "start_document_text_detection", {}),
        ("wafv2", "associate_web_acl", {"ResourceArn": "x"}),
    ],
)
def test_what_would_bypass_a_plane_is_refused(
    client: Callable[..., Any], service: str, operation: str, arguments: dict[str, Any]
) -> None:
    """501 in the service's own form, with the reason and the name of the fidelity table."""
    given = {"Bucket": "bucket", **arguments} if service == "s3" else arguments
    with pytest.raises(ClientError) as refused:
        getattr(client(service, config=UNCHECKED), operation)(**given)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert "is not in the local cloud" in refused.value.response["Error"]["Message"]
    assert "fidelity table" in refused.value.response["Error"]["Message"]


def test_what_they_do_otherwise_is_as_moto_makes_it(client: Callable[..., Any]) -> None:
    """A rule without targets, a secret that stays, and a bucket that notifies nobody."""
    client("events").put_rule(Name="quiet", EventPattern=json.dumps({"source": ["lab"]}))
    client("secretsmanager").create_secret(Name="still", SecretString="x")
    client("s3").create_bucket(Bucket="silent")
    assert client("s3").get_bucket_notification_configuration(Bucket="silent")
    assert client("secretsmanager").get_secret_value(SecretId="still")["SecretString"] == "x"
