"""The event loop of a web process, which leaves requests to whoever wakes them.

granian begins a request, and tells that its body has arrived, by ``call_soon_threadsafe`` from a thread of
its own. On an event loop both would wait until the loop's thread has got hold of the interpreter, which
threads at work hold nearly all the time (decision 0015 has what that costs). So a request's coroutine is
carried on at once, in the thread that called; the loop keeps timers, signals and ``/readyz``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from types import CoroutineType
from typing import Any, Protocol, TypeVarTuple


class ArrivingResult(Protocol):
    """What granian lets a coroutine wait for; as much of a future as tasks use."""

    _asyncio_future_blocking: bool

    def cancelled(self) -> bool: ...
    def add_done_callback(self, callback: Callable[..., object], *, context: Context | None) -> None: ...


Arguments = TypeVarTuple("Arguments")

Place = Callable[["RequestCoroutine"], None]
"""Sees to it that somebody, somewhere, carries on the request that it is given."""


class continue_in:
    """``await continue_in(place)``: what follows in this coroutine happens there."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __await__(self) -> Generator[Place, None, None]:
        yield self._place


class RequestCoroutine:
    """A request that is being answered; one thread at a time carries it on."""

    __slots__ = ("_context", "_coroutine", "start_task")

    def __init__(
        self,
        coroutine: Coroutine[Any, None, None],
        context: Context | None,
        start_task: Callable[[], object],
    ) -> None:
        self._coroutine, self._context = coroutine, context
        self.start_task = start_task
        """Carry it on in the event loop, as a task like any other."""

    def carry_on(self) -> None:
        """Let it run until it waits for something, or ends."""
        self._step(self._coroutine.send, None)

    def on_arrival(self, arrived: ArrivingResult) -> None:
        """Called when what it waits for has arrived, or was cancelled."""
        if arrived.cancelled():
            self._step(self._coroutine.throw, asyncio.CancelledError())
        else:
            self.carry_on()

    def _step(self, resume: Callable[[Any], Any], value: object) -> None:
        try:
            awaited = resume(value)
        except StopIteration:
            return
        if callable(awaited):
            awaited(self)
        else:
            # The handshake between a future and who waits for it, as asyncio's tasks have it.
            awaited._asyncio_future_blocking = False
            awaited.add_done_callback(self.on_arrival, context=self._context)


def in_loop(request: RequestCoroutine) -> None:
    """The place of what needs timers, or other things of the event loop."""
    request.start_task()


class RequestLoop(asyncio.SelectorEventLoop):
    """Carries on requests in the thread that has news of them, and everything else in its own."""

    def __init__(self) -> None:
        super().__init__()
        self._nothing_to_cancel = asyncio.Handle(_nothing, (), self)

    def call_soon_threadsafe(
        self, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.Handle:
        if args and type(args[0]) is CoroutineType:

            def start_task() -> object:
                return super(RequestLoop, self).call_soon_threadsafe(callback, *args, context=context)

            RequestCoroutine(args[0], context, start_task).carry_on()
        elif isinstance(getattr(callback, "__self__", None), RequestCoroutine):
            callback(*args)
        else:
            return super().call_soon_threadsafe(callback, *args, context=context)
        return self._nothing_to_cancel


def _nothing() -> None:
    pass


def build_request_loop() -> RequestLoop:
    """A new loop, which is the current one of its thread."""
    loop = RequestLoop()
    asyncio.set_event_loop(loop)
    return loop
