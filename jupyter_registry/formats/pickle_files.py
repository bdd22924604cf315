"""Telling pickles and joblib dumps by their first and last bytes, without reading them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from pathlib import Path

_STOP = b"."
_PROTOCOLS = frozenset({2, 3, 4, 5})
_CHUNK = 1 << 20
#: The class joblib puts in its stream in place of each array.
_WRAPPER = b"NumpyArrayWrapper"


def is_pickle(path: Path) -> bool:
    """Whether the file is one binary pickle (protocol 2 to 5)."""
    with path.open("rb") as file:
        head = file.read(2)
        if not _starts_pickle(head):
            return False
        file.seek(-1, 2)
        return file.read(1) == _STOP


def is_joblib(path: Path) -> bool:
    """Whether joblib wrote the file: compressed, or with arrays of its own kind."""
    with path.open("rb") as file:
        head = file.read(6)
    if _compressed_pickle(path, head):
        return True
    return is_pickle(path) and contains(path, _WRAPPER)


def _starts_pickle(head: bytes) -> bool:
    return len(head) >= 2 and head[0] == 0x80 and head[1] in _PROTOCOLS


def _compressed_pickle(path: Path, head: bytes) -> bool:
    try:
        if head[:1] == b"\x78":
            with path.open("rb") as file:
                return _starts_pickle(zlib.decompressobj().decompress(file.read(4096), 2))
        if head[:2] == b"\x1f\x8b":
            with gzip.open(path) as file:
                return _starts_pickle(file.read(2))
        if head[:3] == b"BZh":
            with bz2.open(path) as file:
                return _starts_pickle(file.read(2))
        if head[:6] == b"\xfd7zXZ\x00" or head[:3] == b"\x5d\x00\x00":
            with lzma.open(path) as file:
                return _starts_pickle(file.read(2))
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return False
    return head[:4] == b"\x04\x22\x4d\x18"  # LZ4 needs a library to look further


def contains(path: Path, text: bytes) -> bool:
    """Whether the bytes occur anywhere in the file."""
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            if text in tail + chunk:
                return True
            tail = chunk[-len(text) :]
    return False
