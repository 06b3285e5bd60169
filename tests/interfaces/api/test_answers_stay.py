"""Every answer is, to the letter and in the order of its fields, what it was when it was recorded.

A change of an answer is a change of the contract. Where one is meant, record it anew with
``BOOKONCE_TEST_RECORD=1`` and read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db import connection

from bookonce.interfaces.api import openapi, urls
from tests.interfaces.api.conftest import Program
from tests.interfaces.api.walk import fits, walk

RECORD = Path(__file__).with_name("recorded") / "answers.json"


def test_every_answer_is_as_it_was(program: Program, guest: Program) -> None:
    answered = walk(program, guest).answered
    if os.environ.get("BOOKONCE_TEST_RECORD"):
        RECORD.write_text(json.dumps(answered, ensure_ascii=False, indent=1) + "\n")
    recorded = json.loads(RECORD.read_text())
    assert [step["call"] for step in answered] == [step["call"] for step in recorded]
    for step, was in zip(answered, recorded, strict=True):
        assert step == was, step["call"]
        # What lies inside a column of JSON has an order of its own on PostgreSQL.
        if connection.vendor == "sqlite":
            assert json.dumps(step) == json.dumps(was), step["call"]


def test_the_walk_calls_every_address() -> None:
    assert urls.urlpatterns  # with them, all addresses are known
    called = {step["call"].partition("?")[0] for step in json.loads(RECORD.read_text())}
    for path, methods in openapi.openapi_document()["paths"].items():
        for method in methods:
            pattern = f"{method.upper()} {path.removeprefix(openapi.PREFIX)}"
            assert any(fits(pattern, one) for one in called), pattern
