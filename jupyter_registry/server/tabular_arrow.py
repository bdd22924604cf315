"""Rows in Arrow and Parquet bodies.

Bodies are untrusted: every batch is validated in full before its values are touched, and what
is compressed is measured before it is unpacked.

``pyarrow.array``, ``pyarrow.scalar`` and ``to_numpy`` import pandas where it is installed, so
values are read from the arrays' buffers here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput
from .tabular_rows import Columns, Rows, check_names, too_large
from .tabular_unpacked import FILE_MAGIC, file_messages, unpacked_size

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from ..domain.frames import Values


def read_arrow(body: bytes, batch_rows: int, limit: int | None) -> Iterator[Rows]:
    """The rows of an Arrow IPC stream or file."""
    import pyarrow as pa

    buffer = pa.py_buffer(body)
    with reading("Arrow"):
        if body.startswith(FILE_MAGIC):
            if not body.endswith(FILE_MAGIC):
                raise _corrupt("Arrow", "the file is cut off")
            if limit is not None and unpacked_size(file_messages(buffer)) > limit:
                raise too_large(limit)
            with pa.ipc.open_file(buffer) as file:
                batches = map(file.get_batch, range(file.num_record_batches))
                yield from _rows(file.schema, batches, batch_rows, limit)
        else:
            messages = pa.ipc.MessageReader.open_stream(buffer)
            if limit is not None and unpacked_size(messages) > limit:
                raise too_large(limit)
            with pa.ipc.open_stream(buffer) as reader:
                yield from _rows(reader.schema, reader, batch_rows, limit)


def read_parquet(body: bytes, batch_rows: int, limit: int | None) -> Iterator[Rows]:
    """The rows of a Parquet file."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    with reading("Parquet"):
        file = ParquetFile(pa.BufferReader(body))
        _check_schema(file.schema_arrow)
        # a text of a dictionary may be long and stand in every row: it is kept once
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        if texts:
            source = pa.BufferReader(body)
            file = ParquetFile(source, metadata=file.metadata, read_dictionary=texts)
        if limit is not None:
            groups = range(file.metadata.num_row_groups)
            if sum(file.metadata.row_group(g).total_byte_size for g in groups) > limit:
                raise too_large(limit)
        batches = file.iter_batches(batch_size=min(batch_rows, 65_536))
        yield from _rows(file.schema_arrow, batches, batch_rows, limit)


@contextmanager
def reading(what: str) -> Iterator[None]:
    """What pyarrow raises of damaged bytes becomes `InvalidInput`."""
    import pyarrow as pa

    try:
        yield
    except (
        pa.ArrowException, OSError, ValueError, TypeError, KeyError, IndexError,
        OverflowError, EOFError, MemoryError,
    ) as error:  # fmt: skip
        raise _corrupt(what, str(error).splitlines()[0] if str(error) else "") from None


def _corrupt(what: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"The body cannot be read as {what}: {why or 'it is damaged'}.".replace("..", "."),
        advice="Check that the content type is what the body is, and that the body is whole.",
        fields={"body": f"not {what}"},
    )


def _rows(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], batch_rows: int, limit: int | None
) -> Iterator[Rows]:
    _check_schema(schema)
    names, empty, size = schema.names, True, 0
    texts = _Texts()
    for batch in batches:
        if not batch.num_rows:
            continue
        if not names:
            raise _corrupt("Arrow", "it has rows but no columns")
        batch.validate(full=True)
        size += sum(_nbytes(column, texts) for column in batch.columns)
        if limit is not None and size > limit:
            raise too_large(limit)
        empty = False
        for start in range(0, batch.num_rows, batch_rows):
            part = batch.slice(start, batch_rows)
            columns: Columns = {
                name: _values(name, column, texts)
                for name, column in zip(names, part.columns, strict=True)
            }
            yield Rows(columns, part.num_rows)
    if empty:
        yield Rows({name: [] for name in names}, 0)


def _check_schema(schema: pa.Schema) -> None:
    check_names(schema.names)
    for field in schema:
        if not _is_known(field.type):
            raise InvalidInput(
                f"Column {field.name!r} is of type {field.type}, which is not taken.",
                advice="Send numbers, texts, booleans, dates and times.",
                fields={"column": field.name, "type": str(field.type)},
            )


def _is_text(kind: pa.DataType) -> bool:
    from pyarrow import types

    is_view = getattr(types, "is_string_view", None)
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or (is_view is not None and is_view(kind))
    )


def _is_known(kind: pa.DataType) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        return not types.is_dictionary(kind.value_type) and _is_known(kind.value_type)
    return _is_text(kind) or any(
        test(kind)
        for test in (
            types.is_integer, types.is_floating, types.is_decimal, types.is_boolean,
            types.is_timestamp, types.is_date, types.is_null,
        )
    )  # fmt: skip


# --- size -----------------------------------------------------------------------------------


def _nbytes(column: pa.Array, texts: _Texts) -> int:
    from pyarrow import types

    if types.is_dictionary(column.type):
        known = texts.knows(column.dictionary)
        return int(column.indices.nbytes) + (0 if known else int(column.dictionary.nbytes))
    return max(int(column.nbytes), 8 * len(column) if types.is_null(column.type) else 0)


# --- values in ------------------------------------------------------------------------------


class _Texts:
    """The texts of dictionaries, made once per dictionary."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[pa.Array, NDArray[np.object_]]] = {}

    def knows(self, dictionary: pa.Array) -> bool:
        return self._key(dictionary) in self._known

    def of(self, dictionary: pa.Array) -> NDArray[np.object_]:
        """The texts, and ``None`` as the last of them."""
        import numpy as np

        key = self._key(dictionary)
        if key not in self._known:
            if len(self._known) >= 256:
                self._known.clear()
            texts = np.empty(len(dictionary) + 1, dtype=object)
            texts[:-1] = dictionary.to_pylist()
            # the array is kept, so that its addresses stay its own
            self._known[key] = (dictionary, texts)
        return self._known[key][1]

    @staticmethod
    def _key(dictionary: pa.Array) -> tuple[int, ...]:
        addresses = (buffer.address if buffer else 0 for buffer in dictionary.buffers())
        return (len(dictionary), dictionary.offset, *addresses)


def _values(name: str, array: pa.Array, texts: _Texts) -> Values:
    import numpy as np
    from pyarrow import types

    kind = array.type
    if types.is_dictionary(kind):
        if not _is_text(kind.value_type):
            return _values(name, array.dictionary_decode(), texts)
        known = texts.of(array.dictionary)
        indices = _numbers(array.indices)
        absent = _nulls(array.indices)
        if absent is not None:
            indices = np.where(absent, len(known) - 1, indices)
        return list(known[indices].tolist())
    if types.is_null(kind):
        return [None] * len(array)
    if types.is_timestamp(kind) or types.is_date(kind):
        return moments(array, name)
    if types.is_floating(kind) or types.is_decimal(kind):
        return floats(array)
    if _is_text(kind) or array.null_count:
        # integers with nulls too: as floats they would lose digits
        return list(array.to_pylist())
    if types.is_boolean(kind):
        return _bits(array.buffers()[1], array.offset, len(array))
    numbers = _numbers(array)
    return numbers if numbers.dtype == np.uint64 else numbers.astype(np.int64, copy=False)


def _bits(buffer: pa.Buffer, offset: int, n: int) -> NDArray[np.bool_]:
    import numpy as np

    if not n:
        return np.empty(0, dtype=bool)
    first, last = offset // 8, (offset + n + 7) // 8
    data = np.frombuffer(buffer, np.uint8, last - first, first)
    skip = offset - 8 * first
    return np.unpackbits(data, bitorder="little")[skip : skip + n].view(np.bool_)


def _nulls(array: pa.Array) -> NDArray[np.bool_] | None:
    """Which rows are null, or None if none is."""
    if not array.null_count:
        return None
    return ~_bits(array.buffers()[0], array.offset, len(array))


def _numbers(array: pa.Array) -> NDArray[Any]:
    """The numbers of a primitive array, not copied; arbitrary where null."""
    import numpy as np
    from pyarrow import types

    kind = array.type
    letter = "f" if types.is_floating(kind) else "u" if types.is_unsigned_integer(kind) else "i"
    dtype = np.dtype(f"{letter}{kind.bit_width // 8}")
    if not len(array):
        return np.empty(0, dtype)
    return np.frombuffer(
        array.buffers()[1], dtype, len(array), offset=array.offset * dtype.itemsize
    )


def floats(array: pa.Array) -> NDArray[np.float64]:
    """A floating or decimal array as float64, NaN for null."""
    import numpy as np
    import pyarrow as pa

    if pa.types.is_decimal(array.type):
        array = array.cast(pa.float64())
    values = _numbers(array).astype(np.float64, copy=False)
    absent = _nulls(array)
    return values if absent is None else np.where(absent, np.nan, values)


_DAY = 86_400_000_000
_MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}


def moments(array: pa.Array, name: str) -> NDArray[np.datetime64]:
    """Timestamps and dates as UTC datetime64[us], NaT for null; naive ones mean UTC."""
    import numpy as np
    from pyarrow import types

    kind = array.type
    values = _numbers(array).astype(np.int64, copy=False)
    absent = _nulls(array)
    if absent is not None:
        values = np.where(absent, 0, values)
    if types.is_timestamp(kind) and kind.unit == "ns":
        values = values // 1_000
    else:
        unit = kind.unit if types.is_timestamp(kind) else "ms"
        factor = _DAY if types.is_date32(kind) else _MICROSECONDS[unit]
        if factor > 1:
            most = (2**63 - 1) // factor
            over = (values > most) | (values < -most)
            if over.any():
                raise InvalidInput(
                    f"Column {name!r}: {int(values[over.argmax()])} ({kind}) is out of range.",
                    advice="Send times that 64 bits of microseconds can hold.",
                    fields={"column": name},
                )
            values = values * factor
    result = values.view("datetime64[us]")
    return result if absent is None else np.where(absent, np.datetime64("NaT", "us"), result)
