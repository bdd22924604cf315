"""How far a run is: told to its sink now and then, which is asked whether to stop."""

from __future__ import annotations

import time
from pathlib import Path

from .families import FAMILIES
from .plan import Plan
from .search_log import best_of, trials_of
from .sink import Sink

#: Seconds between two of the sink's progresses, and between two questions whether to stop.
_TELL_EVERY, _ASK_EVERY = 2.0, 0.5


class Stopped(Exception):
    """The run is asked to stop."""


class Progress:
    """What a run is at, how many of its models are finished, and how long the others will take.

    Parameters
    ----------
    log:
        Where a search writes its trials.
    total:
        Models that there will be, as far as is known.

    """

    def __init__(self, plan: Plan, sink: Sink, log: Path, total: int) -> None:
        self.stage = "starting"
        self.text = "Starting"
        self._plan = plan
        self._sink = sink
        self._log = log
        self._total = total
        self._finished = 0
        self._seconds: list[float] = []
        self._told = self._asked = 0.0

    def finished(self, seconds: float | None) -> None:
        """Count a model that took so long, or one that failed (``None``)."""
        self._finished += 1
        if seconds is not None:
            self._seconds.append(seconds)

    def tick(self) -> None:
        """Ask whether to stop (raises `Stopped`), and tell, when it is time for either."""
        now = time.monotonic()
        if now - self._asked >= _ASK_EVERY:
            self._asked = now
            if self._sink.should_stop():
                raise Stopped
        self.tell()

    def tell(self, *, force: bool = False) -> None:
        """Tell the sink, unless it was told a moment ago."""
        now = time.monotonic()
        if not force and now - self._told < _TELL_EVERY:
            return
        self._told = now
        if self.stage == "searching":
            self.text = self._searched()
        self._sink.progress(
            {
                "stage": self.stage,
                "done": self._finished,
                "total": max(self._total, self._finished),
                "seconds_left": round(self._seconds_left(), 1),
                "text": self.text,
            }
        )

    def _searched(self) -> str:
        """How far the search is."""
        trials = trials_of(self._log)
        if not trials:
            return "Searching for good settings"
        best = FAMILIES[best_of(trials)[0].family].title
        return f"Searching for good settings: {len(trials)} tried, the best of {best}"

    def _seconds_left(self) -> float:
        """The rest of the budget where a search fills it, else by how long models have taken."""
        left = max(0.0, self._plan.left())
        if self._plan.tunes or not self._seconds:
            return left
        mean = sum(self._seconds) / len(self._seconds)
        return min(left, mean * max(0, self._total - self._finished))
