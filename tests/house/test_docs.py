"""What the code has, the docs tell: settings, commands, addresses of the API, kinds of events.

The truth is read from the code, each promise from the page it belongs to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.house.house import ROOT, name_of, product, tracked

if TYPE_CHECKING:
    from django.test import Client

SOURCE = "\n".join(path.read_text() for path in product())
DOCS = ROOT / "docs"
PATHS = (
    *("bookonce/", "docs/", "tests/", "tools/", "bench/"),
    *("delivery/", "domain/", "foundation/", "interfaces/", "static/", "templates/"),
    *("guest/", "host/", "api/", "pages/", "links/", "outbox/", "management/", "accounts/", "availability/"),
)
"""What a path of ours begins with; the last line are folders that have moved."""
LONGEST_LINE = 200


def _page(*names: str) -> str:
    """The pages by these names, or all; a page that is yet to be written is empty."""
    pages = [DOCS / name for name in names] or [*tracked("docs/*.md", "README.md")]
    return "\n".join(page.read_text() for page in pages if page.is_file())


def _untold(truth: set[str], page: str) -> list[str]:
    return sorted(name for name in truth if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", page))


def settings() -> set[str]:
    named = set(re.findall(r"[\"'](BOOKONCE_[A-Z_]+[A-Z])[\"']", SOURCE))
    return named | {f"BOOKONCE_RATE_{name}" for name in re.findall(r"\bread_rate\(\s*\"([A-Z_]+)\"", SOURCE)}


def commands() -> set[str]:
    parsers = set(re.findall(r"add_parser\(\s*\"([\w-]+)\"", SOURCE))
    return {f"bookonce {name}" for name in parsers}


def events() -> set[str]:
    return set(re.findall(r"[\"']((?:link|booking)\.[a-z_]+)[\"']", SOURCE))


def test_every_path_that_is_named_is_there() -> None:
    """A path in backticks, in the checkout, in the package, or among its static files."""
    roots = (ROOT, ROOT / "bookonce")
    named = {
        (name_of(page), path)
        for page in tracked("docs/*.md", "README.md", "CONTRIBUTING.md")
        for path in re.findall(r"`((?:\w+/)+[\w.]*)`", page.read_text())
        if path.startswith(PATHS)
    }
    gone = [
        f"{page}: {path}"
        for page, path in sorted(named)
        if not any((root / end).exists() for root in roots for end in (path, f"{path}.py"))
    ]
    assert not gone, "\n".join(gone)


CODE = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\(\))?`")
OF_OTHERS = {"pylock.toml", "pg_dump", "vh"}


def test_what_docs_call_code_is_there() -> None:
    """Each word of a name in backticks is a word of the source, of a file's name, or of a setting."""
    sources = tracked("*.py", "*.html", "*.js", "*.css", "*.toml", "Makefile")
    words = OF_OTHERS | settings()
    for path in sources:
        words |= set(re.findall(r"\w+", path.read_text())) | set(path.with_suffix("").parts)
    gone = [
        f"{name_of(page)}: {name}"
        for page in tracked("docs/*.md", "docs/decisions/*.md", "README.md", "CONTRIBUTING.md")
        for name in CODE.findall(page.read_text())
        if name not in words and not words.issuperset(name.split("."))
    ]
    assert not gone, "\n".join(gone)


def test_no_line_is_too_long_to_be_read() -> None:
    """Prose is wrapped; a row of a table, which cannot be, says less."""
    long = [
        f"{name_of(page)}:{number}"
        for page in tracked("docs/*.md", "README.md", "CONTRIBUTING.md")
        for number, line in enumerate(page.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not long, "\n".join(long)


def test_every_setting_is_told() -> None:
    assert "BOOKONCE_DATABASE_URL" in settings()
    assert not _untold(settings(), _page("settings.md"))


def test_every_command_is_told() -> None:
    assert not _untold(commands(), _page())


def test_every_event_is_told() -> None:
    assert not _untold(events(), _page("links.md", "api.md"))


@pytest.mark.django_db
def test_every_address_of_the_api_is_told(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    page = re.sub(r"\{\w+\}", "{}", _page("api.md"))
    paths = {re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/v1")) for path in answer.json()["paths"]}
    assert not sorted(path for path in paths if path not in page)


def test_the_changelog_is_for_operators() -> None:
    """At most ninety lines in all, and fifteen a released version: what changed, not how."""
    text = (ROOT / "CHANGELOG.md").read_text()
    assert len(text.splitlines()) <= 90
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[2:]:
        lines = [line for line in section.splitlines() if line and not line.startswith("#")]
        assert len(lines) <= 16, lines[0]
