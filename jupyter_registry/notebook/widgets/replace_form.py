"""`ReplaceForm` puts another package in a champion's place, or the champion elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.errors import IncompatibleReplacement
from ...domain.kinds import CheckStatus, ModelEnvironment, ReplacementReason
from . import deployment_html
from .background import Background
from .build_log import BuildLog
from .chooser import PackageChooser
from .common import Panel, actions, button, find_deployment, find_registry, guarded
from .deploy_fields import libraries_field
from .fields import Field, Fields
from .turns import in_turn

if TYPE_CHECKING:
    from ...client.deployments import Deployment, Replacement
    from ...client.registry import Registry
    from ...domain.entities import Check


class ReplaceForm(Panel):
    """Put another package in service: choose it and its libraries, check it, say why, replace.

    Nothing happens before the checks were seen and none of them fails.

    Parameters
    ----------
    deployment:
        A deployment, or its label or id.
    replaced:
        Called with the deployment after it was replaced.

    """

    def __init__(
        self,
        deployment: Deployment | str | int,
        registry: Registry | None = None,
        replaced: Callable[[Deployment], object] = lambda _: None,
    ) -> None:
        super().__init__()
        self._replaced = replaced
        self._work: Background | None = None
        self.deployment: Deployment | None = None
        #: the checks that are shown, and the package and environment they are of
        self.checks: list[Check] = []
        self._checked: tuple[int, ModelEnvironment | None] | None = None
        with guarded(self.notice):
            self.deployment = find_deployment(deployment, registry)
            self._make(self.deployment, find_registry(registry or self.deployment._registry))
        if self.deployment is None:
            self.show()

    def _make(self, deployment: Deployment, registry: Registry) -> None:
        self.chooser = PackageChooser(
            registry,
            target=(deployment.target_name, deployment.target_type),
            leave_out=deployment.package_id,
            chosen=self._chosen,
        )
        self.check = button("Check", self._check, tip="Check the package; nothing is replaced")
        self._checks = widgets.HTML(layout=widgets.Layout(width="100%"))
        self.build_log = BuildLog()
        self.reason = widgets.Dropdown(
            options=[
                ("Choose a reason", ""),  # not None, which a page may show as nothing chosen
                *((str(r).replace("_", " ").capitalize(), r) for r in ReplacementReason),
            ]
        )
        self.note = widgets.Textarea(rows=2)
        self.fields = Fields(
            environment=libraries_field(deployment.environment),
            reason=Field("Reason", self.reason, "It stays in the history."),
            note=Field("Note", self.note),
        )
        self.replace = button("Replace", self._replace, style="primary")
        self._state = widgets.Label()
        self._title = widgets.HTML()
        self._entitle()
        self.reason.observe(lambda _: self._allow(), "value")
        self.fields["environment"].input.observe(lambda _: self._moved(), "value")
        self._chosen()
        self.show(
            widgets.HTML(deployment_html.CSS, layout=widgets.Layout(display="none")),
            self._title,
            self.chooser,
            self.fields["environment"],
            actions(self.check, self._state),
            self.build_log.view,
            self._checks,
            self.fields["reason"],
            self.fields["note"],
            actions(self.replace),
            self.notice,
        )

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the checking or replacing under way has ended."""
        if self._work is not None:
            self._work.wait(seconds)

    def static_html(self) -> str:
        """The checks, or the deployment."""
        if self.checks:
            return deployment_html.checks_table(self.checks)
        return self.deployment._repr_html_() if self.deployment else self.notice.value

    def static_text(self) -> str:
        """What it is, in a line."""
        known = self.deployment
        return f"ReplaceForm: {f'{known.label}, {known.package}' if known else 'not found'}"

    def _entitle(self) -> None:
        assert self.deployment is not None
        from html import escape

        label, package = escape(self.deployment.label), escape(self.deployment.package)
        self._title.value = f"<h3>Replace {package} in {label}</h3>"

    @property
    def _wanted(self) -> tuple[int, ModelEnvironment | None] | None:
        """The package chosen, and what it is to run in: nothing, where that is elsewhere."""
        package = self.chooser.package
        if package is None:
            return None
        environment = self.fields["environment"].value if package.kind.is_hosted else None
        return package.id, environment

    def _moved(self) -> None:
        """Offer the champion as well where it would get other libraries."""
        known = self.deployment
        assert known is not None
        stays = self.fields["environment"].value == known.environment
        self.chooser.leave_out(known.package_id if stays else None)
        self._chosen()

    def _chosen(self) -> None:
        package = self.chooser.package
        self.checks, self._checked = [], None
        self._checks.value = (
            '<p class="jr-muted">'
            + ("Check the package before it can replace." if package else "Choose a package.")
            + "</p>"
        )
        self.check.disabled = package is None
        elsewhere = package is not None and not package.kind.is_hosted
        self.fields["environment"].layout.display = "none" if elsewhere else None
        self._allow()

    def _allow(self) -> None:
        """Allow to replace when the chosen package was checked, nothing fails, and why is said."""
        wanted = self._wanted
        failing = any(check.status is CheckStatus.FAILING for check in self.checks)
        checked = wanted is not None and self._checked == wanted
        self.replace.disabled = not checked or failing or not self.reason.value
        self.replace.tooltip = (
            "Check the package first"
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
                lambda work: self._replace_by(work, wanted, dry_run=True),
                lambda result: self._show_checks(result.checks, wanted),
            )

    def _show_checks(
        self, found: list[Check], checked: tuple[int, ModelEnvironment | None] | None
    ) -> None:
        self.checks, self._checked = found, checked
        self._checks.value = deployment_html.checks(found)
        self._allow()

    def _replace(self) -> None:
        wanted = self._wanted
        if wanted is None or self._checked != wanted:
            return
        said = {"reason": self.reason.value, "note": self.note.value.strip()}
        self._start("Replacing …", lambda work: self._replace_by(work, wanted, **said), self._done)

    def _replace_by(
        self, work: Background, wanted: tuple[int, ModelEnvironment | None], **said: Any
    ) -> Replacement:
        assert self.deployment is not None
        package_id, environment = wanted
        return self.deployment.replace(
            package_id,
            **said,
            environment=environment,
            log=lambda line: work.tell(lambda: self.build_log.add(line)),
        )

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

    def _hold_choices(self, held: bool) -> None:
        self.chooser.list.disabled = self.fields["environment"].input.disabled = held

    def _rest(self) -> None:
        self._state.value = ""
        self._hold_choices(False)
        self.check.disabled = self.chooser.package is None
        self.check.focus()  # it had it, and lost it when it was disabled
        self._allow()

    def _failed(self, error: BaseException) -> None:
        self._rest()
        if isinstance(error, IncompatibleReplacement) and self._wanted is not None:
            from ...domain.entities import Check

            found = [Check.model_validate(item) for item in error.fields.get("checks", ())]
            self._show_checks(found, self._wanted)
        self.fields.show(error)
        self.notice.error(error)

    def _done(self, result: Replacement) -> None:
        assert self.deployment is not None
        self._entitle()
        self._moved()
        self.reason.value = self.note.value = ""
        self.notice.say(f"{result.deployment.package} is in service of {result.deployment.label}.")
        self._replaced(self.deployment)
        self.chooser.search.focus()
