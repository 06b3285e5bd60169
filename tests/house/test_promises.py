"""docs/promises.md names every promise that is kept by now, its keeper, and tests that exist."""

from __future__ import annotations

import re

from tests.house.house import ROOT, functions

PAGE = (ROOT / "docs" / "promises.md").read_text()
ROWS = re.findall(r"^\| (\d+) \|([^|]*)\|([^|]*)\|([^|]*)\|$", PAGE, re.MULTILINE)
KEPT = {*range(1, 8), *range(9, 24), 25, 27, 28, 30}


def test_every_promise_is_there_once() -> None:
    numbers = [int(number) for number, *_ in ROWS]
    assert numbers == sorted(set(numbers))
    assert set(numbers) >= KEPT


def test_every_keeper_exists() -> None:
    missing = [
        f"promise {number}: {path}"
        for number, _, keeper, _ in ROWS
        for path in re.findall(r"`(bookonce/[^`]*)`", keeper) or ["no file is named"]
        if not (ROOT / path).exists()
    ]
    assert not missing, "\n".join(missing)


def test_every_proof_exists() -> None:
    missing = [
        f"promise {number}: {proof}"
        for number, _, _, proofs in ROWS
        for proof in re.findall(r"`([^`]*)`", proofs) or ["no test is named"]
        if not _is_a_test(proof)
    ]
    assert not missing, "\n".join(missing)


def _is_a_test(proof: str) -> bool:
    file, _, name = proof.partition("::")
    path = ROOT / file
    return path.is_file() and name in {function.name for function in functions(path)}
