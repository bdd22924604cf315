"""Computing a deployment's accumulators and counts anew from the raw log.

It gives the same bytes but where an hour or day had more scores than a sketch keeps apart and
one of two things came about; AUC and KS are then within their bounds, but need not be equal to
the last digit. Predictions were replaced by others elsewhere: the sketch stays as coarse as it
had to be, and is finer when rebuilt. Or many rows share a narrow band of scores: those that came
before it held many are not told apart, and rows are rebuilt in the order of the log, not of
their actuals' arrival. Splitting bins again would take reading the whole log, which has no index
on time.

A row keeps the ids of its segments, so these are rebuilt as they were: what counted as other
values stays so. What drift was counted stays too: the log does not hold inputs, unless features
are stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..store.database import Database
from . import log
from .buckets import TABLES, Accumulators, Changes, Scored, store
from .cursor import Cursor, Writer, reading
from .matching import Totals, lock_totals, set_totals
from .rows import Tracked, has_probabilities
from .segments import add_counts_of_segments

#: Rows read at a time.
PAGE = 10_000
#: How often the log is read beside its writers before they are kept waiting.
_TRIES_BESIDE_WRITERS = 3


@dataclass(frozen=True)
class Rebuilt:
    """What a deployment's log was found to hold."""

    predicted: int
    matched: int
    actuals: int
    buckets: int


@dataclass(frozen=True)
class _Computed:
    totals: Totals
    tables: dict[str, Accumulators]
    #: Segment → rows predicted, and rows matched.
    of_segments: tuple[dict[int, int], dict[int, int]]


def rebuild(database: Database, tracked: Tracked) -> Rebuilt:
    """Replace a deployment's accumulators and counts by what its raw log gives.

    The log is read beside its writers; if they were busy each time, they wait for the last one.
    """
    writer = Writer(database.log_engine)
    try:
        for _ in range(_TRIES_BESIDE_WRITERS):
            with reading(database.log_engine) as cursor:
                computed = _compute(cursor, tracked)
            with writer.transaction() as cursor:
                now = lock_totals(cursor, tracked.deployment_id)
                if now.revision == computed.totals.revision:
                    return _put(cursor, tracked, computed)
        with writer.transaction() as cursor:
            lock_totals(cursor, tracked.deployment_id)
            return _put(cursor, tracked, _compute(cursor, tracked))
    finally:
        writer.close()


def _compute(cursor: Cursor, tracked: Tracked) -> _Computed:
    """Read the whole log of a deployment, in one state."""
    deployment_id, target = tracked.deployment_id, tracked.target
    row = cursor.one(
        "SELECT revision FROM deployment_totals WHERE deployment_id = ?", (deployment_id,)
    )
    assert row is not None
    changes = Changes(target)
    predicted = matched = after = 0
    while rows := log.scan(cursor, deployment_id, after_id=after, limit=PAGE):
        after = int(rows[-1][0])
        ids, packages, _, stamps, values, labels, blobs, _, _, actuals, _, segments = zip(
            *rows, strict=True
        )
        scored = Scored(
            np.array(packages, np.int64),
            np.array(stamps, np.int64),
            np.array(values, np.float64),
            np.array(labels, np.int64),
            log.unpack(blobs, len(target.class_labels)) if has_probabilities(target) else None,
            log.unpack_segments(segments),
        )
        outcome = np.array(actuals, np.float64)
        known = np.flatnonzero(~np.isnan(outcome))
        changes.predicted(scored)
        changes.matched(scored.take(known), outcome[known])
        predicted += len(ids)
        matched += len(known)
    row_of_actuals = cursor.one(
        "SELECT count(*) FROM actual WHERE deployment_id = ?", (deployment_id,)
    )
    row_of_segments = cursor.one(
        "SELECT count(*) FROM segment WHERE deployment_id = ?", (deployment_id,)
    )
    assert row_of_actuals is not None
    assert row_of_segments is not None
    return _Computed(
        Totals(predicted, matched, int(row_of_actuals[0]), int(row[0]), int(row_of_segments[0])),
        {table: changes.added(table) for table in TABLES},
        changes.added_by_segment(),
    )


def _put(cursor: Cursor, tracked: Tracked, computed: _Computed) -> Rebuilt:
    for table, accumulators in computed.tables.items():
        cursor.run(f"DELETE FROM {table} WHERE deployment_id = ?", (tracked.deployment_id,))
        store(cursor, table, tracked.deployment_id, tracked.target, accumulators)
    cursor.run(
        "UPDATE segment SET predicted = 0, matched = 0 WHERE deployment_id = ?",
        (tracked.deployment_id,),
    )
    add_counts_of_segments(cursor, *computed.of_segments)
    set_totals(cursor, tracked.deployment_id, computed.totals)
    totals = computed.totals
    buckets = sum(len(accumulators) for accumulators in computed.tables.values())
    return Rebuilt(totals.predicted, totals.matched, totals.actuals, buckets)
