"""What a run is to train, and how long it may take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.kinds import TargetType
from .families import Family
from .incumbents import Incumbent


@dataclass(frozen=True)
class Plan:
    """What a run trains, and how long."""

    board: dict[str, Any]
    """The fields of ``LeaderboardCreate``."""
    target_type: TargetType
    metric: str
    families: Sequence[Family]
    tunes: bool
    blends: bool
    trials: int | None
    budget: float
    began: float
    """Of the monotonic clock."""
    incumbents: Sequence[tuple[Incumbent, Path]] = ()
    """The predecessor's models, each with where its files are put."""

    @property
    def end(self) -> float:
        """When the budget is over, of the monotonic clock."""
        return self.began + self.budget

    def left(self) -> float:
        """Seconds of the budget that are left; below 0 beyond it."""
        return self.end - time.monotonic()
