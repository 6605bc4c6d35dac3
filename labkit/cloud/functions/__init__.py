"""Lambda's data plane: functions run in warm processes of their own, by AWS's runtime client."""

from labkit.cloud.functions.errors import FunctionNotFound, Refused, Throttled
from labkit.cloud.functions.outcome import Outcome
from labkit.cloud.functions.plane import Functions

__all__ = ["FunctionNotFound", "Functions", "Outcome", "Refused", "Throttled"]
