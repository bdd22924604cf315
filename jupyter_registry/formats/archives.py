"""Archives (zip, tar, compressed tar) taken apart as streams; whatever could do harm is refused.

Nothing is written here: `entries` gives each file's path and bytes to whoever keeps them. Paths
are those that an upload may have; links, devices and what expands without measure are refused by
the entry's name. An archive within an archive stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..domain.uploads import ArchiveLimits
from .archive_entries import Entry, Reading, broken, size_of
from .archive_tar import BLOCK, has_tar, is_tar_header, read_tar
from .archive_zip import is_model, read_zip
from .first_bytes import ZIP

_COMPRESSED = {
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zst",
}


def kind_of(file: BinaryIO) -> str | None:
    """Which kind of archive it is (``zip``, ``tar``, ``tar.gz`` …); ``None`` for other files.

    A model that is itself a zip (skops, PyTorch, Keras, npz) is none. The file must be seekable,
    and is at its beginning afterwards.
    """
    try:
        head = file.read(BLOCK)
        if head.startswith((ZIP, b"PK\x05\x06")):
            return None if is_model(file) else "zip"
        if is_tar_header(head):
            return "tar"
        for magic, name in _COMPRESSED.items():
            if head.startswith(magic):
                file.seek(0)
                return f"tar.{name}" if has_tar(file, name) else None
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
    reading = Reading(name, limits, size_of(file), left_out)
    with broken(reading):
        yield from read_zip(file, reading) if kind == "zip" else read_tar(file, kind, reading)
