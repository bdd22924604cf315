"""Finds an interpreter with PyTorch, or makes one: of a wheel, else of Debian's packages.

PyTorch's usual wheels come with gigabytes for graphics cards. Some indexes have one for processors
alone; Debian's packages are, too, but those of Debian 12 are older than exported programs. All goes
into a folder, so no rights are needed. Needs Python alone, to be run while the rest is installed.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_HOW = (
    "The tests of PyTorch models need an interpreter with torch and numpy, and none was found or "
    "could be made. On Debian 12 or newer: apt-get update, then run them again, or apt-get install "
    "python3-torch; elsewhere: pip install torch"
)
#: A build for processors alone, newer than exported programs; not every package index has it.
_WHEEL = "torch==2.13.0+cpu"
_PACKAGE = "python3-torch"
_SYSTEM = "/usr/bin/python3"
#: What it depends on, but no model: a fifth of all that there is to unpack.
_NOT_NEEDED = (
    "gdal-data", "gdal-plugins", "libtesseract", "libleptonica", "libqt5dbus", "libqt5network",
    "libtorch-test", "proj-data", "python3-attr", "python3-certifi", "python3-chardet",
    "python3-charset", "python3-dateutil", "python3-future", "python3-hypothesis", "python3-idna",
    "python3-mpmath", "python3-psutil", "python3-requests", "python3-sortedcontainers",
    "python3-sympy", "python3-urllib3",
)  # fmt: skip


class NoTorch(Exception):
    """There is no PyTorch, and none could be got."""


@dataclass(frozen=True)
class Interpreter:
    """A Python that can import torch, with the variables that it needs for that."""

    path: str
    env: dict[str, str] = field(default_factory=dict)

    def has_torch(self) -> bool:
        """Whether it can; a second or two."""
        asked = [self.path, "-c", "import sys, torch, numpy; assert sys.version_info >= (3, 11)"]
        try:
            return subprocess.run(asked, env=self.whole, capture_output=True).returncode == 0
        except OSError:
            return False

    @property
    def whole(self) -> dict[str, str]:
        """The environment to run it in."""
        return os.environ | self.env


def find_torch() -> Interpreter:
    """The interpreter, which those that ask meanwhile wait for; raises `NoTorch`."""
    cache = Path(tempfile.gettempdir())
    # chromium.py has the same lock: both ask apt
    with (cache / f"jupyter-registry-apt-{os.getuid()}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = cache / f"jupyter-registry-torch-{os.getuid()}.json"
        if known.is_file():
            told = Interpreter(**json.loads(known.read_text()))
            if all(map(os.path.exists, (told.path, *told.env.get("PYTHONPATH", "/").split(":")))):
                return told
        folder = cache / f"jupyter-registry-torch-{os.getuid()}"
        for found in (Interpreter(sys.executable), Interpreter(_SYSTEM)):
            if found.has_torch():
                break
        else:
            found = _installed(folder) or _unpacked(folder)
        known.write_text(json.dumps({"path": found.path, "env": found.env}))
        return found


def _installed(folder: Path) -> Interpreter | None:
    """With a wheel for processors alone; None where pip finds none for this Python."""
    shutil.rmtree(folder, ignore_errors=True)
    made = Interpreter(str(folder / "bin" / "python"))
    wanted = ["--quiet", "--only-binary", ":all:", _WHEEL, "numpy"]
    with suppress(OSError, subprocess.CalledProcessError):
        for command in (
            [sys.executable, "-m", "venv", str(folder)],
            [made.path, "-m", "pip", "install", *wanted],
        ):
            subprocess.run(command, capture_output=True, check=True)
    return made if made.has_torch() else None


def _unpacked(folder: Path) -> Interpreter:
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NoTorch(_HOW)
    shutil.rmtree(folder, ignore_errors=True)
    packages, root = folder / "packages", folder / "root"
    packages.mkdir(parents=True)
    try:
        _download(packages)
    except subprocess.CalledProcessError:
        # lists that are old, or not there
        subprocess.run(["apt-get", "update"], capture_output=True)
        try:
            _download(packages)
        except subprocess.CalledProcessError as error:
            raise NoTorch(f"{_HOW}\n{error.stderr[-1000:]}") from error

    def unpack(package: Path) -> None:
        subprocess.run(["dpkg-deb", "-x", str(package), str(root)], check=True)
        package.unlink()

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(unpack, packages.glob("*.deb")))
    made = Interpreter(_SYSTEM, _variables(root))
    if not made.has_torch():
        asked = subprocess.run([made.path, "-c", "import torch, numpy"], env=made.whole,
                               capture_output=True, text=True)  # fmt: skip
        raise NoTorch(f"{_HOW}\n{asked.stderr[-1000:]}")
    return made


def _download(folder: Path) -> None:
    told = _asked(["apt-get", "install", "--simulate", "--no-install-recommends", _PACKAGE], folder)
    lines = [line.split() for line in told.splitlines() if line.startswith("Inst ")]
    names = [line[1] for line in lines if not line[1].startswith(_NOT_NEEDED)]
    _asked(["apt-get", "download", *names], folder)


def _asked(command: list[str], folder: Path) -> str:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True,
        env=os.environ | {"LC_ALL": "C"},
    ).stdout  # fmt: skip


def _variables(root: Path) -> dict[str, str]:
    folders = {file.parent.relative_to(root) for file in root.rglob("lib*.so*")}
    # those deeper down are looked for by what is beside them
    wanted = [str(root / one) for one in sorted(folders) if "lib" in one.parts[:2]
              and len(one.parts) <= 4]  # fmt: skip
    return {
        "LD_LIBRARY_PATH": os.pathsep.join(wanted),
        "PYTHONPATH": str(root / "usr" / "lib" / "python3" / "dist-packages"),
    }


if __name__ == "__main__":
    print(find_torch().path)
