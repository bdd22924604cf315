"""How a benchmark's figure is said: the value, its yardstick, the target and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured figure; ``holds`` says whether the target was met in this run."""

    what: str
    measured: str
    target: str
    holds: bool

    def __str__(self) -> str:
        mark = "holds" if self.holds else "MISSED"
        return f"{self.what}: {self.measured} (target: {self.target}; {mark})"
