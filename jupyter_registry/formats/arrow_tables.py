"""Arrow tables from files, and as arrays and records: what kernels and workers read data with.

pyarrow is imported when used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa


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

            return plain(pyarrow.parquet.read_table(path))
        if ".csv" in suffixes:
            import pyarrow.csv

            # an empty field of a text column is missing, as it is in other readers
            options = pyarrow.csv.ConvertOptions(strings_can_be_null=True)
            return plain(pyarrow.csv.read_csv(path, convert_options=options))
        if {".arrow", ".feather", ".ipc"} & set(suffixes):
            import pyarrow.feather

            return plain(pyarrow.feather.read_table(path))
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


def plain(table: pa.Table) -> pa.Table:
    """Without what other readers of Arrow may not know: dictionaries, views, large types."""
    import pyarrow as pa

    types = pa.types
    refuse_repeated(table.column_names, "The table")
    for position, field in enumerate(table.schema):
        kind = field.type
        if types.is_dictionary(kind):
            kind = kind.value_type
        if types.is_large_string(kind) or types.is_string_view(kind):
            kind = pa.string()
        elif types.is_float16(kind):
            kind = pa.float32()
        if kind != field.type:
            column = table.column(position).cast(kind)
            table = table.set_column(position, pa.field(field.name, kind), column)
    return table.replace_schema_metadata(None)


def refuse_repeated(names: Sequence[str], what: str) -> None:
    """Refuse a table in which two columns have one name."""
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidInput(
            f"{what} has several columns called {', '.join(map(repr, repeated))}.",
            advice="Give each column a name of its own.",
            fields={"columns": repeated},
        )
