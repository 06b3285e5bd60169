"""``/setup/<secret>``: found the first workspace, or set an owner's first password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bookonce import catalogues, clock
from bookonce.accounts import authenticator, first_run, passwords
from bookonce.accounts.models import Person
from bookonce.accounts.queries import awaits_password
from bookonce.catalogues import mark
from bookonce.errors import Invalid
from bookonce.host import entering, frame
from bookonce.pages import places
from bookonce.pages.methods import answers
from bookonce.people.operations import AlreadyFounded, found

FIELDS = ("workspace", "owner_name", "owner_email", "zone")
READY = "All is ready. Open the menu of your first calendar, choose Share, and send your first one-time link."


@answers("GET", "POST")
def setup(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever holds this secret begins."""
    if first_run.opens(secret):
        return _found(request) if request.method == "POST" else _form(request, {})
    person = awaits_password(secret)
    if person is not None:
        return _set(request, secret, person) if request.method == "POST" else _password(request, person)
    voice = frame.voice_of(request)
    sentence = "It is good once. While nobody works here, each start of the program prints a new one."
    return frame.page(
        request, voice, "host/refused.html", 404, title=mark("This address does not open"), sentence=sentence
    )


def _found(request: HttpRequest) -> HttpResponse:
    said = {name: request.POST.get(name, "").strip()[:300] for name in FIELDS}
    voice = frame.voice_of(request)
    by_passkey = request.POST.get("with") == "passkey"
    try:
        founded = found(
            said["workspace"],
            owner_name=said["owner_name"],
            owner_email=said["owner_email"],
            zone=places.current(said["zone"]),
            password=None if by_passkey else request.POST.get("password", ""),
            now=clock.now(),
            is_first=True,
            with_key=False,
            # Whoever begins in another language than ours gets their letters in it too.
            language="" if voice.language == catalogues.SOURCE else voice.language,
        )
    except Invalid as refusal:
        errors = {error["pointer"].strip("/"): error["detail"] for error in refusal.data["errors"]}
        return _form(request, said, errors)
    except AlreadyFounded as refusal:
        return frame.page(
            request, voice, "host/refused.html", 409, title=refusal.title, sentence=refusal.sentence
        )
    entering.let_in(request, founded.owner.person)
    if by_passkey:
        return frame.to("/settings/account/passkeys/new")
    return frame.to(entering.HOME, request=request, said=voice.say(READY))


def _form(request: HttpRequest, said: dict[str, str], errors: dict[str, str] | None = None) -> HttpResponse:
    voice, errors = frame.voice_of(request), errors or {}
    if "password_stdin" in errors:
        errors["password"] = passwords.WRONG
        del errors["password_stdin"]
    return frame.page(
        request,
        voice,
        "host/setup.html",
        422 if errors else 200,
        said=said,
        errors=errors,
        problems=[(f"#{name}", voice.say(words)) for name, words in errors.items()],
        regions=places.choices(voice.tag, voice.now),
        former=places.former(),
        passkeys_at=entering.passkeys_at(request),
    )


def _set(request: HttpRequest, secret: str, person: Person) -> HttpResponse:
    voice = frame.voice_of(request, person)
    try:
        owner = passwords.set_first(secret, request.POST.get("password", ""))
    except Invalid as refusal:
        return _password(request, person, refusal.data["errors"][0]["detail"])
    if owner is None:
        return frame.to("/sign-in")
    if authenticator.is_on(owner):
        said = voice.say("Your password is set. Sign in with it.")
        return frame.to("/sign-in", request=request, said=said)
    entering.let_in(request, owner)
    return frame.to(entering.HOME, request=request, said=voice.say(READY))


def _password(request: HttpRequest, person: Person, wrong: str = "") -> HttpResponse:
    voice = frame.voice_of(request, person)
    status = 422 if wrong else 200
    return frame.page(request, voice, "host/first_password.html", status, person=person, wrong=wrong)
