"""Refreshing a widget every so many seconds, while a page shows it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

from .turns import running_loop


class Live:
    """Refreshes a widget.

    Parameters
    ----------
    widget:
        The one whose views count; from now on the page tells how often it shows it.
    refresh:
        What is done every time.
    come_back:
        What is done at once when it comes back on screen.

    """

    def __init__(
        self,
        widget: Any,
        refresh: Callable[[], Awaitable[None]],
        come_back: Callable[[], object],
    ) -> None:
        self._widget, self._refresh, self._come_back = widget, refresh, come_back
        self.task: Future[None] | None = None
        # the kernel's own: the loop of a subshell ends with its page
        self._loop = running_loop()
        self._was_seen = False
        widget._view_count = 0
        widget.observe(self._seen, "_view_count")

    @property
    def is_running(self) -> bool:
        """Whether it refreshes."""
        return self.task is not None and not self.task.done()

    def every(self, seconds: float) -> bool:
        """Refresh so often, or never; returns whether it does, which takes an event loop."""
        self.stop()
        if not seconds or self._loop is None or self._loop.is_closed():
            return False
        self.task = asyncio.run_coroutine_threadsafe(self._keep_fresh(seconds), self._loop)
        return True

    def stop(self) -> None:
        """Refresh no more."""
        task, self.task = self.task, None
        if task is not None:
            with contextlib.suppress(RuntimeError):  # its loop is closed already
                task.cancel()

    async def _keep_fresh(self, seconds: float) -> None:
        """Refresh until cancelled."""
        while self._widget.comm is not None:
            await asyncio.sleep(seconds)
            if self._was_seen and not self._widget._view_count:
                continue  # nobody sees it
            await self._refresh()

    def _seen(self, change: Any) -> None:
        if change["new"] and self._was_seen and not change["old"] and self.is_running:
            self._come_back()
        self._was_seen = self._was_seen or bool(change["new"])
