"""The outbox: how each mail went, and what it said, to the one who may read it."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from bookonce.delivery.mail.delivering import deliver as by_mail
from bookonce.delivery.outbox import operations, worker
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings import changes
from bookonce.domain.bookings.queries import manage_url
from bookonce.domain.links import link_requests
from bookonce.domain.links.models import Ask
from bookonce.interfaces.commands.worker import run_until_stopped
from tests import make
from tests.interfaces.host.reading import mail_page_of, page_of, read
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def booking(hana: make.Team) -> Any:
    return make.booking(hana.calendar, link=make.link(hana.calendar))


@pytest.fixture
def guests(booking: Any) -> Delivery:
    return Delivery.objects.get(recipient="guest")


@pytest.fixture
def kept(guests: Delivery, tmp_path: Path, settings: Any) -> Delivery:
    """The guest's mail, kept as a file because there is no server."""
    settings.DATA = tmp_path
    while worker.deliver_one({"email": by_mail}, now=NOW):
        pass
    guests.refresh_from_db()
    return guests


def state(of: Delivery, name: str, **more: Any) -> None:
    Delivery.objects.filter(pk=of.pk).update(state=name, **more)


def test_without_a_server_it_says_how_to_get_one(desk: Client, settings: Any) -> None:
    page = read(desk.get("/outbox"))
    assert "Mails are kept here, not sent" in page
    assert "BOOKONCE_EMAIL_URL" in page
    assert "No mails yet" in page
    settings.EMAIL_URL = "smtp://localhost:1"
    assert "not sent" not in read(desk.get("/outbox"))


def test_what_waits_failed_and_was_sent(desk: Client, guests: Delivery) -> None:
    assert "Waiting 2 Failed 0" in read(desk.get("/outbox"))
    assert "No worker has been seen" in read(desk.get("/outbox"))
    worker.record_heartbeat("somebody")
    assert "No worker has been seen" not in read(desk.get("/outbox"))
    state(guests, "dead", attempts=3, ended_at=NOW, last_error="the recipient was refused: 550 5.1.1")
    failed = read(desk.get("/outbox?state=failed"))
    assert "Waiting 1 Failed 1" in failed
    assert "Booked: Intro call with Hana" in failed
    assert "given up Mon 23 November, 07:00 3 attempts" in failed
    assert "The mail server does not take mail for this address. (550 5.1.1)" in failed
    assert "To the host" not in failed
    state(guests, "done", ended_at=NOW)
    assert "To the guest, gil@example.net Sent Mon 23 November, 07:00" in read(desk.get("/outbox?state=sent"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("the mail server could not be used (TimeoutError)", "The mail server could not be reached."),
        ("the server refused (SMTPAuthenticationError): 535 5.7.8", "did not accept our user and password"),
        ("the address is none that a mail can be sent to", "please check how it is written"),
        ("every worker that tried it has died", "It did not arrive: every worker that tried it has died."),
    ],
)
def test_a_failure_is_told_in_words(desk: Client, guests: Delivery, error: str, words: str) -> None:
    state(guests, "waiting", attempts=2, not_before=make.later(5), last_error=error)
    page = read(desk.get("/outbox?state=waiting"))
    assert "Tries again next try Mon 23 November, 07:05 2 attempts" in page
    assert words in page


def test_a_mail_that_was_sent_shows_dots_for_the_guests_key(desk: Client, guests: Delivery) -> None:
    state(guests, "done", ended_at=NOW)
    page = desk.get(mail_page_of(guests))
    assert "is theirs alone" in read(page)
    assert "/b/•••" in page.content.decode()
    assert "Recipient Gil Guest <gil@example.net>" in read(page)


def test_a_mail_that_was_kept_is_shown_as_it_is(desk: Client, kept: Delivery, booking: Any) -> None:
    """The newcomer is their own first guest: nobody else has got this mail."""
    url = str(manage_url(booking))
    page = desk.get(mail_page_of(kept))
    assert "Kept here, not sent" in read(page)
    assert url in page.content.decode()
    assert f'href="{url}"' in page.content.decode()
    assert url in desk.get(f"{mail_page_of(kept)}/letter").content.decode()
    assert b"METHOD:REQUEST" in desk.get(f"{mail_page_of(kept)}/invite.ics").content


def test_only_an_owner_reads_it_whole(desk: Client, hana: make.Team, kept: Delivery, booking: Any) -> None:
    hana.owner.role = "member"
    hana.owner.save()
    for page in ("", "/letter", "/invite.ics"):
        assert str(manage_url(booking)) not in desk.get(mail_page_of(kept) + page).content.decode()


def test_the_frame_can_do_nothing(desk: Client, guests: Delivery) -> None:
    answer = desk.get(f"{mail_page_of(guests)}/letter")
    policy = answer.headers["Content-Security-Policy"].split("; ")
    nothing = {"default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"}
    assert nothing | {"sandbox allow-same-origin"} <= set(policy)
    assert not [part for part in policy if part.startswith(("script-src", "img-src", "connect-src"))]
    around = desk.get(mail_page_of(guests))
    assert "frame-src 'self'" in around.headers["Content-Security-Policy"]
    assert 'sandbox="allow-same-origin" src="' in around.content.decode()


def test_what_concerns_an_account_is_not_read_here(desk: Client, guests: Delivery) -> None:
    state(guests, "waiting", recipient="person")
    assert "gil@example.net" not in read(desk.get("/outbox"))
    for page in ("", "/letter", "/invite.ics"):
        assert desk.get(mail_page_of(guests) + page).status_code == 404
    assert desk.post(f"{mail_page_of(guests)}/resend").status_code == 404


def test_a_mail_about_asks_is_shown_as_it_would_be_sent_now(
    desk: Client, hana: make.Team, mails_about: Delivery
) -> None:
    page = desk.get(mail_page_of(mails_about))
    assert "This is how it would be sent now" in read(page)
    assert "Somebody asks for a new link" in read(desk.get("/outbox"))
    assert "Mara opened an expired link for Intro call" in read(page)
    assert "“Please!”" in desk.get(f"{mail_page_of(mails_about)}/letter").content.decode()
    link_requests.request_new_link(make.link(hana.calendar, expires_at=NOW), name="Theo", now=NOW)
    assert "2 new links are asked for" in read(desk.get(mail_page_of(mails_about)))


@pytest.mark.parametrize(("reached", "told"), [("done", "is not kept"), ("dropped", "nothing to read here")])
def test_of_a_mail_about_asks_that_is_over_it_is_said_when_it_was_written(
    desk: Client, mails_about: Delivery, reached: str, told: str
) -> None:
    link_requests.dismiss_request(Ask.objects.get(), by="mem_x", now=NOW)
    state(mails_about, reached, ended_at=NOW)
    assert told in read(desk.get(mail_page_of(mails_about)))
    assert desk.get(f"{mail_page_of(mails_about)}/letter").status_code == 404


@pytest.fixture
def mails_about(hana: make.Team) -> Delivery:
    """The mail to Hana that waits to tell of who asks for a new link."""
    link_requests.request_new_link(
        make.link(hana.calendar, expires_at=NOW), name="Mara", message="Please!", now=NOW
    )
    return Delivery.objects.get()


@pytest.fixture
def server(settings: Any) -> None:
    """There is a mail server, whom nobody asks."""
    settings.EMAIL_URL = "smtp://localhost:1"


OFFERED = ("Send again", "Send now", "Try again", "Try all again", "Try now", "Try all now")


@pytest.mark.parametrize(
    ("reached", "offered"),
    [("done", {"Send again"}), ("dead", {"Try again"}), ("dropped", {"Send now"}), ("waiting", set())],
)
@pytest.mark.usefixtures("server")
def test_what_a_press_does_is_called_what_it_is(
    desk: Client, guests: Delivery, booking: Any, reached: str, offered: set[str]
) -> None:
    """What has never left is not sent "again"; what waits needs no press."""
    state(guests, reached, ended_at=None if reached == "waiting" else NOW)
    for page in (mail_page_of(guests), page_of(booking)):
        assert {words for words in OFFERED if words in read(desk.get(page))} == offered


def test_what_waits_for_a_server_that_was_taken_away_is_kept_at_once(
    desk: Client, guests: Delivery, tmp_path: Path, settings: Any
) -> None:
    """A worker that begins without it waits for no try that is hours ahead."""
    settings.DATA = tmp_path
    put_off = {
        "attempts": 9,
        "not_before": make.later(300),
        "last_error": "the mail server could not be used",
    }
    state(guests, "waiting", **put_off)
    state(
        Delivery.objects.get(recipient__startswith="host"),
        "waiting",
        not_before=make.later(60),
        last_error="so many an hour",
    )
    settings.EMAIL_URL = "smtp://localhost:1"
    assert "Tries again · next try Mon 23 November, 12:00" in read(desk.get(mail_page_of(guests)))
    assert not worker.startup_jobs()
    settings.EMAIL_URL = ""
    stop = threading.Event()
    stop.set()
    worker.run_worker({}, stop, first=worker.startup_jobs())
    while worker.deliver_one({"email": by_mail}, now=NOW):
        pass
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
    assert "Kept here, not sent" in read(desk.get(mail_page_of(guests)))


def test_the_worker_does_first_what_is_to_be_done_first(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: dict[str, Any] = {}
    monkeypatch.setattr(worker, "run_worker", lambda *_, **said: begun.update(said))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    run_until_stopped()
    assert begun["first"] == worker.startup_jobs() == [operations.retry_all_now]


def test_what_has_a_time_of_its_own_waits_for_it_without_a_server(guests: Delivery) -> None:
    state(guests, "waiting", not_before=make.later(300))
    operations.retry_all_now(NOW)
    guests.refresh_from_db()
    assert guests.not_before == make.later(300)


@pytest.mark.usefixtures("server")
def test_what_tries_again_can_be_tried_now(desk: Client, guests: Delivery, booking: Any) -> None:
    """Those alone that have been tried, and are not under way: the same row, with its fence as it is."""
    failed = {"attempts": 3, "fence": 3, "not_before": make.later(90), "last_error": "the mail server could"}
    state(guests, "waiting", **failed)
    for page in (mail_page_of(guests), page_of(booking), "/outbox"):
        assert [words for words in OFFERED if words in read(desk.get(page))] == ["Try now"], page
    assert "Try all now" not in read(desk.get("/outbox?state=waiting")), "there is one only"
    Delivery.objects.filter(recipient__startswith="host").update(**failed)
    assert "Try all now" in read(desk.get("/outbox?state=waiting"))
    before = Delivery.objects.count()
    for pressed, said in (
        (f"{mail_page_of(guests)}/resend", {}),
        ("/outbox/resend", {"which": "waiting"}),
    ):
        state(guests, "waiting", **failed)
        assert desk.post(pressed, said).status_code == 303
        guests.refresh_from_db()
        assert (guests.not_before, guests.attempts, guests.fence, guests.state) == (NOW, 3, 3, "waiting")
        state(guests, "waiting", lease_until=make.later(3), not_before=make.later(90))
        assert not [words for words in OFFERED if words in read(desk.get(mail_page_of(guests)))], (
            "it is on its way"
        )
        desk.post(pressed, said)
        guests.refresh_from_db()
        assert guests.not_before == make.later(90)
        state(guests, "waiting", lease_until=None, attempts=0)
        desk.post(pressed, said)
        guests.refresh_from_db()
        assert guests.not_before == make.later(90), "it waits for its time"
    assert Delivery.objects.count() == before


def test_a_mail_that_was_only_kept_is_sent_now_once_there_is_a_server(
    desk: Client, kept: Delivery, settings: Any
) -> None:
    """Before that a press would keep it once more, so that there is none."""
    pages = (mail_page_of(kept), "/outbox", "/outbox?state=sent")
    for page in pages:
        assert not [words for words in OFFERED if words in read(desk.get(page))], page
    settings.EMAIL_URL = "smtp://localhost:1"
    for page in pages:
        assert [words for words in OFFERED if words in read(desk.get(page))] == ["Send now"], page
    assert desk.post(f"{mail_page_of(kept)}/resend").status_code == 303
    assert "It waits to be sent: no worker has been seen for a while." in read(desk.get("/outbox"))


@pytest.mark.parametrize(
    ("reached", "said"),
    [("done", "It is being sent"), ("dead", "It is being tried"), ("waiting", "It is being tried")],
)
@pytest.mark.usefixtures("server")
def test_after_a_press_it_says_what_is_done_and_where_that_is_seen(
    desk: Client, guests: Delivery, reached: str, said: str
) -> None:
    worker.record_heartbeat("somebody")
    ended = None if reached == "waiting" else NOW
    state(guests, reached, attempts=3, not_before=make.later(90), ended_at=ended)
    told = read(desk.get(desk.post(f"{mail_page_of(guests)}/resend").headers["Location"]))
    assert f"{said} now. Load this page again in a moment to see how it went." in told
    assert "The mail waits" not in told


@pytest.mark.usefixtures("server")
def test_what_failed_and_what_is_late_are_tried_at_one_press(desk: Client, guests: Delivery) -> None:
    """On the list of all there are both; what was sent is left alone."""
    offered = "Try what has not arrived"
    state(guests, "waiting", attempts=3, not_before=make.later(90))
    assert offered not in read(desk.get("/outbox")), "one has its own button"
    hosts = Delivery.objects.get(recipient__startswith="host")
    state(hosts, "dead", attempts=24, ended_at=NOW)
    assert offered in read(desk.get("/outbox"))
    for filtered in ("waiting", "failed", "sent"):
        assert offered not in read(desk.get(f"/outbox?state={filtered}"))
    back = desk.post("/outbox/resend", {"which": "all"})
    assert back.headers["Location"] == "/outbox"
    assert "2 mails are tried now." in read(desk.get("/outbox"))
    assert set(Delivery.objects.values_list("state", "not_before")) == {("waiting", NOW)}
    desk.post("/outbox/resend", {"which": "all"})
    assert "Nothing was left to be tried." in read(desk.get("/outbox"))


def test_without_a_server_a_press_writes_no_copy(
    desk: Client, kept: Delivery, guests: Delivery, settings: Any
) -> None:
    """Whoever sends the form all the same is told why nothing comes of it."""
    before = set(Delivery.objects.values_list("pk", "state"))
    state(Delivery.objects.get(recipient__startswith="host"), "dead")
    for address in (f"{mail_page_of(kept)}/resend", "/outbox/resend"):
        refused = desk.post(address)
        assert refused.status_code == 409
        assert "No mail server is set up" in read(refused)
        assert 'href="/outbox"' in refused.content.decode()
    assert len(before) == Delivery.objects.count()
    assert not Delivery.objects.filter(state="waiting").exists()


def test_without_a_server_what_failed_is_not_tried_again(
    desk: Client, guests: Delivery, settings: Any
) -> None:
    state(guests, "dead", ended_at=NOW)
    assert not [words for words in OFFERED if words in read(desk.get("/outbox?state=failed"))]
    settings.EMAIL_URL = "smtp://localhost:1"
    assert "Try all again" in read(desk.get("/outbox?state=failed"))


@pytest.mark.usefixtures("server")
def test_send_again_and_where_it_leads(desk: Client, guests: Delivery, booking: Any) -> None:
    state(guests, "done", ended_at=NOW)
    assert "Send again" in read(desk.get(page_of(booking)))
    back = desk.post(f"{mail_page_of(guests)}/resend", {"back": page_of(booking)})
    assert back.headers["Location"] == f"{page_of(booking)}#mails"
    copy = Delivery.objects.get(recipient="guest", state="waiting")
    for elsewhere in ("", "https://evil.example/bookings/", "//evil.example"):
        again = desk.post(f"{mail_page_of(guests)}/resend", {"back": elsewhere})
        assert again.headers["Location"] == mail_page_of(copy)
    assert Delivery.objects.filter(recipient="guest").count() == 2


@pytest.mark.usefixtures("server")
def test_what_something_newer_has_overtaken_is_not_sent_again(
    desk: Client, guests: Delivery, booking: Any
) -> None:
    state(guests, "done", ended_at=NOW)
    changes.cancel(booking, by="guest", now=NOW)
    assert "Send again" not in read(desk.get(mail_page_of(guests)))
    refused = desk.post(f"{mail_page_of(guests)}/resend")
    assert refused.status_code == 409
    assert "Something newer was written" in read(refused)


@pytest.mark.usefixtures("server")
def test_send_all_again_lets_the_dead_wait_and_nobody_elses(
    desk: Client, hana: make.Team, sam: make.Team, guests: Delivery
) -> None:
    make.booking(sam.calendar)
    Delivery.objects.update(state="dead", ended_at=NOW, attempts=24)
    overtaken = make.booking(hana.calendar, guest=make.somebody())
    Delivery.objects.filter(event__booking_id=overtaken.pk).update(state="dead", ended_at=NOW)
    changes.cancel(overtaken, by="guest", now=NOW)
    assert desk.post("/outbox/resend").headers["Location"] == "/outbox?state=waiting"
    ours = Delivery.objects.filter(workspace=hana.workspace)
    assert sorted(ours.values_list("state", flat=True)) == ["dead"] * 2 + ["waiting"] * 4
    assert set(sam.workspace.bookings.values_list("state", flat=True)) == {"confirmed"}
    assert Delivery.objects.filter(workspace=sam.workspace, state="dead").count() == 2


def test_the_files_are_where_the_page_looks(kept: Delivery) -> None:
    assert (Path(settings.DATA) / "outbox" / f"{kept.pk}.eml").is_file()
    assert operations.send_again(kept, now=NOW).pk != kept.pk
