"""Wrong answers to the exercises of notebook 07."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_THANKS = """\
name = lab.names.practice("thanks")
thanks_url = sqs.create_queue(QueueName=name)["QueueUrl"]
policy = policies.document("Queue-Audit-From-SNS", lab, AuditQueueName=name)
sqs.set_queue_attributes(QueueUrl=thanks_url, Attributes={"Policy": json.dumps(policy)})
attributes = sqs.get_queue_attributes(QueueUrl=thanks_url, AttributeNames=["QueueArn"])
thanks = sns.subscribe(
    TopicArn=topic_arn, Protocol="sqs", Endpoint=attributes["Attributes"]["QueueArn"]
)["SubscriptionArn"]
wanted = {"customer_type": ["account"], "total": [{"numeric": [">=", limit]}]}
for attribute, value in {
    "FilterPolicyScope": "MessageAttributes",
    "FilterPolicy": json.dumps(wanted),
    "RawMessageDelivery": "true",
}.items():
    sns.set_subscription_attributes(
        SubscriptionArn=thanks, AttributeName=attribute, AttributeValue=value
    )"""

_PARCELS = """\
name, dead_name = lab.names.practice("parcels"), lab.names.practice("parcels-dead")
parcels = sns.subscribe(
    TopicArn=topic_arn,
    Protocol="http",
    Endpoint=lab.webhook_url(name),
    ReturnSubscriptionArn=True,
)["SubscriptionArn"]
parcels_dead_url = sqs.create_queue(QueueName=dead_name)["QueueUrl"]
attributes = sqs.get_queue_attributes(QueueUrl=parcels_dead_url, AttributeNames=["QueueArn"])
dead_arn = attributes["Attributes"]["QueueArn"]"""

_CONFIRM = """
request = lab.webhook(name, wait=20)[0]
sns.confirm_subscription(TopicArn=topic_arn, Token=json.loads(request["body"])["Token"])"""

_ON_THE_QUEUE = """
redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 4})
sqs.set_queue_attributes(QueueUrl=parcels_dead_url, Attributes={"RedrivePolicy": redrive})"""

_FILTER = """
sns.set_subscription_attributes(
    SubscriptionArn=parcels, AttributeName="FilterPolicy", AttributeValue='%s'
)"""

_KEEP = """
sns.set_subscription_attributes(
    SubscriptionArn=parcels,
    AttributeName="RedrivePolicy",
    AttributeValue=json.dumps({"deadLetterTargetArn": dead_arn}),
)"""

_ANY_TOPIC = """
policy = policies.document("Queue-Audit-From-SNS", lab, AuditQueueName=dead_name)
del policy["Statement"][0]["Condition"]["ArnEquals"]
sqs.set_queue_attributes(QueueUrl=parcels_dead_url, Attributes={"Policy": json.dumps(policy)})"""

_EVERY_CERTIFICATE = """\
def is_signed(message):
    with urlopen(message["SigningCertURL"]) as page:
        own_key = load_pem_x509_certificate(page.read()).public_key()
    signature = base64.b64decode(message["Signature"])
    try:
        own_key.verify(signature, signed_text(message), padding.PKCS1v15(), hashes.SHA1())
    except InvalidSignature:
        return False
    return message["TopicArn"] == topic_arn

believed = [json.loads(each["Message"])["orderID"] for each in overnight if is_signed(each)]"""

_ATTRIBUTES_TOO = """\
def is_signed(message):
    text = signed_text(message) + json.dumps(message["MessageAttributes"]).encode()
    try:
        key.verify(base64.b64decode(message["Signature"]), text, padding.PKCS1v15(), hashes.SHA1())
    except InvalidSignature:
        return False
    return True

believed = [json.loads(each["Message"])["orderID"] for each in overnight if is_signed(each)]"""

_GENUINE = """\
believed = [json.loads(each["Message"])["orderID"] for each in overnight if is_genuine(each)]"""

_TWICE = _GENUINE.replace(
    "if is_genuine(each)", "if is_genuine(each) and each['TopicArn'] == topic_arn"
)

MUTANTS = (
    Mutant(
        "q7_1",
        "no policy of the queue",
        _THANKS.replace("json.dumps(policy)", '""'),
        "has no policy",
    ),
    Mutant(
        "q7_1",
        "policy of the audit queue",
        _THANKS.replace(", AuditQueueName=name", ""),
        "does not allow SNS to send to this queue",
    ),
    Mutant(
        "q7_1",
        "policy names another topic",
        _THANKS.replace("AuditQueueName=name", 'AuditQueueName=name, TopicName="other"'),
        "names another topic",
    ),
    Mutant(
        "q7_1",
        "attributes looked for in the body",
        _THANKS.replace('"MessageAttributes"', '"MessageBody"'),
        "compared with the body",
    ),
    Mutant(
        "q7_1",
        "the total as a text",
        _THANKS.replace('{"numeric": [">=", limit]}', "str(limit)"),
        "as a text",
    ),
    Mutant("q7_1", "more than the limit", _THANKS.replace('">="', '">"'), "exactly the limit"),
    Mutant(
        "q7_1",
        "guests too",
        _THANKS.replace('"customer_type": ["account"], ', ""),
        "An order of a guest reached",
    ),
    Mutant("q7_1", "in the envelope", _THANKS.replace('"true"', '"false"'), "in SNS's envelope"),
    Mutant("q7_2", "not confirmed", _PARCELS, "is not confirmed"),
    Mutant(
        "q7_2",
        "RedrivePolicy of the queue",
        _PARCELS + _CONFIRM + _ON_THE_QUEUE,
        "is an attribute of the queue",
    ),
    Mutant(
        "q7_2",
        "large orders only",
        _PARCELS + _CONFIRM + _FILTER % '{"total": [{"numeric": [">=", 1000]}]}',
        "has a filter policy",
    ),
    Mutant(
        "q7_2",
        "SNS may not send there",
        _PARCELS + _CONFIRM + _FILTER % "{}" + _KEEP,
        "has no policy",
    ),
    Mutant(
        "q7_2",
        "every topic may send there",
        _PARCELS + _CONFIRM + _KEEP + _ANY_TOPIC,
        "no condition aws:SourceArn",
    ),
    Mutant("q7_3", "any certificate", _EVERY_CERTIFICATE, "a key that is not SNS's"),
    Mutant("q7_3", "attributes are signed as well", _ATTRIBUTES_TOO, "you do not believe it"),
    Mutant("q7_3", "any topic", _GENUINE, "for a topic that is not yours"),
    Mutant("q7_3", "subjects", 'believed = ["Order 536460"]', "of an order alone"),
    Mutant("q7_3", "packed twice", _TWICE, "packed twice"),
    Mutant(
        "q7_3",
        "attributes are believed",
        """believed = [json.loads(each["Message"])["orderID"] for each in overnight
    if is_genuine(each) and each["TopicArn"] == topic_arn
    and float(each["MessageAttributes"]["total"]["Value"]) > 1]""",
        "Only its attributes were changed",
    ),
)
