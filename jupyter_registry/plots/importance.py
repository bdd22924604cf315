"""Permutation importance: how much worse a model predicts when a column is shuffled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Letters of a column's name beside its bar.
_LONGEST = 32


def permutation_importance(
    importance: Mapping[str, float],
    ax: Axes | None = None,
    *,
    most: int = 15,
    title: str | None = None,
) -> Figure:
    """Draw columns by their importance, the most important at the top.

    ``ax``, ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    importance
        column → how much the loss rises when it is shuffled, the largest 1: a leaderboard's
        model has it in ``details["importance"]``.
    most
        how many are drawn; the others are counted.

    Raises
    ------
    ValueError
        if no column is to be drawn.

    """
    if most < 1:
        raise ValueError(f"At least one column is to be drawn, not most={most}.")
    ranked = sorted(importance.items(), key=lambda item: -item[1])
    shown = ranked[:most]
    left = len(ranked) - len(shown)
    note = f"\n{left} less important columns are not drawn" if left else ""
    ax = style.opened(
        ax,
        f"permutation importance (1 is the most important){note}",
        "",
        title,
        size=(6.4, max(2.2, 1.2 + 0.28 * len(shown))),
        grid="x",
    )
    if not shown:
        return style.empty(ax, "Permutation importance", "it was not measured")
    places = list(range(len(shown) - 1, -1, -1))
    values = [value for _, value in shown]
    ax.barh(places, values, height=0.7, color=style.colours(ax)[0], alpha=0.85)
    ax.set_yticks(places, [style.short(name, _LONGEST) for name, _ in shown])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlim(0, 1.12 * max(1e-9, *values, 1.0))
    ax.set_ylim(-0.6, len(shown) - 0.4)
    for place, value in zip(places, values, strict=True):
        ax.annotate(
            f"{value:.2f}",
            (value, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
            color=style.ink(ax, 0.85),
        )
    told = ", ".join(f"{name} {value:.2f}" for name, value in shown)
    describe(ax, f"Permutation importance, the largest first: {told}.{note.replace(chr(10), ' ')}")
    return style.figure_of(ax)
