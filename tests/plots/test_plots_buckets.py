"""Bars by bucket: the extent that is told to Matplotlib is that of their corners."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from jupyter_registry.domain.entities import AccuracyBucket
from jupyter_registry.plots import buckets as by_time
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
