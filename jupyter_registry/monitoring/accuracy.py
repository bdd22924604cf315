"""Reading accuracy, overall and over time, from the accumulators: never from the raw log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from ..domain import metrics as scoring
from ..domain.accumulators import Accumulator, empty_matched, merge
from ..domain.kinds import Bucket
from ..domain.target import Target
from ..store.database import Database
from . import calendar
from .buckets import ACCURACY, DAY_LEVEL, HOUR_LEVEL, HOURS_OF_DAY, OF_SEGMENTS, USAGE
from .cursor import Cursor, reading
from .description import Baseline, Counted, Description
from .rows import Tracked


def read_accuracy(
    database: Database,
    tracked: Tracked,
    packages: Mapping[int, Baseline],
    *,
    bucket: Bucket | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    names: Sequence[str] = (),
    bucket_names: Sequence[str] = (),
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
    bucket_names:
        The metrics wanted of the buckets; ``names`` unless given.
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
    scoring.check_names(target.type, [*names, *bucket_names])
    describe = Description(target, packages, names)
    describe_buckets = Description(target, packages, bucket_names or names)
    with reading(database.log_engine) as cursor:
        series = calendar.series(
            bucket,
            start,
            end,
            lambda: hours_with_predictions(cursor, tracked, list(packages), segment),
        )
        if series is None:
            return _nothing(target, bucket)
        chosen, first, last, edges = series.bucket, series.first, series.last, series.edges
        read = partial(_counted, cursor, tracked, list(packages), segment)
        sketched, of_buckets = describe.needs_sketches, describe_buckets.needs_sketches
        if chosen is Bucket.HOUR:
            usage, matched = read(pieces(chosen, first, last), edges, sketched=of_buckets)
            # by day in any case: the sketches of many hours take long to merge
            days = pieces(Bucket.DAY, first, last)
            all_usage, all_matched = read(days, [first, last], sketched=sketched)
        else:
            sketched = sketched or of_buckets
            usage, matched = read(pieces(chosen, first, last), edges, sketched=sketched)
            all_usage, all_matched = usage.together(), matched.together()
    (whole,) = all_matched.merged(1, empty_matched(target))
    start, end = calendar.moment_of_hour(first), calendar.moment_of_hour(last)
    (overall,) = describe.buckets(all_usage, Counted([0], [0], [whole]), [start, end])
    moments = [calendar.moment_of_hour(hour) for hour in edges]
    matrix = None
    if target.type.is_classification and all_matched.accumulators:
        matrix = scoring.confusion_matrix(target, whole).tolist()
    return {
        "bucket": chosen.value,
        "start": start,
        "end": end,
        "overall": overall,
        "buckets": describe_buckets.buckets(usage, matched, moments),
        "confusion_matrix": matrix,
        "class_labels": list(target.class_labels),
        "target_type": target.type,
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
        "target_type": target.type,
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
) -> Iterator[tuple[int, int, bytes]]:
    """(hour, package, accumulator) of a table's rows, or a segment's, in a range.

    They come one by one, with nothing else to be asked of the cursor meanwhile: thousands at once
    keep the garbage collector busy.
    """
    table, where, parameters = _owned(table, deployment_id, segment)
    hours = 1 if level == HOUR_LEVEL else HOURS_OF_DAY
    for package in packages:
        rows = cursor.each(
            f"SELECT start, data FROM {table} WHERE {where} AND package_id = ? "
            "AND level = ? AND start >= ? AND start < ?",
            (*parameters, package, level, low, high),
        )
        for start, data in rows:
            yield start * hours, package, data


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
    if not segments:
        return []
    describe = Description(target, packages, names)
    usage, matched = Counted(), Counted()
    with reading(database.log_engine) as cursor:
        known = hours_with_predictions(cursor, tracked, list(packages)) or (0, 1)
        first = known[0] if first is None else first
        last = max(known[1], first + 1) if last is None else last
        whole = pieces(Bucket.DAY, first, last)
        for place, segment in enumerate(segments):
            predicted, met = _counted(
                cursor,
                tracked,
                list(packages),
                segment,
                whole,
                [first, last],
                sketched=describe.needs_sketches,
            )
            for package, one in zip(predicted.packages, predicted.accumulators, strict=True):
                usage.add(place, package, one)
            # at once: the sketches of every day of all segments are too much to hold
            if (together := merge(met.accumulators)) is not None:
                matched.add(place, 0, together)
    return describe.of_each(usage, matched, len(segments))


def _counted(
    cursor: Cursor,
    tracked: Tracked,
    packages: Sequence[int],
    segment: int | None,
    pieces: Sequence[tuple[int, int, int]],
    edges: Sequence[int],
    *,
    sketched: bool,
) -> tuple[Counted, Counted]:
    """What was predicted and what is matched between neighbours of ``edges``, which are hours in
    ascending order; read by `pieces`.
    """
    usage, matched = Counted(), Counted()
    for table, held in ((USAGE, usage), (ACCURACY, matched)):
        for level, low, high in pieces:
            for hour, package, data in read_bucket(
                cursor, table, tracked.deployment_id, packages, level, low, high, segment
            ):
                accumulator = Accumulator.from_bytes(data, sketched=sketched)
                held.add(bisect_right(edges, hour) - 1, package, accumulator)
    return usage, matched
