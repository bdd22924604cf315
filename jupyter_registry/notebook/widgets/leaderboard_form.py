"""`LeaderboardForm`: what is to be trained on, and how long; then the models as they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.errors import InvalidInput
from ...domain.kinds import LEARNED
from ...domain.metrics import METRICS
from .. import namespace
from .chooser import renew
from .columns_input import ColumnsInput
from .common import (
    Panel,
    actions,
    bar,
    button,
    find_registry,
    guarded,
    namespace_values,
)
from .fields import Field, Fields
from .leaderboard_run import TrainingRun
from .leaderboard_view import LeaderboardView

if TYPE_CHECKING:
    from ...client.leaderboards import Board
    from ...client.registry import Registry

_BY_ITSELF = "Told by the data"


class LeaderboardForm(Panel):
    """A form that trains models of a table in the background, the kernel stays free.

    Parameters
    ----------
    data:
        A DataFrame, or the path of a CSV, Parquet or Arrow file; chosen in the form otherwise.
    target:
        The column to predict.
    like:
        A leaderboard, or its id, that is trained again: the form begins with its recipe, and the
        new one is linked to it.
    begun:
        Called with the training once it has begun, in place of showing it here.

    """

    def __init__(
        self,
        data: Any = None,
        target: str | None = None,
        registry: Registry | None = None,
        *,
        like: Board | int | None = None,
        begun: Callable[[TrainingRun], object] | None = None,
    ) -> None:
        super().__init__()
        if isinstance(like, int):
            like = find_registry(registry).leaderboard(like)
        self._like, self._begun = like, begun
        self._registry, self._given = registry, data
        self._tables: dict[str, Any] = {}
        self._run: TrainingRun | None = None
        self.view: LeaderboardView | None = None
        """What is trained, once it has begun."""
        self._make_fields()
        self.start = button("Start", self._start, style="primary", tip="Train the models")
        self.cancel = button("Cancel", self._cancel)
        self._again = button(
            "Refresh variables", self._look_again, tip="Look at the notebook's variables again"
        )
        self._state = widgets.Label()
        self._title = widgets.HTML(_title(like))
        self._form = (
            self._title,
            *self.fields.values(),
            actions(self.start, self._again, self.cancel, self._state),
            self.notice,
        )
        self.show(*self._form)
        self._look_again()
        if isinstance(data, str):
            self.fields["path"].input.value = data
        if like is not None:
            self._fill(like.recipe)
        if target is not None:
            self.fields["target"].input.value = target
        self._busy(False)

    def _make_fields(self) -> None:
        titles = {metric.name: metric.title for some in METRICS.values() for metric in some}
        self.fields = Fields(
            {"target_name": "target"},
            data=Field("Data", widgets.Dropdown(), "The notebook's DataFrames."),
            path=Field(
                "File", widgets.Text(placeholder="flights.parquet"), "CSV, Parquet or Arrow."
            ),
            target=Field("Target", widgets.Combobox(), "The column to predict."),
            target_type=Field(
                "Target type",
                widgets.Dropdown(options=[(_BY_ITSELF, ""), *((t, t) for t in LEARNED)]),
            ),
            time_budget=Field(
                "Time budget",
                widgets.BoundedFloatText(value=60, min=1, max=1e6, step=10),
                "Seconds for all: checks, models, search.",
            ),
            metric=Field(
                "Metric",
                widgets.Dropdown(
                    options=[
                        ("AUC, log loss or RMSE, by the target", ""),
                        *((title, name) for name, title in titles.items()),
                    ]
                ),
                "It ranks; another can be chosen afterwards.",
            ),
            drop=Field(
                "Leave out",
                ColumnsInput("Leave out", []),
                "Columns that are known only afterwards, or identify a row.",
            ),
            date_column=Field(
                "Divide by time",
                widgets.Combobox(placeholder="a date column, if there is one"),
                "The latest rows are held out.",
            ),
            group_column=Field(
                "Keep together",
                widgets.Combobox(placeholder="a column, such as customer"),
                "Rows of one value are trained on, or held out, together.",
            ),
            name=Field("Name", widgets.Text(placeholder="the target's"), "Of the packages."),
            seed=Field(
                "Seed",
                widgets.BoundedIntText(value=0, min=0, max=2**31 - 1),
                "The same seed divides and trains alike.",
            ),
        )
        self.fields["data"].input.observe(lambda _: self._table_chosen(), "value")

    def _fill(self, recipe: Mapping[str, Any]) -> None:
        """Begin with a recipe."""
        for name, field in self.fields.items():
            if name not in ("data", "path") and recipe.get(name) is not None:
                field.input.value = recipe[name]

    def focus(self) -> None:
        """Go to the first input."""
        self.fields["data"].input.focus()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the training has ended; raises `TimeoutError`."""
        if self._run is not None:
            self._run.wait(seconds)

    def static_html(self) -> str:
        """What is filled in, or what was trained."""
        from ...client import html

        if self.view is not None:
            return self.view.static_html()
        said = {
            field.input.description or name: field.value
            for name, field in self.fields.items()
            if field.layout.display != "none" and name != "drop"
        }
        return html.facts(_words(self._like), said)

    def static_text(self) -> str:
        """What it is, in a line."""
        return self.view.static_text() if self.view is not None else "LeaderboardForm: not started"

    # --- what is filled in ----------------------------------------------------------------

    def _look_again(self) -> None:
        given = self._given
        self._tables = namespace_values("table")
        options = [(_described(name, table), name) for name, table in self._tables.items()]
        if given is not None and not isinstance(given, str):
            name = next((n for n, table in self._tables.items() if table is given), "data")
            self._tables[name] = given
            if name not in [value for _, value in options]:
                options.insert(0, (_described(name, given), name))
            renew(self.fields["data"].input, [*options, ("A file", "")])
            self.fields["data"].input.value = name
            self._given = None
        else:
            first = [("A file", ""), *options] if isinstance(given, str) else None
            renew(self.fields["data"].input, first or [*options, ("A file", "")])
            if self.fields["data"].input.value is None:
                self.fields["data"].input.value = self._likely([n for _, n in options])
        self._table_chosen()

    def _likely(self, names: Sequence[str]) -> str:
        """The first table; of what is trained again the last other one that fits, or a file."""
        if isinstance(self._given, str):
            return ""
        if self._like is None:
            return next(iter(names), "")
        needed = {self._like.target_name, *(str(one["name"]) for one in self._like.signature)}
        fit = [n for n in names if needed <= set(namespace.columns_of(self._tables[n]))]
        newer = [name for name in fit if name != self._like.data.source]
        return (newer or fit or [""])[-1]

    def _table_chosen(self) -> None:
        chosen = self.fields["data"].input.value
        self.fields["path"].layout.display = "none" if chosen else None
        table = self._tables.get(chosen) if chosen else None
        columns = namespace.columns_of(table) if table is not None else []
        for name in ("target", "date_column", "group_column"):
            self.fields[name].input.options = columns
        adding = self.fields["drop"].input
        adding._known = columns
        adding._show()

    # --- training -------------------------------------------------------------------------

    def _start(self) -> None:
        with guarded(self.notice, fields=self.fields):
            data, source = self._data()
            values = {name: self.fields[name].value for name in self.fields}
            if values["target"] is None:
                raise InvalidInput(
                    "It is not said what to predict.",
                    advice="Choose the target's column.",
                    fields={"target": "missing"},
                )
            options = {
                "target_type": values["target_type"],
                "metric": values["metric"],
                "date_column": values["date_column"],
                "group_column": values["group_column"],
                "name": values["name"],
                "source": source,
            }
            wanted = {name: value for name, value in options.items() if value}
            drop, seed, target = list(values["drop"]), int(values["seed"]), values["target"]

            like = self._like
            if like is not None:
                wanted = self._changes(like.recipe, options)

            def make() -> Any:
                from ...training import Leaderboard

                if like is not None:
                    return Leaderboard.like(
                        like, data, target=target, drop=drop, seed=seed, **wanted
                    )
                return Leaderboard(data, target, drop=drop, seed=seed, **wanted)

            run = TrainingRun(make, float(values["time_budget"]), find_registry(self._registry))
            run.news = self._news
            self._run = run
            self._busy(True)
            run.start()
            self.cancel.focus()

    def _changes(self, recipe: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        """What of the options is to differ from a recipe; what the form has not stays as it is."""
        wanted = {name: options[name] for name in ("target_type", "metric", "name")}
        columns = {name: options[name] for name in ("date_column", "group_column")}
        if any(recipe.get(name) != column for name, column in columns.items()):
            wanted |= columns | {"partition": "auto"}
        if recipe.get("target") != self.fields["target"].value:
            wanted |= {"class_labels": None, "positive_class": None}
        if options["source"]:
            wanted["source"] = options["source"]
        return {name: value or None for name, value in wanted.items()}

    def _data(self) -> tuple[Any, str]:
        """The table, and what it is called."""
        chosen = self.fields["data"].input.value
        if chosen:
            return self._tables[chosen], chosen
        path = self.fields["path"].value
        if path is None:
            raise InvalidInput(
                "There are no data.",
                advice="Choose a DataFrame, or give the path of a CSV, Parquet or Arrow file.",
                fields={"path": "missing"},
            )
        return path, ""

    def _cancel(self) -> None:
        if self._run is not None:
            self._run.stop()
            self._state.value = "Stopping …"

    def _busy(self, busy: bool) -> None:
        self.start.disabled = self._again.disabled = busy
        self.cancel.layout.display = None if busy else "none"
        self._state.value = "Checking and dividing the data …" if busy else ""

    def _news(self) -> None:
        """Before it has begun: what is wrong is said beside its input; then its view is shown."""
        run = self._run
        assert run is not None
        if run.board is not None:
            self._busy(False)
            if self._begun is not None:
                self._begun(run)
                return
            self.view = LeaderboardView(run, self._registry)
            back = button("Train another", self._back)
            self.show(self.view, bar(back))
            self.view._news()
            self.view.stop_button.focus()
            self.keep()
        elif not run.is_running:
            self._busy(False)
            if run.error is None:
                self.notice.say("Stopped; nothing was trained.")
            else:
                self._show(run.error)
            self.start.focus()

    def _show(self, error: BaseException) -> None:
        self.fields.show(error)
        column = getattr(error, "fields", {}).get("column")
        for name in ("date_column", "group_column"):  # the error names the column, not the option
            if column is not None and self.fields[name].value == column:
                self.fields[name].error(str(getattr(error, "detail", error)))
        self.notice.error(error)

    def _back(self) -> None:
        self.notice.clear()
        self.view = None
        self.show(*self._form)
        self._look_again()
        self.focus()


def _words(like: Board | None) -> str:
    return "Train a leaderboard" if like is None else f"Train {like.name} again"


def _title(like: Board | None) -> str:
    made = f"<h3>{escape(_words(like))}</h3>"
    if like is not None:
        source = f" {like.data.source}," if like.data.source else ""
        made += (
            f'<p class="jr-muted">With the recipe of leaderboard {like.id}, which was trained on'
            f"{escape(source)} {like.data.rows:,} rows; give the new ones. Its models in use are "
            "measured on the new holdout.</p>"
        )
    return made


def _described(name: str, table: Any) -> str:
    shape = getattr(table, "shape", None)
    if not isinstance(shape, tuple) or len(shape) != 2:
        return name
    return f"{name} · {shape[0]:,} × {shape[1]}"
