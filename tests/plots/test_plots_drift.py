"""Drift as pictures: points, thresholds, names, strips, lines with gaps, bins; and the words."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from jupyter_registry import plots
from jupyter_registry.domain import psi
from jupyter_registry.domain.monitoring import Drift
from jupyter_registry.plots.drift import _PREDICTIONS, _UNKNOWN

from . import samples

DRIFT = samples.drift()
NOTHING = Drift(deployment_id=1, bucket="day", reason="The package has no baseline.")


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for ax in figure.get_axes() for text in ax.texts]


def dots(figure: Figure, marker: str | None = None) -> set[tuple[float, float]]:
    return {
        (round(float(x), 6), round(float(y), 6))
        for one in figure.get_axes()[0].get_lines()
        if one.get_linestyle() == "None" and (marker is None or one.get_marker() == marker)
        for x, y in zip(one.get_xdata(), one.get_ydata(), strict=True)
    }


def line(figure: Figure, label: str) -> Any:
    (found,) = [one for one in figure.get_axes()[0].get_lines() if one.get_label() == label]
    return found


def test_points_are_the_features_by_importance_and_index() -> None:
    figure = plots.drift_importance(DRIFT)
    known = {
        (feature.importance, round(feature.psi or 0.0, 6))
        for feature in DRIFT.features
        if feature.importance is not None
    }
    assert known <= dots(figure)
    assert len(dots(figure)) == len(DRIFT.features) + 1
    assert DRIFT.target is not None
    assert (_PREDICTIONS, round(DRIFT.target.psi or 0.0, 6)) in dots(figure)
    # forms say how each does
    failing = {round(f.psi or 0.0, 6) for f in DRIFT.features if f.status == "failing"}
    assert {y for _, y in dots(figure, "D")} == failing
    heights = {one.get_ydata()[0] for one in figure.get_axes()[0].get_lines() if _is_level(one)}
    assert heights == {psi.WARNING, psi.FAILING}
    assert "failing from 0.25" in texts(figure)
    assert "warning from 0.1" in texts(figure)


def _is_level(one: Any) -> bool:
    y = np.asarray(one.get_ydata(), float)
    return len(y) == 2 and y[0] == y[1] and list(one.get_xdata()) == [0, 1]


def test_what_alarms_is_named_and_what_matters_little_is_not() -> None:
    figure = plots.drift_importance(DRIFT)
    named = set(texts(figure))
    assert {"temperature", "humidity", "wind speed", "gate"} <= named
    assert not {"pressure", "carrier", "tail number"} & named  # unimportant, or they pass
    pale = [
        one for one in figure.get_axes()[0].get_lines()
        if one.get_linestyle() == "None" and (one.get_alpha() or 1) < 1
    ]  # fmt: skip
    assert {float(x) for one in pale for x in one.get_xdata()} == {0.06, 0.03}
    fewer = plots.drift_importance(DRIFT, most_named=1)
    assert "temperature" in texts(fewer)
    assert "humidity" not in texts(fewer)
    assert "3 more alarm" in fewer.get_axes()[0].get_xlabel()


def test_features_of_unknown_importance_have_a_strip_that_says_so() -> None:
    figure = plots.drift_importance(DRIFT)
    ticks = [tick.get_text() for tick in figure.get_axes()[0].get_xticklabels()]
    assert "not\nknown" in ticks
    strip = [point for point in dots(figure) if abs(point[0] - _UNKNOWN) < 0.07]
    assert len(strip) == 2
    assert "the importance of 2 is not known" in plots.alt_text(figure)
    unknown = samples.drift(**{f"f{i}": (None, 0.1 * i) for i in range(5)})
    figure = plots.drift_importance(unknown)
    assert "does not say how important" in figure.get_axes()[0].get_xlabel()
    places = sorted(point for point in dots(figure) if point[0] != _PREDICTIONS)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert all(0 < x < 1 for x, _ in places)
    assert "too little to alarm" not in texts(figure)


def test_names_cover_neither_each_other_nor_points() -> None:
    many = samples.drift(**{f"feature {i}": (i / 13, 0.4 + 0.02 * i) for i in range(14)})
    figure = plots.drift_importance(many, most_named=14)
    figure.draw_without_rendering()
    ax = figure.get_axes()[0]
    boxes = [t.get_window_extent() for t in ax.texts if t.get_text().startswith("feature")]
    assert len(boxes) > 8
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def test_features_without_rows_and_with_few_are_told_apart() -> None:
    few = plots.drift_importance(samples.drift(n=60))
    labels = few.get_axes()[0].get_legend_handles_labels()[1]
    assert labels == ["fewer than 100 rows"]
    mixed = samples.drift()
    mixed.features[0].psi = None
    figure = plots.drift_importance(mixed)
    assert "1 without rows: not drawn" in figure.get_axes()[0].get_xlabel()
    assert len(dots(figure)) == len(mixed.features)


def test_lines_over_time_with_gaps() -> None:
    figure = plots.drift_over_time(DRIFT)
    drawn = line(figure, "the predictions")
    expected = [np.nan if one.target is None else one.target for one in DRIFT.buckets]
    np.testing.assert_allclose(drawn.get_ydata(), expected)
    assert np.isnan(drawn.get_ydata()[11])
    np.testing.assert_allclose(
        date2num(drawn.get_xdata()),
        date2num([one.start + (one.end - one.start) / 2 for one in DRIFT.buckets]),
    )
    labels = figure.get_axes()[0].get_legend_handles_labels()[1]
    assert labels[1:5] == [feature.name for feature in DRIFT.features[:4]]
    assert labels[5] == "fewer than 100 rows"
    assert samples.heights(figure.get_axes()[1]) == [one.n for one in DRIFT.buckets]
    chosen = plots.drift_over_time(DRIFT, ["gate"])
    expected = [one.features["gate"] for one in DRIFT.buckets]
    np.testing.assert_allclose(
        line(chosen, "gate").get_ydata(), [np.nan if one is None else one for one in expected]
    )
    assert "temperature" not in chosen.get_axes()[0].get_legend_handles_labels()[1]
    with pytest.raises(ValueError, match="Did you mean 'humidity'"):
        plots.drift_over_time(DRIFT, "humidty")


def test_many_lines_stay_apart() -> None:
    names = [feature.name for feature in DRIFT.features]
    ax = plots.drift_over_time(DRIFT, names).get_axes()[0]
    looks = [
        (one.get_color(), one.get_marker()) for one in ax.get_lines() if one.get_label() in names
    ]
    assert len(set(looks)) == len(names)


def test_a_lonely_bucket_is_seen_among_many() -> None:
    long = samples.drift(weeks=80)
    for place, bucket in enumerate(long.buckets):
        if place != 40:
            bucket.target = None
    drawn = line(plots.drift_over_time(long, []), "the predictions")
    assert list(drawn.get_markevery()) == [40]


def test_bins_are_the_shares() -> None:
    figure = plots.feature_bins(DRIFT, "humidity")
    ax = figure.get_axes()[0]
    column = next(feature for feature in DRIFT.features if feature.name == "humidity")
    baseline, predicted = ([bar.get_height() for bar in one] for one in ax.containers)
    assert baseline == [one.baseline for one in column.bins]
    assert predicted == [one.predicted for one in column.bins]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [one.name for one in column.bins]
    assert "temperature" in plots.feature_bins(DRIFT).get_axes()[0].get_xlabel()  # moved most
    assert "late (predicted)" in plots.feature_bins(DRIFT, "late").get_axes()[0].get_xlabel()
    only = plots.feature_bins(samples.drift(n=0), "humidity").get_axes()[0]
    assert len(only.containers) == 1
    assert "nothing was predicted yet" in only.get_xlabel()
    with pytest.raises(ValueError, match="Did you mean 'gate'"):
        plots.feature_bins(DRIFT, "gates")


DRAW = [plots.drift_importance, plots.drift_over_time, plots.feature_bins]


@pytest.mark.parametrize("draw", DRAW)
def test_nothing_says_what_is_missing(draw: Any) -> None:
    figure = draw(NOTHING)
    assert texts(figure) == ["The package has no baseline"]
    assert "The package has no baseline." in plots.alt_text(figure)
    figure.savefig(io.BytesIO())
    unpredicted = draw(samples.drift(n=0))
    unpredicted.savefig(io.BytesIO())
    mine = Figure().subplots()
    draw(NOTHING, ax=mine, title="Mine")
    assert mine.get_title() == "Mine"


@pytest.mark.parametrize("draw", DRAW)
def test_axes_and_words(draw: Any) -> None:
    mine = Figure()
    left, right = mine.subplots(1, 2)
    assert draw(DRIFT, ax=right, title="Mine") is mine
    assert right.get_title() == "Mine"
    assert not left.has_data()
    assert "PSI" in right.get_xlabel() + right.get_ylabel()
    text = plots.alt_text(mine)
    assert text.endswith(".")
    assert "nan" not in text
