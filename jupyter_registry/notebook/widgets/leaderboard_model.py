"""One model of a leaderboard: its pictures, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.kinds import BoardModelState
from .common import Notice, bar, button, confirmed, drawer, guarded
from .leaderboard_actions import Deployable, RegisterModelForm, ReplaceByModelForm
from .leaderboard_pictures import Page, pages
from .markup import chip

if TYPE_CHECKING:
    from ...client.board_models import WholeBoardModel
    from ...client.leaderboards import Board


class ModelPanel(widgets.VBox):
    """A model; a picture is drawn when its tab is looked at.

    Parameters
    ----------
    changed:
        Called after the model became a package, or was unlocked.

    """

    def __init__(self, notice: Notice, changed: Callable[[], object]) -> None:
        self.notice, self._changed = notice, changed
        self.model: WholeBoardModel | None = None
        self._board: Board | None = None
        self._pages: list[Page] = []
        self._drawn: set[int] = set()
        self.form: Any = None
        """What is filled in now: deploying, registering, replacing."""
        self._title = widgets.HTML()
        self.deploy = button("Deploy…", self._open_deploy, style="primary")
        self.register = button("Register…", self._open_register)
        self.replace = button("Replace…", self._open_replace, tip="Put it in a deployment's place")
        self.unlock = button("Unlock holdout", lambda: None)
        self._unlocking = confirmed(
            self.unlock,
            "What it scored on the holdout is then known for good, and who asked. Unlock it?",
            self._unlock,
        )
        self._actions = bar(self.deploy, self.register, self.replace, self._unlocking)
        self._drawer = widgets.VBox(layout=widgets.Layout(overflow="visible"))
        self.tabs = widgets.Tab(layout=widgets.Layout(width="100%"))
        self.tabs.observe(lambda _: self._draw(), "selected_index")
        self._reason = widgets.HTML(layout=widgets.Layout(width="100%"))
        super().__init__(layout=widgets.Layout(overflow="visible", display="none"))
        self.add_class("jr-panel")

    def look(self, board: Board, model: WholeBoardModel) -> None:
        """Show a model."""
        title = self.tabs.titles[self.tabs.selected_index or 0] if self._pages else ""
        self._board, self.model = board, model
        self._drawer.children = ()
        self.layout.display = None
        failed = model.state is BoardModelState.FAILED
        self._entitle()
        if failed:
            reason = escape(model.reason or "No reason is known.")
            self._reason.value = f'<pre class="jr-code">{reason}</pre>'
            self._pages = []
            self.children = (self._title, self._reason)
            return
        self._pages, self._drawn = pages(board, model, board.metric), set()
        titles = [page.title for page in self._pages]
        self.tabs.children = [widgets.HTML(layout=_FULL) for _ in self._pages]
        self.tabs.titles = titles
        self.tabs.selected_index = titles.index(title) if title in titles else 0
        self.children = (self._title, self._actions, self._drawer, self.tabs)
        self._draw()

    def _entitle(self) -> None:
        assert self.model is not None
        model = self.model
        self.unlock.disabled = model.holdout is not None
        self.unlock.tooltip = "It is unlocked" if self.unlock.disabled else "Unlock holdout"
        words = chip("failed", "bad") if model.state is BoardModelState.FAILED else ""
        if model.package:
            words += chip(model.package, "ok")
        if model.holdout is not None:
            words += chip("holdout unlocked")
        self._title.value = f"<h3>{escape(model.label)} {words}</h3>"

    def _draw(self) -> None:
        at = self.tabs.selected_index
        if at is None or at in self._drawn or at >= len(self._pages):
            return
        self._drawn.add(at)
        with guarded(self.notice):
            self.tabs.children[at].value = self._pages[at].html()

    # --- what can be done ---------------------------------------------------------------------

    def _open(self, form: Any, opener: Any) -> None:
        def close() -> None:
            self._drawer.children = ()

        self.form = form
        self._drawer.children = (drawer(form, close=close, opener=opener),)
        form.focus()

    def _again(self, text: str) -> None:
        """The model as it is now: it may have become a package, and be unlocked."""
        assert self.model is not None
        assert self._board is not None
        with guarded(self.notice):
            self.model = self.model.whole()
            at = next((i for i, page in enumerate(self._pages) if page.title == "Scores"), None)
            self._pages = pages(self._board, self.model, self._board.metric)
            if at is not None:
                self._drawn.discard(at)
            self._entitle()
            self._draw()
            self._changed()
            self.notice.say(text)

    def _open_deploy(self) -> None:
        from .deploy_form import DeployForm

        assert self._board is not None
        assert self.model is not None
        what: Any = Deployable(self._board, self.model)
        label = self.model.label
        form = DeployForm(
            what,
            self._board.registry,
            lambda deployment: self._again(
                f"{label} is {deployment.package}, in service of {deployment.label}."
            ),
        )
        self._open(form, self.deploy)

    def _open_register(self) -> None:
        assert self._board is not None
        assert self.model is not None

        def done(package: Any) -> None:
            self._drawer.children = ()
            self._again(f"{package.reference} is registered.")
            self.register.focus()

        self._open(RegisterModelForm(self._board, self.model, done), self.register)

    def _open_replace(self) -> None:
        assert self._board is not None
        assert self.model is not None

        def done(deployment: Any) -> None:
            self._drawer.children = ()
            self._again(f"{deployment.package} is in service of {deployment.label}.")
            self.replace.focus()

        with guarded(self.notice):
            self._open(ReplaceByModelForm(self._board, self.model, done), self.replace)

    def _unlock(self) -> None:
        assert self.model is not None
        with guarded(self.notice, self.unlock):
            label = self.model.label
            self.model.unlock()
            self._again(f"The holdout of {label} is unlocked.")
            self.deploy.focus()  # the other button is of no use any more


_FULL = widgets.Layout(width="100%")
