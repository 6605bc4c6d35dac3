"""What SNS and SQS offer and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import NO_TRACES, UNENCRYPTED, Refusals, refuse, refuse_calls

NO_TELEPHONES = "there is no telephone network"

_OF_QUEUES: Refusals = refuse(
    UNENCRYPTED, "Attributes.KmsMasterKeyId", "Attributes.KmsDataKeyReusePeriodSeconds"
)
_FEEDBACK = tuple(
    f"Attributes.{protocol}{kind}"
    for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
    for kind in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
)
_OF_TOPICS: Refusals = {
    **refuse(UNENCRYPTED, "Attributes.KmsMasterKeyId"),
    **refuse(NO_TRACES, "Attributes.TracingConfig", but=("PassThrough",)),
    **refuse("deliveries are not logged; see the topic's metrics", *_FEEDBACK),
    **refuse("FIFO topics keep no archive", "Attributes.ArchivePolicy"),
    **refuse("duplicates are told by topic", "Attributes.FifoThroughputScope", but=("Topic",)),
    **refuse("messages are not inspected", "DataProtectionPolicy"),
}
_OF_SUBSCRIPTIONS: Refusals = {
    **refuse("FIFO topics keep no archive", "Attributes.ReplayPolicy"),
    **refuse("there is no Firehose", "Attributes.SubscriptionRoleArn"),
}

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "sns": {
        "CreateTopic": _OF_TOPICS,
        "SetTopicAttributes": _OF_TOPICS,
        "Subscribe": {
            **refuse(
                "there is no telephone network, mobile push or Firehose",
                "Protocol",
                only=("application", "firehose", "sms"),
            ),
            **_OF_SUBSCRIPTIONS,
        },
        "SetSubscriptionAttributes": _OF_SUBSCRIPTIONS,
        "Publish": refuse(NO_TELEPHONES, "PhoneNumber"),
        **refuse_calls(
            NO_TELEPHONES,
            *("CheckIfPhoneNumberIsOptedOut", "ListPhoneNumbersOptedOut", "OptInPhoneNumber"),
            "SetSMSAttributes",
        ),
        **refuse_calls(
            "there is no mobile push",
            *("CreatePlatformApplication", "DeletePlatformApplication", "DeleteEndpoint"),
        ),
    },
    "sqs": {
        "CreateQueue": _OF_QUEUES,
        "SetQueueAttributes": _OF_QUEUES,
        "ReceiveMessage": refuse("a receive is never repeated", "ReceiveRequestAttemptId"),
    },
}
