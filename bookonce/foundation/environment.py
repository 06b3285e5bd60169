"""The one typed reader of the environment. Every setting is described in docs/settings.md."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from bookonce.foundation import email_addresses

DEFAULT_PORTS = {"http": 80, "https": 443}
SHORTEST_SECRET = 16
"""The fewest characters of a secret; ``bookonce doctor`` wants 32."""


class BadSetting(Exception):
    """A setting that cannot be used; the text names the variable and what to do."""


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
    given = dict(os.environ) if env is None else env
    data = Path(given.get("BOOKONCE_DATA") or "data").resolve()
    port = _number(given, "BOOKONCE_PORT", 8000, 1, 65535)
    return Environment(
        data=data,
        database_url=given.get("BOOKONCE_DATABASE_URL") or f"sqlite:///{data}/bookonce.sqlite3",
        secret_key=_secret("BOOKONCE_SECRET_KEY", given.get("BOOKONCE_SECRET_KEY") or "")
        or _kept_secret(data),
        secret_key_fallbacks=_former_secrets(given),
        base_url=_base_url(given.get("BOOKONCE_BASE_URL") or f"http://localhost:{port}"),
        host=given.get("BOOKONCE_HOST") or "127.0.0.1",
        port=port,
        email_url=_email_url(given.get("BOOKONCE_EMAIL_URL") or ""),
        email_from=_email_from(given.get("BOOKONCE_EMAIL_FROM") or ""),
        workers=_number(given, "BOOKONCE_WORKERS", 2, 1, 64),
        threads=_number(given, "BOOKONCE_THREADS", 4, 1, 64),
        rate_limits=_switch(given, "BOOKONCE_RATE_LIMITS"),
        style_page=_switch(given, "BOOKONCE_STYLE_PAGE", "off"),
        trusted_proxies=_proxies(given),
        metrics_token=_secret("BOOKONCE_METRICS_TOKEN", given.get("BOOKONCE_METRICS_TOKEN") or ""),
    )


def read_rate(name: str, default: str, env: dict[str, str] | None = None) -> tuple[int, int]:
    """A rate such as ``600/60`` (how many in how many seconds) from ``BOOKONCE_RATE_<name>``."""
    given = dict(os.environ) if env is None else env
    text = given.get(f"BOOKONCE_RATE_{name}") or default
    count, _, seconds = text.partition("/")
    if not (_is_number(count) and _is_number(seconds) and int(count) and int(seconds)):
        raise BadSetting(f"BOOKONCE_RATE_{name} must read like 600/60 (how many / in how many seconds)")
    return int(count), int(seconds)


def database_settings(url: str) -> dict[str, object]:
    """Django's description of the database at this address (``postgres://…`` or ``sqlite:///path``)."""
    parts = _parts("BOOKONCE_DATABASE_URL", url, "postgres://user:password@host:5432/name")
    if parts.scheme == "sqlite":
        path = unquote(url.removeprefix("sqlite:///"))
        # Without a name SQLite makes a file that nobody else finds, and in memory one for each connection.
        if parts.netloc or not path or path == ":memory:" or path.endswith("/"):
            raise BadSetting(
                "BOOKONCE_DATABASE_URL must name a file, like sqlite:////var/lib/bookonce/bookonce.sqlite3"
            )
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path}
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadSetting("BOOKONCE_DATABASE_URL must begin with postgres:// or sqlite:///")
    given = (pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    options: dict[str, object] = {name: unquote(value) for name, value in given}
    # Statements that the server keeps prepared cost it less than half. A pooler that hands out another
    # connection for every transaction (pgbouncer) cannot keep them: prepare=off.
    prepared = options.pop("prepare", "on") != "off"
    options |= {"server_side_binding": prepared, "prepare_threshold": 3 if prepared else None}
    # A machine that loses power closes no connection: its locks would stay for hours. A pooler knows no such
    # option; there the server must have it.
    if prepared:
        options.setdefault("options", "-c idle_in_transaction_session_timeout=60s")
    return {
        "ENGINE": "bookonce.foundation.database.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or str(options.pop("host", ""))),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def printable_database_address(url: str) -> str:
    """The database's address without its password."""
    parts = urlsplit(url)
    shown, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return url.partition("?")[0].replace(f"{shown}:{password}@", f"{shown}@", 1)


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
        return tuple(ipaddress.ip_network(name, strict=False) for name in names)
    except ValueError as wrong:
        raise BadSetting(f"BOOKONCE_TRUSTED_PROXIES must list addresses or networks: {wrong}") from None


def _proxies(env: dict[str, str]) -> tuple[str, ...]:
    names = _list(env, "BOOKONCE_TRUSTED_PROXIES")
    for name, network in zip(names, trusted_networks(names), strict=True):
        # Whoever is trusted may say in whose name they ask: every limit would be anybody's to pass.
        if not network.prefixlen:
            raise BadSetting(
                f"BOOKONCE_TRUSTED_PROXIES must list your own proxies, like 10.0.0.7: {name} is everybody"
            )
    return names


def _number(env: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not _is_number(text) or not low <= int(text) <= high:
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _is_number(text: str) -> bool:
    # "²" is a digit to isdigit, and none to int.
    return text.isascii() and text.isdecimal()


def _list(env: dict[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in (env.get(name) or "").split(",") if part.strip())


def _switch(env: dict[str, str], name: str, default: str = "on") -> bool:
    text = (env.get(name) or default).lower()
    if text not in ("on", "off"):
        raise BadSetting(f"{name} must be on or off, not {text!r}")
    return text == "on"


def _parts(name: str, url: str, like: str) -> SplitResult:
    """The URL in its parts, or ``BadSetting``; ``urlsplit`` checks a port only when it is read."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        # What it says instead is not shown: there may be a password in it.
        raise BadSetting(f"{name} must read like {like}; its host or port cannot be read") from None
    return parts


def _base_url(given: str) -> str:
    """The address as browsers write an origin: lower case, punycode, no default port.

    They compare it with the Origin of every form and passkey character by character (WHATWG URL, origin).
    """
    url, name = given.strip(), "BOOKONCE_BASE_URL"
    parts = _parts(name, url, "https://book.example.org")
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.query or parts.fragment:
        raise BadSetting(f"{name} must read like https://book.example.org, not {given!r}")
    if parts.path.strip("/") or parts.username is not None:
        raise BadSetting(
            f"{name} must be a host alone, like https://book.example.org, not {given!r}: "
            "Bookonce is served at the root of a host of its own"
        )
    try:
        host = _host_in_ascii(parts.hostname)
    except email_addresses.NotMailable:
        raise BadSetting(f"{name}: {parts.hostname!r} is no name of a host; give it in ASCII") from None
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _host_in_ascii(host: str) -> str:
    """The host of an address, which may be a name of one word or a number too, or ``NotMailable``."""
    if ":" in host:
        return f"[{host}]"
    if _HOST.fullmatch(host):
        return host
    return email_addresses.domain_in_ascii(host)


_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*")


def _email_url(url: str) -> str:
    parts = _parts("BOOKONCE_EMAIL_URL", url, "smtp://user:password@host:25")
    if url and parts.scheme not in ("smtp", "smtps", "smtp+tls"):
        raise BadSetting("BOOKONCE_EMAIL_URL must begin with smtp://, smtp+tls:// or smtps://")
    if url and not parts.hostname:
        raise BadSetting(
            "BOOKONCE_EMAIL_URL must name a host, like smtp://user:password@mail.example.org:587"
        )
    return url


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


def _secret(name: str, given: str) -> str:
    if given and len(given) < SHORTEST_SECRET:
        raise BadSetting(
            f"{name} has {len(given)} characters, which can be guessed; "
            "take the output of `openssl rand -base64 48`"
        )
    return given


def _former_secrets(env: dict[str, str]) -> tuple[str, ...]:
    """The fallback secrets, each as long as a secret must be: links are opened by all of them."""
    name = "BOOKONCE_SECRET_KEY_FALLBACKS"
    found = _list(env, name)
    return tuple(_secret(f"{name}: number {place}", given) for place, given in enumerate(found, 1))


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
