"""A guest's browser without script: it reads pages, fills forms as a person does, and presses."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.test import Client

VOID = {"input", "link", "meta", "br", "hr", "img"}


@dataclass
class Form:
    """A form as it stands on the page."""

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)
    """What would be sent if nobody touched it."""
    texts: list[str] = field(default_factory=list)
    """Names of the fields that hold text and that a person can reach."""
    choices: dict[str, list[str]] = field(default_factory=dict)
    """Radios by name: their values in order."""
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A page taken apart: its words, forms and links."""

    def __init__(self, answer: Any, address: str) -> None:
        super().__init__()
        self.status, self.address = answer.status_code, address
        self.html = answer.content.decode()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.ways: dict[str, str] = {}
        """Where those links lead that have an id."""
        self.title, self.heading, self._words, self._open = "", "", [], []
        self._select = ""
        self.feed(self.html)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self._words).split())

    def form(self, field_name: str) -> Form:
        return next(
            form
            for form in self.forms
            if field_name in form.values or field_name in form.choices or field_name in form.texts
        )

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a" and "href" in has:
            self.links.append(urljoin(self.address, has["href"]))
            self.ways[has.get("id", "")] = self.links[-1]
        elif tag == "form":
            self.forms.append(Form(has.get("method", "get"), has.get("action") or self.address))
        elif self.forms and "form" in self._open:
            self._control(tag, has)

    def _control(self, tag: str, has: dict[str, str]) -> None:
        form, kind = self.forms[-1], has.get("type", "text")
        name, value = has.get("name", ""), has.get("value", "")
        if tag == "button":
            form.buttons.append((name, value))
        elif tag == "input" and kind == "radio":
            form.choices.setdefault(name, []).append(value)
            if "checked" in has:
                form.values[name] = value
        elif tag == "input" and kind == "checkbox":
            if "checked" in has:
                form.values[name] = value
        elif tag in ("input", "textarea"):
            form.values[name] = value
            if kind != "hidden" and has.get("tabindex") != "-1":
                form.texts.append(name)
        elif tag == "select":
            self._select = name
            form.values.setdefault(name, "")
        elif tag == "option" and "selected" in has:
            form.values[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title += data.strip()
            return
        self._words.append(data)
        if "h1" in self._open:
            self.heading = f"{self.heading} {data.strip()}".strip()


class Browser:
    """One browser of one person: it keeps cookies, follows redirections, and remembers where it is."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(headers=headers)

    def open(self, address: str, **headers: str) -> Page:
        return self._read(self.client.get(address, headers=headers), address)

    def send(self, form: Form, *, button: tuple[str, str] = ("", ""), **typed: str) -> Page:
        """Press the button with these fields filled in, the others as they stand."""
        values = form.values | typed | ({button[0]: button[1]} if button[0] else {})
        if form.method == "get":
            return self._read(self.client.get(form.action, values), form.action)
        return self._read(self.client.post(form.action, values), form.action)

    def _read(self, answer: Any, address: str) -> Page:
        for _ in range(5):
            if answer.status_code != 303:
                break
            address = urljoin(address, answer["Location"])
            answer = self.client.get(address)
        return Page(answer, address)

    def pick(self, page: Page, *, number: int = 2, **typed: str) -> Page:
        """Choose the time with this number, and continue."""
        form = page.form("at")
        return self.send(form, at=form.choices["at"][number], **typed)

    def book(self, page: Page, **typed: str) -> Page:
        """Fill in the details and press "Book this time"."""
        form = page.form("pick")
        who = {"name": "Gil Guest", "email": "gil@example.net"}
        filled = {name: value for name, value in who.items() if name in form.texts}
        return self.send(form, button=("step", "book"), **(filled | typed))
