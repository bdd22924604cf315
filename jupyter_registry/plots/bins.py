"""Drift of one feature, bin by bin: the baseline's shares beside those predicted since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import style
from .alternative import describe
from .drift import unknown_feature

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.monitoring import Drift, FeatureDrift


def feature_bins(
    drift: Drift,
    feature: str | None = None,
    ax: Axes | None = None,
    *,
    title: str | None = None,
) -> Figure:
    """Draw a feature's shares of rows by bin: the baseline's beside those predicted since.

    ``ax``, ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    drift
        what ``Deployment.drift`` gives.
    feature
        a feature's name, or the target's for what was predicted; by default the feature that
        moved most.

    Raises
    ------
    ValueError
        if there is no such feature.

    """
    column = _column(drift, feature)
    n_bins = len(column.bins) if column is not None else 0
    ax = style.opened(
        ax, "", "share of rows", title, size=(min(12.0, max(5.6, 2.0 + 0.55 * n_bins)), 4.2),
        grid="y",
    )  # fmt: skip
    if column is None or not column.bins:
        named = f"of {feature}" if feature else "of features"
        return style.empty(ax, f"Shares by bin {named}", drift.reason or "there is no baseline")
    from matplotlib.ticker import FuncFormatter

    is_predicted = any(one.predicted is not None for one in column.bins)
    width = 0.42 if is_predicted else 0.8
    bars = [("baseline", [one.baseline for one in column.bins], style.ink(ax, 0.45), -1)]
    if is_predicted:
        shares = [one.predicted or 0.0 for one in column.bins]
        bars.append(("predicted", shares, style.colours(ax)[0], 1))
    for label, heights, colour, side in bars:
        places = [place + (side * width / 2 if is_predicted else 0) for place in range(n_bins)]
        ax.bar(places, heights, width=width, color=colour, label=label)
    ax.yaxis.set_major_formatter(FuncFormatter(style.percent))
    ax.set_xlim(-0.7, n_bins - 0.3)
    names = [style.short(one.name, 28) for one in column.bins]
    ax.set_xticks(range(n_bins), names)
    ax.tick_params(axis="x", length=0)
    if max(map(len, names)) * n_bins > 60:
        for text in ax.get_xticklabels():
            text.set(rotation=40, ha="right", rotation_mode="anchor")
    of_predictions = " (predicted)" if column is drift.target else ""
    index = "nothing was predicted yet"
    if column.psi is not None:
        index = f"PSI {column.psi:.3f}, {column.status}, {column.n:,} rows"
    ax.set_xlabel(f"{style.short(column.name, 40)}{of_predictions}: {index}")
    style.legend_above(ax)
    moved = sorted(
        (one for one in column.bins if one.predicted is not None),
        key=lambda one: -abs((one.predicted or 0.0) - one.baseline),
    )[:3]
    told = "; ".join(
        f"{one.name} {one.baseline:.1%} in the baseline, {one.predicted:.1%} since" for one in moved
    )
    describe(
        ax,
        f"Shares of rows of {column.name}{of_predictions} in {n_bins} bins, {index}"
        f"{'. Moved most: ' + told if told else ''}.",
    )
    return style.figure_of(ax)


def _column(drift: Drift, name: str | None) -> FeatureDrift | None:
    columns = [*drift.features, *([drift.target] if drift.target is not None else [])]
    if not columns:
        return None
    if name is None:
        return max(columns, key=lambda c: (c is not drift.target, c.psi or 0.0))
    found = next((column for column in columns if column.name == name), None)
    if found is None:
        raise unknown_feature(name, [column.name for column in columns])
    return found
