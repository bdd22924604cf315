"""The blueprint of a model's pipeline as a diagram: data, what is done to columns, the model."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Letters of a line in a box, lines of a text, and columns that are named.
_WIDTH, _MOST_LINES, _NAMED = 31, 3, 3
#: Width of a box, of the way between two, and of a line's height, in units of the axes.
_BOX, _WAY, _LINE, _GAP = 3.3, 0.75, 0.23, 0.25


def blueprint(
    steps: Sequence[Any],
    ax: Axes | None = None,
    *,
    target: str = "",
    title: str | None = None,
) -> Figure:
    """Draw a pipeline from left to right: what is done to each kind of column, then the model.

    ``ax``, ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    steps
        mappings, or objects with attributes: ``step``, ``kind``, ``columns``, ``text``; the last
        is the model, those before it are done beside each other. A leaderboard's model has them
        in ``blueprint``.
    target
        the name of what is predicted.

    """
    known = [_Step.of(step) for step in steps]
    if not known:
        ax = style.opened(ax, "", "", title, size=(5.6, 2.2), grid="")
        return style.empty(ax, "Blueprint", "the pipeline is not known")
    *beside, model = known
    heights = [step.height for step in beside] or [model.height]
    total = max(sum(heights) + _GAP * (len(heights) - 1), model.height)
    columns = sum(len(step.columns) for step in beside)
    ends = [f"{columns} columns" if columns != 1 else "1 column"] if columns else ["all columns"]
    stages = 3 if beside else 2
    width = 1.7 + _WAY + (stages - 1) * (_BOX + _WAY) + (1.7 if target else -_WAY)
    ax = style.new_axes(ax, 0.92 * width, max(1.5, 0.92 * total + 0.5))
    if title:
        ax.set_title(title)
    ax.set_axis_off()
    ax.set_xlim(-0.05, width + 0.05)
    ax.set_ylim(-total / 2 - 0.15, total / 2 + 0.15)
    grey, blue = style.ink(ax, 0.55), style.colours(ax)[0]
    small = (1.7, 2 * _LINE + 0.22)
    _box(ax, 0, 0, *small, [("Data", True), (ends[0], False)], grey)
    right, middle = 1.7, 0.0
    at = right + _WAY
    if beside:
        top = total / 2 - (total - sum(heights) - _GAP * (len(heights) - 1)) / 2
        for step, height in zip(beside, heights, strict=True):
            middle = top - height / 2
            _box(ax, at, middle, _BOX, height, step.lines, grey)
            _arrow(ax, right, 0, at, middle)
            _arrow(ax, at + _BOX, middle, at + _BOX + _WAY, 0)
            top -= height + _GAP
        at += _BOX + _WAY
    else:
        _arrow(ax, right, 0, at, 0)
    _box(ax, at, 0, _BOX, model.height, model.lines, blue, thick=True)
    if target:
        _arrow(ax, at + _BOX, 0, at + _BOX + _WAY, 0)
        end = [("Prediction", True), (style.short(target, 15), False)]
        _box(ax, at + _BOX + _WAY, 0, *small, end, grey)
    told = "; ".join(step.said for step in beside)
    describe(
        ax,
        f"Blueprint: {f'{told}; then ' if told else ''}{model.said}"
        f"{f', which predicts {target}' if target else ''}.",
    )
    return style.figure_of(ax)


class _Step:
    """A step as its box has it."""

    def __init__(self, step: str, columns: Sequence[str], text: str) -> None:
        self.step, self.columns, self.text = step, list(columns), text
        self.lines = [(line, True) for line in wrap(step, _WIDTH - 3)]
        self.lines += [(line, False) for line in _shortened(wrap(text, _WIDTH))]
        if self.columns:
            named = ", ".join(style.short(name, 16) for name in self.columns[:_NAMED])
            more = len(self.columns) - _NAMED
            told = f"{named} and {more} more" if more > 0 else named
            self.lines += [(line, False) for line in _shortened(wrap(told, _WIDTH))]

    @classmethod
    def of(cls, step: Any) -> _Step:
        """A mapping's, or an object's."""
        found = step if isinstance(step, dict) else {k: getattr(step, k, "") for k in _FIELDS}
        return cls(str(found["step"]), found.get("columns") or [], str(found.get("text") or ""))

    @property
    def height(self) -> float:
        """Of its box."""
        return _LINE * len(self.lines) + 0.22

    @property
    def said(self) -> str:
        """It in words."""
        of = f" of {', '.join(self.columns)}" if self.columns else ""
        return f"{self.step}{of}{f' ({self.text})' if self.text else ''}"


_FIELDS = ("step", "columns", "text")


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1][: _WIDTH - 1]}…"]


def _box(
    ax: Axes,
    x: float,
    y: float,
    width: float,
    height: float,
    lines: Sequence[tuple[str, bool]],
    colour: Any,
    *,
    thick: bool = False,
) -> None:
    """A box whose left middle is (x, y), with its lines from the top."""
    from matplotlib.patches import FancyBboxPatch

    ax.add_patch(
        FancyBboxPatch(
            (x, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=style.ink(ax, 0.04),
            edgecolor=colour,
            linewidth=2.0 if thick else 1.1,
            mutation_aspect=1,
        )
    )
    top = y + _LINE * (len(lines) - 1) / 2
    for place, (line, is_head) in enumerate(lines):
        ax.text(
            x + width / 2,
            top - place * _LINE,
            line,
            ha="center",
            va="center",
            fontsize=9.5 if is_head else 8.5,
            fontweight="bold" if is_head else None,
            color=style.ink(ax, 1.0 if is_head else 0.8),
        )


def _arrow(ax: Axes, x0: float, y0: float, x1: float, y1: float) -> None:
    ax.annotate(
        "",
        (x1, y1),
        xytext=(x0, y0),
        arrowprops={
            "arrowstyle": "-|>",
            "color": style.ink(ax, 0.55),
            "linewidth": 1.1,
            "shrinkA": 1,
            "shrinkB": 1,
            "connectionstyle": "arc3,rad=0",
        },
    )
