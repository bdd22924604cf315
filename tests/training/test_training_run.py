"""A run: candidates in a real child process, told to the sink, stopped."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_registry.client import tables
from jupyter_registry.domain.baseline import holdout_metrics
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.leaderboards import BoardModelCreate, LeaderboardCreate, Progress
from jupyter_registry.formats import find_model
from jupyter_registry.formats.scoring import Scorer
from jupyter_registry.training.families import FAMILIES
from jupyter_registry.training.leaderboard import Leaderboard
from tests.training.conftest import KeepingSink

Trained = tuple[Leaderboard, KeepingSink]
QUICK = ["baseline", "linear"]


def _small(data: pd.DataFrame, target: str, **options: Any) -> Leaderboard:
    return Leaderboard(data, target, **({"families": QUICK, "tune": False, "threads": 1} | options))


def test_every_family_is_on_the_board(trained_on_flights: Trained) -> None:
    board, sink = trained_on_flights
    assert sink.ended == [("done", None)]
    assert board.state == "done"
    labels = {model["label"]: model.get("reason") for model, _ in sink.models}
    assert all(reason is None for reason in labels.values()), labels
    expected = {FAMILIES[name].title for name in board.recipe["families"] if name != "blend"}
    assert expected <= set(labels)
    assert "Blend" in labels
    assert board.measured["peak_mb"] > 50
    assert 0 < board.measured["model_seconds"] < board.measured["seconds"]


def test_a_family_that_grows_with_the_rows_learns_a_sample(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    data = pd.DataFrame({"a": random.normal(size=40_000), "b": random.normal(size=40_000)})
    data["y"] = data["a"] > data["b"]
    sink = KeepingSink(tmp_path)
    board = _small(data, "y", families=["nearest_neighbours", "linear"])
    board.run(60, sink=sink, progress=False)
    assert len(board.partition.splits[0][0]) > 10_000
    neighbours, linear = (sink.done[label][0] for label in ("Nearest neighbours", "Linear model"))
    assert neighbours["provenance"]["trained_on"] == "10,000 rows of training and validation"
    assert linear["provenance"]["trained_on"] == "training and validation"
    assert neighbours["validation"]["auc"]["mean"] > 0.99
    assert "learning_curve" not in neighbours["details"]
    assert "learning_curve" in linear["details"]


def test_what_is_told_is_what_the_registry_takes(trained_on_flights: Trained) -> None:
    _, sink = trained_on_flights
    assert sink.board is not None
    made = LeaderboardCreate.model_validate(json.loads(json.dumps(sink.board, allow_nan=False)))
    assert made.partition.kind == "time"
    rows = made.partition.rows
    assert max(rows.training, rows.validation) + rows.holdout <= made.data.rows
    assert made.positive_class == "late"
    for model, files in sink.models:
        BoardModelCreate.model_validate(json.loads(json.dumps(model, allow_nan=False)))
        assert files
    for progress in sink.progresses:
        Progress.model_validate(progress)
    assert {progress["stage"] for progress in sink.progresses} == {"training"}
    assert sink.progresses[-1]["done"] == sink.progresses[-1]["total"] == len(sink.models)
    assert all(0 <= progress["seconds_left"] <= 300 for progress in sink.progresses)


def test_a_saved_pipeline_takes_raw_rows(trained_on_flights: Trained) -> None:
    """What a worker does with the files gives the holdout's sealed metrics."""
    board, sink = trained_on_flights
    holdout = tables.columns_of(board.holdout)
    frame = conform(board.data.signature, holdout, board.holdout.num_rows)
    for label, (model, files) in sink.done.items():
        (file,) = files.values()
        kind, _ = find_model(file)
        assert kind.name == model["format"]
        scorer = Scorer(kind.load(file), board.data.signature, board.data.target)
        scores = scorer.score(dict(frame)).probabilities
        assert scores is not None
        found = holdout_metrics(
            board.data.target,
            holdout["arrival"],
            values=scores[:, board.data.target.positive_index],
        )
        for name, metric in model["baseline"]["metrics"].items():
            assert metric["value"] == pytest.approx(found[name]["value"], abs=1e-9), (label, name)
        assert model["baseline"]["rows"] == {
            "training": len(board.partition.modelling),
            "holdout": len(board.partition.holdout),
        }


def test_rows_of_any_kind_are_scored(trained_on_flights: Trained) -> None:
    """Missing values, unknown texts and other dates are no reason to fail."""
    board, sink = trained_on_flights
    empty: dict[str, Any] = {name: [None, None] for name in board.data.signature.names}
    strange = {
        "scheduled_departure": ["2031-02-28T23:00:00Z", None],
        "carrier": ["??", None],
        "origin": ["", "JFK"],
        "warm": [True, None],
        "temp": [1e300, -1e300],
        "wind_gust": [float("inf"), float("nan")],
    }
    for label, (_, files) in sink.done.items():
        (file,) = files.values()
        kind, _ = find_model(file)
        scorer = Scorer(kind.load(file), board.data.signature, board.data.target)
        for rows in (empty, empty | strange):
            frame = conform(board.data.signature, rows, 2)
            scores = scorer.score(frame).probabilities
            assert scores is not None
            assert np.isfinite(scores).all(), label
            assert np.allclose(scores.sum(axis=1), 1)


def test_models_learn(trained_on_flights: Trained) -> None:
    _, sink = trained_on_flights
    auc = {label: model["validation"]["auc"]["mean"] for label, (model, _) in sink.done.items()}
    assert auc.pop("Constant") == 0.5
    assert all(score > 0.55 for score in auc.values()), auc


def test_the_validation_score_is_of_rows_that_were_not_seen(trained_on_flights: Trained) -> None:
    """A forest that is asked its training rows is far better than it is told to be."""
    board, sink = trained_on_flights
    model, files = sink.done["Random forest"]
    (file,) = files.values()
    kind, _ = find_model(file)
    rows = board.data.table.take(board.partition.modelling)
    columns = tables.columns_of(rows)
    frame = conform(board.data.signature, columns, rows.num_rows)
    scores = Scorer(kind.load(file), board.data.signature, board.data.target).score(frame)
    assert scores.probabilities is not None
    seen = holdout_metrics(
        board.data.target,
        columns["arrival"],
        values=scores.probabilities[:, board.data.target.positive_index],
    )
    assert seen["auc"]["value"] > model["validation"]["auc"]["mean"] + 0.1
    assert model["validation"]["auc"]["spread"] is None
    assert model["validation"]["auc"]["n"] == len(board.partition.splits[0][1])


def test_details_are_there(trained_on_flights: Trained) -> None:
    board, sink = trained_on_flights
    model, _ = sink.done["Linear model"]
    details = model["details"]
    matrix = np.array(details["confusion"]["matrix"])
    n = len(board.partition.splits[0][1])
    assert matrix.sum() == n
    correct = np.trace(matrix) / n
    assert correct == pytest.approx(model["validation"]["accuracy"]["mean"], abs=1e-12)
    roc = details["roc"]
    assert (roc["fpr"][0], roc["tpr"][0], roc["fpr"][-1], roc["tpr"][-1]) == (0, 0, 1, 1)
    area = np.trapezoid(roc["tpr"], roc["fpr"])
    assert area == pytest.approx(model["validation"]["auc"]["mean"], abs=0.01)
    assert details["lift"]["gain"][-1] == 1.0
    assert set(details["importance"]) == set(board.data.signature.names)
    assert max(details["importance"].values()) == 1.0
    assert (
        model["baseline"]["features"]["carrier"]["importance"] == (details["importance"]["carrier"])
    )
    leading = max(details["importance"], key=details["importance"].__getitem__)
    dependence = details["partial_dependence"][leading]
    assert len(dependence["values"]) == len(dependence["mean"]) >= 2
    assert all(0 <= mean <= 1 for mean in dependence["mean"])
    curve = details["learning_curve"]
    assert [point["rows"] for point in curve] == sorted(point["rows"] for point in curve)
    assert curve[-1]["score"] == pytest.approx(model["validation"]["auc"]["mean"], abs=1e-12)
    kinds = [step["kind"] for step in model["blueprint"]]
    assert kinds == ["numeric", "categorical", "date", "model"]


def test_folds_have_a_spread_and_progress_is_heard(
    diabetes: pd.DataFrame, tmp_path: Path, capsys: Any
) -> None:
    heard: list[dict[str, Any]] = []
    sink = KeepingSink(tmp_path)
    board = _small(diabetes, "target", folds=3)
    board.run(240, sink=sink, progress=heard.append)
    assert heard[-1]["done"] == 2
    assert capsys.readouterr().out == ""
    model, _ = sink.done["Linear model"]
    assert model["validation"]["rmse"]["spread"] > 0
    assert model["validation"]["rmse"]["n"] == len(board.partition.modelling)
    assert model["validation"]["r2"]["mean"] > 0.3
    residuals = model["details"]["residuals"]
    assert len(residuals["predicted"]) == len(residuals["actual"])
    assert sum(residuals["histogram"]["counts"]) == len(board.partition.modelling)


def test_windows_of_time_are_validated_by_what_came_before(
    diabetes: pd.DataFrame, tmp_path: Path
) -> None:
    frame = diabetes.assign(visit=pd.date_range("2024-01-01", periods=len(diabetes)))
    sink = KeepingSink(tmp_path)
    board = _small(frame, "target", families=["linear", "nearest_neighbours", "blend"])
    board.run(240, sink=sink, progress=False)
    validated = np.concatenate([rows for _, rows in board.partition.splits])
    assert len(board.partition.splits) == 5
    assert sink.board is not None
    assert sink.board["partition"]["rows"]["validation"] == len(validated) < 354
    assert list(sink.done) == ["Linear model", "Nearest neighbours", "Blend"]
    for model, _ in sink.done.values():
        assert model["validation"]["rmse"]["spread"] > 0
        assert model["validation"]["rmse"]["n"] == len(validated)
        assert model["validation"]["r2"]["mean"] > 0.2
        assert sum(model["details"]["residuals"]["histogram"]["counts"]) == len(validated)
        assert model["baseline"]["rows"]["training"] == len(board.partition.modelling) == 354


@dataclass
class Alike:
    """Runs of the same data by a seed, by the same one again, and by another one."""

    sinks: list[KeepingSink]
    printed: str
    """By the last one."""

    def scores(self, run: int) -> dict[str, Any]:
        return {label: model["validation"] for label, (model, _) in self.sinks[run].done.items()}


@pytest.fixture(scope="module")
def alike(wine: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Alike:
    odd = ["a [b]", "c<d", '"e":{', "f,g", "ü ß", "x0", "x1"]
    frame = wine.rename(columns=dict(zip(wine.columns[:7], odd, strict=True)))
    families = ["linear", "forest", "lightgbm", "xgboost"]
    sinks = [KeepingSink(tmp_path_factory.mktemp("alike")) for _ in range(3)]
    for sink in sinks[:2]:
        board = _small(frame, "target", seed=3, families=families, folds=2)
        board.run(240, sink=sink, progress=False)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        _small(frame, "target", seed=4, folds=2).run(240, sink=sinks[2])
    return Alike(sinks, printed.getvalue())


def test_the_same_seed_trains_alike(alike: Alike) -> None:
    assert len(alike.scores(0)) == 4
    assert alike.scores(0) == alike.scores(1)
    assert alike.scores(0)["Linear model"] != alike.scores(2)["Linear model"]


def test_columns_may_be_called_anything(alike: Alike) -> None:
    sink = alike.sinks[0]
    assert set(sink.done) == {"Linear model", "Random forest", "LightGBM", "XGBoost"}, [
        model.get("reason") for model, _ in sink.models
    ]


def test_lines_tell_people(alike: Alike) -> None:
    lines = alike.printed.splitlines()
    assert lines[0].startswith("target (multiclass): 142 rows to train on, 36 held out, 240 s")
    assert any(line.startswith("Linear model: log_loss 0.0") for line in lines)
    assert lines[-1] == "Done: 2 models"


def test_an_interrupt_keeps_what_is_there(wine: pd.DataFrame, tmp_path: Path) -> None:
    """As the kernel is interrupted: SIGINT to the main thread while a model trains."""
    sink = KeepingSink(tmp_path)

    def interrupt() -> None:
        while not sink.models:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=interrupt)
    watcher.start()
    board = _small(wine, "target", families=[*QUICK, "forest", "hist_gradient_boosting"])
    board.run(240, sink=sink, progress=False)
    watcher.join()
    assert board.state == "stopped"
    assert sink.ended == [("stopped", None)]
    assert sink.done


@pytest.mark.skipif(find_spec("catboost") is None, reason="it is not installed")
def test_catboost_is_a_candidate_where_it_is_installed(trained_on_flights: Trained) -> None:
    board, sink = trained_on_flights
    assert set(board.data.table.column("sky").to_pylist()) == {"hazy", None}
    assert "CatBoost" in sink.done


@pytest.mark.skipif(find_spec("catboost") is None, reason="it is not installed")
def test_catboost_predicts_numbers_too(diabetes: pd.DataFrame, tmp_path: Path) -> None:
    """Its regressors have classes, of none."""
    sink = KeepingSink(tmp_path)
    board = _small(diabetes, "target", families=["linear", "catboost"], folds=1)
    board.run(240, sink=sink, progress=False)
    assert list(sink.done) == ["Linear model", "CatBoost"], sink.models
    model, _ = sink.done["CatBoost"]
    assert model["validation"]["r2"]["mean"] > 0.2
