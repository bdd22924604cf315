"""What is done with a leaderboard's model: deployed, registered, put in a deployment's place."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.errors import InvalidInput
from ...domain.kinds import DeploymentState, PackageKind
from .background import Background
from .common import Panel, actions, button, guarded
from .deploy_fields import runtime_fields
from .fields import Field, Fields
from .package_card import read_tags
from .replacing import Replacing

if TYPE_CHECKING:
    from ...client.board_models import WholeBoardModel
    from ...client.deployments import Deployment, Replacement
    from ...client.environments import Checks
    from ...client.leaderboards import Board
    from ...client.packages import Package


class Deployable:
    """A leaderboard's model as `DeployForm` takes a package: made one when it is deployed."""

    def __init__(self, board: Board, model: WholeBoardModel) -> None:
        self._model = model
        self._registry = board.registry
        self.name = board.name
        self.reference = model.label
        self.kind = PackageKind.NATIVE
        self.target_type = board.target_type
        self.prediction_threshold = None
        self.signature = board.signature
        self.provenance = model.provenance
        self.baseline = None

    def checks(self, **runtime: Any) -> Checks:
        """Whether it could be deployed so."""
        return self._model.checks(**runtime)

    def deploy(self, label: str, **settings: Any) -> Deployment:
        """Make package and deployment together."""
        return self._model.deploy(label, **settings)

    def _repr_html_(self) -> str:
        return self._model._repr_html_()


class RegisterModelForm(Panel):
    """Make a package of a leaderboard's model, without a deployment."""

    def __init__(
        self, board: Board, model: WholeBoardModel, registered: Callable[[Package], object]
    ) -> None:
        super().__init__()
        self._model, self._registered = model, registered
        self._work: Background | None = None
        self.package: Package | None = None
        self.fields = Fields(
            name=Field("Name", widgets.Text(value=board.name), "A new one, or one to add to."),
            description=Field("Description", widgets.Textarea(rows=2)),
            tags=Field("Tags", widgets.Textarea(rows=2), "One a line: key, or key: value."),
            aliases=Field("Aliases", widgets.Text(placeholder="champion"), "With commas between."),
        )
        self.register = button("Register", self._register, style="primary")
        title = widgets.HTML(f"<h3>Register {escape(model.label)}</h3>")
        self.show(title, *self.fields.values(), actions(self.register), self.notice)

    def focus(self) -> None:
        """Go to the first input."""
        self.fields["name"].input.focus()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the registering under way has ended."""
        if self._work is not None:
            self._work.wait(seconds)

    def static_text(self) -> str:
        """What it is, in a line."""
        return f"Register {self._model.label}"

    def _register(self) -> None:
        with guarded(self.notice, fields=self.fields):
            said = {name: field.value for name, field in self.fields.items()}
            wanted = {
                "description": said["description"] or "",
                "tags": read_tags(said["tags"] or ""),
                "aliases": [
                    alias.strip().removeprefix("@")
                    for alias in (said["aliases"] or "").split(",")
                    if alias.strip()
                ],
            }
            if said["name"] is None:
                raise InvalidInput("A package needs a name.", fields={"name": "missing"})
            self.register.disabled = True
            model = self._model
            self._work = Background(
                lambda _: model.register(said["name"], **wanted), self._done, self._failed
            )

    def _failed(self, error: BaseException) -> None:
        self.register.disabled = False
        self.fields.show(error)
        self.notice.error(error)
        self.register.focus()

    def _done(self, package: Package) -> None:
        self.register.disabled = False
        self.package = package
        self._registered(package)


class ReplaceByModelForm(Replacing[tuple[str, str, str]]):
    """Put a leaderboard's model in service of a deployment, after checks."""

    def __init__(
        self, board: Board, model: WholeBoardModel, replaced: Callable[[Deployment], object]
    ) -> None:
        super().__init__()
        self._model, self._replaced = model, replaced
        fit = [
            one
            for one in board.registry.deployments(page_size=200)[:200]
            if one.target_name == board.target_name
            and one.target_type == board.target_type
            and one.state is not DeploymentState.ARCHIVED
        ]
        labels = [one.label for one in fit]
        self.deployment = widgets.Combobox(options=labels, placeholder="its label")
        hint = (
            f"{len(labels)} predict {board.target_name}."
            if labels
            else f"None predicts {board.target_name} yet."
        )
        runtime = runtime_fields(None)
        self._prepare(runtime, deployment=Field("Deployment", self.deployment, hint))
        for choice in (self.deployment, *(field.input for field in runtime.values())):
            choice.observe(lambda _: self._chosen(), "value")
        self._chosen()
        title = f"<h3>Replace a deployment's champion by {escape(model.label)}</h3>"
        self._show_parts(widgets.HTML(title), self.fields["deployment"])

    def focus(self) -> None:
        """Go to the first input."""
        self.deployment.focus()

    def static_text(self) -> str:
        """What it is, in a line."""
        return f"Replace by {self._model.label}"

    @property
    def _wanted(self) -> tuple[str, str, str] | None:
        """The deployment's label, libraries and kernelspec: these empty where none is said."""
        label = str(self.deployment.value).strip()
        runtime = (self.fields[name].value or "" for name in ("environment", "kernelspec"))
        return (label, *runtime) if label else None

    def _hold_choices(self, held: bool) -> None:
        self.deployment.disabled = held
        super()._hold_choices(held)

    def _ask(self, work: Background, wanted: tuple[str, str, str], **said: Any) -> Replacement:
        label, environment, kernelspec = wanted
        said = {"reason": "other"} | said
        runtime = {"environment": environment or None, "kernelspec": kernelspec or None}
        return self._model.replace(label, **said, **runtime, log=self._log_of(work))

    def _done(self, result: Replacement) -> None:
        self._replaced(result.deployment)
