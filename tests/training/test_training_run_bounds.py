"""What a run bears: too little memory or disk, candidates that die, the end of who began it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_registry.domain.errors import ModelFailed, StorageUnavailable
from jupyter_registry.training.child import Child, _free_of_group
from jupyter_registry.training.forks import CAN_FORK
from jupyter_registry.training.leaderboard import Leaderboard
from jupyter_registry.training.run import Run
from tests.training.conftest import KeepingSink

Trained = tuple[Leaderboard, KeepingSink]
QUICK = ["baseline", "linear"]


def _small(data: pd.DataFrame, target: str, **options: Any) -> Leaderboard:
    return Leaderboard(data, target, **({"families": QUICK, "tune": False, "threads": 1} | options))


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """The children that were started, one for each time."""
    started: list[Child] = []
    start = Child.start

    def counted(child: Child) -> None:
        started.append(child)
        start(child)

    monkeypatch.setattr(Child, "start", counted)
    return started


def test_a_candidate_that_needs_too_much_memory_fails_alone(
    tmp_path: Path, starts: list[Child]
) -> None:
    """101 texts of 40 values each: 4,040 columns for the linear model, 101 for the other one.

    They are too many for importance, which the test is not about.
    """
    random = np.random.default_rng(0)
    n = 8_000
    words = np.array([f"word {i}" for i in range(40)], dtype=object)
    frame = pd.DataFrame({f"c{i}": words[random.integers(0, 40, n)] for i in range(101)})
    frame["target"] = np.where(random.random(n) < 0.5, "yes", "no")
    sink = KeepingSink(tmp_path)
    board = _small(
        frame,
        "target",
        families=["linear", "xgboost"],
        folds=1,
        memory_limit_mb=500,
        metric="log_loss",
    )
    board.run(300, sink=sink, progress=False)
    told = {model["label"]: model for model, _ in sink.models}
    assert told["Linear model"]["state"] == "failed"
    assert "500 MB are allowed" in told["Linear model"]["reason"]
    assert told["XGBoost"]["state"] == "done", told["XGBoost"]["reason"]
    assert sink.ended == [("done", None)]
    assert len(starts) == 1 or not CAN_FORK  # nothing was imported or loaded again


def test_memory_that_not_even_the_start_fits_into_is_said(
    wine: pd.DataFrame, tmp_path: Path
) -> None:
    sink = KeepingSink(tmp_path)
    with pytest.raises(ModelFailed, match="30 MB are allowed"):
        _small(wine, "target", memory_limit_mb=30).run(60, sink=sink, progress=False)
    assert sink.board is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no limits of a process")
def test_a_model_that_cannot_be_written_fails_alone(diabetes: pd.DataFrame, tmp_path: Path) -> None:
    import resource

    sink = KeepingSink(tmp_path / "some")
    board = _small(diabetes, "target", families=["linear", "forest"], folds=1)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        board.run(240, sink=sink, progress=False)
        none = KeepingSink(tmp_path / "none")
        with pytest.raises(StorageUnavailable, match="full: no model could be written") as full:
            _small(diabetes, "target", families=["forest"], folds=1).run(
                240, sink=none, progress=False
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(sink.done) == ["Linear model"]
    assert "no room left on the disk" in sink.models[1][0]["reason"]
    assert sink.ended == [("done", None)]
    assert none.ended == [("failed", str(full.value))]


def test_the_memory_of_a_container_is_its_limit(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("700000\n")
    (tmp_path / "memory.stat").write_text("anon 400000\ninactive_file 200000\n")
    assert _free_of_group(tmp_path) == 500_000
    (tmp_path / "memory.max").write_text("max\n")
    assert _free_of_group(tmp_path) is None


def test_a_candidate_that_dies_fails_alone(
    wine: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process of the first candidate is killed; the others train in another one."""
    sink = KeepingSink(tmp_path)
    board = _small(wine, "target", folds=1)
    ordered = Run._candidate

    def killed_once(run: Run, label: str, *given: Any, **named: Any) -> None:
        if label == "Constant":
            assert run.child._process is not None
            os.kill(run.child._process.pid, signal.SIGKILL)
        ordered(run, label, *given, **named)

    monkeypatch.setattr(Run, "_candidate", killed_once)
    board.run(240, sink=sink, progress=False)
    told = {model["label"]: model for model, _ in sink.models}
    assert told["Constant"]["state"] == "failed"
    assert "signal 9" in told["Constant"]["reason"]
    assert told["Linear model"]["state"] == "done"
    assert sink.ended == [("done", None)]


@pytest.mark.skipif(not CAN_FORK, reason="candidates share a process")
def test_only_the_copy_that_trains_a_candidate_dies_with_it(
    wine: pd.DataFrame, tmp_path: Path, starts: list[Child]
) -> None:
    """As a library does that crashes; and the child has nothing to load again."""
    killed = []

    def kill() -> None:
        while not starts or starts[0]._working is None:
            time.sleep(0.001)
        killed.append(starts[0]._working)
        os.kill(starts[0]._working, signal.SIGSEGV)

    killer = threading.Thread(target=kill)
    killer.start()
    sink = KeepingSink(tmp_path)
    _small(wine, "target", families=["forest", "linear"]).run(240, sink=sink, progress=False)
    killer.join()
    told = {model["label"]: model for model, _ in sink.models}
    failed, done = told["Random forest"], told["Linear model"]
    if failed["state"] == "done":  # the families' order
        failed, done = done, failed
    assert failed["state"] == "failed"
    assert "signal 11" in failed["reason"]
    assert done["state"] == "done"
    assert len(starts) == 1
    assert not _lives(killed[0])


def test_the_child_ends_with_the_one_who_started_it(wine: pd.DataFrame, tmp_path: Path) -> None:
    """Killed without a chance to clean up, a run leaves no process behind."""
    data = tmp_path / "wine.csv"
    wine.to_csv(data, index=False)
    code = f"""
import sys, threading, time
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from jupyter_registry.training.leaderboard import Leaderboard
from jupyter_registry.training.child import Child
from jupyter_registry.training.sink import FolderSink
start = Child.start
def told(child):
    start(child)
    print("child", child._process.pid, flush=True)
Child.start = told
answers = Child.answers
def watched(child, *given):
    for answer in answers(child, *given):
        print("copy", child._working or 0, flush=True)
        yield answer
Child.answers = watched
board = Leaderboard({str(data)!r}, "target", tune=False, threads=1)
board.run(300, sink=FolderSink({str(tmp_path)!r}), progress=False)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = copy = 0
    for line in parent.stdout:
        if line.startswith("child"):
            child = int(line.split()[1])
        if line.startswith("copy"):
            copy = int(line.split()[1])
        if '"event": "model"' in line:
            break
    assert child
    assert copy or not CAN_FORK
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (_lives(child) or _lives(copy)):
        time.sleep(0.1)
    assert not _lives(child)
    assert not _lives(copy)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not CAN_FORK, reason="no copies there")
def test_later_copies_of_the_child_find_imported_what_saves_models(tmp_path: Path) -> None:
    """Of a fresh process: it is half a second for each model otherwise."""
    code = (
        "import sys, io, pathlib\n"
        "from jupyter_registry.training.worker import _Worker\n"
        f"worker = _Worker(pathlib.Path({str(tmp_path)!r}), io.StringIO())\n"
        "worker.start()\n"
        "print('skops.io' in sys.modules)\n"
        "worker.work_apart({'order': 1, 'do': 'nothing'})\n"
        "print('skops.io' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "True"]
