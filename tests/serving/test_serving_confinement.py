"""What a model may use, and that nothing of it is left, whatever its code does."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_registry.domain.errors import (
    ModelFailed,
    ModelRejectedInput,
    PredictionTimeout,
    WorkerUnavailable,
)
from jupyter_registry.serving.confinement import Limits, machine_memory, memory_of_sessions
from jupyter_registry.serving.worker.scope import can_keep

linux = pytest.mark.skipif(sys.platform != "linux", reason="by what Linux tells of processes")

#: Code of a model, run for each call; ``x`` has the values.
_EATS = """
if (x < 0).any():
    import time
    held = [bytearray(50_000_000) for _ in range(20)]
    [block.__setitem__(slice(None, None, 4096), b"x" * len(block[::4096])) for block in held]
    time.sleep(20)
"""
#: A grandchild in a session of its own, whose parent has ended: no one's child any more.
_LEAVES_A_DAEMON = """
import os, subprocess, sys
code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
launch = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', "
    f"{code!r}, sys.argv[1]], start_new_session=True)"
)
subprocess.run([sys.executable, "-c", launch, where], check=True)
open("left behind", "w").write("in its working folder")
raise ValueError(f"it works in {os.getcwd()!r}")
"""
#: The same by a child in a session of its own.
_HAS_A_CHILD_EAT = (
    """
if (x < 0).any():
    import os
    if os.fork():
        os.wait()
    os.setsid()
"""
    + _EATS
)
#: Children that have all that the worker has, and write to none of it.
_SHARES = """
import os, time
held = bytearray(b"x") * 250_000_000
for _ in range(3):
    if not os.fork():
        time.sleep(3)
        os._exit(0)
time.sleep(2)
"""
#: A child with all that the worker has open, in a session of its own, before the worker ends.
_LEAVES_A_COPY = """
if (x < 0).any():
    import ctypes, os, time
    if not {fork}():
        os.setsid()
        open(where, "w").write(str(os.getpid()))
        time.sleep(600)
    while not os.path.exists(where):
        time.sleep(0.01)
    {then}
"""
#: A child that goes on as if it were the worker; who answers is told.
_GOES_ON_TWICE = "import os\nif (x < 0).any(): os.fork()\nx[:] = os.getpid()"
_OPENS = "import os; held = [os.open(os.devnull, os.O_RDONLY) for _ in range(3000)]"
_ASKS = "held = bytearray(64 * 1024**4)"


class Runs:
    """A regression on ``x`` that runs some code before it answers."""

    n_features_in_ = 1
    _estimator_type = "regressor"

    def __init__(self, code: str, where: str = "") -> None:
        self.code = code
        self.where = where

    def predict(self, table: Any) -> Any:
        x = np.asarray(table, dtype=float)[:, 0]
        exec(self.code, {"x": x, "where": self.where})
        return x * 2.0


@pytest.fixture(autouse=True, scope="module")
def _by_value() -> None:
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])


def rows(*values: float) -> dict[str, Any]:
    return {"x": np.array(values, dtype=float)}


def _raised_by(make_spec: Any, code: str) -> Any:
    """A job for a pool: what is told of the ``ValueError`` that a model's code raises."""
    spec = make_spec(Runs(code), format="pickle")

    async def job(pool: Any) -> str:
        await pool.load(spec)
        with pytest.raises(ModelRejectedInput) as failure:
            await pool.predict(spec, rows(1.0))
        return str(failure.value)

    return job


@linux
@pytest.mark.parametrize("code", [_EATS, _HAS_A_CHILD_EAT], ids=["itself", "its child"])
def test_a_model_that_eats_memory_is_ended_and_only_its_request_fails(
    code: str, make_spec, with_pool
) -> None:
    spec = make_spec(Runs(code), format="pickle")

    async def job(pool: Any) -> Any:
        await pool.load(spec, rows(1.0))
        asked = [pool.predict(spec, rows(value)) for value in (1.0, -1.0, 3.0)]
        return await asyncio.gather(*asked, return_exceptions=True)

    one, eater, three = with_pool(job, limits=Limits(memory_mb=500))
    assert isinstance(eater, WorkerUnavailable)
    assert "MB of memory; 500 MB are allowed" in eater.detail
    assert (one.values.tolist(), three.values.tolist()) == ([2.0], [6.0])


@linux
def test_what_children_share_counts_once(make_spec, with_pool) -> None:
    spec = make_spec(Runs(_SHARES), format="pickle")

    async def job(pool: Any) -> Any:
        return await pool.predict(spec, rows(1.0))

    assert with_pool(job, limits=Limits(memory_mb=600)).values.tolist() == [2.0]


@linux
def test_what_a_model_started_ends_with_it_and_its_folder_goes(
    make_spec, with_pool, alive, tmp_path: Path
) -> None:
    told = tmp_path / "pid"
    spec = make_spec(Runs(_LEAVES_A_DAEMON, str(told)), format="pickle")

    async def job(pool: Any) -> str:
        await pool.load(spec)
        with pytest.raises(ModelRejectedInput) as failure:
            await pool.predict(spec, rows(1.0))
        while not (told.exists() and told.read_text()):
            await asyncio.sleep(0.01)
        assert alive(int(told.read_text()))
        return str(failure.value)

    said = with_pool(job)
    folder = said.partition("it works in '")[2].partition("'")[0]
    assert folder
    assert not Path(folder).exists()
    assert not alive(int(told.read_text()))


@linux
@pytest.mark.parametrize(
    ("fork", "then", "error"),
    [
        ("ctypes.CDLL(None).fork", "os._exit(3)", WorkerUnavailable),
        ("os.fork", "time.sleep(600)", PredictionTimeout),
    ],
)
def test_a_child_that_outlives_its_worker_is_ended_and_another_worker_answers(
    fork: str, then: str, error: type, make_spec, with_pool, alive, tmp_path: Path
) -> None:
    told = tmp_path / "pid"
    code = _LEAVES_A_COPY.format(fork=fork, then=then)
    spec = make_spec(Runs(code, str(told)), format="pickle")

    async def job(pool: Any) -> Any:
        await pool.load(spec, rows(1.0))
        with pytest.raises(error):
            await pool.predict(spec, rows(-1.0), seconds=0.5)
        child = int(told.read_text())
        return child, await pool.predict(spec, rows(2.0))

    child, scores = with_pool(job)
    assert scores.values.tolist() == [4.0]
    assert not alive(child)


@linux
def test_a_copy_of_the_worker_answers_nothing(make_spec, with_pool) -> None:
    spec = make_spec(Runs(_GOES_ON_TWICE), format="pickle")

    async def job(pool: Any) -> Any:
        pid = (await pool.load(spec, rows(1.0))).pid
        await pool.predict(spec, rows(-1.0))
        return pid, [await pool.predict(spec, rows(1.0)) for _ in range(50)]

    pid, scores = with_pool(job)
    assert {one.values.tolist()[0] for one in scores} == {2.0 * pid}


@linux
@pytest.mark.parametrize(
    ("code", "why"), [(_OPENS, "worker_open_files"), (_ASKS, "worker_memory_mb")]
)
def test_what_is_refused_to_a_model_is_told_and_costs_nothing_else(
    code: str, why: str, make_spec, with_pool
) -> None:
    spec = make_spec(Runs(f"if (x < 0).any():\n    {code}"), format="pickle")

    async def job(pool: Any) -> Any:
        first = await pool.load(spec, rows(1.0))
        with pytest.raises(ModelFailed, match=why):
            await pool.predict(spec, rows(-1.0))
        return first.pid, pool.stats()[0]["pid"], await pool.predict(spec, rows(2.0))

    first, last, scores = with_pool(job)
    assert first == last
    assert scores.values.tolist() == [4.0]


@pytest.mark.skipif(not can_keep(), reason="needs Landlock's scopes (Linux 6.12)")
def test_a_model_reaches_no_process_but_its_own(make_spec, with_pool) -> None:
    """Neither can it end the server, nor read its memory; what it started it can."""
    code = """
import os, subprocess, sys

def tried(what):
    try:
        return bool(what())
    except PermissionError:
        return "refused"

child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
said = (
    tried(lambda: os.kill(os.getppid(), 0)),
    tried(lambda: open(f"/proc/{os.getppid()}/mem", "rb")),
    tried(lambda: open(f"/proc/{child.pid}/mem", "rb")),
    child.kill(),
    child.wait(),
)
raise ValueError(repr(said))
"""
    assert "('refused', 'refused', True, None, -9)" in with_pool(_raised_by(make_spec, code))


@linux
def test_a_worker_goes_first_and_runs_where_it_may(make_spec, with_pool) -> None:
    code = """
import os, resource
said = (open("/proc/self/oom_score_adj").read().strip(), len(os.sched_getaffinity(0)),
        resource.getrlimit(resource.RLIMIT_CORE), os.environ["TMPDIR"] == os.getcwd())
raise ValueError(repr(said))
"""
    job = _raised_by(make_spec, code)
    assert "('500', 1, (0, 0), True)" in with_pool(job, limits=Limits(processors=1))


def test_a_call_beyond_its_own_time_fails_alone(make_spec, with_pool) -> None:
    code = "import time; time.sleep(30 if (x < 0).any() else 0)"
    spec = make_spec(Runs(code), format="pickle")

    async def job(pool: Any) -> Any:
        await pool.load(spec, rows(1.0))
        began = time.monotonic()
        slow = asyncio.ensure_future(pool.predict(spec, rows(-1.0), seconds=0.5))
        await asyncio.sleep(0.1)
        # these wait behind it, and are allowed to
        others = [pool.predict(spec, rows(value)) for value in (1.0, 2.0)]
        with pytest.raises(PredictionTimeout, match=r"longer than 0\.5 s"):
            await slow
        took = time.monotonic() - began
        return took, await asyncio.gather(*others), pool.stats()[0]

    took, others, stats = with_pool(job)
    assert took < 10
    assert [one.values.tolist() for one in others] == [[2.0], [4.0]]
    assert stats["restarts"] == 1


@linux
def test_limits_that_are_not_given_follow_the_machine() -> None:
    assert 0 < Limits().memory < machine_memory()
    assert Limits(memory_mb=100).memory == 100e6
    assert memory_of_sessions()[os.getsid(0)] > 10e6
