"""Calls with an Idempotency-Key: their records, their locks, and how long they are kept."""
