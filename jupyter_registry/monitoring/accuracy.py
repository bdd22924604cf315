"""Reading accuracy, overall and over time, from the accumulators: never from the raw log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..domain import metrics as scoring
from ..domain.accumulators import Accumulator, merge
from ..domain.kinds import Bucket, TargetType
from ..domain.target import Target
from ..store.database import Database
from . import calendar
from .buckets import ACCURACY, DAY_LEVEL, HOUR_LEVEL, HOURS_OF_DAY, OF_SEGMENTS, USAGE
from .cursor import Cursor, reading
from .rows import Tracked

#: Metric → value, of one package's holdout.
Baseline = Mapping[str, float | None]


@dataclass
class _Point:
    """What lies in one bucket: (package, accumulator) of its hours and days."""

    usage: list[tuple[int, Accumulator]] = field(default_factory=list)
    matched: list[tuple[int, Accumulator]] = field(default_factory=list)


def read_accuracy(
    database: Database,
    tracked: Tracked,
    packages: Mapping[int, Baseline],
    *,
    bucket: Bucket | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    names: Sequence[str] = (),
    segment: int | None = None,
) -> dict[str, Any]:
    """Accuracy of the predictions of some packages, by prediction time, ready for JSON.

    Parameters
    ----------
    packages:
        The packages whose predictions count, with their baselines. A bucket is compared with
        the baseline of the package that made most of its predictions.
    bucket:
        The width of a point; chosen by the span unless given.
    start, end:
        The range ``[start, end)``, widened to whole hours; all there is unless given.
    names:
        The metrics wanted; all of the target's type unless given.
    segment:
        Count the rows of this segment alone; the baseline stays that of the whole holdout.

    Returns
    -------
    dict
        The fields of `domain.entities.Accuracy` but for ``deployment_id``, ``package_id`` and
        ``history``.

    Raises
    ------
    InvalidInput
        for an unknown metric, an empty range, or one of too many buckets.

    """
    target = tracked.target
    scoring.check_names(target.type, list(names))
    first, last = calendar.checked_hours(start, end)
    with reading(database.log_engine) as cursor:
        hours = calendar.filled(
            first, last, lambda: hours_with_predictions(cursor, tracked, list(packages), segment)
        )
        if hours is None:
            return _nothing(target, bucket)
        first, last = hours
        chosen = bucket or calendar.chosen_bucket(first, last)
        edges = calendar.starts(chosen, first, last)
        points = [_Point() for _ in edges[:-1]]
        for table in (USAGE, ACCURACY):
            for level, low, high in pieces(chosen, first, last):
                for hour, package, data in read_bucket(
                    cursor, table, tracked.deployment_id, list(packages), level, low, high, segment
                ):
                    point = points[bisect_right(edges, hour) - 1]
                    held = point.usage if table == USAGE else point.matched
                    held.append((package, Accumulator.from_bytes(data)))
    describe = _Description(target, packages, names or None)
    buckets = [describe.point(point, edges[i], edges[i + 1]) for i, point in enumerate(points)]
    everything = _Point(
        [item for point in points for item in point.usage],
        [item for point in points for item in point.matched],
    )
    whole = merge([accumulator for _, accumulator in everything.matched])
    return {
        "bucket": chosen.value,
        "start": calendar.moment_of_hour(first),
        "end": calendar.moment_of_hour(last),
        "overall": describe.point(everything, first, last, whole),
        "buckets": buckets,
        "confusion_matrix": scoring.confusion_matrix(target, whole).tolist()
        if whole is not None and target.type.is_classification
        else None,
        "class_labels": list(target.class_labels),
    }


def _nothing(target: Target, bucket: Bucket | None) -> dict[str, Any]:
    return {
        "bucket": (bucket or Bucket.DAY).value,
        "start": None,
        "end": None,
        "overall": None,
        "buckets": [],
        "confusion_matrix": None,
        "class_labels": list(target.class_labels),
    }


def hours_with_predictions(
    cursor: Cursor, tracked: Tracked, packages: list[int], segment: int | None = None
) -> tuple[int, int] | None:
    """The hours ``[first, last)`` of all predictions; ``None`` when there are none."""
    return known_hours(cursor, USAGE, tracked.deployment_id, packages, segment)


def known_hours(
    cursor: Cursor,
    table: str,
    deployment_id: int,
    packages: Sequence[int],
    segment: int | None = None,
) -> tuple[int, int] | None:
    """The hours ``[first, last)`` that a table of buckets knows; ``None`` when it knows none."""
    ends: list[int] = []
    table, where, parameters = _owned(table, deployment_id, segment)
    for package in packages:
        for order in ("", " DESC"):
            row = cursor.one(
                f"SELECT start FROM {table} WHERE {where} AND package_id = ? "
                f"AND level = ? ORDER BY start{order} LIMIT 1",
                (*parameters, package, HOUR_LEVEL),
            )
            if row is not None:
                ends.append(int(row[0]))
    return (min(ends), max(ends) + 1) if ends else None


def pieces(bucket: Bucket, first: int, last: int) -> list[tuple[int, int, int]]:
    """What to read for a range of hours: (level, from, to), whole days as days."""
    day, end_day = -(-first // HOURS_OF_DAY), last // HOURS_OF_DAY
    if bucket is Bucket.HOUR or day >= end_day:
        return [(HOUR_LEVEL, first, last)]
    pieces = [
        (HOUR_LEVEL, first, day * HOURS_OF_DAY),
        (DAY_LEVEL, day, end_day),
        (HOUR_LEVEL, end_day * HOURS_OF_DAY, last),
    ]
    return [piece for piece in pieces if piece[1] < piece[2]]


def read_bucket(
    cursor: Cursor,
    table: str,
    deployment_id: int,
    packages: Sequence[int],
    level: int,
    low: int,
    high: int,
    segment: int | None = None,
) -> list[tuple[int, int, bytes]]:
    """(hour, package, accumulator) of a table's rows, or a segment's, in a range."""
    table, where, parameters = _owned(table, deployment_id, segment)
    hours = 1 if level == HOUR_LEVEL else HOURS_OF_DAY
    found: list[tuple[int, int, bytes]] = []
    for package in packages:
        rows = cursor.all(
            f"SELECT start, data FROM {table} WHERE {where} AND package_id = ? "
            "AND level = ? AND start >= ? AND start < ?",
            (*parameters, package, level, low, high),
        )
        found += [(start * hours, package, data) for start, data in rows]
    return found


def _owned(table: str, deployment_id: int, segment: int | None) -> tuple[str, str, Sequence[int]]:
    """The table that holds a deployment's rows or a segment's, and the condition for them."""
    if segment is None:
        return table, "deployment_id = ?", (deployment_id,)
    return OF_SEGMENTS[table], "deployment_id = ? AND segment_id = ?", (deployment_id, segment)


def read_segments(
    database: Database,
    tracked: Tracked,
    packages: Mapping[int, Baseline],
    segments: Sequence[int],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    names: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The accuracy overall of several segments, to be compared; parameters as `read_accuracy`.

    Returns
    -------
    list
        One per segment: the fields of `domain.entities.AccuracyBucket` but for its times.

    """
    target = tracked.target
    scoring.check_names(target.type, list(names))
    first, last = calendar.checked_hours(start, end)
    described = []
    describe = _Description(target, packages, names or None)
    with reading(database.log_engine) as cursor:
        known = hours_with_predictions(cursor, tracked, list(packages)) or (0, 1)
        first = known[0] if first is None else first
        last = max(known[1], first + 1) if last is None else last
        for segment in segments:
            point = _Point()
            for table, held in ((USAGE, point.usage), (ACCURACY, point.matched)):
                for level, low, high in pieces(Bucket.DAY, first, last):
                    held += [
                        (package, Accumulator.from_bytes(data))
                        for _, package, data in read_bucket(
                            cursor,
                            table,
                            tracked.deployment_id,
                            list(packages),
                            level,
                            low,
                            high,
                            segment,
                        )
                    ]
            one = describe.point(point, first, last)
            described.append({name: one[name] for name in one if name not in ("start", "end")})
    return described


class _Description:
    """Accumulators in words: the fields of `domain.entities.AccuracyBucket`."""

    def __init__(
        self, target: Target, packages: Mapping[int, Baseline], names: Sequence[str] | None
    ) -> None:
        self._target = target
        self._packages = packages
        self._names = names or [metric.name for metric in scoring.METRICS[target.type]]

    def point(
        self, point: _Point, first: int, last: int, whole: Accumulator | None = None
    ) -> dict[str, Any]:
        """One bucket from the hour ``first`` to the hour ``last``."""
        usage = merge([accumulator for _, accumulator in point.usage])
        matched = whole or merge([accumulator for _, accumulator in point.matched])
        n_predicted = 0 if usage is None else scoring.rows(self._target, usage)
        n = 0 if matched is None else scoring.rows(self._target, matched)
        described: dict[str, Any] = {
            "start": calendar.moment_of_hour(first),
            "end": calendar.moment_of_hour(last),
            "n": n,
            "n_predicted": n_predicted,
            "metrics": {}
            if not n_predicted
            else metrics_of(self._target, self._names, matched, self._baseline(point)),
            "mean_predicted": None,
            "mean_actual": None,
            "predicted_shares": None,
            "actual_shares": None,
        }
        if self._target.type.is_classification:
            self._describe_classes(described, usage, matched)
        else:
            if usage is not None and n_predicted:
                described["mean_predicted"] = usage.sums[0].over(n_predicted)
            if matched is not None and n:
                described["mean_actual"] = matched.sums[3].over(n)
        return described

    def _baseline(self, point: _Point) -> Baseline:
        made: dict[int, int] = {}
        for package, accumulator in point.usage:
            made[package] = made.get(package, 0) + scoring.rows(self._target, accumulator)
        if not made:
            return {}
        return self._packages[max(made, key=lambda package: (made[package], package))]

    def _describe_classes(
        self,
        described: dict[str, Any],
        usage: Accumulator | None,
        matched: Accumulator | None,
    ) -> None:
        labels = self._target.class_labels
        if usage is not None and described["n_predicted"]:
            counts = usage.counts[1:]
            described["predicted_shares"] = _shares(labels, counts.tolist())
            if self._target.type is TargetType.BINARY and usage.counts[0]:
                described["mean_predicted"] = usage.sums[0].over(int(usage.counts[0]))
        if matched is not None and described["n"]:
            actual = scoring.confusion_matrix(self._target, matched).sum(axis=1).tolist()
            described["actual_shares"] = _shares(labels, actual)
            if self._target.type is TargetType.BINARY:
                share = actual[self._target.positive_index] / described["n"]
                described["mean_actual"] = share


def metrics_of(
    target: Target, names: Sequence[str], matched: Accumulator | None, baseline: Baseline
) -> dict[str, Any]:
    """Metric → the fields of `domain.entities.MetricValue`, of predictions with their actual."""
    values = {} if matched is None else scoring.compute(target, matched)
    described = {}
    for name in names:
        value, n = values.get(name, (None, 0))
        base = baseline.get(name)
        change = None
        if value is not None and base:
            change = 100 * (value - base) / abs(base)
        described[name] = {"value": value, "n": n, "baseline": base, "change_percent": change}
    return described


def _shares(labels: Sequence[str], counts: Sequence[int]) -> dict[str, float]:
    total = sum(counts)
    return {label: count / total for label, count in zip(labels, counts, strict=True)}
