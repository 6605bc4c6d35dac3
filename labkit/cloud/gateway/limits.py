"""The limits of a call, applied in AWS's order.

    usage plan (key and method) -> stage (method) -> account in the region, then the plan's quota

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
The reasons are those that execution logs give.
https://repost.aws/knowledge-center/api-gateway-429-limit
"""

from __future__ import annotations

from labkit.cloud.gateway.errors import ErrorType, GatewayError
from labkit.cloud.gateway.invocation import Invocation
from labkit.cloud.gateway.method_settings import MethodSettings
from labkit.cloud.gateway.quotas import Quota, Quotas
from labkit.cloud.gateway.throttle import ACCOUNT_LIMIT, Rule, Throttles
from labkit.cloud.gateway.trace import masked
from labkit.cloud.gateway.usage_plan import LabUsagePlan


class Limits:
    """What every caller has used of every limit."""

    def __init__(self) -> None:
        self._quotas = Quotas()
        self._throttles = Throttles()

    def check(
        self,
        call: Invocation,
        settings: MethodSettings,
        plan: LabUsagePlan | None,
        *,
        region: str,
        now: float,
    ) -> None:
        """Admit a call, or refuse it.

        `plan` is the usage plan of a key that the method required.

        Raises:
            GatewayError: 429 `Too Many Requests` of a throttle, or `Limit Exceeded` of a quota.
        """
        context = call.context
        api, stage = context["apiId"], context["stage"]
        method = f"{context['resourcePath']}/{context['httpMethod']}"
        rules = [Rule(region, ACCOUNT_LIMIT)]
        if settings.limit is not None:
            rules.insert(0, Rule((api, stage, method), settings.limit))
        key = context["identity"].get("apiKeyId", "")
        own = plan and plan.rule(key, api=api, stage=stage, method=method)
        if own is not None:
            rules.insert(0, own)
        refused = self._throttles.admit(rules, now=now)
        if refused is not None:
            raise GatewayError(ErrorType.THROTTLED, reason=throttled(call, refused))
        quota = Quota.of(plan.quota) if plan else None
        if plan and quota and not self._quotas.admit(plan.id, key, quota, now=now):
            raise GatewayError(
                ErrorType.QUOTA_EXCEEDED,
                reason=f"{key_of(call)} exceeded quota limit for API Stage {api}/{stage}: "
                f"Key quota exhausted for Usage Plan ID {plan.id}. "
                f"Quota Limit: {quota.limit} Period: {quota.period}",
            )

    def forget(self) -> None:
        """Nobody has used anything."""
        self._throttles.forget()
        self._quotas.forget()


def throttled(call: Invocation, rule: Rule) -> str:
    """Why a rule refused a call, as an execution log says it."""
    context, limit = call.context, rule.limit
    plan = f"Usage Plan ID {rule.plan}, " if rule.plan else ""
    reason = (
        f"Key throttle limit exceeded for {plan}RestApi {context['apiId']}, "
        f"Stage {context['stage']}, Resource {context['resourceId']}, "
        f"HttpMethod {context['httpMethod']}. Limit: {limit.rate:.2f} Burst: {limit.burst}"
    )
    if not rule.plan:
        return reason
    stage = f"{context['apiId']}/{context['stage']}"
    return f"{key_of(call)} exceeded throttle limit for API Stage {stage}: {reason}"


def key_of(call: Invocation) -> str:
    """`API Key` and the end of its value, as logs show one."""
    return f"API Key {masked(call.context['identity'].get('apiKey', ''))}"
