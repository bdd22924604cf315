"""Replacements where the predictions have them, read from the accumulators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..domain.deployment_fields import ServicePeriod
from ..domain.marks import placed
from ..store.database import Database
from . import calendar
from .buckets import HOUR, HOUR_LEVEL, USAGE
from .cursor import Cursor, reading


def read_marks(
    database: Database,
    deployment_id: int,
    history: Sequence[ServicePeriod],
    buckets: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """The replacements in the time of the buckets: `domain.marks.ReplacementMark`, for JSON."""
    if not buckets or len(history) < 2:
        return []
    span = (buckets[0]["start"], buckets[-1]["end"])
    with reading(database.log_engine) as cursor:

        def first_hour(
            package_id: int, start: datetime | None, end: datetime | None
        ) -> datetime | None:
            return _first_hour(cursor, deployment_id, package_id, start, end)

        found = placed(history, first_hour, span)
    return [mark.model_dump() for mark in found]


def _first_hour(
    cursor: Cursor,
    deployment_id: int,
    package_id: int,
    start: datetime | None,
    end: datetime | None,
) -> datetime | None:
    """The first hour in a range that a package predicted for."""
    bounds = [deployment_id, package_id, HOUR_LEVEL]
    where = ""
    for moment, condition in ((start, " AND start >= ?"), (end, " AND start < ?")):
        if moment is not None:
            where += condition
            bounds.append(-(-calendar.microseconds(moment) // HOUR))
    row = cursor.one(
        f"SELECT start FROM {USAGE} WHERE deployment_id = ? AND package_id = ? AND level = ?"
        f"{where} ORDER BY start LIMIT 1",
        bounds,
    )
    return None if row is None else calendar.moment_of_hour(int(row[0]))
