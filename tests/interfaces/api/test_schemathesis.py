"""A stranger to the code reads the published contract and tries to break it, with every check there is.

What it is told beyond the contract: names of things that exist, so that it gets past 404; and which
statuses well-formed input may meet, because a well-formed wish can still be refused: 410 (a dead link),
412 (an ETag that it made up) and 422 (what no JSON Schema says, such as an end before its start).

Malformed input may meet 412 too, when it comes with an ETag that was made up, and 400 with such a Host.

No check is left out, and nothing of a check but this: a malformed query whose fault is an empty list is
not sent, because an empty list leaves no trace in an address, and what arrives is well formed.
"""

from __future__ import annotations

import copy
import os
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode

from bookonce.domain.links.queries import url_of
from bookonce.foundation import tokens
from bookonce.interfaces.api import openapi, urls
from bookonce.wsgi import application
from tests import make

EXAMPLES = 200 if os.environ.get("BOOKONCE_TEST_FULL") else 4
REFUSED_STILL = ["401", "403", "404", "409", "410", "412", "422", "429"]


@pytest.fixture
def contract(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The contract, with the names of a calendar, a link and a booking that exist."""
    # As Django's own test client does: a request must not end the test's transaction.
    monkeypatch.setattr(request_started, "send", lambda *_, **__: [])
    monkeypatch.setattr(request_finished, "send", lambda *_, **__: [])
    monkeypatch.setattr(django_settings, "RATES", dict.fromkeys(django_settings.RATES, (10**9, 60)))
    link = make.link(hana.calendar)
    booked = make.booking(hana.calendar)
    url = url_of(link) or ""
    names = {
        "calendars": tokens.public_id("cal", hana.calendar.pk),
        "links": tokens.public_id("lnk", link.pk),
        "bookings": tokens.public_id("bkg", booked.pk),
        "public": url.rsplit("/", 1)[1],
    }
    document = copy.deepcopy(openapi.openapi_document())
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["schema"]["enum"] = [names[openapi.tag_of(path.removeprefix("/api/v1"))]]
    schemas = document["components"]["schemas"]
    for name in ("NewLink", "NewBatch", "AskedByKey"):
        schemas[name]["properties"]["calendar"] = {"type": "string", "enum": [names["calendars"]]}
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    checks = schema.config.checks
    checks.positive_data_acceptance.expected_statuses = ["2xx", *REFUSED_STILL]
    checks.negative_data_rejection.expected_statuses = ["400", "405", "413", "415", *REFUSED_STILL]
    return schema


assert urls.urlpatterns  # with them, all addresses are known
OPERATIONS = [
    (path, method) for path, methods in openapi.openapi_document()["paths"].items() for method in methods
]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_check_finds_anything(
    contract: Any, hana: make.Team, path: str, method: str, mode: GenerationMode
) -> None:
    """Well-formed requests and malformed ones, for each method of each address."""
    headers, answered = {"Authorization": f"Bearer {hana.api_key}"}, []

    @given(case=contract[path][method.upper()].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def attack(case: Any) -> None:
        assume(not any(value in ([], {}) for value in (case.query or {}).values()))
        answered.append(case.call_and_validate(headers=headers).status_code)

    attack()
    assert answered
    assert max(answered) < 500
