"""SQS: moto's queues with AWS's behaviour and a constant cost per message."""
