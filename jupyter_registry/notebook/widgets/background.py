"""Work that takes long, in a thread: its news reach the widgets on the kernel's own loop."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any

from .turns import in_turn


class Cancelled(CancelledError):
    """The user asked to stop."""


class Background:
    """One piece of work in a thread.

    Parameters
    ----------
    work:
        What is done in the thread; its argument is this object, for `tell` and `check`.
    done:
        Called with the result, on the loop that it was started from, in its turn.
    failed:
        Called with the exception instead; a `Cancelled` when the user stopped it.

    Where no loop runs (a script, a test) what is told is kept until `wait` is called.

    """

    def __init__(
        self,
        work: Callable[[Background], Any],
        done: Callable[[Any], object],
        failed: Callable[[BaseException], object],
    ) -> None:
        self._work, self._done, self._failed = work, done, failed
        self._told: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._stop = threading.Event()
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._thread = threading.Thread(target=self._run, name="registry-widget", daemon=True)
        self._thread.start()

    def tell(self, news: Callable[[], object]) -> None:
        """From the thread: have this called where widgets may be changed."""
        self._told.put(news)
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(self._listen)
        except RuntimeError:  # closed: a subshell that went with its page
            self._listen()

    def check(self) -> None:
        """From the thread: raise `Cancelled` if the user asked to stop."""
        if self._stop.is_set():
            raise Cancelled("Stopped, as asked.")

    def cancel(self) -> None:
        """Ask the work to stop at its next `check`."""
        self._stop.set()

    @property
    def is_running(self) -> bool:
        """Whether the work is under way."""
        return self._thread.is_alive()

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the end, passing on what is told; raises `TimeoutError`."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            raise TimeoutError(f"Not done after {seconds} s.")
        self._listen()

    @in_turn
    def _listen(self) -> None:
        while True:
            try:
                news = self._told.get_nowait()
            except queue.Empty:
                return
            news()

    def _run(self) -> None:
        try:
            self.check()
            result = self._work(self)
        except BaseException as error:
            caught = error
            self.tell(lambda: self._failed(caught))
        else:
            self.tell(lambda: self._done(result))
