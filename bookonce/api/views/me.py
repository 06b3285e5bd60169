"""Who the key is."""

from __future__ import annotations

from django.http import HttpResponse

from bookonce.api import answers
from bookonce.api.calls import Call
from bookonce.api.endpoints import api
from bookonce.terms.output_general import describe_key


@api.get("/me", answer="Me")
def me(request: Call) -> HttpResponse:
    """The key's workspace, member and scopes."""
    return answers.answer(describe_key(request.who.key))
