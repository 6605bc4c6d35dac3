"""What an account may have of Lambda, and what it has.

https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaBackend

from labkit.cloud.functions.package import LARGEST_UNZIPPED, LARGEST_ZIPPED

CONCURRENCY = 1000
#: What no function can reserve: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
LEFT_UNRESERVED = 100
LARGEST_TOTAL = 75 * 2**30


def reserved(backend: LambdaBackend, *, without: str = "") -> int:
    """How much concurrency functions have reserved, all of them but one."""
    return sum(
        int(function.reserved_concurrency or 0)
        for function in backend.list_functions()
        if function.function_name != without
    )


def settings(backend: LambdaBackend) -> dict[str, Any]:
    """The answer to GetAccountSettings: every version and every layer's version takes room."""
    layers = [layer["LayerName"] for layer in backend.list_layers()]
    versions = [version for name in layers for version in backend.list_layer_versions(name)]
    code = [*backend.list_functions("ALL"), *versions]
    return {
        "AccountLimit": {
            "TotalCodeSize": LARGEST_TOTAL,
            "CodeSizeUnzipped": LARGEST_UNZIPPED,
            "CodeSizeZipped": LARGEST_ZIPPED,
            "ConcurrentExecutions": CONCURRENCY,
            "UnreservedConcurrentExecutions": CONCURRENCY - reserved(backend),
        },
        "AccountUsage": {
            "TotalCodeSize": sum(each.code_size for each in code),
            "FunctionCount": len(list(backend.list_functions())),
        },
    }
