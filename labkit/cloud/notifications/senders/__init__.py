"""One attempt to deliver, per protocol. Each raises DeliveryFailed or DeliveryRefused."""
