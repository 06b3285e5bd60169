"""The one typed reader of the environment. Every setting is described in docs/settings.md."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from bookonce.foundation import email_addresses
from bookonce.foundation.base_url import read_base_url
from bookonce.foundation.database_url import is_sqlite, sqlite_path
from bookonce.foundation.setting_values import (
    BadSetting,
    is_number,
    read_list,
    read_number,
    read_secret,
    read_switch,
    url_parts,
)

LONGEST_RATE = 366 * 24 * 60 * 60
"""The most seconds over which a rate counts."""

OURS, OF_TESTS = "BOOKONCE_", "BOOKONCE_TEST_"
"""What the names of settings begin with, and of what our own tests read."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings, checked and with defaults filled in."""

    data: Path
    database_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    base_url: str
    host: str
    port: int
    email_url: str
    email_from: str
    workers: int
    threads: int
    rate_limits: bool
    style_page: bool
    trusted_proxies: tuple[str, ...]
    metrics_token: str


def read_environment(env: dict[str, str] | None = None) -> Environment:
    """Read and check ``BOOKONCE_*``; raise ``BadSetting`` for the first that cannot be used."""
    given = _without_blanks(dict(os.environ) if env is None else env)
    data = _data_folder(given)
    port = read_number(given, "BOOKONCE_PORT", 8000, 1, 65535)
    return Environment(
        data=data,
        database_url=_database_url(given, data),
        secret_key_fallbacks=_former_secrets(given),
        base_url=read_base_url(given.get("BOOKONCE_BASE_URL") or f"http://localhost:{port}"),
        host=_host(given.get("BOOKONCE_HOST") or "127.0.0.1"),
        port=port,
        email_url=_email_url(given.get("BOOKONCE_EMAIL_URL") or ""),
        email_from=_email_from(given.get("BOOKONCE_EMAIL_FROM") or ""),
        workers=read_number(given, "BOOKONCE_WORKERS", 2, 1, 64),
        threads=read_number(given, "BOOKONCE_THREADS", 4, 1, 64),
        rate_limits=read_switch(given, "BOOKONCE_RATE_LIMITS"),
        style_page=read_switch(given, "BOOKONCE_STYLE_PAGE", "off"),
        trusted_proxies=_proxies(given),
        metrics_token=_metrics_token(given.get("BOOKONCE_METRICS_TOKEN") or ""),
        # Last: it makes a file, which a start that is refused should not leave behind.
        secret_key=read_secret("BOOKONCE_SECRET_KEY", given.get("BOOKONCE_SECRET_KEY") or "")
        or _kept_secret(data),
    )


def _without_blanks(env: dict[str, str]) -> dict[str, str]:
    """The settings as they are meant: files of them leave blanks and carriage returns at the ends of lines.

    A secret stays as it is: without a blank it would be another.
    """
    return {name: text if "SECRET_KEY" in name else text.strip() for name, text in env.items()}


def read_rate(name: str, default: str, env: dict[str, str] | None = None) -> tuple[int, int]:
    """A rate such as ``600/60`` (how many in how many seconds) from ``BOOKONCE_RATE_<name>``."""
    given = _without_blanks(dict(os.environ) if env is None else env)
    text = given.get(f"BOOKONCE_RATE_{name}") or default
    count, _, seconds = text.partition("/")
    if not (is_number(count) and is_number(seconds) and int(count) and 0 < int(seconds) <= LONGEST_RATE):
        raise BadSetting(
            f"BOOKONCE_RATE_{name} must read like 600/60 (how many / in how many seconds), not {text!r}; "
            "BOOKONCE_RATE_LIMITS=off counts nothing"
        )
    return int(count), int(seconds)


def unknown_settings(rates: Iterable[str], env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Names of the environment that read like settings and are none, each with the one that may be meant.

    ``rates``: the names of those rates that there are.
    """
    given = os.environ if env is None else env
    known = [
        *(field.name.upper() for field in fields(Environment)),
        *(f"RATE_{name.upper()}" for name in rates),
    ]
    ours = {
        name: name.upper().removeprefix(OURS) for name in sorted(given) if name.upper().startswith("BOOKONCE")
    }
    # Less alike than 0.7 are words that merely end alike: SMS_URL and BASE_URL.
    return {
        name: "".join(OURS + meant for meant in difflib.get_close_matches(rest, known, 1, 0.7))
        for name, rest in ours.items()
        if name not in {OURS + other for other in known} and not name.startswith(OF_TESTS)
    }


def installation_files(env: Mapping[str, str] | None = None) -> list[Path]:
    """The files that stand where these settings have been used before: SQLite's database, and the secret.

    None where both are elsewhere: on a server, and in the environment.
    """
    given = _without_blanks(dict(os.environ if env is None else env))
    data = _data_folder(given)
    url = _database_url(given, data)
    return [
        *([Path(sqlite_path(url))] if is_sqlite(url) else []),
        *([] if given.get("BOOKONCE_SECRET_KEY") else [data / "secret_key"]),
    ]


def _data_folder(env: dict[str, str]) -> Path:
    text = env.get("BOOKONCE_DATA") or "data"
    # Shells write the home folder in its place, files of settings do not.
    if text.startswith("~"):
        raise BadSetting(f"BOOKONCE_DATA must name the whole path, without ~, not {text!r}")
    return Path(text).resolve()


def _database_url(env: dict[str, str], data: Path) -> str:
    return env.get("BOOKONCE_DATABASE_URL") or f"sqlite:///{quote(str(data))}/bookonce.sqlite3"


def _host(given: str) -> str:
    """The address to listen on: of numbers, since a name may stand for several."""
    host = "127.0.0.1" if given.lower() == "localhost" else given.strip("[]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        raise BadSetting(
            f"BOOKONCE_HOST: {given} is no address of this machine; "
            "choose 127.0.0.1, or 0.0.0.0 for all of them"
        ) from None


def _metrics_token(given: str) -> str:
    token = read_secret("BOOKONCE_METRICS_TOKEN", given)
    if not token.isascii() or not token.isprintable():
        raise BadSetting("BOOKONCE_METRICS_TOKEN must be of ASCII letters, digits and signs, for a header")
    return token


def ensure_private_folder(path: Path, name: str) -> None:
    """Create the folder that this setting names, where it is missing; ``BadSetting`` where that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise _unusable(name, path, refused) from None


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=8)
def trusted_networks(names: tuple[str, ...]) -> tuple[Network, ...]:
    """The trusted proxies as networks: ``10.0.0.1``, ``10.0.0.0/8``, ``::1``."""
    try:
        return tuple(map(_network, names))
    except ValueError as wrong:
        raise BadSetting(f"BOOKONCE_TRUSTED_PROXIES must list addresses or networks: {wrong}") from None


def _network(name: str) -> Network:
    # 10.0.0.7/8 is one address to who writes it, and sixteen millions to who reads it.
    network = ipaddress.ip_network(name)
    mapped = network.network_address.ipv4_mapped if network.version == 6 else None
    # Clients of IPv4 are known by their address of IPv4 (middleware.py).
    return ipaddress.ip_network((mapped, network.prefixlen - 96)) if mapped else network


def _proxies(env: dict[str, str]) -> tuple[str, ...]:
    names = read_list(env, "BOOKONCE_TRUSTED_PROXIES")
    for name, network in zip(names, trusted_networks(names), strict=True):
        # Whoever is trusted may say in whose name they ask: every limit would be anybody's to pass.
        # The widest networks of one's own are 10.0.0.0/8 and fc00::/7. Wider ones add up to everybody.
        if network.prefixlen < (8 if network.version == 4 else 7):
            raise BadSetting(
                f"BOOKONCE_TRUSTED_PROXIES must list your own proxies, like 10.0.0.7: {name} is too wide"
            )
    return names


def _email_url(url: str) -> str:
    parts = url_parts("BOOKONCE_EMAIL_URL", url, "smtp://user:password@host:25")
    if url and parts.scheme not in ("smtp", "smtps", "smtp+tls"):
        raise BadSetting("BOOKONCE_EMAIL_URL must begin with smtp://, smtp+tls:// or smtps://")
    if not url:
        return ""
    if not parts.hostname or parts.port == 0:
        raise BadSetting(f"BOOKONCE_EMAIL_URL must name a host, like {_MAIL_SERVER}")
    if parts.path.strip("/") or "?" in url or "#" in url:
        raise BadSetting(f"BOOKONCE_EMAIL_URL must end after the host or port, like {_MAIL_SERVER}")
    if bool(parts.username) != bool(parts.password):
        raise BadSetting(
            f"BOOKONCE_EMAIL_URL must name both user and password, or neither, like {_MAIL_SERVER}"
        )
    # RFC 8314: TLS begins at once on 465 and is asked for on 587. The other way both sides wait for ever.
    other = {("smtps", 587): "smtp+tls", ("smtps", 25): "smtp+tls"}.get((parts.scheme, parts.port or 0))
    other = "smtps" if parts.port == 465 and parts.scheme != "smtps" else other
    if other:
        raise BadSetting(
            f"BOOKONCE_EMAIL_URL: servers speak {other}:// on port {parts.port}, not {parts.scheme}://"
        )
    return url


_MAIL_SERVER = "smtp+tls://user:password@mail.example.org:587"


_MAILBOX = re.compile(r'(?:(?P<name>"[^"\\]*"\s*|[^"<>@,;:\\]*)<(?P<in_angles>[^<>]+)>|(?P<bare>[^<>]+))')


def _email_from(mailbox: str) -> str:
    """One mailbox as a header takes it, or ``BadSetting``: else the first guest would find the mistake."""
    if not mailbox:
        return ""
    found = _MAILBOX.fullmatch(mailbox.strip())
    if found is None or not mailbox.isprintable():
        raise BadSetting(f"{_FROM}, not {mailbox!r}")
    name, address = (found["name"] or "").strip(' "'), (found["in_angles"] or found["bare"]).strip()
    # A mail server of one's own may be named by one word, such as localhost.
    short = "." not in address.rpartition("@")[2]
    try:
        mailable = email_addresses.in_ascii(f"{address}.test" if short else address)
    except email_addresses.NotMailable as why:
        raise BadSetting(f"{_FROM}, not {mailbox!r}. {why}") from None
    mailable = mailable.removesuffix(".test") if short else mailable
    return f'"{name}" <{mailable}>' if name else mailable


_FROM = "BOOKONCE_EMAIL_FROM must read like Acme <book@example.org> or book@example.org"


def _former_secrets(env: dict[str, str]) -> tuple[str, ...]:
    """The fallback secrets, each as long as a secret must be: links are opened by all of them."""
    name = "BOOKONCE_SECRET_KEY_FALLBACKS"
    found = read_list(env, name)
    return tuple(read_secret(f"{name}: number {place}", given) for place, given in enumerate(found, 1))


def _unusable(name: str, path: Path, refused: OSError) -> BadSetting:
    return BadSetting(
        f"{name}: {path} cannot be used ({refused.strerror}); name a folder that can be written"
    )


def _kept_secret(data: Path) -> str:
    """The secret that was made at the first start and is kept in the data folder."""
    path = data / "secret_key"
    ensure_private_folder(data, "BOOKONCE_DATA")
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = _read(path)
        if len(kept) < 32:
            raise BadSetting(
                f"{path} is damaged; restore it from a backup, or set BOOKONCE_SECRET_KEY"
            ) from None
        return kept
    except OSError as refused:
        raise _unusable("BOOKONCE_DATA", data, refused) from None
    secret = secrets.token_urlsafe(48)
    with os.fdopen(file, "w") as out:
        out.write(secret + "\n")
        out.flush()
        os.fsync(out.fileno())
    return secret


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError as refused:
        raise BadSetting(f"{path} cannot be read ({refused.strerror})") from None
