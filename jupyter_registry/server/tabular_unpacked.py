"""What an Arrow body unpacks to, read from its messages before anything is unpacked.

The tables and their field numbers are those of Arrow's Message.fbs and File.fbs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FILE_MAGIC = b"ARROW1"


def unpacked_size(messages: Iterable[pa.Message]) -> int:
    """The bytes that the compressed buffers of IPC messages declare to unpack to.

    Arrow unpacks a whole batch before it can be measured, so the lengths that stand in front of
    compressed buffers are read here. Raises ValueError for a message that is damaged.
    """
    try:
        return sum(map(_unpacked, messages))
    except struct.error as error:
        raise ValueError(f"a message is damaged ({error})") from None


def _unpacked(message: pa.Message) -> int:
    total = 0
    if message.type not in ("record batch", "dictionary") or message.body is None:
        return 0
    metadata, body = memoryview(message.metadata), memoryview(message.body)
    table = _follow(metadata, _field(metadata, _follow(metadata, 0), 2))  # Message.header
    if message.type == "dictionary":
        table = _follow(metadata, _field(metadata, table, 1))  # DictionaryBatch.data
    if not _field(metadata, table, 3):  # RecordBatch.compression
        return 0
    # RecordBatch.buffers
    for offset, length in _structs(metadata, _field(metadata, table, 2), "<qq"):
        if length >= 8:
            (size,) = struct.unpack_from("<q", body, offset)
            total += length if size < 0 else size
    return total


def file_messages(buffer: pa.Buffer) -> Iterator[pa.Message]:
    """The dictionaries and batches that the footer of an IPC file lists."""
    import pyarrow as pa

    data = memoryview(buffer)
    end = len(data) - len(FILE_MAGIC) - 4
    (size,) = struct.unpack_from("<i", data, end)
    if not 0 < size <= end:
        raise ValueError("it has no footer")
    footer = data[end - size : end]
    for number in (2, 3):  # Footer.dictionaries, Footer.recordBatches
        vector = _field(footer, _follow(footer, 0), number)
        for offset, metadata_size, body_size in _structs(footer, vector, "<qi4xq"):
            if min(offset, metadata_size, body_size) < 0:
                raise ValueError("its footer is damaged")
            yield pa.ipc.read_message(buffer.slice(offset, metadata_size + body_size))


def _structs(data: memoryview, field: int, layout: str) -> Iterator[tuple[int, ...]]:
    """The structs of a flatbuffer's vector; none if the field is absent."""
    if field:
        at = _follow(data, field)
        (count,) = struct.unpack_from("<I", data, at)
        yield from struct.iter_unpack(layout, data[at + 4 :][: count * struct.calcsize(layout)])


def _follow(data: memoryview, at: int) -> int:
    return at + int(struct.unpack_from("<I", data, at)[0])


def _field(data: memoryview, table: int, number: int) -> int:
    """Where a flatbuffer table's field is; 0 if it is absent."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    (size,) = struct.unpack_from("<H", data, vtable)
    at = 4 + 2 * number
    offset = struct.unpack_from("<H", data, vtable + at)[0] if at < size else 0
    return int(table + offset) if offset else 0
