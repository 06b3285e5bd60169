"""What must hold after every race: what ``bookonce doctor`` asks of an operator's database."""

from __future__ import annotations

from bookonce.domain import invariants


def broken() -> list[str]:
    """The names of what does not hold now."""
    return [found.name for found in invariants.find_broken()]
