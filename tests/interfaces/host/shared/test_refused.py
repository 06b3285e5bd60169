"""A refused form: what is wrong comes first on the page, each with a link to its field."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from bookonce.foundation import tokens
from tests import make
from tests.interfaces.host.reading import hidden, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def pages(hana: make.Team) -> dict[str, tuple[str, dict[str, str]]]:
    """Every form of the desk that can be refused, and something that it refuses."""
    calendar = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}"
    linked = make.booking(hana.calendar, link=make.link(hana.calendar))
    plain = make.booking(hana.calendar, make.later(60 * 26))
    link = make.link(hana.calendar)
    return {
        "share": (f"{calendar}/share", {"for": "gil@", "until": "own"}),
        "link": (f"/links/{tokens.public_id('lnk', link.pk)}/edit", {"email": "gil@", "minutes": "x"}),
        "cancel": (f"{page_of(linked)}/cancel", {"words": "x" * 501}),
        "cancel without a link": (f"{page_of(plain)}/cancel", {}),
        "move": (f"{page_of(plain)}/move", {"at": ""}),
        "key": ("/settings/keys/new", {"name": "", "preset": "", "lives": "7"}),
        "calendar": (calendar, {"name": ""}),
        "workspace": ("/settings/workspace", {"name": ""}),
        "account": ("/settings/account", {"name": ""}),
    }


NAMES = (
    *("share", "link", "cancel", "cancel without a link", "move"),
    *("key", "calendar", "workspace", "account"),
)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_wrong_comes_first_and_leads_to_its_field(desk: Client, hana: make.Team, name: str) -> None:
    path, said = pages(hana)[name]
    answer: Any = desk.post(path, hidden(desk.get(path)) | said)
    assert answer.status_code == 422
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    summary, _, below = main.partition('role="alert"')[2].partition("</ul>")
    before = main.partition('role="alert"')[0]
    assert not re.search(r"<(textarea|select|input(?![^>]*hidden))", before), (
        "nothing to fill in comes earlier"
    )
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets
    for target in targets:
        assert f'id="{target}"' in below, target
    assert "js/focus_error" in answer.content.decode()
