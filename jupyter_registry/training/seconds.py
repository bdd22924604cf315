"""Seconds in sentences."""

from __future__ import annotations

#: Why a model was not trained that would have been the next.
NO_TIME = "There was no time left for it."


def too_long(expected: float, left: float) -> str:
    """That something would take longer than it may."""
    if left < 0.05:
        return f"It would take about {told(expected)}, and no time was left for it."
    return f"It would take about {told(expected)}, and {told(left)} were left for it."


def told(seconds: float) -> str:
    """So many seconds, to a tenth where they are few; never as if they were none."""
    if seconds >= 9.95:
        return f"{seconds:,.0f} s"
    return f"{max(seconds, 0.1):.1f} s"
