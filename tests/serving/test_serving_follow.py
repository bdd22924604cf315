"""What follows from scores is done by the thread that read them, once for all that came."""

from __future__ import annotations

import asyncio
import threading
import time

import numpy as np
import pytest

from jupyter_registry.domain.errors import ModelRejectedInput, WorkerUnavailable


def rows(*values):
    return {"x": np.array(values, dtype=float)}


class Followed:
    """Remembers what it was given, and answers the first score of each."""

    def __init__(self) -> None:
        self.calls: list[list[object]] = []
        self.threads: set[threading.Thread] = set()

    def __call__(self, items):
        self.calls.append([given for given, _ in items])
        self.threads.add(threading.current_thread())
        return [scores.values.tolist() for _, scores in items]


def test_each_gets_its_own_result_beside_the_loop(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](0.02), format="pickle")
    follow = Followed()

    async def job(pool):
        await pool.load(spec)
        return await asyncio.gather(
            *(pool.follow(spec, rows(float(i), i + 0.5), follow, i) for i in range(40))
        )

    assert with_pool(job) == [[2.0 * i, 2.0 * i + 1] for i in range(40)]
    assert sorted(given for call in follow.calls for given in call) == list(range(40))
    assert len(follow.calls) < 20  # those scored together follow together
    assert threading.main_thread() not in follow.threads


def test_the_loop_is_free_while_what_follows_blocks(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Fitted"](), format="pickle")

    def follow(items):
        time.sleep(0.5)
        return ["done"] * len(items)

    async def job(pool):
        await pool.load(spec)
        asked = asyncio.ensure_future(pool.follow(spec, rows(1.0), follow, None))
        turns = 0
        while not asked.done():
            await asyncio.sleep(0.01)
            turns += 1
        return asked.result(), turns

    result, turns = with_pool(job)
    assert result == "done"
    assert turns > 10


def test_an_exception_is_its_own_request_s(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["RaisesOnNegative"](), format="pickle")

    def follow(items):
        return [ValueError(str(given)) if given % 2 else given for given, _ in items]

    def failing(items):
        raise LookupError("nothing follows")

    async def job(pool):
        await pool.load(spec, rows(1.0))
        some = [pool.follow(spec, rows(1.0), follow, i) for i in range(6)]
        return await asyncio.gather(
            *some,
            pool.follow(spec, rows(-1.0), follow, 8),
            pool.follow(spec, rows(1.0), failing, 0),
            pool.predict(spec, rows(3.0)),
            return_exceptions=True,
        )

    *some, refused, failed, scores = with_pool(job)
    for i, result in enumerate(some):
        assert str(result) == str(i)
        assert isinstance(result, ValueError) == bool(i % 2)
    assert isinstance(refused, ModelRejectedInput)
    assert isinstance(failed, LookupError)
    assert scores.values.tolist() == [6.0]


def test_after_a_crash_it_follows_once(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["ExitsOnNegative"](), format="pickle")
    follow = Followed()

    async def job(pool):
        await pool.load(spec, rows(1.0))
        return await asyncio.gather(
            *(pool.follow(spec, rows(value), follow, value) for value in (1.0, -2.0, 3.0)),
            return_exceptions=True,
        )

    first, killer, last = with_pool(job)
    assert (first, last) == ([2.0], [6.0])
    assert isinstance(killer, WorkerUnavailable)
    assert sorted(given for call in follow.calls for given in call) == [1.0, 3.0]


def test_more_than_a_socket_takes_at_once_is_sent_on(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](0.2), format="pickle")

    async def job(pool):
        await pool.load(spec)
        many = [pool.predict(spec, {"x": np.arange(4000.0) + i}) for i in range(100)]
        return await asyncio.gather(*many)

    for i, scores in enumerate(with_pool(job)):
        assert scores.values[[0, -1]] == pytest.approx([2.0 * i, 2.0 * (i + 3999)])
