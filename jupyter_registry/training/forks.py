"""Work in a copy of this process, which has what is imported and loaded here.

A copy can be ended, or end itself, at any time: the next one is there in some 20 ms, where a new
process would take seconds to import libraries and to load the data.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress

from ..run_module import end_with_parent

#: macOS's own libraries do not bear to be copied once they are loaded, and Windows cannot.
CAN_FORK = sys.platform == "linux"

_lock = threading.Lock()
_running: int | None = None


def run(work: Callable[[], None], meanwhile: Callable[[], None]) -> int:
    """Do it in a copy of this process; blocks until that ends.

    Threads are not copied: this process must not have begun any that libraries compute with.

    Parameters
    ----------
    meanwhile:
        Done here while the copy works, for the copies to come; must not raise.

    Returns
    -------
    int
        the copy's exit code, or minus the number of the signal that ended it.

    """
    global _running
    parent = os.getpid()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with _lock, warnings.catch_warnings():
        # of the thread that reads orders, which holds nothing that the copy uses
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = _running = os.fork()
    if pid == 0:
        _work(work, parent)
    meanwhile()
    _, status = os.waitpid(pid, 0)
    _running = None
    return os.waitstatus_to_exitcode(status)


def end_running() -> None:
    """End the copy that works, if there is one."""
    with _lock:
        if _running:
            with suppress(ProcessLookupError):
                os.kill(_running, signal.SIGKILL)


def _work(work: Callable[[], None], parent: int) -> None:
    code = 1
    try:
        end_with_parent()
        if os.getppid() == parent:
            work()
            code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
