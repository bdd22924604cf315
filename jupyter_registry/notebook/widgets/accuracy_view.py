"""`AccuracyView`: accuracy of a deployment over time and in detail, live."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.accuracy_status import NO_ROWS
from ...domain.errors import InvalidInput, WrongTargetType
from ...domain.kinds import Bucket, TargetType
from ...domain.metrics import Metric
from . import accuracy_save, accuracy_svg, accuracy_text
from .accuracy_answers import Answer, Answers
from .accuracy_controls import Controls, Request, threshold_controls
from .accuracy_live import Live
from .accuracy_pictures import Picture, Shown, pictures
from .common import Panel, bar, button, find_deployment, guarded
from .turns import TURN

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from ...client.accuracy import Accuracy
    from ...client.accuracy_details import AccuracyDetails
    from ...client.deployments import Deployment

#: The metric shown unless one is named: the first of these that has a value.
_PREFERRED = ("auc", "rmse", "accuracy", "log_loss", "mae")
#: Pixels per inch of the picture that a saved notebook keeps.
_STATIC_DPI = 110


class AccuracyView(Panel):
    """Accuracy over time and in detail, with pickers, refreshed while it is on screen.

    Parameters
    ----------
    deployment:
        A deployment, its label or its id.
    metric:
        A metric's name, as ``auc`` (default: what tells most of the target type).
    bucket:
        ``hour``, ``day``, ``week`` or ``month`` (default: chosen by the span).
    start, end:
        The range of prediction times ``[start, end)``; naive times mean UTC.
    package:
        One package's predictions alone: a package, its id or ``"name/version"``.
    segment:
        One segment's predictions alone, as ``("carrier", "UA")``.
    refresh:
        Seconds between refreshes: 5, 30, 60 or 300 (default: none).

    Raises
    ------
    WrongTargetType
        when the model answers whole requests, of which there is no accuracy.
    InvalidInput
        for a metric, bucket, time, package, segment or interval that there is not.

    """

    def __init__(
        self,
        deployment: Deployment | str | int,
        metric: str | None = None,
        bucket: Bucket | str | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        package: Any = None,
        refresh: str | float | None = None,
        segment: tuple[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.deployment = find_deployment(deployment)
        if not self.deployment.target_type.has_rows:
            raise WrongTargetType(NO_ROWS, advice="Look at deployment.health(), or its card.")
        self._answers = Answers(self.deployment)
        self._live = Live(self, self._refresh_live, self.refresh)
        self._quiet = 0
        self._threshold_known = False
        periods = [] if package is None else self.deployment.history()
        self.controls = Controls(
            self.deployment,
            periods,
            metric=metric,
            bucket=bucket,
            start=start,
            end=end,
            package=package,
            refresh=refresh,
        )
        if segment is not None:
            self.controls.segments.offer(self.deployment.segments())
            self.controls.segments.choose(segment)
        self._choose_metric = metric is None
        self._build()
        self.refresh()
        self._set_live()

    def _build(self) -> None:
        labels = self.deployment.class_labels
        self._pictures = pictures(self.deployment.target_type, len(labels))
        self._stale = set(range(len(self._pictures)))
        self._frames = [widgets.HTML(accuracy_svg.room(*one.size)) for one in self._pictures]
        for frame in self._frames:
            frame.layout.width = "100%"
        self.threshold, self._threshold_bar = threshold_controls()
        self._rates = widgets.HTML(layout=widgets.Layout(margin="0 0 0 24px"))
        self.tabs = widgets.Tab(
            [self._page(at) for at in range(len(self._pictures))],
            titles=[one.title for one in self._pictures],
            selected_index=0,
        )
        self.refresh_button = button("Refresh", self.refresh, tip="Ask the server again")
        self._updated = widgets.HTML()
        self._summary = widgets.HTML()
        self.saving = accuracy_save.Saving(self)
        title = widgets.HTML(f"<h3>Accuracy of {escape(self.deployment.label)}</h3>")
        head = bar(title, self.refresh_button, self.controls.live, self._updated)
        style = widgets.HTML(
            f"<style>{accuracy_svg.CSS}</style>", layout=widgets.Layout(display="none")
        )
        self.show(style, head, self.controls.box, self._summary, self.tabs, self.saving.box)
        self.controls.metric.observe(lambda _: self._metric_chosen(), "value")
        self.controls.on_request(self.refresh)
        self.controls.live.observe(lambda _: self._set_live(), "value")
        self.threshold.observe(lambda _: self._threshold_chosen(), "value")
        self.tabs.observe(lambda _: self._draw_guarded(), "selected_index")

    def _page(self, at: int) -> Any:
        """What a tab holds: the picture, and of the binary matrix the slider and its metrics."""
        frame, one = self._frames[at], self._pictures[at]
        if self.deployment.target_type is not TargetType.BINARY or not one.by_threshold:
            return frame
        if one.size[0] > 6:
            return frame
        frame.layout.width = f"{one.size[0] * accuracy_svg.PIXELS:.0f}px"
        beside = bar(frame, self._rates)
        return widgets.VBox([self._threshold_bar, beside])

    # --- the numbers ----------------------------------------------------------------------

    @property
    def accuracy(self) -> Accuracy | None:
        """The answer that is shown, with all metrics; ``None`` before the first.

        Hours are shown from an answer with one metric: the others are asked for when not yet
        known.
        """
        return self._answers.whole

    @property
    def details(self) -> AccuracyDetails | None:
        """Score bins, confusion or sampled rows of what is shown; asked for when not yet known."""
        return self._answers.details

    def to_frame(self) -> pandas.DataFrame:
        """Accuracy by bucket as a pandas DataFrame, each metric with baseline and change."""
        return self.whole.to_frame(baseline=True)

    @property
    def whole(self) -> Accuracy:
        """`accuracy`; raises `InvalidInput` before the first answer."""
        return _answered(self.accuracy)

    @property
    def figure(self) -> Figure:
        """A new figure of the tab that is shown, in the style sheet in use.

        Raises `InvalidInput` when there is nothing to draw.
        """
        one = self._picture
        shown = self._shown(one)
        title, _ = self._nothing(one)
        if title:
            raise InvalidInput(title, advice="There is nothing to draw.")
        try:
            figure = one.draw(shown)
        except ValueError as error:
            raise InvalidInput(str(error)) from error
        figure.set_size_inches(*one.size)
        return figure

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the figure (``.png``, ``.svg``, ``.pdf``) or the numbers (``.csv``) to a file."""
        return accuracy_save.save(self, Path(path))

    # --- asking -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask the server, and draw anew if the answer is another."""
        with self._busy():
            request = self._request
            self._take(request, self._ask(request))

    @property
    def _request(self) -> Request:
        """What is chosen; of hours, which are many, the metric that is shown alone."""
        request = self.controls.request
        if request.bucket != Bucket.HOUR or self._choose_metric:
            return request
        return replace(request, metric=self.controls.metric.value)

    def _ask(self, request: Request, *, live: bool = False) -> Answer:
        """The answer to a request, with what the tab needs; segments of a view that refreshes by
        itself only if there are some.
        """
        return self._answers.ask(
            request,
            segments=not live or self.controls.segments.are_offered,
            details=self._picture.needs_details,
        )

    def _take(self, request: Request, answer: Answer) -> None:
        if answer.segments is not None:
            self.controls.segments.offer(answer.segments)
        self._updated.value = (
            f'<span class="jr-muted">updated {datetime.now().astimezone():%H:%M:%S}</span>'
        )
        if not self._answers.take(request, answer):
            return
        self.controls.offer(answer.accuracy.history)
        self._choose(answer.accuracy)
        self._stale = set(range(len(self._pictures)))
        self._draw()

    def _choose(self, accuracy: Accuracy) -> None:
        """Choose the metric, unless the user has, once one has a value."""
        found = accuracy.overall.metrics if accuracy.overall else {}
        for name in _PREFERRED:
            if self._choose_metric and name in found and found[name].value is not None:
                self._choose_metric = False
                with self._silent():
                    self.controls.metric.value = name

    # --- drawing ----------------------------------------------------------------------------

    @property
    def _at(self) -> int:
        return int(self.tabs.selected_index or 0)

    @property
    def _picture(self) -> Picture:
        return self._pictures[self._at]

    @property
    def _metric(self) -> Metric:
        return accuracy_text.metric_of(self.deployment.target_type, self.controls.metric.value)

    @property
    def _known(self) -> Accuracy:
        return _answered(self._answers.accuracy)

    def _shown(self, one: Picture) -> Shown:
        """What a picture is drawn from; asks for details where it needs them."""
        details = self.details if one.needs_details else None
        threshold = None
        if details is not None and details.target_type is TargetType.BINARY:
            self._begin_threshold(details)
            threshold = self.threshold.value
        return Shown(self._known, details, self.controls.metric.value, threshold)

    def _begin_threshold(self, details: AccuracyDetails) -> None:
        """Put the slider on the threshold in force, the first time that it is known."""
        if not self._threshold_known and details.threshold is not None:
            self._threshold_known = True
            with self._silent():
                self.threshold.value = details.threshold

    def _nothing(self, one: Picture) -> tuple[str, str]:
        title, advice = accuracy_text.nothing(
            self._known, self.deployment, all_time=self.controls.is_all_time
        )
        predicted = self._known.overall.n_predicted if self._known.overall else 0
        if predicted and self._pictures.index(one) == 1:
            return "", ""  # what was predicted can be drawn already
        return title, advice

    def _draw(self) -> None:
        """Draw the tab that is shown, if it is not as it should be."""
        if self._answers.accuracy is None:
            return
        self._summary.value = accuracy_text.summary(self._answers.accuracy, self._metric)
        at = self._at  # once: another thread may hear of the next tab meanwhile
        if at not in self._stale:
            return
        one, frame = self._pictures[at], self._frames[at]
        title, advice = self._nothing(one)
        if title:
            frame.value = accuracy_text.empty(title, advice, accuracy_svg.box(*one.size))
            self._rates.value = ""
        else:
            shown = self._shown(one)
            try:
                frame.value = accuracy_svg.picture(lambda: one.draw(shown), one.size)
            except ValueError as error:  # of the plots: nothing to draw
                frame.value = accuracy_text.empty(str(error), "", accuracy_svg.box(*one.size))
            if one.by_threshold and shown.threshold is not None:
                self._rates.value = accuracy_text.threshold_table(shown.detailed, shown.threshold)
        self._stale.discard(at)
        self.saving.renew()
        if not self.is_live:  # else the notebook would be unsaved all the time
            self.keep()

    def _draw_guarded(self) -> None:
        with self._busy():
            self._draw()

    def _metric_chosen(self) -> None:
        self._choose_metric = False
        only = None if self._answers.asked is None else self._answers.asked.metric
        if only not in (None, self.controls.metric.value) and not self._quiet:
            self.refresh()  # the buckets have another metric
        else:
            self._renew(lambda one: one.by_metric)

    def _threshold_chosen(self) -> None:
        self._renew(lambda one: one.by_threshold)

    def _renew(self, which: Any) -> None:
        """Draw again what a choice changes, without asking the server."""
        self._stale |= {at for at, one in enumerate(self._pictures) if which(one)}
        if not self._quiet:
            self._draw_guarded()

    @contextlib.contextmanager
    def _silent(self) -> Iterator[None]:
        """Inside, choices are made by the view itself and draw nothing."""
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def _busy(self) -> Any:
        return guarded(self.notice, self.refresh_button)

    # --- live -------------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        """Whether it refreshes by itself."""
        return self._live.is_running

    def close(self) -> None:
        """Stop refreshing, and leave the screen."""
        self._live.stop()
        super().close()

    def _set_live(self) -> None:
        seconds = self.controls.live.value
        if not self._live.every(seconds) and seconds:
            self.notice.say("It refreshes by itself in a notebook only: no event loop runs here.")

    async def _refresh_live(self) -> None:
        """The request is made in a thread, drawing is done here."""
        request = self._request
        try:
            answer = await asyncio.to_thread(self._ask, request, live=True)
            with TURN:
                if self.comm is not None and request == self._request:
                    self._take(request, answer)
                    self.notice.clear()
        except Exception as error:
            self.notice.error(error)

    # --- without a kernel ---------------------------------------------------------------------

    def static_text(self) -> str:
        """The view in one line."""
        said = accuracy_text.in_words(self._answers.accuracy, self._metric)
        return f"Accuracy of {self.deployment.label}: {said}"

    def static_html(self) -> str:
        """The picture as PNG, and the metrics over all."""
        image = ""
        with contextlib.suppress(Exception):  # the numbers stand alone where nothing is drawn
            image = accuracy_save.image(self.figure, _STATIC_DPI)
        known, said = self._answers.accuracy, self._summary.value
        return accuracy_text.static(self.deployment, known, said, image)


def _answered(accuracy: Accuracy | None) -> Accuracy:
    if accuracy is None:
        raise InvalidInput("The server has not answered yet.", advice="Call refresh().")
    return accuracy
