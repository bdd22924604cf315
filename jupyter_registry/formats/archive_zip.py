"""Zips taken apart; one that is a model as it is stays whole."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from .archive_entries import BROKEN, Entry, Reading, pieces, size_of

#: Bytes of a zip's directory for each file that there may be.
_DIRECTORY_ENTRY = 2_048
#: A larger directory than this no model has that is a zip.
_LARGEST_DIRECTORY = 1 << 26
_MODES = {
    stat.S_IFLNK: "a link",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


def read_zip(file: BinaryIO, reading: Reading) -> Iterator[Entry]:
    """The files of a zip; raises as `archives.entries`."""
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
                yield Entry(info.orig_filename.removeprefix("./"), pieces(opened, reading))


def _check_directory(file: BinaryIO, reading: Reading) -> None:
    """Refuse a zip whose directory, which is read whole, is larger than its files may need."""
    size = _directory_size(file)
    if size is None:
        raise reading.refused("it is broken (it has no directory at its end)")
    if size > (reading.limits.files + 1) * _DIRECTORY_ENTRY:
        raise reading.too_large(f"it has more than {reading.limits.files} files")


def _directory_size(file: BinaryIO) -> int | None:
    """Bytes of a zip's directory, looked for where zipfile does; ``None`` without one."""
    size = size_of(file)
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


def _check_apart(infos: list[zipfile.ZipInfo], reading: Reading) -> None:
    """Refuse entries that share bytes: a small file would unpack to a very large one."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        reading.entry = info.orig_filename
        if info.header_offset < end:
            raise reading.refused("it shares its bytes with another entry, as a bomb does")
        end = info.header_offset + 30 + len(info.orig_filename.encode()) // 4 + info.compress_size


def is_model(file: BinaryIO) -> bool:
    """Whether a zip is a model as it is, by the files that libraries put into theirs."""
    try:
        if (_directory_size(file) or 0) > _LARGEST_DIRECTORY:
            return False
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except BROKEN:
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
