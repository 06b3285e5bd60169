"""Whatever colour a workspace chooses: what is written in it, on it and around it can be read."""

from __future__ import annotations

import itertools

import brotli
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bookonce.foundation import accent_colours
from bookonce.foundation.accent_colours import (
    GROUNDS,
    contrast_ratio,
    relative_luminance,
    rgb_of,
    to_oklch,
    to_rgb,
)
from bookonce.interfaces.pages import assets
from tests.interfaces.pages.stylesheet import tokens

DIGITS = st.integers(0, 0xFFFFFF).map(lambda number: f"{number:06x}")
SCHEMES = ("light", "dark")


def worst(digits: str, scheme: str) -> dict[str, float]:
    """The least contrast of the accent in each of its uses."""
    found = accent_colours.readable_accent(digits, scheme)
    own = relative_luminance(rgb_of(found.accent))
    grounds = [relative_luminance(to_rgb(ground)) for ground in GROUNDS[scheme]]
    return {
        "text": min(contrast_ratio(own, ground) for ground in grounds),
        "on a tint": contrast_ratio(own, relative_luminance(rgb_of(found.tint))),
        "on the accent": contrast_ratio(own, relative_luminance(rgb_of(found.on_accent))),
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_corner_and_edge_of_the_cube_can_be_read(scheme: str) -> None:
    for parts in itertools.product((0, 1, 51, 102, 128, 153, 204, 254, 255), repeat=3):
        digits = bytes(parts).hex()
        measured = worst(digits, scheme)
        assert min(measured.values()) >= 4.5, (digits, measured)


@given(DIGITS, st.sampled_from(SCHEMES))
def test_every_colour_can_be_read(digits: str, scheme: str) -> None:
    assert min(worst(digits, scheme).values()) >= 4.5


@pytest.mark.parametrize(("digits", "scheme"), [("1f4fd0", "light"), ("7a1f3d", "light"), ("ffcc00", "dark")])
def test_a_colour_that_can_be_read_stays_as_it_is(digits: str, scheme: str) -> None:
    assert accent_colours.readable_accent(digits, scheme).accent == f"#{digits}"


@pytest.mark.parametrize(("digits", "scheme"), [("ffcc00", "light"), ("1f4fd0", "dark"), ("ffccdd", "light")])
def test_another_is_moved_no_further_than_it_takes(digits: str, scheme: str) -> None:
    assert 4.5 <= min(worst(digits, scheme).values()) < 5.6


@given(DIGITS, st.sampled_from(SCHEMES))
def test_the_hue_is_kept(digits: str, scheme: str) -> None:
    _, chroma, hue = to_oklch(rgb_of(digits))
    _, left, moved = to_oklch(rgb_of(accent_colours.readable_accent(digits, scheme).accent))
    if chroma > 0.05 and left > 0.05:
        assert min((hue - moved) % 360, (moved - hue) % 360) < 8


@pytest.mark.parametrize("lightness", [0.3, 0.45, 0.6, 0.8])
@pytest.mark.parametrize("hue", range(0, 360, 30))
def test_of_a_colour_no_more_is_taken_than_a_screen_cannot_show(lightness: float, hue: int) -> None:
    _, chroma, _ = to_oklch(to_rgb((lightness, 0.4, hue)))
    slightly_more = to_oklch(to_rgb((lightness, chroma * 1.05, hue)))[1]
    assert slightly_more == pytest.approx(chroma, rel=0.01), "as much as there is"
    assert to_oklch(to_rgb((lightness, chroma * 0.95, hue)))[1] == pytest.approx(chroma * 0.95, rel=0.01)


@pytest.mark.parametrize("digits", ["ffffff", "fefefe", "808080", "000000", "14110f"])
def test_white_grey_and_black_never_look_switched_off(digits: str) -> None:
    """Where one has to be moved, it becomes ink; a grey that can be read is what its owner wants."""
    for scheme in SCHEMES:
        found = accent_colours.readable_accent(digits, scheme).accent
        assert found == f"#{digits}" or worst(digits, scheme)["text"] >= 11, scheme


def test_a_red_stays_a_red() -> None:
    assert accent_colours.readable_accent("ff0000", "light").accent == "#cc0000"


@given(DIGITS)
def test_to_oklch_and_back(digits: str) -> None:
    back = to_rgb(to_oklch(rgb_of(digits)))
    assert [round(part * 255) for part in back] == list(bytes.fromhex(digits))


def test_known_values() -> None:
    lightness, chroma, hue = to_oklch(rgb_of("ff0000"))
    assert (round(lightness, 3), round(chroma, 3), round(hue, 1)) == (0.628, 0.258, 29.2)
    assert (
        round(contrast_ratio(relative_luminance(rgb_of("ffffff")), relative_luminance(rgb_of("000000"))), 6)
        == 21
    )
    assert (
        round(contrast_ratio(relative_luminance(rgb_of("777777")), relative_luminance(rgb_of("ffffff"))), 2)
        == 4.48
    )


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    for number, scheme in enumerate(SCHEMES):
        for ground, name in zip(GROUNDS[scheme], ("paper", "raised", "wash"), strict=True):
            assert ground == pytest.approx(tokens()[name][number])


@pytest.mark.parametrize(
    ("text", "digits"),
    [("#1F4FD0", "1f4fd0"), ("1f4fd0", "1f4fd0"), (" #1f4fd0 ", "1f4fd0"), ("#fff", "ffffff"),
     ("#14D", "1144dd"), ("", None), ("#ff", None),
     ("red", None), ("#1f4fd0;}", None), ("#1f4fdg", None), ("#\uff11f4fd0", None)],
)  # fmt: skip
def test_only_a_colour_is_a_colour(text: str, digits: str | None) -> None:
    assert accent_colours.parse_colour(text) == digits


def seen(digits: str, scheme: str) -> float:
    """The contrast of the name-plate's bar with the ground from which it is hardest to tell."""
    bar = relative_luminance(rgb_of(accent_colours.nameplate_colour(digits, scheme)))
    return min(contrast_ratio(bar, relative_luminance(to_rgb(ground))) for ground in GROUNDS[scheme])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_bar_of_the_name_plate_is_seen_all_over_the_cube(scheme: str) -> None:
    for parts in itertools.product((0, 1, 51, 102, 128, 153, 204, 254, 255), repeat=3):
        digits = bytes(parts).hex()
        assert seen(digits, scheme) >= 3, (digits, accent_colours.nameplate_colour(digits, scheme))


@given(DIGITS, st.sampled_from(SCHEMES))
def test_the_bar_of_every_colour_is_seen_and_moved_no_further_than_it_takes(digits: str, scheme: str) -> None:
    assert seen(digits, scheme) >= 3
    own, bar = (
        to_oklch(rgb_of(one.removeprefix("#")))
        for one in (digits, accent_colours.nameplate_colour(digits, scheme))
    )
    assert bar == own or own[1] < accent_colours.GREY or seen(digits, scheme) < 3.5


@pytest.mark.parametrize(
    ("digits", "light", "dark"),
    [
        ("ffffff", "ink", "own"),
        ("f3f1ee", "ink", "own"),
        ("000000", "own", "ink"),
        ("0b0d12", "own", "ink"),
        ("ffff00", "moved", "own"),
        ("11dd44", "moved", "own"),
        ("000080", "own", "moved"),
        ("1f4fd0", "own", "moved"),
        ("d04f1f", "own", "own"),
    ],
)
def test_the_bar_has_the_colour_as_it_was_given_where_it_can(digits: str, light: str, dark: str) -> None:
    """A white by day and a black by night become ink; a colour is moved less far than for text."""
    for scheme, means in (("light", light), ("dark", dark)):
        accent, bar = (
            accent_colours.readable_accent(digits, scheme).accent,
            accent_colours.nameplate_colour(digits, scheme),
        )
        found = "own" if bar == f"#{digits}" else "ink" if bar == accent else "moved"
        assert found == means, (scheme, bar)
    on_light, on_dark = (accent_colours.nameplate_colour(digits, scheme) for scheme in ("light", "dark"))
    both = f"light-dark({on_light}, {on_dark})"
    same = light == dark == "own"
    assert f"--brand:{f'#{digits}' if same else both};" in accent_colours.accent_stylesheet(digits)


def test_the_stylesheet_is_kept_for_ever(client: Client) -> None:
    answer = client.get(accent_colours.stylesheet_address("#ffcc00", "1"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in answer["Cache-Control"]
    rules = answer.content.decode()
    assert rules.startswith((assets.FOLDER / "css/bookonce.css").read_text())
    assert rules.index("--brand:#ffcc00") > rules.index("--paper:"), "what comes last counts"


def test_it_is_small_on_the_wire(client: Client) -> None:
    plain = client.get("/accent/ffcc00.css").content
    packed = client.get("/accent/ffcc00.css", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "br"
    assert packed["Vary"] == "Accept-Encoding"
    assert brotli.decompress(packed.content) == plain
    assert len(packed.content) < 6000


@pytest.mark.parametrize("name", ["fff", "FFCC00", "ffcc0g", "ffcc00%7D", "ffcc000", ""])
def test_nothing_else_is_a_stylesheet(client: Client, name: str) -> None:
    assert client.get(f"/accent/{name}.css").status_code == 404
