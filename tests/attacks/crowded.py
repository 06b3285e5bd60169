"""``bookonce`` with few places for connections, and limits so long that no test reaches them."""

from __future__ import annotations

import os
import sys

PLACES = 48
"""Open connections of one process, instead of 2,048."""

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bookonce.settings"
    import bookonce.boot  # the SQLite of the product, before Django takes another
    from bookonce.cli import main
    from bookonce.interfaces.http_server import listener, open_connections, request_body

    assert bookonce.boot
    listener.CONNECTIONS, open_connections.CROWDED = PLACES, PLACES * 3 // 4
    listener.QUIET, request_body.DEADLINE, open_connections.STUCK = 300, 300.0, 300.0
    sys.exit(main())
