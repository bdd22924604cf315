"""Workers that die, hang, or cannot start."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from jupyter_registry.domain.errors import (
    MissingExtra,
    ModelFailed,
    RegistryError,
    UnsupportedFormat,
    WorkerUnavailable,
)


def rows(*values):
    return {"x": np.array(values, dtype=float)}


def linear():
    features = np.arange(20.0).reshape(-1, 1)
    return LinearRegression().fit(features, features[:, 0] * 2)


def test_a_request_that_ends_the_process_fails_alone(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["ExitsOnNegative"](), format="pickle")

    async def job(pool):
        await pool.load(spec, rows(1.0))
        results = await asyncio.gather(
            *(pool.predict(spec, rows(v)) for v in (1.0, 2.0, -3.0, 4.0, 5.0)),
            return_exceptions=True,
        )
        later = await pool.predict(spec, rows(6.0))
        return results, later, pool.stats()[0]

    results, later, stats = with_pool(job)
    assert isinstance(results[2], WorkerUnavailable)
    assert "status 7" in results[2].detail
    good = [results[i] for i in (0, 1, 3, 4)]
    assert [float(one.values[0]) for one in good] == [2.0, 4.0, 8.0, 10.0]
    assert later.values.tolist() == [12.0]
    assert stats["restarts"] == 2


def test_requests_in_flight_survive_a_killed_worker(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](0.2), format="pickle")

    async def job(pool):
        first = (await pool.load(spec)).pid
        tasks = [asyncio.ensure_future(pool.predict(spec, rows(float(i)))) for i in range(5)]
        await asyncio.sleep(0.05)
        os.kill(first, signal.SIGKILL)
        scores = await asyncio.gather(*tasks)
        return first, pool.stats()[0], scores

    first, stats, scores = with_pool(job)
    assert [float(one.values[0]) for one in scores] == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert stats["pid"] != first
    assert stats["restarts"] == 1


def test_a_large_request_survives_a_killed_worker_among_others(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](0.1), format="pickle")
    values = np.arange(30_000.0)

    async def job(pool):
        pid = (await pool.load(spec)).pid
        large = asyncio.ensure_future(pool.predict(spec, {"x": values}))
        await asyncio.sleep(0.25)
        os.kill(pid, signal.SIGKILL)
        while pool.stats()[0]["pid"] in (pid, None):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)
        # these come while the lost part is tried once more
        small = await asyncio.gather(*(pool.predict(spec, rows(float(i))) for i in range(4)))
        return await large, small, pool.stats()[0]

    large, small, stats = with_pool(job)
    assert np.array_equal(large.values, values * 2)
    assert [float(one.values[0]) for one in small] == [0.0, 2.0, 4.0, 6.0]
    assert stats["rows"] == len(values) + len(small)


def test_requests_that_come_beside_those_that_kill_are_all_answered(
    make_spec, with_pool, behaviours
):
    spec = make_spec(behaviours["ExitsOnNegative"](), format="pickle")

    async def job(pool):
        await pool.load(spec, rows(1.0))
        tasks = []
        for turn in range(60):
            value = -1.0 if turn in (10, 40) else float(turn)
            tasks.append(asyncio.ensure_future(pool.predict(spec, rows(value))))
            await asyncio.sleep(0.02)
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = with_pool(job)
    for turn, result in enumerate(results):
        if turn in (10, 40):
            assert isinstance(result, WorkerUnavailable)
        else:
            assert result.values.tolist() == [2.0 * turn]


def test_an_idle_worker_that_is_killed_is_replaced(make_spec, with_pool):
    spec = make_spec(linear())

    async def job(pool):
        pid = (await pool.load(spec)).pid
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.05)
        return await pool.predict(spec, rows(4.0))

    assert with_pool(job).values == pytest.approx([8.0])


def test_a_call_that_never_ends_is_cut_off(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Slow"](60.0), format="pickle")

    async def job(pool):
        await pool.load(spec)
        with pytest.raises(WorkerUnavailable, match="longer than"):
            await pool.predict(spec, rows(1.0))

    with_pool(job, predict_timeout=0.4)


@pytest.mark.parametrize("format", ["skops", "joblib", "pickle", "onnx"])
def test_a_file_that_is_no_model(format, raw_spec, with_pool):
    spec = raw_spec(b"not a model at all", format)

    async def job(pool):
        with pytest.raises((ModelFailed, UnsupportedFormat)) as failure:
            await pool.load(spec)
        return failure.value

    error = with_pool(job)
    assert error.advice


def test_a_broken_pickle_has_its_traceback(raw_spec, with_pool):
    spec = raw_spec(b"\x80\x04\x95broken.", "pickle")

    async def job(pool):
        with pytest.raises(ModelFailed) as failure:
            await pool.predict(spec, rows(1.0))
        return failure.value

    assert "Traceback" in with_pool(job).fields["traceback"]


def test_a_model_that_ends_the_process_while_loading(raw_spec, with_pool):
    spec = raw_spec(b"\x80\x04cos\n_exit\nK\x05\x85R.", "pickle")

    async def job(pool):
        with pytest.raises(ModelFailed) as failure:
            await pool.load(spec)
        return failure.value

    assert "status 5" in with_pool(job).detail


def test_loading_that_takes_too_long(raw_spec, with_pool):
    spec = raw_spec(b"\x80\x04ctime\nsleep\nK\x3c\x85R.", "pickle")

    async def job(pool):
        began = time.monotonic()
        with pytest.raises(ModelFailed, match="within 1 seconds"):
            await pool.load(spec)
        return time.monotonic() - began

    assert with_pool(job, start_timeout=1.0) < 5


def test_an_interpreter_that_does_not_exist(make_spec, with_pool):
    spec = make_spec(linear(), interpreter=("/nowhere/bin/python",))

    async def job(pool):
        with pytest.raises(ModelFailed, match="/nowhere/bin/python"):
            await pool.load(spec)

    with_pool(job)


@pytest.mark.parametrize(
    ("module", "format", "extra"),
    [
        ("sklearn", "joblib", "sklearn"),
        ("skops", "skops", "sklearn"),
        ("sklearn", "pickle", "sklearn"),
        ("onnxruntime", "onnx", "onnx"),
    ],
)
def test_a_missing_library_names_its_extra(
    module, format, extra, make_spec, raw_spec, with_pool, tmp_path
):
    # an interpreter whose start-up hides the module, as if it were not installed
    hide = tmp_path / "hide"
    hide.mkdir()
    (hide / "usercustomize.py").write_text(
        textwrap.dedent(
            f"""
            import sys
            class Hide:
                def find_spec(self, name, path=None, target=None):
                    if name.partition(".")[0] == {module!r}:
                        raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
            sys.meta_path.insert(0, Hide())
            """
        )
    )
    # virtual environments do not import usercustomize; import it by hand
    starter = (
        f"import sys; sys.path.insert(0, {str(hide)!r}); import usercustomize; "
        "import runpy; script = sys.argv[1]; sys.argv[:] = sys.argv[1:]; "
        "runpy.run_path(script, run_name='__main__')"
    )
    interpreter = (sys.executable, "-c", starter)
    if format == "onnx":
        skl2onnx = pytest.importorskip("skl2onnx")
        model = skl2onnx.to_onnx(linear(), np.zeros((1, 1), np.float32))
    else:
        model = linear()
    spec = make_spec(model, format=format, interpreter=interpreter)

    async def job(pool):
        with pytest.raises(MissingExtra) as missing:
            await pool.load(spec)
        return missing.value

    error = with_pool(job)
    assert error.fields["extra"] == extra
    assert f"jupyter_registry[{extra}]" in error.advice


def test_an_idle_worker_is_stopped_and_started_again_on_demand(make_spec, with_pool, alive):
    spec = make_spec(linear())

    async def job(pool):
        pid = (await pool.load(spec)).pid
        for _ in range(200):
            if not alive(pid):
                break
            await asyncio.sleep(0.05)
        assert not alive(pid)
        assert pool.stats()[0]["running"] is False
        scores = await pool.predict(spec, rows(3.0))
        assert pool.stats()[0]["pid"] != pid
        return scores

    assert with_pool(job, idle_seconds=0.3).values == pytest.approx([6.0])


def test_a_request_that_comes_while_an_idle_worker_is_being_stopped(
    make_spec, with_pool, behaviours
):
    spec = make_spec(behaviours["Slow"](0.05), format="pickle")

    async def job(pool):
        await pool.load(spec)
        supervisor = pool._supervisors[spec.key]
        for delay in range(6):
            stopping = asyncio.ensure_future(pool._stop(supervisor))
            for _ in range(delay):
                await asyncio.sleep(0)
            scores = await asyncio.wait_for(pool.predict(spec, rows(2.0)), 15)
            assert scores.values.tolist() == [4.0]
            await stopping

    with_pool(job)


def test_retiring_answers_what_waits_and_stops(make_spec, with_pool, behaviours, alive):
    spec = make_spec(behaviours["Slow"](0.1), format="pickle")

    async def job(pool):
        pid = (await pool.load(spec)).pid
        tasks = [asyncio.ensure_future(pool.predict(spec, rows(float(i)))) for i in range(6)]
        await asyncio.sleep(0.01)
        await pool.retire(spec.package_id)
        assert not alive(pid)
        assert pool.stats() == []
        return await asyncio.gather(*tasks)

    assert [float(one.values[0]) for one in with_pool(job)] == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]


def test_retiring_does_not_hang_on_cancelled_requests(make_spec, with_pool, behaviours):
    spec = make_spec(behaviours["Fitted"](), format="pickle")

    async def job(pool):
        task = asyncio.ensure_future(pool.predict(spec, rows(1.0)))
        await asyncio.sleep(0.01)  # the worker is being started
        task.cancel()
        await asyncio.wait_for(pool.retire(spec.package_id), 20)
        assert pool.stats() == []

    with_pool(job)


def test_no_more_workers_than_allowed(make_spec, with_pool, alive):
    specs = [make_spec(linear()) for _ in range(3)]

    async def job(pool):
        pids = [(await pool.load(spec)).pid for spec in specs]
        assert [alive(pid) for pid in pids] == [False, True, True]
        scores = await asyncio.gather(*(pool.predict(spec, rows(1.0)) for spec in specs))
        assert sum(row["running"] for row in pool.stats()) == 2
        return scores

    assert all(one.values == pytest.approx([2.0]) for one in with_pool(job, max_workers=2))


def test_closing_with_requests_on_their_way(make_spec, behaviours, alive):
    from jupyter_registry.serving.pool import WorkerPool

    spec = make_spec(behaviours["Slow"](5.0), format="pickle")

    async def main():
        pool = WorkerPool()
        pid = (await pool.load(spec)).pid
        tasks = [asyncio.ensure_future(pool.predict(spec, rows(1.0))) for _ in range(3)]
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await pool.close()
        assert time.monotonic() - began < 4
        assert not alive(pid)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, WorkerUnavailable) for one in results)
        with pytest.raises(RegistryError):
            await pool.predict(spec, rows(1.0))

    asyncio.run(main())


def test_workers_end_when_the_server_is_killed(make_spec, behaviours, alive):
    spec = make_spec(behaviours["Slow"](30.0), format="pickle")
    program = f"""
import asyncio, sys
from pathlib import Path
import numpy as np
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target
from jupyter_registry.serving.pool import WorkerPool, WorkerSpec

async def main():
    pool = WorkerPool()
    spec = WorkerSpec(1, Path({str(spec.files)!r}), "pickle", Target("y", TargetType.REGRESSION),
        Signature((Column("x", Dtype.NUMBER),)), (sys.executable,))
    report = await pool.load(spec)
    print(report.pid, flush=True)
    await pool.predict(spec, {{"x": np.ones(1)}})  # busy when the end comes

asyncio.run(main())
"""
    server = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    pid = int(server.stdout.readline())
    assert alive(pid)
    time.sleep(0.1)
    server.kill()
    server.wait()
    server.stdout.close()
    for _ in range(100):
        if not alive(pid):
            break
        time.sleep(0.02)
    assert not alive(pid)
