"""Limits that a worker sets for itself before it touches a model, and cannot raise again.

(As root it could: a model that must not be trusted at all needs a server that is not root's.)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress

#: Address space that allocators reserve and never use, in bytes; the server watches what is used.
_RESERVED = 2 * 1024**3
#: Linux ends a worker rather than the server when memory is short; from -1000 to 1000.
_FIRST_TO_GO = "500"


def confine(limits: Mapping[str, float]) -> None:
    """Set what `serving.confinement.Limits.order` says."""
    if sys.platform == "linux":
        with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write(_FIRST_TO_GO)
    _run_on(int(limits.get("processors", 0)))
    try:
        import resource
    except ImportError:  # Windows
        return
    _limit(resource.RLIMIT_CORE, 0)
    files = int(limits.get("open_files", 0))
    if files:
        _limit(resource.RLIMIT_NOFILE, files)
    memory = limits.get("memory_mb", 0.0) * 1e6
    if memory and sys.platform == "linux":
        # what one process may ask for, so that asking for far too much fails at once
        _limit(resource.RLIMIT_DATA, int(1.5 * memory) + _RESERVED)


def _limit(what: int, most: int) -> None:
    import resource

    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (most, most))


def _run_on(processors: int) -> None:
    """Run on so many of the processors: on others than the worker before."""
    if not processors or not hasattr(os, "sched_setaffinity"):
        return
    allowed = sorted(os.sched_getaffinity(0))
    first = os.getpid() % len(allowed)
    chosen = (allowed[first:] + allowed[:first])[:processors]
    with suppress(OSError):
        os.sched_setaffinity(0, chosen)
