"""Tars taken apart, compressed ones too, as streams that are read forward alone."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any, BinaryIO

from ..domain.errors import ArchiveRefused
from .archive_entries import BROKEN, CHUNK, Entry, Reading, pieces

#: Bytes of a block of a tar.
BLOCK = 512
#: The most that is read of a tar at once: its files come in pieces, and no header is so long.
_LONGEST_READ = CHUNK
_TYPES = {
    tarfile.SYMTYPE: "a link",
    tarfile.LNKTYPE: "a hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}


def read_tar(file: BinaryIO, kind: str, reading: Reading) -> Iterator[Entry]:
    """The files of a tar of a kind; raises as `archives.entries`."""
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
                    yield Entry(path, pieces(opened, reading, counted=True))
        if not forward.ended:
            raise reading.refused("it is broken (it is cut off)")
        while forward.read(CHUNK):  # to the checksum at the compression's end
            pass


class _Forward:
    """A stream that can be sought forward alone, for tarfile; counts and limits what is read."""

    def __init__(self, stream: BinaryIO, reading: Reading) -> None:
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
        if size == BLOCK:
            self.ended = found == bytes(BLOCK)
        return found

    def tell(self) -> int:
        """Bytes read."""
        return self._at

    def seek(self, to: int, whence: int = 0) -> int:
        """Read on until there."""
        if whence != 0 or to < self._at:
            raise self._reading.refused("it is broken (its entries are out of order)")
        while self._at < to and self.read(min(to - self._at, CHUNK)):
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


def has_tar(file: BinaryIO, name: str) -> bool:
    """Whether a compressed file's first bytes are a tar's."""
    try:
        with _decompressed(file, name) as stream:
            return is_tar_header(stream.read(BLOCK))
    except ArchiveRefused:
        return True  # zstd that cannot be looked into: no model format is compressed so
    except BROKEN:
        return False


def is_tar_header(head: bytes) -> bool:
    """Whether 512 bytes are a tar's first header: by its checksum, which all kinds have."""
    if len(head) < BLOCK or not head[0]:
        return False
    try:
        return tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape").chksum > 0
    except tarfile.HeaderError:
        return False
