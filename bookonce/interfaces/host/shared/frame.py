"""The frame of all pages for signed-in people: the request, and how pages are answered.

A view is ``@signed_in("GET", "POST")`` and takes a ``HostRequest``; whatever it refuses becomes a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template.loader import get_template

from bookonce.domain.accounts import access
from bookonce.domain.accounts.models import Member, Person, Workspace
from bookonce.domain.links.queries import list_paused
from bookonce.foundation import clock, tokens
from bookonce.foundation.base_path import without_base_path
from bookonce.foundation.errors import Refused
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.shared import waiting_requests
from bookonce.interfaces.host.shared.session import AGAIN, HOME, SAID
from bookonce.interfaces.host.shared.waiting_requests import WaitingCount, WaitingRequest
from bookonce.interfaces.pages import template_environment
from bookonce.interfaces.pages.form_fields import NONE, Faults, FieldTooLong, FormFields
from bookonce.interfaces.pages.language import ReaderLanguage
from bookonce.interfaces.pages.methods import method_refusal

WORKSPACE = "workspace"
"""The session's key for the selected workspace."""

# no-store also keeps pages from the Back button after signing out on a shared computer.
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"}

UNHELD = ("csrfmiddlewaretoken", "password", "code", "credential")
"""Fields with secrets, which the page for people who were signed out does not keep."""

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class HostRequest:
    """A request of a signed-in person: who, in which workspace, in which language and time zone."""

    request: HttpRequest
    member: Member
    seats: Sequence[Member]
    """All memberships of this person, in order of the workspaces' names."""
    voice: ReaderLanguage
    faults: Faults = field(default_factory=dict)
    """The fields of the query that are too long, to be shown beside them."""

    @classmethod
    def of(cls, request: HttpRequest) -> HostRequest | None:
        """This request as one of a signed-in person; None where nobody is signed in, or has no workspace."""
        person = request.user
        if not isinstance(person, Person):
            return None
        # All at once: every page names the other workspaces.
        seats = access.memberships_of(person)
        member = access.choose_membership(seats, workspace=request.session.get(WORKSPACE, ""))
        if member is None:
            return None
        return cls(request, member, seats, voice_of(request, member.person, member.workspace.language))

    @property
    def person(self) -> Person:
        return self.member.person

    @property
    def workspace(self) -> Workspace:
        return self.member.workspace

    @property
    def elsewhere(self) -> list[tuple[str, Workspace]]:
        """The other workspaces of this person, each with its public id."""
        others = [seat for seat in self.seats if seat.pk != self.member.pk]
        return [(tokens.public_id("wsp", seat.workspace_id), seat.workspace) for seat in others]

    @property
    def now(self) -> datetime:
        return self.voice.now

    @property
    def by(self) -> str:
        """The public id under which events record who acts."""
        return tokens.public_id("mem", self.member.pk)

    @property
    def asks(self) -> list[WaitingRequest]:
        """The open requests for a new link."""
        return waiting_requests.list_waiting(self.workspace.pk, now=self.now)

    @property
    def asking(self) -> WaitingCount:
        """For how many links there are open requests."""
        return waiting_requests.count_waiting(self.workspace.pk)

    @property
    def held(self) -> int:
        """How many links are on hold after a restored backup."""
        return list_paused(self.workspace.pk, now=self.now).count()

    @property
    def clock_doubted(self) -> bool:
        """Whether nothing can be changed, since the machine's clock is not trusted."""
        return clock.is_doubted()

    @property
    def posts(self) -> bool:
        return self.request.method == "POST"

    @property
    def said(self) -> dict[str, str]:
        """Values of the form or the query, one for each name; empty ones and faults are left out."""
        form = self.request.POST if self.posts else self.request.GET
        return {name: str(form[name]) for name in form if form[name] and name not in self.faults}

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """A page in the reader's language. ``section`` and ``tab`` select its entry of the navigation."""
        return render_page(
            self.request, self.voice, template, status, desk=self, workspace=self.workspace, **context
        )

    def to(self, address: str, said: str = "", **values: Any) -> HttpResponse:
        """Redirect after a form; the next page begins with this sentence."""
        return redirect_to(address, request=self.request, said=self.voice.say(said, **values) if said else "")

    def refused(self, refusal: Refused) -> HttpResponse:
        """The refusal as a page."""
        return self.page("host/refused.html", refusal.status, title=refusal.title, sentence=refusal.sentence)


def voice_of(request: HttpRequest, person: Person | None = None, otherwise: str = "") -> ReaderLanguage:
    """The reader's language (the person's, else the browser's, else ``otherwise``), zone and clock."""
    wanted = request.headers.get("Accept-Language", "")
    # The person's language first; the browser's header still tells the country, which decides the clock.
    tag = template_environment.reader_language(
        f"{person.language}, {wanted}" if person and person.language else wanted, otherwise
    )
    return (
        ReaderLanguage(tag, person.zone, clock.now(), person.clock)
        if person
        else ReaderLanguage(tag, "UTC", clock.now())
    )


def render_page(
    request: HttpRequest, voice: ReaderLanguage, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A page for somebody who is signed in or signing in; it is not cached."""
    spoken: dict[str, Any] = {"voice": voice, "_": voice.say, "_n": voice.count}
    spoken |= {"csrf": get_token(request), "desk": None, "workspace": None}
    # A refusal does not show an earlier "Saved."; it waits for the next page.
    # In doubt of the clock the session could not be saved without it, and the page not be shown.
    shows_said = status < 400 and not clock.is_doubted()
    spoken["said_before"] = request.session.pop(SAID, "") if shows_said else ""
    answer = HttpResponse(get_template(template).render(spoken | context), status=status)
    for name, value in HEADERS.items():
        answer.headers[name] = value
    return answer


def redirect_to(address: str, *, request: HttpRequest | None = None, said: str = "") -> HttpResponseRedirect:
    """Redirect after a form, so that a reload repeats nothing. The next page begins with ``said``."""
    if request is not None and said:
        request.session[SAID] = said
    answer = HttpResponseRedirect(address)
    # 303, not Django's 302: the next request is a GET, whatever this one was (RFC 9110, section 15.4.4).
    answer.status_code = 303
    return answer


def signed_in(
    *methods: str, fields: FormFields = NONE, shown: View | None = None, is_list: bool = False
) -> Callable[[View], View]:
    """Decorate a view for signed-in people with these methods; others sign in first and come back.

    A field that is longer than ``fields`` say never reaches the view: ``shown(desk, faults, …)`` is the form
    with the faults beside its fields, else a page names the field. A list (``is_list``) is shown as if the
    field had not been sent, with ``desk.faults`` beside its search.
    """

    def decorate(view: View) -> View:
        beside, method = (_list_beside(view), "GET") if is_list else (shown, "POST")

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            # Before signing in is asked for: nobody should sign in to be told that this is no page.
            other = method_refusal(request, methods)
            if other is not None:
                return _not_so(request, other) if other.status_code == 405 else other
            desk = HostRequest.of(request)
            if desk is None and request.method == "POST":
                return _signed_out(request)
            if desk is None:
                return redirect_to(f"/sign-in?next={quote(request.get_full_path(), safe='/')}")
            request.session.note_visit(now=desk.now)  # type: ignore[attr-defined]
            try:
                faults = fields.faults_of_request(request)
                if not faults:
                    return view(desk, *args, **named)
                if beside is None or request.method != method or not all(map(fields.names_it, faults)):
                    raise FieldTooLong(faults, fields)
                return beside(desk, faults, *args, **named)
            except Refused as refusal:
                return desk.refused(refusal)

        return checked

    return decorate


def _list_beside(view: View) -> View:
    def shown(desk: HostRequest, faults: Faults, *args: Any, **named: Any) -> HttpResponse:
        answer = view(replace(desk, faults=faults), *args, **named)
        answer.status_code = 422
        return answer

    return shown


def reads_form(fields: FormFields, shown: View | None = None) -> Callable[[View], View]:
    """Decorate a view for people who are not signed in: as ``signed_in`` does, with ``shown(request, …)``."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            faults = fields.faults_of_request(request)
            if not faults:
                return view(request, *args, **named)
            if shown is not None and request.method == "POST" and all(map(fields.names_it, faults)):
                return shown(request, faults, *args, **named)
            refusal = FieldTooLong(faults, fields)
            told = {"title": refusal.title, "sentence": refusal.sentence}
            return render_page(request, voice_of(request), "host/refused.html", refusal.status, **told)

        return checked

    return decorate


def _signed_out(request: HttpRequest) -> HttpResponse:
    """The answer to a form whose session has ended: a page that keeps what was typed, to be sent again.

    People sign in in another tab, which leaves the form's CSRF token valid; nothing is stored meanwhile.
    """
    voice = voice_of(request)
    request.session[AGAIN] = voice.say(
        "You are signed in again. Nothing was done before: press once more, here or where you were."
    )
    sign_in = f"/sign-in?next={quote(_before(request), safe='/')}"
    typed = [(name, text) for name, all_of in request.POST.lists() if name not in UNHELD for text in all_of]
    return render_page(request, voice, "host/signed_out.html", 401, sign_in=sign_in, typed=typed)


def _before(request: HttpRequest) -> str:
    """The page that the button was on, as far as the browser says so and it is one of ours."""
    there = urlsplit(request.headers.get("Referer", ""))
    # Referer may name another site, and the result becomes a link: only our own pages are accepted.
    path = without_base_path(there.path)
    if there.netloc != request.get_host() or not path.startswith("/"):
        return HOME
    return f"{path}?{there.query}" if there.query else path


def _not_so(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """The 405 with a sentence and a way on: most often somebody has opened the address of a button."""
    answer = render_page(
        request,
        voice_of(request),
        "host/refused.html",
        405,
        title=gettext_noop("This is not a page"),
        sentence="This address is that of a button: nothing was done. Go to the page that it is on.",
        onward=HOME,
    )
    answer.headers["Allow"] = bare.headers["Allow"]
    return answer
