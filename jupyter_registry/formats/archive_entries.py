"""What is read of an archive: its entries, held against limits, and how what is wrong is told."""

from __future__ import annotations

import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from ..domain.errors import ArchiveRefused, InvalidInput, RegistryError, TooLarge
from ..domain.upload_paths import PathSet, check_path
from ..domain.uploads import ArchiveLimits, is_left_out

#: Bytes that are read at a time.
CHUNK = 1 << 20
#: Entries that are looked at for each file that there may be: folders, and what is left out.
_ENTRIES = 10
#: What the libraries raise for a file that is not whole; zipfile also for what it cannot decode.
BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError,
    NotImplementedError, UnicodeError, ValueError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A file of an archive: its path, and its bytes in pieces, to be read before the next one."""

    path: str
    chunks: Iterator[bytes]


@contextmanager
def broken(reading: Reading) -> Iterator[None]:
    """Say what the libraries raise for an archive that is not whole."""
    try:
        yield
    except RegistryError:
        raise
    except RuntimeError as error:  # zipfile's word for a password
        raise reading.refused("it needs a password") from error
    except BROKEN as error:
        what = str(error).strip().rstrip(".") or type(error).__name__
        raise reading.refused(f"it is broken ({what})") from error


class Reading:
    """What has been read of an archive, held against its limits."""

    def __init__(
        self, name: str, limits: ArchiveLimits, packed: int, left_out: dict[str, str]
    ) -> None:
        self.name = name
        self.limits = limits
        self.left_out = left_out
        self.entry = ""
        self._paths = PathSet()
        self._packed = max(1, packed)
        self._entries = self._files = self._bytes = 0

    def refused(self, problem: str) -> ArchiveRefused:
        """The error for the entry at hand, or for the archive when there is none yet."""
        entry = _shown(self.entry)
        where = f" at {entry!r}" if entry else ""
        return ArchiveRefused(
            f"The archive {_shown(self.name)!r} cannot be taken apart{where}: {problem}.",
            advice="Pack it again without that, or upload its files one by one.",
            fields={"archive": _shown(self.name), "entry": entry, "problem": problem},
        )

    def too_large(self, problem: str) -> TooLarge:
        """The same for what is over a limit."""
        entry = _shown(self.entry)
        return TooLarge(
            f"The archive {_shown(self.name)!r} is too large at {entry!r}: {problem}.",
            advice="Pack less into it, upload its files one by one, or have the limit raised.",
            fields={"archive": _shown(self.name), "entry": entry, "problem": problem},
        )

    def begin(self, path: str, *, is_folder: bool) -> bool:
        """Check the next entry's path; whether its bytes are wanted."""
        self.entry = path
        self._entries += 1
        if self._entries > _ENTRIES * (self.limits.files + 1):
            raise self.too_large(f"it has more than {self.limits.files} files")
        path = path.removeprefix("./")
        if is_folder:
            path = path.rstrip("/")
            if path in ("", "."):
                return False
        try:
            check_path(path)
        except InvalidInput as error:
            raise self.refused(str(error.fields["path"])) from None
        depth = path.count("/")
        if depth > self.limits.depth:
            raise self.refused(f"it lies in {depth} folders, at most {self.limits.depth} may be")
        if why := is_left_out(path):
            if why != "left by a tool":
                self.left_out[path] = why
            return False
        if is_folder:
            return False
        self._files += 1
        if self._files > self.limits.files:
            raise self.too_large(f"it has more than {self.limits.files} files")
        if problem := self._paths.add(path):
            raise self.refused(problem)
        return True

    def count(self, n: int) -> None:
        """Count bytes that came out."""
        self._bytes += n
        if self._bytes > self.limits.total_bytes:
            raise self.too_large(f"it unpacks to more than {self.limits.total_bytes} bytes")
        free = self.limits.free_bytes
        if self._bytes > free and self._bytes > self.limits.ratio * self._packed:
            raise self.too_large(
                f"it unpacks to more than {self.limits.ratio:g} times its size, as a bomb does"
            )


def pieces(opened: Any, reading: Reading, *, counted: bool = False) -> Iterator[bytes]:
    """An entry's bytes; ``counted``: whether what they are read from counts them already."""
    while True:
        with broken(reading):  # not around what is done with it elsewhere
            chunk = opened.read(CHUNK)
        if not chunk:
            return
        if not counted:
            reading.count(len(chunk))
        yield chunk


def size_of(file: BinaryIO) -> int:
    """Bytes of a file, which is at its beginning afterwards."""
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _shown(text: str) -> str:
    text = re.sub(r"[^\x20-\x7e\xa0-\uffff]|[\ud800-\udfff]", "\ufffd", text)
    return text if len(text) <= 200 else f"{text[:200]}…"
