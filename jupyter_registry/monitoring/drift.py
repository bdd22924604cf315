"""Reading drift, overall and over time, from the accumulators: never from the raw log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from ..domain.drift import DriftCounts, DriftPlan, Ints, Planned
from ..domain.kinds import Bucket, Status
from ..domain.monitoring import DriftBin, FeatureDrift
from ..domain.psi import Indices, status_of, verdict
from ..store.database import Database
from . import calendar
from .accuracy import hours_with_predictions, pieces
from .cursor import Cursor, reading
from .drift_buckets import DRIFT
from .keys import HOUR_LEVEL, HOURS_OF_DAY
from .rows import Tracked

NOTHING_PREDICTED = "Nothing was predicted yet."


@dataclass
class _Point:
    """What was counted in one bucket."""

    counts: Ints
    n: int = 0

    def add(self, other: _Point | DriftCounts) -> None:
        self.counts = self.counts + other.counts
        self.n += other.n


def read_drift(
    database: Database,
    tracked: Tracked,
    package_id: int,
    plan: DriftPlan,
    *,
    bucket: Bucket | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> dict[str, Any]:
    """Drift of a package's predictions from its baseline, by prediction time, ready for JSON.

    Parameters
    ----------
    plan:
        The package's; hours counted in other bins are left out.
    bucket:
        The width of a point; chosen by the span unless given.
    start, end:
        The range ``[start, end)``, widened to whole hours; all there is unless given.

    Returns
    -------
    dict
        The fields of `domain.entities.Drift` but for ``deployment_id`` and ``package_id``.

    Raises
    ------
    InvalidInput
        for an empty range, or one of too many buckets.

    """
    with reading(database.log_engine) as cursor:
        series = calendar.series(
            bucket, start, end, lambda: hours_with_predictions(cursor, tracked, [package_id])
        )
        if series is None:
            return nothing(bucket, NOTHING_PREDICTED)
        edges = series.edges
        points: dict[int, _Point] = {}
        for level, low, high in pieces(series.bucket, series.first, series.last):
            for hour, counts in _read(cursor, tracked, package_id, level, low, high):
                if fits(plan, counts):
                    at = bisect_right(edges, hour) - 1
                    points.setdefault(at, _nothing_in(plan)).add(counts)
    everything = _nothing_in(plan)
    for point in points.values():
        everything.add(point)
    indices = Indices(plan)
    return {
        "bucket": series.bucket.value,
        "start": calendar.moment_of_hour(series.first),
        "end": calendar.moment_of_hour(series.last),
        "buckets": [
            _bucket(plan, indices, points.get(i), edges[i], edges[i + 1])
            for i in range(len(edges) - 1)
        ],
    } | _overall(plan, indices, everything)


def nothing(bucket: Bucket | None, reason: str) -> dict[str, Any]:
    """What there is to say where there is no drift to speak of."""
    return {
        "bucket": (bucket or Bucket.DAY).value,
        "start": None,
        "end": None,
        "n": 0,
        "status": Status.UNKNOWN.value,
        "reason": reason,
        "target": None,
        "features": [],
        "buckets": [],
    }


def _nothing_in(plan: DriftPlan) -> _Point:
    return _Point(np.zeros(plan.size, np.int64))


def _read(
    cursor: Cursor, tracked: Tracked, package_id: int, level: int, low: int, high: int
) -> list[tuple[int, DriftCounts]]:
    """(first hour, counts) of a package's hours or days in a range."""
    hours = 1 if level == HOUR_LEVEL else HOURS_OF_DAY
    rows = cursor.all(
        f"SELECT start, n, data FROM {DRIFT} WHERE deployment_id = ? AND package_id = ? "
        "AND level = ? AND start >= ? AND start < ?",
        (tracked.deployment_id, package_id, level, low, high),
    )
    return [(start * hours, DriftCounts.from_bytes(data, n)) for start, n, data in rows]


def judged(plan: DriftPlan, parts: Iterable[DriftCounts]) -> tuple[Status, str]:
    """The status that `read_drift` gives when these hours and days are all there is, and why."""
    point = _nothing_in(plan)
    for counts in parts:
        if fits(plan, counts):
            point.add(counts)
    status, reason, _, _ = _judged(plan, Indices(plan), point, with_bins=False)
    return status, reason


def fits(plan: DriftPlan, counts: DriftCounts) -> bool:
    """Whether rows were counted in the bins of a plan."""
    return counts.digest == plan.digest and len(counts.counts) == plan.size


def _judged(
    plan: DriftPlan, indices: Indices, point: _Point, *, with_bins: bool
) -> tuple[Status, str, list[FeatureDrift], FeatureDrift | None]:
    """Status and reason; the features, the most important first, and what was predicted."""
    found = indices.of(point.counts)
    described = [
        _column(column, indices, point.counts, index, with_bins=with_bins)
        for column, index in zip(plan.columns, found, strict=True)
    ]
    target = described.pop() if plan.target is not None else None
    described.sort(key=lambda feature: (-(feature.importance or 0.0), feature.name))
    status, reason = verdict(described, target)
    if not point.n:
        reason = "Nothing that was predicted in this time was counted."
    elif not described:
        reason = f"The package's baseline has no features. {reason}"
    elif not any(feature.n for feature in described):
        reason = f"Reports had no feature columns, so of the inputs nothing is known. {reason}"
    return status, reason, described, target


def _overall(plan: DriftPlan, indices: Indices, point: _Point) -> dict[str, Any]:
    status, reason, described, target = _judged(plan, indices, point, with_bins=True)
    return {
        "n": point.n,
        "status": status.value,
        "reason": reason,
        "target": None if target is None else target.model_dump(mode="json"),
        "features": [feature.model_dump(mode="json") for feature in described],
    }


def _column(
    column: Planned, indices: Indices, counts: Ints, index: float | None, *, with_bins: bool
) -> FeatureDrift:
    own = slice(column.offset, column.offset + len(column))
    n = int(counts[own].sum())
    bins = _bins(column, indices, counts[own], n) if with_bins else []
    return FeatureDrift(
        name=column.name,
        dtype=column.dtype.value,
        psi=index,
        n=n,
        importance=column.importance,
        status=status_of(index, n),
        bins=bins,
    )


def _bins(column: Planned, indices: Indices, counts: Ints, n: int) -> list[DriftBin]:
    predicted = (counts / n).tolist() if n else [None] * len(column)
    shares = indices.shares[column.offset : column.offset + len(column)].tolist()
    bins = [
        DriftBin(name=name, baseline=share, predicted=now)
        for name, share, now in zip(column.bin_names, shares, predicted, strict=True)
    ]
    return [*bins[1:], bins[0]]  # what is missing comes last


def _bucket(
    plan: DriftPlan, indices: Indices, point: _Point | None, first: int, last: int
) -> dict[str, Any]:
    """One bucket from the hour ``first`` to the hour ``last``."""
    none: list[float | None] = [None] * len(plan.columns)
    found = none if point is None else indices.of(point.counts)
    names = [feature.name for feature in plan.features]
    return {
        "start": calendar.moment_of_hour(first),
        "end": calendar.moment_of_hour(last),
        "n": 0 if point is None else point.n,
        "target": found[-1] if plan.target is not None else None,
        "features": dict(zip(names, found, strict=False)),
    }
