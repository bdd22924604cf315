"""The drift accumulators' table: bins of new predictions, added by hour and by UTC day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..domain.drift import DriftCounts
from .cursor import Cursor
from .keys import DAY_LEVEL, HOUR, HOUR_LEVEL, HOURS_OF_DAY, KEYS_AT_ONCE, Key
from .rows import PredictionRows

DRIFT = "drift_bucket"

Drifts = dict[Key, DriftCounts]

_UPDATE = (
    f"UPDATE {DRIFT} SET n = ?, data = ? "
    "WHERE deployment_id = ? AND package_id = ? AND level = ? AND start = ?"
)
_UPSERT = (
    f"INSERT INTO {DRIFT} (n, data, deployment_id, package_id, level, start) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (deployment_id, package_id, level, start) "
    "DO UPDATE SET n = excluded.n, data = excluded.data"
)

#: Counts of a batch in memory at once: one of many hours and columns is added in parts.
_COUNTS_AT_ONCE = 1 << 22
#: Most counts that are held for the next batch.
_RECENT_COUNTS = 1 << 16


def add_counts(cursor: Cursor, deployment_id: int, rows: PredictionRows, held: Drifts) -> Drifts:
    """Add the bins of predictions to the accumulators; ``held`` are those that are known.

    Returns what was written last, for the next batch.
    """
    assert rows.plan is not None
    if len(rows) == 1:
        return _add_one(cursor, deployment_id, rows, held)
    for added in _by_hour(rows):
        held = _add(cursor, deployment_id, added, held)
    return held if len(held) * rows.plan.size <= _RECENT_COUNTS else {}


def _add_one(cursor: Cursor, deployment_id: int, rows: PredictionRows, held: Drifts) -> Drifts:
    """The same of a single row, which comes most often, without what only many need."""
    plan, bins, package = rows.plan, rows.bins, rows.package_id
    assert plan is not None
    assert bins is not None
    at = int(rows.timestamps[0]) // HOUR
    counts = plan.counts(bins, rows.timestamps, 1)[0]
    hour, day = (package, HOUR_LEVEL, at), (package, DAY_LEVEL, at // HOURS_OF_DAY)
    of_hour, of_day = held.get(hour), held.get(day)
    if of_hour is None or of_day is None or not of_hour.digest == of_day.digest == plan.digest:
        one = DriftCounts(plan.digest, 1, counts)
        return _add(cursor, deployment_id, {hour: one, day: one}, held)
    of_hour, of_day = of_hour.and_one(counts), of_day.and_one(counts)
    cursor.run_many(
        _UPDATE,
        [
            (of_hour.n, of_hour.to_bytes(), deployment_id, *hour),
            (of_day.n, of_day.to_bytes(), deployment_id, *day),
        ],
    )
    return {hour: of_hour, day: of_day}


def _by_hour(rows: PredictionRows) -> Iterator[Drifts]:
    """What the rows count in their hours and days, in parts."""
    plan, bins, package = rows.plan, rows.bins, rows.package_id
    assert plan is not None
    assert bins is not None
    hours = rows.timestamps // HOUR
    found, groups, n = np.unique(hours, return_inverse=True, return_counts=True)
    most = max(1, _COUNTS_AT_ONCE // plan.size)
    for first in range(0, len(found), most):
        some = slice(first, first + most)
        chosen = slice(None)
        if len(found) > most:
            chosen = np.flatnonzero((groups >= first) & (groups < first + most))
        width = len(found[some])
        counted = plan.counts(bins[chosen], groups[chosen] - first, width)
        added: Drifts = {}
        for hour, size, row in zip(found[some].tolist(), n[some].tolist(), counted, strict=True):
            counts = DriftCounts(plan.digest, size, row)
            added[(package, HOUR_LEVEL, hour)] = counts
            day = (package, DAY_LEVEL, hour // HOURS_OF_DAY)
            before = added.get(day)
            added[day] = counts if before is None else before.merged(counts)
        yield added


def _add(cursor: Cursor, deployment_id: int, added: Drifts, held: Drifts) -> Drifts:
    unknown = [key for key in added if key not in held]
    known = held | _load(cursor, deployment_id, unknown) if unknown else held
    now: Drifts = {}
    for key, counts in added.items():
        before = known.get(key)
        now[key] = counts if before is None else before.merged(counts)
    # what is held is in the table, and an update costs less there
    cursor.run_many(
        _UPSERT if unknown else _UPDATE,
        [(counts.n, counts.to_bytes(), deployment_id, *key) for key, counts in now.items()],
    )
    return now


def _load(cursor: Cursor, deployment_id: int, keys: list[Key]) -> Drifts:
    """Those of the accumulators that exist."""
    found: Drifts = {}
    for first in range(0, len(keys), KEYS_AT_ONCE):
        part = keys[first : first + KEYS_AT_ONCE]
        where = " OR ".join(["(package_id = ? AND level = ? AND start = ?)"] * len(part))
        for package, level, start, n, data in cursor.all(
            f"SELECT package_id, level, start, n, data FROM {DRIFT} "
            f"WHERE deployment_id = ? AND ({where})",
            (deployment_id, *(item for key in part for item in key)),
        ):
            found[(package, level, start)] = DriftCounts.from_bytes(data, n)
    return found
