"""Receiving: one file of an upload, whose bytes arrive in pieces."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from ..domain.entities import FilePublic
from ..domain.errors import (
    Conflict,
    IntegrityFailure,
    InvalidInput,
    StorageUnavailable,
    TooLarge,
    UploadNotFound,
)
from ..domain.upload_paths import check_path
from ..store.artifacts import ArtifactStore, ArtifactWriter
from ..store.database import Database
from ..store.tables import UploadFile, now
from ..store.unfinished import Unfinished
from . import blobs, upload_rows, uploads
from .upload_rows import UploadLimits

#: A stream that goes on for longer than this says that its upload is not idle.
_TOUCH_SECONDS = 30.0


def receive(
    database: Database,
    artifacts: ArtifactStore,
    upload_id: str,
    path: str,
    limits: UploadLimits | None = None,
    *,
    lasting: bool = False,
    unfinished: Unfinished | None = None,
) -> Receiver:
    """Begin to take one file; see `Receiver`.

    Parameters
    ----------
    lasting:
        Whether what comes of it is to be there for its sender after this process's end.
    unfinished:
        What has come of it: it is read, and this takes the rest.

    Raises
    ------
    InvalidInput
        when the path may not be.
    UploadNotFound
        when there is no such upload, or no more.
    TooLarge
        when the upload has as many files as it may have.
    Conflict
        when what has come of it is not there any more.

    """
    limits = limits or UploadLimits()
    check_path(path)
    with database.write() as session:
        upload = upload_rows.upload_of(session, upload_id)
        room = upload_rows.check_room(session, upload_id, path, 0, limits)
        upload.touched_at = now()
    if unfinished is not None:
        writer = artifacts.resume(unfinished)
        if writer is None:
            raise other_offset(path, 0)
    elif lasting:
        writer = artifacts.lasting_writer(upload_id, path)
    else:
        writer = artifacts.writer()
    return Receiver(database, artifacts, upload_id, path, limits, room, writer)


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
        writer: ArtifactWriter,
    ) -> None:
        self._database = database
        self._artifacts = artifacts
        self._upload_id = upload_id
        self._path = path
        self._limits = limits
        self._room = room
        self._touched = time.monotonic()
        self._writer = writer

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

    def leave(self) -> None:
        """Leave what has arrived for another process, if the store can."""
        self._writer.leave()

    def cut(self) -> None:
        """Forget this file and its whole upload: the connection broke in the middle."""
        self.discard()
        try:
            uploads.abort(self._database, self._artifacts, self._upload_id)
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
                upload = upload_rows.upload_of(session, self._upload_id, lock=True)
                upload_rows.check_room(
                    session, self._upload_id, self._path, file.size, self._limits
                )
                upload.touched_at = now()
                known = session.get(UploadFile, upload_rows.key(self._upload_id, self._path))
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
            raise upload_rows.over(self._limits)

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
        """Say that the upload is not idle, and keep how far it is; raises `UploadNotFound`."""
        self._writer.mark()
        with self._database.write() as session:
            upload_rows.upload_of(session, self._upload_id).touched_at = now()
        self._touched = time.monotonic()


def other_offset(path: str, size: int) -> Conflict:
    """The error of who would go on with a file from elsewhere than where it has got to."""
    return Conflict(
        f"{size} bytes have arrived of {path[:200]!r}.",
        advice="Go on from there: Upload-Offset says from where.",
        fields={"offset": size},
    )
