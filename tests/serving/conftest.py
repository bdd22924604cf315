"""Real models on disk, and pools of real workers to serve them."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import save_model
from jupyter_registry.serving.pool import WorkerPool
from jupyter_registry.serving.specs import WorkerSpec


class Fitted:
    """A regression on column ``x`` with some behaviour; kept by value in its pickle."""

    n_features_in_ = 1
    _estimator_type = "regressor"

    def predict(self, table: Any) -> Any:
        return np.asarray(table, dtype=float)[:, 0] * 2.0


class RaisesOnNegative(Fitted):
    def predict(self, table: Any) -> Any:
        values = np.asarray(table, dtype=float)[:, 0]
        if (values < 0).any():
            raise ValueError("a negative number")
        return values * 2.0


class ExitsOnNegative(Fitted):
    def predict(self, table: Any) -> Any:
        values = np.asarray(table, dtype=float)[:, 0]
        if (values < 0).any():
            import os

            os._exit(7)
        return values * 2.0


class Slow(Fitted):
    """Takes ``seconds`` for a call, however many rows it has."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def predict(self, table: Any) -> Any:
        time.sleep(self.seconds)
        return np.asarray(table, dtype=float)[:, 0] * 2.0


class Surroundings(Fitted):
    """Answers what its process looks like: variables, paths, modules."""

    def __init__(self, question: str) -> None:
        self.question = question

    def predict(self, table: Any) -> Any:
        raise ValueError(f"answer: {eval(self.question)!r}")


NUMBER_X = Signature((Column("x", Dtype.NUMBER),))
REGRESSION = Target("y", TargetType.REGRESSION)

_ids = itertools.count(1)
MakeSpec = Callable[..., WorkerSpec]


@pytest.fixture(scope="session", autouse=True)
def _models_by_value() -> None:
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture
def behaviours() -> Mapping[str, type]:
    """Classes of models that behave in special ways, by name."""
    return {
        kind.__name__: kind
        for kind in (Fitted, RaisesOnNegative, ExitsOnNegative, Slow, Surroundings)
    }


@pytest.fixture
def make_spec(tmp_path: Path) -> MakeSpec:
    """From a model in memory to what the pool is told about it."""

    def make(
        model: Any,
        *,
        signature: Signature = NUMBER_X,
        target: Target = REGRESSION,
        format: str | None = None,
        interpreter: tuple[str, ...] = (sys.executable,),
        env: Mapping[str, str] | None = None,
    ) -> WorkerSpec:
        package_id = next(_ids)
        folder = tmp_path / f"package-{package_id}"
        folder.mkdir()
        chosen, _ = save_model(model, folder, format)
        return WorkerSpec(
            package_id, folder, chosen.name, target, signature, interpreter, dict(env or {})
        )

    return make


@pytest.fixture
def raw_spec(tmp_path: Path) -> MakeSpec:
    """A spec of a folder that holds one file of given bytes."""

    def make(content: bytes, format: str, **changes: Any) -> WorkerSpec:
        package_id = next(_ids)
        folder = tmp_path / f"package-{package_id}"
        folder.mkdir()
        (folder / "model.bin").write_bytes(content)
        return WorkerSpec(
            package_id, folder, format, REGRESSION, NUMBER_X, (sys.executable,), **changes
        )

    return make


@pytest.fixture
def with_pool() -> Callable[..., Any]:
    """Run a coroutine function with a pool; afterwards no process of the pool is left."""

    @asynccontextmanager
    async def opened(**options: Any) -> AsyncIterator[WorkerPool]:
        pool = WorkerPool(**options)
        try:
            yield pool
        finally:
            await pool.close()

    def run(job: Callable[[WorkerPool], Awaitable[Any]], **options: Any) -> Any:
        async def main() -> Any:
            async with opened(**options) as pool:
                result = await asyncio.wait_for(job(pool), 60)
                pids = [row["pid"] for row in pool.stats() if row["pid"]]
            assert not any(is_alive(pid) for pid in pids)
            return result

        return asyncio.run(main())

    return run


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    if sys.platform == "linux":
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return True


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Whether a process of that id runs."""
    return is_alive
