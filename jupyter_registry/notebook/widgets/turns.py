"""One thing at a time: what a click starts ends before the next click's begins.

JupyterLab sends messages of widgets to ipykernel's subshells, so those of two inputs may be
handled in two threads at once; and work in the background has news for the same widgets.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

#: Held by whoever changes widgets. One for all, as the kernel's one thread was before; a
#: request to the server made inside lets the other widgets wait for its answer.
TURN = threading.RLock()

#: Seconds by which a click may be here before a value that the page sent before it.
OVERTAKEN = 0.03


def in_turn(action: Callable[P, R]) -> Callable[P, R]:
    """The action, which waits until it is its turn."""

    @functools.wraps(action)
    def wait(*args: P.args, **kwargs: P.kwargs) -> R:
        with TURN:
            return action(*args, **kwargs)

    return wait


def clicked(action: Callable[[], object]) -> Callable[..., None]:
    """What a click calls: the action, in turn, once what the page sent before it is known here.

    ipykernel 7.4 handles messages of widgets that come while it is at another one in tasks of
    their own: the click on a button may overtake the value that was typed just before it.
    """
    action = in_turn(action)

    def come(*_: object) -> None:
        loop = running_loop()
        if loop is None:
            action()
        else:
            loop.call_later(OVERTAKEN, action)

    return come


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs in this thread, if any does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
