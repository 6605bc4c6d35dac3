"""What IAM, Access Analyzer and STS offer and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import Refusals, refuse

_OF_SIMULATIONS: Refusals = {
    **refuse("there is no organization", "OrderedOrganizationPolicyInputList"),
    **refuse("a resource is of the account", "ResourceOwner"),
    **refuse("no EC2 scenario is simulated", "ResourceHandlingOption"),
    **refuse("an identity's policies count together", "PolicyExclusionList"),
}

NO_CONSOLE = refuse("nobody signs in to a console", "")
NO_PROVIDERS = refuse("there are no identity providers", "")
NO_DEVICES = refuse("nobody has an MFA device", "")
NO_CERTIFICATES = refuse("services are called without TLS, and by access keys", "")
NO_INSTANCES = refuse("there are no EC2 instances", "")
NO_LINKED_ROLES = refuse("services need no roles of their own", "")

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "iam": {
        "CreateAccountAlias": NO_CONSOLE,
        "CreateInstanceProfile": NO_INSTANCES,
        "CreateLoginProfile": NO_CONSOLE,
        "CreateOpenIDConnectProvider": NO_PROVIDERS,
        "CreateSAMLProvider": NO_PROVIDERS,
        "CreateServiceLinkedRole": NO_LINKED_ROLES,
        "CreateVirtualMFADevice": NO_DEVICES,
        "DeleteAccountAlias": NO_CONSOLE,
        "DeleteOpenIDConnectProvider": NO_PROVIDERS,
        "DeleteSAMLProvider": NO_PROVIDERS,
        "DeleteServiceLinkedRole": NO_LINKED_ROLES,
        "EnableMFADevice": NO_DEVICES,
        "GetServiceLinkedRoleDeletionStatus": NO_LINKED_ROLES,
        "ListPolicies": refuse(
            "list_entities_for_policy says how one is used", "PolicyUsageFilter"
        ),
        "SimulateCustomPolicy": _OF_SIMULATIONS,
        "SimulatePrincipalPolicy": _OF_SIMULATIONS,
        "UpdateAccountPasswordPolicy": NO_CONSOLE,
        "UploadSSHPublicKey": NO_CERTIFICATES,
        "UploadServerCertificate": NO_CERTIFICATES,
        "UploadSigningCertificate": NO_CERTIFICATES,
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
        "AssumeRoleWithSAML": NO_PROVIDERS,
        "AssumeRoleWithWebIdentity": NO_PROVIDERS,
        "GetFederationToken": refuse("AssumeRole gives temporary keys", ""),
        "GetSessionToken": refuse("AssumeRole gives temporary keys", ""),
    },
}
