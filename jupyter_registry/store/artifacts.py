"""Files addressed by their SHA-256: written once, verified when read, in any fsspec store.

A file is written to a temporary name and hashed on the way. `ArtifactWriter.place` then puts it
under its hash, whole or not at all, and `ArtifactWriter.discard` removes the temporary name; the
two are apart so that a caller can place again if the artifact was collected in between.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ..domain.entities import FilePublic
from ..domain.errors import (
    IntegrityFailure,
    RegistryError,
    StorageUnavailable,
    is_full,
)
from . import local_files
from .filesystems import age, check_bucket, filesystem_of, protocols
from .unfinished import Journal, Resumed, Unfinished, left_in

if TYPE_CHECKING:
    pass

#: Bytes read or written at a time.
CHUNK = 1024 * 1024
#: What `ArtifactStore.sweep` may take for a writer's left-over, in seconds without a write.
STALE_SECONDS = 24 * 3600.0


class ArtifactStore:
    """The artifacts below one URL: a local path, ``file://``, ``memory://``, ``s3://`` …

    Parameters
    ----------
    url:
        Where the artifacts are; a local folder is made when it is absent.
    options:
        Passed to the fsspec filesystem (endpoint, credentials, …).

    Raises
    ------
    InvalidInput
        when the URL's protocol is unknown.
    MissingExtra
        when the protocol's library is not installed.
    StorageUnavailable
        when the place cannot be used.

    """

    def __init__(self, url: str, **options: Any) -> None:
        self.url = url
        self._fs, self._root = filesystem_of(url, options)
        self.is_local = "file" in protocols(self._fs)
        with storage_errors(f"The artifact store {url}"):
            bucket = "" if self.is_local else self._root.split("/", 1)[0]
            if bucket:
                # a bucket is somebody's to name, place and pay for: it is never made here
                check_bucket(self._fs, bucket, url)
            else:
                self._fs.makedirs(f"{self._root}/tmp", exist_ok=True)

    def writer(self) -> ArtifactWriter:
        """A new artifact, written piece by piece."""
        return ArtifactWriter(self)

    def lasting_writer(self, owner: str, path: str) -> ArtifactWriter:
        """The same of a file that can be gone on with after this process's end; see `unfinished`.

        That takes a local folder: of what remote stores have in parts nothing can be read.
        """
        writer = ArtifactWriter(self)
        if self.is_local:
            with storage_errors(f"The artifact store {self.url}"):
                writer.journal = Journal.begin(Path(writer._temporary), owner, path)
        return writer

    def unfinished(self, owner: str | None = None) -> list[Unfinished]:
        """The files that processes have left when they ended, of one owner or of all."""
        return left_in(Path(self._root) / "tmp", owner) if self.is_local else []

    def resume(self, unfinished: Unfinished) -> ArtifactWriter | None:
        """Go on with what was left, verified and hashed anew; ``None`` if it is nobody's now."""
        with storage_errors(f"The artifact store {self.url}"):
            resumed = unfinished.resume()
            return None if resumed is None else ArtifactWriter(self, unfinished, resumed)

    def put(self, content: bytes | BinaryIO) -> FilePublic:
        """Store a whole content; returns its hash and size (its path is empty)."""
        with self.writer() as writer:
            if isinstance(content, bytes):
                writer.write(content)
            else:
                while chunk := content.read(CHUNK):
                    writer.write(chunk)
            sha256 = writer.place()
        return FilePublic(path="", sha256=sha256, size=writer.size)

    def exists(self, sha256: str) -> bool:
        """Whether the artifact is here."""
        with storage_errors(f"The artifact store {self.url}"):
            self._fs.invalidate_cache()
            return bool(self._fs.exists(self._path(sha256)))

    def size(self, sha256: str) -> int:
        """The artifact's size in bytes."""
        with storage_errors(f"The artifact {sha256}"):
            return int(self._fs.info(self._path(sha256))["size"])

    def open(self, sha256: str) -> BinaryIO:
        """The artifact's bytes, not verified; raises `StorageUnavailable` when it is absent."""
        with storage_errors(f"The artifact {sha256}"):
            opened: BinaryIO = self._fs.open(self._path(sha256), "rb")
            return opened

    def local_path(self, sha256: str) -> Path | None:
        """Where the artifact is on this disk, for reading; ``None`` if it is not on this disk."""
        return Path(self._path(sha256)) if self.is_local else None

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The artifact's bytes in pieces; the last is withheld if the hash does not match.

        Raises
        ------
        IntegrityFailure
            when the stored bytes are not those that were put.
        StorageUnavailable
            when the artifact is absent or cannot be read.

        """
        hashed = hashlib.sha256()
        held = b""
        with self.open(sha256) as file:
            while True:
                with storage_errors(f"The artifact {sha256}"):
                    chunk = file.read(CHUNK)
                if not chunk:
                    break
                hashed.update(chunk)
                if held:
                    yield held
                held = chunk
        if hashed.hexdigest() != sha256:
            raise IntegrityFailure(
                f"The artifact {sha256} is damaged: its bytes have SHA-256 {hashed.hexdigest()}.",
                advice="Restore it from a backup of the artifact store, or register anew.",
                fields={"sha256": sha256, "found": hashed.hexdigest()},
            )
        if held:
            yield held

    def materialise(self, files: Iterable[FilePublic], folder: Path) -> Path:
        """Make the files readable as a local folder below ``folder``; returns it.

        A folder is made once per content and path, and its files are verified at every call.
        They are copies, so what a model does in its folder does not reach the store.
        """
        wanted = sorted(files, key=lambda file: file.path)
        made = folder / digest(wanted)
        if _is_intact(made, wanted):
            os.utime(made)
            return made
        partial = folder / f".partial-{secrets.token_hex(8)}"
        with storage_errors(f"The folder {folder}"):
            try:
                for file in wanted:
                    path = partial / file.path
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with path.open("xb") as local:
                        for chunk in self.chunks(file.sha256):
                            local.write(chunk)
                partial.mkdir(parents=True, exist_ok=True)
                return _settle(partial, made, wanted)
            finally:
                shutil.rmtree(partial, ignore_errors=True)

    def delete(self, sha256: str) -> None:
        """Remove the artifact; nothing happens when it is absent."""
        with (
            storage_errors(f"The artifact {sha256}"),
            contextlib.suppress(FileNotFoundError),
        ):
            self._fs.rm_file(self._path(sha256))

    def hashes(self) -> Iterator[str]:
        """The SHA-256 of every artifact that is here."""
        with storage_errors(f"The artifact store {self.url}"):
            self._fs.invalidate_cache()
            found = self._fs.find(self._root)
        for path in found:
            name = str(path).rsplit("/", 1)[-1]
            if len(name) == 64 and f"/tmp/{name}" not in str(path):
                yield name

    def sweep(self, older_than: float = STALE_SECONDS) -> int:
        """Remove temporary files not written to for so many seconds; returns how many."""
        removed = 0
        with storage_errors(f"The artifact store {self.url}"):
            self._fs.invalidate_cache()
            for entry in self._temporaries():
                if entry["type"] == "file" and age(entry) > older_than:
                    with contextlib.suppress(FileNotFoundError):
                        self._fs.rm_file(entry["name"])
                        removed += 1
        return removed

    def _temporaries(self) -> list[dict[str, Any]]:
        try:
            return list(self._fs.ls(f"{self._root}/tmp", detail=True))
        except FileNotFoundError:  # in an object store an empty folder is none
            return []

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"


class ArtifactWriter:
    """One artifact on its way into the store; leaving its context discards the temporary file."""

    def __init__(
        self,
        store: ArtifactStore,
        unfinished: Unfinished | None = None,
        resumed: Resumed | None = None,
    ) -> None:
        self.size = 0
        #: Where is written how much has come, of a file that can be gone on with.
        self.journal: Journal | None = None
        self._store = store
        self._hash = hashlib.sha256()
        self._temporary = f"{store._root}/tmp/{secrets.token_hex(16)}"
        self._closed = False
        self._file: Any
        if unfinished is not None and resumed is not None:
            self.size, self._hash, self.journal = resumed.size, resumed.hash, resumed.journal
            self._temporary, self._file = str(unfinished.data), resumed.data
            return
        with storage_errors(f"The artifact store {store.url}"):
            if store.is_local:
                self._file = open(self._temporary, "xb")  # noqa: SIM115
            else:
                self._file = store._fs.open(self._temporary, "wb")

    def __enter__(self) -> ArtifactWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written so far, in hex."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Append bytes; raises `StorageUnavailable` when the store is full."""
        with storage_errors(f"The artifact store {self._store.url}"):
            self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)
        if self.journal is not None and self.journal.grown(self.size):
            self.mark()

    def mark(self) -> None:
        """Write into the journal, where there is one, how much has come."""
        if self.journal is not None and not self._closed:
            with storage_errors(f"The artifact store {self._store.url}"):
                self._file.flush()
                self.journal.mark(self.size, self.sha256)

    def leave(self) -> None:
        """Leave it for another process to go on with, or discard it where none can."""
        if self.journal is None or self._closed:
            self.discard()
            return
        self.mark()
        self._closed = True
        self._file.close()
        self.journal.close()

    def place(self) -> str:
        """Put the content under its hash, durably; returns the hash. May be called again."""
        store, sha256 = self._store, self.sha256
        target = store._path(sha256)
        with storage_errors(f"The artifact store {store.url}"):
            if not self._closed:
                if store.is_local:
                    self._file.flush()
                    os.fsync(self._file.fileno())
                self._file.close()
                self._closed = True
            if store.is_local:
                local_files.place(Path(self._temporary), Path(target), self.size)
            else:
                store._fs.invalidate_cache()
                if not store._fs.exists(target) or store._fs.info(target)["size"] != self.size:
                    store._fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
                    store._fs.cp_file(self._temporary, target)
        return sha256

    def discard(self) -> None:
        """Forget the temporary file; what was placed stays."""
        from fsspec.spec import AbstractBufferedFile

        if self.journal is not None:
            self.journal.remove()
        if not self._closed:
            self._closed = True
            if isinstance(self._file, AbstractBufferedFile):
                self._file.closed = True  # else it is flushed when it goes out of use
            with _left_behind(self._temporary):
                if hasattr(self._file, "discard"):
                    self._file.discard()
                elif self._store.is_local:
                    self._file.close()
        with _left_behind(self._temporary):
            if self._store.is_local:
                os.unlink(self._temporary)
            else:
                self._store._fs.rm_file(self._temporary)


def digest(files: Iterable[FilePublic]) -> str:
    """The SHA-256 of a set of files: of what ``sha256sum`` prints for them, sorted by path."""
    lines = sorted((file.path, file.sha256) for file in files)
    return hashlib.sha256("".join(f"{h}  {p}\n" for p, h in lines).encode()).hexdigest()


@contextlib.contextmanager
def _left_behind(path: str) -> Iterator[None]:
    """Log what a store does not take back now: `ArtifactStore.sweep` will, or its own rules.

    The errors of remote stores' libraries are of many classes, and none must hide the one that
    came before.
    """
    try:
        yield
    except FileNotFoundError:
        pass  # it is gone already
    except Exception:
        getLogger(__name__).info("The temporary file %s is left behind", path, exc_info=True)


@contextlib.contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn what the operating system or a remote store refuses into `StorageUnavailable`."""
    try:
        yield
    except FileNotFoundError as error:
        raise StorageUnavailable(
            f"{what} is missing from storage.",
            advice="Check artifact_url, or restore the file from a backup.",
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        if is_full(error):
            raise StorageUnavailable(
                f"{what} is full: {reason}.", advice="Free space there, then try again."
            ) from error
        raise StorageUnavailable(
            f"{what} cannot be used: {reason.rstrip('.')}.",
            advice="Check artifact_url, permissions and credentials.",
        ) from error
    except Exception as error:
        if isinstance(error, RegistryError) or type(error).__module__ == "builtins":
            raise
        # Remote stores' libraries have classes of their own for a lost connection.
        raise StorageUnavailable(
            f"{what} cannot be reached: {str(error).rstrip('.')}.",
            advice="Check artifact_url, the credentials and the network.",
        ) from error


def _is_intact(folder: Path, files: list[FilePublic]) -> bool:
    """Whether the folder has these files with these contents."""
    for file in files:
        hashed = hashlib.sha256()
        try:
            with (folder / file.path).open("rb") as local:
                if os.fstat(local.fileno()).st_size != file.size:
                    return False
                while chunk := local.read(CHUNK):
                    hashed.update(chunk)
        except OSError:
            return False
        if hashed.hexdigest() != file.sha256:
            return False
    return folder.is_dir()


def _settle(partial: Path, made: Path, files: list[FilePublic]) -> Path:
    """Rename a finished folder into place; another thread or process may have been quicker."""
    for _ in range(10):
        try:
            partial.rename(made)
        except OSError:
            if _is_intact(made, files):
                return made
            shutil.rmtree(made, ignore_errors=True)  # damaged since it was made
        else:
            return made
    raise StorageUnavailable(
        f"The folder {made} cannot be made.", advice="Remove what is at that path."
    )
