"""Durable files on a local disk: what is said to be there is there after a power cut."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path


def place(temporary: Path, target: Path, size: int) -> None:
    """Give a synced file its final name, unless that has the same content already.

    The temporary name stays. A target of another size is damaged and is replaced.
    """
    folder = target.parent
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
    with contextlib.suppress(FileNotFoundError):
        if target.stat().st_size == size:
            sync_folder(folder)  # whoever placed it may not have got that far
            return
    step = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    try:
        try:
            os.link(temporary, step)
        except OSError:
            _copy(temporary, step)  # a filesystem without hard links
        step.chmod(0o444)
        os.replace(step, target)
    finally:
        # Replacing a name by another of the same file leaves both.
        with contextlib.suppress(FileNotFoundError):
            step.unlink()
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders, and needs no such thing
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("xb") as write:
        shutil.copyfileobj(read, write, 1024 * 1024)
        write.flush()
        os.fsync(write.fileno())
