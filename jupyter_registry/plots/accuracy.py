"""Accuracy over time: one panel per metric, the sample sizes as bars below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..domain.metrics import METRICS, Metric
from . import buckets as by_time
from . import style
from .alternative import describe
from .marks import draw_marks, replacement_marks
from .style import COLOURS as COLOURS
from .style import MARKERS as MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.entities import Accuracy

#: What is drawn when no metrics are named: the first three of these that there are.
PREFERRED = ("auc", "log_loss", "accuracy", "macro_f1", "rmse", "mae", "r2")


def accuracy_over_time(
    accuracy: Accuracy | Mapping[str, Accuracy],
    metrics: str | Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    replacements: Mapping[datetime, str] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw metrics over time with their baseline, the replacements and the sample sizes.

    ``ax`` takes one metric; the sample sizes then stand at its foot. It, ``title`` and the
    figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    accuracy
        what ``Deployment.accuracy`` gives, or several of them by the name to show.
    metrics
        names of the metrics, one panel each, top to bottom; by default up to three that tell
        most about the target type.
    replacements
        time → text of the vertical marks; by default ``Accuracy.replacements``.

    Raises
    ------
    ValueError
        if a metric is unknown, or ``ax`` is given several metrics.

    """
    series = dict(accuracy) if isinstance(accuracy, Mapping) else {"": accuracy}
    names = _chosen(series, metrics)
    if not names:
        missing = "no predictions in this time"
        if any(accuracy.buckets for accuracy in series.values()):
            missing = style.NO_ACTUALS
        ax = style.opened(ax, "", "accuracy", title, size=(10.0, 3.6), grid="")
        return style.empty(ax, "Accuracy over time", missing)
    marks = replacement_marks(series) if replacements is None else dict(replacements)
    if ax is not None:
        if len(names) != 1:
            raise ValueError(f"One axes takes one metric, not {len(names)}: {', '.join(names)}.")
        _draw_metric(ax, series, names[0])
        _draw_sizes_at_foot(ax, series)
        draw_marks(ax, marks, labelled=True)
        style.time_axis(ax)
        style.legend_above(ax, title)
        return style.figure_of(ax)
    return _new_figure(series, names, marks, title)


def _new_figure(
    series: Mapping[str, Accuracy],
    names: Sequence[str],
    marks: Mapping[datetime, str],
    title: str | None,
) -> Figure:
    figure, panels = style.panels(10, 2.4 + 1.8 * len(names), [3] * len(names) + [1.5])
    figure.set_dpi(120)
    for position, (panel, name) in enumerate(zip(panels[:-1], names, strict=True)):
        _draw_metric(panel, series, name)
        draw_marks(panel, marks, labelled=position == 0)
    _draw_sizes(panels[-1], series)
    draw_marks(panels[-1], marks, labelled=False)
    style.time_axis(panels[-1])
    for panel in panels[:-1]:
        panel.set_xlabel("")
    handles, labels = panels[0].get_legend_handles_labels()
    if handles:
        figure.legend(
            handles,
            labels,
            loc="outside lower center",
            ncols=2 if len(handles) > 2 else len(handles),
            frameon=False,
        )
    if title:
        figure.suptitle(title, fontweight="bold")
    return figure


def _chosen(series: Mapping[str, Accuracy], metrics: str | Sequence[str] | None) -> list[str]:
    """The metrics to draw, checked against what the results hold; none when they hold none."""
    buckets = [bucket for one in series.values() for bucket in one.buckets]
    present = dict.fromkeys(name for bucket in buckets for name in bucket.metrics)
    if metrics is None:
        return [name for name in PREFERRED if name in present][:3]
    chosen = [metrics] if isinstance(metrics, str) else list(metrics)
    all_names = {metric.name for known in METRICS.values() for metric in known}
    if chosen and not present and all_names.issuperset(chosen):
        return []  # they will be there with the first actual
    unknown = [name for name in chosen if name not in present]
    if unknown or not chosen:
        raise ValueError(
            f"No such metric in the result: {', '.join(unknown) or 'none named'}. "
            f"There is {', '.join(present) or 'none'}."
        )
    return chosen


def _metric(name: str) -> Metric:
    return next(one for metrics in METRICS.values() for one in metrics if one.name == name)


def _draw_metric(ax: Axes, series: Mapping[str, Accuracy], name: str) -> None:
    """One line per result through the middles of its buckets, its baseline dashed."""
    told, is_empty = [], True
    for (label, accuracy), colour, marker in _styled(ax, series):
        values, edges, baselines = [], [], []
        for bucket in accuracy.buckets:
            found = bucket.metrics.get(name)
            values.append(by_time.or_gap(found.value if found is not None and bucket.n else None))
            base = by_time.or_gap(found.baseline if found is not None else None)
            if baselines and base == baselines[-1]:
                edges[-1] = bucket.end  # the same line, longer
            else:
                edges += [bucket.start, bucket.end]
                baselines += [base] * 2
        by_time.line(
            ax,
            accuracy.buckets,
            values,
            marker,
            color=colour,
            linewidth=1.6,
            label=label or "observed",
        )
        told.append(_told(label, accuracy, values, baselines))
        is_empty = is_empty and all(value != value for value in values)
        if any(value == value for value in baselines):
            ax.plot(
                edges,  # type: ignore[arg-type]
                baselines,
                color=colour,
                linestyle=(0, (4, 2)),
                linewidth=1.1,
                alpha=0.75,
                label=f"{label}, baseline" if label else "baseline",
            )
    metric = _metric(name)
    better = "higher" if metric.greater_is_better else "lower"
    ax.set_ylabel(f"{metric.title}\n({better} is better)")
    style.tidy(ax, grid="y")
    if is_empty:
        style.nothing(ax)
    describe(ax, f"{metric.title} ({better} is better) over time: {'; '.join(told)}.")


def _told(
    label: str, accuracy: Accuracy, values: Sequence[float], baselines: Sequence[float]
) -> str:
    """One line of a metric in words."""
    known = [value for value in values if value == value]
    who = f"{label}, " if label else ""
    if not known:
        return f"{who}{style.NO_ACTUALS}"
    text = (
        f"{who}{by_time.span(accuracy.buckets, accuracy.bucket)}, between "
        f"{min(known):.4g} and {max(known):.4g}, last {known[-1]:.4g}"
    )
    base = [value for value in baselines if value == value]
    return text + (f", baseline {base[-1]:.4g}" if base else ", no baseline")


def _draw_sizes(ax: Axes, series: Mapping[str, Accuracy]) -> None:
    """Grouped bars of the rows that each value rests on."""
    for position, ((label, accuracy), colour, _) in enumerate(_styled(ax, series)):
        share = 0.8 / len(series)
        by_time.bars(
            ax,
            accuracy.buckets,
            [bucket.n for bucket in accuracy.buckets],
            label,
            begin=0.1 + position * share,
            share=share,
            color=colour,
            alpha=0.6,
        )
    ax.set_ylabel("rows with\nactual")
    ax.set_ylim(bottom=0)
    style.count_axis(ax)
    style.tidy(ax, grid="")


def _draw_sizes_at_foot(ax: Axes, series: Mapping[str, Accuracy]) -> None:
    """The bars in the lowest fifth of an axes that someone else made."""
    foot = ax.twinx()
    _draw_sizes(foot, series)
    top = foot.get_ylim()[1]
    foot.set_yticks([tick for tick in foot.get_yticks() if 0 <= tick <= top])
    foot.set_ylim(0, 5 * top)
    foot.set_ylabel("rows with actual", loc="bottom")
    foot.spines["right"].set_visible(True)
    ax.set_zorder(foot.get_zorder() + 1)
    ax.patch.set_visible(False)
    low, high = ax.get_ylim()
    ax.set_ylim(low - (high - low) / 4, high)


def _styled(
    ax: Axes, series: Mapping[str, Accuracy]
) -> Iterator[tuple[tuple[str, Accuracy], str, str]]:
    for item, colour, marker, _ in style.styled(ax, series):
        yield item, colour, marker
