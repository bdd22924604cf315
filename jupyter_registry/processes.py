"""Which process on which machine: written down by one, so that another can tell when it is gone.

Either side uses it: kernels and servers say who they are, servers ask. Nothing heavy is imported.
"""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from typing import Any

Identity = dict[str, Any]


def identity(pid: int | None = None) -> Identity | None:
    """Who a process of this machine is, this one unless given: ``place``, ``pid``, ``began``.

    ``None`` where that cannot be told: there is no such process, or the system does not say.
    """
    number = os.getpid() if pid is None else pid
    where, began = place(), _began(number)
    if where is None or not began:
        return None
    return {"place": where, "pid": number, "began": began}


def is_gone(known: Identity | None) -> bool:
    """Whether a process has ended for certain; ``False`` too where that cannot be told from here.

    Another machine, another container and another start of this machine are other places, of
    which nothing can be told.
    """
    if known is None or known.get("place") != place() or place() is None:
        return False
    pid = known.get("pid")
    if not isinstance(pid, int) or not 0 < pid < 2**31:
        return False
    began = _began(pid)
    return began is not None and began != known.get("began")


@cache
def place() -> str | None:
    """Where a process id says which process: machine, its start, and namespace of processes."""
    if sys.platform == "linux":
        try:
            with open("/proc/sys/kernel/random/boot_id") as file:
                start = file.read().strip()
            return f"{platform.node()} {start} {os.readlink('/proc/self/ns/pid')}"
        except OSError:
            return None
    return platform.node() or None


def _began(pid: int) -> str | None:
    """When a process began, in the system's own terms; empty when there is none, ``None`` unknown.

    One that has ended and whose parent has not asked about it yet is none.
    """
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                # the name, in parentheses, may have any character
                state, *others = file.read().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return "" if _is_free(pid) else None
        except OSError:
            return None
        return "" if state in (b"Z", b"X") else others[18].decode()
    try:
        import psutil
    except ModuleNotFoundError:  # ipykernel brings it
        return None
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return repr(process.create_time())
    except psutil.NoSuchProcess:
        return ""
    except psutil.Error:
        return None


def _is_free(pid: int) -> bool:
    """Whether no process has the id, though it be hidden from other users."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
