"""A leaderboard's training in a thread of the kernel, which stays free; or one that is watched."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...training.http_sink import HttpSink
from .background import Background

if TYPE_CHECKING:
    from pathlib import Path

    from ...client.leaderboards import Board
    from ...client.registry import Registry
    from ...training.leaderboard import Leaderboard

#: Seconds between two looks at a training that runs elsewhere.
_LOOK_EVERY = 2.0


class _Running:
    """What is known of a training under way; ``news`` is called, in its turn, with each change."""

    def __init__(self) -> None:
        self.news: Callable[[], object] = lambda: None
        self.board: Board | None = None
        """The registry's, once it has begun."""
        self.progress: dict[str, Any] = {}
        self.error: BaseException | None = None
        self._work: Background | None = None
        self._ended = False

    @property
    def is_running(self) -> bool:
        """Whether there may be more news."""
        return self._work is not None and not self._ended

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the end, passing on the news; raises `TimeoutError`."""
        if self._work is not None:
            self._work.wait(seconds)

    def _start(self, work: Callable[[Background], Any]) -> None:
        self._work = Background(work, lambda _: self._end(None), self._end)

    def _end(self, error: BaseException | None) -> None:
        self._ended, self.error = True, error
        self.news()

    def _take(self, board: Board) -> None:
        self.board = board
        self.news()

    def _show(self, progress: dict[str, Any]) -> None:
        self.progress = progress
        self.news()


class TrainingRun(_Running):
    """Trains in this kernel: its models train in a child process, a thread waits for them.

    Parameters
    ----------
    make:
        Makes the `training.Leaderboard`, in the thread: it looks at all data.

    """

    def __init__(
        self, make: Callable[[], Leaderboard], time_budget: float, registry: Registry
    ) -> None:
        super().__init__()
        self._make, self._budget, self._registry = make, time_budget, registry
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin."""
        self._start(self._train)

    def stop(self) -> None:
        """End it early; what is finished stays."""
        self._stop.set()

    def _train(self, work: Background) -> None:
        made = self._make()
        if self._stop.is_set():
            return
        sink = _TellingSink(self._registry, self._stop)
        sink.told = lambda board: work.tell(lambda: self._take(board))
        sink.progressed = lambda progress: work.tell(lambda: self._show(progress))
        made.run(self._budget, sink=sink, progress=False)


class WatchedRun(_Running):
    """Watches what another process trains, until it ends."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board: Board | None = board
        self._left = threading.Event()

    def start(self) -> None:
        """Begin to watch."""
        self._start(self._watch)

    def stop(self) -> None:
        """Ask who trains it to stop."""
        if self.board is not None:
            self.board.stop()

    def leave(self) -> None:
        """Watch no longer."""
        self._left.set()

    def _watch(self, work: Background) -> None:
        assert self.board is not None
        number, registry = self.board.id, self.board.registry
        while not self._left.wait(_LOOK_EVERY):
            board = registry.leaderboard(number)
            progress = board.progress.model_dump()
            work.tell(lambda board=board: self._take(board))
            work.tell(lambda progress=progress: self._show(progress))
            if board.ended_at is not None:
                return


class _TellingSink(HttpSink):
    """The registry's sink, which tells the widget of the same, and stops when the widget says."""

    def __init__(self, registry: Registry, stop: threading.Event) -> None:
        super().__init__(registry)
        self._asked = stop
        self.told: Callable[[Board], object] = lambda _: None
        self.progressed: Callable[[dict[str, Any]], object] = lambda _: None

    def begin(self, board: dict[str, Any]) -> None:
        """Make the board."""
        super().begin(board)
        self.told(self.board())

    def progress(self, progress: dict[str, Any]) -> None:
        """Say how far it is."""
        super().progress(progress)
        self.progressed(progress)

    def model(self, model: dict[str, Any], files: dict[str, Path]) -> None:
        """Add a model."""
        super().model(model, files)
        self.told(self.board())

    def end(self, state: str, error: str | None) -> None:
        """End the board."""
        super().end(state, error)
        self.told(self.board())

    def should_stop(self) -> bool:
        """Whether the widget or somebody else asked to stop."""
        return self._asked.is_set() or super().should_stop()
