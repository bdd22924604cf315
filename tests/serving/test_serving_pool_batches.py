"""Many requests, few calls: merging, order, and one bad row that harms nobody."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

from jupyter_registry.domain.errors import ModelFailed, ModelRejectedInput
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target


def rows(*values):
    return {"x": np.array(values, dtype=float)}


@pytest.fixture(scope="module")
def forest():
    features, labels = make_classification(600, 8, random_state=1)
    return RandomForestClassifier(60, n_jobs=2, random_state=0).fit(features, labels), features


def test_two_hundred_single_rows_at_once_share_calls(forest, make_spec, with_pool):
    model, features = forest
    names = [f"x{i}" for i in range(8)]
    spec = make_spec(
        model,
        signature=Signature(tuple(Column(name, Dtype.NUMBER) for name in names)),
        target=Target.make("y", TargetType.BINARY, [0, 1]),
    )

    async def job(pool):
        await pool.load(spec)
        scores = await asyncio.gather(
            *(
                pool.predict(spec, {n: features[i, j : j + 1] for j, n in enumerate(names)})
                for i in range(200)
            )
        )
        return scores, pool.stats()[0]

    scores, stats = with_pool(job)
    expected = model.predict_proba(features[:200])
    got = np.concatenate([one.probabilities for one in scores])
    assert np.allclose(got, expected, rtol=0, atol=1e-12)
    assert [int(one.labels[0]) for one in scores] == expected.argmax(axis=1).tolist()
    assert stats["requests"] == stats["rows"] == 200
    assert stats["calls"] <= 50


def test_requests_of_many_sizes_get_their_own_rows(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Fitted"](), format="pickle")
    sizes = [1, 3, 0, 5000, 2, 20_000, 1, 7, 4096, 4097]
    inputs = [np.arange(n, dtype=float) + 1000.0 * k for k, n in enumerate(sizes)]

    async def job(pool):
        return await asyncio.gather(*(pool.predict(spec, {"x": values}) for values in inputs))

    for values, scores in zip(inputs, with_pool(job), strict=True):
        assert np.array_equal(scores.values, values * 2)


def test_a_small_request_does_not_wait_for_a_large_one(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](0.02), format="pickle")

    async def job(pool):
        await pool.load(spec, rows(1.0))
        large = asyncio.ensure_future(pool.predict(spec, {"x": np.ones(200_000)}))
        await asyncio.sleep(0.05)
        small = await pool.predict(spec, rows(3.0))
        assert not large.done()
        assert len(await large) == 200_000
        return small

    assert with_pool(job).values.tolist() == [6.0]


def test_a_bad_row_in_a_merged_call_fails_its_own_request(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["RaisesOnNegative"](), format="pickle")
    values = [[1.0], [2.0, 3.0], [4.0, -5.0, 6.0], [7.0], [-8.0], [9.0]]

    async def job(pool):
        await pool.load(spec, rows(1.0))
        return await asyncio.gather(
            *(pool.predict(spec, rows(*one)) for one in values), return_exceptions=True
        )

    results = with_pool(job)
    for position in (0, 1, 3, 5):
        assert results[position].values.tolist() == [2 * v for v in values[position]]
    third, fifth = results[2], results[4]
    assert isinstance(third, ModelRejectedInput)
    assert third.fields["row"] == 1
    assert third.fields["column"] == "x"
    assert "a negative number" in third.fields["traceback"]
    assert "a negative number" in third.detail
    assert isinstance(fifth, ModelRejectedInput)
    assert fifth.fields["row"] == 0


@pytest.mark.parametrize("bad", [0, 17, 4095, 4096, 9_999])
def test_the_bad_row_of_a_large_request_is_named(bad, make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["RaisesOnNegative"](), format="pickle")
    values = np.ones(10_000)
    values[bad] = -1

    async def job(pool):
        with pytest.raises(ModelRejectedInput) as refusal:
            await pool.predict(spec, {"x": values})
        # and it serves on
        assert (await pool.predict(spec, rows(2.0))).values.tolist() == [4.0]
        return refusal.value, pool.stats()[0]

    error, stats = with_pool(job)
    assert error.fields["row"] == bad
    assert f"row {bad}" in error.detail
    assert stats["calls"] <= 3 + 17 + 2


def test_a_sample_that_cannot_be_scored_is_found_at_loading(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["RaisesOnNegative"](), format="pickle")

    async def job(pool):
        with pytest.raises(ModelFailed) as failure:
            await pool.load(spec, rows(-1.0))
        return failure.value

    error = with_pool(job)
    assert "a negative number" in error.fields["traceback"]


def test_a_sample_is_scored_at_loading(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Fitted"](), format="pickle")
    report = with_pool(lambda pool: pool.load(spec, rows(1.0, 2.0)))
    assert report.scores.values.tolist() == [2.0, 4.0]
    assert report.pid > 0
    assert report.seconds > 0


def test_a_cancelled_request_leaves_the_others_alone(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](0.1), format="pickle")

    async def job(pool):
        await pool.load(spec)
        tasks = [asyncio.ensure_future(pool.predict(spec, rows(float(i)))) for i in range(10)]
        await asyncio.sleep(0.02)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        return results, pool.stats()[0]

    results, _ = with_pool(job)
    assert all(isinstance(one, asyncio.CancelledError) for one in results[::2])
    assert [float(one.values[0]) for one in results[1::2]] == [2.0, 6.0, 10.0, 14.0, 18.0]
