"""The table that is trained on: read, its target known, its columns sorted into kinds, and checked.

All is Arrow and NumPy; pyarrow is imported when used.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..client import tables
from ..domain.errors import InvalidInput, nearest
from ..domain.frames import infer_signature
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target
from .targets import encoded, find_target

if TYPE_CHECKING:
    import pyarrow as pa

#: Fewer rows with a known target are refused.
LEAST_ROWS = 50
#: A column of texts of which this share differs is an identifier or free text.
_DISTINCT_SHARE = 0.9
#: Texts that are looked at to tell whether a column has dates, before all are.
_SAMPLE = 200


@dataclass(frozen=True)
class TrainingTable:
    """Checked data: the rows whose target is known, with inputs in the signature's order."""

    table: pa.Table
    """Inputs, the target, and the column of the partition if that is no input."""
    target: Target
    signature: Signature
    digest: str
    """SHA-256 of the content as it was given, in hex."""
    source: str
    rows_given: int
    columns_given: int
    outcomes: NDArray[np.float64]
    """Numbers, or indices of the target's class labels, shape (n,)."""
    warnings: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows whose target is known."""
        return int(self.table.num_rows)


def prepare(
    data: Any,
    target: str,
    *,
    target_type: TargetType | str | None = None,
    class_labels: Sequence[object] | None = None,
    positive_class: object | None = None,
    drop: Sequence[str] = (),
    keep: Sequence[str] = (),
    source: str | None = None,
) -> TrainingTable:
    """Read the data and check them.

    Parameters
    ----------
    drop:
        Columns that are not trained on.
    keep:
        Columns that are carried along without being inputs, such as the group's.

    Raises
    ------
    InvalidInput
        saying the one thing that is wrong first: no such target, a constant one, a single class,
        labels that do not match, fewer than 50 rows, a column without any value.

    """
    given = tables.read(data).table
    for name in (*drop, *keep):
        _check_column(given, name)
    _check_target(given, target)
    digest = _digest(given)
    warnings: list[str] = []
    known = _known_target(given, target, warnings)
    table = _dates_read(known, [target, *drop], warnings)
    found = find_target(table, target, target_type, class_labels, positive_class)
    codes = encoded(table, found)
    inputs = _inputs(table, [target, *drop, *keep], warnings)
    kept = [name for name in keep if name not in inputs.names]
    return TrainingTable(
        table.select([*inputs.names, target, *kept]),
        found,
        inputs,
        digest,
        source if source is not None else _source_of(data),
        given.num_rows,
        given.num_columns,
        codes,
        warnings,
    )


# --- the target -----------------------------------------------------------------------------


def _check_column(table: pa.Table, name: str) -> None:
    if name not in table.column_names:
        raise InvalidInput(
            f"The data have no column {name!r}. {nearest(name, table.column_names)}".strip(),
            advice=f"The columns are {', '.join(table.column_names[:30])}.",
            fields={"column": name},
        )


def _check_target(table: pa.Table, target: str) -> None:
    if target not in table.column_names:
        raise InvalidInput(
            f"The data have no column {target!r} to predict. "
            f"{nearest(target, table.column_names)}".strip(),
            advice=f"The columns are {', '.join(table.column_names[:30])}.",
            fields={"target": f"no column: {target}"},
        )


def _known_target(table: pa.Table, target: str, warnings: list[str]) -> pa.Table:
    """The rows whose target is known."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = table.column(target)
    known = pc.is_valid(column)
    if pa.types.is_floating(column.type):
        known = pc.and_kleene(known, pc.fill_null(pc.is_finite(column), False))
    rows = pc.sum(known).as_py() or 0
    if rows < LEAST_ROWS:
        raise InvalidInput(
            f"{rows} rows have a value of the target {target!r}; at least {LEAST_ROWS} are needed.",
            advice="Give more rows.",
            fields={"data": f"{rows} rows"},
        )
    if rows == table.num_rows:
        return table
    missing = table.num_rows - rows
    warnings.append(f"{missing:,} rows without a value of {target!r} were left out.")
    return table.filter(known)


# --- inputs ---------------------------------------------------------------------------------


def _inputs(table: pa.Table, outside: Sequence[str], warnings: list[str]) -> Signature:
    """The columns that are trained on, with their types; identifiers and constants are not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names, dropped = [], []
    for name in table.column_names:
        if name in outside:
            continue
        column = table.column(name)
        kind = column.type
        if column.null_count == table.num_rows or _all_nan(column):
            raise InvalidInput(
                f"The column {name!r} has no value in any row.",
                advice=f"Leave it out: drop=[{name!r}].",
                fields={"column": name},
            )
        if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            raise InvalidInput(
                f"The column {name!r} has bytes that are no text in UTF-8.",
                advice=f"Save the file as UTF-8, or leave the column out: drop=[{name!r}].",
                fields={"column": name},
            )
        if not _is_plain(kind):
            raise InvalidInput(
                f"The column {name!r} has values of type {kind}, which no model takes.",
                advice=f"Make it numbers, texts, booleans or dates, or leave it out: "
                f"drop=[{name!r}].",
                fields={"column": name},
            )
        different = pc.count_distinct(column, mode="all").as_py()
        if different == 1:
            dropped.append(f"{name!r} (the same in every row)")
        elif pa.types.is_string(kind) and different > _DISTINCT_SHARE * table.num_rows:
            dropped.append(f"{name!r} (nearly every row has another text)")
        else:
            names.append(name)
    if dropped:
        warnings.append(f"Columns that were left out: {', '.join(dropped)}.")
    if not names:
        raise InvalidInput(
            "No column is left to predict from.",
            advice="Give data with columns that differ between rows beside the target.",
            fields={"data": "no inputs"},
        )
    found = infer_signature(tables.columns_of(table.select(names)))
    # integers of training may be missing, or have fractions, when predicted: numbers take both
    return Signature(
        tuple(
            Column(c.name, Dtype.NUMBER, True)
            if c.dtype in (Dtype.INTEGER, Dtype.NUMBER)
            else Column(c.name, c.dtype, True)
            for c in found.columns
        )
    )


def _is_plain(kind: pa.DataType) -> bool:
    import pyarrow as pa

    types = pa.types
    return bool(
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_decimal(kind)
        or types.is_boolean(kind)
        or types.is_string(kind)
        or types.is_timestamp(kind)
        or types.is_date(kind)
    )


def _all_nan(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_floating(column.type):
        return False
    return not pc.any(pc.fill_null(pc.is_finite(column), False)).as_py()


def _dates_read(table: pa.Table, outside: Sequence[str], warnings: list[str]) -> pa.Table:
    """Columns of texts that are all ISO 8601 dates, as dates."""
    import pyarrow as pa

    read = []
    for position, name in enumerate(table.column_names):
        column = table.column(name)
        if name in outside or not pa.types.is_string(column.type):
            continue
        sample = column.drop_null().slice(0, _SAMPLE)
        if not len(sample) or _as_dates(sample) is None:
            continue
        dates = _as_dates(column)
        if dates is not None:
            table = table.set_column(position, name, dates)
            read.append(repr(name))
    if read:
        warnings.append(f"Texts that were read as dates: {', '.join(read)}.")
    return table


def _as_dates(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    import pyarrow as pa

    from ..domain.frames import to_datetimes

    first = column.drop_null()[0].as_py()
    if len(first) < len("2013-01-01") or first[4:5] != "-":
        return None
    try:
        stamps = to_datetimes(column.to_pylist(), lambda _row, value: ValueError(value))
    except ValueError:
        return None
    return pa.chunked_array([pa.array(stamps, pa.timestamp("us"))])


# --- where they come from -------------------------------------------------------------------


def _source_of(data: Any) -> str:
    if isinstance(data, str | os.PathLike):
        return Path(data).name
    return f"{type(data).__module__.partition('.')[0]} {type(data).__name__}"


def _digest(table: pa.Table) -> str:
    """SHA-256 over the Arrow stream of the table in chunks of a fixed number of rows."""
    import pyarrow as pa

    class Hashing:
        """A file that only hashes what is written."""

        closed = False

        def __init__(self) -> None:
            self.hash = hashlib.sha256()

        def write(self, data: Any) -> int:
            self.hash.update(memoryview(data))
            return len(data)

        def flush(self) -> None: ...

        def close(self) -> None: ...

    sink = Hashing()
    whole = table.combine_chunks()
    with pa.ipc.new_stream(pa.PythonFile(sink, "w"), whole.schema) as writer:
        for batch in whole.to_batches(max_chunksize=65_536):
            writer.write_batch(batch)
    return sink.hash.hexdigest()
