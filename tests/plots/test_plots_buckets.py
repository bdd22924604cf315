"""Bars by bucket: the extent that is told to Matplotlib is that of their corners."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from jupyter_registry.domain.entities import AccuracyBucket
from jupyter_registry.plots import buckets as by_time
from jupyter_registry.plots import style
from jupyter_registry.plots.corners import Corners

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("heights", [[3, 0, 8], [0, 0], [5]])
def test_corners_have_the_extent_that_matplotlib_finds_itself(heights: list[int]) -> None:
    buckets = [
        AccuracyBucket(start=START + i * HOUR, end=START + (i + 1) * HOUR, n=n, n_predicted=n)
        for i, n in enumerate(heights)
    ]
    fast, slow = (Figure().subplots() for _ in range(2))
    by_time.bars(fast, buckets, heights, "rows")
    (drawn,) = fast.patches
    assert isinstance(drawn, PathPatch)
    path = drawn.get_path()
    assert isinstance(path, Corners)
    slow.add_patch(PathPatch(Path(path.vertices, path.codes), linewidth=0))
    np.testing.assert_allclose(fast.dataLim.get_points(), slow.dataLim.get_points(), rtol=1e-12)
    fast.relim()
    np.testing.assert_allclose(fast.dataLim.get_points(), slow.dataLim.get_points(), rtol=1e-12)


def test_a_path_without_corners_has_no_extent() -> None:
    assert list(Corners(np.zeros((0, 2))).iter_bezier()) == []


def test_many_bars_are_drawn_as_their_outline_with_gaps_where_time_is_left_out() -> None:
    starts = [START + i * HOUR for i in range(600) if i not in (100, 101)]
    buckets = [
        AccuracyBucket(start=start, end=start + HOUR, n=1, n_predicted=1) for start in starts
    ]
    heights = [1 + i % 7 for i in range(len(buckets))]
    ax = Figure().subplots()
    by_time.bars(ax, buckets, heights, "rows")
    (drawn,) = ax.patches
    path = drawn.get_path()
    first, last = map(date2num, by_time.moments(buckets))
    within = {
        (place, at): path.contains_point(((1 - at) * first[place] + at * last[place], height))
        for place, height in ((0, 0.5), (99, 0.5), (100, 0.5), (597, 0.5))
        for at in (0.01, 0.99)
    }
    assert all(within.values()), within
    assert not path.contains_point(((last[99] + first[100]) / 2, 0.5))
    assert not path.contains_point(((first[3] + last[3]) / 2, heights[3] + 0.5))
    corners = np.asarray(path.vertices)
    assert corners[:, 1].max() == 7
    assert len(corners) == 2 * len(buckets) + 4


def test_moments_are_those_of_matplotlib() -> None:
    moments = [START, START + HOUR, datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)]
    buckets = [AccuracyBucket(start=at, end=at + HOUR, n=0, n_predicted=0) for at in moments]
    first, last = map(date2num, by_time.moments(buckets))
    assert first.tolist() == date2num(moments).tolist()
    assert last.tolist() == date2num([at + HOUR for at in moments]).tolist()


@pytest.mark.parametrize("hours", [1, 3, 30, 90, 100, 3600, 30_000])
def test_every_span_of_time_has_a_few_ticks(hours: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = Figure().subplots()
        ax.plot(date2num([START, START + hours * HOUR]), [0, 1])
        style.time_axis(ax)
        assert 2 <= len(ax.get_xticks()) <= 9
