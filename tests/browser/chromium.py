"""Finds a browser, or installs one; needs Python alone, to be run while the rest is installed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

#: The first is Chromium without a window to draw: the same pages for half the processor time.
_BROWSERS = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
    "google-chrome-stable", "chrome",
)  # fmt: skip
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
_HOW = (
    "The browser tests need Chromium or Chrome, and none was found or could be installed. "
    "On Debian: apt-get install chromium-headless-shell fonts-dejavu-core; "
    "elsewhere install Chrome, or run: python -m playwright install chromium"
)


class NoBrowser(Exception):
    """There is no browser, and none could be got."""


def find_browser() -> str | None:
    """The path of a browser; ``None`` for Playwright's own. Raises `NoBrowser`."""
    if (found := installed_or_debian()) is not None:
        return found
    got = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, text=True
    )
    if got.returncode:
        raise NoBrowser(f"{_HOW}\n{got.stderr[-1000:]}")
    return None


def installed_or_debian() -> str | None:
    """The path of a browser that is there, or that Debian's packages gave; ``None`` without one.

    Processes that ask at once wait for the one that installs.
    """
    with (Path(tempfile.gettempdir()) / f"jupyter-registry-apt-{os.getuid()}.lock").open(
        "a"
    ) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _installed()
        if found is None and _install_debian():
            found = _installed()
        return found


def _installed() -> str | None:
    for name in _BROWSERS:
        if path := shutil.which(name):
            return path
    return str(_MAC) if _MAC.exists() else None


def _install_debian() -> bool:
    """Install Debian's Chromium where that is allowed; whether it went well."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}

    def done(*command: str) -> bool:
        return not subprocess.run(command, env=environment, capture_output=True).returncode

    install = ("apt-get", "install", "-y", "--no-install-recommends", "fonts-dejavu-core")
    return done("apt-get", "update") and any(done(*install, name) for name in _BROWSERS[:2])


if __name__ == "__main__":
    print(installed_or_debian() or "No browser yet: the tests try Playwright's own.")
