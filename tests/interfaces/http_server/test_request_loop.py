"""A request is carried on where there is news of it, not in the event loop's thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from granian import loops

from bookonce.interfaces.http_server import listener
from bookonce.interfaces.http_server.request_loop import RequestLoop, continue_in, in_loop


@pytest.fixture
def running_loop() -> Iterator[RequestLoop]:
    loop = RequestLoop()
    thread = threading.Thread(target=loop.run_forever, name="loop")
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def begin_request(loop: RequestLoop, request: Any) -> None:
    """As granian begins one: by a task that the loop is to make."""

    def make_task(coroutine: Any) -> None:
        loop.create_task(coroutine)

    loop.call_soon_threadsafe(make_task, request)


def in_thread(name: str, call: Callable[[], object]) -> None:
    thread = threading.Thread(target=call, name=name)
    thread.start()
    thread.join(10)


def here() -> str:
    return threading.current_thread().name


def test_granian_is_given_this_loop() -> None:
    assert listener.loops is loops
    made: Any = loops.get("auto")
    try:
        assert type(made) is RequestLoop
    finally:
        asyncio.set_event_loop(None)
        made.close()


def test_a_request_runs_where_it_is_woken(running_loop: RequestLoop) -> None:
    """Begun in the server's thread, continued where its body arrives, and in a thread of requests."""
    arriving: Any = Arriving(running_loop)
    seen: list[object] = []

    async def request() -> None:
        seen.append(here())
        seen.append(await arriving)
        seen.append(here())
        await continue_in(lambda request: in_thread("threads", request.carry_on))
        seen.append(here())

    in_thread("server", lambda: begin_request(running_loop, request()))
    assert seen == ["server"]
    in_thread("arrival", lambda: arriving.arrive(b"body"))
    assert seen == ["server", b"body", "arrival", "threads"]


def test_a_request_may_go_on_in_the_loop(running_loop: RequestLoop) -> None:
    seen: list[str] = []
    ended = threading.Event()

    async def request() -> None:
        await continue_in(in_loop)
        await asyncio.sleep(0)
        seen.append(here())
        ended.set()

    begin_request(running_loop, request())
    assert ended.wait(10)
    assert seen == ["loop"]


def test_what_is_cancelled_is_told_so(running_loop: RequestLoop) -> None:
    arriving: Any = Arriving(running_loop)
    seen: list[str] = []

    async def request() -> None:
        try:
            await arriving
        except asyncio.CancelledError:
            seen.append("cancelled")

    begin_request(running_loop, request())
    arriving.give_up()
    assert seen == ["cancelled"]


class Arriving:
    """What granian lets a request wait for: it tells its loop, from whichever thread has news."""

    _asyncio_future_blocking = False

    def __init__(self, loop: RequestLoop) -> None:
        self._loop, self._cancelled = loop, False
        self._callbacks: list[tuple[Any, Any]] = []

    def __await__(self) -> Any:
        self._asyncio_future_blocking = True
        yield self
        return self._body

    def cancelled(self) -> bool:
        return self._cancelled

    def add_done_callback(self, callback: Any, *, context: Any) -> None:
        assert not self._asyncio_future_blocking
        self._callbacks.append((callback, context))

    def arrive(self, body: bytes) -> None:
        self._body = body
        for callback, context in self._callbacks:
            self._loop.call_soon_threadsafe(callback, self, context=context)

    def give_up(self) -> None:
        self._cancelled = True
        self.arrive(b"")
