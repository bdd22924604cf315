"""Keeping a worker to itself: it can signal, and look into, only what it has started.

By Linux' Landlock, whose scopes need no rights (Linux 6.12, https://docs.kernel.org/userspace-api/
landlock.html); elsewhere a model can do to other processes of its user what that user can.
"""

from __future__ import annotations

import os
import struct
import sys

#: System calls, which have the same numbers on all processors.
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
#: Asks for the version of the interface; the first one that has scopes.
_VERSION, _WITH_SCOPES = 1, 6
_SCOPE_SIGNAL = 1 << 1
#: Of `prctl`; without it only root may restrict itself.
_NO_NEW_PRIVILEGES = 38


def can_keep() -> bool:
    """Whether this system has what it takes."""
    if sys.platform != "linux":
        return False
    try:
        import ctypes
    except ImportError:  # an interpreter built without
        return False
    found: int = ctypes.CDLL(None).syscall(_CREATE_RULESET, None, 0, _VERSION)
    return found >= _WITH_SCOPES


def keep_to_itself() -> bool:
    """Do it, for this thread and whatever it starts from now on; whether that was possible.

    It cannot be undone. Nor can the memory of processes outside be read any more, nor, except by
    root, their environment, which ``/proc`` gives to their user otherwise.
    """
    if not can_keep():
        return False
    import ctypes

    libc = ctypes.CDLL(None)
    # accesses to files and to the network are let be
    attributes = struct.pack("QQQ", 0, 0, _SCOPE_SIGNAL)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            return False
        return libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0  # type: ignore[no-any-return]
    finally:
        os.close(ruleset)
