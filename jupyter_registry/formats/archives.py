"""Archives (zip, tar, compressed tar) taken apart as streams; whatever could do harm is refused.

Nothing is written here: `entries` gives each file's path and bytes to whoever keeps them. Paths
are those that an upload may have; links, devices and what expands without measure are refused by
the entry's name. An archive within an archive stays as it is.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO

from ..domain.errors import ArchiveRefused, InvalidInput, RegistryError, TooLarge
from ..domain.upload_paths import PathSet, check_path
from ..domain.uploads import ArchiveLimits, is_left_out

_CHUNK = 1 << 20
#: The most that is read of a tar at once: its files come in pieces, and no header is so long.
_LONGEST_READ = _CHUNK
#: Bytes of a zip's directory for each file that there may be.
_DIRECTORY_ENTRY = 2_048
#: A larger directory than this no model has that is a zip.
_LARGEST_DIRECTORY = 1 << 26
#: Entries that are looked at for each file that there may be: folders, and what is left out.
_ENTRIES = 10
_BLOCK = 512

_COMPRESSED = {
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zst",
}
_TYPES = {
    tarfile.SYMTYPE: "a link",
    tarfile.LNKTYPE: "a hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}
_MODES = {
    stat.S_IFLNK: "a link",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}
#: What the libraries raise for a file that is not whole; zipfile also for what it cannot decode.
_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError,
    NotImplementedError, UnicodeError, ValueError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A file of an archive: its path, and its bytes in pieces, to be read before the next one."""

    path: str
    chunks: Iterator[bytes]


def kind_of(file: BinaryIO) -> str | None:
    """Which kind of archive it is (``zip``, ``tar``, ``tar.gz`` …); ``None`` for other files.

    A model that is itself a zip (skops, PyTorch, Keras, npz) is none. The file must be seekable,
    and is at its beginning afterwards.
    """
    try:
        head = file.read(_BLOCK)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return None if _is_model(file) else "zip"
        if _is_tar_header(head):
            return "tar"
        for magic, name in _COMPRESSED.items():
            if head.startswith(magic):
                file.seek(0)
                return f"tar.{name}" if _has_tar(file, name) else None
        return None
    finally:
        file.seek(0)


def entries(
    file: BinaryIO, name: str, kind: str, limits: ArchiveLimits, left_out: dict[str, str]
) -> Iterator[Entry]:
    """The files of an archive, one after the other.

    Parameters
    ----------
    file, name:
        The archive, seekable, and what it is called in errors.
    kind:
        What `kind_of` found.
    left_out:
        Filled with what a folder's upload leaves out too: path → why.

    Raises
    ------
    ArchiveRefused
        naming the archive and the entry: a path that cannot be, or that is there twice; what is
        neither file nor folder; one that needs a password; one that is broken.
    TooLarge
        when there are more files or bytes than may be, or they expand too far.

    """
    reading = _Reading(name, limits, _size_of(file), left_out)
    with _broken(reading):
        yield from _zip(file, reading) if kind == "zip" else _tar(file, kind, reading)


@contextmanager
def _broken(reading: _Reading) -> Iterator[None]:
    """Say what the libraries raise for an archive that is not whole."""
    try:
        yield
    except RegistryError:
        raise
    except RuntimeError as error:  # zipfile's word for a password
        raise reading.refused("it needs a password") from error
    except _BROKEN as error:
        what = str(error).strip().rstrip(".") or type(error).__name__
        raise reading.refused(f"it is broken ({what})") from error


class _Reading:
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


# --- zip ------------------------------------------------------------------------------------


def _zip(file: BinaryIO, reading: _Reading) -> Iterator[Entry]:
    _check_directory(file, reading)
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        wanted = []
        for info in infos:
            path = info.orig_filename
            mode = stat.S_IFMT(info.external_attr >> 16)
            is_folder = path.endswith("/")
            if reading.begin(path, is_folder=is_folder):
                wanted.append(info)
            if what := _MODES.get(mode):
                raise reading.refused(f"it is {what}")
            if info.flag_bits & 0x2041 and not is_folder:
                raise reading.refused("it needs a password")
        _check_apart(infos, reading)
        for info in wanted:
            reading.entry = info.orig_filename
            with archive.open(info) as opened:
                yield Entry(info.orig_filename.removeprefix("./"), _pieces(opened, reading))


def _check_directory(file: BinaryIO, reading: _Reading) -> None:
    """Refuse a zip whose directory, which is read whole, is larger than its files may need."""
    size = _directory_size(file)
    if size is None:
        raise reading.refused("it is broken (it has no directory at its end)")
    if size > (reading.limits.files + 1) * _DIRECTORY_ENTRY:
        raise reading.too_large(f"it has more than {reading.limits.files} files")


def _directory_size(file: BinaryIO) -> int | None:
    """Bytes of a zip's directory, looked for where zipfile does; ``None`` without one."""
    size = _size_of(file)
    at = max(0, size - 22)
    file.seek(at)
    tail = file.read()
    if not (tail.startswith(b"PK\x05\x06") and tail.endswith(b"\0\0")):
        at = max(0, size - (1 << 16) - 22)
        file.seek(at)
        tail = file.read()
        found = tail.rfind(b"PK\x05\x06")
        if found < 0 or len(tail) - found < 22:
            return None
        at, tail = at + found, tail[found:]
    directory = int.from_bytes(tail[12:16], "little")
    file.seek(max(0, at - 20))
    locator = file.read(20)
    if at >= 20 and locator.startswith(b"PK\x06\x07"):  # the form for large ones
        file.seek(min(size, int.from_bytes(locator[8:16], "little")))
        directory = int.from_bytes(file.read(56)[40:48], "little")
    file.seek(0)
    return directory


def _check_apart(infos: list[zipfile.ZipInfo], reading: _Reading) -> None:
    """Refuse entries that share bytes: a small file would unpack to a very large one."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        reading.entry = info.orig_filename
        if info.header_offset < end:
            raise reading.refused("it shares its bytes with another entry, as a bomb does")
        end = info.header_offset + 30 + len(info.orig_filename.encode()) // 4 + info.compress_size


# --- tar ------------------------------------------------------------------------------------


def _tar(file: BinaryIO, kind: str, reading: _Reading) -> Iterator[Entry]:
    with _decompressed(file, kind.removeprefix("tar").removeprefix(".")) as stream:
        forward = _Forward(stream, reading)
        with tarfile.open(fileobj=forward, mode="r:") as archive:  # type: ignore[call-overload]
            for member in archive:
                archive.members.clear()  # it remembers all of them otherwise
                wanted = reading.begin(member.name, is_folder=member.isdir())
                if what := _TYPES.get(member.type):
                    raise reading.refused(f"it is {what}")
                if not (member.isdir() or member.isreg()) or member.issparse():
                    raise reading.refused("it is neither a file nor a folder")
                if wanted:
                    opened = archive.extractfile(member)
                    assert opened is not None
                    path = member.name.removeprefix("./")
                    yield Entry(path, _pieces(opened, reading, counted=True))
        if not forward.ended:
            raise reading.refused("it is broken (it is cut off)")
        while forward.read(_CHUNK):  # to the checksum at the compression's end
            pass


class _Forward:
    """A stream that can be sought forward alone, for tarfile; counts and limits what is read."""

    def __init__(self, stream: BinaryIO, reading: _Reading) -> None:
        self._stream = stream
        self._reading = reading
        self._at = 0
        #: Whether the last block was the empty one that ends a tar.
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes; tarfile asks for a header's extension in one piece."""
        if size < 0 or size > _LONGEST_READ:
            raise self._reading.refused("its header is longer than any path may be")
        found = b""
        while len(found) < size:
            piece = self._stream.read(size - len(found))
            if not piece:
                break
            found += piece
        self._at += len(found)
        self._reading.count(len(found))
        if size == _BLOCK:
            self.ended = found == bytes(_BLOCK)
        return found

    def tell(self) -> int:
        """Bytes read."""
        return self._at

    def seek(self, to: int, whence: int = 0) -> int:
        """Read on until there."""
        if whence != 0 or to < self._at:
            raise self._reading.refused("it is broken (its entries are out of order)")
        while self._at < to and self.read(min(to - self._at, _CHUNK)):
            pass
        return self._at

    def seekable(self) -> bool:
        """Forward, it is."""
        return True


@contextmanager
def _decompressed(file: BinaryIO, name: str) -> Iterator[BinaryIO]:
    with ExitStack() as stack:
        opened: Any = file
        if name == "gz":
            opened = stack.enter_context(gzip.GzipFile(fileobj=file))
        elif name == "bz2":
            opened = stack.enter_context(bz2.BZ2File(file))
        elif name == "xz":
            opened = stack.enter_context(lzma.LZMAFile(file))
        elif name == "zst":
            opened = stack.enter_context(_zstd(file))
        yield opened


def _zstd(file: BinaryIO) -> Any:
    try:
        return import_module("compression.zstd").ZstdFile(file)
    except ModuleNotFoundError as error:
        raise ArchiveRefused(
            "An archive compressed with zstd can be taken apart by Python 3.14 or newer alone.",
            advice="Compress it otherwise, such as tar.gz or zip.",
            fields={"problem": "zstd"},
        ) from error


def _has_tar(file: BinaryIO, name: str) -> bool:
    """Whether a compressed file's first bytes are a tar's."""
    try:
        with _decompressed(file, name) as stream:
            return _is_tar_header(stream.read(_BLOCK))
    except ArchiveRefused:
        return True  # zstd that cannot be looked into: no model format is compressed so
    except _BROKEN:
        return False


def _is_tar_header(head: bytes) -> bool:
    """Whether 512 bytes are a tar's first header: by its checksum, which all kinds have."""
    if len(head) < _BLOCK or not head[0]:
        return False
    try:
        return tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape").chksum > 0
    except tarfile.HeaderError:
        return False


# --- both -----------------------------------------------------------------------------------


def _pieces(opened: Any, reading: _Reading, *, counted: bool = False) -> Iterator[bytes]:
    while True:
        with _broken(reading):  # not around what is done with it elsewhere
            chunk = opened.read(_CHUNK)
        if not chunk:
            return
        if not counted:
            reading.count(len(chunk))
        yield chunk


def _size_of(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _is_model(file: BinaryIO) -> bool:
    """Whether a zip is a model as it is, by the files that libraries put into theirs."""
    try:
        if (_directory_size(file) or 0) > _LARGEST_DIRECTORY:
            return False
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except _BROKEN:
        return False
    tops = {name.partition("/")[0] for name in names if "/" in name}
    return bool(names) and (
        "schema.json" in names  # skops
        or {"config.json", "metadata.json"} <= names  # Keras
        or {"model.ini", "domains"} & names == {"model.ini"}  # H2O
        or "serialized_exported_program.json" in names  # PyTorch
        or any(f"{top}/{file}" in names for top in tops for file in ("data.pkl", "archive_format"))
        or all(name.endswith(".npy") for name in names)
    )


def _shown(text: str) -> str:
    text = re.sub(r"[^\x20-\x7e\xa0-\uffff]|[\ud800-\udfff]", "\ufffd", text)
    return text if len(text) <= 200 else f"{text[:200]}…"
