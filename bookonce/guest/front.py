"""``/setup/<secret>``: a new member's first password; and our mark."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bookonce import assets
from bookonce.accounts.operations import SHORTEST, is_password, set_first_password
from bookonce.accounts.queries import awaits_password
from bookonce.errors import Refused
from bookonce.guest import refusals, seals
from bookonce.guest.errors import FromElsewhere, PageStale
from bookonce.guest.seals import SETUP
from bookonce.guest.visits import Visit
from bookonce.pages.methods import answers


@answers("GET")
def icon(request: HttpRequest) -> HttpResponse:
    """Our mark, for browsers that ask by this old name; pages name the file itself."""
    mark = (assets.FOLDER / "icon.svg").read_bytes()
    return HttpResponse(
        mark, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
    )


@answers("GET", "POST")
def setup(request: HttpRequest, secret: str) -> HttpResponse:
    """Let whoever holds this secret set their first password, once."""
    person = awaits_password(secret)
    if person is None:
        return refusals.unknown(request)
    visit, thing = Visit.of(request), f"person:{person.pk}"
    if not visit.posts:
        return _form(visit, thing, {})
    password = visit.said.get("password", "")
    errors = _problems(password, visit.said.get("again", ""))
    try:
        seals.must_be_ours(request)
        seals.read(visit.said.get("seal", ""), SETUP, thing=thing)
    except (FromElsewhere, PageStale) as refusal:
        return _form(visit, thing, errors, refusal)
    if errors:
        return _form(visit, thing, errors)
    if set_first_password(secret, password) is None:
        return refusals.unknown(request)
    return visit.page("guest/setup.html", done=True)


def _problems(password: str, again: str) -> dict[str, str]:
    if not is_password(password):
        return {"password": f"Choose a password of at least {SHORTEST} characters."}
    return {} if password == again else {"again": "The two are not the same. Type the password once more."}


def _form(visit: Visit, thing: str, errors: dict[str, str], refusal: Refused | None = None) -> HttpResponse:
    return visit.page(
        "guest/setup.html",
        refusal.status if refusal else (422 if errors else 200),
        done=False,
        seal=seals.fresh(thing).text(SETUP),
        notice=(refusal.title, refusal.sentence) if refusal else None,
        errors={"password": "", "again": ""} | errors,
        problems=[(f"#{name}", words) for name, words in errors.items()],
    )
