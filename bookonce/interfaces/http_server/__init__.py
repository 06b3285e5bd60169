"""From connections to the WSGI application: no thread waits for a client (docs/decisions/0015)."""
