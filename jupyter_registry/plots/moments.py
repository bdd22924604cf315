"""Ticks of moments in UTC that are found once for a range, not each time Matplotlib asks.

A figure's layout asks every axis several times where its ticks are and what they say; dates take
long to find, and stay the same while the range does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from matplotlib.dates import (
    DAILY,
    HOURLY,
    MINUTELY,
    MONTHLY,
    SECONDLY,
    AutoDateLocator,
    ConciseDateFormatter,
)

#: More would touch each other in half the width of a page.
_MOST_TICKS = 8
#: A step of so many units, beside Matplotlib's shorter ones, with which it warns of ranges of
#: almost the next unit's, as of 90 hours.
_LONGEST = {MONTHLY: 12, DAILY: 31, HOURLY: 24, MINUTELY: 60, SECONDLY: 60}


class Moments(AutoDateLocator):
    """Up to eight ticks."""

    def __init__(self) -> None:
        super().__init__(tz=UTC, maxticks=_MOST_TICKS)  # type: ignore[no-untyped-call]
        for unit, longest in _LONGEST.items():
            self.intervald[unit] = [*self.intervald[unit], longest]
        self._found: tuple[tuple[float, float], Any] | None = None

    def __call__(self) -> Any:
        """Where the ticks are in the range that is shown, in days since 1970."""
        low, high = self.axis.get_view_interval()
        shown = (float(low), float(high))
        if self._found is None or self._found[0] != shown:
            self._found = (shown, super().__call__())  # type: ignore[no-untyped-call]
        return self._found[1]


class MomentTexts(ConciseDateFormatter):
    """What the ticks say, as short as can be."""

    def __init__(self, locator: Moments) -> None:
        super().__init__(locator, tz=UTC)  # type: ignore[no-untyped-call]
        self._said: tuple[tuple[float, ...], list[str], str] | None = None

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The texts of ticks at these places."""
        asked = tuple(float(value) for value in values)
        if self._said is None or self._said[0] != asked:
            texts = super().format_ticks(values)  # type: ignore[no-untyped-call]
            self._said = (asked, texts, super().get_offset())  # type: ignore[no-untyped-call]
        return self._said[1]

    def get_offset(self) -> str:
        """What all ticks have in common, for the end of the axis."""
        return self._said[2] if self._said is not None else ""
