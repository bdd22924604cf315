"""Disks that are full: small filesystems in memory, which grow and shrink while they are used."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


class SmallDisk:
    """A mounted filesystem of so many bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def leave(self, free: int) -> None:
        """Let so many bytes be free, whatever is there."""
        while True:
            used = self._used()
            try:
                self._mount(f"remount,size={max(used + free, 4096)}")
                return
            except subprocess.CalledProcessError:
                if self._used() <= used:
                    raise
                # it was written to meanwhile: by now there is more than would fit

    def _used(self) -> int:
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def files(self) -> list[str]:
        """The names of all files."""
        return [name for _, _, names in os.walk(self.folder) for name in names]

    def _mount(self, options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[SmallDisk]:
    """Mount one at a new folder; the test is skipped where that is not allowed."""
    folder.mkdir(parents=True)
    disk = SmallDisk(folder)
    try:
        disk._mount(f"size={size}")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("may not mount a small filesystem")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
