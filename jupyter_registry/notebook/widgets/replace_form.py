"""`ReplaceForm` puts another package in a champion's place, or the champion elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.kinds import ModelEnvironment
from . import deployment_html
from .chooser import PackageChooser
from .common import find_deployment, find_registry, guarded
from .deploy_fields import runtime_fields
from .replacing import Replacing

if TYPE_CHECKING:
    from ...client.deployments import Deployment, Replacement
    from ...client.registry import Registry
    from .background import Background

#: A package's id, and what it is to run in (libraries, kernelspec): nothing, if elsewhere.
_Wanted = tuple[int, ModelEnvironment | None, str | None]
#: The inputs of what it runs in.
_RUNTIME = ("kernelspec", "environment")


class ReplaceForm(Replacing[_Wanted]):
    """Put another package in service: choose it and what it runs in, check it, say why, replace.

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
        self.deployment: Deployment | None = None
        with guarded(self.notice):
            self.deployment = find_deployment(deployment, registry)
            self._make(self.deployment, find_registry(registry or self.deployment._registry))
        if self.deployment is None:
            self.show()

    def _make(self, deployment: Deployment, registry: Registry) -> None:
        self._prepare(runtime_fields(deployment))
        self.chooser = PackageChooser(
            registry,
            target=(deployment.target_name, deployment.target_type),
            leave_out=deployment.package_id,
            chosen=self._chosen,
        )
        self._title = widgets.HTML()
        self._entitle()
        for name in _RUNTIME:
            self.fields[name].input.observe(lambda _: self._moved(), "value")
        self._chosen()
        self._show_parts(self._title, self.chooser)

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
        label, package = escape(self.deployment.label), escape(self.deployment.package)
        self._title.value = f"<h3>Replace {package} in {label}</h3>"

    @property
    def _wanted(self) -> _Wanted | None:
        package = self.chooser.package
        if package is None:
            return None
        if not package.kind.is_hosted:
            return package.id, None, None
        return package.id, self.fields["environment"].value, self.fields["kernelspec"].value or ""

    def _moved(self) -> None:
        """Offer the champion as well where it would run elsewhere, or get other libraries."""
        known = self.deployment
        assert known is not None
        stays = (known.kernelspec, known.environment) == tuple(
            self.fields[name].value for name in _RUNTIME
        )
        self.chooser.leave_out(known.package_id if stays else None)
        self._chosen()

    def _chosen(self) -> None:
        package = self.chooser.package
        elsewhere = package is not None and not package.kind.is_hosted
        for name in _RUNTIME:
            self.fields[name].layout.display = "none" if elsewhere else None
        super()._chosen()

    def _unchecked(self) -> str:
        chosen = self.chooser.package is not None
        return "Check the package before it can replace." if chosen else "Choose a package."

    def _hold_choices(self, held: bool) -> None:
        self.chooser.list.disabled = held
        super()._hold_choices(held)

    def _ask(self, work: Background, wanted: _Wanted, **said: Any) -> Replacement:
        assert self.deployment is not None
        package_id, environment, kernelspec = wanted
        runtime = {"environment": environment, "kernelspec": kernelspec}
        return self.deployment.replace(package_id, **said, **runtime, log=self._log_of(work))

    def _done(self, result: Replacement) -> None:
        assert self.deployment is not None
        self._entitle()
        self._moved()
        self.reason.value = self.note.value = ""
        self.notice.say(f"{result.deployment.package} is in service of {result.deployment.label}.")
        self._replaced(self.deployment)
        self.chooser.search.focus()
