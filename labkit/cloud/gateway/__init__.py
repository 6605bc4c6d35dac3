"""The data plane of API Gateway: stages that answer, in front of moto's state."""

from labkit.cloud.gateway.plane import Gateway

__all__ = ["Gateway"]
