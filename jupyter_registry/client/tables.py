"""Tables of any library in and out: what callers have becomes Arrow, answers become what they had.

In: pandas, polars and every other table with Arrow's C stream interface, mappings of columns,
lists of records, NumPy record arrays, CSV and Parquet files. pyarrow is imported when used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput, missing_extra

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
        return Source(_plain(data), lambda answer: answer)
    if isinstance(data, pa.RecordBatch):
        return Source(_plain(pa.Table.from_batches([data])), lambda answer: answer)
    if _is_pandas(data):
        return _from_pandas(data, what)
    if _is_polars(data):
        collect = getattr(data, "collect", None)
        frame = collect() if callable(collect) else data
        return Source(_plain(frame.to_arrow()), to_polars)
    if hasattr(data, "__arrow_c_stream__"):
        return Source(_plain(_imported(data, what)), lambda answer: answer)
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


def read_file(path: Path) -> pa.Table:
    """Read a CSV or Parquet file, told apart by the suffix (``.csv.gz`` too), or Arrow IPC."""
    if not path.is_file():
        raise InvalidInput(
            f"There is no file {str(path)!r}.",
            advice="Check the path; relative ones start at the working folder.",
            fields={"path": str(path)},
        )
    import pyarrow as pa

    suffixes = [suffix.lower() for suffix in path.suffixes]
    try:
        if ".parquet" in suffixes or ".pq" in suffixes:
            import pyarrow.parquet

            return _plain(pyarrow.parquet.read_table(path))
        if ".csv" in suffixes:
            import pyarrow.csv

            # an empty field of a text column is missing, as it is in other readers
            options = pyarrow.csv.ConvertOptions(strings_can_be_null=True)
            return _plain(pyarrow.csv.read_csv(path, convert_options=options))
        if {".arrow", ".feather", ".ipc"} & set(suffixes):
            import pyarrow.feather

            return _plain(pyarrow.feather.read_table(path))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InvalidInput(
            f"{path.name!r} cannot be read: {error}",
            advice="Check that the file is what its suffix says.",
            fields={"path": str(path)},
        ) from error
    raise InvalidInput(
        f"{path.name!r} is of no known kind.",
        advice="Give a .csv, .csv.gz, .parquet or .arrow file.",
        fields={"path": str(path)},
    )


def batches(table: pa.Table, rows: int) -> Iterator[tuple[int, pa.Table]]:
    """Slices of at most so many rows, each with the number of its first row."""
    for start in range(0, table.num_rows, rows):
        yield start, table.slice(start, rows)


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


def columns_of(table: pa.Table) -> dict[str, Any]:
    """The columns as NumPy arrays, as `domain.frames` has them (nulls: NaN, NaT, ``None``)."""
    import pyarrow as pa

    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_decimal(column.type):
            column = column.cast(pa.float64())
        elif pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
            column = column.cast(pa.timestamp("us", getattr(column.type, "tz", None)), safe=False)
        columns[name] = column.to_numpy()
    return columns


def records_of(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as JSON-able records: NaN is null, times are ISO 8601 texts."""
    return [{name: json_value(value) for name, value in row.items()} for row in table.to_pylist()]


def json_value(value: Any) -> Any:
    """A scalar as JSON has it."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


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
    _refuse_repeated(names, what)
    arrays = []
    for position, name in enumerate(names):
        try:
            arrays.append(pa.array(frame.iloc[:, position], from_pandas=True))
        except (pa.ArrowException, ValueError, TypeError) as error:
            raise _mixed(what, name, error) from None
    arrays = [a.combine_chunks() if isinstance(a, pa.ChunkedArray) else a for a in arrays]
    table = pa.Table.from_arrays(arrays, names=names) if names else pa.table({})
    index = frame.index
    return Source(_plain(table), lambda answer: to_pandas(answer, index))


def _from_mapping(data: Mapping[Any, Any], what: str) -> Source:
    import pyarrow as pa

    if data and all(_is_scalar(value) for value in data.values()):
        return Source(_from_records([data], what), lambda answer: answer.to_pylist()[0])
    names = [str(name) for name in data]
    _refuse_repeated(names, what)
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
    return Source(_plain(table), lambda answer: answer.to_pydict())


def _from_records(records: Sequence[Mapping[Any, Any]], what: str) -> pa.Table:
    import pyarrow as pa

    names = dict.fromkeys(str(name) for record in records for name in record)
    arrays = {}
    for name in names:
        try:
            arrays[name] = pa.array([record.get(name) for record in records], from_pandas=True)
        except (pa.ArrowException, ValueError, TypeError) as error:
            raise _mixed(what, name, error) from None
    return _plain(pa.table(arrays))


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


def _plain(table: pa.Table) -> pa.Table:
    """Without what other readers of Arrow may not know: dictionaries, views, large types."""
    import pyarrow as pa

    types = pa.types
    _refuse_repeated(table.column_names, "The table")
    for position, field in enumerate(table.schema):
        plain = field.type
        if types.is_dictionary(plain):
            plain = plain.value_type
        if types.is_large_string(plain) or types.is_string_view(plain):
            plain = pa.string()
        elif types.is_float16(plain):
            plain = pa.float32()
        if plain != field.type:
            column = table.column(position).cast(plain)
            table = table.set_column(position, pa.field(field.name, plain), column)
    return table.replace_schema_metadata(None)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bytes) or not (
        hasattr(value, "__len__") or hasattr(value, "__iter__")
    )


def _refuse_repeated(names: Sequence[str], what: str) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidInput(
            f"{what} has several columns called {', '.join(map(repr, repeated))}.",
            advice="Give each column a name of its own.",
            fields={"columns": repeated},
        )


def _mixed(what: str, name: str, error: Exception) -> InvalidInput:
    return InvalidInput(
        f"Column {name!r} of {what} is not of one kind: {error}",
        advice="Give a column numbers, or texts, or booleans, or times, and None where it is "
        "missing.",
        fields={"column": name},
    )
