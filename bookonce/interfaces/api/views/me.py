"""Who the key is."""

from __future__ import annotations

from django.http import HttpResponse

from bookonce.domain.schemas.output_general import describe_key
from bookonce.interfaces.api import responses
from bookonce.interfaces.api.endpoints import api
from bookonce.interfaces.api.request_context import ApiRequest


@api.get("/me", operation_id="me_me", answer="Me")
def get_me(request: ApiRequest) -> HttpResponse:
    """The key's workspace, member and scopes."""
    return responses.json_response(describe_key(request.who.key))
