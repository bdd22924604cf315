"""Leaderboards of the client as people see them: in a notebook, in a terminal, as a table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.leaderboards import Board
from jupyter_registry.training.http_sink import HttpSink
from tests.board_samples import board_body, failed_body, model_body


@pytest.fixture
def board(registry: Registry, name: str, tmp_path: Path) -> Board:
    """A leaderboard with a linear model (1), a forest (2) and one that failed (3)."""
    sink = HttpSink(registry)
    sink.begin(board_body(name, description="<b>cells</b>"))
    for kind in ("linear", "forest"):
        sink.model(*model_body(kind, tmp_path / kind))
    sink.model(failed_body(), {})
    sink.end("done", None)
    found: Board = sink.board()
    return found


def shell(live_server: Any, *arguments: str, code: int = 0) -> str:
    environment = {
        **os.environ,
        "JUPYTER_REGISTRY_URL": live_server.url,
        "JUPYTER_REGISTRY_TOKEN": live_server.token,
    }
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_registry.client.cli", *arguments],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def test_the_command_line_lists_and_shows(live_server: Any, board: Board, tmp_path: Path) -> None:
    listed = json.loads(shell(live_server, "leaderboards", "--name", board.name, "--json"))
    assert [(item["id"], item["leader"]) for item in listed] == [(board.id, "Random forest")]
    assert "Random forest" in shell(live_server, "leaderboards", board.name, "--state", "done")
    assert "There are none" in shell(live_server, "leaderboards", "--name", "nothing")
    shown = shell(live_server, "leaderboard", str(board.id), "--metric", "log_loss")
    assert "log_loss" in shown
    assert failed_body()["reason"] in shown
    whole = json.loads(shell(live_server, "leaderboard", str(board.id), "--json"))
    assert [model["number"] for model in whole["models"]] == [2, 1, 3]
    assert whole["recipe"] == {"seed": 7}
    file = tmp_path / "models.csv"
    shell(live_server, "leaderboard", str(board.id), "-o", str(file))
    assert file.read_text().splitlines()[1].startswith('1,2,"Random forest"')
    assert "no leaderboard" in shell(live_server, "leaderboard", "999999", code=1)
    told = shell(live_server, "leaderboard", str(board.id), "--metric", "rmse", code=1)
    assert "not a metric of a binary target" in told


def test_what_is_shown_is_escaped_and_the_seal_is_said(board: Board) -> None:
    shown = board._repr_html_()
    assert "<b>" not in shown
    assert "The column &#x27;x&#x27; was dropped" in shown
    model = board.model(1)
    assert "unlock()" in model._repr_html_()
    opened = board.unlock(1)
    assert "unlock()" not in opened._repr_html_()
    assert opened.unlocked_by
    assert board.models()[0].holdout == opened.holdout
    assert repr(opened) == "<BoardModel 2: Random forest, done>"


def test_a_rank_follows_the_metric_that_is_asked_for(board: Board) -> None:
    best = {metric: board.models(metric)[0].label for metric in ("auc", "log_loss")}
    for metric, label in best.items():
        assert board.model(1, metric).label == label
    package = board.register(2, metric="log_loss", tags={"team": 1}, aliases=["second"])
    assert package.tags == {"team": "1"}
    assert package.provenance["leaderboard"]["label"] == board.models("log_loss")[1].label
    assert board.packages == [package.reference]
    back = package.leaderboard()
    assert back is not None
    assert back.id == board.id
    assert board.refresh().to_frame()["package"].dropna().tolist() == [package.reference]


@pytest.mark.parametrize("kind", ["ranking", "scoring_time"])
def test_a_board_is_drawn_as_it_is(board: Board, kind: Any) -> None:
    from jupyter_registry import plots

    figure = plots.leaderboard(board.models("log_loss"), kind=kind)
    said = "".join(str(axes.get_xlabel()) + str(axes.get_ylabel()) for axes in figure.axes)
    assert "Log loss (lower is better)" in said
    drawn = {text.get_text() for axes in figure.axes for text in axes.get_yticklabels()}
    drawn |= {text.get_text() for axes in figure.axes for text in axes.texts}
    assert any("Random forest" in text for text in drawn)
