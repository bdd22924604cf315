"""Locks of files that end with the process that holds them, here and on most shared disks."""

from __future__ import annotations

from typing import Any


def lock(file: Any, *, wait: bool = True) -> bool:
    """Take the exclusive lock of an open file, which ends with the file's closing.

    Returns whether it was taken: ``False`` when another open file holds it and this is not to
    wait.

    Raises
    ------
    OSError
        where the disk has no locks.

    """
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        windows: Any = msvcrt
        try:
            windows.locking(file.fileno(), windows.LK_LOCK if wait else windows.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
