"""`RowsPanel`: what the panels for rows share: source, columns, thread, progress, result."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client import tables
from ...domain.errors import InvalidInput
from . import rows_text
from .background import Background, Cancelled
from .common import Panel, actions, button, find_deployment, guarded
from .fields import Field, Fields
from .rows_source import RowsSource

if TYPE_CHECKING:
    from ...client.deployments import Deployment
    from ...client.progress import Progress, Step


class RowsPanel(Panel):
    """What the panels have in common: rows, their columns, a thread, progress, a result."""

    verb = "Send"
    #: In the past, for what was done until it was stopped.
    done_word = "recorded"

    def __init__(self, deployment: Deployment | str | int, data: Any = None) -> None:
        super().__init__()
        self.deployment = find_deployment(deployment)
        self.result: Any = None
        self._work: Background | None = None
        self._sent = 0
        self.source = RowsSource(data, self._rows_chosen, self.notice.error)
        self.fields = self._make_fields()
        self.run_button = button(self.verb, self.run, style="primary")
        self.stop_button = button("Stop", self.stop, tip="Stop after the batch under way")
        self._again = button(
            "Refresh variables", self._look_again, tip="Look at the notebook's variables again"
        )
        self.progress = widgets.FloatProgress(
            min=0, max=1, tooltip="Progress", layout=widgets.Layout(width="260px")
        )
        self.state = widgets.Label()
        self._running = actions(self.progress, self.state, self.stop_button)
        self._running.layout.display = "none"
        self.output = widgets.HTML(layout=widgets.Layout(width="100%"))
        self._form = (
            self.source,
            *self.fields.values(),
            actions(self.run_button, self._again),
            self._running,
            self.notice,
            self.output,
        )
        self.show(widgets.HTML(f"<h3>{escape(self._title())}</h3>"), *self._form)
        self._rows_chosen()

    # --- for code -------------------------------------------------------------------------------

    def run(self) -> None:
        """Send the rows chosen, in a thread; `wait` for the end."""
        with guarded(self.notice, fields=self.fields):
            self.source.fields.clear()
            try:
                open_rows, said = self.source.opened(), self._said()
            except InvalidInput as error:
                self.source.fields.show(error)
                raise
            self._sent = 0
            self._busy(True)
            self._work = Background(
                lambda work: self._carry_out(work, open_rows(), said), self._done, self._failed
            )

    def stop(self) -> None:
        """Stop after the batch under way; what was sent before is recorded."""
        if self._work is not None:
            self._work.cancel()
            self.state.value = "Stopping …"

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the rows under way are through; raises `TimeoutError`."""
        if self._work is not None:
            self._work.wait(seconds)

    # --- of each panel --------------------------------------------------------------------------

    def _title(self) -> str:
        raise NotImplementedError

    def _make_fields(self) -> Fields:
        raise NotImplementedError

    def _offer_columns(self, names: list[str]) -> None:
        """Offer the columns of other rows."""
        raise NotImplementedError

    def _said(self) -> dict[str, Any]:
        """What is filled in; raises `InvalidInput`."""
        raise NotImplementedError

    def _deliver(self, source: tables.Source, said: dict[str, Any], progress: Progress) -> Any:
        """Send the rows; in the thread."""
        raise NotImplementedError

    def _show_result(self, answer: Any) -> None:
        """Show what `_deliver` returned."""
        raise NotImplementedError

    # --- in the thread, and back ----------------------------------------------------------------

    def _carry_out(self, work: Background, source: tables.Source, said: dict[str, Any]) -> Any:
        def progress(step: Step) -> None:
            work.tell(lambda: self._show_progress(step))
            if step.done < step.total:  # what is all done is not stopped any more
                work.check()

        return self._deliver(source, said, progress)

    def _show_progress(self, step: Step) -> None:
        self._sent = step.done
        self.progress.value = step.share
        self.state.value = f"{step.done:,} of {step.total:,} rows"

    def _busy(self, busy: bool) -> None:
        self.run_button.disabled = self._again.disabled = busy
        self._running.layout.display = None if busy else "none"
        if not busy:
            self.run_button.focus()  # it had it, and lost it when it was disabled
        else:
            self.progress.value, self.state.value = 0.0, "Reading the rows …"

    def _done(self, answer: Any) -> None:
        self._busy(False)
        with guarded(self.notice):
            self._show_result(answer)

    def _failed(self, error: BaseException) -> None:
        self._busy(False)
        if isinstance(error, Cancelled):
            self.notice.say(f"Stopped. The first {self._sent:,} rows were {self.done_word}.")
        else:
            self.fields.show(error)
            self.notice.error(error)

    def _rows_chosen(self) -> None:
        with guarded(self.notice):
            self._offer_columns(self.source.columns())

    def _look_again(self) -> None:
        self.source.list_tables()
        self._rows_chosen()

    # --- without a kernel -----------------------------------------------------------------------

    def static_text(self) -> str:
        """The panel in one line."""
        return f"{type(self).__name__} of {self.deployment.label}"

    def static_html(self) -> str:
        """The result, as far as it was shown."""
        shown = rows_text.without_links(self.output.value)
        return f"<div><strong>{escape(self._title())}</strong></div>{shown}"


def column(label: str, hint: str) -> Field:
    """A field that chooses a column."""
    return Field(label, widgets.Dropdown(), hint)


def offer(field: Field, names: list[str], none: str, usual: Sequence[str | None]) -> None:
    """Offer columns; chosen is what was, else the first of the usual that is there, else none."""
    chosen = field.input
    kept = chosen.value
    chosen.options = [*([(none, None)] if none else []), *((name, name) for name in names)]
    values = [value for _, value in chosen.options]
    wanted = [kept, *usual]
    found = next((name for name in wanted if name is not None and name in names), None)
    chosen.index = values.index(found) if found in values else 0 if values else None


def needed(fields: Fields, name: str) -> str:
    """The column chosen in a field that must have one."""
    value = fields[name].value
    if value is None:
        raise InvalidInput(
            f"{fields[name].input.description}: no column is chosen.",
            advice="Choose the column that holds it.",
            fields={name: "missing"},
        )
    return str(value)
