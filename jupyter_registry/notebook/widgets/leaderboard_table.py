"""The table of a leaderboard's models: ranked, the failed ones with their reasons, one chosen."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client.html import size
from .markup import chip
from .turns import clicked

if TYPE_CHECKING:
    from ...client.board_models import BoardModel, Ranking

_OUTER = "60px minmax(190px, 1.2fr) minmax(0, 3fr)"
_INNER = "minmax(130px, 1.3fr) 86px 84px 116px 84px minmax(0, 1fr)"
CSS = f"""
.jr .jr-board {{ border: 1px solid var(--jr-line); border-radius: 4px; overflow-x: auto; }}
.jr .jr-board > .widget-box {{ border-bottom: 1px solid var(--jr-line); min-width: 860px;
  grid-template-columns: {_OUTER}; }}
.jr .jr-board > .widget-box:last-child {{ border-bottom: 0; }}
.jr .jr-board > .jr-chosen {{ background: var(--jr-soft);
  box-shadow: inset 3px 0 0 var(--jr-focus); }}
.jr .jr-board .widget-button {{ width: auto; margin: 1px 4px; overflow: hidden;
  text-overflow: ellipsis; }}
.jr .jr-board .widget-html, .jr .jr-board .widget-html-content {{ margin: 0; width: 100%; }}
.jr .jr-board-cells {{ display: grid; grid-template-columns: {_INNER}; font-size: 12px;
  line-height: 30px; height: 30px; }}
.jr .jr-board-cells > span, .jr .jr-rank {{ overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; padding: 0 8px; line-height: 30px; }}
.jr .jr-board-cells > .jr-num, .jr .jr-rank {{ text-align: right;
  font-variant-numeric: tabular-nums; }}
.jr .jr-board-cells.jr-failed {{ grid-template-columns: 90px minmax(0, 1fr); }}
.jr .jr-board-head {{ background: var(--jr-soft); color: var(--jr-muted); font-weight: 600; }}
.jr .jr-board-head span {{ font-size: 12px; }}
"""


class ModelTable(widgets.VBox):
    """A row per model; the button of a row chooses it.

    Rows are kept when the table is shown anew, so that the focus stays where it is.
    """

    def __init__(self, chosen: Callable[[BoardModel], object]) -> None:
        self._chosen = chosen
        self._shown: list[BoardModel] = []
        self._rows: list[_Row] = []
        self._head = widgets.HTML()
        head_name = widgets.HTML('<span class="jr-rank">Model</span>')
        head_rank = widgets.HTML('<div class="jr-rank">Rank</div>')
        head = _grid(head_rank, head_name, self._head)
        head.add_class("jr-board-head")
        self._first = head
        self._none = widgets.HTML('<p class="jr-muted" style="padding: 0 8px">No model yet.</p>')
        super().__init__([head, self._none], layout=widgets.Layout(margin="6px 0"))
        self.add_class("jr-board")

    def fill(self, ranking: Ranking, title: str, selected: int | None) -> None:
        """Show a ranking; ``selected`` is the number of the chosen model."""
        self._head.value = _cells(
            [title, "Holdout", "Trained s", "ms/1,000 rows", "Size", "Package"], "jr-board-head"
        )
        models = [*ranking.ranked, *ranking.failed]
        while len(self._rows) < len(models):
            self._rows.append(_Row(self._choose_at, len(self._rows)))
        self._shown = models
        rows = {row[1]: row for row in ranking.rows()}
        for place, model in enumerate(models):
            self._rows[place].show(model, rows.get(model.number), model.number == selected)
        wanted = (self._first, *(self._rows[: len(models)] or [self._none]))
        if tuple(self.children) != wanted:
            self.children = wanted

    def button_of(self, number: int) -> widgets.Button | None:
        """The button that chooses a model."""
        for row, model in zip(self._rows, self._shown, strict=False):
            if model.number == number:
                return row.name
        return None

    def _choose_at(self, place: int) -> None:
        self._chosen(self._shown[place])


class _Row(widgets.Box):
    """One model."""

    def __init__(self, choose: Callable[[int], object], place: int) -> None:
        self.rank = widgets.HTML()
        self.name = widgets.Button()
        self.name.add_class("jr-link")
        self.name.on_click(clicked(lambda: choose(place)))
        self.cells = widgets.HTML()
        layout = widgets.Layout(display="grid", overflow="visible", width="100%")
        super().__init__([self.rank, self.name, self.cells], layout=layout)

    def show(self, model: BoardModel, row: tuple[Any, ...] | None, is_chosen: bool) -> None:
        """Show a model; a failed one has no row of the ranking."""
        self.name.description = model.label
        self.name.tooltip = f"Look at {model.label}"
        if is_chosen:
            self.add_class("jr-chosen")
        else:
            self.remove_class("jr-chosen")
        if row is None:
            reason = model.reason or "no reason is known"
            line = reason.strip().splitlines()[0] if reason.strip() else ""
            self.rank.value = '<div class="jr-rank">–</div>'
            self.cells.value = (
                f'<div class="jr-board-cells jr-failed"><span>{chip("failed", "bad")}</span>'
                f'<span title="{escape(reason, quote=True)}">{escape(line)}</span></div>'
            )
            return
        rank, _, _, score, spread, holdout, seconds, ms, _, package = row
        self.rank.value = f'<div class="jr-rank">{rank}</div>'
        shown = _number(score) + ("" if spread is None else f" ± {_number(spread, 3)}")
        self.cells.value = _cells(
            [
                shown,
                "sealed" if model.holdout is None else _number(holdout),
                _number(seconds, 3),
                _number(ms, 3),
                size(model.size),
                package or "",
            ]
        )


def _grid(*parts: Any) -> widgets.Box:
    return widgets.Box(
        list(parts), layout=widgets.Layout(display="grid", overflow="visible", width="100%")
    )


def _cells(texts: list[str], kind: str = "") -> str:
    last = len(texts) - 1
    inner = "".join(
        f"<span{' class=jr-num' if place < last else ''} "
        f'title="{escape(text, quote=True)}">{escape(text)}</span>'
        for place, text in enumerate(texts)
    )
    return f'<div class="jr-board-cells {kind}">{inner}</div>'


def _number(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}g}"
