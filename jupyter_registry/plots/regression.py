"""Regression: predicted against actual, and residuals, of the sampled rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ..domain.kinds import TargetType
from . import style
from .alternative import describe

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ..domain.entities import AccuracyDetails

    Floats = NDArray[np.float64]

_RESIDUAL = "residual, actual − predicted"


def predicted_against_actual(
    details: AccuracyDetails,
    ax: Axes | None = None,
    *,
    unit: str = "",
    title: str | None = None,
) -> Figure:
    """Draw each sampled row's prediction against what really came; right ones on the diagonal.

    ``ax``, ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    details
        what ``Deployment.accuracy_details`` gives of a regression.
    unit
        the target's unit, for the labels: ``minutes``.

    Raises
    ------
    ValueError
        if the target is not a number.

    """
    predicted, actual = _sampled(details)
    ax = style.opened(
        ax, _with(unit, "actual value"), _with(unit, "predicted value"), title, size=(4.8, 4.8)
    )
    if not len(actual):
        return style.empty(ax, "Predicted against actual values")
    _dots(ax, actual, predicted)
    low = float(min(actual.min(), predicted.min()))
    high = float(max(actual.max(), predicted.max()))
    margin = 0.04 * (high - low) or 1.0
    ends = (low - margin, high + margin)
    ax.plot(ends, ends, color=style.ink(ax, 0.6), linestyle=":", label="exactly right")
    ax.set_xlim(*ends)
    ax.set_ylim(*ends)
    ax.set_aspect("equal", adjustable="box")
    _same_ticks(ax)
    style.legend(ax, loc="upper left")
    _say_sample(ax, details, len(actual))
    error = predicted - actual
    describe(
        ax,
        f"Predicted against actual values, {len(actual):,} of {details.n:,} rows: actual from "
        f"{actual.min():.4g} to {actual.max():.4g}, mean {actual.mean():.4g}; predicted mean "
        f"{predicted.mean():.4g}; half of the errors are within {_half(error):.3g}{_end(unit)}.",
    )
    return style.figure_of(ax)


def residuals(
    details: AccuracyDetails,
    ax: Axes | None = None,
    *,
    kind: Literal["histogram", "predicted"] | None = None,
    bins: int | None = None,
    unit: str = "",
    title: str | None = None,
) -> Figure:
    """Draw residuals, actual − predicted, as a histogram and against the predicted value.

    A residual above zero is a prediction that was too low. ``ax`` (for one ``kind``), ``title``
    and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    details
        what ``Deployment.accuracy_details`` gives of a regression.
    kind
        ``histogram`` or ``predicted`` (against the predicted value); by default both, side by
        side, in a new figure.
    bins
        how many bars the histogram has; by default chosen by Freedman and Diaconis' rule, 10
        to 60.
    unit
        the target's unit, for the labels: ``minutes``.

    Raises
    ------
    ValueError
        if the target is not a number, or ``ax`` is given without ``kind``.

    """
    predicted, actual = _sampled(details)
    if ax is not None and kind is None:
        raise ValueError("One axes takes one kind of plot: histogram or predicted.")
    if kind not in (None, "histogram", "predicted"):
        raise ValueError(f"There is no kind {kind!r} of residuals: histogram or predicted.")
    residual = actual - predicted
    if kind is not None:
        ax = style.new_axes(ax)
        if kind == "histogram":
            _histogram(ax, details, residual, bins, unit)
        else:
            _by_predicted(ax, details, predicted, residual, unit)
        if title:
            ax.set_title(title)
        return style.figure_of(ax)
    figure = style.new_figure(9.6, 4.0)
    left, right = figure.subplots(1, 2)
    _histogram(left, details, residual, bins, unit)
    _by_predicted(right, details, predicted, residual, unit)
    if title:
        figure.suptitle(title)
    return figure


def _histogram(
    ax: Axes, details: AccuracyDetails, residual: Floats, bins: int | None, unit: str
) -> None:
    import numpy as np

    style.opened(ax, _with(unit, _RESIDUAL), "rows", grid="y")
    if not len(residual):
        style.empty(ax, "Histogram of residuals")
        return
    if bins is None:
        quarter, three = np.quantile(residual, [0.25, 0.75])
        width = 2 * (three - quarter) / len(residual) ** (1 / 3)
        span = float(residual.max() - residual.min())
        bins = int(np.clip(np.ceil(span / width) if width > 0 else 10, 10, 60))
    colour = style.colours(ax)[0]
    ax.hist(residual, bins=bins, color=colour, alpha=0.8, edgecolor=style.ink(ax, 0.0), lw=0.4)
    ax.axvline(0, color=style.ink(ax, 0.6), linestyle=":")
    mean = float(residual.mean())
    ax.axvline(mean, color=style.colours(ax)[1], label=f"mean {style.number(mean, unit)}")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * 1.12)  # room for the legend
    style.count_axis(ax)
    style.legend(ax, loc="upper right")
    _say_sample(ax, details, len(residual), x=0.02, y=0.98, ha="left", va="top")
    describe(
        ax,
        f"Histogram of residuals, actual minus predicted, {len(residual):,} of {details.n:,} "
        f"rows: mean {mean:.3g}{_end(unit)}, from {residual.min():.3g} to {residual.max():.3g}; "
        f"half are within {_half(residual):.3g} of zero.",
    )


def _by_predicted(
    ax: Axes, details: AccuracyDetails, predicted: Floats, residual: Floats, unit: str
) -> None:
    import numpy as np

    style.opened(ax, _with(unit, "predicted value"), _with(unit, _RESIDUAL))
    if not len(residual):
        style.empty(ax, "Residuals against predicted values")
        return
    _dots(ax, predicted, residual)
    ax.axhline(0, color=style.ink(ax, 0.6), linestyle=":")
    told = ""
    if len(residual) >= 50:
        # medians of ten groups of neighbouring predictions show whether the errors lean
        order = np.argsort(predicted, kind="stable")
        parts = np.array_split(order, 10)
        x = [float(np.median(predicted[part])) for part in parts]
        y = [float(np.median(residual[part])) for part in parts]
        ax.plot(
            x,
            y,
            color=style.colours(ax)[1],
            marker="s",
            markersize=5.5,
            markeredgecolor=style.ink(ax, 0.0),
            linewidth=2,
            zorder=3,
            label="median by tenth of rows",
        )
        top = ax.get_ylim()[1]
        ax.set_ylim(top=top + 0.12 * (top - ax.get_ylim()[0]))
        style.legend(ax, loc="upper right")
        told = f"; the median residual is {y[0]:.3g} at low and {y[-1]:.3g} at high predictions"
    _say_sample(ax, details, len(residual), x=0.02, y=0.98, ha="left", va="top")
    describe(
        ax,
        f"Residuals against predicted values from {predicted.min():.4g} to "
        f"{predicted.max():.4g}{told}.",
    )


def _sampled(details: AccuracyDetails) -> tuple[Floats, Floats]:
    """Predicted and actual values, shape (n,) each."""
    import numpy as np

    if details.target_type is not TargetType.REGRESSION:
        raise ValueError(f"This plot is of a number, not of a {details.target_type} target.")
    rows = details.sample or []
    predicted = np.array([row.predicted for row in rows], np.float64)
    return predicted, np.array([row.actual for row in rows], np.float64)


def _dots(ax: Axes, x: Floats, y: Floats) -> None:
    # the more dots, the smaller and the lighter
    many = min(1.0, len(x) / 2_000)
    ax.scatter(
        x,
        y,
        s=26 - 14 * many,
        alpha=0.75 - 0.4 * many,
        color=style.colours(ax)[0],
        linewidths=0,
        rasterized=len(x) > 500,
    )


def _same_ticks(ax: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=6))


def _say_sample(ax: Axes, details: AccuracyDetails, shown: int, **place: Any) -> None:
    """How many rows are drawn, of how many."""
    rows = f"{shown:,} rows" if shown >= details.n else f"{shown:,} of {details.n:,} rows"
    options: dict[str, Any] = {
        "fontsize": "small",
        "x": 0.98,
        "y": 0.02,
        "ha": "right",
        "va": "bottom",
    } | place
    style.note(ax, rows, **options)


def _with(unit: str, text: str) -> str:
    return f"{text} ({unit})" if unit else text


def _end(unit: str) -> str:
    return f" {unit}" if unit else ""


def _half(error: Floats) -> float:
    import numpy as np

    return float(np.median(np.abs(error)))
