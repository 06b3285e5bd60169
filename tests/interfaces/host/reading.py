"""Pages of the desk as they are read and pressed."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings.models import Booking
from bookonce.foundation import tokens


def read(answer: Any) -> str:
    """The words of the page, as they are seen."""
    text = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def hidden(answer: Any) -> dict[str, str]:
    """What the forms of the page carry unseen, without the session's own token."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()))
    return {name: unescape(value) for name, value in found.items() if name != "csrfmiddlewaretoken"}


def page_of(booking: Booking) -> str:
    return f"/bookings/{tokens.public_id('bkg', booking.pk)}"


def mail_page_of(delivery: Delivery) -> str:
    return f"/outbox/{tokens.public_id('dlv', delivery.pk)}"
