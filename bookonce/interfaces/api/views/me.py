"""Who the key is."""

from __future__ import annotations

from django.http import HttpResponse

from bookonce.foundation import tokens
from bookonce.interfaces.api import responses
from bookonce.interfaces.api.endpoints import api
from bookonce.interfaces.api.request_context import Call


@api.get("/me", answer="Me")
def me(request: Call) -> HttpResponse:
    """The key's workspace, member and scopes."""
    key = request.who.key
    member, workspace = key.member, key.member.workspace
    return responses.answer(
        {
            "workspace": {
                "id": tokens.public_id("wsp", workspace.pk),
                "name": workspace.name,
                "slug": workspace.slug,
            },
            "member": {
                "id": tokens.public_id("mem", member.pk),
                "name": member.person.name,
                "email": member.person.email,
                "zone": member.person.zone,
                "role": member.role,
            },
            "scopes": key.scopes,
            "key": {"id": request.who.by, "name": key.name, "expires_at": key.expires_at},
        }
    )
