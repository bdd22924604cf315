"""How a leaderboard's model does on its validation rows: ROC, lift, confusion, residuals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.entities import AccuracyDetails

    Model = Mapping[str, Any] | Any

_NEVER = datetime.min.replace(tzinfo=UTC)
_NOT_MEASURED = "it was not measured"


def validation_roc(
    model: Model, ax: Axes | None = None, *, positive: str = "", title: str | None = None
) -> Figure:
    """Draw the ROC curve of the validation rows of all folds; `plots.roc` is a deployment's.

    ``ax``, ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    model
        a leaderboard's model, or its ``details``.
    positive
        the positive class.

    """
    found = _details(model).get("roc")
    of = f"“{style.short(positive)}”" if positive else "positives"
    ax = style.opened_shares(
        ax,
        "false positive rate (share of the others)",
        f"true positive rate (share of actual {of})",
        title,
    )
    if not found:
        return style.empty(ax, "ROC curve", _NOT_MEASURED)
    fpr, tpr = found["fpr"], found["tpr"]
    ax.plot(fpr, tpr, color=style.colours(ax)[0], label="validation rows")
    ax.plot([0, 1], [0, 1], color=style.ink(ax, 0.45), linestyle=":", label="at random")
    style.legend(ax, loc="lower right")
    caught = max((y for x, y in zip(fpr, tpr, strict=True) if x <= 0.1), default=0.0)
    describe(
        ax,
        f"ROC curve for {of} on validation rows: with at most 10% false alarms it finds "
        f"{caught:.0%}.",
    )
    return style.figure_of(ax)


def validation_lift(
    model: Model, ax: Axes | None = None, *, positive: str = "", title: str | None = None
) -> Figure:
    """Draw the cumulative gain by decile of the validation rows, with the lift at each.

    The parameters are those of `validation_roc`.
    """
    found = _details(model).get("lift")
    of = f"“{style.short(positive)}”" if positive else "positives"
    ax = style.opened_shares(
        ax, "share of rows, highest score first", f"share of all actual {of} found", title
    )
    if not found:
        return style.empty(ax, "Cumulative gain", _NOT_MEASURED)
    depth, gain = [0.0, *found["depth"]], [0.0, *found["gain"]]
    ax.plot(
        depth, gain, color=style.colours(ax)[0], marker="o", markersize=5, label="by score",
        zorder=3,
    )  # fmt: skip
    ax.plot([0, 1], [0, 1], color=style.ink(ax, 0.45), linestyle=":", label="at random")
    for x, y, lift in list(zip(found["depth"], found["gain"], found["lift"], strict=True))[:-1]:
        ax.annotate(
            f"{lift:.1f}×",
            (x, y),
            xytext=(5, -4),
            textcoords="offset points",
            va="top",
            fontsize="small",
            color=style.ink(ax, 0.85),
        )
    style.legend(ax, loc="lower right")
    describe(
        ax,
        f"Cumulative gain for {of} on validation rows: the first {found['depth'][0]:.0%} of rows "
        f"hold {found['gain'][0]:.0%} of them, a lift of {found['lift'][0]:.1f}.",
    )
    return style.figure_of(ax)


def validation_confusion(
    model: Model, ax: Axes | None = None, *, title: str | None = None
) -> Figure:
    """Draw the confusion matrix of the validation rows, as `plots.confusion` does.

    ``model`` is as in `validation_roc`.
    """
    from .matrix import confusion

    found = _details(model).get("confusion")
    if not found:
        ax = style.opened(ax, "predicted class", "actual class", title, grid="")
        return style.empty(ax, "Confusion matrix", _NOT_MEASURED)
    matrix = found["matrix"]
    return confusion(
        _as_accuracy(
            target_type="multiclass",
            class_labels=found["labels"],
            confusion_matrix=matrix,
            n=sum(map(sum, matrix)),
        ),
        ax,
        title=title,
    )


def validation_residuals(
    model: Model,
    ax: Axes | None = None,
    *,
    kind: Literal["histogram", "predicted"] | None = None,
    unit: str = "",
    title: str | None = None,
) -> Figure:
    """Draw the residuals of the validation rows, as `plots.residuals` does.

    ``model`` is as in `validation_roc`, the others are those of `plots.residuals`.
    """
    from .regression import residuals

    found = _details(model).get("residuals")
    if not found:
        ax = style.opened(ax, "predicted value", "residual", title)
        return style.empty(ax, "Residuals", _NOT_MEASURED)
    pairs = zip(found["predicted"], found["actual"], strict=True)
    sample = [  # rows of training have neither an id nor a time; the plots ask for none
        {"predicted": predicted, "actual": actual, "association_id": str(row), "timestamp": _NEVER}
        for row, (predicted, actual) in enumerate(pairs)
    ]
    details = _as_accuracy(
        target_type="regression", n=sum(found["histogram"]["counts"]), sample=sample
    )
    return residuals(details, ax, kind=kind, unit=unit, title=title)


def _details(model: Model) -> Mapping[str, Any]:
    found = getattr(model, "details", model)
    if not isinstance(found, Mapping):
        raise ValueError(
            f"A leaderboard's model is expected, whole (board.model(1)), or its details, not a "
            f"{type(model).__name__}."
        )
    return found


def _as_accuracy(**fields: Any) -> AccuracyDetails:
    """What a deployment's accuracy would be, of which these plots know how to draw it."""
    from ..domain.entities import AccuracyDetails

    return AccuracyDetails(deployment_id=0, **fields)
