"""Files of a package or of a leaderboard's model, written into a folder and verified."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..domain.entities import FilePublic
from ..domain.errors import AlreadyExists, IntegrityFailure
from .progress import Progress, bar

if TYPE_CHECKING:
    from .connection import Connection


def download(
    connection: Connection,
    address: str,
    files: Sequence[FilePublic],
    root: Path,
    *,
    title: str,
    overwrite: bool,
    progress: Progress,
) -> Path:
    """Write files, each below ``address`` on the server, into a folder; returns the folder.

    Raises
    ------
    AlreadyExists
        when a file is there and ``overwrite`` is not set; nothing is written.
    IntegrityFailure
        when what arrives does not have the recorded SHA-256.

    """
    targets = [(file, _inside(root, file.path)) for file in files]
    for _, target in targets:
        if target.exists() and not overwrite:
            raise AlreadyExists(
                f"{target} is there already.",
                advice="Choose another folder, or set overwrite=True.",
                fields={"path": str(target)},
            )
    root.mkdir(parents=True, exist_ok=True)
    size = sum(file.size for file in files)
    with bar(f"Download {title}", size, "B", show=progress, in_bytes=True) as advance:
        for file, target in targets:
            target.parent.mkdir(parents=True, exist_ok=True)
            _fetch(connection, f"{address}/{quote(file.path)}", file, target, title, advance)
    return root


def _fetch(
    connection: Connection,
    path: str,
    file: FilePublic,
    target: Path,
    title: str,
    advance: Callable[[int], object],
) -> None:
    partial = target.with_name(f".{target.name}.partial")
    found = hashlib.sha256()
    try:
        with connection.stream(path) as chunks, partial.open("wb") as out:
            for chunk in chunks:
                out.write(chunk)
                found.update(chunk)
                advance(len(chunk))
        if found.hexdigest() != file.sha256:
            raise IntegrityFailure(
                f"{file.path} of {title} arrived with another SHA-256 than recorded.",
                advice="Download it again; if it stays so, the stored file is damaged.",
                fields={"path": file.path},
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _inside(root: Path, path: str) -> Path:
    """Where a file of a package goes; never outside the folder."""
    parts: Sequence[str] = PurePosixPath(path).parts
    if not parts or path.startswith("/") or any(part in ("..", "") for part in parts):
        raise IntegrityFailure(
            f"The package names a file {path!r} outside of its folder.",
            advice="Do not use this package.",
            fields={"path": path},
        )
    return root.joinpath(*parts)
