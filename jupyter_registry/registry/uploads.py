"""Uploads: files on their way into a package; they are whole or they are gone."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from ..domain.entities import FilePublic, UploadPublic
from ..domain.errors import (
    InvalidInput,
    StorageUnavailable,
    nearest,
)
from ..domain.upload_paths import check_path
from ..store.artifacts import ArtifactStore, ArtifactWriter
from ..store.database import Database
from ..store.tables import Upload, UploadFile, now
from . import blobs, upload_rows
from .upload_rows import UploadLimits

#: Files that are entered in one transaction, which has a lock for each.
_AT_ONCE = 200


def create(database: Database, user: str) -> UploadPublic:
    """Begin an upload."""
    upload = Upload(id=secrets.token_hex(16), created_by=user[:200])
    with database.write() as session:
        session.add(upload)
    return UploadPublic(id=upload.id, created_at=upload.created_at, files=[])


def get(database: Database, upload_id: str) -> UploadPublic:
    """An upload and the files that have arrived; raises `UploadNotFound`."""
    with database.read() as session:
        upload = upload_rows.upload_of(session, upload_id)
        return UploadPublic(
            id=upload.id,
            created_at=upload.created_at,
            files=upload_rows.files_of(session, upload_id),
        )


def abort(database: Database, artifacts: ArtifactStore, upload_id: str) -> None:
    """Throw an upload away with its files; raises `UploadNotFound`."""
    with database.write() as session:
        upload = upload_rows.upload_of(session, upload_id, lock=True)
        hashes = [file.sha256 for file in upload_rows.files_of(session, upload_id)]
        session.delete(upload)
    blobs.collect(database, artifacts, hashes)


def sweep(database: Database, artifacts: ArtifactStore, idle_seconds: float) -> int:
    """Throw away the uploads idle for so long, and temporary files as old; returns how many."""
    before = now() - timedelta(seconds=idle_seconds)
    with database.read() as session:
        idle = session.scalars(select(col(Upload.id)).where(col(Upload.touched_at) < before)).all()
    removed = 0
    hashes: set[str] = set()
    for upload_id in idle:
        with database.write() as session:
            upload = session.get(Upload, upload_id, with_for_update=True)
            if upload is None or upload.touched_at >= before:
                continue  # finished, or went on, in the meantime
            hashes.update(file.sha256 for file in upload_rows.files_of(session, upload_id))
            session.delete(upload)
            removed += 1
    blobs.collect(database, artifacts, hashes)
    artifacts.sweep(idle_seconds)
    return removed


def take(
    session: Session, upload_id: str, wanted: Sequence[str] | None = None
) -> tuple[list[FilePublic], list[str]]:
    """End an upload inside the transaction that gives its files to a package.

    Returns the files wanted, all unless said, and the hashes of the others, which are to be
    collected after the transaction. Raises `InvalidInput` when a file wanted is none of them.
    """
    upload = upload_rows.upload_of(session, upload_id, lock=True)
    held = {file.path: file for file in upload_rows.files_of(session, upload_id)}
    session.delete(upload)
    if wanted is None:
        return list(held.values()), []
    files = [file_named(held, path, "files") for path in dict.fromkeys(wanted)]
    return files, [file.sha256 for path, file in held.items() if path not in set(wanted)]


def file_named(held: Mapping[str, FilePublic], path: str, field: str) -> FilePublic:
    """A file of an upload by its path; raises `InvalidInput` naming the field that named it."""
    found = held.get(path)
    if found is None:
        raise InvalidInput(
            f"The upload has no file {path[:200]!r}.",
            advice=nearest(path[:200], list(held)) or "Send it first; GET lists what has arrived.",
            fields={field: f"no such file: {path[:200]}"},
        )
    return found


def remove_file(database: Database, artifacts: ArtifactStore, upload_id: str, path: str) -> None:
    """Take a file out of an upload.

    Raises `UploadNotFound`, `NotFound` without such a file, `InvalidInput` when none can have the
    path.
    """
    check_path(path)
    with database.write() as session:
        upload = upload_rows.upload_of(session, upload_id, lock=True)
        known = upload_rows.there(session.get(UploadFile, upload_rows.key(upload_id, path)), path)
        sha256 = known.sha256
        session.delete(known)
        upload.touched_at = now()
    blobs.collect(database, artifacts, [sha256])


def replace_file(
    database: Database,
    artifacts: ArtifactStore,
    upload_id: str,
    path: str,
    written: Mapping[str, ArtifactWriter],
    limits: UploadLimits,
) -> list[FilePublic]:
    """Put files, each written already, in the place of one; all of them, or none.

    Raises
    ------
    InvalidInput
        when one clashes with a file of the upload.
    NotFound, UploadNotFound
        when the file, or the upload, has gone.
    TooLarge
        when the upload cannot take so much.

    """
    files = [FilePublic(path=p, sha256=w.sha256, size=w.size) for p, w in written.items()]
    entered: list[FilePublic] = []
    try:
        for first in range(0, len(files), _AT_ONCE):
            batch = files[first : first + _AT_ONCE]
            is_last = first + _AT_ONCE >= len(files)
            place = [written[file.path] for file in batch]
            _enter(
                database, artifacts, upload_id, path, files, batch, place, limits, is_last=is_last
            )
            entered += batch
    except BaseException:
        with database.write() as session:
            for file in entered:
                known = session.get(UploadFile, upload_rows.key(upload_id, file.path))
                if known is not None:
                    session.delete(known)
        raise
    return files


def _enter(
    database: Database,
    artifacts: ArtifactStore,
    upload_id: str,
    replaced: str,
    files: Sequence[FilePublic],
    batch: Sequence[FilePublic],
    place: Sequence[ArtifactWriter],
    limits: UploadLimits,
    *,
    is_last: bool,
) -> None:
    for _ in range(10):
        for writer in place:
            writer.place()
        with database.write() as session:
            hashes = sorted({file.sha256 for file in batch})
            for sha256 in hashes:
                blobs.lock(session, sha256)
            if not all(map(artifacts.exists, hashes)):
                continue  # collected between placing and locking: place them again
            upload = upload_rows.upload_of(session, upload_id, lock=True)
            upload.touched_at = now()
            upload_rows.check_room_for(session, upload_id, replaced, files, limits)
            for file in batch:
                session.add(UploadFile(upload_id=upload_id, **file.model_dump()))
            if is_last:
                known = session.get(UploadFile, upload_rows.key(upload_id, replaced))
                session.delete(upload_rows.there(known, replaced))
            return
    raise StorageUnavailable(
        "Artifacts do not stay in the store.",
        advice="Check that nothing else deletes files there, then try again.",
    )
