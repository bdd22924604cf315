"""What forms of a replacement have in common: checks before anything happens, and the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import ipywidgets as widgets

from ...domain.errors import IncompatibleReplacement
from ...domain.kinds import CheckStatus, ReplacementReason
from . import deployment_html
from .background import Background
from .build_log import BuildLog
from .common import Panel, actions, button
from .fields import Field, Fields
from .turns import in_turn

if TYPE_CHECKING:
    from ...client.deployments import Replacement
    from ...domain.entities import Check

Wanted = TypeVar("Wanted")


class Replacing(Panel, Generic[Wanted]):
    """Something is chosen, checked, and put in service once nothing fails and why is said.

    A subclass says what is chosen (`_wanted`), asks for the check or the replacement (`_ask`), and
    goes on after it (`_done`); it calls `_prepare` for the parts and shows them by `_show_parts`.
    What is said where nothing was checked yet is its `_unchecked`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._work: Background | None = None
        #: the checks that are shown, and what they are of
        self.checks: list[Check] = []
        self._checked: Wanted | None = None

    @property
    def _wanted(self) -> Wanted | None:
        """What is chosen now; ``None`` where that is not enough."""
        raise NotImplementedError

    def _ask(self, work: Background, wanted: Wanted, **said: Any) -> Replacement:
        """Check it (``dry_run``), or put it in service with ``reason`` and ``note``."""
        raise NotImplementedError

    def _done(self, result: Replacement) -> None:
        """It is in service."""
        raise NotImplementedError

    def _unchecked(self) -> str:
        """What stands in the place of the checks."""
        return "" if self._wanted is None else "Check it before it can replace."

    def _hold_choices(self, held: bool) -> None:
        for name in ("kernelspec", "environment"):
            self.fields[name].input.disabled = held

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the checking or replacing under way has ended."""
        if self._work is not None:
            self._work.wait(seconds)

    def _prepare(self, runtime: Fields, **first: Field) -> None:
        self.check = button("Check", self._check, tip="Check it; nothing is replaced")
        self.replace = button("Replace", self._replace, style="primary")
        self.build_log = BuildLog()
        self.reason = widgets.Dropdown(
            options=[
                ("Choose a reason", ""),  # not None, which a page may show as nothing chosen
                *((str(r).replace("_", " ").capitalize(), r) for r in ReplacementReason),
            ]
        )
        self.note = widgets.Textarea(rows=2)
        self.fields = Fields(
            **first,
            **runtime,
            reason=Field("Reason", self.reason, "It stays in the history."),
            note=Field("Note", self.note),
        )
        self._state = widgets.Label()
        self._checks = widgets.HTML(layout=widgets.Layout(width="100%"))
        self.reason.observe(lambda _: self._allow(), "value")

    def _show_parts(self, *first: Any) -> None:
        """Show what is chosen from, then the parts below it."""
        self.show(
            widgets.HTML(deployment_html.CSS, layout=widgets.Layout(display="none")),
            *first,
            self.fields["kernelspec"],
            self.fields["environment"],
            actions(self.check, self._state),
            self.build_log.view,
            self._checks,
            self.fields["reason"],
            self.fields["note"],
            actions(self.replace),
            self.notice,
        )

    def _chosen(self) -> None:
        """Something else is chosen: what was checked says nothing of it."""
        self.checks, self._checked = [], None
        said = self._unchecked()
        self._checks.value = f'<p class="jr-muted">{said}</p>' if said else ""
        self.check.disabled = self._wanted is None
        self._allow()

    def _allow(self) -> None:
        """Allow to replace what was checked, if nothing fails and why is said."""
        wanted = self._wanted
        failing = any(check.status is CheckStatus.FAILING for check in self.checks)
        checked = wanted is not None and self._checked == wanted
        self.replace.disabled = not checked or failing or not self.reason.value
        self.replace.tooltip = (
            "Check it first"
            if not checked
            else "A check fails"
            if failing
            else "Choose a reason first"
            if not self.reason.value
            else "Put it in service"
        )

    def _check(self) -> None:
        wanted = self._wanted
        if wanted is not None:
            self._start(
                "Checking …",
                lambda work: self._ask(work, wanted, dry_run=True),
                lambda result: self._show_checks(result.checks, wanted),
            )

    def _show_checks(self, found: list[Check], checked: Wanted) -> None:
        self.checks, self._checked = found, checked
        self._checks.value = deployment_html.checks(found)
        self._allow()

    def _replace(self) -> None:
        wanted = self._wanted
        if wanted is None or self._checked != wanted:
            return
        said = {"reason": self.reason.value, "note": self.note.value.strip()}
        self._start("Replacing …", lambda work: self._ask(work, wanted, **said), self._done)

    def _log_of(self, work: Background) -> Callable[[str], object]:
        """Who is told each line of what is built."""
        return lambda line: work.tell(lambda: self.build_log.add(line))

    @in_turn
    def _start(
        self, text: str, work: Callable[[Background], Any], done: Callable[[Any], object]
    ) -> None:
        self.notice.clear()
        self.fields.clear()
        self.build_log.clear()
        self.check.disabled = self.replace.disabled = True
        self._hold_choices(True)
        self._state.value = text

        def ended(result: Any) -> None:
            self._rest()
            done(result)

        self._work = Background(work, ended, self._failed)

    def _rest(self) -> None:
        self._state.value = ""
        self._hold_choices(False)
        self.check.disabled = self._wanted is None
        self.check.focus()  # it had it, and lost it when it was disabled
        self._allow()

    def _failed(self, error: BaseException) -> None:
        self._rest()
        wanted = self._wanted
        if isinstance(error, IncompatibleReplacement) and wanted is not None:
            from ...domain.entities import Check

            found = [Check.model_validate(item) for item in error.fields.get("checks", ())]
            self._show_checks(found, wanted)
        self.fields.show(error)
        self.notice.error(error)
