"""Files that Jupyter's file browser shows, taken into an upload without passing a browser."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_core.paths import is_file_hidden

from ..domain.entities import ContentsTake, ContentsTaken, FilePublic
from ..domain.errors import (
    ContentsNotFound,
    ContentsRefused,
    InvalidInput,
    NotFound,
    RegistryError,
    TooLarge,
)
from ..domain.upload_paths import check_path
from ..domain.uploads import LEFT_BY_TOOLS, Taking
from ..store.artifacts import ArtifactStore
from ..store.database import Database
from . import receiving, uploads
from .upload_rows import UploadLimits

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Root:
    """What the file browser shows: the folder, and whether hidden files are among it."""

    folder: Path
    allow_hidden: bool = False

    def resolve(self, path: str) -> Path:
        """The file or folder of a path as the file browser has it.

        Raises
        ------
        ContentsNotFound
            when there is none, or it is hidden and hidden ones are not shown.
        ContentsRefused
            when the path, or a link on it, leaves the folder, or it is neither file nor folder.

        """
        parts = [part for part in path.split("/") if part]
        problem = _problem(path, parts)
        if problem:
            raise ContentsRefused(
                f"The path {path[:200]!r} cannot be taken: {problem}.",
                advice="Give the path as the file browser has it, such as 'models/churn.skops'.",
                fields={"path": problem},
            )
        root = self.folder.resolve()
        asked = root.joinpath(*parts)
        try:
            real = asked.resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: links in a circle
            raise _nothing(path) from None
        if not real.is_relative_to(root):
            raise ContentsRefused(
                f"{path[:200]!r} is, or lies behind, a link that leads out of the folder that "
                "this server shows.",
                advice="Copy it there, or upload it.",
                fields={"path": "a link out"},
            )
        if not self.allow_hidden and (self._is_hidden(root, asked) or self._is_hidden(root, real)):
            raise _nothing(path)
        return real

    def shows(self, file: Path) -> bool:
        """Whether a file or folder met on the way is shown."""
        return self.allow_hidden or not is_file_hidden(str(file))

    def _is_hidden(self, root: Path, path: Path) -> bool:
        while path not in (root, path.parent):
            if is_file_hidden(str(path)):
                return True
            path = path.parent
        return False


class Takings:
    """How far this process is with what is being taken, by upload; for any thread."""

    def __init__(self) -> None:
        self._of_upload: dict[str, list[Taking]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def begun(self, upload_id: str, size: int) -> Iterator[Taking]:
        """What is to be counted on while so many bytes are taken."""
        taking = Taking(done=0, size=size)
        with self._lock:
            self._of_upload.setdefault(upload_id, []).append(taking)
        try:
            yield taking
        finally:
            with self._lock:
                self._of_upload[upload_id].remove(taking)
                if not self._of_upload[upload_id]:
                    del self._of_upload[upload_id]

    def of(self, upload_id: str) -> Taking | None:
        """All that is being taken into an upload, together."""
        with self._lock:
            known = list(self._of_upload.get(upload_id, ()))
        if not known:
            return None
        return Taking(done=sum(one.done for one in known), size=sum(one.size for one in known))


@dataclass
class _Found:
    """The files of a folder: path in the upload → file."""

    files: dict[str, Path] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    size: int = 0


def take(
    database: Database,
    artifacts: ArtifactStore,
    upload_id: str,
    body: ContentsTake,
    root: Root,
    limits: UploadLimits,
    stop: threading.Event,
    takings: Takings,
) -> ContentsTaken:
    """Take a file, or all of a folder, into an upload; what was taken goes again if that fails.

    Left out of a folder and listed: hidden files, links to folders, links that lead out or
    nowhere, empty folders; without a word: caches that tools leave.

    Parameters
    ----------
    stop:
        Set by who no longer waits; nothing is taken then.
    takings:
        Where it is counted how far this is.

    Raises
    ------
    ContentsNotFound, ContentsRefused
        see `Root.resolve`; also when nothing in a folder can be taken, or it cannot be read.
    InvalidInput
        when the path that it shall have in the upload cannot be.
    TooLarge
        when it is more than an upload may have.
    UploadNotFound, StorageUnavailable
        as an upload.

    """
    uploads.get(database, upload_id)
    real = root.resolve(body.path)
    found = _gather(real, body, root, limits)
    taken: list[FilePublic] = []
    try:
        with takings.begun(upload_id, found.size) as taking:
            for path, file in found.files.items():
                chunks = _chunks(file, path, stop, taking)
                taken.append(
                    receiving.add_file(database, artifacts, upload_id, path, chunks, limits=limits)
                )
    except BaseException:
        for one in taken:
            _take_back(database, artifacts, upload_id, one.path)
        raise
    return ContentsTaken(files=taken, left_out=found.left_out)


def _gather(real: Path, body: ContentsTake, root: Root, limits: UploadLimits) -> _Found:
    found = _Found()
    prefix = (body.as_ or "").rstrip("/")
    if body.as_ is not None:
        try:
            check_path(prefix)
        except InvalidInput as error:
            raise InvalidInput(
                error.detail, advice=error.advice, fields={"as": error.fields.get("path", "")}
            ) from None
    try:
        if real.is_dir():
            _walk(real, f"{prefix}/" if prefix else "", root, found, limits)
        else:
            _add(prefix or body.path.rstrip("/").rsplit("/", 1)[-1], real, found, limits)
    except OSError as error:
        raise _unreadable(body.path, error) from error
    if not found.files:
        raise ContentsRefused(
            f"The folder {body.path[:200]!r} has no files that can be taken.",
            advice="Hidden files and links to folders are not taken.",
            fields={"path": "no files", "left_out": found.left_out},
        )
    return found


def _walk(folder: Path, prefix: str, root: Root, found: _Found, limits: UploadLimits) -> None:
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    if not entries and prefix:
        found.left_out[prefix] = "an empty folder"
    for entry in entries:
        path, file = f"{prefix}{entry.name}", Path(entry.path)
        if entry.name in LEFT_BY_TOOLS:
            continue
        if not root.shows(file):
            found.left_out[path] = "hidden"
        elif entry.is_dir(follow_symlinks=False):
            _walk(file, f"{path}/", root, found, limits)
        elif entry.is_symlink():
            _add_link(path, file, root, found, limits)
        else:
            _add(path, file, found, limits)


def _add_link(path: str, link: Path, root: Root, found: _Found, limits: UploadLimits) -> None:
    """A link to a file counts as that file, if it is shown itself."""
    top = root.folder.resolve()
    try:
        inside = root.resolve(link.relative_to(top).as_posix())
    except ContentsNotFound:
        found.left_out[path] = "a link that leads nowhere, or to what is hidden"
    except ContentsRefused:
        found.left_out[path] = "a link that leads out of what this server shows"
    else:
        if inside.is_dir():
            found.left_out[path] = "a link to a folder"
        else:
            _add(path, inside, found, limits)


def _add(path: str, file: Path, found: _Found, limits: UploadLimits) -> None:
    info = file.stat()
    if not stat.S_ISREG(info.st_mode):
        raise ContentsRefused(
            f"{path[:200]!r} is neither a file nor a folder.",
            advice="Choose a file, or remove this from the folder.",
            fields={"path": f"not a file: {path[:200]}"},
        )
    check_path(path)
    found.files[path] = file
    found.size += info.st_size
    if len(found.files) > limits.files:
        raise TooLarge(
            f"There are more than {limits.files} files in it.",
            advice="Choose a smaller folder, or have the limit raised.",
            fields={"limit": limits.files},
        )
    if found.size > limits.total_bytes or info.st_size > limits.file_bytes:
        raise TooLarge(
            f"It has more than {min(limits.total_bytes, limits.file_bytes)} bytes.",
            advice="Choose less, or have the limit raised.",
            fields={"limit": limits.total_bytes},
        )


def _chunks(file: Path, path: str, stop: threading.Event, taking: Taking) -> Iterator[bytes]:
    """The bytes of a file that was checked; whatever has taken its place since is refused."""
    # a pipe in its place must not be waited for, a link in its place not followed
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(file, flags), "rb", buffering=0) as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise OSError(errno.EINVAL, "it is no longer a file")
            if file.resolve() != file:
                raise OSError(errno.ELOOP, "a folder on its way became a link")
            while chunk := opened.read(_CHUNK):
                if stop.is_set():
                    raise _Stopped("Nobody waits for this any more.")
                yield chunk
                taking.done += len(chunk)
    except OSError as error:
        raise _unreadable(path, error) from error


class _Stopped(RegistryError):
    """Whoever asked has gone."""


def _take_back(database: Database, artifacts: ArtifactStore, upload_id: str, path: str) -> None:
    try:
        uploads.remove_file(database, artifacts, upload_id, path)
    except NotFound:
        return  # the upload has ended


def _problem(path: str, parts: list[str]) -> str:
    if not parts:
        return "it names nothing, or everything"
    if "\0" in path:
        return "it has a NUL character"
    if "\\" in path and os.name == "nt":
        return "it has a backslash; parts are separated by '/'"
    if any(part in (".", "..") for part in parts):
        return "it has the part '.' or '..'"
    if os.path.splitdrive(path)[0]:
        return "it has a drive"
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return "it is not valid Unicode"
    return ""


def _nothing(path: str) -> ContentsNotFound:
    return ContentsNotFound(
        f"There is no file or folder {path[:200]!r}.",
        advice="Check the path; it starts at the folder that the file browser shows first.",
        fields={"path": path[:200]},
    )


def _unreadable(path: str, error: OSError) -> ContentsRefused:
    return ContentsRefused(
        f"{path[:200]!r} cannot be read: {error.strerror or error}.",
        advice="Check its permissions, and that nothing changes it meanwhile.",
        fields={"path": str(error.strerror or error)},
    )


__all__ = ["Root", "Takings", "take"]
