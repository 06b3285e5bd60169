"""Events and their deliveries: written in the transaction they tell of, delivered by the worker."""
