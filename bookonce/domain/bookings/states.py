"""The states of a booking and the transitions between them (promise 16).

This is the one table: operations, pages and lists ask it. Where a literal is needed (SQL, a schema), a test
compares it with this table.
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
"""The states in which a booking stands: it holds its host's time, and its link is spent."""

CALLED_OFF = (State.CANCELLED, State.DECLINED, State.LAPSED)
"""The states in which it does not take place and its time is free. (After a no-show the time is past.)"""


class Change(Enum):
    """The changes of a booking."""

    MOVE = "move"
    CANCEL = "cancel"
    APPROVE = "approve"
    DECLINE = "decline"
    LAPSE = "lapse"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a change is possible, and the state it leads to; None: the state stays."""

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
"""First states of a booking, and the event of each."""


def initial_state(*, approval: bool) -> State:
    """The state of a new booking: confirmed, or pending where its calendar asks for approval."""
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
    """Whether this change was made already, so that a repeated request changes nothing."""
    transition = TRANSITIONS[change]
    return transition.to == state and state not in transition.sources


def state_after(state: str, change: Change) -> State:
    """The state that this change leads to; ``WrongState`` where the table does not list it."""
    transition = TRANSITIONS[change]
    if state not in transition.sources:
        raise WrongState(transition.refusal)
    return transition.to or State(state)
