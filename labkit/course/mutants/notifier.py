"""Wrong answers to the exercises of notebook 06."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_SETTINGS = """\
settings = {
    "EventSourceArn": stream_arn,
    "StartingPosition": "TRIM_HORIZON",
    "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
} | """

_CODE = '''\
packer = """
from boto3.dynamodb.types import TypeDeserializer
from packing import pack

def handler(event, context):
    failed = []
    for record in event["Records"]:
%s
        number = record["dynamodb"]["SequenceNumber"]
        order = TypeDeserializer().deserialize({"M": record["dynamodb"]["NewImage"]})
        try:
            pack(order)
        except ValueError:
            %s
    return {"batchItemFailures": failed}
"""'''
_INSERTS_ONLY = """\
        if record["eventName"] != "INSERT":
            continue"""

_QUEUE = """\
queue_url = sqs.create_queue(QueueName=lab.names.practice("not-announced"))["QueueUrl"]
attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
queue_arn = attributes["Attributes"]["QueueArn"]
other_arn = queue_arn.replace(lab.names.practice("not-announced"), lab.names.dead_letter_queue)
"""
_MAY_SEND = """\
statement = {
    "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": [queue_arn, other_arn]
}
iam.put_role_policy(
    RoleName=lab.names.notifier_role,
    PolicyName=lab.names.practice("not-announced"),
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
)
"""
_LIMIT = """\
aws_lambda.update_event_source_mapping(**{
    "UUID": mapping["UUID"],
    "MaximumRetryAttempts": 2,
    "BisectBatchOnFunctionError": True,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
} | %s)"""
_DEAD_LETTERS = """
aws_lambda.update_function_configuration(
    FunctionName=name, DeadLetterConfig={"TargetArn": queue_arn}
)"""


def _limit(change: str) -> str:
    return _QUEUE + _MAY_SEND + _LIMIT % change


MUTANTS = (
    Mutant(
        "q6_1",
        "the table's ARN",
        _SETTINGS + '{"EventSourceArn": table["TableArn"]}',
        "ARN of the table",
    ),
    Mutant("q6_1", "LATEST", _SETTINGS + '{"StartingPosition": "LATEST"}', "From LATEST on"),
    Mutant(
        "q6_1",
        "reports are not asked for",
        _SETTINGS + '{"FunctionResponseTypes": []}',
        "does not ask for them",
    ),
    Mutant("q6_1", "no filter", _SETTINGS + '{"FilterCriteria": {}}', "Without a filter"),
    Mutant(
        "q6_1",
        "a filter that removals pass",
        _SETTINGS
        + """{
    "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT", "REMOVE"]}'}]}
}""",
        "besides new orders: REMOVE",
    ),
    Mutant(
        "q6_1",
        "a pattern that is not one",
        _SETTINGS
        + """{
    "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": "INSERT"}'}]}
}""",
        "does not take these settings",
    ),
    Mutant(
        "q6_2",
        "a removal crashes",
        _CODE % ("", 'failed.append({"itemIdentifier": number})'),
        "KeyError: 'NewImage'",
    ),
    Mutant(
        "q6_2",
        "the last number only",
        _CODE % (_INSERTS_ONLY, 'failed = [{"itemIdentifier": number}]'),
        "the last failure only",
    ),
    Mutant(
        "q6_2",
        "returns at the first failure",
        _CODE % (_INSERTS_ONLY, 'return {"batchItemFailures": [{"itemIdentifier": number}]}'),
        "had to wait",
    ),
    Mutant(
        "q6_2",
        "numbers of orders",
        _CODE % (_INSERTS_ONLY, 'failed.append({"itemIdentifier": order["orderID"]})'),
        "numbers of orders",
    ),
    Mutant(
        "q6_2",
        "the record's id",
        _CODE % (_INSERTS_ONLY, 'failed.append({"itemIdentifier": record["eventID"]})'),
        "no sequence number of its batch",
    ),
    Mutant(
        "q6_2",
        "another module",
        (_CODE % (_INSERTS_ONLY, "pass")).replace("from packing", "from packaging"),
        "did not even start",
    ),
    Mutant(
        "q6_2",
        "every error is caught",
        (_CODE % (_INSERTS_ONLY, "pass"))
        .replace("pack(order)", "pack(order['NewImage'])")
        .replace("except ValueError", "except Exception"),
        "No order was packed",
    ),
    Mutant("q6_2", "no Python", "packer = 'def handler(event, context)'", "cannot read line 1"),
    Mutant("q6_2", "failures are swallowed", _CODE % (_INSERTS_ONLY, "pass"), "reports none"),
    Mutant("q6_3", "no permission to send", _QUEUE + _LIMIT % "{}", "does not allow it"),
    Mutant("q6_3", "endless retries", _limit('{"MaximumRetryAttempts": -1}'), "is no limit"),
    Mutant(
        "q6_3",
        "batches stay whole",
        _limit('{"BisectBatchOnFunctionError": False}'),
        "takes the good ones",
    ),
    Mutant(
        "q6_3",
        "reports are not asked for",
        _limit('{"FunctionResponseTypes": []}'),
        "does not ask for them",
    ),
    Mutant(
        "q6_3",
        "the function's dead-letter queue",
        _limit('{"DestinationConfig": {"OnFailure": {}}}') + _DEAD_LETTERS,
        "own dead-letter queue",
    ),
    Mutant(
        "q6_3",
        "the dead-letter queue of another stage",
        _limit('{"DestinationConfig": {"OnFailure": {"Destination": other_arn}}}'),
        "Notes about records go to",
    ),
)
