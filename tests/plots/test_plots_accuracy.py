"""The picture says what the results say: lines, baselines, marks, bars."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from jupyter_registry.domain.entities import (
    Accuracy,
    AccuracyBucket,
    MetricValue,
    ReplacementMark,
    ServicePeriod,
)
from jupyter_registry.domain.kinds import ReplacementReason
from jupyter_registry.plots import alt_text
from jupyter_registry.plots.accuracy import accuracy_over_time

from . import samples

START = datetime(2013, 3, 4, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def made_up(
    weeks: int = 10, *, shift: float = 0.0, empty: int | None = None, baseline: bool = True
) -> Accuracy:
    buckets = []
    for week in range(weeks):
        start = START + week * WEEK
        if week == empty:
            buckets.append(AccuracyBucket(start=start, end=start + WEEK, n=0, n_predicted=3))
            continue
        base = 0.7 if baseline else None
        buckets.append(
            AccuracyBucket(
                start=start,
                end=start + WEEK,
                n=100 + week,
                n_predicted=120,
                metrics={
                    name: MetricValue(value=level + shift + week / 100, n=100 + week, baseline=base)
                    for name, level in (("auc", 0.6), ("log_loss", 0.5), ("accuracy", 0.8))
                },
            )
        )
    history = [
        ServicePeriod(package_id=1, package="m/1", start=START),
        ServicePeriod(
            package_id=2,
            package="m/2",
            start=START + 5 * WEEK,
            reason=ReplacementReason.DATA_DRIFT,
        ),
    ]
    replaced = [
        ReplacementMark(time=one.start, package_id=2, package=one.package, reason=one.reason)
        for one in history[1:]
    ]
    return Accuracy(
        deployment_id=1, bucket="week", buckets=buckets, history=history, replacements=replaced
    )


def line(axes, label):
    (found,) = [one for one in axes.get_lines() if one.get_label() == label]
    return found


def test_a_panel_per_metric_and_one_of_bars():
    figure = accuracy_over_time(made_up())
    panels = figure.get_axes()
    assert len(panels) == 4
    titles = [panel.get_ylabel().split("\n")[0].lower() for panel in panels[:3]]
    assert titles == ["auc", "log loss", "accuracy"]
    assert "lower is better" in panels[1].get_ylabel()
    assert "higher is better" in panels[0].get_ylabel()
    assert "UTC" in panels[-1].get_xlabel()
    heights = samples.heights(panels[-1])
    assert heights == [100 + week for week in range(10)]


def test_lines_carry_the_values_and_their_baseline():
    figure = accuracy_over_time(made_up(), metrics=["auc"])
    panel = figure.get_axes()[0]
    observed = line(panel, "observed")
    assert np.allclose(observed.get_ydata(), [0.6 + week / 100 for week in range(10)])
    assert np.allclose(
        date2num(observed.get_xdata()),
        date2num([START + (week + 0.5) * WEEK for week in range(10)]),
    )
    assert np.allclose(line(panel, "baseline").get_ydata(), 0.7)


def test_a_bucket_without_data_breaks_the_line():
    figure = accuracy_over_time(made_up(empty=4), metrics="auc")
    values = line(figure.get_axes()[0], "observed").get_ydata()
    assert np.isnan(values[4])
    assert np.isfinite(np.delete(values, 4)).all()


def test_without_baseline_there_is_no_baseline_line():
    panel = accuracy_over_time(made_up(baseline=False), metrics="auc").get_axes()[0]
    assert "baseline" not in [one.get_label() for one in panel.get_lines()]


def test_replacements_are_marked_where_the_server_says():
    panel = accuracy_over_time(made_up(), metrics="auc").get_axes()[0]
    (text,) = panel.texts
    assert text.get_text() == "m/2 (data drift)"
    assert date2num(text.xy[0]) == date2num(START + 5 * WEEK)


def test_given_replacements_stand_in_for_those():
    moment = START + 2 * WEEK
    panel = accuracy_over_time(
        made_up(), metrics="auc", replacements={moment: "second"}
    ).get_axes()[0]
    assert [text.get_text() for text in panel.texts] == ["second"]


def test_replacements_of_one_moment_share_a_mark_and_none_is_said_twice():
    one, two, same = made_up(), made_up(), made_up()
    two.replacements[0].package = "n/7"
    figure = accuracy_over_time({"one": one, "two": two, "same": same}, metrics="auc")
    (text,) = figure.get_axes()[0].texts
    assert text.get_text() == "m/2 (data drift); n/7 (data drift)"


def test_several_results_differ_by_colour_and_marker(tmp_path):
    figure = accuracy_over_time(
        {"one": made_up(), "two": made_up(shift=0.05)}, title="Two deployments"
    )
    panel = figure.get_axes()[0]
    one, two = line(panel, "one"), line(panel, "two")
    assert one.get_color() != two.get_color()
    assert one.get_marker() != two.get_marker()
    one_bars, two_bars = (
        [bar[:4, 0] for bar in samples.bars(patch)] for patch in figure.get_axes()[-1].patches
    )
    assert len(one_bars) == len(two_bars) == 10
    assert one_bars[0].max() <= two_bars[0].min() + 1e-9
    assert two_bars[0].max() <= one_bars[1].min() + 1e-9
    figure.savefig(tmp_path / "two.png")
    assert (tmp_path / "two.png").stat().st_size > 10_000


def test_draws_into_axes_of_ones_own(tmp_path):
    mine = Figure()
    axes = mine.subplots()
    assert accuracy_over_time(made_up(), "log_loss", axes) is mine
    assert line(axes, "observed") is not None
    mine.savefig(tmp_path / "mine.png")
    with pytest.raises(ValueError, match="one metric"):
        accuracy_over_time(made_up(), ["auc", "log_loss"], axes)


def test_says_when_there_is_nothing_to_draw(tmp_path):
    nothing = Accuracy(deployment_id=1, bucket="week")
    for accuracy, said in (
        (nothing, "no predictions in this time"),
        (made_up(1, empty=0), "no actuals yet"),
        ({}, "no predictions in this time"),
        ({"one": nothing, "two": made_up(1, empty=0)}, "no actuals yet"),
    ):
        for metrics in (None, "auc", ["auc", "log_loss"]):
            figure = accuracy_over_time(accuracy, metrics, title="Nothing")
            (axes,) = figure.get_axes()
            assert [text.get_text() for text in axes.texts] == [said]
            assert axes.get_title() == "Nothing"
            assert alt_text(figure) == f"Accuracy over time: {said}."
            figure.savefig(tmp_path / "nothing.png")
    mine = Figure()
    assert accuracy_over_time(nothing, ax=mine.subplots()) is mine


def test_unknown_metrics_are_refused_even_when_there_is_nothing():
    for accuracy in (made_up(), made_up(1, empty=0), Accuracy(deployment_id=1, bucket="week")):
        with pytest.raises(ValueError, match="nosuch"):
            accuracy_over_time(accuracy, ["nosuch"])
    with pytest.raises(ValueError, match="none named"):
        accuracy_over_time(made_up(), [])
    with pytest.raises(ValueError, match="rmse"):
        accuracy_over_time(made_up(), ["auc", "rmse"])


DRAW = """
import sys
from datetime import UTC, datetime, timedelta
from jupyter_registry.plots.accuracy import accuracy_over_time
assert "matplotlib" not in sys.modules
from jupyter_registry.domain.entities import Accuracy, AccuracyBucket, MetricValue
start = datetime(2013, 3, 4, tzinfo=UTC)
bucket = AccuracyBucket(
    start=start,
    end=start + timedelta(days=1),
    n=5,
    n_predicted=5,
    metrics={"auc": MetricValue(value=0.7, n=5)},
)
accuracy_over_time(Accuracy(deployment_id=1, bucket="day", buckets=[bucket]))
print([name for name in ("matplotlib.pyplot", "pandas", "sklearn") if name in sys.modules])
"""


def test_drawing_imports_neither_pyplot_nor_pandas():
    done = subprocess.run([sys.executable, "-c", DRAW], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
