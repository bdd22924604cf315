"""What `FileDrop`'s side in the browser sends, from Python: the same messages in the same order."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from jupyter_registry.notebook.widgets.file_drop import FileDrop

_numbers = itertools.count(1)


def tell(drop: FileDrop, content: Mapping[str, Any], *buffers: bytes) -> None:
    """One message, as it comes from the kernel's socket."""
    data = {"method": "custom", "content": dict(content)}
    drop._handle_msg(
        {"content": {"data": data}, "buffers": [memoryview(buffer) for buffer in buffers]}
    )


def begin(drop: FileDrop, files: Mapping[str, int], left_out: int = 0) -> str:
    """Announce files by path and size; the transfer's name."""
    transfer = f"test-{next(_numbers)}"
    announced = [{"path": path, "size": size} for path, size in files.items()]
    tell(
        drop,
        {"do": "begin", "transfer": transfer, "files": announced, "left_out": left_out},
    )
    return transfer


def piece(drop: FileDrop, transfer: str, file: int, at: int, content: bytes) -> None:
    """Send one piece."""
    tell(drop, {"do": "piece", "transfer": transfer, "file": file, "at": at}, content)


def send(drop: FileDrop, files: Mapping[str, bytes]) -> None:
    """Send files whole, each piece only after the one before was confirmed."""
    transfer = begin(drop, {path: len(content) for path, content in files.items()})
    sent = 0
    for number, content in enumerate(files.values()):
        for at in range(0, len(content), drop.piece):
            assert drop.progress == [transfer, sent], drop.problem
            part = content[at : at + drop.piece]
            piece(drop, transfer, number, at, part)
            sent += len(part)
