"""`Arrival`: files that come in pieces, in a temporary folder that goes when nobody needs it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterable
from pathlib import Path, PureWindowsPath
from typing import Any, BinaryIO

from ...client.html import size
from ...domain.errors import InvalidInput

#: More files than any package has; a folder of so many was hardly meant.
MAX_FILES = 10_000


class Arrival:
    """The files that were announced, and what has come of them.

    Parameters
    ----------
    announced:
        Each file's ``path`` (relative, parts divided by ``/``) and ``size`` in bytes, in the
        order in which their pieces come.
    present:
        The folder in which they are already, complete: they are linked from there, and nothing
        comes any more.

    Raises
    ------
    InvalidInput
        when there are no files or too many, a path leads out of the folder or is there twice,
        or there is no room for them. Nothing is written then.
    OSError
        when the folder or the first files cannot be made.

    """

    def __init__(self, announced: Any, *, present: Path | None = None) -> None:
        self.sizes = _checked(announced)
        self.total = sum(self.sizes.values())
        #: bytes that have come, of all files together
        self.received = 0
        self._left = iter(self.sizes.items())
        self._file: BinaryIO | None = None
        self._number, self._missing = -1, 0
        room = shutil.disk_usage(tempfile.gettempdir()).free
        if present is None and self.total > room:
            raise InvalidInput(
                f"The files have {size(self.total)}, and the kernel's machine has room for "
                f"{size(room)} in {tempfile.gettempdir()}.",
                advice="Free some, or set TMPDIR to a folder with more before the kernel starts.",
            )
        self.folder = Path(tempfile.mkdtemp(prefix="jupyter-registry-"))
        self._holders, self._lock = 0, threading.RLock()
        self.held = self.hold()
        try:
            if present is None:
                self._next_file()
            else:
                self._link(present)
        except OSError:
            self.abandon()
            raise

    def without(self, path: str) -> Arrival:
        """The files but for one, when all are there; this one stays for those who hold it.

        Raises
        ------
        InvalidInput
            when it is the only one.
        OSError
            when the others cannot be linked, or copied where there are no links.

        """
        rest = [{"path": p, "size": n} for p, n in self.sizes.items() if p != path]
        return Arrival(rest, present=self.folder)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files' paths, in the order in which they were announced."""
        return tuple(self.folder / path for path in self.sizes)

    @property
    def path(self) -> Path:
        """What was chosen: the one file, the one folder, or the folder that holds several."""
        tops = {path.partition("/")[0] for path in self.sizes}
        return self.folder / tops.pop() if len(tops) == 1 else self.folder

    @property
    def is_complete(self) -> bool:
        """Whether all files are there."""
        return self._number == len(self.sizes)

    def write(self, number: Any, at: Any, piece: bytes | memoryview) -> None:
        """Add a piece of the file ``number``, whose first byte is the file's ``at``.

        Raises
        ------
        InvalidInput
            when it is not the piece that follows, or longer than what is missing.
        OSError
            when it cannot be written.

        """
        file, n = self._file, memoryview(piece).nbytes
        follows = file is not None and number == self._number and at == file.tell()
        if file is None or not follows or not 0 < n <= self._missing:
            raise InvalidInput(
                "The pieces of the files came in another order.", advice="Choose the files again."
            )
        file.write(piece)
        self.received += n
        self._missing -= n
        if not self._missing:
            self._next_file()

    def hold(self) -> Hold:
        """Keep the folder from going, until the hold is released or forgotten."""
        with self._lock:
            self._holders += 1
        return Hold(self)

    def abandon(self) -> None:
        """Close what is open, and let the folder go as soon as nobody else holds it."""
        with contextlib.suppress(OSError):  # a full disk is told of again when a file is closed
            if self._file is not None:
                self._file.close()
        self._file = None
        self.held.release()

    def _next_file(self) -> None:
        """Close the file that is complete, and make the next one; empty ones are complete."""
        if self._file is not None:
            file, self._file = self._file, None
            file.close()
        for path, n_bytes in self._left:
            self._number, self._missing = self._number + 1, n_bytes
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            file = place.open("xb")
            if n_bytes:
                self._file = file
                return
            file.close()
        self._number = len(self.sizes)

    def _link(self, present: Path) -> None:
        for path in self.sizes:
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                place.hardlink_to(present / path)
            except OSError:  # a file system without links
                shutil.copyfile(present / path, place)
        self.received, self._number = self.total, len(self.sizes)

    def _let_go(self) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders:
                return
        shutil.rmtree(self.folder, ignore_errors=True)


class Hold:
    """Keeps the folder of an `Arrival`; a context manager that releases it at its end."""

    def __init__(self, arrival: Arrival) -> None:
        self.path = arrival.path
        #: Releases it, once; so does the end of the process.
        self.release = weakref.finalize(self, arrival._let_go)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.release()


def _checked(announced: Any) -> dict[str, int]:
    """Path → size; raises `InvalidInput`."""
    if not isinstance(announced, list) or not announced:
        raise InvalidInput("There are no files in it.", advice="Choose at least one file.")
    if len(announced) > MAX_FILES:
        raise InvalidInput(
            f"There are more than {MAX_FILES:,} files in it.",
            advice="Choose the folder of the model alone, or give its path.",
        )
    sizes: dict[str, int] = {}
    for file in announced:
        path, n_bytes = (file.get("path"), file.get("size")) if isinstance(file, dict) else (0, 0)
        if not isinstance(path, str) or not _is_within(path):
            raise InvalidInput(
                f"{path!r} is no path within a folder.", advice="Rename the file, then choose it."
            )
        if type(n_bytes) is not int or n_bytes < 0:
            raise InvalidInput(f"The size of {path!r} is not known.", advice="Choose it again.")
        if path in sizes:
            raise InvalidInput(
                f"Two of the files are named {path!r}.",
                advice="Rename one, or put them into a folder and choose that.",
            )
        sizes[path] = n_bytes
    return sizes


def _is_within(path: str) -> bool:
    """Whether a path stays within the folder it is added to, on any system."""
    if "\0" in path or (os.sep == "\\" and "\\" in path):
        return False
    if path.startswith("/") or PureWindowsPath(path).anchor:
        return False
    try:
        os.fsencode(path)
    except UnicodeEncodeError:  # half a character, which names on Windows may have
        return False
    parts: Iterable[str] = path.replace("\\", "/").split("/")
    return all(part not in ("", ".", "..") for part in parts)
