"""The bridge: one thread per question, its two ends, and Cancel."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing, closing, suppress

import pytest

from dip_sdk.engine.bridge import Cancel, acall, aiterate, call, iterate, produce

SLOW = 5.0


class Engine:
    """A generator that counts its closes and notes its threads."""

    def __init__(self, items: int = 3, *, wait: bool = False, fail: bool = False) -> None:
        self.items, self.wait, self.fail = items, wait, fail
        self.closes = 0
        self.threads: set[int] = set()
        self.closed = threading.Event()

    def __call__(self, cancel: Cancel) -> Iterator[int]:
        stopped = threading.Event()
        cancel.on_set(stopped.set)
        self.threads.add(threading.get_ident())
        try:
            yield from range(self.items)
            if self.wait:
                assert stopped.wait(SLOW), "never cancelled"
                yield -1
            if self.fail:
                raise LookupError("engine broke")
        finally:
            self.threads.add(threading.get_ident())
            self.closes += 1
            self.closed.set()


def test_all_items_come_in_order_from_one_other_thread():
    engine = Engine(1000)
    assert list(iterate(engine, Cancel())) == list(range(1000))
    assert engine.closes == 1
    assert len(engine.threads) == 1
    assert threading.get_ident() not in engine.threads


def test_a_normal_end_does_not_cancel():
    cancel = Cancel()
    list(iterate(Engine(), cancel))
    assert not cancel.is_set()


def test_an_early_close_cancels_and_closes_once():
    engine, cancel = Engine(wait=True), Cancel()
    with closing(iterate(engine, cancel)) as items:
        assert next(items) == 0
    assert cancel.is_set()
    assert engine.closed.wait(SLOW)
    assert engine.closes == 1


def test_an_error_of_the_engine_reaches_the_caller():
    engine = Engine(fail=True)
    with pytest.raises(LookupError, match="engine broke"):
        list(iterate(engine, Cancel()))
    assert engine.closes == 1


def test_after_cancel_the_last_events_still_come():
    cancel = Cancel()
    items = iterate(Engine(wait=True), cancel)
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    cancel.set()
    assert list(items) == [-1]


def test_nothing_runs_before_the_first_item_is_asked_for():
    engine = Engine()
    iterate(engine, Cancel())
    assert not engine.threads


def test_a_slow_consumer_loses_nothing():
    got = []
    for item in iterate(Engine(200), Cancel()):
        got.append(item)
        if item % 50 == 0:
            time.sleep(0.01)
    assert got == list(range(200))


def test_an_interrupt_while_waiting_cancels_and_is_raised_again():
    engine, cancel = Engine(0, wait=True), Cancel()
    pid = threading.main_thread().ident
    assert pid is not None
    timer = threading.Timer(0.1, signal.pthread_kill, (pid, signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        next(iterate(engine, cancel))
    assert time.monotonic() - began < 2
    assert cancel.is_set()
    assert engine.closed.wait(SLOW)
    assert engine.closes == 1
    timer.join()


def test_context_variables_are_seen_by_the_engine():
    variable = contextvars.ContextVar("variable", default="")
    variable.set("here")
    assert call(variable.get) == "here"


def test_call_gives_the_value_and_the_error():
    assert call(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        call(divmod, 7, 0)


def test_what_work_emits_from_within_a_callback_arrives():
    def work(emit):
        list(map(emit, "abc"))

    assert list(produce(work, Cancel())) == ["a", "b", "c"]


def test_emit_says_when_nobody_listens():
    heard, left, done = [], threading.Event(), threading.Event()

    def work(emit):
        heard.append(emit(1))
        left.wait(SLOW)
        heard.append(emit(2))
        done.set()

    with closing(produce(work, Cancel())) as items:
        next(items)
    left.set()
    assert done.wait(SLOW)
    assert heard == [True, False]


def test_an_event_takes_less_than_a_tenth_of_a_millisecond():
    def median(count: int) -> float:
        began = time.perf_counter()
        list(iterate(Engine(count), Cancel()))
        return (time.perf_counter() - began) / count

    assert min(median(5000) for _ in range(5)) < 100e-6


async def test_async_gives_the_same_items():
    engine = Engine(500)
    assert [item async for item in aiterate(engine, Cancel())] == list(range(500))
    assert engine.closes == 1
    assert threading.get_ident() not in engine.threads


async def test_async_early_close_cancels_and_closes_once():
    engine, cancel = Engine(wait=True), Cancel()
    async with aclosing(aiterate(engine, cancel)) as items:
        async for _ in items:
            break
    assert cancel.is_set()
    assert await asyncio.to_thread(engine.closed.wait, SLOW)
    assert engine.closes == 1


async def test_a_cancelled_task_cancels_the_engine():
    engine, cancel = Engine(0, wait=True), Cancel()

    async def consume():
        async for _ in aiterate(engine, cancel):
            pass

    task = asyncio.create_task(consume())
    await asyncio.sleep(0.05)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert cancel.is_set()
    assert await asyncio.to_thread(engine.closed.wait, SLOW)
    assert engine.closes == 1


async def test_async_call_gives_the_value_and_the_error():
    assert await acall(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await acall(divmod, 7, 0)


async def test_many_at_once_do_not_wait_for_each_other():
    barrier = threading.Barrier(10)
    numbers = await asyncio.gather(*(acall(barrier.wait, SLOW) for _ in range(10)))
    assert sorted(numbers) == list(range(10))


def test_a_loop_that_ended_ends_the_engine():
    engine = Engine(0, wait=True)
    cancel = Cancel()

    async def leave() -> None:
        items = aiterate(engine, cancel)
        task = asyncio.ensure_future(anext(items))
        await asyncio.sleep(0.05)
        del task

    asyncio.run(leave())
    assert engine.closed.wait(SLOW)
    assert engine.closes == 1


def test_cancel_tells_once_and_at_once_when_set():
    cancel, told = Cancel(), []
    cancel.on_set(lambda: told.append("before"))
    cancel.set()
    cancel.set()
    cancel.on_set(lambda: told.append("after"))
    assert told == ["before", "after"]
    assert cancel.is_set()


def test_a_removed_callback_is_not_told():
    cancel, told = Cancel(), []

    def tell() -> None:
        told.append(1)

    cancel.on_set(tell)
    cancel.remove(tell)
    cancel.remove(tell)
    cancel.set()
    assert told == []
