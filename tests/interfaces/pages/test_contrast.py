"""Our own colours hold their contrast in both schemes (docs/design.md)."""

from __future__ import annotations

import pytest

from bookonce.foundation.accent_colours import contrast_ratio, relative_luminance, to_rgb
from tests.interfaces.pages.stylesheet import tokens

GROUNDS = ("paper", "raised", "wash")
WASHES = ("bad-wash", "good-wash", "wait-wash", "tint")
PAIRS = [
    *(("ink", ground, 12.0) for ground in (*GROUNDS, *WASHES)),
    *(("quiet", ground, 5.5) for ground in GROUNDS),
    *(("quiet", ground, 4.5) for ground in WASHES),
    *(("edge", ground, 3.0) for ground in GROUNDS),
    *((name, ground, 5.0) for name in ("accent", "bad", "good", "wait") for ground in GROUNDS),
    *((name, f"{name}-wash", 4.5) for name in ("bad", "good", "wait")),
    ("accent", "tint", 4.5),
    ("on-accent", "accent", 5.0),
    ("on-accent", "bad", 4.5),
    ("paper", "ink", 12.0),
    ("paper", "bad", 4.5),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=[f"{a} on {b}" for a, b, _ in PAIRS])
def test_contrast(front: str, ground: str, least: float, scheme: str) -> None:
    number = ("light", "dark").index(scheme)
    found = contrast_ratio(*(relative_luminance(to_rgb(tokens()[name][number])) for name in (front, ground)))
    assert found >= least, f"{front} on {ground}: {found:.2f}, {least} wanted"
