"""Reading what an ONNX file says of itself, without any library.

An ONNX file is one protocol-buffers message (``onnx/onnx.proto``). Only the few fields needed
here are read: the producer, the metadata, and the class labels kept in classifier nodes.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# field numbers of onnx.proto
_IR_VERSION, _PRODUCER, _PRODUCER_VERSION, _GRAPH, _OPSETS, _METADATA = 1, 2, 3, 7, 8, 14
_GRAPH_NODE = 1
_NODE_ATTRIBUTE = 5
_ATTRIBUTE_NAME, _ATTRIBUTE_INTS, _ATTRIBUTE_STRINGS = 1, 8, 9

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

#: The metadata key under which class labels may be kept as a JSON list.
LABELS_KEY = "class_labels"


@dataclass(frozen=True)
class OnnxFacts:
    """The producer of an ONNX file and the class labels found in it."""

    producer: str
    producer_version: str
    class_labels: tuple[str, ...] | None


def looks_like_onnx(path: Path) -> bool:
    """Whether the file is one ONNX message with a graph and operator sets."""
    size = path.stat().st_size
    if size < 16:
        return False
    with path.open("rb") as file:
        if file.read(1) != b"\x08":  # ir_version comes first
            return False
    try:
        with _mapped(path) as data:
            found = {number for number, _, _ in _fields(data)}
    except ValueError:
        return False
    return {_IR_VERSION, _GRAPH, _OPSETS} <= found


def read_facts(path: Path) -> OnnxFacts:
    """Read the producer and the class labels.

    Raises
    ------
    ValueError
        when the file is no ONNX message.

    """
    with _mapped(path) as data:
        return _read(data)


@contextmanager
def _mapped(path: Path) -> Iterator[memoryview]:
    """The file's bytes, without reading those (the weights) that nobody looks at."""
    with path.open("rb") as file:
        # closed when the last slice of it is gone
        yield memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _read(data: memoryview) -> OnnxFacts:
    producer = version = ""
    labels: tuple[str, ...] | None = None
    for number, kind, value in _fields(data):
        if kind != _BYTES or isinstance(value, int):
            continue
        if number == _PRODUCER:
            producer = bytes(value).decode(errors="replace")
        elif number == _PRODUCER_VERSION:
            version = bytes(value).decode(errors="replace")
        elif number == _GRAPH and labels is None:
            labels = _labels_in_graph(value)
        elif number == _METADATA:
            labels = _labels_in_metadata(value) or labels
    return OnnxFacts(producer, version, labels)


def _labels_in_metadata(entry: memoryview) -> tuple[str, ...] | None:
    pair = {number: value for number, kind, value in _fields(entry) if kind == _BYTES}
    key, value = pair.get(1), pair.get(2)
    if isinstance(key, int) or isinstance(value, int) or key is None or value is None:
        return None
    if bytes(key) != LABELS_KEY.encode():
        return None
    try:
        labels = json.loads(bytes(value))
    except ValueError:
        return None
    return tuple(map(str, labels)) if isinstance(labels, list) else None


def _labels_in_graph(graph: memoryview) -> tuple[str, ...] | None:
    """The labels of the last node that has any (a ZipMap, or the classifier itself)."""
    found: tuple[str, ...] | None = None
    for number, kind, node in _fields(graph):
        if number != _GRAPH_NODE or kind != _BYTES or isinstance(node, int):
            continue
        for attribute_number, attribute_kind, attribute in _fields(node):
            if attribute_number == _NODE_ATTRIBUTE and attribute_kind == _BYTES:
                assert not isinstance(attribute, int)
                found = _labels_in_attribute(attribute) or found
    return found


def _labels_in_attribute(attribute: memoryview) -> tuple[str, ...] | None:
    name = b""
    labels: list[str] = []
    for number, kind, value in _fields(attribute):
        if number == _ATTRIBUTE_NAME and not isinstance(value, int):
            name = bytes(value)
            if not name.startswith(b"classlabels_"):
                return None
        elif number == _ATTRIBUTE_STRINGS and not isinstance(value, int):
            labels.append(bytes(value).decode(errors="replace"))
        elif number == _ATTRIBUTE_INTS:
            if kind == _VARINT:
                assert isinstance(value, int)
                labels.append(str(_signed(value)))
            elif not isinstance(value, int):
                labels.extend(str(_signed(item)) for item in _packed(value))
    return tuple(labels) if name.startswith(b"classlabels_") and labels else None


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _packed(data: memoryview) -> Iterator[int]:
    position = 0
    while position < len(data):
        value, position = _varint(data, position)
        yield value


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(data) or shift > 63:
            raise ValueError("not a protocol-buffers message")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def _fields(data: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Field number, wire type and value of each field; raises ValueError where it is no message."""
    position, end = 0, len(data)
    while position < end:
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        value: int | memoryview
        if kind == _VARINT:
            value, position = _varint(data, position)
        elif kind == _BYTES:
            length, position = _varint(data, position)
            value, position = data[position : position + length], position + length
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
            value, position = data[position : position + length], position + length
        else:
            raise ValueError("not a protocol-buffers message")
        if position > end or number == 0:
            raise ValueError("not a protocol-buffers message")
        yield number, kind, value
