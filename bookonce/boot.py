"""What must happen before Django is imported: the right SQLite and the right time zones.

Imported first by ``settings`` and therefore by every process of the program.
"""

from __future__ import annotations

import sys
import zoneinfo

# The system's tzdata is often older than the wheel, and the two then disagree about the future.
zoneinfo.reset_tzpath(to=())


def _newer_sqlite() -> None:
    """Use the SQLite in the wheel instead of the system's: older ones can corrupt a WAL (docs/install.md)."""
    try:
        # Not every system has a wheel; its own SQLite then runs with a rollback journal
        # (docs/decisions/0006).
        import pysqlite3
    except ImportError:
        return
    # Both names: Django's backend imports dbapi2, the counts of rates the package itself.
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


_newer_sqlite()
