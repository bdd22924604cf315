"""What the job shows while it runs: a line per step, one bar for what takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from tqdm import tqdm

#: Width of the text before times and bars.
_WIDTH = 44


class Terminal:
    """Prints to a stream; where that is no terminal, bars are drawn once, when they end."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty()

    def say(self, text: str = "") -> None:
        """Print a line."""
        print(text, file=self._stream, flush=True)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Announce what is being done, then how long it took."""
        started = time.perf_counter()
        if self._live:
            print(f"{text:<{_WIDTH}} …", end="\r", file=self._stream, flush=True)
        yield
        self.say(f"{text:<{_WIDTH}} {time.perf_counter() - started:6.1f} s")

    @contextmanager
    def bar(self, text: str, total: int, unit: str) -> Iterator[tqdm[None]]:
        """A progress bar on one line."""
        from tqdm import tqdm

        with tqdm(
            total=total,
            desc=f"{text:<{_WIDTH}}",
            unit=f" {unit}",
            unit_scale=True,
            file=self._stream,
            dynamic_ncols=self._live,
            ncols=None if self._live else 120,
            mininterval=0.2 if self._live else float("inf"),
            miniters=None if self._live else total + 1,
        ) as bar:
            yield bar
