"""The rows of uploads and of their files, and the room that an upload has for more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from ..domain.entities import FilePublic
from ..domain.errors import InvalidInput, NotFound, TooLarge, UploadNotFound
from ..domain.upload_paths import PathSet, check_among
from ..store.tables import Upload, UploadFile


@dataclass(frozen=True)
class UploadLimits:
    """How much one upload may hold; bytes. For the last two see `ArchiveLimits`."""

    file_bytes: int = 64 * 1024**3
    total_bytes: int = 64 * 1024**3
    files: int = 10_000
    archive_ratio: float = 200.0
    archive_depth: int = 20


def files_of(session: Session, upload_id: str) -> list[FilePublic]:
    """The files of an upload, by path."""
    rows = session.execute(
        select(col(UploadFile.path), col(UploadFile.sha256), col(UploadFile.size))
        .where(col(UploadFile.upload_id) == upload_id)
        .order_by(col(UploadFile.path))
    )
    return [FilePublic(path=path, sha256=sha256, size=size) for path, sha256, size in rows]


def upload_of(session: Session, upload_id: str, *, lock: bool = False) -> Upload:
    """The row of an upload; raises `UploadNotFound`."""
    found = (
        session.get(Upload, upload_id, with_for_update=lock or None)
        if re.fullmatch("[0-9a-f]{32}", upload_id)
        else None
    )
    if found is None:
        raise UploadNotFound(
            f"There is no upload {upload_id[:40]!r}.",
            advice="It was registered, aborted or idle for too long; begin a new one.",
        )
    return found


def check_room(session: Session, upload_id: str, path: str, size: int, limits: UploadLimits) -> int:
    """Refuse a file that the upload cannot take; returns the bytes there is room for."""
    others = session.execute(
        select(col(UploadFile.path), col(UploadFile.size)).where(
            col(UploadFile.upload_id) == upload_id, col(UploadFile.path) != path
        )
    ).all()
    check_among(path, (other for other, _ in others))
    if len(others) >= limits.files:
        raise TooLarge(
            f"The upload has {limits.files} files already.",
            advice="Pack small files together, or have the limit raised.",
            fields={"limit": limits.files},
        )
    room = limits.total_bytes - int(sum(taken for _, taken in others))
    if size > room:
        raise over(limits)
    return room


def check_room_for(
    session: Session,
    upload_id: str,
    replaced: str,
    files: Sequence[FilePublic],
    limits: UploadLimits,
) -> None:
    """Refuse files that the upload cannot take in the place of one."""
    ours = {file.path for file in files}
    rows = session.execute(
        select(col(UploadFile.path), col(UploadFile.size)).where(
            col(UploadFile.upload_id) == upload_id
        )
    ).all()
    # those of earlier batches are here already, but not the one that is replaced
    others = {path: size for path, size in rows if path not in ours or path == replaced}
    paths = PathSet()
    for path in (*others, *(file.path for file in files)):
        if problem := paths.add(path):
            raise InvalidInput(
                f"The file {path[:200]!r} cannot be put into the upload: {problem}.",
                advice="Take the other file out of the upload first.",
                fields={"path": problem},
            )
    if len(others) - 1 + len(files) > limits.files:
        raise TooLarge(
            f"The upload would have more than {limits.files} files.",
            advice="Pack small files together, or have the limit raised.",
            fields={"limit": limits.files},
        )
    kept = sum(size for path, size in others.items() if path != replaced)
    if kept + sum(file.size for file in files) > limits.total_bytes:
        raise over(limits)


def there(known: UploadFile | None, path: str) -> UploadFile:
    """A file's row, if it is there."""
    if known is None:
        raise NotFound(
            f"The upload has no file {path[:200]!r}.",
            advice="GET lists what has arrived.",
            fields={"path": path[:200]},
        )
    return known


def over(limits: UploadLimits) -> TooLarge:
    """The error of an upload with more bytes than it may have."""
    return TooLarge(
        f"The upload has more than {limits.total_bytes} bytes.",
        advice="Upload less, or have the limit raised.",
        fields={"limit": limits.total_bytes},
    )


def key(upload_id: str, path: str) -> dict[str, Any]:
    """The primary key of a file's row."""
    return {"upload_id": upload_id, "path": path}
