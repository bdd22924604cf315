"""The folder of environments that were built: what is in it, how it is read, locked, cleaned up.

All of this blocks.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from ..domain.errors import EnvironmentFailed
from ..domain.requirements import Requirements
from ..store import file_locks
from . import uv
from .interpreters import Told
from .kernelspecs import Environment

_BUILDING, _REMOVING = ".building-", ".removing-"
#: In a folder that is whole: what it was made of.
_ABOUT = "environment.json"
#: In a folder that is being made: the environment, and what it is made from.
MADE, LISTED = "environment", "requirements.txt"
#: Changed when folders made before can no longer be used.
_LAYOUT = 1


@dataclass(frozen=True)
class Wanted:
    """An environment to be had, for a package, with the interpreter of a kernelspec below it."""

    requirements: Requirements
    base: Told
    package_id: int = 0
    package: str = ""
    version: int = 0
    #: Variables that a kernelspec sets.
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The folder's name: the same for all packages that need the same."""
        base = self.base
        made_of = [
            _LAYOUT, self.requirements.text, base.implementation, base.python, base.platform,
            base.base,
        ]  # fmt: skip
        return sha256(json.dumps(made_of).encode()).hexdigest()[:32]


class EnvironmentFolder:
    """The environments below a path; see the module."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def about(self, key: str) -> dict[str, Any] | None:
        """What an environment was made of, its ``size`` and ``seconds``, if it is there."""
        try:
            found: dict[str, Any] = json.loads((self.path / key / _ABOUT).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def log(self, key: str, offset: int = 0) -> tuple[str, int]:
        """The log of a build from a byte on, and where it ends now."""
        try:
            with self.log_file(key).open("rb") as file:
                file.seek(offset)
                data = file.read()
        except OSError:
            return "", offset
        # a character of which only the first bytes are there comes with the next piece
        whole = len(data)
        while whole and whole > len(data) - 4 and _is_cut(data[:whole]):
            whole -= 1
        text = data[:whole].decode(errors="replace")
        return uv.without_credentials(text), offset + whole

    def interpreter(self, wanted: Wanted) -> Environment:
        """How to run in an environment that is there; from then on it counts as used.

        Raises
        ------
        EnvironmentFailed
            when it is not there (any more).

        """
        folder = self.path / wanted.key
        if self.about(wanted.key) is None:
            raise EnvironmentFailed(
                "The environment of the package is not there.", advice="Try again: it is built."
            )
        with suppress(OSError):
            os.utime(folder)
        name = f"environment of {wanted.package}/{wanted.version}"
        # isolated: neither the server's PYTHONPATH nor the user's own packages
        return Environment(name, name, (str(_python(folder)), "-I"), wanted.env)

    def lock(self, key: str) -> IO[bytes] | None:
        """The open, locked file of a key; ``None`` when another has it, or just removed it."""
        path = self.lock_file(key)
        file = path.open("ab")
        try:
            if file_locks.lock(file, wait=False) and os.path.samestat(
                os.fstat(file.fileno()), path.stat()
            ):
                return file
        except FileNotFoundError:
            pass
        file.close()
        return None

    def lock_file(self, key: str) -> Path:
        """What a builder holds."""
        return self.path / f"{key}.lock"

    def log_file(self, key: str) -> Path:
        """Where the log of a build is."""
        return self.path / f"{key}.log"

    def new_work(self, key: str) -> Path:
        """A name for a folder to build in."""
        return self.path / f"{_BUILDING}{key}-{secrets.token_hex(4)}"

    def begin(self, work: Path, wanted: Wanted) -> None:
        """Make a folder to build in, with the requirements in it; the log has them, too.

        Who calls it has the key's lock, so other folders of it are what a killed server left.
        """
        for left in self.path.glob(f"{_BUILDING}{wanted.key}-*"):
            shutil.rmtree(left, ignore_errors=True)
        work.mkdir(mode=0o700)
        (work / LISTED).write_text(wanted.requirements.text, "utf-8")
        head = f"{wanted.requirements.source}, for Python {wanted.base.python}:\n"
        listed = "".join(f"  {line}\n" for line in wanted.requirements.lines)
        self.log_file(wanted.key).write_text(head + listed, "utf-8")

    def place(self, work: Path, wanted: Wanted, size: int, seconds: float) -> None:
        """Give a whole environment its name."""
        made, target = work / MADE, self.path / wanted.key
        about = {
            "requirements": wanted.requirements.lines,
            "source": wanted.requirements.source,
            "python": wanted.base.python,
            "size": size,
            "seconds": round(seconds, 3),
        }
        (made / _ABOUT).write_text(json.dumps(about), "utf-8")
        shutil.rmtree(target, ignore_errors=True)  # what is there is not whole
        made.rename(target)

    def sweep(self, in_use: set[str], keep_seconds: float, stale_seconds: float = 3600.0) -> int:
        """Remove what nobody used for so long, and what a killed server left; how many.

        ``in_use``: keys of the environments that deployments run in.
        """
        if not self.path.is_dir():
            return 0
        removed = 0
        for path in sorted(self.path.iterdir()):
            name = path.name
            with suppress(FileNotFoundError):
                age = time.time() - path.stat().st_mtime
                if name.startswith((_BUILDING, _REMOVING)):
                    if age > stale_seconds:
                        shutil.rmtree(path, ignore_errors=True)
                        removed += 1
                elif name.endswith((".lock", ".log")):
                    if age > stale_seconds and not (self.path / path.stem).is_dir():
                        self._remove(path.stem)
                elif name in in_use:
                    os.utime(path)
                elif age > keep_seconds and self._remove(name):
                    removed += 1
        return removed

    def _remove(self, key: str) -> bool:
        """Remove an environment with its log, unless it is being built."""
        lock = self.lock(key)
        if lock is None:
            return False
        with lock:
            away = self.path / f"{_REMOVING}{key}-{secrets.token_hex(4)}"
            with suppress(FileNotFoundError):
                (self.path / key).rename(away)  # gone at once, for all servers
            shutil.rmtree(away, ignore_errors=True)
            for ending in (".log", ".lock"):
                (self.path / f"{key}{ending}").unlink(missing_ok=True)
        return True


def _python(folder: Path) -> Path:
    if sys.platform == "win32":
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(root, name)).st_size
    return total


def _is_cut(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.end == len(data) and error.reason == "unexpected end of data"
    return False
