"""The messages between server and worker: length-prefixed, a JSON header and raw arrays.

A message is ``<u32 header length><u64 body length><header><body>``. Nothing in it is ever
unpickled, on either side. Columns go in the signature's order, so their names are not sent;
each has a one-letter code in the header's ``t``:

- ``f`` float64, ``i`` int64, ``b`` bool, ``m`` datetime64[us]: raw in the body, in order;
- ``s`` text or null, ``o`` bool or null: lists in the header's ``s``.

A whole request, and the answer to one, are bytes with their type in the header.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..domain.unstructured import Body

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PREFIX = struct.Struct("<IQ")
#: No header or body is longer; a longer one is no message of ours.
LONGEST = 1 << 33

Header = dict[str, Any]
#: A header and its body.
Message = tuple[Header, memoryview]

_to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def pack(header: Header, body: bytes = b"") -> bytes:
    """One message."""
    head = _to_json(header).encode()
    return b"".join((_PREFIX.pack(len(head), len(body)), head, body))


class Unpacker:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are complete with these bytes.

        Raises
        ------
        ValueError
            when the stream is not made of messages.

        """
        if self._held:
            self._held += data
            held = bytes(self._held) if self._complete() else b""
            if not held:
                return
        else:
            held = data
        position, view = 0, memoryview(held)
        while len(held) - position >= _PREFIX.size:
            head_length, body_length = _PREFIX.unpack_from(held, position)
            if head_length > LONGEST or body_length > LONGEST:
                raise ValueError("the stream holds no message")
            start = position + _PREFIX.size
            end = start + head_length + body_length
            if end > len(held):
                break
            header = json.loads(held[start : start + head_length])
            yield header, view[start + head_length : end]
            position = end
        self._held = bytearray(view[position:])

    def _complete(self) -> bool:
        """Whether what is held has at least its first message whole."""
        if len(self._held) < _PREFIX.size:
            return False
        head_length, body_length = _PREFIX.unpack_from(self._held)
        if head_length > LONGEST or body_length > LONGEST:
            raise ValueError("the stream holds no message")
        return len(self._held) >= _PREFIX.size + int(head_length) + int(body_length)


def encode_body(given: Body) -> tuple[Header, bytes]:
    """A whole request, or the answer to one, as header fields and body."""
    return {
        "n": 1,
        "mimetype": given.mimetype,
        "charset": given.charset,
        "query": dict(given.query),
        "none": given.content is None,
    }, given.content or b""


def decode_body(header: Header, body: memoryview) -> Body:
    """The whole request, or answer, of a message."""
    content = None if header["none"] else bytes(body)
    return Body(content, header["mimetype"], header["charset"], header["query"])


_CODES = {"f": "f", "i": "i", "b": "b", "M": "m"}
_DTYPES = {"f": "<f8", "i": "<i8", "b": "|b1", "m": "<M8[us]"}
_SIZES = {"f": 8, "i": 8, "b": 1, "m": 8}


def encode_rows(
    columns: Sequence[NDArray[Any]] | NDArray[np.float64], start: int, stop: int
) -> tuple[Header, bytes]:
    """The rows ``start:stop`` of a frame's columns as header fields and body.

    Columns that are all float64 can come as one matrix, shape (columns, n).
    """
    if not isinstance(columns, Sequence):
        codes_of_all = _CODES["f"] * len(columns)
        return {"n": stop - start, "t": codes_of_all}, columns[:, start:stop].tobytes()
    codes: list[str] = []
    listed: list[list[Any]] = []
    raw: list[bytes] = []
    for column in columns:
        kind = column.dtype.kind
        part = column if start == 0 and stop == len(column) else column[start:stop]
        if kind == "O":
            items = part.tolist()
            codes.append("o" if any(type(item) is bool for item in items) else "s")
            listed.append(items)
        else:
            code = _CODES[kind]
            codes.append(code)
            if part.dtype.itemsize != _SIZES[code] or code == "m":
                part = part.astype(_DTYPES[code], copy=False)
            raw.append(part.tobytes())
    header: Header = {"n": stop - start, "t": "".join(codes)}
    if listed:
        header["s"] = listed
    return header, b"".join(raw)


def decode_rows(header: Header, body: memoryview) -> list[NDArray[Any]] | NDArray[np.float64]:
    """The columns of a message; read-only views of its body where they can be.

    Columns that are all float64 come as one matrix, shape (columns, n).
    """
    import numpy as np

    n: int = header["n"]
    codes: str = header["t"]
    if codes.count("f") == len(codes):
        return np.frombuffer(body, "<f8", n * len(codes)).reshape(len(codes), n)
    columns: list[NDArray[Any]] = []
    listed = iter(header.get("s", ()))
    position = 0
    for code in codes:
        if code in "so":
            column = np.empty(n, dtype=object)
            column[:] = next(listed)
        else:
            column = np.frombuffer(body, _DTYPES[code], n, position)
            position += n * _SIZES[code]
        columns.append(column)
    return columns


def encode_scores(
    values: NDArray[np.float64] | None,
    probabilities: NDArray[np.float64] | None,
    labels: NDArray[np.int32] | None,
) -> tuple[Header, bytes]:
    """Scores as header fields and body."""
    if values is not None:
        return {"n": len(values), "k": 0}, values.astype("<f8", copy=False).tobytes()
    assert probabilities is not None
    assert labels is not None
    n, k = probabilities.shape
    body = probabilities.astype("<f8", copy=False).tobytes()
    return {"n": n, "k": k}, body + labels.astype("<i4", copy=False).tobytes()


def decode_scores(
    header: Header, body: memoryview
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None, NDArray[np.int32] | None]:
    """``(values, probabilities, labels)`` of a message."""
    import numpy as np

    n, k = header["n"], header["k"]
    if not k:
        return np.frombuffer(body, "<f8", n), None, None
    probabilities = np.frombuffer(body, "<f8", n * k).reshape(n, k)
    return None, probabilities, np.frombuffer(body, "<i4", n, n * k * 8)
