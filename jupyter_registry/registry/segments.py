"""Segments: which values rows have, which there are, and how their accuracies compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..domain.errors import InvalidInput, nearest
from ..domain.frames import Values
from ..domain.segments import MISSING, MOST_COLUMNS, MOST_VALUES, is_own, segment_value
from ..domain.segments import segment_values as counted
from ..domain.signature import Dtype
from ..monitoring import rows as monitored
from ..monitoring.accuracy import read_segments
from ..monitoring.calendar import checked_hours
from ..monitoring.cursor import reading
from ..monitoring.description import Baseline
from ..monitoring.rows import Tracked
from ..monitoring.segments import Segment, listed_segments
from ..store.database import Database
from . import columns, validation
from .champions import Champion
from .columns import Table
from .feature_columns import read_leniently

#: Characters of a column's name.
_LONGEST_NAME = 500
#: Values that a refusal names.
_NAMED = 100


def check_columns(names: Sequence[str], association_id_column: str | None) -> None:
    """Refuse segment columns that may not be; raises `InvalidInput`."""
    for name in names:
        validation.text(name, "segment_columns", _LONGEST_NAME)
    if len(names) > MOST_COLUMNS:
        raise _refused(
            f"{len(names)} segment columns are too many.", f"Choose at most {MOST_COLUMNS}."
        )
    if not all(names):
        raise _refused("A segment column has no name.", "Give the names of columns.")
    if len(set(names)) < len(names):
        raise _refused(f"Segment columns repeat: {list(names)}.", "Give each column once.")
    if association_id_column is not None and association_id_column in names:
        raise _refused(
            f"The association ID column {association_id_column!r} has another value in each row.",
            "Choose columns of few values, which many rows share.",
        )


def values_of(
    champion: Champion, table: Table, checked: Mapping[str, Values] | None = None
) -> monitored.Segments | None:
    """Each row's value in each of the deployment's segment columns; ``None`` if it has none.

    ``checked`` are the signature's columns as `domain.frames.conform` gives them; without it,
    columns of the signature are read leniently. A column that is not there is missing in each
    row: predictions must not fail for the sake of their segments.
    """
    if not champion.segment_columns:
        return None
    dtypes = {column.name: column.dtype for column in champion.signature.columns}
    found: monitored.Segments = {}
    for name in champion.segment_columns:
        given = table.columns.get(name)
        if checked is not None and name in checked:
            given = checked[name]
        elif given is not None and dtypes.get(name, Dtype.STRING) is not Dtype.STRING:
            given = read_leniently(dtypes[name], given)
        if given is None:
            found[name] = [MISSING] * table.n
        else:
            found[name] = list(counted(columns.texts(given)))
    return found


def chosen(
    database: Database,
    deployment_id: int,
    active: Sequence[str],
    column: str | None,
    value: str | None,
) -> Segment | None:
    """The segment of a column's value; ``None`` where no column is named.

    Raises
    ------
    InvalidInput
        for a column or value that there is not, naming those that there are, and for one without
        the other.

    """
    if column is None:
        if value is not None:
            raise InvalidInput(
                "A value of a segment was given without its column.",
                advice="Give segment too, the name of the column.",
                fields={"segment": "missing"},
            )
        return None
    with reading(database.log_engine) as cursor:
        segments = listed_segments(cursor, deployment_id)
    _check_column(column, active, segments)
    known = [one.value for one in _ordered(segments, column)]
    if value is None:
        raise InvalidInput(
            f"Which value of {column!r} is meant?",
            advice=f"Give segment_value, one of {_listed(known)}; GET "
            f"deployments/{deployment_id}/segments?column=… compares all.",
            fields={"segment_value": "missing", "known": known[:_NAMED]},
        )
    wanted = segment_value(value)
    for segment in segments:
        if (segment.column, segment.value) == (column, wanted):
            return segment
    full = sum(map(is_own, known)) >= MOST_VALUES
    raise InvalidInput(
        f"No prediction has the value {wanted!r} in {column!r}"
        + (f", or it is among the later ones that count as (other) after {MOST_VALUES} values."
           if full else "."),
        advice=nearest(wanted, known) or f"Known: {_listed(known)}.",
        fields={"segment_value": "unknown", "known": known[:_NAMED]},
    )  # fmt: skip


def read(
    database: Database,
    tracked: Tracked,
    packages: Mapping[int, Baseline],
    active: Sequence[str],
    *,
    column: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    metrics: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The segment columns with their values, shaped as `domain.entities.SegmentColumn`.

    With ``column`` it alone, each value with its accuracy in the range ``[start, end)``; else
    all, with the counts of all rows.
    """
    with reading(database.log_engine) as cursor:
        segments = listed_segments(cursor, tracked.deployment_id)
    if column is None:
        return [
            {
                "name": name,
                "active": name in active,
                "values": [
                    {"value": one.value, "n_predicted": one.predicted, "n": one.matched}
                    for one in _ordered(segments, name)
                ],
            }
            for name in _names(active, segments)
        ]
    checked_hours(start, end)
    _check_column(column, active, segments)
    own = [one for one in segments if one.column == column]
    read = read_segments(
        database,
        tracked,
        packages,
        [one.id for one in own],
        start=start,
        end=end,
        names=metrics,
    )
    values = [{"value": one.value} | found for one, found in zip(own, read, strict=True)]
    values.sort(key=lambda one: _order(one["value"], one["n_predicted"]))
    return [{"name": column, "active": column in active, "values": values}]


def _ordered(segments: Iterable[Segment], column: str) -> list[Segment]:
    own = [one for one in segments if one.column == column]
    return sorted(own, key=lambda one: _order(one.value, one.predicted))


def _order(value: str, predicted: int) -> tuple[bool, int, str]:
    """Values of most predictions first; what is no value of its own comes last."""
    return (not is_own(value), -predicted, value)


def _names(active: Sequence[str], segments: Iterable[Segment]) -> list[str]:
    """The columns of now, then those of before."""
    return list(dict.fromkeys([*active, *(one.column for one in segments)]))


def _check_column(column: str, active: Sequence[str], segments: Iterable[Segment]) -> None:
    known = _names(active, segments)
    if column in known:
        return
    advice = nearest(column, known) or f"Known: {_listed(known)}."
    if not known:
        advice = (
            "Choose segment columns first, with deploy(…, segment_columns=[…]) or "
            "Deployment.update(segment_columns=[…]); predictions from then on are counted."
        )
    raise InvalidInput(
        f"{column!r} is not a segment column of this deployment.",
        advice=advice,
        fields={"segment": "unknown", "known": known},
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown or "none yet"


def _refused(detail: str, advice: str) -> InvalidInput:
    return InvalidInput(detail, advice=advice, fields={"segment_columns": advice})
