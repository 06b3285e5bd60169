"""docs/promises.md names every promise that is kept by now, its keeper, and tests that exist."""

from __future__ import annotations

import re

import pytest

from tests.house.house import ROOT, functions, name_of, product, tracked

PAGE = (ROOT / "docs" / "promises.md").read_text()
SECTIONS = {
    int(number): section
    for number, section in re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
}
KEPT = {*range(1, 8), *range(9, 24), 25, 27, 28, 30}
LONGEST_LINE = 300


def test_every_promise_is_there_once() -> None:
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE)]
    assert numbers == sorted(set(numbers))
    assert set(numbers) >= KEPT


@pytest.mark.parametrize("number", SECTIONS)
def test_every_keeper_exists(number: int) -> None:
    keeper, _, _ = SECTIONS[number].partition("*Red without it*")
    named = re.findall(r"`(bookonce/[^`]*)`", keeper)
    assert named, "no file is named"
    assert not [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("number", SECTIONS)
def test_every_name_stands_in_a_keeper(number: int) -> None:
    keeper, _, _ = SECTIONS[number].partition("*Red without it*")
    source = "\n".join((ROOT / path).read_text() for path in re.findall(r"`(bookonce/[^`]*\.py)`", keeper))
    names = set(re.findall(r"`(\w+)`", keeper)) - {"doctor"}
    assert not [name for name in names if not re.search(rf"\b{name}\b", source)]


@pytest.mark.parametrize("number", SECTIONS)
def test_every_proof_exists(number: int) -> None:
    _, _, proofs = SECTIONS[number].partition("*Red without it*")
    named = re.findall(r"^- `([^`]*)`$", proofs, re.MULTILINE)
    assert named, "no test is named"
    assert not [proof for proof in named if not _is_a_test(proof)]


def _is_a_test(proof: str) -> bool:
    file, _, name = proof.partition("::")
    path = ROOT / file
    return path.is_file() and name in {function.name for function in functions(path)}


def test_the_page_can_be_read() -> None:
    assert not [line[:60] for line in PAGE.splitlines() if len(line) > LONGEST_LINE]


def test_every_rule_that_is_cited_stands_on_the_page() -> None:
    rules = PAGE.partition("## The rules of a one-time link")[2].partition("\n## ")[0]
    known = set(re.findall(r"^(\d+)\. ", rules, re.MULTILINE))
    unknown = [
        f"{name_of(path)}: rule {number}"
        for path in [*product(), *tracked("tests/*.py")]
        for number in re.findall(r"\brule (\d+) of a link", path.read_text())
        if number not in known
    ]
    assert not unknown, "\n".join(unknown)
