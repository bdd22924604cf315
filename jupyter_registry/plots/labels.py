"""Names beside points, where they cover neither each other nor other points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Where a name can stand, in the order of preference: offset in points, how it is aligned.
_PLACES = (
    (7, 0, "left", "center"),
    (-7, 0, "right", "center"),
    (0, 6, "center", "bottom"),
    (0, -6, "center", "top"),
    (6, 7, "left", "bottom"),
    (-6, 7, "right", "bottom"),
    (6, -7, "left", "top"),
    (-6, -7, "right", "top"),
    (7, 14, "left", "bottom"),
    (7, -14, "left", "top"),
)
#: The shares of a text that lie left of, or below, its anchor.
_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0, "bottom": 0.0, "top": 1.0}
#: Half the size of a point, in points.
_DOT = 4.0
_Box = tuple[float, float, float, float]


def name_points(
    ax: Axes, named: Sequence[tuple[float, float, str]], points: Sequence[tuple[float, float]]
) -> None:
    """Write each name beside its point (x, y); the first ones have the first choice.

    Call it when the axes' limits are what they will be. ``points`` are all that are drawn.
    """
    from matplotlib.font_manager import FontProperties

    figure = style.figure_of(ax)
    scale = 72 / figure.dpi
    size = FontProperties(size="small").get_size_in_points()
    frame = ax.get_position()
    inches = figure.get_size_inches()
    left, low = 72 * inches[0] * frame.x0, 72 * inches[1] * frame.y0
    inside = (left, low, left + 72 * inches[0] * frame.width, low + 72 * inches[1] * frame.height)
    placed = [scale * ax.transData.transform(point) for point in points]
    dots: list[_Box] = [(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in placed]
    taken: list[_Box] = []
    for x, y, name in named:
        at = scale * ax.transData.transform((x, y))
        width, height = style.LETTER * size * len(name), 1.2 * size
        costs: list[tuple[float, int, _Box]] = []
        for order, (dx, dy, across, up) in enumerate(_PLACES):
            x0 = at[0] + dx - _BEFORE[across] * width
            y0 = at[1] + dy - (0.5 if up == "center" else _BEFORE[up]) * height
            box = (x0, y0, x0 + width, y0 + height)
            cost = 10.0 * _sticks_out(box, inside) + 3.0 * sum(_meet(box, o) for o in taken)
            cost += sum(_meet(box, dot) for dot in dots)
            costs.append((cost, order, box))
        _, order, box = min(costs)
        taken.append(box)
        dx, dy, across, up = _PLACES[order]
        ax.annotate(
            name,
            (x, y),
            xytext=(dx, dy),
            textcoords="offset points",
            ha=across,
            va=up,
            fontsize="small",
            color=style.ink(ax, 0.9),
            bbox={"facecolor": style.ink(ax, 0.0), "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
            zorder=2.9,  # a point is never hidden by a name
        )


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _sticks_out(box: _Box, frame: _Box) -> bool:
    return box[0] < frame[0] or box[1] < frame[1] or box[2] > frame[2] or box[3] > frame[3]
