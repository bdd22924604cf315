"""The confusion matrix: what happened against what was predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..domain.kinds import TargetType
from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.entities import AccuracyDetails

#: Up to so many classes the cells carry their numbers.
_MOST_NUMBERED = 12
#: Up to so many, every class is named.
_MOST_NAMED = 40


def confusion(
    details: AccuracyDetails,
    ax: Axes | None = None,
    *,
    threshold: float | None = None,
    title: str | None = None,
) -> Figure:
    """Draw counts of actual (rows) by predicted class (columns).

    A cell is as dark as its share of its row: of the rows with that actual. ``ax``, ``title``
    and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    details
        what ``Deployment.accuracy_details`` gives of classes.
    threshold
        for a binary target: predict its positive class from this probability on. Computed from
        the score bins, so the rows of one bin may be on the wrong side, and rows without a
        probability are not counted. Without it: the classes that were really predicted.

    Raises
    ------
    ValueError
        for a regression, or a threshold of what is not binary.

    """
    import numpy as np

    if details.target_type is TargetType.REGRESSION:
        raise ValueError("A regression has no classes to be confused; see residuals.")
    if not details.target_type.is_classification:
        raise ValueError(f"{details.target_type.capitalize()} targets have no classes.")
    k = len(details.class_labels)
    if threshold is None:
        counts = np.array(details.confusion_matrix or np.zeros((k, k)), np.int64)
    else:
        from ..domain.curves import confusion_at

        counts = np.array(confusion_at(details, threshold), np.int64)
    side = min(8.0, max(3.4, 1.8 + 0.65 * k))
    at = "" if threshold is None else f" at threshold {threshold:g}"
    ax = style.opened(
        ax, f"predicted class{at}", "actual class", title, size=(side + 0.5, side), grid=""
    )
    ax.spines[:].set_visible(True)
    if not k:
        return style.empty(ax, "Confusion matrix")
    labels = [style.short(label, 16) for label in details.class_labels]
    total = int(counts.sum())
    ofrow = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shades = style.shades(ax)
    ax.imshow(ofrow, cmap=shades, vmin=0, vmax=1, aspect="equal")
    _name(ax, labels)
    if not total:
        style.nothing(ax)
        describe(ax, f"Confusion matrix of {k} classes: {style.NO_ACTUALS}.")
        return style.figure_of(ax)
    if k <= _MOST_NUMBERED:
        _number(ax, counts, ofrow, shades)
    _lines(ax, k)
    right = int(np.trace(counts))
    told = ", ".join(
        f"{label} {share:.0%} of {n:,}"
        for label, share, n in zip(
            labels[:_MOST_NUMBERED], np.diag(ofrow), counts.sum(axis=1).tolist(), strict=False
        )
    )
    describe(
        ax,
        f"Confusion matrix{at} of {total:,} rows, {right / total:.1%} predicted right. "
        f"Found of each actual class: {told}.",
    )
    return style.figure_of(ax)


def _name(ax: Axes, labels: list[str]) -> None:
    k = len(labels)
    step = 1 if k <= _MOST_NAMED else -(-k // _MOST_NAMED)
    places = list(range(0, k, step))
    shown = [labels[place] for place in places]
    widest = max(map(len, shown), default=0)
    ax.set_xticks(places, shown)
    ax.set_yticks(places, shown)
    if (widest > 6 and k > 2) or k > _MOST_NUMBERED:
        for text in ax.get_xticklabels():
            text.set(rotation=40 if k <= _MOST_NUMBERED else 90)
            if k <= _MOST_NUMBERED:
                text.set(ha="right", rotation_mode="anchor")
    small = "small" if k > 8 else None
    if small:
        ax.tick_params(labelsize=small)
    ax.tick_params(length=0)


def _number(ax: Axes, counts: Any, ofrow: Any, shades: Any) -> None:
    """The count, and below it the share of its row; a large matrix has the count alone."""
    k = len(counts)
    size = {2: "large", 3: "medium", 4: "medium"}.get(k, "small" if k <= 8 else "x-small")
    for row in range(k):
        for column in range(k):
            share, n = float(ofrow[row, column]), int(counts[row, column])
            text = f"{n:,}" if n < 1_000_000 else style.short_count(n)
            if k <= 6:
                text += f"\n{share:.1%}" if 0 < share < 0.1 else f"\n{share:.0%}"
            ax.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                fontsize=size,
                linespacing=1.3,
                color=style.on(shades(share)[:3]),
            )


def _lines(ax: Axes, k: int) -> None:
    """Thin lines of the background's colour between the cells."""
    if k > _MOST_NAMED:
        return
    for edge in range(1, k):
        for draw in (ax.axhline, ax.axvline):
            draw(edge - 0.5, color=style.ink(ax, 0.0), linewidth=1.5)
    ax.spines[:].set_visible(False)
