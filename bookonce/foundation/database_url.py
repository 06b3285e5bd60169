"""The database's address: ``postgres://…`` or ``sqlite:///path``."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit

from bookonce.foundation.setting_values import BadSetting, url_parts

NAME, LIKE = "BOOKONCE_DATABASE_URL", "postgres://user:password@host:5432/name"


def database_settings(url: str) -> dict[str, object]:
    """Django's description of the database at this address, or ``BadSetting``."""
    parts = url_parts(NAME, url, LIKE)
    if "#" in url:
        raise BadSetting(f"{NAME} has a # in it, at which an address ends; write it as %23")
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": sqlite_path(url)}
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadSetting(f"{NAME} must begin with postgres:// or sqlite:///")
    return _postgres(parts)


def is_sqlite(url: str) -> bool:
    """Whether this is the address of a file."""
    return url[:7].lower() == "sqlite:"


def sqlite_path(url: str) -> str:
    """The file that an address of SQLite names, or ``BadSetting``."""
    _, colon, rest = url.partition(":///")
    path = unquote(rest)
    # Without a name SQLite makes a file that nobody else finds, and in memory one for each connection.
    if not colon or not path or path == ":memory:" or path.endswith("/"):
        raise BadSetting(f"{NAME} must name a file, like sqlite:////var/lib/bookonce/bookonce.sqlite3")
    if "?" in rest:
        raise BadSetting(f"{NAME}: SQLite takes no options here; write a ? of the file's name as %3F")
    if path.startswith("~"):
        raise BadSetting(
            f"{NAME} must name the whole path, without ~, like sqlite:////home/ana/data/x.sqlite3"
        )
    return path


def _postgres(parts: SplitResult) -> dict[str, object]:
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadSetting(f"{NAME} must name a database, like {LIKE}")
    options = _postgres_options(parts.query)
    # Statements that the server keeps prepared cost it less than half. A pooler that hands out another
    # connection for every transaction (pgbouncer) cannot keep them: prepare=off.
    prepare = options.pop("prepare", "on")
    if prepare not in ("on", "off"):
        raise BadSetting(f"{NAME}: prepare is on or off, not {prepare!r}")
    prepared = prepare == "on"
    options |= {"server_side_binding": prepared, "prepare_threshold": 3 if prepared else None}
    # A machine that loses power closes no connection: its locks would stay for hours. A pooler knows no such
    # option; there the server must have it.
    if prepared:
        options.setdefault("options", "-c idle_in_transaction_session_timeout=60s")
    return {
        "ENGINE": "bookonce.foundation.database.postgres",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or str(options.pop("host", ""))),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def _postgres_options(query: str) -> dict[str, object]:
    """The options of a connection, every one of which libpq knows."""
    if not query:
        return {}
    # Imported here: whoever uses SQLite need not have it loaded.
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()} | {"prepare"}
    options: dict[str, object] = {}
    for pair in query.split("&"):
        name, is_set, value = pair.partition("=")
        if not is_set or name not in known:
            raise BadSetting(
                f"{NAME} has the option {name!r}, which PostgreSQL's clients do not know; "
                "like ?sslmode=require&connect_timeout=5"
            )
        options[name] = unquote(value)
    return options


def printable_database_address(url: str) -> str:
    """The database's address without its password."""
    parts = urlsplit(url)
    shown, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return url.partition("?")[0].replace(f"{shown}:{password}@", f"{shown}@", 1)
