"""What a link locks is kept, whatever is sent; what it only fills in can be replaced."""

from __future__ import annotations

from bookonce.domain.bookings.guest_details import Guest, validate_answers
from tests import make


def test_a_locked_name_and_address_are_kept(hana: make.Team) -> None:
    known = {"name": "Gil Guest", "email": "gil@example.net"}
    link = make.link(hana.calendar, prefill=known, locked=["name", "email"])
    booking = make.booking(
        hana.calendar, link=link, guest=Guest(name="Somebody Else", email="else@example.net")
    )
    assert (booking.guest_name, booking.guest_email) == ("Gil Guest", "gil@example.net")


def test_what_is_only_filled_in_can_be_replaced(hana: make.Team) -> None:
    link = make.link(hana.calendar, prefill={"name": "Gil Guest", "email": "gil@example.net"})
    booking = make.booking(hana.calendar, link=link, guest=Guest(email="else@example.net"))
    assert (booking.guest_name, booking.guest_email) == ("Gil Guest", "else@example.net")


def test_what_a_guest_was_shown_masked_stands_for_what_is_kept(hana: make.Team) -> None:
    link = make.link(
        hana.calendar,
        recipient_name="Gil Guest",
        recipient_email="gil@example.net",
        recipient_phone="+49 30 1234",
    )
    masked = Guest(name="Gil", email="g•••@example.net", phone="••• 34")
    booking = make.booking(hana.calendar, link=link, guest=masked)
    kept = (booking.guest_name, booking.guest_email, booking.guest_phone)
    assert kept == ("Gil Guest", "gil@example.net", "+49 30 1234")


def test_a_fault_of_an_answer_is_pointed_at_whatever_its_key() -> None:
    questions = [{"key": "to/from~", "required": True}]
    kept, faults = validate_answers(questions, {"a/b~c": "x"}, None)
    assert (kept, [at for at, _ in faults]) == ({}, ["/answers/a~1b~0c", "/answers/to~1from~0"])
