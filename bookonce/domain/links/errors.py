"""The refusals of one-time links: the code, status and words stand here and nowhere else.

``{owner}`` and ``{date}`` are filled in by whoever shows the words, from ``data``.
"""

from __future__ import annotations

from bookonce.foundation.errors import Refused


class LinkUnknown(Refused):
    """Nobody minted such a link. One uniform answer, which tells nothing."""

    code = "link_unknown"
    status = 404
    title = "We don't know this link."
    sentence = "Check that it was copied whole, or ask the person who sent it to you."


class LinkDead(Refused):
    """The link was good once. ``data["contact"]`` says whom to contact."""

    status = 410


class LinkUsed(LinkDead):
    """Somebody has booked with it."""

    code = "link_used"
    title = "This link has already been used."
    sentence = "It worked once and has done its job. To make another appointment, please contact {owner}."


class LinkExpired(LinkDead):
    """Its time is over. ``data["expires_at"]`` says since when."""

    code = "link_expired"
    title = "This link has expired."
    sentence = "It was open until {date}. Please contact {owner} for a new one."


class LinkRevoked(LinkDead):
    """The owner has ended it."""

    code = "link_revoked"
    title = "This link is no longer active."
    sentence = "Please contact {owner} to make an appointment."


class LinkNotOpen(Refused):
    """Its time has not come. ``data["opens_at"]`` says when it does."""

    code = "link_not_open"
    status = 403
    title = "This link opens on {date}."
    sentence = "Come back then; it will still be here."


class LinkRequired(Refused):
    """The calendar takes no booking without a live one-time link, whatever the way in (promise 7)."""

    code = "link_required"
    status = 403
    title = "A one-time link is needed here."
    sentence = "This calendar can only be booked with a one-time link. Ask its owner for one."
