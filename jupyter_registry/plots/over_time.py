"""What was predicted and what happened, over time: means of numbers, shares of classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from . import buckets as by_time
from . import style
from .alternative import describe
from .marks import draw_marks, replacement_marks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.entities import Accuracy

#: Panels drawn of a multiclass target unless classes are named: those that happen most.
_MOST_PANELS = 4


@dataclass(frozen=True)
class _Panel:
    """One pair of lines: what the axis says, and per bucket predicted and actual, or nan.

    Of anomalies each panel has one line: scores and shares have no axis in common.
    """

    label: str
    predicted: list[float] | None
    actual: list[float] | None
    is_share: bool


def predicted_vs_actual(
    accuracy: Accuracy,
    ax: Axes | None = None,
    *,
    classes: str | Sequence[str] | None = None,
    replacements: Mapping[datetime, str] | None = None,
    unit: str = "",
    title: str | None = None,
) -> Figure:
    """Draw what was predicted and what happened over time, with the sample sizes as bars.

    Of numbers, the mean predicted and the mean actual value. Of two classes, the mean
    predicted probability of the positive class (the share predicted as it, where there are no
    probabilities) and its actual share. Of more classes, the share predicted as each and its
    actual share, one panel each. Of anomalies, the mean score in one panel and the share of
    anomalies among the actuals in another. Predicted is of all predictions, actual of those
    whose actual has come: where many still wait, they can differ for that alone. ``ax`` (for one
    panel), ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    accuracy
        what ``Deployment.accuracy`` gives.
    classes
        the class labels to draw, one panel each; by default the positive one, or up to four
        that happen most.
    replacements
        time → text of the vertical marks; by default ``Accuracy.replacements``.
    unit
        a number's unit, for the label: ``minutes``.

    Raises
    ------
    ValueError
        if a class is unknown, or ``ax`` is given several classes or anomalies.

    """
    panels = _panels(accuracy, classes, unit)
    if not accuracy.buckets:
        ax = style.opened(ax, "", panels[0].label, title, size=(9.0, 3.9), grid="")
        return style.empty(ax, "Predicted and actual over time", "no predictions in this time")
    marks = replacement_marks({"": accuracy}) if replacements is None else dict(replacements)
    if ax is not None:
        if len(panels) != 1:
            advice = "leave ax out" if _is_anomaly(accuracy) else "name a class by classes="
            raise ValueError(f"One axes takes one panel, not {len(panels)}: {advice}.")
        _draw(ax, accuracy, panels[0], legend=False)
        draw_marks(ax, marks, labelled=True)
        style.time_axis(ax)
        style.legend_above(ax, title)
        return style.figure_of(ax)
    figure, rows = style.panels(9.0, 2.0 + 1.9 * len(panels), [3] * len(panels) + [1.3], title)
    for position, (row, panel) in enumerate(zip(rows[:-1], panels, strict=True)):
        _draw(row, accuracy, panel, legend=position == 0)
        draw_marks(row, marks, labelled=position == 0)
    _draw_sizes(rows[-1], accuracy)
    draw_marks(rows[-1], marks, labelled=False)
    style.time_axis(rows[-1])
    figure.align_ylabels()
    return figure


def _panels(accuracy: Accuracy, classes: str | Sequence[str] | None, unit: str) -> list[_Panel]:
    labels = accuracy.class_labels
    named = [classes] if isinstance(classes, str) else list(classes or ())
    unknown = [label for label in named if label not in labels]
    if unknown:
        raise ValueError(
            f"No such class in the result: {', '.join(unknown)}. "
            f"There is {', '.join(labels) or 'none: the target is a number'}."
        )
    if not labels:
        predicted = [by_time.or_gap(bucket.mean_predicted) for bucket in accuracy.buckets]
        actual = [by_time.or_gap(bucket.mean_actual) for bucket in accuracy.buckets]
        if _is_anomaly(accuracy):
            return [
                _Panel("mean score", predicted, None, is_share=False),
                _Panel("share of\nanomalies", None, actual, is_share=True),
            ]
        label = f"mean value\n({unit})" if unit else "mean value"
        return [_Panel(label, predicted, actual, is_share=False)]
    if len(labels) == 2 and not named:
        return [_positive(accuracy)]
    return [_class(accuracy, label) for label in named or _most_frequent(accuracy)]


def _is_anomaly(accuracy: Accuracy) -> bool:
    return accuracy.target_type == "anomaly"


def _positive(accuracy: Accuracy) -> _Panel:
    """The positive class of two: its label is the one whose share is the mean of the actuals."""
    positive = accuracy.class_labels[-1]
    for bucket in accuracy.buckets:
        shares = bucket.actual_shares or {}
        fitting = [label for label, share in shares.items() if share == bucket.mean_actual]
        if len(fitting) == 1:
            positive = fitting[0]
            break
    panel = _class(accuracy, positive)
    if any(bucket.mean_predicted is not None for bucket in accuracy.buckets):
        predicted = [by_time.or_gap(bucket.mean_predicted) for bucket in accuracy.buckets]
        return _Panel(
            f"probability and\nshare of “{style.short(positive)}”", predicted, panel.actual, True
        )
    return panel


def _class(accuracy: Accuracy, label: str) -> _Panel:
    return _Panel(
        f"share of\n“{style.short(label)}”",
        [by_time.or_gap((bucket.predicted_shares or {}).get(label)) for bucket in accuracy.buckets],
        [by_time.or_gap((bucket.actual_shares or {}).get(label)) for bucket in accuracy.buckets],
        is_share=True,
    )


def _most_frequent(accuracy: Accuracy) -> list[str]:
    def rows(label: str) -> float:
        return sum(
            bucket.n * (bucket.actual_shares or {}).get(label, 0.0)
            + 1e-6 * bucket.n_predicted * (bucket.predicted_shares or {}).get(label, 0.0)
            for bucket in accuracy.buckets
        )

    return sorted(accuracy.class_labels, key=rows, reverse=True)[:_MOST_PANELS]


def _draw(ax: Axes, accuracy: Accuracy, panel: _Panel, *, legend: bool = True) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    palette = style.colours(ax)
    form = ".1%" if panel.is_share else ".4g"
    told = []
    for name, values, at in (("predicted", panel.predicted, 0), ("actual", panel.actual, 1)):
        if values is None:
            continue
        if any(value == value for value in values):
            by_time.line(
                ax,
                accuracy.buckets,
                values,
                style.MARKERS[at],
                color=palette[at],
                linestyle=style.DASHES[at],
                label=name,
            )
        told.append(by_time.told(name, values, form))
    style.tidy(ax, grid="y")
    ax.set_ylabel(panel.label)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5))
    if panel.is_share:
        ax.yaxis.set_major_formatter(FuncFormatter(style.percent))
        low, high = ax.get_ylim()
        ax.set_ylim(max(low, -0.02), min(high, 1.02))
    what = panel.label.replace("\n", " ")
    if panel.predicted is not None and not any(value == value for value in panel.predicted):
        style.nothing(ax, "no predictions yet")
        describe(ax, f"Predicted and actual over time, {what}: no predictions yet.")
        return
    if panel.actual is not None and not any(value == value for value in panel.actual):
        style.note(ax, style.NO_ACTUALS, x=0.99, y=0.04, ha="right", va="bottom")
    if legend:
        style.legend_above(ax)
    describe(
        ax,
        f"Predicted and actual over time, {what}, "
        f"{by_time.span(accuracy.buckets, accuracy.bucket)}: {'; '.join(told)}.",
    )


def _draw_sizes(ax: Axes, accuracy: Accuracy) -> None:
    """Bars of the rows predicted, filled as far as their actual has come."""
    for heights, strength, label in (
        ([bucket.n_predicted for bucket in accuracy.buckets], 0.25, "predicted"),
        ([bucket.n for bucket in accuracy.buckets], 0.65, "with actual"),
    ):
        by_time.bars(ax, accuracy.buckets, heights, label, color=style.ink(ax, strength))
    ax.set_ylabel("rows")
    ax.set_ylim(bottom=0)
    style.count_axis(ax)
    style.tidy(ax, grid="")
    style.legend_above(ax)
    total = sum(bucket.n_predicted for bucket in accuracy.buckets)
    matched = sum(bucket.n for bucket in accuracy.buckets)
    describe(ax, f"{total:,} rows were predicted, {matched:,} have their actual.")
