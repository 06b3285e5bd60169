"""What processes cost: processor time and memory of whole families."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg


def cpu(pid: int) -> float:
    """Processor seconds of this process and all below it, with those that have ended meanwhile."""
    total = 0.0
    for process in family(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def family(pid: int) -> list[psutil.Process]:
    """This process and all below it."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def memory(pid: int) -> tuple[float, float]:
    """Resident and proportional memory of the family, in MB: shared pages count once in the second."""
    resident = proportional = 0
    for process in family(pid):
        told = process.memory_full_info()
        resident, proportional = resident + told.rss, proportional + told.pss
    return resident / 1e6, proportional / 1e6


def postmaster(url: str) -> tuple[int, Path]:
    """The process id of the PostgreSQL server at this address, and the folder of its programs."""
    with psycopg.connect(url) as server:
        [folder] = server.execute("SHOW data_directory").fetchone() or ("",)
    pid = int(Path(folder, "postmaster.pid").read_text().split()[0])
    return pid, Path(psutil.Process(pid).exe()).parent


def written_ahead(url: str) -> int:
    """How many bytes of write-ahead log the PostgreSQL server at this address has written so far."""
    with psycopg.connect(url) as server:
        [written] = server.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone() or (0,)
    return int(written)


@dataclass
class Spent:
    """Processor seconds that were spent inside a ``spending`` block, by name."""

    before: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


@contextmanager
def spending(**pids: int) -> Iterator[Spent]:
    """Count what these families spend meanwhile."""
    spent = Spent({name: cpu(pid) for name, pid in pids.items()})
    yield spent
    spent.seconds = {name: cpu(pid) - spent.before[name] for name, pid in pids.items()}
