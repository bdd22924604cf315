"""What is done with a leaderboard's model: deployed, registered, put in a deployment's place."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.errors import InvalidInput
from ...domain.kinds import CheckStatus, DeploymentState, PackageKind, ReplacementReason
from . import deployment_html
from .background import Background
from .build_log import BuildLog
from .common import Panel, actions, button, guarded
from .deploy_fields import libraries_field
from .fields import Field, Fields
from .package_card import read_tags
from .turns import in_turn

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


class ReplaceByModelForm(Panel):
    """Put a leaderboard's model in service of a deployment, after checks."""

    def __init__(
        self, board: Board, model: WholeBoardModel, replaced: Callable[[Deployment], object]
    ) -> None:
        super().__init__()
        self._model, self._replaced = model, replaced
        self._work: Background | None = None
        #: the deployment and environment that the checks are of
        self._checked: tuple[str, str] | None = None
        self._fails = False
        fit = [
            one
            for one in board.registry.deployments(page_size=200)[:200]
            if one.target_name == board.target_name
            and one.target_type == board.target_type
            and one.state is not DeploymentState.ARCHIVED
        ]
        labels = [one.label for one in fit]
        self.deployment = widgets.Combobox(options=labels, placeholder="its label")
        self.reason = widgets.Dropdown(
            options=[
                ("Choose a reason", ""),
                *((str(r).replace("_", " ").capitalize(), r) for r in ReplacementReason),
            ]
        )
        self.note = widgets.Textarea(rows=2)
        hint = (
            f"{len(labels)} predict {board.target_name}."
            if labels
            else f"None predicts {board.target_name} yet."
        )
        self.fields = Fields(
            deployment=Field("Deployment", self.deployment, hint),
            environment=libraries_field(None),
            reason=Field("Reason", self.reason, "It stays in the history."),
            note=Field("Note", self.note),
        )
        self.check = button("Check", self._check, tip="Check the model; nothing is replaced")
        self.replace = button("Replace", self._replace, style="primary")
        self._state = widgets.Label()
        self._checks = widgets.HTML(layout=widgets.Layout(width="100%"))
        self.build_log = BuildLog()
        for choice in (self.deployment, self.fields["environment"].input, self.reason):
            choice.observe(lambda _: self._allow(), "value")
        self._allow()
        self.show(
            widgets.HTML(deployment_html.CSS, layout=widgets.Layout(display="none")),
            widgets.HTML(f"<h3>Replace a deployment's champion by {escape(model.label)}</h3>"),
            self.fields["deployment"],
            self.fields["environment"],
            actions(self.check, self._state),
            self.build_log.view,
            self._checks,
            self.fields["reason"],
            self.fields["note"],
            actions(self.replace),
            self.notice,
        )

    def focus(self) -> None:
        """Go to the first input."""
        self.deployment.focus()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until what is under way has ended."""
        if self._work is not None:
            self._work.wait(seconds)

    def static_text(self) -> str:
        """What it is, in a line."""
        return f"Replace by {self._model.label}"

    @property
    def _wanted(self) -> tuple[str, str]:
        """The deployment's label and the environment, each empty where none is said."""
        return str(self.deployment.value).strip(), self.fields["environment"].value or ""

    def _allow(self) -> None:
        """Allow to replace what was checked, if nothing fails and why is said."""
        label = self._wanted[0]
        checked = bool(label) and self._checked == self._wanted
        self.check.disabled = not label
        self.replace.disabled = not checked or self._fails or not self.reason.value
        self.replace.tooltip = (
            "Check it first"
            if not checked
            else "A check fails"
            if self._fails
            else "Choose a reason first"
            if not self.reason.value
            else "Put it in service"
        )

    def _check(self) -> None:
        wanted = self._wanted

        def done(result: Any) -> None:
            self._checked = wanted
            self._fails = any(one.status is CheckStatus.FAILING for one in result.checks)
            self._checks.value = deployment_html.checks(result.checks)

        self._start(
            "Checking …", lambda work: self._replace_by(work, wanted, "other", "", True), done
        )

    def _replace(self) -> None:
        wanted, reason, note = self._wanted, self.reason.value, self.note.value.strip()
        if self._checked != wanted:
            return
        self._start(
            "Replacing …",
            lambda work: self._replace_by(work, wanted, reason, note),
            lambda result: self._replaced(result.deployment),
        )

    def _replace_by(
        self, work: Background, wanted: tuple[str, str], reason: str, note: str, dry: bool = False
    ) -> Replacement:
        label, environment = wanted
        return self._model.replace(
            label,
            reason,
            note,
            dry,
            environment=environment or None,
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
        self._state.value = text

        def ended(result: Any) -> None:
            self._state.value = ""
            done(result)
            self._allow()
            self.check.focus()

        def failed(error: BaseException) -> None:
            self._state.value = ""
            self._allow()
            self.fields.show(error)
            self.notice.error(error)
            self.check.focus()

        self._work = Background(work, ended, failed)
