"""Reading service health, overall and over time, from the counts of requests."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ..domain.health import Requests, merge
from ..domain.kinds import Bucket
from ..store.database import Database
from . import calendar
from .accuracy import known_hours, pieces, read_bucket
from .buckets import DAY_LEVEL, USAGE
from .cursor import Cursor, reading
from .health import HEALTH

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Days with requests that are looked through for one that was answered.
_LATEST_DAYS = 31


def read_health(
    database: Database,
    deployment_id: int,
    packages: Sequence[int],
    *,
    bucket: Bucket | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> dict[str, Any]:
    """Health of a deployment under some packages, by the time of the answers, ready for JSON.

    Parameters
    ----------
    bucket:
        The width of a point; chosen by the span unless given.
    start, end:
        The range ``[start, end)``, widened to whole hours; all there is unless given.

    Returns
    -------
    dict
        The fields of `domain.monitoring.Health` but for ``deployment_id`` and ``package_id``.

    Raises
    ------
    InvalidInput
        for an empty range, or one of too many buckets.

    """
    with reading(database.log_engine) as cursor:
        latest = _last_prediction(cursor, deployment_id, packages)
        series = calendar.series(
            bucket, start, end, lambda: known_hours(cursor, HEALTH, deployment_id, packages)
        )
        if series is None:
            return _nothing(bucket) | {"last_prediction_at": latest}
        edges = series.edges
        points: list[list[Requests]] = [[] for _ in edges[:-1]]
        for level, low, high in pieces(series.bucket, series.first, series.last):
            for hour, _, data in read_bucket(
                cursor, HEALTH, deployment_id, packages, level, low, high
            ):
                points[bisect_right(edges, hour) - 1].append(Requests.from_bytes(data))
    merged = [merge(point) for point in points]
    whole = merge(requests for requests in merged if requests.n)
    status, reason = whole.judged()
    return {
        "bucket": series.bucket.value,
        "start": calendar.moment_of_hour(series.first),
        "end": calendar.moment_of_hour(series.last),
        "status": status.value,
        "reason": reason,
        "overall": _described(whole, series.first, series.last),
        "buckets": [_described(each, edges[i], edges[i + 1]) for i, each in enumerate(merged)],
        "last_prediction_at": latest,
    }


def _nothing(bucket: Bucket | None) -> dict[str, Any]:
    status, reason = Requests().judged()
    return {
        "bucket": (bucket or Bucket.DAY).value,
        "start": None,
        "end": None,
        "status": status.value,
        "reason": reason,
        "overall": None,
        "buckets": [],
    }


def _described(requests: Requests, first: int, last: int) -> dict[str, Any]:
    """The fields of `domain.monitoring.HealthBucket`."""
    return {
        "start": calendar.moment_of_hour(first),
        "end": calendar.moment_of_hour(last),
        "requests": requests.n,
        "rows": requests.rows,
        "client_errors": requests.client_errors,
        "server_errors": requests.server_errors,
        "response_ms": requests.response.summary(),
        "model_ms": requests.model.summary(),
    }


def _last_prediction(
    cursor: Cursor, deployment_id: int, packages: Sequence[int]
) -> datetime | None:
    """When a request was last answered with rows.

    Of rows from before requests were counted, it is the hour that the latest was predicted for.
    """
    moments: list[int] = []
    for package in packages:
        rows = cursor.all(
            f"SELECT data FROM {HEALTH} WHERE deployment_id = ? AND package_id = ? AND level = ? "
            f"ORDER BY start DESC LIMIT {_LATEST_DAYS}",
            (deployment_id, package, DAY_LEVEL),
        )
        found = (Requests.from_bytes(data).last for (data,) in rows)
        moments += [next((last for last in found if last), 0)]
    if any(moments):
        return _EPOCH + timedelta(microseconds=max(moments))
    known = known_hours(cursor, USAGE, deployment_id, packages)
    return None if known is None else calendar.moment_of_hour(known[1] - 1)
