"""The engine blocks; its callers must not: work runs in one thread of its own, here are its ends.

Each function exists for both colours. The caller only waits on a queue, never on a lock or a
thread, so that an interrupted cell or a cancelled task is free at once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import closing, suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar, cast

T = TypeVar("T")
Emit: TypeAlias = Callable[[T], bool]
"""Hands an item to the caller; False when nobody listens any more."""

HEARTBEAT = 0.2
"""Seconds of one wait: where a lock cannot be interrupted (Windows), Ctrl-C comes between two."""


class Cancel:
    """A wish to stop, made from any thread, heard by whoever asked to be told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set = False
        self._callbacks: list[Callable[[], object]] = []

    def set(self) -> None:
        """Ask to stop; only the first time tells the callbacks."""
        with self._lock:
            self._set = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def is_set(self) -> bool:
        return self._set

    def on_set(self, callback: Callable[[], object]) -> None:
        """Call `callback` once, in the thread of `set`; at once when already set."""
        with self._lock:
            if not self._set:
                self._callbacks.append(callback)
                return
        callback()

    def remove(self, callback: Callable[[], object]) -> None:
        """Take back an `on_set`; one that is not there (any more) is no error."""
        with self._lock, suppress(ValueError):
            self._callbacks.remove(callback)


def iterate(make: Callable[[Cancel], Iterator[T]], cancel: Cancel) -> Generator[T]:
    """The items of `make(cancel)`, whose iterator lives in one thread from first next to close.

    Closing this early, or an interrupt while it waits, sets `cancel` and closes the iterator once.
    """
    return produce(_drain(make, cancel), cancel)


def aiterate(make: Callable[[Cancel], Iterator[T]], cancel: Cancel) -> AsyncGenerator[T]:
    """`iterate` for an event loop."""
    return aproduce(_drain(make, cancel), cancel)


def call(work: Callable[..., T], *args: Any, cancel: Cancel | None = None) -> T:
    """`work(*args)` in a thread; an interrupt while waiting sets `cancel`."""
    (value,) = iterate(_once(work, args), cancel or Cancel())
    return value


async def acall(work: Callable[..., T], *args: Any, cancel: Cancel | None = None) -> T:
    """`call` for an event loop."""
    (value,) = [item async for item in aiterate(_once(work, args), cancel or Cancel())]
    return value


def produce(work: Callable[[Emit[T]], None], cancel: Cancel) -> Generator[T]:
    """What `work` emits, until it returns or raises; it runs in a thread of its own."""
    queue: SimpleQueue[T | _End] = SimpleQueue()
    thread = _Thread(work, queue.put)
    try:
        thread.start()
        while not isinstance(item := _get(queue), _End):
            yield item
    except BaseException:
        cancel.set()
        raise
    finally:
        thread.leave()
    item.finish()


async def aproduce(work: Callable[[Emit[T]], None], cancel: Cancel) -> AsyncGenerator[T]:
    """`produce` for an event loop."""
    queue: asyncio.Queue[T | _End] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    thread = _Thread(work, lambda item: loop.call_soon_threadsafe(queue.put_nowait, item))
    try:
        thread.start()
        while not isinstance(item := await queue.get(), _End):
            yield item
    except BaseException:
        cancel.set()
        raise
    finally:
        thread.leave()
    item.finish()


class _End(NamedTuple):
    """The last thing a thread says: it is over, well or badly."""

    error: BaseException | None

    def finish(self) -> None:
        if self.error is not None:
            raise self.error


class _Thread(Generic[T]):
    """Runs `work` once, and puts what it emits, then its end, where the caller waits."""

    def __init__(self, work: Callable[[Emit[T]], None], put: Callable[[T | _End], object]) -> None:
        self._work = work
        self._put = put
        self._left = False

    def start(self) -> None:
        target = cast("Callable[..., None]", copy_context().run)
        threading.Thread(target=target, args=(self._run,), name="dip", daemon=True).start()

    def leave(self) -> None:
        """Nobody listens from now on."""
        self._left = True

    def _emit(self, item: T | _End) -> bool:
        if self._left:
            return False
        try:
            self._put(item)
        except RuntimeError:  # the event loop is closed
            self._left = True
        return not self._left

    def _run(self) -> None:
        error = None
        try:
            self._work(self._emit)
        except BaseException as caught:  # noqa: BLE001 - it is raised again where the caller waits
            error = caught
        self._emit(_End(error))


def _get(queue: SimpleQueue[T]) -> T:
    while True:
        with suppress(Empty):
            return queue.get(timeout=HEARTBEAT)


def _drain(make: Callable[[Cancel], Iterator[T]], cancel: Cancel) -> Callable[[Emit[T]], None]:
    def work(emit: Emit[T]) -> None:
        with closing(cast("Any", make(cancel))) as items:
            for item in items:
                if not emit(item):
                    return

    return work


def _once(work: Callable[..., T], args: tuple[Any, ...]) -> Callable[[Cancel], Iterator[T]]:
    def make(_cancel: Cancel) -> Iterator[T]:
        yield work(*args)

    return make
