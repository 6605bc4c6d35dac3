"""What IAM, Access Analyzer and STS offer and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import Refusals, refuse, refuse_calls

_OF_SIMULATIONS: Refusals = {
    **refuse("there is no organization", "OrderedOrganizationPolicyInputList"),
    **refuse("a resource is of the account", "ResourceOwner"),
    **refuse("no EC2 scenario is simulated", "ResourceHandlingOption"),
    **refuse("an identity's policies count together", "PolicyExclusionList"),
}

NO_PROVIDERS = "there are no identity providers"

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "iam": {
        "ListPolicies": refuse(
            "list_entities_for_policy tells the use of one", "PolicyUsageFilter"
        ),
        "SimulateCustomPolicy": _OF_SIMULATIONS,
        "SimulatePrincipalPolicy": _OF_SIMULATIONS,
        **refuse_calls(
            "nobody signs in to a console",
            *("CreateAccountAlias", "CreateLoginProfile", "DeleteAccountAlias"),
            "UpdateAccountPasswordPolicy",
        ),
        **refuse_calls(
            NO_PROVIDERS,
            *("CreateOpenIDConnectProvider", "CreateSAMLProvider"),
            *("DeleteOpenIDConnectProvider", "DeleteSAMLProvider"),
        ),
        **refuse_calls("nobody has an MFA device", "CreateVirtualMFADevice", "EnableMFADevice"),
        **refuse_calls("there are no EC2 instances", "CreateInstanceProfile"),
        **refuse_calls(
            "services need no roles of their own",
            *("CreateServiceLinkedRole", "DeleteServiceLinkedRole"),
            "GetServiceLinkedRoleDeletionStatus",
        ),
        **refuse_calls(
            "services are called without TLS, and by access keys",
            *("UploadSSHPublicKey", "UploadServerCertificate", "UploadSigningCertificate"),
        ),
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
        **refuse_calls(NO_PROVIDERS, "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"),
        **refuse_calls("AssumeRole gives temporary keys", "GetFederationToken", "GetSessionToken"),
    },
}
