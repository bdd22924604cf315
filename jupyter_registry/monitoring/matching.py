"""Recording one batch inside a transaction: insert, match with what is known, keep count.

The batch's deployment is locked first, so what is read stays true until the commit. The
association ID is unique per deployment: a repeat replaces what it names, in the log and in the
accumulators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from . import log
from .buckets import Changes, Recent, Scored
from .cursor import Cursor
from .rows import ActualRows, Floats, Ints, Outcome, PredictionRows, Tracked
from .segments import ids_of


@dataclass(frozen=True)
class Totals:
    """How many rows of each sort a deployment has, and segments."""

    predicted: int
    matched: int
    actuals: int
    revision: int
    segments: int


def lock_totals(cursor: Cursor, deployment_id: int) -> Totals:
    """The deployment's counts; no one else writes its rows until the transaction ends."""
    # SQLite's writers exclude each other already
    lock = "" if cursor.sqlite else " FOR UPDATE"
    row = cursor.one(
        "SELECT predicted, matched, actuals, revision, segments FROM deployment_totals "
        f"WHERE deployment_id = ?{lock}",
        (deployment_id,),
    )
    if row is None:
        raise LookupError(f"deployment {deployment_id} has no totals")
    return Totals(*row)


def set_totals(cursor: Cursor, deployment_id: int, totals: Totals) -> None:
    """Write the counts, with the revision one higher."""
    cursor.run(
        "UPDATE deployment_totals SET predicted = ?, matched = ?, actuals = ?, revision = ?, "
        "segments = ? WHERE deployment_id = ?",
        (
            totals.predicted,
            totals.matched,
            totals.actuals,
            totals.revision + 1,
            totals.segments,
            deployment_id,
        ),
    )


def record_predictions(
    cursor: Cursor, tracked: Tracked, rows: PredictionRows, recent: Recent | None = None
) -> Outcome:
    """Record predictions; those whose association ID is known replace the earlier ones."""
    deployment_id, classes = tracked.deployment_id, len(tracked.target.class_labels)
    given = len(rows)
    totals = lock_totals(cursor, deployment_id)
    kept = _last_of_each(rows.association_ids)
    if kept is not None:
        rows = rows.take(kept)
    # rows that are replaced can have segments where the new ones have none
    segmented = totals.segments > 0
    if rows.segments:
        held = None if recent is None else recent.segments
        ids, count = ids_of(cursor, deployment_id, rows.segments, totals.segments, held)
        rows, totals = replace(rows, segment_ids=ids), replace(totals, segments=count)
    named = rows.association_ids is not None
    # of one row, all or nothing is inserted: what is found then is not the row itself
    newest = log.newest_id(cursor) if named and len(rows) > 1 else None
    inserted = log.append_predictions(cursor, deployment_id, rows)
    changes = Changes(tracked.target)
    changes.predicted(_scored(rows))
    old: log.Found | None = None
    batch = log.Batch(cursor, deployment_id, rows.association_ids or ())
    if inserted < len(rows):
        old = batch.predictions(classes, up_to=newest, segmented=segmented)
        log.overwrite_predictions(cursor, rows, old.at, old.ids)
        changes.predicted(_found(old), sign=-1)
    changes.drifted(rows if old is None else _without(rows, old.at))
    matched, newly = 0, 0
    # without replaced rows, only an actual that came early can belong to these predictions
    if named and (old is not None or totals.actuals > totals.matched):
        at, actuals = batch.actuals()
        changes.matched(_scored(rows.take(at)), actuals)
        matched = newly = len(at)
        if old is not None:
            actual_of = np.full(len(rows), np.nan)
            actual_of[at] = actuals
            before = ~np.isnan(actual_of[old.at])
            changes.matched(_found(old.take(before)), actual_of[old.at[before]], sign=-1)
            newly -= int(before.sum())
    changes.apply(cursor, deployment_id, totals.revision, recent)
    set_totals(
        cursor,
        deployment_id,
        Totals(
            totals.predicted + inserted,
            totals.matched + newly,
            totals.actuals,
            totals.revision,
            totals.segments,
        ),
    )
    return Outcome(accepted=given, replaced=given - inserted, matched=matched)


def record_actuals(
    cursor: Cursor, tracked: Tracked, rows: ActualRows, recent: Recent | None = None
) -> Outcome:
    """Record outcomes; a known association ID's value is replaced by the new one."""
    deployment_id, classes = tracked.deployment_id, len(tracked.target.class_labels)
    given = len(rows)
    totals = lock_totals(cursor, deployment_id)
    times = np.ones(given, np.int64)
    kept = _last_of_each(rows.association_ids)
    if kept is not None:
        times = _how_often(rows.association_ids, kept)
        rows = rows.take(kept)
    batch = log.Batch(cursor, deployment_id, rows.association_ids)
    at, before = _insert_actuals(cursor, deployment_id, batch, rows, totals)
    value_before = np.full(len(rows), np.nan)
    value_before[at] = before
    found = batch.predictions(classes, segmented=totals.segments > 0)
    was, now = value_before[found.at], rows.values[found.at]
    changed = was != now  # a value that was not known is NaN, and so differs
    changes = Changes(tracked.target)
    changes.matched(_found(found.take(changed)), now[changed])
    corrected = changed & ~np.isnan(was)
    changes.matched(_found(found.take(corrected)), was[corrected], sign=-1)
    changes.apply(cursor, deployment_id, totals.revision, recent)
    newly = int(np.isnan(was).sum())
    set_totals(
        cursor,
        deployment_id,
        Totals(
            totals.predicted,
            totals.matched + newly,
            totals.actuals + len(rows) - len(at),
            totals.revision,
            totals.segments,
        ),
    )
    matched = int(times[found.at].sum())
    return Outcome(
        accepted=given,
        replaced=given - len(rows) + len(at),
        matched=matched,
        waiting=given - matched,
    )


def _insert_actuals(
    cursor: Cursor, deployment_id: int, batch: log.Batch, rows: ActualRows, totals: Totals
) -> tuple[Ints, Floats]:
    """Put all actuals into the log; positions and former values of those that were known."""
    none = np.zeros(0, np.int64), np.zeros(0)
    if not totals.actuals:
        log.append_actuals(cursor, deployment_id, rows)
        return none
    if len(rows) >= log.LARGE:
        # large batches are seldom repeats: insert first, and look only if something was there
        cursor.run("SAVEPOINT before_batch")
        if log.append_actuals(cursor, deployment_id, rows) == len(rows):
            cursor.run("RELEASE SAVEPOINT before_batch")
            return none
        cursor.run("ROLLBACK TO SAVEPOINT before_batch")
        cursor.run("RELEASE SAVEPOINT before_batch")
    at, values = batch.actuals()
    if len(at) < len(rows):
        log.append_actuals(cursor, deployment_id, rows)
    log.overwrite_actuals(cursor, deployment_id, rows.take(at))
    return at, values


def _scored(rows: PredictionRows) -> Scored:
    return Scored(
        rows.package_id,
        rows.timestamps,
        rows.values,
        rows.labels,
        rows.probabilities,
        rows.segment_ids,
    )


def _found(rows: log.Found) -> Scored:
    return Scored(
        rows.packages,
        rows.timestamps,
        rows.values,
        rows.labels,
        rows.probabilities,
        rows.segments,
    )


def _without(rows: PredictionRows, at: Ints) -> PredictionRows:
    """The rows but for those at some positions."""
    left = np.ones(len(rows), bool)
    left[at] = False
    return rows.take(np.flatnonzero(left))


def _last_of_each(ids: Sequence[str | None] | None) -> Ints | None:
    """Positions of the rows that count, in order, if an ID occurs twice; else ``None``."""
    if ids is None or len(ids) < 2 or len(set(ids)) == len(ids):
        return None
    last: dict[object, int] = {}
    for position, name in enumerate(ids):
        last[position if name is None else name] = position
    return np.array(sorted(last.values()), np.int64)


def _how_often(ids: Sequence[str], kept: Ints) -> Ints:
    """How often the ID of each kept row occurs."""
    counts: dict[str, int] = {}
    for name in ids:
        counts[name] = counts.get(name, 0) + 1
    return np.array([counts[ids[position]] for position in kept.tolist()], np.int64)
