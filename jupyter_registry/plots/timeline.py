"""Which package was in service from when to when, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.entities import ServicePeriod

    History = Sequence[ServicePeriod]


def deployment_timeline(
    history: History | Mapping[str, History],
    ax: Axes | None = None,
    *,
    until: datetime | None = None,
    title: str | None = None,
) -> Figure:
    """Draw the periods of service as bars, a row per package, the newest at the top.

    A bar carries the reason for which its package came; the champion's is filled, and ends
    with an arrow, for it is still in service. ``ax``, ``title`` and the figure are as in all of
    `jupyter_registry.plots`.

    Parameters
    ----------
    history
        what ``Deployment.history`` gives (or ``Accuracy.history``), or several of them by the
        deployment's name to show.
    until
        where the champion's bar ends; now, unless given.

    """
    named = dict(history) if isinstance(history, Mapping) else {"": history}
    until = until or datetime.now(UTC)
    rows = [
        (name, package, [period for period in periods if period.package == package])
        for name, periods in named.items()
        for package in _packages(periods)
    ]
    size = (9.0, 1.3 + 0.45 * max(len(rows), 2))
    ax = style.opened(ax, "", "", title, size=size, grid="x")
    if not rows:
        ax.spines[:].set_visible(False)
        return style.empty(ax, "Deployment timeline", "nothing was in service yet")
    starts = [period.start for _, _, periods in rows for period in periods]
    first, last = min(starts), max([until, *starts])
    span = max(last - first, timedelta(minutes=1))
    ax.set_xlim(first - 0.01 * span, last + 0.03 * span)  # type: ignore[arg-type]
    palette = style.colours(ax)
    order = list(named)
    for place, (name, _, periods) in enumerate(rows):
        colour = palette[order.index(name) % len(palette)]
        for period in periods:
            _bar(ax, len(rows) - 1 - place, period, max(until, period.start), span, colour)
    ax.set_yticks(
        range(len(rows)),
        [
            f"{style.short(name)}: {package}" if name else package
            for name, package, _ in reversed(rows)
        ],
    )
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    style.time_axis(ax, "time in service (UTC)")
    describe(ax, _told(named))
    return style.figure_of(ax)


def _packages(periods: History) -> list[str]:
    """The packages, the one that came last first."""
    newest = sorted(periods, key=lambda period: period.start, reverse=True)
    return list(dict.fromkeys(period.package for period in newest))


def _bar(
    ax: Axes,
    row: int,
    period: ServicePeriod,
    until: datetime,
    span: timedelta,
    colour: str,
) -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.dates import date2num

    end = period.end or until
    width = max(end - period.start, 0.004 * span)  # that it is seen
    serving = period.end is None
    ax.barh(
        row,
        width,  # type: ignore[arg-type]
        left=period.start,  # type: ignore[arg-type]
        height=0.62,
        facecolor=to_rgba(colour, 1.0 if serving else 0.3),
        edgecolor=colour,
        linewidth=1.2,
    )
    if serving:
        ax.plot(
            [date2num(period.start + width)],  # type: ignore[no-untyped-call]
            [row],
            marker=">",
            markersize=9,
            color=colour,
            clip_on=False,
        )
    reason = str(period.reason).replace("_", " ") if period.reason else ""
    if not reason:
        return
    # beside the bar where it does not fit in: a letter is about 0.85 % of the width
    fits = width / span > 0.0085 * len(reason) + 0.01
    low, high = ax.get_xlim()
    place = float(date2num(period.start))  # type: ignore[no-untyped-call]
    at_left = not fits and (place - low) / (high - low) > 0.8
    over = 1.0 if serving and fits else 0.3 if fits else 0.0
    ax.annotate(
        reason,
        (place if fits or at_left else float(date2num(period.start + width)), row),  # type: ignore[no-untyped-call]
        xytext=(5 if fits else -6 if at_left else 12 if serving else 6, 0),
        textcoords="offset points",
        ha="right" if at_left else "left",
        va="center",
        fontsize="small",
        color=style.on(_over(ax, colour, over)),
    )


def _over(ax: Axes, colour: str, share: float) -> list[float]:
    """A share of a colour over the background."""
    from matplotlib.colors import to_rgb

    back = style.ink(ax, 0.0)
    return [share * a + (1 - share) * b for a, b in zip(to_rgb(colour), back, strict=True)]


def _told(named: Mapping[str, History]) -> str:
    parts = []
    for name, periods in named.items():
        for period in sorted(periods, key=lambda one: one.start):
            end = f"to {style.day(period.end)}" if period.end else "until now"
            reason = f", for {str(period.reason).replace('_', ' ')}" if period.reason else ""
            who = f"{name}: " if name else ""
            parts.append(f"{who}{period.package} from {style.day(period.start)} {end}{reason}")
    return f"Deployment timeline. {'; '.join(parts)}."
