"""Vertical marks of replacements on an axis of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..domain.entities import Accuracy


def replacement_marks(series: Mapping[str, Accuracy]) -> dict[datetime, str]:
    """The replacements of all series: when, and what came; those of one moment together."""
    texts: dict[datetime, list[str]] = {}
    for accuracy in series.values():
        for mark in accuracy.replacements:
            said = texts.setdefault(mark.time, [])
            if (text := mark_text(mark.package, mark.reason)) not in said:
                said.append(text)
    return {time: "; ".join(said) for time, said in sorted(texts.items())}


def mark_text(package: str, reason: object) -> str:
    """A package that came into service, with the reason in words."""
    return f"{package}" + (f" ({str(reason).replace('_', ' ')})" if reason else "")


def draw_marks(ax: Axes, marks: Mapping[datetime, str], *, labelled: bool) -> None:
    """Draw a dotted line per mark; with its text above the data, if ``labelled``."""
    from matplotlib import rcParams
    from matplotlib.dates import date2num
    from matplotlib.font_manager import FontProperties

    colour = style.ink(ax, 0.75)
    first, last = ax.get_xlim()
    inches = style.figure_of(ax).get_size_inches()
    width, height = 72 * inches * ax.get_position().size
    small = FontProperties(size="small").get_size_in_points()
    line = small + 0.55 * rcParams["font.size"]
    #: For each line of texts, where the last of them ends, as a share of the axis.
    ends: list[float] = []
    for time, text in sorted(marks.items()):
        ax.axvline(time, color=colour, linewidth=1.2, linestyle=":")  # type: ignore[arg-type]
        if not labelled:
            continue
        place = (float(date2num(time)) - first) / ((last - first) or 1.0)  # type: ignore[no-untyped-call]
        long = (style.LETTER * small * len(text) + 10) / max(float(width), 1.0)
        left = place + long > 1.0 and place > 0.5  # no room to the right
        start = place - long if left else place
        level = next((at for at, end in enumerate(ends) if end <= start), len(ends))
        ends[level : level + 1] = [start + long]
        ax.annotate(
            text,
            xy=(time, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(-4 if left else 4, -2 - line * level),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top",
            fontsize="small",
            color=colour,
            bbox={
                "facecolor": style.ink(ax, 0.0),
                "edgecolor": "none",
                "alpha": 0.8,
                "pad": 1,
            },
            zorder=5,
        )
    if ends:
        # room above the data
        low, high = ax.get_ylim()
        share = min(0.5, (line * len(ends) + 4) / max(float(height), 1.0))
        ax.set_ylim(low, low + (high - low) / (1 - share))
