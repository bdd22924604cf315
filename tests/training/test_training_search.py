"""The search: FLAML on the run's own partition, its best settings as models of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_registry.training import handover
from jupyter_registry.training.families import FAMILIES, Family
from jupyter_registry.training.leaderboard import Leaderboard
from jupyter_registry.training.run import Run
from jupyter_registry.training.search_log import Trial, best_of, trials_of
from jupyter_registry.training.tuning import as_searched, parameters, tune
from tests.training.conftest import KeepingSink


def test_tuned_models_are_on_the_board(wine: pd.DataFrame, tmp_path: Path) -> None:
    """Of three classes; in folds."""
    sink = KeepingSink(tmp_path)
    board = Leaderboard(
        wine, "target", families=["lightgbm", "blend"], folds=2, trials=4, threads=1
    )
    board.run(300, sink=sink, progress=False)
    assert sink.ended == [("done", None)], sink.models
    assert sink.board is not None
    assert sink.board["engine"]["name"] == "FLAML"
    tuned = {label: model for label, (model, _) in sink.done.items() if "tuned" in label}
    assert "LightGBM, tuned" in tuned, [(m["label"], m.get("reason")) for m, _ in sink.models]
    model = tuned["LightGBM, tuned"]
    shown = model["parameters"]
    assert {"n_estimators", "num_leaves", "learning_rate", "max_bin"} <= set(shown)
    assert [v for v in shown.values() if isinstance(v, float) and v != float(f"{v:.12g}")] == []
    assert model["validation"][board.metric]["mean"] is not None
    assert {progress["stage"] for progress in sink.progresses} >= {"training", "searching"}
    # however quick the search was
    told = [p["text"] for p in sink.progresses if p["stage"] == "searching"][-1]
    assert "4 tried, the best of LightGBM" in told
    assert any(label == "Blend" for label in sink.done)


@pytest.mark.parametrize(
    ("data", "folds", "spoilt", "metric", "most"),
    [
        ("diabetes", 3, 1e9, "rmse", 200.0),
        ("cancer", 3, "malignant", "auc", 0.2),
        ("cancer", 1, "malignant", "auc", 0.2),
    ],
)
def test_the_search_sees_the_folds_and_never_the_holdout(
    data: str,
    folds: int,
    spoilt: Any,
    metric: str,
    most: float,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    """What FLAML says of its best trial is what the run's own folds, or one part, say of it.

    Of regression and of two classes.
    """
    frame: pd.DataFrame = request.getfixturevalue(data)
    board = Leaderboard(frame, "target", folds=folds, threads=1)
    assert board.metric == metric
    assert len(board.partition.splits) == folds
    # outcomes that would ruin any fit, were they seen
    outcomes = np.array(board.data.table.column("target").to_pylist())
    outcomes[board.partition.holdout] = spoilt
    table = board.data.table.set_column(
        board.data.table.column_names.index("target"), "target", [outcomes]
    )
    object.__setattr__(board.data, "table", table)
    handover.save(tmp_path, board.data, board.partition, board.metric, 0, 1)
    material, _ = handover.load(tmp_path)
    log = tmp_path / "search.log"
    tune(material, metric, ["lightgbm"], 120.0, log, 4)
    trials = trials_of(log)
    assert {trial.learner for trial in trials} == {"lgbm"}
    best = best_of(trials)[0]
    assert best.loss == min(trial.loss for trial in trials)
    assert best.loss < most
    from jupyter_registry.training.pipelines import pipeline

    is_classification = metric == "auc"
    settings = parameters(best, is_classification=is_classification)
    assert {"n_estimators", "num_leaves", "learning_rate", "max_bin"} <= set(settings)
    scores = []
    for training, validation in material.partition.splits:
        rows = as_searched(material.partition, training)
        model = material.fit(pipeline(material.making, "lightgbm", settings), rows)
        found = material.metrics(validation, material.scores(model, validation))
        scores.append(found[metric]["value"])
    loss = 1 - np.mean(scores) if is_classification else np.mean(scores)
    assert loss == pytest.approx(best.loss, rel=1e-6)


@pytest.mark.parametrize("begins_whole", [True, False])
def test_a_search_may_begin_with_all_of_many_rows(begins_whole: bool, tmp_path: Path) -> None:
    """FLAML itself begins with 10,000."""
    random = np.random.default_rng(0)
    n = 64_000
    frame = pd.DataFrame({"x": random.normal(size=n)})
    frame["target"] = frame["x"] + random.normal(size=n)
    board = Leaderboard(frame, "target", threads=1)
    handover.save(tmp_path, board.data, board.partition, board.metric, 0, 1)
    material, metric = handover.load(tmp_path)
    log = tmp_path / "search.log"
    tune(material, metric, ["lightgbm"], 120.0, log, 2, begins_whole=begins_whole)
    first = trials_of(log)[0]
    assert first.config["learning_rate"] == pytest.approx(0.04)  # small steps, as rows are many
    assert first.sample == (len(board.partition.splits[0][0]) if begins_whole else 10_000)


def test_what_had_no_time_before_the_search_has_it_after(
    wine: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forest is told to take longer than there is before the search; four trials are quick."""
    slow = {**FAMILIES, "forest": replace(FAMILIES["forest"], slower_than=("linear", 200.0))}
    monkeypatch.setattr("jupyter_registry.training.families.FAMILIES", slow)
    sink = KeepingSink(tmp_path)
    families = ["linear", "forest", "lightgbm"]
    board = Leaderboard(wine, "target", families=families, folds=2, trials=4, threads=1)
    begun: list[str] = []
    expected = Run._expected

    def told(run: Run, family: Family) -> float:
        begun.append(family.name)
        # the second time it is as quick as the others
        return expected(run, family) if begun.count(family.name) == 1 else 0.0

    monkeypatch.setattr(Run, "_expected", told)
    board.run(60, sink=sink, progress=False)
    labels = [model["label"] for model, _ in sink.models]
    assert begun.count("forest") == 2
    assert labels.index("Random forest") > labels.index("LightGBM, tuned") > 0
    assert set(labels) == set(sink.done), [model.get("reason") for model, _ in sink.models]


def test_a_trial_that_the_end_of_the_search_cut_off_does_not_count() -> None:
    """Its model was smaller than its settings, which would take longer than it did."""
    config = {"n_estimators": 100}
    whole = Trial("lgbm", config, 0.4, 2.0, 1000, 20.0)
    cut_off = Trial("lgbm", {"n_estimators": 5000}, 0.3, 1.0, 1000, 29.8)
    assert best_of([whole, cut_off], until=30.0) == [whole]
    assert best_of([whole, cut_off], until=60.0) == [cut_off]
    assert best_of([cut_off], until=30.0) == [cut_off]  # better than none


def test_what_would_not_be_ready_in_time_is_not_begun(
    wine: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its trial told how long it takes; what is left is the blend's."""
    answer = Run._answer

    def told(run: Run, order: dict[str, Any], until: float) -> dict[str, Any]:
        said = answer(run, order, until)
        for found in said.get("found", []):
            found["seconds"] = 1000.0
        return said

    monkeypatch.setattr(Run, "_answer", told)
    sink = KeepingSink(tmp_path)
    families = ["linear", "lightgbm", "blend"]
    Leaderboard(wine, "target", families=families, folds=2, trials=4, threads=1).run(
        60, sink=sink, progress=False
    )
    models = {model["label"]: model for model, _ in sink.models}
    assert models["LightGBM, tuned"]["state"] == "failed"
    assert "It would take about 1,000 s, and" in models["LightGBM, tuned"]["reason"]
    assert models["Blend"]["state"] == "done"


def test_a_blend_that_has_no_time_is_said(
    wine: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_registry.training.run._LEAST_MODEL", 1e6)
    sink = KeepingSink(tmp_path)
    families = ["linear", "lightgbm", "blend"]
    board = Leaderboard(wine, "target", families=families, folds=2, tune=False, threads=1)
    board.run(60, sink=sink, progress=False)
    assert list(sink.done) == ["Linear model", "LightGBM"]
    blend = next(model for model, _ in sink.models if model["label"] == "Blend")
    assert (blend["state"], blend["reason"]) == ("failed", "There was no time left for it.")


def test_a_log_that_was_cut_off_is_read(tmp_path: Path) -> None:
    """A search that was killed leaves half a line."""
    log = tmp_path / "search.log"
    whole = {
        "record_id": 0, "iter_per_learner": 1, "logged_metric": None, "trial_time": 0.1,
        "wall_clock_time": 1.0, "validation_loss": 0.5, "learner": "lgbm", "sample_size": 100,
        "config": {"n_estimators": 4, "num_leaves": 4, "FLAML_sample_size": 100},
    }  # fmt: skip
    better = whole | {"validation_loss": 0.4, "sample_size": 50}
    log.write_text("\n".join(json.dumps(one) for one in (whole, better)) + '\n{"record_id": 2, "it')
    trials = trials_of(log)
    assert [trial.loss for trial in trials] == [0.5, 0.4]
    # the better one was of fewer rows
    assert best_of(trials)[0].loss == 0.5
    assert best_of(trials)[0].config == {"n_estimators": 4, "num_leaves": 4}
    # what took longer than there is time for is passed over
    slowest = max(trial.seconds for trial in trials)
    assert best_of(trials, 1e9) == best_of(trials)
    assert all(1.5 * trial.seconds <= slowest for trial in best_of(trials, slowest))
    assert best_of(trials, 0.0) == []
    assert trials_of(tmp_path / "none.log") == []
