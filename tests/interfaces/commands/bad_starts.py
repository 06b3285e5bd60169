"""``bookonce`` whose processes start badly, as ``BAD_START`` says: for tests of how ``serve`` ends then.

Each process leaves a file with its id, named after it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.interfaces.commands import preloaded

HOW = "BAD_START"


def main() -> int:
    preloaded.load()

    from bookonce import cli
    from bookonce.interfaces.commands import serve

    how = os.environ.get(HOW, "")
    web, worker = serve.web.serve, serve.worker.run_until_stopped
    serve.web.serve = leaving_its_id("web", {"web dies": dies, "web is silent": is_silent}.get(how, web))
    serve.worker.run_until_stopped = leaving_its_id("worker", dies if how == "worker dies" else worker)
    if how == "web is silent":
        serve.UP = 2.0
    return cli.main()


def leaving_its_id(name: str, work: Callable[..., None]) -> Callable[..., None]:
    def leaves_its_id_and_works(*given: str) -> None:
        (Path(os.environ["BOOKONCE_DATA"]) / f"{name}.pid").write_text(str(os.getpid()))
        work(*given)

    return leaves_its_id_and_works


def dies(*_: str) -> None:
    # The other process is there by then, so a test can ask what has become of it.
    folder = Path(os.environ["BOOKONCE_DATA"])
    while len(list(folder.glob("*.pid"))) < 2:
        time.sleep(0.01)
    print("this is why", file=sys.stderr)
    sys.exit(3)


def is_silent() -> None:
    time.sleep(600)


if __name__ == "__main__":
    sys.exit(main())
