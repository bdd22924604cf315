"""Partial dependence: what a model predicts on average, by the value of one column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..domain.errors import nearest
from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Columns drawn beside each other, and in all, unless they are named.
_BESIDE, _MOST = 3, 6
_LONGEST = 14


def partial_dependence(
    dependence: Mapping[str, Mapping[str, Any]],
    features: Sequence[str] | str | None = None,
    ax: Axes | None = None,
    *,
    class_labels: Sequence[str] = (),
    predicted: str = "mean prediction",
    title: str | None = None,
) -> Figure:
    """Draw the mean prediction against the value that one column is set to, a panel per column.

    J. Friedman, Greedy Function Approximation (2001), section 8.2. Numbers and dates are lines,
    texts and booleans are points, the most frequent first. ``ax`` (for one column), ``title`` and
    the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    dependence
        column → ``values`` and ``mean``, a number or a list of one per class: a leaderboard's
        model has it in ``details["partial_dependence"]``.
    features
        which columns; the first six unless given.
    class_labels
        of several classes, in the order of the lists.
    predicted
        what the mean is of: ``probability of late``, ``mean of delay``.

    Raises
    ------
    ValueError
        if a column is not among them, or ``ax`` is given for several.

    """
    names = [features] if isinstance(features, str) else list(features or list(dependence)[:_MOST])
    for name in names:
        if name not in dependence:
            hint = nearest(name, list(dependence))
            raise ValueError(f"There is no partial dependence on {name!r}. {hint}".strip())
    if ax is not None and len(names) > 1:
        raise ValueError("One axes takes one column: name it in features.")
    if not names:
        ax = style.opened(ax, "value", predicted, title, size=(5.6, 3.4))
        return style.empty(ax, "Partial dependence", "it was not measured")
    if ax is not None or len(names) == 1:
        ax = style.opened(ax, names[0], predicted, title, size=(5.6, 3.6))
        _draw(ax, names[0], dependence[names[0]], class_labels, predicted)
        style.legend(ax)
        return style.figure_of(ax)
    beside = min(_BESIDE, len(names))
    rows = -(-len(names) // beside)
    figure = style.new_figure(3.2 * beside, 2.7 * rows + 0.2)
    panels = figure.subplots(rows, beside, squeeze=False, sharey=True).ravel()
    for place, panel in enumerate(panels):
        if place >= len(names):
            panel.set_visible(False)
            panel.set_label("")
            continue
        name = names[place]
        style.opened(panel, style.short(name, 28), predicted if place % beside == 0 else "")
        _draw(panel, name, dependence[name], class_labels, predicted)
    style.legend(panels[0])
    if title:
        figure.suptitle(title)
    return figure


def _draw(
    ax: Axes, name: str, found: Mapping[str, Any], class_labels: Sequence[str], predicted: str
) -> None:
    values = list(found["values"])
    if not values:
        style.empty(ax, f"Partial dependence on {name}", "the column is empty")
        return
    lines = _lines(list(found["mean"]), class_labels)
    places, is_number = _places(ax, values)
    for (label, means), colour, marker, dashes in style.styled(ax, lines):
        ax.plot(
            places,
            means,
            color=colour,
            marker=marker,
            markersize=4.5 if is_number else 6.5,
            linestyle=dashes if is_number else "none",
            label=label or "_nolegend_",
        )
    told = "; ".join(
        f"{f'{label} ' if label else ''}from {min(means):.3g} at "
        f"{_said(values[means.index(min(means))])} to {max(means):.3g} at "
        f"{_said(values[means.index(max(means))])}"
        for label, means in lines.items()
    )
    describe(ax, f"Partial dependence of {predicted} on {name}: {told}.")


def _lines(means: list[Any], class_labels: Sequence[str]) -> dict[str, list[float]]:
    """The means by the name of the line: one, or one per class."""
    if not isinstance(means[0], Sequence):
        return {"": [float(mean) for mean in means]}
    if len(means[0]) == 1:
        return {"": [float(mean[0]) for mean in means]}
    labels = [str(label) for label in class_labels] or [f"class {i}" for i in range(len(means[0]))]
    return {
        style.short(label): [float(mean[place]) for mean in means]
        for place, label in enumerate(labels)
    }


def _places(ax: Axes, values: list[Any]) -> tuple[list[Any], bool]:
    """Where the values stand on the x axis, and whether they are on a scale."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(nbins=5))
        return values, True
    moments = [_moment(value) for value in values]
    if all(moment is not None for moment in moments):
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator(minticks=2, maxticks=5)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        return moments, True
    places = list(range(len(values)))
    ax.set_xticks(places, [style.short(_said(value), _LONGEST) for value in values])
    if sum(min(_LONGEST, len(_said(value))) for value in values) > 24:
        for text in ax.get_xticklabels():
            text.set(rotation=40, ha="right", rotation_mode="anchor", fontsize="small")
    ax.set_xlim(-0.5, len(values) - 0.5)
    return places, False


def _moment(value: Any) -> datetime | None:
    """A date of ISO 8601 with a time; other texts are texts."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or len(value) < 10 or not value[:4].isdigit():
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    moment = _moment(value)
    return style.day(moment) if moment is not None else str(value)
