"""Python's collector of garbage, put off where it would find none."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = 0
_was_enabled = False


@contextmanager
def uncollected() -> Iterator[None]:
    """Inside, which is to be short, the collector waits.

    A long answer or a figure is thousands of objects that live as long as it: to look for garbage
    among them again and again finds none, and every few times it comes to all objects of the
    process, which in a kernel takes as long as drawing. Threads may be inside at once.
    """
    global _inside, _was_enabled
    with _lock:
        if not _inside:
            _was_enabled = gc.isenabled()
            gc.disable()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and _was_enabled:
                gc.enable()
