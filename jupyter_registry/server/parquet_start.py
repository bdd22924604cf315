"""What a Parquet file says of itself, told from pieces of it: the whole is never needed.

The caller sends the file's end; it is answered which pieces would tell more: a footer that is
longer, and of each column the beginning, where its first values are. Nothing is kept between.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput
from ..domain.uploads import ParquetStart
from .tabular_arrow import moments, reading

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import FileMetaData, ParquetFile

#: Bytes at the end of a file that are read at once; the footer of most has room there.
END_BYTES = 65_536
#: Bytes of a footer that are taken.
_FOOTER_BYTES = 16 * 2**20
#: Bytes that are asked for of a column: a little, then its dictionary and a page as writers
#: make them, of a mebibyte each.
_COLUMN_BYTES = (131_072, 2_359_296)
#: Bytes that are asked for of all columns; of those that come later no values are told.
_ALL_BYTES = 16 * 2**20
#: Bytes of a body: all of that.
MOST_BYTES = END_BYTES + _FOOTER_BYTES + _ALL_BYTES
#: Rows that are told, and characters of a value.
_ROWS = 10
_CHARACTERS = 200
#: Stands for lists and structures, and for what cannot be told.
_UNKNOWN = "…"
_MAGIC = b"PAR1"

Piece = tuple[int, int]


def parquet_start(size: int, pieces: Sequence[Piece], body: bytes) -> ParquetStart:
    """Tell what the pieces tell.

    Parameters
    ----------
    size:
        Bytes of the whole file.
    pieces:
        First byte and the byte after the last, of each piece.
    body:
        The pieces, one after the other.

    Raises
    ------
    InvalidInput
        when the pieces are not of such a file, or its end is none of a Parquet file.

    """
    from pyarrow.parquet import ParquetFile

    source = _Pieces(size, pieces, body)
    footer = _footer(source)
    if not source.has(*footer):
        return ParquetStart(wanted=[footer])
    with reading("Parquet"):
        # column by column, and of each no more than is asked for
        file = ParquetFile(source, pre_buffer=False, buffer_size=END_BYTES)
        metadata, schema = file.metadata, file.schema_arrow
    flat = [field.name for field in schema if not _is_nested(field.type)]
    beginnings = list(_beginnings(metadata, set(flat), size))
    group = _first_group(metadata)
    n = min(metadata.row_group(group).num_rows, _ROWS) if group is not None else 0
    values: dict[str, list[str]] = {}
    wanted: list[Piece] = []
    left = _ALL_BYTES
    for name, start, length in beginnings:
        sent = min(source.length_from(start), length)
        found = _values(file, name, group or 0, n) if sent else None
        if found is not None:
            values[name] = found
        elif (more := _next_length(sent, length)) and more <= left:
            wanted.append((start, start + more))
            sent = more
        left -= sent
    return ParquetStart(
        columns=schema.names,
        rows=metadata.num_rows,
        first=[
            [values[name][row] if name in values else _UNKNOWN for name in schema.names]
            for row in range(n if values else 0)
        ],
        wanted=wanted,
    )


class _Pieces(io.RawIOBase):
    """A file of which some pieces are known."""

    def __init__(self, size: int, pieces: Sequence[Piece], body: bytes) -> None:
        self._size, self._at = size, 0
        self._known: list[tuple[int, memoryview]] = []
        view, begin = memoryview(body), 0
        for start, end in pieces:
            if not 0 <= start < end <= size:
                raise _not_of_it(f"{start}-{end} is no part of {size} bytes")
            self._known.append((start, view[begin : begin + end - start]))
            begin += end - start
        if begin != len(body):
            raise _not_of_it(f"they have {begin} bytes, the body {len(body)}")

    def length_from(self, start: int) -> int:
        """How many bytes are known from there on, in one piece."""
        return len(self._from(start))

    def has(self, start: int, end: int) -> bool:
        """Whether all bytes of a piece are known."""
        return self.length_from(start) >= end - start

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """What is known from here on; raises `OSError` where nothing is."""
        left = self._size - self._at
        if size is not None and size >= 0:
            left = min(size, left)
        found = bytearray()
        while left > 0 and (known := self._from(self._at)):
            found += known[:left]
            self._at += min(len(known), left)
            left -= min(len(known), left)
        if left > 0 and not found:
            raise OSError("this piece was not sent")
        return bytes(found)

    def _from(self, start: int) -> memoryview:
        of_each = (known[start - at :] for at, known in self._known if at <= start)
        return max(of_each, key=len, default=memoryview(b""))


def _footer(source: _Pieces) -> Piece:
    """Where the footer is, with its length and mark."""
    size = source.seek(0, io.SEEK_END)
    end = b""
    if size >= 12 and source.has(size - 8, size):
        source.seek(size - 8)
        end = source.read(8)
    length = int.from_bytes(end[:4], "little") + 8
    if end[4:] != _MAGIC or not 8 < length <= min(size - 4, _FOOTER_BYTES):
        raise InvalidInput(
            "The end of the file is not that of a Parquet file, or is damaged.",
            advice="Check that the file is whole, and is not encrypted.",
            fields={"body": "not Parquet"},
        )
    return size - length, size


def _first_group(metadata: FileMetaData) -> int | None:
    groups = range(metadata.num_row_groups)
    return next((at for at in groups if metadata.row_group(at).num_rows > 0), None)


def _beginnings(
    metadata: FileMetaData, flat: set[str], size: int
) -> Iterable[tuple[str, int, int]]:
    """Columns of the first group that has rows, with first byte and length, within the file."""
    at = _first_group(metadata)
    if at is None:
        return
    group = metadata.row_group(at)
    for number in range(group.num_columns):
        column = group.column(number)
        start = column.dictionary_page_offset
        if start is None:
            start = column.data_page_offset
        length = min(column.total_compressed_size, size - start)
        if column.path_in_schema in flat and start >= 0 and length > 0:
            yield column.path_in_schema, start, length


def _next_length(sent: int, length: int) -> int | None:
    """How much of a column to ask for when so much of it does not tell its values."""
    more = next((most for most in _COLUMN_BYTES if most > sent), None)
    return None if more is None or sent >= length else min(more, length)


def _values(file: ParquetFile, name: str, group: int, n: int) -> list[str] | None:
    """A column's first values, or None where they cannot be told."""
    try:
        with reading("Parquet"):
            batches = file.iter_batches(
                batch_size=n, row_groups=[group], columns=[name], use_threads=False
            )
            column = next(iter(batches)).column(name)
            column.validate(full=True)
            texts = _texts(column)
    except (InvalidInput, StopIteration):
        return None
    return texts if len(texts) == n else None


def _texts(column: pa.Array) -> list[str]:
    """Values as texts; times as in ISO 8601, bytes as hexadecimal digits, null as nothing."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    kind = column.type
    if types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    absent = column.is_null().to_pylist()
    found: Iterable[Any]
    if types.is_timestamp(kind) or types.is_date(kind):
        times = moments(column, "")
        whole = times.astype("datetime64[s]") == times
        unit = "D" if types.is_date(kind) else "s" if (whole | np.isnat(times)).all() else "us"
        zone = "Z" if types.is_timestamp(kind) and kind.tz else ""
        found = [text + zone for text in np.datetime_as_string(times, unit=unit)]
    elif types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        found = [(value or b"")[: _CHARACTERS + 1].hex() for value in column.to_pylist()]
    else:
        found = column.cast(pa.string()).to_pylist()
        if types.is_floating(kind):
            found = ["NaN" if text == "nan" else text for text in found]
    return ["" if none else _short(text) for none, text in zip(absent, found, strict=True)]


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[:_CHARACTERS] + _UNKNOWN


def _is_nested(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_nested(kind))


def _not_of_it(why: str) -> InvalidInput:
    return InvalidInput(
        f"These are no pieces of the file: {why}.",
        advice="Give each piece as its first byte and the byte after its last, in the body's "
        "order: pieces=0-100,400-500.",
        fields={"pieces": why},
    )
