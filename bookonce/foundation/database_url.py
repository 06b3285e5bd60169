"""The database's address: ``postgres://…`` or ``sqlite:///path``."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from bookonce.foundation.setting_values import BadSetting, url_parts


def database_settings(url: str) -> dict[str, object]:
    """Django's description of the database at this address (``postgres://…`` or ``sqlite:///path``)."""
    parts = url_parts("BOOKONCE_DATABASE_URL", url, "postgres://user:password@host:5432/name")
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
