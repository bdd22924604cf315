"""Tables of any library in and out: what callers have becomes Arrow, answers become what they had.

In: pandas, polars and every other table with Arrow's C stream interface, mappings of columns,
lists of records, NumPy record arrays, CSV and Parquet files. pyarrow is imported when used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput, missing_extra
from ..formats.arrow_tables import batches as batches
from ..formats.arrow_tables import columns_of as columns_of
from ..formats.arrow_tables import json_value as json_value
from ..formats.arrow_tables import plain, refuse_repeated
from ..formats.arrow_tables import read_file as read_file
from ..formats.arrow_tables import records_of as records_of

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

ARROW_STREAM = "application/vnd.apache.arrow.stream"


@dataclass(frozen=True)
class Source:
    """A table as Arrow, and how an answer with the same rows is given back to its owner."""

    table: pa.Table
    give_back: Callable[[pa.Table], Any]

    def __len__(self) -> int:
        return int(self.table.num_rows)


def read(data: Any, what: str = "data") -> Source:
    """Take a table of any supported kind.

    Raises
    ------
    InvalidInput
        when it is no table, or a column mixes kinds of values; ``what`` names the argument.

    """
    import pyarrow as pa

    if isinstance(data, Source):
        return data
    if isinstance(data, str | os.PathLike):
        return Source(read_file(Path(data)), preferred_frame)
    if isinstance(data, pa.Table):
        return Source(plain(data), lambda answer: answer)
    if isinstance(data, pa.RecordBatch):
        return Source(plain(pa.Table.from_batches([data])), lambda answer: answer)
    if _is_pandas(data):
        return _from_pandas(data, what)
    if _is_polars(data):
        collect = getattr(data, "collect", None)
        frame = collect() if callable(collect) else data
        return Source(plain(frame.to_arrow()), to_polars)
    if hasattr(data, "__arrow_c_stream__"):
        return Source(plain(_imported(data, what)), lambda answer: answer)
    if isinstance(data, Mapping):
        return _from_mapping(data, what)
    if isinstance(data, Sequence) and all(isinstance(row, Mapping) for row in data):
        return Source(_from_records(data, what), lambda answer: answer.to_pylist())
    names = getattr(getattr(data, "dtype", None), "names", None)
    if names:
        return _from_mapping({name: data[name] for name in names}, what)
    raise InvalidInput(
        f"{what} of type {type(data).__name__} is no table.",
        advice="Give a DataFrame (pandas, polars), a pyarrow Table, a mapping of columns, a list "
        "of records, or the path of a CSV or Parquet file.",
        fields={what: "not a table"},
    )


def to_stream(table: pa.Table) -> bytes:
    """The table as an Arrow IPC stream."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def from_stream(data: bytes) -> pa.Table:
    """The table of an Arrow IPC stream."""
    import pyarrow as pa

    with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
        return reader.read_all()


def concat(parts: Sequence[pa.Table]) -> pa.Table:
    """One table of several; a column that is all null in one part has the others' type."""
    import pyarrow as pa

    return pa.concat_tables(parts, promote_options="permissive")


def to_pandas(table: pa.Table, index: Any = None) -> pandas.DataFrame:
    """A pandas DataFrame, with the given index if any; raises `MissingExtra` without pandas."""
    try:
        import pandas as pd
    except ModuleNotFoundError:
        raise missing_extra("pandas", "pandas", "A pandas DataFrame") from None
    frame: pd.DataFrame = table.to_pandas()
    if index is not None:
        frame.index = index
    return frame


def to_polars(table: pa.Table) -> Any:
    """A polars DataFrame; raises `MissingExtra` without polars."""
    try:
        import polars
    except ModuleNotFoundError:
        raise missing_extra("polars", "polars", "A polars DataFrame") from None
    return polars.from_arrow(table)


def preferred_frame(table: pa.Table) -> Any:
    """A DataFrame of the library that is installed: pandas, polars, else the Arrow table."""
    from importlib.util import find_spec

    if find_spec("pandas"):
        return to_pandas(table)
    return to_polars(table) if find_spec("polars") else table


# --- one kind each --------------------------------------------------------------------------


def _is_pandas(data: Any) -> bool:
    # whoever holds a DataFrame has imported pandas
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _is_polars(data: Any) -> bool:
    polars = sys.modules.get("polars")
    return polars is not None and isinstance(data, polars.DataFrame | polars.LazyFrame)


def _from_pandas(frame: pandas.DataFrame, what: str) -> Source:
    import pyarrow as pa

    names = [str(name) for name in frame.columns]
    refuse_repeated(names, what)
    arrays = []
    for position, name in enumerate(names):
        try:
            arrays.append(pa.array(frame.iloc[:, position], from_pandas=True))
        except (pa.ArrowException, ValueError, TypeError) as error:
            raise _mixed(what, name, error) from None
    arrays = [a.combine_chunks() if isinstance(a, pa.ChunkedArray) else a for a in arrays]
    table = pa.Table.from_arrays(arrays, names=names) if names else pa.table({})
    index = frame.index
    return Source(plain(table), lambda answer: to_pandas(answer, index))


def _from_mapping(data: Mapping[Any, Any], what: str) -> Source:
    import pyarrow as pa

    if data and all(_is_scalar(value) for value in data.values()):
        return Source(_from_records([data], what), lambda answer: answer.to_pylist()[0])
    names = [str(name) for name in data]
    refuse_repeated(names, what)
    arrays = []
    for name, values in zip(names, data.values(), strict=True):
        if _is_scalar(values):
            raise InvalidInput(
                f"Column {name!r} of {what} is one value, other columns are lists.",
                advice="Give a list for every column, or a value for every column (one row).",
                fields={what: f"{name}: not a list"},
            )
        try:
            array = pa.array(values, from_pandas=True)
        except (pa.ArrowException, ValueError, TypeError) as error:
            raise _mixed(what, name, error) from None
        arrays.append(array)
    lengths = {name: len(array) for name, array in zip(names, arrays, strict=True)}
    if len(set(lengths.values())) > 1:
        raise InvalidInput(
            f"The columns of {what} differ in length: {lengths}.",
            advice="Give every column the same number of values.",
            fields={what: "lengths differ"},
        )
    table = pa.table(dict(zip(names, arrays, strict=True)))
    return Source(plain(table), lambda answer: answer.to_pydict())


def _from_records(records: Sequence[Mapping[Any, Any]], what: str) -> pa.Table:
    import pyarrow as pa

    names = dict.fromkeys(str(name) for record in records for name in record)
    arrays = {}
    for name in names:
        try:
            arrays[name] = pa.array([record.get(name) for record in records], from_pandas=True)
        except (pa.ArrowException, ValueError, TypeError) as error:
            raise _mixed(what, name, error) from None
    return plain(pa.table(arrays))


def _imported(data: Any, what: str) -> pa.Table:
    import pyarrow as pa

    try:
        return pa.RecordBatchReader.from_stream(data).read_all()
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise InvalidInput(
            f"{what} cannot be read through Arrow: {error}",
            advice="Give a table: rows of columns.",
            fields={what: "not a table"},
        ) from error


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bytes) or not (
        hasattr(value, "__len__") or hasattr(value, "__iter__")
    )


def _mixed(what: str, name: str, error: Exception) -> InvalidInput:
    return InvalidInput(
        f"Column {name!r} of {what} is not of one kind: {error}",
        advice="Give a column numbers, or texts, or booleans, or times, and None where it is "
        "missing.",
        fields={"column": name},
    )
