"""HTTP APIs (API Gateway v2): routes that call a function or SQS, on stages that answer."""
