"""Segments as a result: which values there are, or the accuracies of one column's, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..domain import entities
from ..domain.errors import InvalidInput
from ..domain.target import label_text
from . import tables
from .shown import Shown, Table

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

#: A segment column and the value whose rows are meant; ``None`` for missing ones.
Segment = tuple[str, Any]

_SHOWN_VALUES = 60


def segment_params(segment: Segment | str | None, value: Any = None) -> dict[str, str | None]:
    """The parameters that ask for one segment: ``("carrier", "UA")``, or both by themselves.

    Raises
    ------
    TypeError
        for a segment that is neither a name nor a pair.

    """
    if segment is None or isinstance(segment, str):
        given = None if value is None else value_text(value)
        return {"segment": segment, "segment_value": given}
    if value is not None or not isinstance(segment, tuple | list) or len(segment) != 2:
        raise TypeError(
            f"A segment is a column with a value, such as ('carrier', 'UA'), not {segment!r}."
        )
    return {"segment": str(segment[0]), "segment_value": value_text(segment[1])}


def parsed_segment(text: str | None) -> tuple[str, str] | None:
    """``carrier=UA`` as column and value; ``carrier=`` means rows without a value.

    Raises
    ------
    InvalidInput
        when there is no ``=``.

    """
    if text is None:
        return None
    column, equals, value = text.partition("=")
    if not equals or not column:
        raise InvalidInput(
            f"{text!r} names no segment.",
            advice="Write column and value, such as carrier=UA, or carrier= for rows without one.",
            fields={"segment": text},
        )
    return column, value


def value_text(value: Any) -> str:
    """A value as segments have it; empty for missing ones."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return f"{moment.isoformat()}Z"
    return label_text(value)


def names_of(columns: Sequence[str] | str) -> list[str]:
    """Names of columns, given as several or as one."""
    return [columns] if isinstance(columns, str) else list(columns)


class Segments(Shown, entities.Segments):
    """The segment columns with their values, or the values of one compared."""

    @property
    def is_compared(self) -> bool:
        """Whether one column was asked for, so that there are metrics."""
        return bool(self.metric_names)

    @property
    def metric_names(self) -> list[str]:
        """The metrics there are, in their usual order."""
        values = [one for column in self.columns for one in column.values]
        return list(dict.fromkeys(name for one in values for name in one.metrics))

    def values(self, column: str) -> list[str]:
        """The values of a column, those of most predictions first; none of an unknown one."""
        return [one.value for known in self.columns if known.name == column for one in known.values]

    def to_arrow(self) -> pa.Table:
        """A row per value: ``column``, ``value``, ``n_predicted``, ``n``, a column per metric."""
        import pyarrow as pa

        rows = [(column.name, one) for column in self.columns for one in column.values]
        held: dict[str, Any] = {
            "column": pa.array([name for name, _ in rows], pa.string()),
            "value": pa.array([one.value for _, one in rows], pa.string()),
            "n_predicted": pa.array([one.n_predicted for _, one in rows], pa.int64()),
            "n": pa.array([one.n for _, one in rows], pa.int64()),
        }
        for metric in self.metric_names:
            found = [one.metrics.get(metric) for _, one in rows]
            values = [value.value if value else None for value in found]
            held[metric] = pa.array(values, pa.float64())
        return pa.table(held)

    def to_frame(self) -> pandas.DataFrame:
        """`to_arrow` as a pandas DataFrame; raises `MissingExtra` without pandas."""
        return tables.to_pandas(self.to_arrow())

    @property
    def headings(self) -> tuple[str, ...]:
        """What the columns of `rows` are."""
        return ("column", "value", "predicted", "matched", *self.metric_names)

    def rows(self) -> list[tuple[Any, ...]]:
        """Column, value, rows predicted, rows matched, and the metrics, under `headings`."""
        return [
            (
                column.name,
                one.value,
                one.n_predicted,
                one.n,
                *(
                    one.metrics[name].value if name in one.metrics else None
                    for name in self.metric_names
                ),
            )
            for column in self.columns
            for one in column.values
        ]

    @property
    def note(self) -> str:
        """What there is to know of the columns, in words."""
        if not self.columns:
            return (
                "No segment columns are chosen: deploy(…, segment_columns=[…]) or "
                "Deployment.update(segment_columns=[…])."
            )
        said = []
        waiting = [column.name for column in self.columns if not column.values]
        if waiting:
            said.append(f"No prediction was counted yet in {', '.join(waiting)}.")
        former = [column.name for column in self.columns if not column.active]
        if former:
            said.append(f"No longer counted: {', '.join(former)}.")
        if any("(other)" in self.values(column.name) for column in self.columns):
            said.append(f"(other) is what came after the first {self.most_values} values.")
        return " ".join(said)

    def _parts(self) -> list[Table]:
        return [
            Table(self.headings, self.rows(), title="Segments", note=self.note, most=_SHOWN_VALUES)
        ]
