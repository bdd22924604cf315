"""Results in columns written as Arrow and Parquet.

``pyarrow.array`` imports pandas where it is installed, so arrays are made from buffers here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ..domain.target import label_text
from .tabular_rows import as_list, plain_column

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from ..domain.frames import Values


def write_arrow(columns: Mapping[str, Values]) -> bytes:
    """An Arrow IPC stream."""
    import pyarrow as pa

    table = to_table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def write_parquet(columns: Mapping[str, Values]) -> bytes:
    """A Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    parquet.write_table(to_table(columns), sink)
    return bytes(sink.getvalue())


def to_table(columns: Mapping[str, Values]) -> pa.Table:
    """The columns as Arrow: int64 (uint64 if need be), float64, bool, text, UTC timestamps.

    NaN and NaT are null; ints among floats are floats; a column of None alone is of type null;
    what is of no one kind is text.
    """
    import pyarrow as pa

    return pa.Table.from_arrays([_array(values) for values in columns.values()], list(columns))


def _array(values: Values) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    kind = str(values.dtype.kind) if isinstance(values, np.ndarray) else "O"
    if kind not in "biufM":
        values = as_list(values)
        kind = _kind(values)
    if kind == "n":
        return pa.nulls(len(values))
    if kind == "M":
        from ..domain.frames import to_datetimes

        times = to_datetimes(values, lambda row, value: TypeError(value))
        return _of_numbers(pa.timestamp("us", "UTC"), times, np.isnat(times))
    try:
        if kind == "f":
            numbers = np.array(values, dtype=np.float64)
            return _of_numbers(pa.float64(), numbers, np.isnan(numbers))
        if kind in "biu":
            return _of_integers(values, kind)
    except OverflowError:
        pass
    # kinds that have no type in common
    return _of_texts(
        [v if v is None or type(v) is str else label_text(v) for v in plain_column(values)]
    )


def _kind(values: list[Any]) -> str:
    """What a list holds: n(othing), b(ooleans), i(ntegers), f(loats), M(oments), U(nicode)."""
    import numpy as np

    kinds = set()
    for cls in set(map(type, values)) - {type(None)}:
        if issubclass(cls, bool | np.bool_):
            kinds.add("b")
        elif issubclass(cls, int | np.integer):
            kinds.add("i")
        elif issubclass(cls, float | np.floating):
            kinds.add("f")
        else:
            kinds.add("M" if issubclass(cls, date | np.datetime64) else "U")
    if not kinds:
        return "n"
    if kinds == {"i", "f"}:
        return "f"
    return kinds.pop() if len(kinds) == 1 else "U"


def _of_integers(values: Values, kind: str) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    items: Values = values
    absent = np.zeros(len(values), dtype=bool)
    if not isinstance(values, np.ndarray):
        absent = np.fromiter((value is None for value in values), bool, len(values))
        items = [0 if value is None else value for value in values]
    if kind == "b":
        validity, nulls = _validity(absent)
        bits = np.packbits(np.asarray(items, dtype=bool), bitorder="little")
        buffers = [validity, pa.py_buffer(bits)]
        return pa.Array.from_buffers(pa.bool_(), len(values), buffers, nulls)
    dtype = getattr(items, "dtype", None)
    if dtype == np.uint64 or (dtype is None and items and max(items) >= 2**63):
        return _of_numbers(pa.uint64(), np.asarray(items, dtype=np.uint64), absent)
    return _of_numbers(pa.int64(), np.asarray(items, dtype=np.int64), absent)


def _of_numbers(kind: pa.DataType, values: NDArray[Any], absent: NDArray[np.bool_]) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    validity, nulls = _validity(absent)
    data = np.ascontiguousarray(values).view(np.uint8)
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(data)], nulls)


def _of_texts(values: list[str | None]) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    absent = np.fromiter((value is None for value in values), bool, len(values))
    texts = [b"" if value is None else value.encode("utf-8", "replace") for value in values]
    ends = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=ends[1:])
    kind = pa.string() if ends[-1] < 2**31 else pa.large_string()
    offsets = ends.astype(np.int32) if kind == pa.string() else ends
    validity, nulls = _validity(absent)
    buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(b"".join(texts))]
    return pa.Array.from_buffers(kind, len(values), buffers, nulls)


def _validity(absent: NDArray[np.bool_]) -> tuple[pa.Buffer | None, int]:
    import numpy as np
    import pyarrow as pa

    nulls = int(absent.sum())
    return (pa.py_buffer(np.packbits(~absent, bitorder="little")) if nulls else None), nulls
