"""`DeploymentCard`: one deployment, how it does, and what can be done with it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.kinds import DeploymentState
from . import deployment_html, deployment_status
from .common import (
    Panel,
    actions,
    bar,
    button,
    confirmed,
    drawer,
    find_deployment,
    find_registry,
    guarded,
)
from .fields import Field

if TYPE_CHECKING:
    from ...client.accuracy import Accuracy
    from ...client.deployments import Deployment
    from ...client.packages import Package
    from ...client.registry import Registry
    from ...domain.entities import ServicePeriod


#: Seconds from the question on that what a notebook saves waits for the answers.
_STATIC_SECONDS = 0.6


class DeploymentCard(Panel):
    """State, champion, rows; health, accuracy and drift; history; and all actions.

    In a notebook it appears at once, and the statuses and accuracy follow as they are answered;
    `wait` waits for them. Elsewhere they are there when the card is.

    Parameters
    ----------
    deployment:
        A deployment, or its label or id.

    """

    def __init__(
        self, deployment: Deployment | str | int, registry: Registry | None = None
    ) -> None:
        super().__init__()
        self.deployment: Deployment | None = None
        self.accuracy: Accuracy | None = None
        self.history: list[ServicePeriod] = []
        self._snippets_of: tuple[Any, ...] = ()
        wide = widgets.Layout(width="100%")
        self._heading = widgets.HTML(layout=wide)
        self.statuses = deployment_status.Statuses(self._take_accuracy)
        self._figures = widgets.HTML(layout=wide)
        self._timeline = widgets.HTML(layout=wide)
        self._snippets = widgets.HTML(layout=wide)
        self._drawer = widgets.VBox(layout=widgets.Layout(overflow="visible"))
        self._make_actions()
        with guarded(self.notice):
            self.deployment = find_deployment(deployment, registry)
            self._registry = find_registry(registry or self.deployment._registry)
        if self.deployment is None:
            self.show()
            return
        self.show(
            widgets.HTML(
                deployment_html.CSS + deployment_status.CSS, layout=widgets.Layout(display="none")
            ),
            self._heading,
            self.statuses,
            self._actions,
            self._drawer,
            self._figures,
            self._timeline,
            self._snippets,
        )
        self._is_answered, self._why_not = False, ""
        self._asked_at = 0.0
        self.refresh()

    @property
    def _known(self) -> Deployment:
        assert self.deployment is not None
        return self.deployment

    def refresh(self) -> None:
        """Ask the server, and show what it says; in place."""
        with guarded(self.notice, self.again):
            try:
                self._known.refresh()
            finally:
                self._show_figures()
                self.statuses.ask(self._known)
                self._asked_at = time.monotonic()
            self.history = self._known.history()
            self._show_state()
        if not _has_loop():
            self.wait()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until statuses and accuracy are known and shown; raises `TimeoutError`."""
        self.statuses.wait(seconds)

    def _take_accuracy(self, accuracy: Accuracy | None, why_not: str) -> None:
        self.accuracy, self._is_answered = accuracy, True
        self._why_not = why_not
        self._show_figures()

    def _show_figures(self) -> None:
        shown = deployment_html.accuracy(self._known, self.accuracy)
        if not self._is_answered:
            shown = deployment_html.accuracy_awaited(self._known)
        elif self.accuracy is None:
            shown = deployment_html.accuracy_missing(self._why_not)
        self._figures.value = deployment_html.counts(self._known) + shown

    def _show_state(self) -> None:
        deployment = self._known
        state = deployment.state
        self._heading.value = deployment_html.heading(deployment)
        self._timeline.value = "<h4>In service</h4>" + deployment_html.timeline(self.history)
        archived = state is DeploymentState.ARCHIVED
        self.activate.layout.display = "none" if state is DeploymentState.ACTIVE else None
        self._deactivating.layout.display = None if state is DeploymentState.ACTIVE else "none"
        self._archiving.layout.display = "none" if archived else None
        self.replace.disabled = archived
        self.roll_back.disabled = archived or len(self.history) < 2
        self.roll_back.tooltip = (
            "There was no package before this one"
            if len(self.history) < 2
            else "Put the previous package back in service"
        )
        shown = (deployment.package_id, deployment.label, deployment.association_id_column)
        if shown != self._snippets_of:  # what is unfolded stays so on a refresh
            package: Package = deployment.champion
            self._snippets.value = deployment_html.snippets(deployment, package, self._registry.url)
            self._snippets_of = shown
        self.keep()

    def static_html(self) -> str:
        """The deployment, its statuses, accuracy and history as plain tables."""
        if self.deployment is None:
            return self.notice.value
        from ...client.deployments import History

        self._settle()
        shown = self.deployment._repr_html_() + self.statuses.table()
        shown += History(self.history)._repr_html_()
        if self.accuracy is not None and self.accuracy.overall_rows():
            shown += self.accuracy._repr_html_()
        return shown

    def static_text(self) -> str:
        """Label, champion, state, and the statuses as far as they are known."""
        known = self.deployment
        if known is None:
            return "DeploymentCard: not found"
        self._settle()
        told = "; ".join(f"{name.lower()} {word}" for name, word, _ in self.statuses.rows())
        return f"Deployment {known.label}: {known.package}, {known.state}; {told}"

    def _settle(self) -> None:
        """Wait a little for answers on their way: what a notebook saves is made but once."""
        with contextlib.suppress(TimeoutError):
            self.wait(max(0.0, self._asked_at + _STATIC_SECONDS - time.monotonic()))

    # --- what can be done ---------------------------------------------------------------------

    def _make_actions(self) -> None:
        self.replace = button("Replace…", self._open_replace, style="primary")
        self.create_key = button("New key…", self._open_key)
        self.activate = button("Activate", lambda: self._change("activate"))
        self.again = button("Refresh", self.refresh)
        self.deactivate = button("Deactivate", lambda: None)
        self.roll_back = button("Roll back", lambda: None)
        self.archive = button("Archive", lambda: None)
        self._deactivating = confirmed(
            self.deactivate,
            lambda: f"Really let {self._known.label} take no more rows?",
            lambda: self._change("deactivate"),
        )
        rolling_back = confirmed(self.roll_back, self._ask_back, self._roll_back)
        self._archiving = confirmed(
            self.archive,
            lambda: f"Really archive {self._known.label}?",
            lambda: self._change("archive"),
        )
        self._actions = bar(
            self.replace,
            self.activate,
            self._deactivating,
            rolling_back,
            self._archiving,
            self.create_key,
            self.again,
        )

    def _change(self, verb: str) -> None:
        done = False
        with guarded(self.notice, self.activate, self.deactivate, self.archive):
            getattr(self._known, verb)()
            done = True
        if done:
            self.refresh()
            self.notice.say(f"{self._known.label} is {self._known.state} now.")
            # what was pressed has gone: on to what undoes it
            hidden = self.activate.layout.display == "none"
            archived = self._known.state is DeploymentState.ARCHIVED
            (self.again if archived else self.deactivate if hidden else self.activate).focus()

    def _ask_back(self) -> str:
        ended = [period for period in self.history if period.end is not None]
        before = max(ended, key=lambda period: period.start).package if ended else "the one before"
        return f"Really replace {self._known.package} by {before}?"

    def _roll_back(self) -> None:
        done = False
        with guarded(self.notice, self.roll_back):
            self._known.rollback()
            done = True
        if done:
            self.refresh()
            self.notice.say(f"{self._known.package} is in service again.")

    def _open_replace(self) -> None:
        from .replace_form import ReplaceForm

        self.replace_form = ReplaceForm(self._known, self._registry, lambda _: self.refresh())
        self._open(self.replace_form, opener=self.replace)
        self.replace_form.chooser.search.focus()

    def _open_key(self) -> None:
        name = widgets.Text(placeholder="web shop")
        field = Field("Key for", name, "Who will use it; it opens the rows of this deployment.")
        shown = widgets.HTML()

        def make() -> None:
            with guarded(self.notice, create):
                key = self._known.create_key(name.value.strip())
                shown.value = (
                    f'<div class="jr-notice jr-notice-said" role="status">Key for '
                    f"{escape(key.name or 'anyone')}: <code>{escape(key.key)}</code><div>Copy it "
                    "now and close this: it is not shown again, and while it is shown, it is saved "
                    "with the notebook.</div></div>"
                )

        create = button("Create key", make, style="primary")
        self.key_name, self.key_shown, self.key_create = name, shown, create
        title = widgets.HTML("<h3>New prediction key</h3>")
        self._open(title, field, actions(create), shown, opener=self.create_key)
        name.focus()

    def _open(self, *content: Any, opener: Any) -> None:
        self._drawer.children = (drawer(*content, close=self._close, opener=opener),)

    def _close(self) -> None:
        for panel in self._drawer.children:
            for part in panel.children:
                if isinstance(part, widgets.HTML):
                    part.value = ""  # a key that was shown is not saved with the notebook
        self._drawer.children = ()


def _has_loop() -> bool:
    """Whether answers reach the card by themselves, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
