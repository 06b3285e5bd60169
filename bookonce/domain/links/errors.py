"""The refusals of one-time links: their code, status and sentences are defined here alone.

``{owner}`` and ``{date}`` are filled in from ``data`` where they are shown.
"""

from __future__ import annotations

from bookonce.foundation.errors import Refused


class LinkUnknown(Refused):
    """There is no such link. One uniform answer, which tells nothing (promise 28)."""

    code = "link_unknown"
    status = 404
    title = "We don't know this link."
    sentence = "Check that it was copied whole, or ask the person who sent it to you."


class LinkDead(Refused):
    """The link has worked before and does not now. ``data["contact"]`` says whom to contact."""

    status = 410


class LinkUsed(LinkDead):
    """A booking was made with it and has not given it back."""

    code = "link_used"
    title = "This link has already been used."
    sentence = "It worked once and has done its job. To make another appointment, please contact {owner}."


class LinkExpired(LinkDead):
    """It has expired, at ``data["expires_at"]``."""

    code = "link_expired"
    title = "This link has expired."
    sentence = "It was open until {date}. Please contact {owner} for a new one."


class LinkRevoked(LinkDead):
    """Its owner has revoked it, or archived its calendar."""

    code = "link_revoked"
    title = "This link is no longer active."
    sentence = "Please contact {owner} to make an appointment."


class LinkNotOpen(Refused):
    """It opens later, at ``data["opens_at"]``."""

    code = "link_not_open"
    status = 403
    title = "This link opens on {date}."
    sentence = "Come back then; it will still be here."


class LinkPaused(Refused):
    """It waits for its owner's release after a restored backup (promise 29): perhaps it was used since."""

    code = "link_paused"
    status = 403
    title = "This link is being checked."
    sentence = "Please contact {owner}, or come back later today."


class LinkRequired(Refused):
    """The calendar takes bookings with an active one-time link only, from page and API alike (promise 7)."""

    code = "link_required"
    status = 403
    title = "A one-time link is needed here."
    sentence = "This calendar can only be booked with a one-time link. Ask its owner for one."
