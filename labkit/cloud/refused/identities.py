"""What IAM, Access Analyzer and STS offer and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import Refusals, refuse

_OF_SIMULATIONS: Refusals = {
    **refuse("there is no organization", "OrderedOrganizationPolicyInputList"),
    **refuse("a resource is of the account", "ResourceOwner"),
    **refuse("no EC2 scenario is simulated", "ResourceHandlingOption"),
    **refuse("an identity's policies count together", "PolicyExclusionList"),
    **refuse("results come on one page", "MaxItems", "Marker"),
}

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "iam": {
        "SimulateCustomPolicy": _OF_SIMULATIONS,
        "SimulatePrincipalPolicy": _OF_SIMULATIONS,
    },
    "accessanalyzer": {
        "ValidatePolicy": {
            **refuse("findings are in English", "locale", but=("EN",)),
            **refuse("findings come on one page", "maxResults", "nextToken"),
            **refuse("a resource's policy is checked as any", "validatePolicyResourceType"),
        },
    },
    "sts": {
        "AssumeRole": {
            **refuse("a session has one policy, in Policy", "PolicyArns"),
            **refuse("sessions have no tags", "Tags", "TransitiveTagKeys"),
            **refuse("nobody has an MFA device", "SerialNumber", "TokenCode"),
            **refuse("sessions have no source", "SourceIdentity", "ProvidedContexts"),
            **refuse("tokens are as long as they are", "MinimumSessionTokenSize"),
        },
        "AssumeRoleWithSAML": refuse("there are no identity providers", ""),
        "AssumeRoleWithWebIdentity": refuse("there are no identity providers", ""),
        "GetFederationToken": refuse("AssumeRole gives temporary keys", ""),
        "GetSessionToken": refuse("AssumeRole gives temporary keys", ""),
    },
}
