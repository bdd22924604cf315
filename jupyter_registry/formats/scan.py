"""Scanning a model's files before anything loads them: what their pickles would import and call.

Looked into are pickles of every protocol, joblib dumps (compressed too), numpy arrays of objects,
PyTorch files, and whatever of these lies in zips and tars. The server has `main` do it in a
process of its own.
"""

from __future__ import annotations

import ast
import bz2
import gzip
import io
import json
import lzma
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from ..domain.errors import UnsafeContent
from .first_bytes import ZIP
from .pickle_values import Unreadable
from .pickle_walk import Walked, walk
from .scan_rules import CODE, DANGEROUS, UNKNOWN, UNREADABLE, judge

#: Archives within archives that are looked into.
_DEPTH = 4
#: First bytes that are looked at.
HEAD = 512
_PICKLE_NAMES = (
    ".pkl", ".pickle", ".p", ".joblib", ".dill", ".cloudpickle", ".sav", ".pt", ".pth", ".ckpt",
)  # fmt: skip
_FIRST_OPCODES = frozenset(b"(]})cNIKJMLGSTUVXBC\x80\x88\x89\x8a\x8c\x8d\x8e\x96i")
_LZ4 = b"\x04\x22\x4d\x18"
_TEXTS = (".py", ".txt", ".md", ".csv", ".json", ".yaml", ".yml", ".toml")
#: Findings that are listed; there is hardly a need for more.
_MOST = 100
_WORST_FIRST = (DANGEROUS, UNREADABLE, CODE, UNKNOWN)


@dataclass(frozen=True)
class Finding:
    """Something in a file that models have no need of: ``what`` it is, and ``why`` it is bad."""

    file: str
    level: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what} ({self.why})"


@dataclass(frozen=True)
class Rules:
    """What is known of whose files they are; see `scan_rules.judge`."""

    own_modules: frozenset[str] = frozenset()
    trusted: tuple[str, ...] = ()


def scan(folder: Path, trusted: Iterable[str] = ()) -> list[Finding]:
    """What is found in a file, or in the files of a folder, the worst first; loads nothing."""
    paths = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
    named = {path.name if path is folder else path.relative_to(folder).as_posix(): path
             for path in paths}  # fmt: skip
    return scan_files(named, trusted)


def is_of_interest(path: str, head: bytes) -> bool:
    """Whether a file may hold a pickle, by its path and its first `HEAD` bytes."""
    if (
        head.startswith((b"\x80", ZIP, b"\x93NUMPY", _LZ4))
        or _compression(head) is not None
        or head[257:262] == b"ustar"
    ):
        return True
    # texts begin with anything; a pickle without a mark is one by its first instruction
    return bool(head) and head[0] in _FIRST_OPCODES and not path.endswith(_TEXTS)


def scan_files(files: Mapping[str, Path], trusted: Iterable[str] = ()) -> list[Finding]:
    """The same for files by their paths in the package."""
    own = frozenset(re.split(r"/|\.py$", path)[0] for path in files if path.endswith(".py"))
    rules = Rules(own, tuple(trusted))
    found: list[Finding] = []
    for path, file in files.items():
        with file.open("rb") as opened:
            found += scan_stream(opened, path, rules)
    found = list(dict.fromkeys(found))
    found.sort(key=lambda one: _WORST_FIRST.index(one.level))
    return found[:_MOST]


def refused(findings: Sequence[Finding], own_code: bool) -> list[Finding]:
    """Those that policy ``block`` does not let pass.

    ``own_code``: whether whoever registered the model says that the code in it is their own; then
    code of a notebook, and of libraries that are not known here, may be in it.
    """
    return [one for one in findings if not (own_code and one.level in (CODE, UNKNOWN))]


def unsafe(findings: Sequence[Finding]) -> UnsafeContent:
    """The error that tells of what was found."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        alike.setdefault((one.file, one.why), []).append(one.what)
    sentences = []
    for (file, why), what in alike.items():
        others = f" and {len(what) - 2} more" if len(what) > 2 else ""
        sentences.append(f"{file}: {', '.join(what[:2])}{others} ({why})")
    shown = "; ".join(sentences[:3])
    if all(one.level == UNREADABLE for one in findings):
        return UnsafeContent(
            f"The model's files cannot be followed to their end, so what they would run cannot be "
            f"told: {shown}.",
            advice="Check that each file is whole, and save it again if it is not.",
            fields={"findings": [asdict(one) for one in findings]},
        )
    more = f"; and {len(sentences) - 3} more" if len(sentences) > 3 else ""
    advice = "Do not load it unless you know who made it. "
    if all(one.level in (CODE, UNKNOWN) for one in findings):
        advice = (
            "If it is your own, say so (own_code=True, which an object registered from a kernel "
            "has), or have the administrator add its types to RegistryApp.trusted_types. "
        )
    return UnsafeContent(
        f"The model's files would run code that is of no known machine-learning library: "
        f"{shown}{more}.",
        advice=f"{advice}RegistryApp.pickle_policy decides what becomes of such files.",
        fields={"findings": [asdict(one) for one in findings]},
    )


# --- one file -------------------------------------------------------------------------------


def scan_stream(file: IO[bytes], name: str, rules: Rules, depth: int = 0) -> Iterator[Finding]:
    """What is found in the bytes of one file, by what they are and not by its name."""
    head = file.read(HEAD)
    stream = io.BufferedReader(_Forward(head, file), 1 << 16)
    if head.startswith(ZIP):
        yield from _zip(file if file.seekable() else stream, name, rules, depth)
    elif head.startswith(b"\x93NUMPY"):
        yield from _numpy(stream, name, rules)
    elif (opener := _compression(head)) is not None:
        yield from _compressed(stream, opener, name, rules, depth)
    elif head.startswith(_LZ4):
        yield Finding(name, UNREADABLE, "LZ4", "without the library lz4 it cannot be looked into")
    elif head[257:262] == b"ustar":
        yield from _tar(stream, name, rules, depth)
    elif head and head[0] in _FIRST_OPCODES:
        yield from _pickles(stream, name, rules, claimed=_is_claimed(name, head))


def _is_claimed(name: str, head: bytes) -> bool:
    """Whether a file is meant to be a pickle, so that one that cannot be followed is told of."""
    return name.lower().endswith(_PICKLE_NAMES) or (
        len(head) > 1 and head[0] == 0x80 and head[1] <= 5
    )


def _pickles(
    file: io.BufferedReader, name: str, rules: Rules, *, claimed: bool
) -> Iterator[Finding]:
    """All pickles of a file, one after the other: a loader may go on after the first."""
    found = Walked()
    problem = ""
    try:
        # after the first one, which need not have it, by the mark that pickles begin with
        while (first := file.peek(1)[:1]) and (not found.pickles or first == b"\x80"):
            walk(file, found)
    except Unreadable as error:
        problem = str(error)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, RecursionError, MemoryError) as error:
        problem = str(error) or type(error).__name__
    if not claimed and not (found.pickles and all(map(_is_likely, found.globals))):
        return
    for one in sorted(found.globals, key=lambda one: (one.module, one.name)):
        judged = judge(one, rules.own_modules, rules.trusted)
        if judged is not None:
            yield Finding(name, judged[0], f"{one.module}.{one.name}"[:200], judged[1])
    for text in sorted(found.odd):
        yield Finding(name, CODE if "made" in text else DANGEROUS, "an instruction", text)
    if problem and (found.globals or found.pickles or name.lower().endswith(_PICKLE_NAMES)):
        yield Finding(name, UNREADABLE, "a broken pickle", problem)


def _is_likely(found: Any) -> bool:
    """Whether an import of what has no mark of a pickle may be one, and not a text."""
    return bool(re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", found.module))


def _numpy(file: io.BufferedReader, name: str, rules: Rules) -> Iterator[Finding]:
    """An array of objects has a pickle behind its header."""
    start = file.read(8)
    length = int.from_bytes(file.read(2 if start[6:7] == b"\x01" else 4), "little")
    header = file.read(min(length, 1 << 20))
    try:
        described = ast.literal_eval(header.decode("latin-1").strip())
        has_objects = "O" in str(described["descr"])
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError):
        has_objects = True
    if has_objects:
        yield from _pickles(file, name, rules, claimed=True)


def _zip(file: IO[bytes], name: str, rules: Rules, depth: int) -> Iterator[Finding]:
    if depth >= _DEPTH:
        yield Finding(name, UNREADABLE, "an archive", "archives lie too deep in each other")
        return
    try:
        with _seekable(file) as whole, zipfile.ZipFile(whole) as archive:
            for info in archive.infolist():
                with archive.open(info) as opened:
                    yield from scan_stream(opened, f"{name}:{info.filename}", rules, depth + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, *_BROKEN) as error:
        yield Finding(name, UNREADABLE, "an archive", str(error) or type(error).__name__)


@contextmanager
def _seekable(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """A file that can be sought, as a zip needs it: from its beginning, on disk if need be."""
    if file.seekable():
        file.seek(0)
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
        copy.seek(0)
        yield copy


def _tar(file: IO[bytes], name: str, rules: Rules, depth: int) -> Iterator[Finding]:
    if depth >= _DEPTH:
        yield Finding(name, UNREADABLE, "an archive", "archives lie too deep in each other")
        return
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for member in archive:
                opened = archive.extractfile(member) if member.isreg() else None
                if opened is not None:
                    inside = io.BufferedReader(_Forward(b"", opened))
                    yield from scan_stream(inside, f"{name}:{member.name}", rules, depth + 1)
    except (tarfile.TarError, *_BROKEN) as error:
        yield Finding(name, UNREADABLE, "an archive", str(error) or type(error).__name__)


def _compressed(
    file: IO[bytes], opener: Callable[[IO[bytes]], IO[bytes]], name: str, rules: Rules, depth: int
) -> Iterator[Finding]:
    try:
        inside = io.BufferedReader(_Forward(b"", opener(file)))
        first = inside.peek(1)
    except _BROKEN:
        return  # not compressed after all, so no loader gets anywhere with it
    if first and depth < _DEPTH:
        yield from scan_stream(inside, name, rules, depth + 1)


_BROKEN = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)


def _compression(head: bytes) -> Callable[[IO[bytes]], IO[bytes]] | None:
    if head[:1] == b"\x78" and len(head) > 1 and (head[0] * 256 + head[1]) % 31 == 0:
        return lambda file: io.BufferedReader(_Zlib(file))
    if head.startswith(_LZ4):
        try:
            return import_module("lz4.frame").open  # type: ignore[no-any-return]
        except ModuleNotFoundError:
            return None
    for magic, opener in (
        (b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open),
        (b"\x5d\x00\x00", lzma.open),
    ):  # fmt: skip
        if head.startswith(magic):
            return opener  # type: ignore[return-value]
    return None


class _Zlib(io.RawIOBase):
    """What zlib has compressed, as a stream."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._inflate = zlib.decompressobj()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, as far as there is something."""
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(1 << 16)
            if not packed:
                raise EOFError("it ends in the middle")
            piece = self._inflate.decompress(packed, len(buffer))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
        return 0


class _Forward(io.RawIOBase):
    """A stream read forward alone, whose first bytes were taken already."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head = head
        self._file = file

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, as far as there is something."""
        if self._head:
            piece, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def main(arguments: Sequence[str]) -> int:
    """Scan what the JSON in the first argument names; the findings go out as JSON.

    It has ``files`` (path in the package → file) and ``trusted``.
    """
    try:
        import resource

        most = 8 << 30
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, ValueError, OSError):
        pass  # a system without such limits
    asked = json.loads(arguments[0] if arguments[0] != "-" else sys.stdin.read())
    found = scan_files(
        {path: Path(file) for path, file in asked["files"].items()}, asked["trusted"]
    )
    sys.stdout.write(json.dumps([asdict(one) for one in found]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
