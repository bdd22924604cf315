"""Uploads: files on their way into a package; they are whole or they are gone."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from ..domain.entities import FilePublic, UploadPublic
from ..domain.errors import (
    IntegrityFailure,
    InvalidInput,
    NotFound,
    StorageUnavailable,
    TooLarge,
    UploadNotFound,
    nearest,
)
from ..domain.upload_paths import PathSet, check_among, check_path
from ..store.artifacts import ArtifactStore, ArtifactWriter
from ..store.database import Database
from ..store.tables import Upload, UploadFile, now
from . import blobs

#: Files that are entered in one transaction, which has a lock for each.
_AT_ONCE = 200
#: A stream that goes on for longer than this says that its upload is not idle.
_TOUCH_SECONDS = 30.0


@dataclass(frozen=True)
class UploadLimits:
    """How much one upload may hold; bytes. For the last two see `ArchiveLimits`."""

    file_bytes: int = 64 * 1024**3
    total_bytes: int = 64 * 1024**3
    files: int = 10_000
    archive_ratio: float = 200.0
    archive_depth: int = 20


def create(database: Database, user: str) -> UploadPublic:
    """Begin an upload."""
    upload = Upload(id=secrets.token_hex(16), created_by=user[:200])
    with database.write() as session:
        session.add(upload)
    return UploadPublic(id=upload.id, created_at=upload.created_at, files=[])


def get(database: Database, upload_id: str) -> UploadPublic:
    """An upload and the files that have arrived; raises `UploadNotFound`."""
    with database.read() as session:
        upload = _upload(session, upload_id)
        return UploadPublic(
            id=upload.id, created_at=upload.created_at, files=files_of(session, upload_id)
        )


def receive(
    database: Database,
    artifacts: ArtifactStore,
    upload_id: str,
    path: str,
    limits: UploadLimits | None = None,
) -> Receiver:
    """Begin to take one file; see `Receiver`.

    Raises
    ------
    InvalidInput
        when the path may not be.
    UploadNotFound
        when there is no such upload, or no more.
    TooLarge
        when the upload has as many files as it may have.

    """
    limits = limits or UploadLimits()
    check_path(path)
    with database.write() as session:
        upload = _upload(session, upload_id)
        room = _check_room(session, upload_id, path, 0, limits)
        upload.touched_at = now()
    return Receiver(database, artifacts, upload_id, path, limits, room)


def add_file(
    database: Database,
    artifacts: ArtifactStore,
    upload_id: str,
    path: str,
    chunks: Iterable[bytes],
    *,
    declared_sha256: str | None = None,
    limits: UploadLimits | None = None,
) -> FilePublic:
    """Take one file whose bytes come from an iterable; see `receive` and `Receiver.finish`."""
    receiver = receive(database, artifacts, upload_id, path, limits)
    try:
        for chunk in chunks:
            receiver.write(chunk)
        return receiver.finish(declared_sha256)
    finally:
        receiver.discard()


def abort(database: Database, artifacts: ArtifactStore, upload_id: str) -> None:
    """Throw an upload away with its files; raises `UploadNotFound`."""
    with database.write() as session:
        upload = _upload(session, upload_id, lock=True)
        hashes = [file.sha256 for file in files_of(session, upload_id)]
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
            hashes.update(file.sha256 for file in files_of(session, upload_id))
            session.delete(upload)
            removed += 1
    blobs.collect(database, artifacts, hashes)
    artifacts.sweep(idle_seconds)
    return removed


def files_of(session: Session, upload_id: str) -> list[FilePublic]:
    """The files of an upload, by path."""
    rows = session.execute(
        select(col(UploadFile.path), col(UploadFile.sha256), col(UploadFile.size))
        .where(col(UploadFile.upload_id) == upload_id)
        .order_by(col(UploadFile.path))
    )
    return [FilePublic(path=path, sha256=sha256, size=size) for path, sha256, size in rows]


def take(
    session: Session, upload_id: str, wanted: Sequence[str] | None = None
) -> tuple[list[FilePublic], list[str]]:
    """End an upload inside the transaction that gives its files to a package.

    Returns the files wanted, all unless said, and the hashes of the others, which are to be
    collected after the transaction. Raises `InvalidInput` when a file wanted is none of them.
    """
    upload = _upload(session, upload_id, lock=True)
    held = {file.path: file for file in files_of(session, upload_id)}
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
        upload = _upload(session, upload_id, lock=True)
        known = _there(session.get(UploadFile, _key(upload_id, path)), path)
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
                known = session.get(UploadFile, _key(upload_id, file.path))
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
            upload = _upload(session, upload_id, lock=True)
            upload.touched_at = now()
            _check_room_for(session, upload_id, replaced, files, limits)
            for file in batch:
                session.add(UploadFile(upload_id=upload_id, **file.model_dump()))
            if is_last:
                known = session.get(UploadFile, _key(upload_id, replaced))
                session.delete(_there(known, replaced))
            return
    raise StorageUnavailable(
        "Artifacts do not stay in the store.",
        advice="Check that nothing else deletes files there, then try again.",
    )


class Receiver:
    """One file of an upload on its way in: `write` its pieces, then `finish`.

    A file that is not finished leaves nothing: `discard` it, or `cut` when its connection broke,
    which throws the whole upload away.
    """

    def __init__(
        self,
        database: Database,
        artifacts: ArtifactStore,
        upload_id: str,
        path: str,
        limits: UploadLimits,
        room: int,
    ) -> None:
        self._database = database
        self._artifacts = artifacts
        self._upload_id = upload_id
        self._path = path
        self._limits = limits
        self._room = room
        self._touched = time.monotonic()
        self._writer = artifacts.writer()

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return self._writer.size

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises
        ------
        TooLarge
            when the file or the upload is over its limit; the file is discarded.
        StorageUnavailable
            when the store is full or cannot be reached; the file is discarded.

        """
        try:
            self._check(self._writer.size + len(chunk))
            self._writer.write(chunk)
            if time.monotonic() - self._touched > _TOUCH_SECONDS:
                self.touch()
        except BaseException:
            self.discard()
            raise

    def finish(self, declared_sha256: str | None = None) -> FilePublic:
        """End the file and make it part of the upload; one of the same path is replaced.

        Raises
        ------
        IntegrityFailure
            when the bytes do not have the declared SHA-256.
        InvalidInput
            when the declared SHA-256 is none, or the path clashes with another file's.
        UploadNotFound
            when the upload ended in the meantime.
        TooLarge, StorageUnavailable
            as in `write`.

        """
        file = FilePublic(path=self._path, sha256=self._writer.sha256, size=self._writer.size)
        replaced: str | None = None
        try:
            self._check_declared(declared_sha256)
            replaced = self._name(file)
        except BaseException:
            blobs.collect(self._database, self._artifacts, [file.sha256])
            raise
        finally:
            self.discard()
        if replaced not in (None, file.sha256):
            blobs.collect(self._database, self._artifacts, [str(replaced)])
        return file

    def discard(self) -> None:
        """Forget what has arrived of this file."""
        self._writer.discard()

    def cut(self) -> None:
        """Forget this file and its whole upload: the connection broke in the middle."""
        self.discard()
        try:
            abort(self._database, self._artifacts, self._upload_id)
        except UploadNotFound:
            return  # ended by another request

    def _name(self, file: FilePublic) -> str | None:
        """Enter the file in the upload; returns the hash of the one it replaces."""
        for _ in range(10):
            self._writer.place()
            with self._database.write() as session:
                blobs.lock(session, file.sha256)
                if not self._artifacts.exists(file.sha256):
                    continue  # collected between placing and locking: place it again
                upload = _upload(session, self._upload_id, lock=True)
                _check_room(session, self._upload_id, self._path, file.size, self._limits)
                upload.touched_at = now()
                known = session.get(UploadFile, _key(self._upload_id, self._path))
                if known is None:
                    session.add(UploadFile(upload_id=self._upload_id, **file.model_dump()))
                    return None
                before = known.sha256
                known.sha256, known.size = file.sha256, file.size
                return before
        raise StorageUnavailable(
            f"The artifact {file.sha256} does not stay in the store.",
            advice="Check that nothing else deletes files there, then try again.",
        )

    def _check(self, size: int) -> None:
        if size > self._limits.file_bytes:
            raise TooLarge(
                f"The file {self._path!r} has more than {self._limits.file_bytes} bytes.",
                advice="Upload a smaller file, or have the limit raised.",
                fields={"path": self._path, "limit": self._limits.file_bytes},
            )
        if size > self._room:
            raise _over(self._limits)

    def _check_declared(self, declared: str | None) -> None:
        if declared is None:
            return
        if not re.fullmatch(r"[0-9a-fA-F]{64}", declared):
            raise InvalidInput(
                "The declared SHA-256 is none.",
                advice="Give 64 hexadecimal digits.",
                fields={"sha256": "64 hexadecimal digits needed"},
            )
        if declared.lower() != self._writer.sha256:
            raise IntegrityFailure(
                f"The file {self._path!r} arrived with SHA-256 {self._writer.sha256}, "
                f"not {declared.lower()}.",
                advice="Upload it again.",
                fields={"path": self._path, "sha256": self._writer.sha256},
            )

    def touch(self) -> None:
        """Say that the upload is not idle; raises `UploadNotFound`."""
        with self._database.write() as session:
            _upload(session, self._upload_id).touched_at = now()
        self._touched = time.monotonic()


def _upload(session: Session, upload_id: str, *, lock: bool = False) -> Upload:
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


def _check_room(
    session: Session, upload_id: str, path: str, size: int, limits: UploadLimits
) -> int:
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
        raise _over(limits)
    return room


def _check_room_for(
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
        raise _over(limits)


def _there(known: UploadFile | None, path: str) -> UploadFile:
    """A file's row, if it is there."""
    if known is None:
        raise NotFound(
            f"The upload has no file {path[:200]!r}.",
            advice="GET lists what has arrived.",
            fields={"path": path[:200]},
        )
    return known


def _over(limits: UploadLimits) -> TooLarge:
    return TooLarge(
        f"The upload has more than {limits.total_bytes} bytes.",
        advice="Upload less, or have the limit raised.",
        fields={"limit": limits.total_bytes},
    )


def _key(upload_id: str, path: str) -> dict[str, Any]:
    return {"upload_id": upload_id, "path": path}
