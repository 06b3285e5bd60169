"""The states of a booking: where it begins, which change leads where, and what each state means (promise 16).

The one table. Operations, pages and lists ask it; what must be a literal (SQL, a schema) is compared with it
by a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db import models

from bookonce.foundation.errors import WrongState


class State(models.TextChoices):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    LAPSED = "lapsed"
    NO_SHOW = "no_show"


BLOCKING = (State.PENDING, State.CONFIRMED)
"""A booking that stands: its host's time is held for it, and its link is spent."""

CALLED_OFF = (State.CANCELLED, State.DECLINED, State.LAPSED)
"""It does not take place, and its time is free for others. (After a no-show the time is gone.)"""


class Change(Enum):
    """What can be done to a booking that was made."""

    MOVE = "move"
    CANCEL = "cancel"
    APPROVE = "approve"
    DECLINE = "decline"
    LAPSE = "lapse"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a change leads, and where to; ``to`` is None where the state stays as it is."""

    sources: tuple[State, ...]
    to: State | None
    refusal: str = WrongState.sentence


TRANSITIONS = {
    Change.MOVE: Transition(BLOCKING, None, "Only a booking that stands can be moved."),
    Change.CANCEL: Transition(BLOCKING, State.CANCELLED, "Only a booking that stands can be cancelled."),
    Change.APPROVE: Transition((State.PENDING,), State.CONFIRMED),
    Change.DECLINE: Transition((State.PENDING,), State.DECLINED),
    Change.LAPSE: Transition((State.PENDING,), State.LAPSED),
    Change.NO_SHOW: Transition((State.CONFIRMED,), State.NO_SHOW),
}

FIRST_EVENT = {State.CONFIRMED: "booking.made", State.PENDING: "booking.requested"}
"""The states in which a booking can begin, and the event that tells of it."""


def initial_state(*, approval: bool) -> State:
    """The state of a new booking: agreed at once, but where its calendar asks for approval."""
    return State.PENDING if approval else State.CONFIRMED


def is_blocking(state: str) -> bool:
    """Whether a booking in this state stands."""
    return state in BLOCKING


def is_called_off(state: str) -> bool:
    """Whether a booking in this state does not take place."""
    return state in CALLED_OFF


def is_final(state: str) -> bool:
    """Whether no change leads out of this state."""
    return not any(state in transition.sources for transition in TRANSITIONS.values())


def is_done(state: str, change: Change) -> bool:
    """Whether this change has been made already: to ask for it again changes nothing."""
    transition = TRANSITIONS[change]
    return transition.to == state and state not in transition.sources


def state_after(state: str, change: Change) -> State:
    """Where the change leads from this state. One that is not listed is ``WrongState``."""
    transition = TRANSITIONS[change]
    if state not in transition.sources:
        raise WrongState(transition.refusal)
    return transition.to or State(state)
