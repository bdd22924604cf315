"""The segments' table: which values of which columns a deployment was predicted with, and counts.

A segment is made when the first row with its value is recorded, in that row's transaction and
under its deployment's lock, and never goes: ids in the log and in memory stay true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ..domain.segments import MOST_VALUES, OTHER, is_own
from .cursor import Cursor
from .rows import Ints, Segments

#: Segment column → value → id.
Values = dict[str, dict[str, int]]

#: Deployments whose segments are held.
_HELD = 256


@dataclass(frozen=True)
class Segment:
    """A value of a segment column, with the rows that have it."""

    id: int
    column: str
    value: str
    predicted: int
    matched: int


def ids_of(
    cursor: Cursor,
    deployment_id: int,
    segments: Segments,
    count: int,
    held: dict[int, Values] | None = None,
) -> tuple[Ints, int]:
    """The ids of rows' segments, shape (n, columns); values not seen before become segments.

    Parameters
    ----------
    segments:
        As in `PredictionRows`.
    count:
        How many segments the deployment has.
    held:
        Deployment → its segments as last known, which this keeps; where they are ``count``,
        they are all there are.

    Returns
    -------
    The ids, 0 where a row is not counted, and how many segments there are now.

    """
    known = {} if held is None else held.get(deployment_id, {})
    if sum(map(len, known.values())) != count:
        known = {}
        for segment in listed_segments(cursor, deployment_id):
            known.setdefault(segment.column, {})[segment.value] = segment.id
    columns = []
    for column, values in segments.items():
        ids = known.setdefault(column, {})
        count += _make(cursor, deployment_id, column, ids, dict.fromkeys(values))
        other = ids.get(OTHER, 0)
        columns.append([0 if value is None else ids.get(value, other) for value in values])
    if held is not None:
        if deployment_id not in held and len(held) >= _HELD:
            held.clear()
        held[deployment_id] = known
    return np.array(columns, np.int64).T, count


def listed_segments(cursor: Cursor, deployment_id: int, column: str | None = None) -> list[Segment]:
    """The segments of a deployment, or of one column, in the order in which they came."""
    where, parameters = "", [deployment_id]
    if column is not None:
        where, parameters = " AND column_name = ?", [deployment_id, column]
    rows = cursor.all(
        "SELECT id, column_name, value, predicted, matched FROM segment "
        f"WHERE deployment_id = ?{where} ORDER BY id",
        parameters,
    )
    return [Segment(*row) for row in rows]


def add_counts_of_segments(
    cursor: Cursor, predicted: Mapping[int, int], matched: Mapping[int, int]
) -> None:
    """Add to the rows that segments have; both are segment → how many more."""
    rows = [
        (predicted.get(segment, 0), matched.get(segment, 0), segment)
        for segment in sorted(predicted.keys() | matched.keys())
    ]
    if rows:
        cursor.run_many(
            "UPDATE segment SET predicted = predicted + ?, matched = matched + ? WHERE id = ?",
            rows,
        )


def _make(
    cursor: Cursor,
    deployment_id: int,
    column: str,
    ids: dict[str, int],
    values: Iterable[str | None],
) -> int:
    """Make the segments that are missing, as far as there is room; returns how many."""
    fresh = [value for value in values if value is not None and value not in ids]
    if not fresh:
        return 0
    own = [value for value in fresh if is_own(value)]
    room = MOST_VALUES - sum(map(is_own, ids))
    chosen = [value for value in fresh if not is_own(value)] + own[: max(room, 0)]
    if len(own) > room and OTHER not in ids and OTHER not in chosen:
        chosen.append(OTHER)
    if chosen:
        cursor.run_many(
            "INSERT INTO segment (deployment_id, column_name, value, predicted, matched) "
            "VALUES (?, ?, ?, 0, 0)",
            [(deployment_id, column, value) for value in chosen],
        )
        for segment in listed_segments(cursor, deployment_id, column):
            ids[segment.value] = segment.id
    return len(chosen)
