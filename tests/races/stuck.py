"""A process that books with the key of "a program" and stops in the midst of it, until it is killed.

Its one argument: ``["link", "2026-…", "the point at which it stops"]``.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import datetime

os.environ["DJANGO_SETTINGS_MODULE"] = "bookonce.settings"


def main() -> None:
    import django

    django.setup()

    from bookonce.domain.bookings.operations import RequestIdentity
    from bookonce.domain.links.models import Link
    from bookonce.foundation.database import failpoints
    from tests import make

    link_id, starts_at, point = json.loads(sys.argv[1])

    def stop(reached: str) -> None:
        if reached == point:
            print("stuck", flush=True)
            threading.Event().wait()

    failpoints.watch_failpoints(stop)
    link = Link.objects.select_related("calendar__workspace").get(pk=link_id)
    attempt = RequestIdentity("a program", "k", b"body", alone=True)
    make.booking(link.calendar, datetime.fromisoformat(starts_at), link=link, attempt=attempt)


if __name__ == "__main__":
    main()
