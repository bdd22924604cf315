"""Calibration: whether the probabilities that were predicted came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from . import style
from .alternative import describe
from .curves import binary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.curves import CalibrationGroup
    from ..domain.entities import AccuracyDetails


def calibration(
    details: AccuracyDetails | Mapping[str, AccuracyDetails],
    ax: Axes | None = None,
    *,
    groups: int = 10,
    title: str | None = None,
) -> Figure:
    """Draw how often the positive class happened against how likely it was predicted to be.

    Rows of neighbouring scores are grouped, about as many in each; a point is a group at its
    mean score, the bar the 95 % interval of its share by Wilson's formula. On the diagonal,
    what was predicted came true. ``ax``, ``title`` and the figure are as in all of
    `jupyter_registry.plots`.

    Parameters
    ----------
    details
        what ``Deployment.accuracy_details`` gives of a binary target, or several of them by
        the name to show.
    groups
        how many; 10 by default.

    Raises
    ------
    ValueError
        if a target is not binary.

    """
    from ..domain import curves as numbers

    series = {name: (one, binary(one)) for name, one in style.named(details).items()}
    positive = next((one.positive_class for one, _ in series.values() if one.positive_class), None)
    called = f"“{style.short(positive)}”" if positive else "positives"
    ax = style.opened_shares(
        ax,
        f"predicted probability of {called}, mean",
        f"share of actual {called}",
        title,
    )
    told = []
    drawn = {name: one for name, one in series.items() if len(one[1].scores)}
    top = 0.0
    for (name, (_, counted)), colour, marker, dashes in style.styled(ax, drawn):
        found = numbers.calibration(counted, groups)
        x = [one.score for one in found]
        y = [one.share for one in found]
        top = max([top, *x, *(one.high for one in found)])
        ax.errorbar(
            x,
            y,
            yerr=[
                [max(0.0, one.share - one.low) for one in found],
                [max(0.0, one.high - one.share) for one in found],
            ],
            color=colour,
            marker=marker,
            markersize=5,
            linestyle=dashes,
            elinewidth=1.2,
            capsize=2.5,
            label=name or f"{found[0].n:,} rows each" if _even(found) else name or "observed",
        )
        n = sum(one.n for one in found)
        off = sum(one.n * abs(one.share - one.score) for one in found) / n
        told.append(
            f"{name or 'the model'}: predicted and observed shares differ by {off:.1%} on "
            f"average over {len(found)} groups of {n:,} rows"
        )
    if drawn:
        edge = _edge(top)
        _zoom(ax, edge)
        ax.plot(
            [0, edge], [0, edge], color=style.ink(ax, 0.45), linestyle=":", label="as predicted"
        )
        style.legend(ax, loc="upper left")
        describe(ax, f"Calibration for {called}: {'; '.join(told)}.")
    else:
        n = sum(one.n for one, _ in series.values())
        why = "no probabilities" if n else style.NO_ACTUALS
        style.nothing(ax, why)
        describe(ax, f"Calibration for {called}: {why}.")
    return style.figure_of(ax)


def _even(found: Sequence[CalibrationGroup]) -> bool:
    """Whether the groups are of as many rows each."""
    sizes = [one.n for one in found]
    return max(sizes) <= 1.02 * min(sizes) + 1


def _edge(top: float) -> float:
    """Where both axes end: a rare class is seen close up."""
    return next((edge for edge in (0.02, 0.05, 0.1, 0.2, 0.4) if top <= edge), 1.0)


def _zoom(ax: Axes, edge: float) -> None:
    if edge == 1.0:
        return
    from matplotlib.ticker import MultipleLocator, PercentFormatter

    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MultipleLocator(edge / 4 if edge in (0.02, 0.2, 0.4) else edge / 5))
        axis.set_major_formatter(PercentFormatter(1.0, decimals=1 if edge == 0.02 else 0))
    ax.set_xlim(-0.02 * edge, 1.02 * edge)
    ax.set_ylim(-0.02 * edge, 1.02 * edge)
