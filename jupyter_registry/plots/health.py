"""Service health: how much was asked, what failed, and how long the answers took."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from ..domain import health as rules
from ..domain.kinds import Status
from . import buckets as by_time
from . import style
from .alternative import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..domain.monitoring import Health, HealthBucket

Kind = Literal["requests", "rows", "errors", "response"]

#: Up to this share of errors the axis is linear, above it logarithmic: few and many are seen.
_LINEAR = rules.WARNING_SERVER_ERRORS


def service_health(
    health: Health,
    ax: Axes | None = None,
    *,
    kind: Kind | None = None,
    title: str | None = None,
) -> Figure:
    """Draw requests, rows, shares of errors and response times over time, one panel each.

    Errors are the shares of all requests that were refused (status 400 to 499) and that failed
    (500 and more), with the thresholds of `domain.health`. Times, in milliseconds, are those
    that 50, 95 and 99 % of the requests took at most, from arrival to answer. Buckets without
    requests are gaps. ``ax`` (for one ``kind``), ``title`` and the figure are as in all of
    `jupyter_registry.plots`.

    Parameters
    ----------
    health
        what ``Deployment.health`` gives.
    kind
        ``requests``, ``rows``, ``errors`` or ``response``; by default all four, in a new figure.

    Raises
    ------
    ValueError
        if ``ax`` is given without ``kind``, or there is no such kind.

    """
    if kind is not None and kind not in _DRAWN:
        raise ValueError(f"There is no kind {kind!r} of service health: {', '.join(_DRAWN)}.")
    if ax is not None and kind is None:
        raise ValueError(f"One axes takes one kind of plot: {', '.join(_DRAWN)}.")
    if kind is not None:
        ax = style.new_axes(ax, 7.2, 3.4)
        _DRAWN[kind](ax, health)
        if title:
            style.legend_above(ax, title)
        return style.figure_of(ax)
    if not any(bucket.requests for bucket in health.buckets):
        ax = style.opened(None, "", "requests", title, size=(9.0, 3.6))
        return style.empty(ax, "Service health", _nothing(health))
    figure, panels = style.panels(9.0, 7.6, [1, 1, 2, 2.4], title)
    for panel, draw in zip(panels, _DRAWN.values(), strict=True):
        draw(panel, health)
    for panel in panels[:-1]:
        panel.set_xlabel("")
    figure.align_ylabels()
    return figure


def _draw_counts(ax: Axes, health: Health, name: str, strength: float) -> None:
    style.opened(ax, "", name, grid="")
    counts = [getattr(bucket, name) for bucket in health.buckets]
    if not any(counts):
        style.empty(ax, name.capitalize(), _nothing(health) if name == "requests" else "no rows")
        return
    by_time.bars(ax, health.buckets, counts, name, color=style.ink(ax, strength))
    style.count_axis(ax)
    style.time_axis(ax, _TIME)
    describe(
        ax,
        f"{name.capitalize()} {by_time.span(health.buckets, health.bucket)}: {sum(counts):,}, "
        f"at most {max(counts):,} by {health.bucket}.",
    )


def _draw_requests(ax: Axes, health: Health) -> None:
    _draw_counts(ax, health, "requests", 0.65)


def _draw_rows(ax: Axes, health: Health) -> None:
    _draw_counts(ax, health, "rows", 0.35)


def _draw_errors(ax: Axes, health: Health) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    style.opened(ax, "", "share of requests\nwith errors", grid="y")
    if not any(bucket.requests for bucket in health.buckets):
        style.empty(ax, "Errors", _nothing(health))
        return
    refused, failed = style.colours(ax)[:2]
    ax.set_yscale("symlog", linthresh=_LINEAR, linscale=0.8)
    ax.set_ylim(-0.0006, 1.3)
    limits = (
        (rules.FAILING_SERVER_ERRORS, f"failed, {Status.FAILING}", failed),
        (rules.WARNING_SERVER_ERRORS, f"failed, {Status.WARNING}", failed),
        (rules.WARNING_CLIENT_ERRORS, f"refused, {Status.WARNING}", refused),
    )
    for share, text, colour in limits:
        style.threshold(ax, share, f"{text} from {style.percent(share)}", colour, at=0)
    told = []
    for position, (name, attribute, colour) in enumerate(
        (("refused", "client_errors", refused), ("failed", "server_errors", failed))
    ):
        shares = [_share(bucket, attribute) for bucket in health.buckets]
        by_time.line(
            ax,
            health.buckets,
            shares,
            style.MARKERS[position],
            color=colour,
            linestyle=style.DASHES[position],
            label=f"{name} ({_STATUS[attribute]})",
            clip_on=False,
        )
        told.append(by_time.told(name, shares, ".2%"))
    marked = sorted({0.0, _LINEAR, *(share for share, _, _ in limits), 1.0})
    ax.yaxis.set_major_locator(FixedLocator(marked))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(style.percent))
    style.time_axis(ax, _TIME)
    style.legend_above(ax)
    thresholds = "; ".join(f"{text} from {style.percent(share)}" for share, text, _ in limits)
    describe(
        ax,
        f"Shares of requests with errors {by_time.span(health.buckets, health.bucket)}: "
        f"{'; '.join(told)}. Thresholds: {thresholds}.",
    )


def _draw_response(ax: Axes, health: Health) -> None:
    style.opened(ax, "", "response time (ms)", grid="y")
    palette = style.colours(ax)
    times: dict[str, tuple[list[float], dict[str, Any]]] = {
        name: (
            [by_time.or_gap(bucket.response_ms.get(name)) for bucket in health.buckets],
            {"color": palette[at], "marker": style.MARKERS[at], "linestyle": style.DASHES[at]},
        )
        for at, name in enumerate(reversed(rules.QUANTILES))
    }
    median = next(iter(rules.QUANTILES))
    model = [by_time.or_gap(bucket.model_ms.get(median)) for bucket in health.buckets]
    times[f"model alone, {median}"] = (
        model,
        {"color": style.ink(ax, 0.55), "marker": ".", "linestyle": ":"},
    )
    drawn = {name: one for name, one in times.items() if any(value == value for value in one[0])}
    if not drawn:
        style.empty(ax, "Response times", _nothing(health))
        return
    told = []
    for name, (values, look) in drawn.items():
        by_time.line(ax, health.buckets, values, look.pop("marker"), label=name, **look)
        told.append(by_time.told(name, values, ".3g"))
    found = [value for values, _ in drawn.values() for value in values if value == value]
    style.duration_axis(ax, found, "y")
    style.time_axis(ax, _TIME)
    style.legend_above(ax)
    describe(
        ax,
        f"Response time in milliseconds {by_time.span(health.buckets, health.bucket)}: "
        f"{'; '.join(told)}.",
    )


_TIME = "time of request (UTC)"
_STATUS = {"client_errors": "status 4xx", "server_errors": "status 5xx"}
_DRAWN: dict[str, Callable[[Axes, Health], None]] = {
    "requests": _draw_requests,
    "rows": _draw_rows,
    "errors": _draw_errors,
    "response": _draw_response,
}


def _share(bucket: HealthBucket, attribute: str) -> float:
    return getattr(bucket, attribute) / bucket.requests if bucket.requests else float("nan")


def _nothing(health: Health) -> str:
    return health.reason if not health.buckets and health.reason else "no requests in this time"
