"""``bookonce`` with the code's own guard of a link taken away, to see that the races over HTTP notice."""

from __future__ import annotations

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "bookonce.settings"

if __name__ == "__main__":
    import time

    import django

    django.setup()

    from bookonce.cli import main
    from bookonce.domain.links import operations as links
    from bookonce.domain.links.models import Link
    from bookonce.foundation.database import failpoints

    def redeem(link_id: object, *, now: object) -> Link:
        """Spend the link whether or not somebody has."""
        Link.objects.filter(pk=link_id).update(used_at=now)
        return Link.objects.get(pk=link_id)

    def together(point: str) -> None:
        """Let nobody book before others have seen the link still good, however busy this machine is."""
        if point == "book.begun":
            time.sleep(0.3)

    links.redeem = redeem
    failpoints.watch_failpoints(together)
    sys.exit(main())
