"""``/outbox``: sent, waiting and failed mails, and each as its recipient reads it."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.db.models import Exists
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from bookonce.delivery.mail.delivering import message_of
from bookonce.delivery.mail.registry import composer_of
from bookonce.delivery.outbox import email, operations, queries
from bookonce.delivery.outbox.errors import NoServer, NotDelivered
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.recipients import GUEST
from bookonce.domain.accounts import access
from bookonce.domain.accounts.access import Verb
from bookonce.domain.bookings import queries as bookings
from bookonce.domain.bookings.models import Booking
from bookonce.foundation.errors import NotFound, WrongState
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.mails import listing
from bookonce.interfaces.host.mails.listing import State
from bookonce.interfaces.host.shared.booking_address import booking_address
from bookonce.interfaces.host.shared.cursors import Order, page_of
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.pages.language import ReaderLanguage

ADDRESS = "/outbox"
STATES = {"waiting": State.WAITING, "failed": State.DEAD, "sent": State.DONE}
MOST_COUNTED = 1000
# Each is a transaction of its own, and somebody is waiting for the page.
MOST_AT_ONCE = 200

MAIL_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-same-origin"
    ),
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
"""Headers of a mail in its frame: any inline style, but nothing is loaded and no script runs.

It keeps our origin for one reason: so that the page around it can measure its height.
"""


@signed_in("GET")
def list_mails(desk: HostRequest) -> HttpResponse:
    """The mails of the workspace, newest first, all or in one state."""
    asked = desk.said.get("state", "")
    # A kept address with a state of an earlier version shows all mails rather than an error.
    states = [STATES[asked]] if asked in STATES else []
    found = queries.list_mails(desk.workspace.pk, *states, roles=listing.ROLES)
    said = {name: text for name, text in desk.said.items() if name in ("state", "after", "before")}
    page = page_of(found, Order(newest_first=True), said=said, address=ADDRESS)
    counts = queries.count_mails(desk.workspace.pk, *STATES.values(), roles=listing.ROLES, most=MOST_COUNTED)
    return desk.page(
        "host/outbox.html",
        section="outbox",
        mails=listing.mail_rows(page.rows, now=desk.now),
        page=page,
        told=_told(desk.voice, len(page.rows), more=bool(page.later)),
        state=asked if states else "",
        counts={name: _count(counts[state]) for name, state in STATES.items()},
        sends=bool(settings.EMAIL_URL),
        failing=_failing_minutes(desk),
        unmade=queries.count_unmade(desk.workspace.pk, most=MOST_COUNTED),
        away=bool(counts[State.WAITING]) and not queries.worker_seen(),
    )


def _failing_minutes(desk: HostRequest) -> int:
    """For how many minutes the oldest mail that is still tried has failed; 0 where that is not long."""
    age = queries.oldest_failing(now=desk.now, workspace_id=desk.workspace.pk)
    return int(age.total_seconds()) // 60 if age is not None and age >= queries.LONG_FAILING else 0


def _told(voice: ReaderLanguage, count: int, *, more: bool) -> str:
    """The list's content as a sentence, for screen readers."""
    if more:
        return voice.say("More than {count} mails found", count=count)
    return voice.count("{count} mail found", "{count} mails found", count)


def _count(number: int) -> str:
    return f"{number}" if number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def _find(desk: HostRequest, name: str) -> Delivery:
    return queries.find_delivery(name, workspace_id=desk.workspace.pk, roles=listing.ROLES)


@dataclass(frozen=True, slots=True)
class MailPreview:
    """A mail, and whether it is shown as built, with the guest's token in it.

    ``as_now``: it is composed as it is sent, and would read so now.
    """

    message: EmailMessage
    whole: bool
    as_now: bool = False

    def people(self, header: str) -> str:
        """The mailboxes of a header."""
        return email.header_addresses(self.message, header)

    def part(self, *kinds: str) -> str:
        """The text of the first part of this media type; empty where there is none."""
        found = self.message.get_body(kinds) if kinds != ("ics",) else self._attached()
        return str(found.get_content()) if found is not None else ""

    def _attached(self) -> Any:
        return next(
            (part for part in self.message.walk() if part.get_content_type() == "text/calendar"), None
        )


def _read(desk: HostRequest, delivery: Delivery) -> MailPreview | None:
    """The mail; None where only the worker can compose it.

    A mail that was kept as a file has reached nobody: owners see it whole, who most likely try the program
    out as their own guest. One that was sent is composed again without the guest's token.
    """
    if access.may(desk.member, Verb.READ_UNSENT_MAIL, delivery):
        kept = email.kept_mail(str(delivery.pk))
        if kept is not None:
            return MailPreview(kept, whole=True)
    composer = composer_of(delivery)
    if composer is None or (composer.as_of_sending and delivery.state not in (State.WAITING, State.DEAD)):
        return None
    # What it says of its time ("tomorrow") is read as it was written, not as of today.
    at = desk.now if composer.as_of_sending else listing.written_at(delivery)
    try:
        message = message_of(delivery, now=at, masked=True)
    except NotDelivered:
        # What it tells of is gone or not to be read by now: the page says so in place of the text.
        return None
    return MailPreview(message, whole=False, as_now=composer.as_of_sending)


@signed_in("GET")
def show_mail(desk: HostRequest, name: str) -> HttpResponse:
    """The page of a mail: recipient, state, content."""
    delivery = _find(desk, name)
    [mail] = listing.mail_rows([delivery], now=desk.now)
    read, about = _read(desk, delivery), delivery.event.booking_id
    booking = Booking.objects.filter(pk=about).first() if about else None
    return desk.page(
        "host/mail.html",
        section="outbox",
        mail=mail,
        read=read,
        booking=booking,
        booking_address=booking_address(booking) if booking else "",
        guest_page=_guest_page(delivery, booking, read),
    )


def _guest_page(delivery: Delivery, booking: Booking | None, read: MailPreview | None) -> str:
    """The address of the guest's page, where the mail with it was never sent."""
    # Only the guest's own mail has the token, and only an unsent one is shown with it.
    if booking is None or read is None or not read.whole or delivery.recipient != GUEST:
        return ""
    url = bookings.manage_url(booking) or ""
    return url if url and url in read.part("plain") else ""


@signed_in("GET")
def mail_html(desk: HostRequest, name: str) -> HttpResponse:
    """The HTML part of the mail, for its sandboxed frame."""
    read = _read(desk, _find(desk, name))
    if read is None:
        raise NotFound
    return HttpResponse(read.part("html"), headers=MAIL_HEADERS)


@signed_in("GET")
def mail_invitation(desk: HostRequest, name: str) -> HttpResponse:
    """The iCalendar file in the mail."""
    read = _read(desk, _find(desk, name))
    file = read.part("ics") if read else ""
    if not file:
        raise NotFound
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="invite.ics"'
    return answer


@signed_in("POST")
def resend_mail(desk: HostRequest, name: str) -> HttpResponse:
    """Send a mail once more; then back to the page of the button."""
    found = _find(desk, name)
    _insist_on_a_server()
    # A copy that waits already is tried at once instead of writing another.
    again = operations.send_again(found, now=desk.now)
    operations.retry_now([again], now=desk.now)
    back = desk.said.get("back", "")
    # The field comes from a form, so it could name an address of somebody else.
    ours = back.startswith("/bookings/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return desk.to(f"{back}#mails" if ours else listing.address_of(again), _done(desk, tried=again == found))


def _done(desk: HostRequest, *, tried: bool) -> str:
    """The notice after the button, with a way to the result."""
    if not queries.worker_seen():
        return gettext_noop("It waits to be sent: no worker has been seen for a while.")
    if tried:
        return gettext_noop("It is being tried now. Load this page again in a moment to see how it went.")
    return gettext_noop("It is being sent now. Load this page again in a moment to see how it went.")


def _insist_on_a_server() -> None:
    """Raise where no mail server is set: sending would only keep one more file."""
    if not settings.EMAIL_URL:
        raise NoServer


@signed_in("POST")
def resend_failed(desk: HostRequest) -> HttpResponse:
    """Let failed mails wait again unless they are overtaken; try waiting ones now; or both."""
    _insist_on_a_server()
    which = desk.said.get("which", "failed")
    count = 0 if which == "waiting" else _retried(desk)
    count += 0 if which == "failed" else _hurried(desk)
    said = desk.voice.count("{count} mail is tried now.", "{count} mails are tried now.", count)
    address = ADDRESS if which == "all" else f"{ADDRESS}?state=waiting"
    return desk.to(address, said if count else gettext_noop("Nothing was left to be tried."))


def _retried(desk: HostRequest) -> int:
    found = queries.list_mails(desk.workspace.pk, State.DEAD, roles=listing.ROLES)
    count = 0
    # Mails overtaken by something newer are left alone: they would contradict it (promise 15).
    for dead in found.exclude(Exists(queries.later_in_thread())).order_by("id")[:MOST_AT_ONCE]:
        try:
            operations.resend(dead, now=desk.now)
            count += 1
        except WrongState:
            # Somebody else has sent it again meanwhile.
            continue
    return count


def _hurried(desk: HostRequest) -> int:
    """Try mails again at once that failed before, as after an outage of the server."""
    found = queries.list_mails(desk.workspace.pk, State.WAITING, roles=listing.ROLES)
    tried = found.filter(attempts__gt=0).order_by("id")[:MOST_AT_ONCE]
    return operations.retry_now(tried, now=desk.now)
