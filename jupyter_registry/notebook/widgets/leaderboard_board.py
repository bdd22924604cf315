"""What is done with a leaderboard as a whole: trained again, compared, deleted; the way to kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .common import Notice, bar, button, confirmed, drawer, guarded
from .leaderboard_compare import ComparisonForm

if TYPE_CHECKING:
    from ...client.leaderboards import Board
    from .leaderboard_run import TrainingRun


class BoardActions:
    """Buttons for a bar, links to predecessor and successors, and a drawer for forms.

    Parameters
    ----------
    go:
        Called with the id of another leaderboard that is to be shown.
    begun:
        Called with a training that has begun again.
    changed, deleted:
        Called after a holdout was unlocked, and after the leaderboard is gone.

    """

    def __init__(
        self,
        notice: Notice,
        *,
        go: Callable[[int], object],
        begun: Callable[[TrainingRun], object],
        changed: Callable[[], object],
        deleted: Callable[[], object],
    ) -> None:
        self._notice, self._go = notice, go
        self._begun, self._changed, self._deleted = begun, changed, deleted
        self._board: Board | None = None
        self.form: Any = None
        """What is filled in now."""
        self.again = button("Train again…", self._open_again, tip="The same recipe, other data")
        self.compare = button("Compare…", self._open_compare, tip="With an older model")
        self.delete = button("Delete", lambda: None)
        self._deleting = confirmed(self.delete, self._question, self._delete)
        self._held = button("Delete", self._refuse)
        self.buttons = (self.again, self.compare, self._deleting, self._held)
        self.links = bar()
        self.drawer = widgets.VBox(layout=widgets.Layout(overflow="visible"))

    def look(self, board: Board | None, *, is_running: bool) -> None:
        """Fit what is offered to a board as it is now."""
        is_other = board is None or self._board is None or board.id != self._board.id
        self._board = board
        shown = {
            self.again: board is not None and not is_running,
            self.compare: board is not None and board.models_done > 0,
            self._deleting: board is not None and not is_running,
            self._held: board is not None and is_running,
        }
        for widget, is_shown in shown.items():
            widget.layout.display = None if is_shown else "none"
        if is_other:
            self.close()
        kin = [] if board is None else _kin(board)
        if [number for number, _ in kin] != [one.number for one in self.links.children]:
            self.links.children = [self._link(number, words) for number, words in kin]
        self.links.layout.display = None if kin else "none"

    def close(self) -> None:
        """Put away what is filled in."""
        self.form = None
        self.drawer.children = ()

    def _link(self, number: int, words: str) -> Any:
        made = button(words, lambda: self._go(number), tip=f"Show leaderboard {number}")
        made.add_class("jr-link")
        made.number = number
        return made

    def _open(self, form: Any, opener: Any) -> None:
        self.form = form
        self.drawer.children = (drawer(form, close=self.close, opener=opener),)
        form.focus()

    def _open_again(self) -> None:
        from .leaderboard_form import LeaderboardForm

        with guarded(self._notice):
            assert self._board is not None
            form = LeaderboardForm(
                registry=self._board.registry, like=self._board, begun=self._begun
            )
            self._open(form, self.again)

    def _open_compare(self) -> None:
        with guarded(self._notice, self.compare):
            assert self._board is not None
            self._open(ComparisonForm(self._board, self._changed), self.compare)

    def _question(self) -> str:
        assert self._board is not None
        packages = ", ".join(self._board.packages)
        kept = f" What was made of them stays: {packages}." if packages else ""
        return (
            f"Its {self._board.models_done} models are deleted with it, which cannot be taken "
            f"back.{kept} Delete it?"
        )

    def _refuse(self) -> None:
        self._notice.error("It is being trained: stop it first, then it can be deleted.")

    def _delete(self) -> None:
        with guarded(self._notice, self.delete):
            assert self._board is not None
            self._board.delete()
            self._deleted()


def _kin(board: Board) -> list[tuple[int, str]]:
    """The leaderboards that it follows, and that follow it, with what is said of them."""
    found = []
    if (first := board.predecessor_id) is not None:
        found.append((first, f"← trained again from leaderboard {first}"))
    found += [(number, f"trained again as leaderboard {number} →") for number in board.successors]
    return found
