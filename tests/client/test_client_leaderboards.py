"""Leaderboards of the client as people see them: in a notebook, in a terminal, as a table."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.leaderboards import Board
from jupyter_registry.training.http_sink import HttpSink
from tests.board_samples import board_body, data, failed_body, model_body

from . import forking


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


def shell(live_server: Any, *arguments: str, code: int = 0, stdin: str = "") -> str:
    environment = {
        **os.environ,
        "JUPYTER_REGISTRY_URL": live_server.url,
        "JUPYTER_REGISTRY_TOKEN": live_server.token,
    }
    ended, out, err = forking.run(arguments, Path.cwd(), environment, stdin)
    assert ended == code, out + err
    return out if code == 0 else err


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


def test_the_command_line_trains_again_compares_and_deletes(
    live_server: Any, registry: Registry, board: Board, tmp_path: Path
) -> None:
    import pandas as pd

    file = tmp_path / "new.csv"
    pd.concat(data()).to_csv(file, index=False)
    recipe = ("--family", "linear", "--no-tune", "--time-budget", "240")
    again = json.loads(shell(live_server, "rerun", str(board.id), str(file), *recipe, "--json"))
    assert (again["predecessor_id"], again["state"], again["seed"]) == (board.id, "done", 7)
    assert [model["label"] for model in again["models"]] == ["Linear model"]
    new = str(again["id"])
    assert new in shell(live_server, "leaderboard", str(board.id))  # the successor's

    compared = json.loads(shell(live_server, "compare", new, "--json"))
    assert compared["new"] == f"Linear model (board {new})"
    assert compared["old"] == f"Random forest (board {board.id})"
    measured = {item["metric"]: item for item in compared["metrics"]}
    assert measured["auc"]["difference"] == pytest.approx(
        measured["auc"]["new"] - measured["auc"]["old"]
    )
    shown = shell(live_server, "compare", new, "Linear model", "--with", "2")
    assert f"Both on the same {compared['rows']} rows" in shown
    shell(live_server, "compare", new, "-o", str(tmp_path / "compared.csv"))
    assert (tmp_path / "compared.csv").read_text().startswith('"metric","old","new"')
    assert "no model 'nothing'" in shell(live_server, "compare", new, "nothing", code=1)
    assert "not trained as another's successor" in shell(
        live_server, "compare", str(board.id), code=1
    )

    for answer in ("", "n\n"):
        told = shell(live_server, "delete-leaderboard", new, code=1, stdin=answer)
        assert "1 models, which are deleted with it" in told
        assert told.endswith("Nothing was deleted.\n")
    assert "Deleted" in shell(live_server, "delete-leaderboard", new, stdin="y\n")
    assert json.loads(
        shell(live_server, "delete-leaderboard", str(board.id), "--yes", "--json")
    ) == {"deleted": board.id}
    assert registry.leaderboards(name=board.name).total() == 0


def test_the_command_line_tells_what_cannot_be_trained_on(
    live_server: Any, registry: Registry, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "data.csv"
    data()[0].to_csv(file, index=False)
    wanted = ("train", str(file), "--target", "nothing", "--name", name)
    assert "'nothing'" in shell(live_server, *wanted, code=1)
    assert "There is no file" in shell(live_server, "train", "no.csv", "--target", "y", code=1)
    assert registry.leaderboards(name=name).total() == 0


def test_a_model_tells_what_it_would_run_in_before_it_is_a_package(board: Board) -> None:
    model = board.model(1)
    checks = {check.name: check.message for check in model.checks(environment="package")}
    assert list(checks) == ["not_archived", "environment", "library_versions"]
    assert "is built from captured versions" in checks["environment"]
    found = model.environment()
    assert (found.package_id, found.state) == (None, "absent")
    assert "scikit-learn==1" in found.requirements
    package = board.register(1)
    assert model.environment().package_id == package.id
    assert package.environment().key == found.key  # the same is built, once


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
