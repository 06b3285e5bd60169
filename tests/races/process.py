"""One of several processes that race: reads who does what, starts at the given instant, tells how it went.

stdin, first line: ``[["book", link, calendar, "2026-…"], ["ask", link], …]``, a thread each. It answers
``ready`` once every thread has its connection; the second line is the instant. Then the outcomes are
printed, in order.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "bookonce.settings"


def main() -> None:
    import django

    django.setup()

    from bookonce.domain.accounts.models import Member
    from bookonce.domain.calendars import operations as calendars
    from bookonce.domain.calendars.models import Calendar
    from bookonce.domain.links import link_requests
    from bookonce.domain.links import operations as links
    from bookonce.domain.links.models import Link
    from tests import make
    from tests.races.crowd import at_once

    def link_of(link_id: str) -> Link:
        return Link.objects.select_related("calendar__workspace").get(pk=link_id)

    def book(link_id: str | None, calendar_id: str, starts_at: str) -> Callable[[], Any]:
        calendar = Calendar.objects.select_related("workspace").get(pk=calendar_id)
        link = link_of(link_id) if link_id else None
        at, guest = datetime.fromisoformat(starts_at), make.somebody()
        return lambda: make.booking(calendar, at, link=link, guest=guest)

    def ask(link_id: str) -> Callable[[], Any]:
        link = link_of(link_id)
        return lambda: link_requests.request_new_link(link, name="Gil Guest", now=make.NOW)

    def mint(calendar_id: str, nonce: str) -> Callable[[], Any]:
        calendar, by = Calendar.objects.get(pk=calendar_id), "mem_1"
        return lambda: links.mint(calendar, by=by, via="page", now=make.NOW, nonce=bytes.fromhex(nonce))

    def create(member_id: str, key: str) -> Callable[[], Any]:
        owner = Member.objects.select_related("workspace", "person").get(pk=member_id)
        return lambda: calendars.create_calendar(
            owner, name="Another", by="test", now=make.NOW, key=UUID(key)
        )

    verbs: dict[str, Callable[..., Callable[[], Any]]] = {
        verb.__name__: verb for verb in (book, ask, mint, create)
    }
    jobs = [verbs[verb](*of) for verb, *of in json.loads(sys.stdin.readline())]

    def begin() -> None:
        print("ready", flush=True)
        start = float(sys.stdin.readline())
        time.sleep(max(0.0, start - time.time()))

    results = at_once(jobs, begin=begin)
    print(json.dumps([type(result).__name__ for result in results]))


if __name__ == "__main__":
    main()
