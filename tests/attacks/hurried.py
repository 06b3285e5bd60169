"""``bookonce`` with shorter deadlines, so that ``make test`` need not wait for those of the product."""

from __future__ import annotations

import os
import sys

QUIET = 6
"""Seconds for an unfinished request, instead of ten."""
PATIENCE = 1.0
"""Seconds for a database that stands still, instead of three."""

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bookonce.settings"
    import bookonce.boot  # the SQLite of the product, before Django takes another
    from bookonce.cli import main
    from bookonce.foundation.database import patience
    from bookonce.interfaces.http_server import listener, open_connections, request_body

    assert bookonce.boot
    listener.QUIET, request_body.DEADLINE, open_connections.STUCK = QUIET, float(QUIET), float(QUIET)
    patience.WEB = PATIENCE
    sys.exit(main())
