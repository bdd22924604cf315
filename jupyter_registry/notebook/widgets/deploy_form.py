"""`DeployForm` puts a package into service."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...client.environments import OtherLibraries
from ...domain.errors import InvalidInput
from ...domain.kinds import CheckStatus, ModelEnvironment
from . import deployment_html
from .background import Background
from .build_log import BuildLog
from .common import Panel, actions, button, find_registry, guarded
from .deploy_fields import deploy_fields

if TYPE_CHECKING:
    from ...client.deployments import Deployment
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
