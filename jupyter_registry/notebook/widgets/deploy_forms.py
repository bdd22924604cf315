"""`DeployForm` puts a package into service; `ReplaceForm` another one in its place."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client.environments import OtherLibraries
from ...domain.errors import IncompatibleReplacement, InvalidInput
from ...domain.kinds import CheckStatus, ModelEnvironment, ReplacementReason
from . import deployment_html
from .background import Background
from .build_log import BuildLog
from .chooser import PackageChooser
from .common import Panel, actions, button, find_deployment, find_registry, guarded
from .deploy_fields import deploy_fields
from .fields import Field, Fields
from .turns import in_turn

if TYPE_CHECKING:
    from ...client.deployments import Deployment, Replacement
    from ...client.packages import Package, PackageItem
    from ...client.registry import Registry
    from ...domain.entities import Check


class DeployForm(Panel):
    """Create a deployment of a package.

    Parameters
    ----------
    package:
        A package, or ``"name/version"`` or ``"name@alias"``.
    deployed:
        Called with the deployment once there is one; it is then in ``deployment`` too.

    """

    def __init__(
        self,
        package: Package | PackageItem | str,
        registry: Registry | None = None,
        deployed: Callable[[Deployment], object] = lambda _: None,
    ) -> None:
        super().__init__()
        self._deployed = deployed
        self._work: Background | None = None
        self.package: Package | PackageItem | None = None
        self.deployment: Deployment | None = None
        with guarded(self.notice):
            self._registry = find_registry(registry or getattr(package, "_registry", None))
            self.package = self._registry.package(package) if isinstance(package, str) else package
        if self.package is None:
            self.show()
            return
        self.fields = deploy_fields(self.package)
        self.deploy = button("Deploy", self._deploy, style="primary")
        self._state = widgets.Label()
        self.checks: list[Check] = []
        #: what the checks that were seen are of
        self._checked: dict[str, Any] | None = None
        self._checks = widgets.HTML(layout=widgets.Layout(width="100%"))
        self.build_log = BuildLog()
        shown = [field for field in self.fields.values() if field.layout.display != "none"]
        self._title = widgets.HTML(f"<h3>Deploy {self.package.reference}</h3>")
        self.show(
            widgets.HTML(deployment_html.CSS, layout=widgets.Layout(display="none")),
            self._title,
            *shown,
            self._checks,
            actions(self.deploy, self._state),
            self.build_log.view,
            self.notice,
        )

    def focus(self) -> None:
        """Go to the first input."""
        if self.package is not None:
            self.fields["label"].input.focus()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the deploying under way has ended."""
        if self._work is not None:
            self._work.wait(seconds)

    def static_html(self) -> str:
        """The deployment, or the package to deploy."""
        shown = self.deployment or self.package
        return shown._repr_html_() if shown is not None else self.notice.value

    def static_text(self) -> str:
        """What it is, in a line."""
        if self.deployment is not None:
            return f"DeployForm: {self.deployment.label} is deployed"
        return f"DeployForm: {self.package.reference if self.package else 'package not found'}"

    def _deploy(self) -> None:
        package = self.package
        assert package is not None
        with guarded(self.notice, fields=self.fields):
            said = self._said()
            self.deploy.disabled = True
            hosted = package.kind.is_hosted
            self._state.value = "Loading the model and scoring a sample …" if hosted else "…"
            self.build_log.clear()
            self._work = Background(lambda work: self._put(work, said), self._done, self._failed)

    def _put(self, work: Background, said: dict[str, Any]) -> Deployment | list[Check]:
        """Deploy; where a check that was not seen yet has something to say, that comes back."""
        package = self.package
        assert package is not None
        runtime = {name: said[name] for name in ("kernelspec", "environment")}
        if not hasattr(package, "checks"):  # a leaderboard's model was made here
            return package.deploy(**said)
        if package.kind.is_hosted and self._checked != runtime:
            found = package.checks(**runtime)
            self._checked = runtime
            if any(check.status is not CheckStatus.PASSING for check in found):
                return found
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OtherLibraries)  # they are shown
            return package.deploy(
                **said, log=lambda line: work.tell(lambda: self.build_log.add(line))
            )

    def _show_checks(self, found: list[Check]) -> None:
        self.checks = found
        self._checks.value = deployment_html.checks(found) if found else ""
        self.deploy.description = "Deploy all the same" if found else "Deploy"

    def _said(self) -> dict[str, Any]:
        values = {name: field.value for name, field in self.fields.items()}
        if values["label"] is None:
            raise InvalidInput(
                "A deployment needs a label.",
                advice="Give a name that people will know it by.",
                fields={"label": "missing"},
            )
        if not self.fields["prediction_threshold"].layout.display:
            threshold = values["prediction_threshold"]
            usual = self.package.prediction_threshold if self.package else None
            values["prediction_threshold"] = None if threshold == usual else threshold
        else:
            values["prediction_threshold"] = None
        values["environment"] = values.get("environment") or ModelEnvironment.KERNELSPEC
        values["predict_seconds"] = values["predict_seconds"] or None
        return values | {"description": values["description"] or ""}

    def _failed(self, error: BaseException) -> None:
        self._rest()
        self.fields.show(error)
        self.notice.error(error)
        self.deploy.focus()

    def _done(self, result: Deployment | list[Check]) -> None:
        from .deployment_card import DeploymentCard

        self._rest()
        if isinstance(result, list):
            self._show_checks(result)
            self.deploy.focus()
            return
        deployment = result
        self.deployment = deployment
        self._deployed(deployment)
        self.notice.say(f"{deployment.label} is deployed; it has {deployment.package}.")
        self.card = DeploymentCard(deployment, self._registry)
        self.show(self.notice, self.card)
        self.card.again.focus()

    def _rest(self) -> None:
        self.deploy.disabled = False
        self._state.value = ""


class ReplaceForm(Panel):
    """Put another package in service: choose it, check it, say why, replace.

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
        #: the checks that are shown, and the package they are of
        self.checks: list[Check] = []
        self._checked: int | None = None
        with guarded(self.notice):
            self.deployment = find_deployment(deployment, registry)
            self._make(self.deployment, find_registry(registry or self.deployment._registry))
        if self.deployment is None:
            self.show()

    def _make(self, deployment: Deployment, registry: Registry) -> None:
        name = deployment.package.rpartition("/")[0]
        self.chooser = PackageChooser(
            registry, words=name, leave_out=deployment.package_id, chosen=self._chosen
        )
        self.check = button("Check", self._check, tip="Check the package; nothing is replaced")
        self._checks = widgets.HTML(layout=widgets.Layout(width="100%"))
        self.reason = widgets.Dropdown(
            options=[
                ("Choose a reason", ""),  # not None, which a page may show as nothing chosen
                *((str(r).replace("_", " ").capitalize(), r) for r in ReplacementReason),
            ]
        )
        self.note = widgets.Textarea(rows=2)
        self.fields = Fields(
            reason=Field("Reason", self.reason, "It stays in the history."),
            note=Field("Note", self.note),
        )
        self.replace = button("Replace", self._replace, style="primary")
        self._state = widgets.Label()
        self._title = widgets.HTML()
        self._entitle()
        self.reason.observe(lambda _: self._allow(), "value")
        self._chosen()
        self.show(
            widgets.HTML(deployment_html.CSS, layout=widgets.Layout(display="none")),
            self._title,
            self.chooser,
            actions(self.check, self._state),
            self._checks,
            *self.fields.values(),
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

    def _chosen(self) -> None:
        package = self.chooser.package if hasattr(self, "chooser") else None
        self.checks, self._checked = [], None
        self._checks.value = (
            '<p class="jr-muted">'
            + ("Check the package before it can replace." if package else "Choose a package.")
            + "</p>"
        )
        self.check.disabled = package is None
        self._allow()

    def _allow(self) -> None:
        """Allow to replace when the chosen package was checked, nothing fails, and why is said."""
        package = self.chooser.package
        failing = any(check.status is CheckStatus.FAILING for check in self.checks)
        checked = package is not None and self._checked == package.id
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
        package = self.chooser.package
        if package is None or self.deployment is None:
            return
        deployment, chosen = self.deployment, package.id
        self._start(
            "Checking …",
            lambda _: deployment.replace(chosen, dry_run=True),
            lambda result: self._show_checks(result.checks, chosen),
        )

    def _show_checks(self, found: list[Check], package_id: int) -> None:
        self.checks, self._checked = found, package_id
        self._checks.value = deployment_html.checks(found)
        self._allow()

    def _replace(self) -> None:
        package = self.chooser.package
        if package is None or self.deployment is None or self._checked != package.id:
            return
        deployment, reason, note = self.deployment, self.reason.value, self.note.value.strip()
        self._start(
            "Replacing …", lambda _: deployment.replace(package.id, reason, note), self._done
        )

    @in_turn
    def _start(
        self, text: str, work: Callable[[Background], Any], done: Callable[[Any], object]
    ) -> None:
        self.notice.clear()
        self.fields.clear()
        self.check.disabled = self.replace.disabled = self.chooser.list.disabled = True
        self._state.value = text

        def ended(result: Any) -> None:
            self._rest()
            done(result)

        self._work = Background(work, ended, self._failed)

    def _rest(self) -> None:
        self._state.value = ""
        self.chooser.list.disabled = False
        self.check.disabled = self.chooser.package is None
        self.check.focus()  # it had it, and lost it when it was disabled
        self._allow()

    def _failed(self, error: BaseException) -> None:
        self._rest()
        if isinstance(error, IncompatibleReplacement) and self.chooser.package is not None:
            from ...domain.entities import Check

            found = [Check.model_validate(item) for item in error.fields.get("checks", ())]
            self._show_checks(found, self.chooser.package.id)
        self.fields.show(error)
        self.notice.error(error)

    def _done(self, result: Replacement) -> None:
        assert self.deployment is not None
        self._entitle()
        self.chooser.leave_out(self.deployment.package_id)
        self.reason.value = self.note.value = ""
        self._chosen()
        self.notice.say(f"{result.deployment.package} is in service of {result.deployment.label}.")
        self._replaced(self.deployment)
        self.chooser.search.focus()
