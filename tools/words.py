"""``make words``: gather every sentence that a person reads, and bring the catalogues up to it.

Templates are read by Jinja2's own extractor. In Python a sentence is known by its form: it begins with a
capital or with a ``{place}``, and ends with one of ``. ? ! :``, so that rooms of lower floors need to know of
no language. What has another form is named: by ``say``, ``_`` and ``_n``, by ``gettext_noop("…")``, as the
``title`` of a refusal, or among the words of mails (``ENGLISH``). A sentence with values in it is a
``Sentence`` of a template and its values: what an f-string has filled in cannot be found in a catalogue.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "bookonce" / "locale"
TEMPLATE = LOCALE / "bookonce.pot"

ENGLISH_ONLY = (
    "boot.py",
    "cli.py",
    "foundation/environment.py",
    "foundation/rate_limits.py",
    "foundation/database/",
    "interfaces/api/",
    "interfaces/commands/",
    "interfaces/health/",
    "interfaces/http_server/",
    "migrations/",
    "settings.py",
)
"""What speaks to programs and operators, in English alone; paths in ``bookonce/``."""
UNSEEN = ("style", "api")
"""Templates that no user sees, or that document the API."""

UNKEPT = (
    "POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Report-Msgid-Bugs-To",
    "Project-Id-Version", "Generated-By",
)  # fmt: skip
"""Lines of a header that say nothing here, and that would differ each time."""

CALLS = {"say", "_", "gettext_noop", "translate", "translate_html", "Sentence", "Mend"}
MANY = {"_n", "count", "of_count"}

SENTENCE = re.compile(r"(?:[A-Z]|\{\w+\}).* .*[.?!:]\Z", re.DOTALL)

HEADER = "# What people read in Bookonce. Made by `make words`: change the words where they stand."

Found = tuple[str, str | tuple[str, str]]
"""Where it stands, and the sentence; for a counted one both its forms."""


def sentences() -> list[Found]:
    """Every sentence, in the order of the files."""
    found = list(_of_templates())
    for path in sorted((ROOT / "bookonce").rglob("*.py")):
        name = path.relative_to(ROOT / "bookonce").as_posix()
        if not name.startswith(ENGLISH_ONLY):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [(f"bookonce/{name}", said) for said in _of_module(tree)]
    return found


def _of_templates() -> Iterator[Found]:
    for path in sorted((ROOT / "bookonce" / "templates").rglob("*.html")):
        name = path.relative_to(ROOT / "bookonce" / "templates")
        if name.parts[0] in UNSEEN:
            continue
        source = io.BytesIO(path.read_bytes())
        for _, called, said, _ in babel_extract(source, ("_", "_n"), (), {"silent": "false"}):
            texts = (
                [said] if isinstance(said, str) else [text for text in said or () if isinstance(text, str)]
            )
            if called == "_n" and len(texts) >= 2:
                yield f"templates/{name}", (texts[0], texts[1])
            elif texts:
                yield f"templates/{name}", texts[0]


def _of_module(tree: ast.Module) -> Iterator[str | tuple[str, str]]:
    aside = _not_for_people(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            yield from _of_mails(node)
        elif isinstance(node, ast.Constant) and id(node) not in aside:
            yield from (text for text in _texts(node) if SENTENCE.match(text))


def _not_for_people(tree: ast.Module) -> set[int]:
    """Docstrings, what a programmer's mistake is met with, the parts of a larger text, and both forms of what
    is counted."""
    aside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            aside.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            aside |= {id(part) for part in node.values}
        elif isinstance(node, ast.Call) and _called(node) in MANY:
            aside |= {id(part) for part in node.args}
        elif isinstance(node, ast.Assert) or _is_a_programmers(node):
            aside |= {id(part) for part in ast.walk(node)}
    return aside


def _is_a_programmers(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return getattr(node.exc.func, "id", "") in dir(builtins)
    return isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") == "log"


def _of_mails(node: ast.AnnAssign | ast.Assign) -> Iterator[str]:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if isinstance(target, ast.Name) and target.id == "ENGLISH" and isinstance(node.value, ast.Dict):
        for value in node.value.values:
            yield from _texts(value)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _of_call(node: ast.Call) -> Iterator[str | tuple[str, str]]:
    name = _called(node)
    if name in CALLS and node.args:
        yield from _texts(node.args[0])
    if name in MANY and len(node.args) >= 2:
        one, many = (next(_texts(arg), "") for arg in node.args[:2])
        if one and many:
            yield one, many


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        value = getattr(line, "value", None)
        if (
            isinstance(target, ast.Name)
            and target.id in ("title", "sentence")
            and isinstance(value, ast.expr)
        ):
            yield from _texts(value)


def _texts(node: ast.expr) -> Iterator[str]:
    """The text of a constant, or of both ways of a condition, with a letter in it."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
        return
    text = node.value if isinstance(node, ast.Constant) else None
    if isinstance(text, str) and any(sign.isalpha() for sign in text):
        yield text


def template() -> Catalog:
    """The catalogue without a language: what bookonce.pot holds."""
    made = Catalog(charset="utf-8", header_comment=HEADER, fuzzy=False)
    for where, said in sentences():
        made.add(said, locations=[(where, None)])  # type: ignore[list-item]
    return made


def written(catalogue: Catalog) -> str:
    """As it is kept in git: one message after the other, without dates and line numbers."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, omit_header=False, sort_by_file=False, include_lineno=False)
    lines = out.getvalue().decode().splitlines()
    dates = tuple(f'"{name}' for name in UNKEPT)
    return "\n".join(line for line in lines if not line.startswith(dates)) + "\n"


def update() -> int:
    """Write bookonce.pot and bring each language up to it; say what is left to translate."""
    fresh, left = template(), 0
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_text(written(fresh), encoding="utf-8")
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/bookonce.po")):
        with path.open("rb") as file:
            known = read_po(file, locale=path.parent.parent.name)
        known.update(fresh, no_fuzzy_matching=True)
        known.obsolete.clear()
        known.header_comment = HEADER
        path.write_text(written(known), encoding="utf-8")
        open_ones = [message.id for message in known if message.id and not _is_whole(message.string)]
        left += len(open_ones)
        for text in open_ones:
            sys.stdout.write(f"{path.parent.parent.name}: {text if isinstance(text, str) else text[0]}\n")
    return left


def _is_whole(said: object) -> bool:
    return all(said) if isinstance(said, tuple | list) else bool(said)


if __name__ == "__main__":
    sys.exit(1 if update() else 0)
