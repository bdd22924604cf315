"""Binary targets and anomalies: ROC, precision-recall and cumulative gain, from score bins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..domain.kinds import TargetType
from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain import curves as numbers
    from ..domain.entities import AccuracyDetails

    Details = AccuracyDetails | Mapping[str, AccuracyDetails]

#: Says that a curve needs rows of both classes.
ONE_CLASS = "only one class happened so far"


def roc(
    details: Details,
    ax: Axes | None = None,
    *,
    threshold: float | None = None,
    title: str | None = None,
) -> Figure:
    """Draw the ROC curve: true against false positive rate over all thresholds.

    ``ax``, ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    details
        what ``Deployment.accuracy_details`` gives of a binary target or an anomaly, or several of
        them by the name to show.
    threshold
        where the ring stands, a probability; by default the threshold in force. It is drawn
        for one result only.

    Raises
    ------
    ValueError
        if a target is neither.

    """
    from ..domain import curves as numbers

    series = _counted(details)
    negative, positive = _classes(series)
    ax = style.opened_shares(
        ax,
        f"false positive rate (share of actual {negative})",
        f"true positive rate (share of actual {positive})",
        title,
    )
    told = []
    drawn = {name: one for name, one in series.items() if one[1].has_both}
    for (name, (given, counted)), colour, _, dashes in style.styled(ax, drawn):
        fpr, tpr, _ = numbers.roc(counted)
        auc = numbers.roc_auc(counted)
        ax.plot(fpr, tpr, color=colour, linestyle=dashes, label=_label(name, f"AUC {auc:.3f}"))
        told.append(f"{name or 'the curve'} has AUC {auc:.3f}")
        cut = given.threshold if threshold is None else threshold
        if len(series) == 1 and cut is not None:
            tn, fp, fn, tp = numbers.confusion(counted, cut)
            x, y = fp / (fp + tn), tp / (tp + fn)
            _ring(ax, x, y, colour, f"threshold {cut:g}")
            told.append(f"at threshold {cut:g} it finds {y:.0%} with {x:.0%} false alarms")
    if drawn:
        ax.plot([0, 1], [0, 1], color=style.ink(ax, 0.45), linestyle=":", label="at random")
    return _finished(ax, series, drawn, f"ROC curve for {positive}", told, loc="lower right")


def precision_recall(
    details: Details,
    ax: Axes | None = None,
    *,
    threshold: float | None = None,
    title: str | None = None,
) -> Figure:
    """Draw precision against recall over all thresholds; the parameters are those of `roc`.

    AP is the average precision. The dotted line is the share of positives: the precision of
    predicting at random.
    """
    from ..domain import curves as numbers

    series = _counted(details)
    _, positive = _classes(series)
    ax = style.opened_shares(
        ax,
        f"recall (share of actual {positive} found)",
        f"precision (share of predicted {positive} right)",
        title,
    )
    told = []
    drawn = {name: one for name, one in series.items() if one[1].has_both}
    for (name, (given, counted)), colour, _, dashes in style.styled(ax, drawn):
        precision, recall, _ = numbers.precision_recall(counted)
        average = numbers.average_precision(counted)
        ax.plot(
            recall,
            precision,
            drawstyle="steps-post",
            color=colour,
            linestyle=dashes,
            label=_label(name, f"AP {average:.3f}"),
        )
        told.append(f"{name or 'the curve'} has average precision {average:.3f}")
        cut = given.threshold if threshold is None else threshold
        if len(series) == 1 and cut is not None:
            _, fp, fn, tp = numbers.confusion(counted, cut)
            if tp + fp:
                x, y = tp / (tp + fn), tp / (tp + fp)
                _ring(ax, x, y, colour, f"threshold {cut:g}")
                told.append(f"at threshold {cut:g} precision is {y:.0%} and recall {x:.0%}")
    shares = {
        name: one.n_positive / (one.n_positive + one.n_negative) for name, (_, one) in drawn.items()
    }
    for place, share in enumerate(shares.values()):
        label = f"at random{'' if len(shares) > 1 else f', {share:.1%}'}"
        ax.axhline(
            share,
            color=style.ink(ax, 0.45),
            linestyle=":",
            label=label if place == 0 else None,
        )
    # where most curves have left room
    where = "upper right" if shares and max(shares.values()) < 0.5 else "lower left"
    return _finished(ax, series, drawn, f"Precision-recall for {positive}", told, loc=where)


def lift(details: Details, ax: Axes | None = None, *, title: str | None = None) -> Figure:
    """Draw the cumulative gain by decile: how many positives the highest scores hold.

    With the rows in the order of their score, highest first, each point is the share of all
    positives among the first 10 %, 20 % … of them. The number at a point is its lift: how many
    times more than in as many rows at random. The thin line is the best there could be.

    ``details``, ``ax``, ``title``, the figure and errors are as in `roc`.
    """
    import numpy as np

    from ..domain import curves as numbers

    series = _counted(details)
    _, positive = _classes(series)
    ax = style.opened_shares(
        ax,
        "share of rows, highest score first",
        f"share of all actual {positive} found",
        title,
        size=(5.4, 4.8),
    )
    deciles = np.linspace(0, 1, 11)
    told = []
    drawn = {name: one for name, one in series.items() if one[1].n_positive}
    for (name, (_, counted)), colour, marker, dashes in style.styled(ax, drawn):
        gain = numbers.cumulative_gain(counted, deciles)
        ax.plot(
            deciles,
            gain,
            color=colour,
            marker=marker,
            markersize=5,
            linestyle=dashes,
            label=name or "by score",
            zorder=3,
        )
        told.append(
            f"{name or 'the model'} finds {gain[1]:.0%} of them in the first 10% of rows, "
            f"a lift of {10 * gain[1]:.1f}, and {gain[2]:.0%} in the first 20%"
        )
        if len(series) == 1:
            best = counted.n_positive / (counted.n_positive + counted.n_negative)
            ax.plot(
                [0, best, 1],
                [0, 1, 1],
                color=style.ink(ax, 0.45),
                linewidth=1,
                label="best there could be",
            )
            for depth, found in zip(deciles[1:-1], gain[1:-1], strict=True):
                ax.annotate(
                    f"{found / depth:.1f}×",
                    (depth, found),
                    xytext=(5, -4),
                    textcoords="offset points",
                    va="top",
                    fontsize="small",
                    color=style.ink(ax, 0.85),
                )
    if drawn:
        ax.plot([0, 1], [0, 1], color=style.ink(ax, 0.45), linestyle=":", label="at random")
    return _finished(ax, series, drawn, f"Cumulative gain for {positive}", told, loc="lower right")


def binary(details: AccuracyDetails) -> numbers.Counted:
    """The score bins of a binary target or an anomaly; raises `ValueError` for another."""
    from ..domain import curves as numbers

    if not details.target_type.is_ranked:
        raise ValueError(
            f"This plot is of a binary target, not of {details.target_type.with_article} one."
        )
    return numbers.Counted.of(details.score_bins or [])


_Series = dict[str, "tuple[AccuracyDetails, numbers.Counted]"]


def _counted(details: Details) -> _Series:
    return {name: (one, binary(one)) for name, one in style.named(details).items()}


def _classes(series: _Series) -> tuple[str, str]:
    """The labels of the negative and the positive class, quoted."""
    for given, _ in series.values():
        labels = [label for label in given.class_labels if label != given.positive_class]
        if given.target_type is TargetType.ANOMALY:
            return "usual rows", "anomalies"
        if given.positive_class is not None and labels:
            negative, positive = map(style.short, (labels[0], given.positive_class))
            return f"“{negative}”", f"“{positive}”"
    return "negatives", "positives"


def _label(name: str, value: str) -> str:
    return f"{name}, {value}" if name else value


def _ring(ax: Axes, x: float, y: float, colour: str, label: str) -> None:
    ax.plot(
        [x],
        [y],
        marker="o",
        markersize=9,
        markerfacecolor="none",
        markeredgewidth=2,
        color=colour,
        linestyle="none",
        label=label,
        zorder=4,
    )


def _finished(
    ax: Axes, series: _Series, drawn: _Series, what: str, told: list[str], loc: str
) -> Figure:
    if drawn:
        rows = sum(one.n_positive + one.n_negative for _, one in drawn.values())
        style.legend(ax, loc=loc)
        describe(ax, f"{what}, {rows:,} rows: {'; '.join(told)}.")
    else:
        n = sum(given.n for given, _ in series.values())
        scored = any(len(counted.scores) for _, counted in series.values())
        why = ONE_CLASS if scored else "no probabilities" if n else style.NO_ACTUALS
        style.nothing(ax, why)
        describe(ax, f"{what}: {why}.")
    return style.figure_of(ax)
