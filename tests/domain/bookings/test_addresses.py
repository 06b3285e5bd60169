"""What is taken for an e-mail address: exactly what a mail can be sent to."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bookonce.delivery.mail.delivering import deliver, message_of
from bookonce.delivery.outbox import email, worker
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.accounts.models import Member
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.models import Booking
from bookonce.domain.workspaces.operations import found_with_owner
from bookonce.foundation import email_addresses
from bookonce.foundation.errors import Invalid
from tests import make

SIGNS = ["\x00", "\x01", "\x0c", "\x1e", "\x7f", "\x85", "\u200b", "\u2028", "\u202e", "\ud800", "\n", " "]
GOOD = [
    "gil@example.net",
    "g.i+l@a-b.example.net",
    "o'neill_#1@example.org",
    "gil@münchen.example",
    "gil@xn--mnchen-3ya.example",
    "gil@例え.example",
    "a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + ".org",
]
BAD = [
    ("ä@example.org", email_addresses.LOCAL),
    ("grüße@münchen.example", email_addresses.LOCAL),
    ("=?utf-8?q?a?=@example.org", email_addresses.LOCAL),
    ("a" * 65 + "@example.org", email_addresses.LOCAL),
    ("a..b@example.org", email_addresses.DOTS),
    (".a@example.org", email_addresses.DOTS),
    ("a.@example.org", email_addresses.DOTS),
    ("a@b..co", email_addresses.DOMAIN),
    ("a@.b.co", email_addresses.DOMAIN),
    ("a@b.co.", email_addresses.DOMAIN),
    ("a@-b.co", email_addresses.DOMAIN),
    ("a@b-.co", email_addresses.DOMAIN),
    ("a@b.-co", email_addresses.DOMAIN),
    ("a@b_c.co", email_addresses.DOMAIN),
    ("a@localhost", email_addresses.DOMAIN),
    ("a@127.0.0.1", email_addresses.DOMAIN),
    ("a@straße.example", email_addresses.DOMAIN),
    ("a@" + "ü" * 70 + ".example", email_addresses.DOMAIN),
    ("a@b\uff20c.co", email_addresses.DOMAIN),
    ("g•••@example.net", email_addresses.MASKED),
    ("x•••@example.net", email_addresses.MASKED),
    ("a@b@example.org", email_addresses.NONE),
    ("@example.org", email_addresses.NONE),
    ("gil", email_addresses.NONE),
    ("", email_addresses.NONE),
    ("a@" + ".".join(["b" * 60] * 4) + ".longer.example", email_addresses.LONG),
    ("a@" + ".".join(["ü" * 40] * 6) + ".example", email_addresses.LONG),
]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("where", ["g{}il@example.net", "gil@exa{}mple.net", "gil@example.n{}et"])
def test_a_sign_that_nobody_sees_makes_it_none(sign: str, where: str) -> None:
    assert not email_addresses.is_email(where.format(sign))


@pytest.mark.parametrize("address", GOOD)
def test_an_address_is_one(address: str) -> None:
    assert email_addresses.email_problem(address) is None


@pytest.mark.parametrize(("address", "mend"), BAD)
def test_what_is_none_is_told_with_the_mend(address: str, mend: str) -> None:
    assert email_addresses.email_problem(address) == mend


def _invented() -> st.SearchStrategy[str]:
    local = st.text("abZ09.!#$%&'*+/=?^_`{|}~-ä•\u200b (\"", min_size=1, max_size=66)
    label = st.text("abZ09-_üß例。.\uff20", min_size=1, max_size=65)
    domain = st.lists(label, min_size=1, max_size=4).map(".".join)
    return st.builds("{}@{}".format, local, domain) | st.emails() | st.text(max_size=30)


@given(_invented())
@example("=?utf-8?q?a?=@example.org")
@example("a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + ".example")
def test_whatever_is_taken_can_be_written(address: str) -> None:
    if not email_addresses.is_email(address):
        return
    message = EmailMessage(policy=email.POLICY)
    message["To"] = email.named_mailbox("Gil, Guest", address)
    read = message_from_bytes(message.as_bytes(), policy=policy.default)["To"]
    assert not read.defects
    assert [one.addr_spec for one in read.addresses] == [email.require_mailable(address)]
    assert email.require_mailable(address).isascii()


@pytest.mark.django_db
@pytest.mark.parametrize("address", GOOD)
def test_both_mails_go_to_whatever_is_taken(hana: make.Team, address: str) -> None:
    make.booking(hana.calendar, guest=Guest("Gil", address))
    for delivery in Delivery.objects.filter(event__kind="booking.made"):
        message = message_of(delivery, now=make.NOW)
        read = message_from_bytes(message.as_bytes(), policy=policy.default)
        names = "To" if delivery.role == "guest" else "Reply-To"
        assert read[names].addresses[0].addr_spec == email.require_mailable(address)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["g\x00il@example.net", "ä@example.org", "x•••@example.net"])
def test_such_an_address_is_told_and_books_nothing(hana: make.Team, address: str) -> None:
    link = make.link(hana.calendar, recipient_email="gil@example.net")
    with pytest.raises(Invalid) as refused:
        make.booking(hana.calendar, link=link, guest=Guest("Gil", address))
    assert refused.value.data["errors"] == [
        {"pointer": "/guest/email", "detail": email_addresses.email_problem(address)}
    ]
    assert not Booking.objects.exists()


@pytest.mark.django_db
def test_the_owner_gives_one_too() -> None:
    with pytest.raises(Invalid) as refused:
        found_with_owner(
            "Acme", owner_name="Hana", owner_email="h..a@b", zone="UTC", password=None, now=make.NOW
        )
    assert refused.value.data["errors"] == [{"pointer": "/owner_email", "detail": email_addresses.DOTS}]
    assert not Member.objects.exists()


@pytest.mark.django_db
def test_a_kept_address_that_cannot_be_written_costs_its_own_mail_alone(
    hana: make.Team, settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_URL, settings.DATA = "", tmp_path
    make.booking(hana.calendar)
    event = Event.objects.get(kind="booking.made")
    Event.objects.update(data=event.data | {"guest": event.data["guest"] | {"email": "ä@example.org"}})
    Delivery.objects.filter(recipient="guest").update(to="ä@example.org")
    while worker.deliver_one({"email": deliver}, now=make.NOW):
        pass
    assert {one.role: one.state for one in Delivery.objects.all()} == {"guest": "dead", "host": "done"}
    (file,) = (tmp_path / "outbox").iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Reply-To"] is None
    assert mail["To"].addresses[0].addr_spec == hana.owner.person.email
