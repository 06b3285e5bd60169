"""What one mail says, before it is set in plain text, HTML and headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MASKED = "•••"
"""Stands in a mail where its reader's own key stood: a right of theirs, not of ours (promise 20)."""

NOTE_WITH_ACTION = ("facts", "action", "closing")
CLOSING_BEFORE_ACTION = ("facts", "closing", "action")
NOTE_APART = ("link", "note", "closing")
"""In what order the plain text has its parts: ``action`` is ``link`` with ``note`` right below it."""


@dataclass(frozen=True, slots=True)
class Action:
    """What the reader can do: a page to open, what opening it is called, and what to know of it."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An appointment as a calendar file, made when the whole mail is, and how programs are to take it."""

    method: str
    build: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedMail:
    """One mail in the words of its reader. Names are single lines; what strangers typed is text alone."""

    key: str
    """What the Message-ID is made of: the same whenever this mail is tried, of every other mail another."""
    language: str
    subject: str
    sender: str
    """Under whose name it goes out, and who signs it."""
    to_name: str
    greeting: str
    heading: str
    title: str = ""
    """Of the page that the mail is for a browser; its subject where empty."""
    facts: Sequence[tuple[str, str]] = ()
    """A label, and a value of one or more lines."""
    open_fact: str = ""
    """The value among the facts that is an address to open: the owner's own, never what a guest typed."""
    action: Action | None = None
    closing: str = ""
    order: Sequence[str] = NOTE_WITH_ACTION
    reply_to: tuple[str, str] | None = None
    """A name and an address."""
    conversation: str = ""
    """What the mails about one thing have in common; mail programs show them as one conversation."""
    opens_conversation: bool = True
    invitation: Invitation | None = None
