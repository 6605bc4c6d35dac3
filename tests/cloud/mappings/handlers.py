"""The functions that the tests of mappings run; each first shows its event to a webhook.

The webhook has the function's name, so that a test can wait for the event without polling.
"""

import json
import os
import urllib.request


def show(document):
    """Post a document to the webhook of this function, and wait for the answer."""
    name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_lab/webhook/{name}"
    request = urllib.request.Request(url, json.dumps(document).encode(), method="POST")
    urllib.request.urlopen(request).read()


def answer(event, context):
    """Return what the environment's ANSWER says, nothing without it; fail if it says so."""
    show(event)
    text = os.environ.get("ANSWER", "null")
    if text == "raise":
        raise RuntimeError("failed as told")
    if text == "exit":
        os._exit(1)
    return json.loads(text.replace("FIRST", event.get("Records", [{}])[0].get("messageId", "")))


def refuse_once(event, context):
    """Fail at the first delivery of a message whose body says `refused`."""
    show(event)
    for record in event["Records"]:
        if "refused" in record["body"] and record["attributes"]["ApproximateReceiveCount"] == "1":
            raise RuntimeError("refused as told")


def versioned(event, context):
    """Show the event together with the version that runs and its CUSTOM_VAR."""
    show(
        {
            "function_version": context.function_version,
            "CUSTOM_VAR": os.environ["CUSTOM_VAR"],
            "event": event,
        }
    )


def refuse_marked_items(event, context):
    """Report the stream records whose new image says `should_fail`."""
    show(event)
    failures = [
        {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}
        for record in event["Records"]
        if record["dynamodb"]["NewImage"].get("should_fail", {}).get("BOOL")
    ]
    return {"batchItemFailures": failures}


def refuse_marked_records(event, context):
    """Fail as a whole if any stream record's new image says `should_fail`."""
    show(event)
    if refuse_marked_items_of(event):
        raise RuntimeError("failed as told")


def refuse_marked_items_of(event):
    """The keys of the items that say `should_fail`."""
    return [
        record["dynamodb"]["Keys"]
        for record in event["Records"]
        if record["dynamodb"]["NewImage"].get("should_fail", {}).get("BOOL")
    ]


def fail_first_attempts(event, context):
    """Fail a single message's first `fail_attempts` deliveries; report to its `destination`."""
    import boto3

    [record] = event["Records"]
    message = json.loads(record["body"])
    attempt = int(record["attributes"]["ApproximateReceiveCount"])
    error = "failed attempt" if attempt <= message["fail_attempts"] else None
    boto3.client("sqs").send_message(
        QueueUrl=message["destination"],
        MessageBody=json.dumps({"error": error, "event": event}),
    )
    if error:
        raise ValueError(error)


def report_first_attempts(event, context):
    """Report the messages that are to fail this time; send event and result to DESTINATION."""
    import boto3

    failures = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if json.loads(record["body"])["fail_attempts"]
        >= int(record["attributes"]["ApproximateReceiveCount"])
    ]
    result = {"batchItemFailures": failures}
    if "ANSWER" in os.environ:
        result = json.loads(os.environ["ANSWER"])
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["DESTINATION"],
        MessageBody=json.dumps({"event": event, "result": result}),
    )
    return result


def fail_on_request(event, context):
    """Fail if the event asks for it."""
    if event.get("raise_error"):
        raise RuntimeError("Test exception (this is intentional)")
