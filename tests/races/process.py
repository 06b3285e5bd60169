"""One of several processes that race: reads who books what, starts at the given instant, tells how it went.

stdin, first line: ``[[link, calendar, "2026-…"], …]``, a thread each. It answers ``ready`` once every
thread has its connection; the second line is the instant. Then the outcomes are printed, in order.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "bookonce.settings"


def main() -> None:
    import django

    django.setup()

    from bookonce.calendars.models import Calendar
    from bookonce.links.models import Link
    from tests import make
    from tests.races.crowd import at_once

    def job(link_id: str | None, calendar_id: str, starts_at: str) -> Callable[[], Any]:
        calendar = Calendar.objects.select_related("workspace").get(pk=calendar_id)
        link = Link.objects.select_related("calendar__workspace").get(pk=link_id) if link_id else None
        at, guest = datetime.fromisoformat(starts_at), make.somebody()
        return lambda: make.booking(calendar, at, link=link, guest=guest)

    jobs = [job(*wish) for wish in json.loads(sys.stdin.readline())]

    def begin() -> None:
        print("ready", flush=True)
        start = float(sys.stdin.readline())
        time.sleep(max(0.0, start - time.time()))

    results = at_once(jobs, begin=begin)
    print(json.dumps([type(result).__name__ for result in results]))


if __name__ == "__main__":
    main()
