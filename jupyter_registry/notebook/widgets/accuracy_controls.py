"""What is chosen in `AccuracyView`: metric, bucket, time, package, segment; refreshes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.errors import InvalidInput
from ...domain.kinds import Bucket
from ...domain.metrics import METRICS, check_names
from .accuracy_segments import SegmentPickers
from .chooser import packages_of, renew
from .common import bar, dropdown

if TYPE_CHECKING:
    from ...client.deployments import Deployment
    from ...domain.entities import ServicePeriod

#: Spans of time before now; ``None`` is all there is.
SPANS: dict[str, timedelta | None] = {
    "all": None,
    "last 24 hours": timedelta(days=1),
    "last 7 days": timedelta(days=7),
    "last 30 days": timedelta(days=30),
    "last 90 days": timedelta(days=90),
    "last year": timedelta(days=365),
}
CUSTOM = "from … to …"
#: Seconds between refreshes; 0 is never.
INTERVALS = {"off": 0, "every 5 s": 5, "every 30 s": 30, "every minute": 60, "every 5 min": 300}
#: Stands for no package; ids begin at 1.
_EVERY = ("all packages", 0)


@dataclass(frozen=True)
class Request:
    """What is asked of the server, as it was chosen: a span is of whichever day it is."""

    bucket: str | None
    span: timedelta | None
    start: datetime | None
    end: datetime | None
    package_id: int | None
    segment: tuple[str, str] | None = None
    #: The only metric of the buckets; ``None`` for all.
    metric: str | None = None

    @property
    def series(self) -> dict[str, Any]:
        """What the client takes to choose the buckets and what they have."""
        return {"bucket": self.bucket, "bucket_metrics": self.metric} | self.range

    @property
    def range(self) -> dict[str, Any]:
        """What the client takes to choose rows; a span begins on a full hour."""
        start = self.start
        if self.span is not None:
            start = (datetime.now(UTC) - self.span).replace(minute=0, second=0, microsecond=0)
        chosen = {"package": self.package_id, "segment": self.segment}
        return {"start": start, "end": self.end} | chosen


class Controls:
    """The pickers of one view.

    Parameters
    ----------
    deployment, metric, bucket, start, end, package, refresh:
        As of `AccuracyView`; raises `InvalidInput` for what there is not.

    """

    def __init__(
        self,
        deployment: Deployment,
        periods: Sequence[ServicePeriod],
        *,
        metric: str | None,
        bucket: Bucket | str | None,
        start: datetime | str | None,
        end: datetime | str | None,
        package: Any,
        refresh: str | float | None,
    ) -> None:
        self._quiet = False
        metrics = METRICS[deployment.target_type]
        if metric is not None:
            check_names(deployment.target_type, [metric])
        self.metric = dropdown("Metric", [(one.title, one.name) for one in metrics], 215)
        if metric is not None:
            self.metric.value = metric
        buckets = [("automatic", ""), *((one.value, one.value) for one in Bucket)]
        self.bucket = dropdown("By", buckets, 145)
        self.bucket.value = "" if bucket is None else _one_of(str(bucket), Bucket, "bucket")
        self.time = dropdown("Predicted", [*SPANS, CUSTOM], 205)
        self.start, self.end = _moment_picker("From (UTC)"), _moment_picker("To (UTC)")
        self.start.value, self.end.value = _moment(start, "start"), _moment(end, "end")
        if start is not None or end is not None:
            self.time.value = CUSTOM
        self.package = dropdown("Package", [_EVERY], 260)
        self.offer(periods)
        if package is not None:
            self.package.value = _package_id(package, periods)
        self.segments = SegmentPickers()
        self.live = dropdown("Live", list(INTERVALS.items()), 160)
        self.live.value = _interval(refresh)
        self.range = bar(self.start, self.end)
        self._show_range()
        self.time.observe(lambda _: self._show_range(), "value")
        self.box = widgets.VBox(
            [
                bar(self.metric, self.bucket, self.time, self.package),
                self.range,
                self.segments.box,
            ],
            layout=widgets.Layout(overflow="visible"),
        )

    def offer(self, periods: Sequence[ServicePeriod]) -> None:
        """Offer the packages of a history, newest first; what is chosen stays."""
        known = packages_of(periods)
        self._quiet = True
        try:
            renew(self.package, [_EVERY, *known.items()])
        finally:
            self._quiet = False

    def on_request(self, action: Callable[[], object]) -> None:
        """Have it called when something is chosen that the server must be asked for."""

        def changed(_: Any) -> None:
            if self._quiet:
                return
            if self.time.value != CUSTOM or self.start.value or self.end.value:
                action()

        for picker in (self.bucket, self.time, self.start, self.end, self.package):
            picker.observe(changed, "value")
        self.segments.on_request(action)

    @property
    def request(self) -> Request:
        """What is chosen now, with all metrics."""
        custom = self.time.value == CUSTOM
        return Request(
            bucket=self.bucket.value or None,
            span=None if custom else SPANS[self.time.value],
            start=_aware(self.start.value) if custom else None,
            end=_aware(self.end.value) if custom else None,
            package_id=self.package.value or None,
            segment=self.segments.chosen,
        )

    @property
    def is_all_time(self) -> bool:
        """Whether neither a time nor a package is chosen."""
        request = self.request
        return not (request.span or request.start or request.end or request.package_id)

    def _show_range(self) -> None:
        self.range.layout.display = None if self.time.value == CUSTOM else "none"


def threshold_controls() -> tuple[widgets.FloatSlider, widgets.HBox]:
    """The slider of a threshold, and it beside its number.

    Screen readers find no name on the handle of ipywidgets' sliders; the number has one.
    """
    number = widgets.BoundedFloatText(
        value=0.5,
        min=0,
        max=1,
        step=0.005,
        description="Threshold",
        layout=widgets.Layout(width="170px", margin="0"),
        style={"description_width": "initial"},
    )
    number.tooltip = "The least probability that predicts the positive class"
    slider = widgets.FloatSlider(
        value=0.5,
        min=0,
        max=1,
        step=0.005,
        readout=False,
        layout=widgets.Layout(width="300px"),
    )
    widgets.link((slider, "value"), (number, "value"))
    return slider, bar(number, slider)


def _moment_picker(label: str) -> widgets.NaiveDatetimePicker:
    made = widgets.NaiveDatetimePicker(
        description=label,
        layout=widgets.Layout(width="290px", margin="0"),
        style={"description_width": "initial"},
    )
    made.tooltip = label
    return made


def _one_of(value: str, kinds: Any, name: str) -> str:
    known = [one.value for one in kinds]
    if value not in known:
        raise InvalidInput(
            f"{value!r} is no {name}.", advice=f"Known: {', '.join(known)}.", fields={name: value}
        )
    return value


def _moment(given: datetime | str | None, name: str) -> datetime | None:
    """A moment as the pickers have it: UTC, without saying so."""
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise InvalidInput(
                f"{given!r} is not a date and time.",
                advice="Give it as 2026-01-31 or 2026-01-31T12:00 (ISO 8601, UTC).",
                fields={name: given},
            ) from None
    if given is None or given.tzinfo is None:
        return given
    return given.astimezone(UTC).replace(tzinfo=None)


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _package_id(package: Any, periods: Sequence[ServicePeriod]) -> int:
    """The id of a package given as itself, its id or its reference; it must have served."""
    known = packages_of(periods)
    number = known.get(package) if isinstance(package, str) else getattr(package, "id", package)
    if number not in known.values():
        name = getattr(package, "reference", package)
        raise InvalidInput(
            f"{name!r} was never in service of this deployment.",
            advice=f"These were: {', '.join(known)}.",
            fields={"package": str(name), "known": list(known)},
        )
    return int(number)  # type: ignore[arg-type]


def _interval(refresh: str | float | None) -> int:
    """Seconds of an interval given as such or as ``5 s``, ``1 min``, ``off``."""
    if refresh is None:
        return 0
    seconds = refresh
    if isinstance(refresh, str):
        number, _, unit = refresh.strip().removeprefix("every ").partition(" ")
        factor = 60 if unit.startswith("min") else 1
        seconds = 0 if number == "off" else factor * int(number) if number.isdigit() else -1
    if seconds not in INTERVALS.values():
        raise InvalidInput(
            f"{refresh!r} is no interval of refreshes.",
            advice="Give seconds: 0 (off), 5, 30, 60 or 300.",
            fields={"refresh": refresh},
        )
    return int(seconds)
