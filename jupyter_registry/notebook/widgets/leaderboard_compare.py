"""Comparing a leaderboard's model with an older one: on the holdout, or on rows of one's own."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client.html import text
from ...domain.errors import InvalidInput
from .background import Background
from .common import Panel, actions, button, guarded, namespace_values
from .fields import Field, Fields
from .markup import table

if TYPE_CHECKING:
    from ...client.comparison import Comparison
    from ...client.leaderboards import Board

#: Other leaderboards of the same target that are offered.
_LISTED = 20
_HOLDOUT, _FILE = "\0holdout", "\0file"
_SEEN = (
    "The older model may have been trained on some of these rows, where its data went as far: "
    "then it looks better than it is."
)


class ComparisonForm(Panel):
    """An older model, one of the board's, and the rows that both are measured on.

    Parameters
    ----------
    changed:
        Called after a holdout was unlocked.

    """

    def __init__(self, board: Board, changed: Callable[[], object]) -> None:
        super().__init__()
        self._board, self._changed = board, changed
        self._work: Background | None = None
        self._tables = namespace_values("table")
        self.comparison: Comparison | None = None
        """What was found last."""
        self.old = widgets.Dropdown(options=self._older())
        self.new = widgets.Dropdown(
            options=[(model.label, model.number) for model in board.models()]
        )
        self.rows = widgets.Dropdown()
        self.fields = Fields(
            {"holdout": "rows", "target": "old", "model": "old"},
            old=Field("Old", self.old, "What the new one is measured against."),
            new=Field("New", self.new),
            rows=Field("Rows", self.rows),
            path=Field("File", widgets.Text(placeholder="march.parquet"), "With the outcomes."),
        )
        self.compare = button("Compare", self._compare, style="primary")
        self._state = widgets.Label()
        self._found = widgets.HTML(layout=widgets.Layout(width="100%"))
        for picker in (self.old, self.new, self.rows):
            picker.observe(lambda _: self._chosen(), "value")
        self._chosen()
        self.show(
            widgets.HTML("<h3>Compare an older model with a new one</h3>"),
            widgets.HTML(self._why_not()),
            *self.fields.values(),
            actions(self.compare, self._state),
            self.notice,
            self._found,
        )
        if not self.old.options:
            self.children = self.children[: -len(self.fields) - 3]

    def focus(self) -> None:
        """Go to the first input."""
        self.old.focus()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the comparing under way has ended."""
        if self._work is not None:
            self._work.wait(seconds)

    def static_text(self) -> str:
        """What it is, in a line."""
        return f"Compare models of leaderboard {self._board.id}"

    # --- what is offered --------------------------------------------------------------------

    def _older(self) -> list[tuple[str, tuple[str, int]]]:
        """The predecessor's models that were measured; the best of other boards."""
        board = self._board
        found: list[tuple[str, tuple[str, int]]] = []
        for one in board.incumbents:
            if one.metrics:
                package = f", {one.package}" if one.package else ""
                name = f"{one.label} (leaderboard {one.leaderboard_id}{package})"
                found.append((name, ("incumbent", one.number)))
        others = board.registry.leaderboards(page_size=200)[:200]
        fit = [
            one
            for one in others
            if one.id != board.id
            and one.leader is not None
            and (one.target_name, one.target_type) == (board.target_name, board.target_type)
        ]
        fit.sort(key=lambda one: one.id != board.predecessor_id)
        found += [
            (f"The best of leaderboard {one.id}, {one.name}: {one.leader}", ("board", one.id))
            for one in fit[:_LISTED]
        ]
        return found

    def _why_not(self) -> str:
        """What there is no measurement of, and why."""
        board = self._board
        said = [
            f"{one.label} of leaderboard {one.leaderboard_id} could not be measured on the "
            f"holdout: {one.reason or 'nobody knows why.'}"
            for one in board.incumbents
            if not one.metrics
        ]
        if not board.incumbents:
            said.append(
                "No older model was measured on its holdout, since it was not trained as another "
                "leaderboard's successor. Models can be compared on rows of your own."
            )
        if not self.old.options:
            said.append(f"No other leaderboard predicts {board.target_name}.")
        return "".join(f"<p>{escape(one)}</p>" for one in said)

    def _chosen(self) -> None:
        """The rows that there are for what is chosen, and what the button does."""
        if self.old.value is None:
            return
        kind = self.old.value[0]
        tables = [(name, name) for name in self._tables]
        holdout = [("The holdout", _HOLDOUT)] if kind == "incumbent" else []
        wanted = [*holdout, *tables, ("A file", _FILE)]
        if list(self.rows.options) != wanted:
            before = self.rows.value
            self.rows.options = wanted
            known = [value for _, value in wanted]
            self.rows.value = before if before in known else known[0]
        on_holdout = self.rows.value == _HOLDOUT
        self.fields["path"].layout.display = None if self.rows.value == _FILE else "none"
        sealed = on_holdout and self._new_model().holdout is None
        self.compare.description = "Unlock and compare" if sealed else "Compare"
        self.fields["new"].say(
            "Its holdout is sealed: comparing shows for good what it scored." if sealed else ""
        )
        self.fields["rows"].say(
            "The rows held out when the new one was trained; the old one was measured on them then."
            if on_holdout
            else "With the outcomes; at best such as neither model was trained on."
        )

    def _new_model(self) -> Any:
        return next(one for one in self._board.models() if one.number == self.new.value)

    # --- comparing --------------------------------------------------------------------------

    def _compare(self) -> None:
        with guarded(self.notice, fields=self.fields):
            (kind, number), board, new = self.old.value, self._board, self._new_model()
            if self.rows.value == _HOLDOUT:
                unlocks = new.holdout is None
                self._start(lambda _: board.compare(new, number), unlocks)
                return
            rows = self.fields["path"].value
            if self.rows.value != _FILE:
                rows = self._tables[self.rows.value]
            elif rows is None:
                raise InvalidInput(
                    "There are no rows.",
                    advice="Give the path of a CSV, Parquet or Arrow file.",
                    fields={"path": "missing"},
                )

            def measure(_: Background) -> Any:
                from ...training import compare

                old = board.registry.leaderboard(
                    number if kind == "board" else board.predecessor_id
                )
                chosen = old
                if kind == "incumbent":
                    chosen = next(one for one in old.models() if one.number == number)
                return compare(chosen, new, rows)

            self._start(measure, False)

    def _start(self, work: Callable[[Background], Any], unlocks: bool) -> None:
        self.compare.disabled = True
        self._state.value = "Comparing …"

        def done(found: Comparison) -> None:
            self._ended()
            self.comparison = found
            self._found.value = self._table(found)
            if unlocks:
                self._changed()
                self._chosen()

        def failed(error: BaseException) -> None:
            self._ended()
            self._found.value = ""
            self.fields.show(error)
            self.notice.error(error)

        self._work = Background(work, done, failed)

    def _ended(self) -> None:
        self._state.value = ""
        self.compare.disabled = False
        self.compare.focus()

    def _table(self, found: Comparison) -> str:
        """Metric, old, new, difference, which is better; the ranking one in relief."""
        metrics = found._metrics
        words = {"new": "the new one", "old": "the old one", None: ""}
        rows = [
            (
                metric.title,
                found.old[metric.name],
                found.new[metric.name],
                _signed(found.difference(metric.name)),
                words[found.better(metric.name)],
            )
            for metric in metrics
        ]
        shown = table(
            ("Metric", f"Old: {found.names[0]}", f"New: {found.names[1]}", "Difference", "Better"),
            rows,
            marked=[metric.name == self._board.metric for metric in metrics],
            right=[3],
        )
        return (
            f"<h4>Both on the same {found.rows:,} rows</h4>{shown}"
            f'<p class="jr-muted">{escape(_SEEN)}</p>'
        )


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{'+' if value > 0 else ''}{text(value)}"
