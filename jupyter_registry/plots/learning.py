"""The learning curve: what a model scores, by how many rows it was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domain.metrics import METRICS
from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Points = Sequence[Mapping[str, Any]]


def learning_curve(
    points: Points | Mapping[str, Points],
    ax: Axes | None = None,
    *,
    metric: str = "",
    title: str | None = None,
) -> Figure:
    """Draw the validation score against the number of training rows.

    A curve that still rises (falls, where lower is better) at its right end says that more rows
    would help. ``ax``, ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    points
        mappings with ``rows`` and ``score``: a leaderboard's model has them in
        ``details["learning_curve"]``. Or several such by the names to show.
    metric
        the name of what the score is of; those of `domain.metrics` have a title and say which
        way is better.

    """
    series = {
        name: [(int(one["rows"]), float(one["score"])) for one in some if one["score"] is not None]
        for name, some in style.named(points).items()  # type: ignore[arg-type,unused-ignore]
    }
    ax = style.opened(ax, "training rows", _label(metric), title, size=(5.6, 3.8))
    drawn = {name: sorted(some) for name, some in series.items() if some}
    if not drawn:
        return style.empty(ax, "Learning curve", "it was not measured")
    told = []
    for (name, some), colour, marker, dashes in style.styled(ax, drawn):
        rows, scores = zip(*some, strict=True)
        ax.plot(
            rows, scores, color=colour, marker=marker, linestyle=dashes, label=name or "_nolegend_"
        )
        told.append(
            f"{f'{name}: ' if name else ''}{scores[0]:.4g} with {rows[0]:,} rows, "
            f"{scores[-1]:.4g} with {rows[-1]:,}"
        )
    ax.margins(y=0.15)
    ax.set_xlim(left=0)
    _count_rows(ax)
    style.legend(ax, loc="best")
    describe(ax, f"Learning curve of {_label(metric)}: {'; '.join(told)}.")
    return style.figure_of(ax)


def _count_rows(ax: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.short_count(value)))


def _label(metric: str) -> str:
    known = {one.name: one for metrics in METRICS.values() for one in metrics}
    found = known.get(metric)
    if found is None:
        return metric or "validation score"
    return f"{found.title} ({'higher' if found.greater_is_better else 'lower'} is better)"
