"""The leaderboard as pictures: order, scores, names, what is beaten; and what is refused."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from jupyter_registry import plots

from . import samples

MODELS = samples.models()


def rows(figure: Figure) -> list[str]:
    """Names from top to bottom."""
    ax = figure.get_axes()[0]
    ticks = zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    return [text.get_text() for _, text in sorted(ticks, key=lambda one: -one[0])]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.get_axes()[0].texts]


def test_the_best_is_first_whichever_way_is_better() -> None:
    scored = [model for model in MODELS if model["score"] is not None]
    best = sorted(scored, key=lambda model: -model["score"])
    figure = plots.leaderboard(MODELS, metric="auc")
    assert rows(figure) == [_short(model["name"]) for model in best]
    assert rows(plots.leaderboard(MODELS, metric="rmse")) == rows(figure)[::-1]
    assert rows(plots.leaderboard(MODELS, metric="mine", greater_is_better=True)) == rows(figure)
    assert rows(plots.leaderboard(MODELS, greater_is_better=False)) == rows(figure)[::-1]
    assert "AUC (higher is better)" in figure.get_axes()[0].get_xlabel()
    assert "1 more without a score" in figure.get_axes()[0].get_xlabel()


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"


def test_points_are_the_scores_with_spread_and_holdout() -> None:
    figure = plots.leaderboard(MODELS, metric="auc")
    ax = figure.get_axes()[0]
    scored = sorted(
        (model for model in MODELS if model["score"] is not None), key=lambda one: -one["score"]
    )
    points, _, (bars,) = ax.containers[0]
    np.testing.assert_allclose(
        np.asarray(points.get_xdata(), float), [model["score"] for model in scored]
    )
    assert sorted(points.get_ydata(), reverse=True) == list(points.get_ydata())
    for model, (low, high) in zip(scored, bars.get_segments(), strict=True):
        assert high[0] - low[0] == pytest.approx(2 * model["spread"])
    held = ax.containers[1].lines[0]
    np.testing.assert_allclose(
        np.asarray(held.get_xdata(), float), [model["holdout"] for model in scored]
    )
    assert ax.get_legend_handles_labels()[1] == ["validation ± spread", "holdout"]
    assert f"{scored[0]['score']:.4f} ± {scored[0]['spread']:.4f}" in texts(figure)
    plain = plots.leaderboard([{"name": "a", "score": -1.5}], greater_is_better=True)
    assert texts(plain) == ["−1.500"]
    assert plain.get_axes()[0].get_legend_handles_labels()[1] == ["validation"]
    plain.savefig(io.BytesIO())


@dataclass
class Trained:
    name: str
    score: float
    scoring_ms: float | None = None


def test_objects_do_as_well_and_only_the_best_are_drawn() -> None:
    many = [Trained(f"model {i}", float(np.float32(i))) for i in range(30)]
    figure = plots.leaderboard(many, metric="auc", most=5)
    assert rows(figure) == [f"model {i}" for i in (29, 28, 27, 26, 25)]
    assert "the best 5 of 30 models" in figure.get_axes()[0].get_xlabel()
    assert "the best 5 of 30 models" in plots.alt_text(figure)


def test_against_time_those_that_nobody_beats_are_named() -> None:
    models = [
        Trained("fast", 0.7, 1.0),
        Trained("middle", 0.75, 10.0),
        Trained("worse and slower", 0.72, 20.0),
        Trained("best", 0.8, 100.0),
        Trained("as good, slower", 0.8, 200.0),
        Trained("not timed", 0.9),
    ]
    figure = plots.leaderboard(models, metric="auc", kind="scoring_time")
    assert set(texts(figure)) == {"fast", "middle", "best"}
    ax = figure.get_axes()[0]
    assert ax.get_xscale() == "log"
    assert "ms" in ax.get_xlabel()
    assert "1 more without" in ax.get_xlabel()
    lower = plots.leaderboard(models[:4], metric="rmse", kind="scoring_time")
    assert texts(lower) == ["fast"]
    untimed = plots.leaderboard(models[-1:], metric="auc", kind="scoring_time")
    assert texts(untimed) == ["no model has a scoring time"]
    for one in (figure, lower, untimed):
        one.savefig(io.BytesIO())
        assert plots.alt_text(one).endswith(".")


@pytest.mark.parametrize(
    ("models", "told"),
    [
        ([{"score": 1.0}], "Model 0 has no name"),
        ([{"name": " ", "score": 1.0}], "Model 0 has no name"),
        ([{"name": "a"}], "'a' has no score"),
        ([{"name": "a", "score": "0.8"}], "score of 'a' is '0.8', it must be a number"),
        ([{"name": "a", "score": True}], "must be a number"),
        ([{"name": "a", "score": float("inf")}], "finite"),
        ([{"name": "a", "score": 1, "spread": -1}], "spread of 'a' is -1"),
        ([{"name": "a", "score": 1, "scoring_ms": 0}], "scoring_ms of 'a' is 0"),
        ({"a": 0.8}, "not a dict"),
        ("a", "not a str"),
        (3, "not a int"),
    ],
)
def test_what_is_no_leaderboard_is_refused(models: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        plots.leaderboard(models, metric="auc")


def test_which_way_is_better_must_be_known() -> None:
    with pytest.raises(ValueError, match=r"'speed' is better: give greater_is_better.*rmse"):
        plots.leaderboard(MODELS, metric="speed")
    with pytest.raises(ValueError, match="the score"):
        plots.leaderboard(MODELS)
    with pytest.raises(ValueError, match="ranking or scoring_time"):
        plots.leaderboard(MODELS, metric="auc", kind="size")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="At least one"):
        plots.leaderboard(MODELS, metric="auc", most=0)


def test_nothing_says_so_and_axes_of_ones_own() -> None:
    assert texts(plots.leaderboard([])) == ["no models yet"]
    assert texts(plots.leaderboard(MODELS[-1:])) == ["no model has a score yet"]
    mine = Figure()
    left, right = mine.subplots(1, 2)
    assert plots.leaderboard(MODELS, right, metric="auc", title="Mine") is mine
    assert right.get_title() == "Mine"
    assert not left.has_data()
