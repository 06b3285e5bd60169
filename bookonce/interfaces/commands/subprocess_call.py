"""A call in a forked process, so that this one keeps no connection and no thread from it."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError

from bookonce.foundation.errors import Refused
from bookonce.foundation.setting_values import BadSetting

T = TypeVar("T")


class StartFailed(Refused):
    """A process of the start ended early, and has logged why."""

    sentence = "The start failed; the lines above say why."


def call_in_subprocess(work: Callable[[], T]) -> T:
    """The result of ``work`` in a forked process; a refusal is raised here."""
    reading, writing = os.pipe()
    # Otherwise both processes would write what is still buffered.
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(work, writing)
    # The read below ends only when no writing end is open any more.
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    # After the read: a child that writes more than the pipe holds waits for its reader.
    os.waitpid(child, 0)
    if not said:
        raise StartFailed
    refused, value = pickle.loads(said)  # noqa: S301 - from our own child
    if refused is not None:
        raise refused
    result: T = value
    return result


def _answer(work: Callable[[], T], writing: int) -> None:
    code = 1
    try:
        try:
            said = pickle.dumps((None, work()))
        except (Refused, BadSetting, DatabaseError) as refused:
            said = pickle.dumps((refused, None))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(said)
        code = 0
    except KeyboardInterrupt:
        pass
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        # Not sys.exit, which would run the parent's exit handlers in the child.
        os._exit(code)
