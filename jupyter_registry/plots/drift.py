"""Drift: how far features moved, against how important they are, and over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain import psi
from ..domain.errors import nearest
from ..domain.kinds import Status
from . import buckets as by_time
from . import style
from .alternative import describe
from .labels import name_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.monitoring import Drift

PSI = "population stability index (PSI)"
#: Features drawn over time unless they are named: the most important of them.
_MOST_FEATURES = 4
#: Where what has no importance stands: features of which it is unknown, and the predictions.
_UNKNOWN, _PREDICTIONS = -0.16, 1.16
#: Half the width of the strip of features without importance.
_HALF = 0.07
#: Up to this index the axis is linear whatever is drawn; beyond it, a larger one makes it log.
_LINEAR = 1.0
_ORDER = (Status.FAILING, Status.WARNING, Status.PASSING, Status.UNKNOWN)


@dataclass(frozen=True)
class _Point:
    """A column in the plot of drift against importance."""

    name: str
    x: float
    y: float
    status: Status
    decides: bool


def drift_importance(
    drift: Drift,
    ax: Axes | None = None,
    *,
    most_named: int = 8,
    title: str | None = None,
) -> Figure:
    """Draw each feature's PSI against its importance: what alarms is at the top right.

    The thresholds are those of `domain.psi`. Points that alarm are named; those of too little
    importance to alarm stand, pale, in the shaded part. Features whose importance is unknown
    have a strip of their own at the left (where none is known, the whole width, ordered by
    PSI), what was predicted has one at the right. Features without rows are counted only.
    ``ax``, ``title`` and the figure are as in all of `jupyter_registry.plots`.

    Parameters
    ----------
    drift
        what ``Deployment.drift`` gives.
    most_named
        how many points are named at the most; the others that alarm are counted.

    """
    ax = style.opened(
        ax, "importance (1 is the most important feature)", PSI, title, size=(7.2, 4.6), grid="y"
    )
    points, what = _points(drift), "Drift of features against their importance"
    if not points:
        return style.empty(ax, what, drift.reason or "nothing was predicted yet")
    has_importance = any(feature.importance is not None for feature in drift.features)
    _scale_psi(ax, max(point.y for point in points))
    _divide(ax, drift, has_importance)
    low, high = ax.get_xlim()
    right = _PREDICTIONS - _HALF if points[-1].x == _PREDICTIONS else high
    _thresholds(ax, at=(right - low) / (high - low))
    for status in _ORDER:
        _dots(ax, [point for point in points if point.status is status], status)
    style.legend_above(ax)
    alarms = [
        point
        for status in (Status.FAILING, Status.WARNING)
        for point in sorted(points, key=lambda one: -one.y)
        if point.status is status and point.decides and point.x != _PREDICTIONS
    ]
    name_points(
        ax,
        [(point.x, point.y, style.short(point.name)) for point in alarms[:most_named]],
        [(point.x, point.y) for point in points],
    )
    silent = sum(feature.psi is None for feature in drift.features)
    notes = []
    if len(alarms) > most_named:
        notes.append(f"{len(alarms) - most_named} more alarm")
    if silent:
        notes.append(f"{silent} without rows: not drawn")
    if notes:
        ax.set_xlabel(f"{ax.get_xlabel()}\n{'; '.join(notes)}")
    describe(ax, _told(what, drift, points, alarms, silent))
    return style.figure_of(ax)


def _points(drift: Drift) -> list[_Point]:
    """The columns that have an index, each at its place."""
    decides = {feature.name for feature in psi.deciding(drift.features)}
    drawn = [feature for feature in drift.features if feature.psi is not None]
    unknown = sorted(
        (feature for feature in drawn if feature.importance is None),
        key=lambda feature: -(feature.psi or 0.0),
    )
    is_all = all(feature.importance is None for feature in drift.features)
    points = []
    for feature in drawn:
        x = feature.importance
        if x is None:
            share = (unknown.index(feature) + 0.5) / len(unknown)
            x = share if is_all else _UNKNOWN + _HALF * (1.6 * share - 0.8)
        points.append(
            _Point(feature.name, x, feature.psi or 0.0, feature.status, feature.name in decides)
        )
    target = drift.target
    if target is not None and target.psi is not None:
        points.append(_Point("the predictions", _PREDICTIONS, target.psi, target.status, True))
    return points


def _divide(ax: Axes, drift: Drift, has_importance: bool) -> None:
    """The strips and what they are, the part that does not alarm, the limits."""
    some_unknown = any(feature.importance is None for feature in drift.features)
    left = _UNKNOWN - _HALF if some_unknown and has_importance else -0.03
    has_target = drift.target is not None and drift.target.psi is not None
    ax.set_xlim(left, _PREDICTIONS + _HALF if has_target else 1.03)
    ticks = {0.0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1"} if has_importance else {}
    if some_unknown and has_importance:
        ticks[_UNKNOWN] = "not\nknown"
        ax.axvline(_UNKNOWN + _HALF, color=style.ink(ax, 0.3), linewidth=0.8)
    if has_target:
        ticks[_PREDICTIONS] = "what was\npredicted"
        ax.axvline(_PREDICTIONS - _HALF, color=style.ink(ax, 0.3), linewidth=0.8)
    ax.set_xticks(list(ticks), list(ticks.values()))
    if not has_importance:
        ax.set_xlabel("features by PSI (the package does not say how important they are)")
        return
    least = psi.least_importance(drift.features)
    ax.axvspan(-0.03, least, facecolor=style.ink(ax, 0.07), zorder=0)
    ax.text(
        least / 2,
        0.5,
        "too little to alarm",
        transform=ax.get_xaxis_transform(),
        rotation=90,
        ha="center",
        va="center",
        fontsize="x-small",
        color=style.ink(ax, 0.65),
    )


def _dots(ax: Axes, points: Sequence[_Point], status: Status) -> None:
    """The points of a status: told apart by form and filling, not by colour alone."""
    blue, red = style.colours(ax)[:2]
    looks: dict[Status, dict[str, Any]] = {
        Status.FAILING: {"marker": "D", "color": red, "markersize": 7},
        Status.WARNING: {
            "marker": "^", "color": red, "markersize": 8, "markerfacecolor": style.ink(ax, 0.0),
            "markeredgewidth": 1.6,
        },
        Status.PASSING: {"marker": "o", "color": blue, "markersize": 6},
        Status.UNKNOWN: {
            "marker": "o", "color": style.ink(ax, 0.5), "markersize": 6,
            "markerfacecolor": "none",
        },
    }  # fmt: skip
    labels = {Status.UNKNOWN: f"fewer than {psi.LEAST_ROWS} rows"}
    label: str | None = labels.get(status, str(status))
    for decides in (True, False):
        shown = [point for point in points if point.decides is decides]
        if not shown:
            continue
        ax.plot(
            [point.x for point in shown],
            [point.y for point in shown],
            linestyle="none",
            alpha=1.0 if decides else 0.5,
            label=label,
            zorder=3,
            clip_on=False,
            **looks[status],
        )
        label = None


def _scale_psi(ax: Axes, highest: float) -> None:
    """The axis of the index: both thresholds are on it; logarithmic above when it is far away."""
    if highest <= _LINEAR:
        ax.set_ylim(0, max(1.12 * highest, 1.3 * psi.FAILING))
        return
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ax.set_yscale("symlog", linthresh=psi.FAILING, linscale=1.2)
    ax.set_ylim(0, 1.6 * highest)
    ticks = [0, psi.WARNING, psi.FAILING, 0.5, 1, 2, 5, 10, 20]
    ax.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if tick <= 1.6 * highest]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _thresholds(ax: Axes, *, at: float) -> None:
    for value, status in ((psi.WARNING, Status.WARNING), (psi.FAILING, Status.FAILING)):
        style.threshold(ax, value, f"{status} from {value:g}", at=at)


def _told(
    what: str, drift: Drift, points: Sequence[_Point], alarms: Sequence[_Point], silent: int
) -> str:
    features = [point for point in points if point.x != _PREDICTIONS]
    counted = [
        f"{n} {status}" for status in _ORDER if (n := sum(p.status is status for p in features))
    ]
    text = f"{what}, {drift.n:,} rows: of {len(features)} features {', '.join(counted) or 'none'}"
    if alarms:
        text += f"; alarming: {', '.join(f'{p.name} (PSI {p.y:.3f})' for p in alarms)}"
    target = next((point for point in points if point.x == _PREDICTIONS), None)
    if target is not None:
        text += f"; the predictions are {target.status} (PSI {target.y:.3f})"
    unknown = sum(feature.importance is None for feature in drift.features)
    text += f"; the importance of {unknown} is not known" if unknown else ""
    text += f"; {silent} without rows are not drawn" if silent else ""
    return f"{text}. Thresholds: {psi.WARNING:g} and {psi.FAILING:g}."


# --- over time ------------------------------------------------------------------------------


def drift_over_time(
    drift: Drift,
    features: str | Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    title: str | None = None,
) -> Figure:
    """Draw the PSI of what was predicted and of some features over time, with the thresholds.

    Buckets without rows are gaps; a hollow marker is of fewer rows than are needed to tell.
    A new figure has the rows of each bucket below. ``ax``, ``title`` and the figure are as in all
    of `jupyter_registry.plots`.

    Parameters
    ----------
    drift
        what ``Deployment.drift`` gives.
    features
        names of features; by default up to four, the most important.

    Raises
    ------
    ValueError
        if there is no such feature.

    """
    names = _chosen(drift, features)
    if ax is not None:
        _draw_over_time(ax, drift, names, title)
        return style.figure_of(ax)
    if not drift.buckets:
        return drift_over_time(drift, names, style.new_axes(None, 9.0, 3.6), title=title)
    figure, (above, below) = style.panels(9.0, 4.6, [3, 1], title)
    _draw_over_time(above, drift, names)
    above.set_xlabel("")
    style.tidy(below, grid="")
    below.set_ylabel("rows")
    counts = [bucket.n for bucket in drift.buckets]
    by_time.bars(below, drift.buckets, counts, "rows", color=style.ink(below, 0.5))
    style.count_axis(below)
    style.time_axis(below)
    describe(below, f"{sum(counts):,} rows were predicted.")
    figure.align_ylabels()
    return figure


def _chosen(drift: Drift, features: str | Sequence[str] | None) -> list[str]:
    known = [feature.name for feature in drift.features]
    if features is None:
        return known[:_MOST_FEATURES]
    chosen = [features] if isinstance(features, str) else list(features)
    for name in chosen:
        if known and name not in known:
            raise unknown_feature(name, known)
    return chosen


def unknown_feature(name: str, known: Sequence[str]) -> ValueError:
    """What to raise for a feature that the result does not have."""
    hint = nearest(name, known)
    return ValueError(
        f"No such feature in the result: {name!r}. {hint}{' ' if hint else ''}"
        f"There is {', '.join(known)}."
    )


def _draw_over_time(ax: Axes, drift: Drift, names: Sequence[str], title: str | None = None) -> None:
    what = "Drift over time"
    style.opened(ax, "", PSI.replace(" (", "\n("), title, grid="y")
    series = {name: [bucket.features.get(name) for bucket in drift.buckets] for name in names}
    if drift.target is not None or any(bucket.target is not None for bucket in drift.buckets):
        series = {"": [bucket.target for bucket in drift.buckets], **series}
    values = {name: [by_time.or_gap(one) for one in found] for name, found in series.items()}
    known = [one for found in values.values() for one in found if one == one]
    if not known:
        style.empty(ax, what, drift.reason or "nothing was predicted yet")
        return
    _scale_psi(ax, max(known))
    _thresholds(ax, at=0)
    predicted = values.pop("", None)
    lines = list(style.styled(ax, values))
    if predicted is not None:
        looks = (("the predictions", predicted), style.ink(ax, 0.9), "*", "solid")
        lines.insert(0, looks)
    for (name, found), colour, marker, dashes in lines:
        by_time.line(
            ax,
            drift.buckets,
            found,
            marker,
            color=colour,
            linestyle=dashes,
            label=style.short(name),
            markersize=7 if marker == "*" else 4,
        )
        _mark_few(ax, drift, found, marker, colour)
    if any(0 < bucket.n < psi.LEAST_ROWS for bucket in drift.buckets):
        ax.plot(
            [],
            linestyle="none",
            marker="o",
            markersize=5,
            color=style.ink(ax, 0.75),
            markerfacecolor="none",
            label=f"fewer than {psi.LEAST_ROWS} rows",
        )
    style.time_axis(ax)
    style.legend_above(ax, most=6)
    told = [by_time.told(name, found, ".3f") for (name, found), *_ in lines]
    describe(
        ax,
        f"{what}, {PSI}, {by_time.span(drift.buckets, drift.bucket)}: {'; '.join(told)}. "
        f"Thresholds: {psi.WARNING:g} and {psi.FAILING:g}.",
    )


def _mark_few(ax: Axes, drift: Drift, values: Sequence[float], marker: str, colour: Any) -> None:
    """Hollow markers where fewer rows were predicted than are needed to tell."""
    few = [place for place, bucket in enumerate(drift.buckets) if 0 < bucket.n < psi.LEAST_ROWS]
    if few:
        ax.plot(
            [by_time.middle(drift.buckets[place]) for place in few],  # type: ignore[arg-type]
            [values[place] for place in few],
            linestyle="none",
            marker=marker,
            markersize=7 if marker == "*" else 5,
            color=colour,
            markerfacecolor=style.ink(ax, 0.0),
            zorder=2.5,
        )
