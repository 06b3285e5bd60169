"""The content of one mail, before it becomes plain text, HTML and headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MASKED = "•••"
"""Replaces the recipient's own token where somebody else reads their mail (promise 20)."""

NOTE_WITH_ACTION = ("facts", "action", "closing")
CLOSING_BEFORE_ACTION = ("facts", "closing", "action")
NOTE_APART = ("link", "note", "closing")
"""Orders of the parts in plain text; ``action`` is ``link`` with ``note`` right below it."""


@dataclass(frozen=True, slots=True)
class Action:
    """What the reader can do: the address to open, the label of its button, and a note."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An iCalendar file, made together with the message, and the iTIP method by which programs take it."""

    method: str
    build: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedMail:
    """One mail in its reader's language. Names are single lines; what strangers typed is never markup."""

    key: str
    """What the Message-ID is made of: equal for every attempt at this mail, and unique to it."""
    language: str
    subject: str
    sender: str
    """The display name of From, and the signature."""
    to_name: str
    greeting: str
    heading: str
    title: str = ""
    """The title of the HTML part; empty: the subject."""
    facts: Sequence[tuple[str, str]] = ()
    """(label, value) pairs; a value may have several lines."""
    open_fact: str = ""
    """The value among the facts that is shown as a link: an address of the owner's, never text of a guest."""
    action: Action | None = None
    closing: str = ""
    order: Sequence[str] = NOTE_WITH_ACTION
    reply_to: tuple[str, str] | None = None
    """(name, address)"""
    conversation: str = ""
    """Equal in all mails about one thing: mail programs show them as one conversation."""
    opens_conversation: bool = True
    invitation: Invitation | None = None
