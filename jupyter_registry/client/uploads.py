"""Uploads: a file or folder streamed to the registry; it arrives whole or leaves nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..domain.errors import Conflict, InvalidInput, RegistryError
from ..domain.uploads import LEFT_BY_TOOLS, ArchiveLimits
from .connection import CannotConnect
from .progress import Progress, bar

if TYPE_CHECKING:
    from .connection import Connection

_CHUNK = 1 << 20
#: Seconds between attempts to go on after a broken connection; when they are used up it is told.
_PAUSES = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)


class NotUploaded(UserWarning):
    """Something in a folder is not part of the package."""


@dataclass(frozen=True)
class Gathered:
    """The files of a package: path in it → path on disk; and what was left out, with the reason."""

    files: dict[str, Path] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def gather(path: Path) -> Gathered:
    """The files that a path stands for.

    A file is one; a folder gives all files in it and below. Links to files count as the files
    they lead to. Left out and listed in ``left_out``: hidden files and folders, links to
    folders, broken links, and empty folders, as a package holds files alone.

    Raises
    ------
    InvalidInput
        when nothing is there, nothing is left, or something is neither file nor folder.

    """
    if path.is_file():
        return Gathered({path.name: path})
    if not path.is_dir():
        raise InvalidInput(
            f"There is no file or folder {str(path)!r}.",
            advice="Check the path; relative ones start at the working folder.",
            fields={"model": f"no such path: {path}"},
        )
    gathered = Gathered()
    _walk(path, "", gathered)
    if not gathered.files:
        raise InvalidInput(
            f"The folder {str(path)!r} has no files that can be uploaded.",
            advice="Hidden files and links to folders are not uploaded.",
            fields={"model": "no files", "left_out": gathered.left_out},
        )
    return gathered


def together(paths: Sequence[str | os.PathLike[str]], folder: Path) -> Path:
    """A folder, made in ``folder``, that holds several files and folders under their own names.

    Raises
    ------
    InvalidInput
        when one does not exist, or two have the same name.

    """
    made = folder / "together"
    made.mkdir()
    for given in paths:
        path = Path(given).expanduser().absolute()
        target = made / path.name
        if target.is_symlink() or target.exists():
            raise InvalidInput(
                f"Two of the paths are named {path.name!r}.",
                advice="Rename one, or put them into a folder and give that.",
                fields={"model": f"not distinct: {path.name}"},
            )
        if path.is_dir():
            for name, file in gather(path).files.items():
                _link(file, target / name)
        elif path.is_file():
            _link(path, target)
        else:
            raise InvalidInput(
                f"There is no file or folder {str(given)!r}.",
                advice="Check the path; relative ones start at the working folder.",
                fields={"model": f"no such path: {given}"},
            )
    return made


def linked(files: dict[str, Path], folder: Path) -> Path:
    """A folder with links to the files of a package, at their paths in it."""
    for path, file in files.items():
        _link(file, folder / path)
    return folder


def unpacked(path: Path, folder: Path) -> tuple[Path, dict[str, str]]:
    """An archive's files in a folder made in ``folder``, and what of it is left out; see there.

    A folder that holds everything in the archive is left away. A file that is no archive, or a
    model as it is, comes back as it is.

    Raises
    ------
    ArchiveRefused, TooLarge
        see `formats.archives.entries`; nothing is kept.

    """
    from ..formats.archives import entries, kind_of

    left_out: dict[str, str] = {}
    made = folder / "unpacked"
    with path.open("rb") as file:
        kind = kind_of(file)
        if kind is None:
            return path, left_out
        try:
            made.mkdir()
            for entry in entries(file, path.name, kind, ArchiveLimits(), left_out):
                target = made / entry.path
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    for chunk in entry.chunks:
                        out.write(chunk)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    inside = list(made.iterdir())
    if not inside:
        raise InvalidInput(
            f"The archive {path.name!r} has no files that can be taken.",
            advice="Hidden files and empty folders are not taken.",
            fields={"model": f"no files: {path.name}"},
        )
    if len(inside) == 1 and inside[0].is_dir():
        return inside[0], left_out
    return made, left_out


def _link(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.symlink_to(file.absolute())
    except OSError:  # a system where links need a right of their own
        shutil.copyfile(file, target)


def _walk(folder: Path, prefix: str, gathered: Gathered) -> None:
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    if not entries and prefix:
        gathered.left_out[prefix] = "an empty folder"
    for entry in entries:
        path = f"{prefix}{entry.name}"
        if entry.name in LEFT_BY_TOOLS:
            continue
        if entry.name.startswith("."):
            gathered.left_out[path] = "hidden"
        elif entry.is_dir(follow_symlinks=False):
            _walk(Path(entry.path), f"{path}/", gathered)
        elif entry.is_file():
            gathered.files[path] = Path(entry.path)
        elif entry.is_symlink():
            gathered.left_out[path] = "a link to a folder" if entry.is_dir() else "a broken link"
        else:
            raise InvalidInput(
                f"{path!r} is neither a file nor a folder.",
                advice="Remove it from the folder.",
                fields={"model": f"not a file: {path}"},
            )


def warn_left_out(gathered: Gathered, stacklevel: int = 3) -> None:
    """Say what of a folder is not uploaded."""
    if gathered.left_out:
        listed = ", ".join(f"{path} ({why})" for path, why in list(gathered.left_out.items())[:10])
        more = len(gathered.left_out) - 10
        warnings.warn(
            f"Not uploaded: {listed}{f' and {more} more' if more > 0 else ''}.",
            NotUploaded,
            stacklevel=stacklevel,
        )


@contextmanager
def upload(connection: Connection, files: dict[str, Path], *, progress: Progress) -> Iterator[str]:
    """Upload files; yields the upload's id, to be named in a package.

    Whatever fails inside, the upload is thrown away on the server.
    """
    upload_id = str(connection.call("POST", "/uploads")["id"])
    try:
        total = sum(path.stat().st_size for path in files.values())
        with bar("Upload", total, "B", show=progress, in_bytes=True) as advance:
            for name, path in files.items():
                _send(connection, upload_id, name, path, advance)
        yield upload_id
    except BaseException:
        # The first error is the one to tell; an upload that cannot be reached is swept later.
        with suppress(RegistryError):
            connection.call("DELETE", f"/uploads/{upload_id}")
        raise


def _send(
    connection: Connection,
    upload_id: str,
    name: str,
    path: Path,
    advance: Callable[[int], object],
) -> None:
    """Send a file; when the connection breaks, go on from what has arrived."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.seek(0, os.SEEK_END)
        sent = offset = failures = 0

        def chunks() -> Iterator[bytes]:
            nonlocal sent
            file.seek(offset)
            left = size - offset
            # a file that grows meanwhile ends where it was hashed
            while left and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk
                sent += len(chunk)
                advance(len(chunk))

        while True:
            try:
                connection.call(
                    "PUT",
                    f"/uploads/{upload_id}/files/{quote(name)}",
                    content=chunks(),
                    headers={
                        "Content-Type": "application/octet-stream",
                        "Content-Length": str(size - offset),
                        "X-Content-SHA256": sha256,
                        "Upload-Offset": str(offset),
                    },
                )
            except CannotConnect:
                found = _asked(connection, upload_id, failures)
                if found is None:
                    raise
                if any(one["path"] == name and one["sha256"] == sha256 for one in found["files"]):
                    advance(size - sent)
                    return  # only the answer was lost
                arrived = int(found.get("arriving", {}).get(name, 0))
                failures = 0 if arrived > offset else failures + 1
            except Conflict as error:  # it had not noticed yet that the connection broke
                arrived = error.fields.get("offset")
                if not isinstance(arrived, int) or failures >= len(_PAUSES):
                    raise
                failures += 1
            else:
                return
            advance(arrived - sent)
            sent = offset = arrived


def _asked(connection: Connection, upload_id: str, failures: int) -> dict[str, Any] | None:
    """How an upload stands, asked until the server answers; ``None`` if it does not.

    Raises what the server says of the upload.
    """
    for seconds in _PAUSES[failures:]:
        time.sleep(seconds)
        try:
            found: dict[str, Any] = connection.get(f"/uploads/{upload_id}")
        except CannotConnect:
            continue
        return found
    return None
