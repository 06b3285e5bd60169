"""How values of settings are read. What cannot be used is refused with the setting's name and the mend."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

SHORTEST_SECRET = 16
"""The fewest characters of a secret; ``bookonce doctor`` wants 32."""


class BadSetting(Exception):
    """A setting that cannot be used; the text names the variable and what to do."""


def read_number(env: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, or ``BadSetting``."""
    text = env.get(name) or str(default)
    if not is_number(text) or not low <= int(text) <= high:
        # Kubernetes sets this variable for each pod beside a service by the name bookonce.
        mend = ". Kubernetes says enableServiceLinks: false" if text.startswith("tcp://") else ""
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not {text!r}{mend}")
    return int(text)


def is_number(text: str) -> bool:
    """Whether ``int`` reads it as a number, of a size that anybody means."""
    # "²" is a digit to isdigit, and none to int, which refuses thousands of digits, too.
    return text.isascii() and text.isdecimal() and len(text) < 10


def read_list(env: dict[str, str], name: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(part.strip() for part in (env.get(name) or "").split(",") if part.strip())


def read_switch(env: dict[str, str], name: str, default: str = "on") -> bool:
    """Whether it is ``on``; ``BadSetting`` for anything but ``on`` and ``off``."""
    text = (env.get(name) or default).lower()
    if text not in ("on", "off"):
        raise BadSetting(f"{name} must be on or off, not {text!r}")
    return text == "on"


def url_parts(name: str, url: str, like: str) -> SplitResult:
    """The URL in its parts, or ``BadSetting``; ``urlsplit`` checks a port only when it is read."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        # What it says instead is not shown: there may be a password in it.
        raise BadSetting(
            f"{name} must read like {like}; its host or port cannot be read. "
            "In a password write @ : / ? # as %40 %3A %2F %3F %23"
        ) from None
    return parts


def read_secret(name: str, given: str) -> str:
    """The secret, or nothing where none is given; ``BadSetting`` where it can be guessed."""
    if given and len(given) < SHORTEST_SECRET:
        raise BadSetting(
            f"{name} has {len(given)} characters, which can be guessed; "
            "take the output of `openssl rand -base64 48`"
        )
    return given
