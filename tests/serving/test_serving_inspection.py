"""Inspections by real workers: two at once, killed when cancelled, whatever the code writes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.domain.errors import ModelFailed, WorkerUnavailable
from jupyter_registry.domain.kinds import InspectionStage
from jupyter_registry.serving.pool import InspectionSpec, WorkerPool


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[str, str], InspectionSpec]:
    """An inspection of a folder whose code does this when it loads its model."""

    def made(name: str, loading: str) -> InspectionSpec:
        folder = tmp_path / name
        folder.mkdir()
        note = f"import os; open({str(tmp_path / name)!r} + '.pid', 'w').write(str(os.getpid()))"
        (folder / "custom.py").write_text(
            f"def load_model(code_dir):\n    {note}\n    {loading}\n"
            "def score(data, model):\n    return [0.0] * len(data)\n"
        )
        order = dict.fromkeys(("training", "holdout", "format", "target_name", "predictions"))
        order |= {"model": str(folder), "target": {"type": "regression"}}
        return InspectionSpec(name, order, (sys.executable,))

    return made


def quietly(*_: Any) -> None:
    pass


async def pid_of(tmp_path: Path, name: str) -> int:
    note = tmp_path / f"{name}.pid"
    while not note.exists() or not note.read_text():
        await asyncio.sleep(0.02)
    return int(note.read_text())


def test_two_run_at_once_and_the_third_waits(
    asked: Any, with_pool: Any, alive: Any, tmp_path: Path
) -> None:
    sleeping = "import time; time.sleep(600)"

    async def job(pool: WorkerPool) -> None:
        stages: list[InspectionStage] = []
        first, second = (
            asyncio.ensure_future(pool.inspect(asked(name, sleeping), quietly)) for name in "ab"
        )
        pids = [await pid_of(tmp_path, name) for name in "ab"]
        third = asyncio.ensure_future(
            pool.inspect(asked("c", "return None"), lambda stage, *_: stages.append(stage))
        )
        await asyncio.sleep(0.3)
        assert not stages
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert not alive(pids[0])
        found = await third
        assert found["missing"].keys() == {"target_name", "signature"}
        assert stages == [
            InspectionStage.STARTING, InspectionStage.LOADING, InspectionStage.READING,
        ]  # fmt: skip
        assert not second.done()
        await pool.close()
        assert not alive(pids[1])
        with pytest.raises(asyncio.CancelledError):
            await second
        with pytest.raises(WorkerUnavailable):
            await pool.inspect(asked("d", "return None"), quietly)

    with_pool(job)


@pytest.mark.parametrize(
    "message",
    [
        '{"op": "stage"}',
        '{"op": "found", "found": 3}',
        '{"op": "nothing known"}',
        "[1, 2]",
        '{"op": "failed", "error": "SystemExit", "detail": "x"}',
    ],
)
def test_what_model_code_writes_to_the_socket_harms_nothing(
    message: str, asked: Any, with_pool: Any
) -> None:
    head = message.encode()
    # the worker's socket is the descriptor that its command names last
    writes = (
        f"import struct, sys; os.write(int(sys.argv[-1]), struct.pack('<IQ', {len(head)}, 0) "
        f"+ {head!r})"
    )

    async def job(pool: WorkerPool) -> None:
        with pytest.raises(ModelFailed):
            await pool.inspect(asked("writes", writes), quietly)

    with_pool(job)
