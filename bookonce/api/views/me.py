"""Who the key is."""

from __future__ import annotations

from django.http import HttpResponse

from bookonce.api import answers
from bookonce.api.calls import Call
from bookonce.api.endpoints import api
from bookonce.foundation import tokens


@api.get("/me", answer="Me")
def me(request: Call) -> HttpResponse:
    """The key's workspace, member and scopes."""
    key = request.who.key
    member, workspace = key.member, key.member.workspace
    return answers.answer(
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
