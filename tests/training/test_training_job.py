"""The job: a process that reads job.json and tells lines on stdout, as the server starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import jupyter_registry
from jupyter_registry.domain.leaderboards import BoardModelCreate, LeaderboardCreate
from jupyter_registry.formats import find_model

START = Path(jupyter_registry.__file__).parent / "run_module.py"
#: Goes on for some time after the first model.
LONGER: dict[str, Any] = {
    "families": ["baseline", "linear", "forest", "hist_gradient_boosting"],
    "tune": False,
    "threads": 1,
}


def _job(folder: Path, table: pd.DataFrame, **job: Any) -> subprocess.Popen[str]:
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / "data.csv", index=False)
    options = {"families": ["baseline", "linear"], "tune": False, "threads": 1}
    (folder / "job.json").write_text(
        json.dumps({"data": str(folder / "data.csv"), "target": "target", "options": options} | job)
    )
    return subprocess.Popen(
        [sys.executable, str(START), "jupyter_registry.training.job", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )


def test_a_job_tells_lines_and_leaves_files(wine: pd.DataFrame, tmp_path: Path) -> None:
    process = _job(tmp_path, wine, time_budget=240, name="wines", source="cellar.csv")
    out, log = process.communicate()
    assert process.returncode == 0, log
    events = [json.loads(line) for line in out.splitlines()]
    board = LeaderboardCreate.model_validate(events[0]["board"])
    assert (board.name, board.data.source) == ("wines", "cellar.csv")
    models = [event for event in events if event["event"] == "model"]
    assert [event["model"]["label"] for event in models] == ["Constant", "Linear model"]
    for event in models:
        BoardModelCreate.model_validate(event["model"])
        (file,) = event["files"].values()
        kind, _ = find_model(tmp_path / file)
        assert kind.name == event["model"]["format"]
    assert {event["event"] for event in events} == {"begin", "progress", "model", "end"}
    assert events[-1] == {"event": "end", "state": "done", "error": None}
    assert "Linear model: log_loss" in log


def test_a_job_is_stopped_by_a_file(wine: pd.DataFrame, tmp_path: Path) -> None:
    """While it trains: then what is there is kept, and the rest is not begun."""
    process = _job(tmp_path, wine, time_budget=240, options=LONGER)
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["event"] == "model":
            (tmp_path / "stop").touch()
    assert process.wait() == 0
    assert events[-1] == {"event": "end", "state": "stopped", "error": None}
    assert 1 <= sum(event["event"] == "model" for event in events) < len(LONGER["families"])


def test_a_job_that_is_terminated_keeps_what_is_there(wine: pd.DataFrame, tmp_path: Path) -> None:
    process = _job(tmp_path, wine, time_budget=240, options=LONGER)
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["event"] == "model":
            process.terminate()
    assert process.wait() == 0
    assert events[-1] == {"event": "end", "state": "stopped", "error": None}


@pytest.mark.parametrize(
    ("job", "field", "said"),
    [
        ({"target": "vintage"}, "target", "vintage"),
        ({"time_budget": 1}, "time_budget", "too short"),
        ({"options": {"partition": "odd"}}, "partition", "odd"),
        ({"options": {"speed": "high"}}, "options", "speed"),
        ({"data": "nowhere.csv"}, "path", "nowhere.csv"),
    ],
)
def test_a_job_is_refused(
    job: dict[str, Any], field: str, said: str, wine: pd.DataFrame, tmp_path: Path
) -> None:
    process = _job(tmp_path, wine, **({"time_budget": 60} | job))
    out, log = process.communicate()
    assert process.returncode == 2
    (line,) = out.splitlines()
    told = json.loads(line)
    assert told["event"] == "refused"
    assert told["error"]["type"] == "InvalidInput"
    assert told["error"]["advice"]
    assert field in told["error"]["fields"]
    assert said in told["error"]["detail"]
    assert told["error"]["detail"] in log
