"""`LeaderboardView`: a leaderboard as it is trained, and afterwards; its models looked into."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.kinds import LeaderboardState
from ...domain.metrics import METRICS
from . import accuracy_svg
from .common import Panel, bar, button, dropdown, find_registry, guarded
from .leaderboard_board import BoardActions
from .leaderboard_model import ModelPanel
from .leaderboard_run import TrainingRun, WatchedRun
from .leaderboard_table import CSS, ModelTable
from .markup import chip

if TYPE_CHECKING:
    from ...client.board_models import BoardModel
    from ...client.leaderboards import Board, BoardItem
    from ...client.registry import Registry
    from ...training.leaderboard import Leaderboard

_TONES = {"running": "warn", "done": "ok", "stopped": "", "failed": "bad"}
#: The pictures of all models, by the tab: what `plots.leaderboard` draws.
_TABS = ("Models", "Scores", "Score against time")


class LeaderboardView(Panel):
    """Progress, models ranked on any metric, pictures of one, and what can be done with it.

    A `Leaderboard` that has not run has a Start button: it trains in the background, the kernel
    stays free. A board that trains elsewhere is watched.

    Parameters
    ----------
    board:
        A leaderboard of the registry (`Board`), its id, or a `jupyter_registry.Leaderboard`.
    time_budget:
        Seconds, for what is trained here.
    metric:
        What ranks at first; the board's own unless given.

    """

    def __init__(
        self,
        board: Board | BoardItem | Leaderboard | TrainingRun | int,
        registry: Registry | None = None,
        *,
        time_budget: float = 60.0,
        metric: str | None = None,
    ) -> None:
        super().__init__()
        self.board: Board | None = None
        self._leaderboard: Leaderboard | None = None
        self._run: TrainingRun | WatchedRun | None = None
        self._budget = time_budget
        self._wanted = metric
        self._given = registry
        self._is_stopping = False
        self._selected: int | None = None
        self._build()
        with guarded(self.notice):
            self._open(board)
            self._rank()
        self._refresh()

    def _build(self) -> None:
        self._title = widgets.HTML()
        self._facts = widgets.HTML(layout=widgets.Layout(width="100%"))
        self.start_button = button("Start", self.start, style="primary", tip="Train the models")
        self.stop_button = button("Stop", self.stop, tip="End the training; what is there stays")
        self.refresh_button = button("Refresh", self.refresh, tip="Ask the server again")
        self._bar = widgets.FloatProgress(
            min=0, max=1, tooltip="Progress", layout=widgets.Layout(width="220px")
        )
        self._state = widgets.Label()
        self._progress = bar(self._bar, self._state)
        self.metric = dropdown("Metric", [], 260)
        self.metric.observe(lambda _: self._rank(), "value")
        self.table = ModelTable(self.open_model)
        self._scores = widgets.HTML(layout=widgets.Layout(width="100%"))
        self._speed = widgets.HTML(layout=widgets.Layout(width="100%"))
        self.tabs = widgets.Tab(
            [self.table, self._scores, self._speed], titles=_TABS, selected_index=0
        )
        self.tabs.observe(lambda _: self._draw(), "selected_index")
        self.model = ModelPanel(self.notice, self._changed)
        self.actions = BoardActions(
            self.notice,
            go=self.open_board,
            begun=self.open_board,
            changed=self._changed,
            deleted=self._deleted,
        )
        style = widgets.HTML(
            f"<style>{CSS}{accuracy_svg.CSS}</style>", layout=widgets.Layout(display="none")
        )
        controls = bar(
            self.start_button, self.stop_button, self.refresh_button, *self.actions.buttons
        )
        self.show(
            style,
            self._title,
            self._facts,
            self.actions.links,
            controls,
            self._progress,
            self.notice,
            self.actions.drawer,
            bar(self.metric),
            self.tabs,
            self.model,
        )

    # --- what it is of --------------------------------------------------------------------

    def open_board(self, board: Board | BoardItem | TrainingRun | int) -> None:
        """Show another leaderboard; what is trained here goes on."""
        with guarded(self.notice):
            if isinstance(self._run, WatchedRun):
                self._run.leave()
            elif self._run is not None:
                self._run.news = lambda: None
            self._run = self._leaderboard = None
            self._is_stopping = False
            self._selected = None
            self._bar.value = 0
            self.model.layout.display = "none"
            self._open(board)
            self._rank()
        self._refresh()
        (self.stop_button if self._run is not None else self.refresh_button).focus()

    def _open(self, given: Any) -> None:
        if isinstance(given, TrainingRun):
            self._run = given
            given.news = self._news
            if given.board is not None:
                self._take(given.board)
            return
        if callable(getattr(given, "run", None)):
            self._leaderboard = given
            return
        board = find_registry(self._given).leaderboard(given) if isinstance(given, int) else given
        self._take(board if hasattr(board, "models") and callable(board.models) else board.whole())
        if self.board is not None and self.board.ended_at is None:
            self._run = WatchedRun(self.board)
            self._run.news = self._news
            self._run.start()

    def _take(self, board: Board) -> None:
        is_other = self.board is None or self.board.id != board.id
        self.board = board
        if is_other:
            known = [metric.name for metric in METRICS[board.target_type]]
            options = [(metric.title, metric.name) for metric in METRICS[board.target_type]]
            self.metric.options = options
            self.metric.value = self._wanted if self._wanted in known else board.metric

    # --- training -------------------------------------------------------------------------

    def start(self) -> None:
        """Train, in the background."""
        made = self._leaderboard
        if made is None or (self._run is not None and self._run.is_running):
            return
        with guarded(self.notice):
            run = TrainingRun(lambda: made, self._budget, find_registry(self._given))
            self._run = run
            run.news = self._news
            run.start()
            self._refresh()
            self.stop_button.focus()

    def stop(self) -> None:
        """End the training early; the models that are there stay."""
        if self._run is None or not self._run.is_running or self._is_stopping:
            return
        with guarded(self.notice):
            self._run.stop()
            self._is_stopping = True  # the button is not disabled, it would lose the focus
            self._state.value = "Stopping …"

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the training has ended; raises `TimeoutError`."""
        if self._run is not None:
            self._run.wait(seconds)

    def close(self) -> None:
        """Take the widget away; what it trains goes on."""
        if isinstance(self._run, WatchedRun):
            self._run.leave()
        super().close()

    def _news(self) -> None:
        run = self._run
        if run is None:
            return
        if run.board is not None and run.board is not self.board:
            self._take(run.board)
            self._rank()
        if run.error is not None:
            self.notice.error(run.error)
        self._refresh()
        if run.is_running:
            return
        if self._is_stopping:  # the button that had the focus is gone
            self._is_stopping = False
            self.refresh_button.focus()
        if self.board is not None and run.error is None:
            self._say_end()

    def _say_end(self) -> None:
        assert self.board is not None
        done = self.board.models_done
        words = {
            LeaderboardState.DONE: f"Done: {done} models.",
            LeaderboardState.STOPPED: f"Stopped: {done} models are kept.",
            LeaderboardState.FAILED: f"Failed. {self.board.error or ''}",
        }
        text = words.get(LeaderboardState(self.board.state))
        if text is None:
            return
        if self.board.state == LeaderboardState.FAILED:
            self.notice.error(text)
        else:
            self.notice.say(text)

    # --- what is shown --------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask the server again."""
        with guarded(self.notice, self.refresh_button):
            if self.board is not None:
                self._take(self.board.refresh())
            self._rank()
            self._refresh()

    def open_model(self, model: BoardModel | int | str) -> None:
        """Look into a model: itself, its rank or its label."""
        with guarded(self.notice):
            assert self.board is not None
            whole = self.board.model(model, self.metric.value)
            self._selected = whole.number
            self.model.look(self.board, whole)
            self._rank()
            self.keep()

    def _changed(self) -> None:
        if self.board is not None:
            self._take(self.board.refresh())
        self._rank()
        self.keep()

    def _deleted(self) -> None:
        assert self.board is not None
        gone = f"Leaderboard {self.board.id} ({self.board.name}) is deleted."
        self.board = None
        self._refresh()
        self._title.value = f"<h3>{escape(gone)}</h3>"
        self._facts.value = ""
        for part in (self.metric, self.tabs, self.model):
            part.layout.display = "none"
        self.keep()

    def _refresh(self) -> None:
        """Title, facts, buttons and progress as they are now."""
        run, board = self._run, self.board
        is_running = run is not None and run.is_running
        state = "running" if is_running else str(board.state) if board else "not started"
        target, kind, name = self._subject()
        self._title.value = (
            f"<h3>Leaderboard{f' {board.id}' if board else ''}: {escape(name)} "
            f"{chip(state, _TONES.get(state, ''))}</h3>"
        )
        self._facts.value = self._said(target, kind)
        can_start = self._leaderboard is not None and run is None
        self.start_button.layout.display = None if can_start else "none"
        self.stop_button.layout.display = None if is_running else "none"
        self.refresh_button.layout.display = None if board is not None else "none"
        self.metric.layout.display = None if board is not None else "none"
        self._progress.layout.display = None if is_running else "none"
        self.actions.look(board, is_running=is_running)
        if is_running and run is not None and not self._is_stopping:
            self._state.value = _progress_text(run.progress)
            self._bar.value = self._share(run.progress)
        self.keep()

    def _share(self, progress: dict[str, Any]) -> float:
        left = progress.get("seconds_left")
        budget = self.board.time_budget if self.board is not None else None
        if left is not None and budget:
            return max(self._bar.value, min(1.0, 1 - left / budget))
        total = progress.get("total") or 0
        return progress.get("done", 0) / total if total else 0.0

    def _subject(self) -> tuple[str, str, str]:
        if self.board is not None:
            board = self.board
            return board.target_name, str(board.target_type), board.name
        if self._leaderboard is not None:
            target = self._leaderboard.data.target
            name = self._leaderboard.recipe["name"] or target.name
            return target.name, str(target.type), name
        return "", "", "…" if self._run is not None else "not found"

    def _said(self, target: str, kind: str) -> str:
        texts = []
        warnings: list[str] = []
        if self.board is not None:
            board = self.board
            rows = board.partition.rows
            texts = [
                f"{target} ({kind})",
                f"{board.data.source or 'data'}: {board.data.rows:,} rows",
                f"{rows.training:,} to train on, {rows.holdout:,} held out",
                _divided(board.partition.kind, board.partition.column),
                f"{board.engine.name} {board.engine.version}".strip(),
                f"{board.time_budget:g} s" if board.time_budget else "",
            ]
            warnings = board.warnings
        elif self._leaderboard is not None:
            held = len(self._leaderboard.partition.holdout)
            texts = [
                f"{target} ({kind})",
                f"{self._leaderboard.data.rows:,} rows, {held:,} held out",
                f"{self._budget:g} s",
            ]
            warnings = self._leaderboard.warnings
        shown = " · ".join(escape(text) for text in texts if text)
        made = f'<p class="jr-muted">{shown}</p>' if shown else ""
        if warnings:
            items = "".join(f"<li>{escape(text)}</li>" for text in warnings)
            count = f"{len(warnings)} things were noticed" if len(warnings) > 1 else "Noticed"
            made += f"<details open><summary>{count}</summary><ul>{items}</ul></details>"
        return made

    def _rank(self) -> None:
        """The models by the metric that is chosen."""
        if self.board is None or self.metric.value is None:
            return
        self.table.fill(self.board.models(self.metric.value), self.metric.label, self._selected)
        self._draw()
        self.keep()

    def _draw(self) -> None:
        """The picture of all models, if its tab is looked at."""
        at = self.tabs.selected_index or 0
        if at == 0 or self.board is None:
            return
        from ...plots import leaderboard

        ranking = self.board.models(self.metric.value)
        kind, place = ("ranking", self._scores) if at == 1 else ("scoring_time", self._speed)
        with guarded(self.notice):
            place.value = accuracy_svg.picture(lambda: leaderboard(ranking, kind=kind))

    def static_html(self) -> str:
        """The board as plain tables."""
        if self.board is not None:
            return self.board._repr_html_()
        return self._title.value + self._facts.value + self.notice.value

    def static_text(self) -> str:
        """What it is, in a line."""
        if self.board is None:
            return "LeaderboardView: not started"
        best = next(iter(self.board.models(self.metric.value)), None)
        leader = f", best: {best.label}" if best is not None else ""
        return f"LeaderboardView: {self.board.name}, {self.board.state}{leader}"


def _divided(kind: str, column: str | None) -> str:
    if column is not None:
        return f"divided by {kind} ({column})"
    return "divided at random" + (", by class" if kind == "stratified" else "")


def _progress_text(progress: dict[str, Any]) -> str:
    if not progress:
        return "Checking and dividing the data …"
    text = str(progress.get("text") or progress.get("stage") or "Training")
    total = progress.get("total") or 0
    parts = [text, f"{progress.get('done', 0)} of {total} models" if total else ""]
    left = progress.get("seconds_left")
    if left is not None:
        parts.append(f"about {left:.0f} s left")
    return " · ".join(part for part in parts if part)
