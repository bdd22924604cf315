"""What follows from the scores of a lone request is done by the thread that read them."""

from __future__ import annotations

import asyncio
import threading
import time

import numpy as np
import pytest

from jupyter_registry.domain.errors import ModelRejectedInput, WorkerUnavailable
from jupyter_registry.serving.specs import Scores


def rows(*values):
    return {"x": np.array(values, dtype=float)}


def test_a_lone_request_s_scores_are_followed_beside_the_loop(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Fitted"](), format="pickle")
    threads = []

    def follow(scores):
        threads.append(threading.current_thread())
        time.sleep(0.5)
        return scores.values.tolist()

    async def job(pool):
        await pool.load(spec)
        asked = asyncio.ensure_future(pool.predict(spec, rows(1.0, 2.0), follow))
        turns = 0
        while not asked.done():
            await asyncio.sleep(0.01)
            turns += 1
        return asked.result(), turns

    result, turns = with_pool(job)
    assert result == [2.0, 4.0]
    assert turns > 10  # the loop was free meanwhile
    assert threads != [threading.main_thread()]


def test_in_a_crowd_scores_come_back_to_their_callers(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](0.02), format="pickle")

    async def job(pool):
        await pool.load(spec)
        return await asyncio.gather(
            *(
                pool.predict(spec, rows(float(i)), lambda scores: scores.values.tolist())
                for i in range(40)
            )
        )

    results = with_pool(job)
    scores = [r.values.tolist() if isinstance(r, Scores) else r for r in results]
    assert scores == [[2.0 * i] for i in range(40)]
    # all but perhaps the last, which may be alone with the worker
    assert sum(isinstance(result, Scores) for result in results) >= 39


def test_what_it_raises_and_what_the_model_raises(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["RaisesOnNegative"](), format="pickle")
    called = []

    def follow(scores):
        called.append(scores)
        raise LookupError("nothing follows")

    async def job(pool):
        await pool.load(spec, rows(1.0))
        with pytest.raises(ModelRejectedInput):
            await pool.predict(spec, rows(-1.0), follow)
        assert called == []
        with pytest.raises(LookupError, match="nothing follows"):
            await pool.predict(spec, rows(1.0), follow)
        return await pool.predict(spec, rows(3.0))

    assert with_pool(job).values.tolist() == [6.0]
    assert len(called) == 1


def test_a_worker_that_dies_is_followed_by_nothing(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["ExitsOnNegative"](), format="pickle")
    called = []

    async def job(pool):
        await pool.load(spec, rows(1.0))
        with pytest.raises(WorkerUnavailable):
            await pool.predict(spec, rows(-1.0), called.append)
        return await pool.predict(spec, rows(2.0), lambda scores: scores.values.tolist())

    assert with_pool(job) == [4.0]
    assert called == []


def test_a_request_in_parts_comes_back_whole(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Fitted"](), format="pickle")
    values = np.arange(20_000.0)

    async def job(pool):
        await pool.load(spec)
        return await pool.predict(spec, {"x": values}, lambda scores: pytest.fail("a part"))

    assert with_pool(job).values.tolist() == (2 * values).tolist()


def test_more_than_a_socket_takes_at_once_is_sent_on(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](0.2), format="pickle")

    async def job(pool):
        await pool.load(spec)
        many = [pool.predict(spec, {"x": np.arange(4000.0) + i}) for i in range(100)]
        return await asyncio.gather(*many)

    for i, scores in enumerate(with_pool(job)):
        assert scores.values[[0, -1]] == pytest.approx([2.0 * i, 2.0 * (i + 3999)])
