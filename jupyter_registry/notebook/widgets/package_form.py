"""`PackageForm`: register a package of any kind, by filling in what cannot be inferred."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.entities import NAME_PATTERN
from ...domain.errors import InvalidInput, RegistryError
from ...domain.kinds import PackageKind
from .. import namespace
from .arrival import Hold
from .background import Background, Cancelled
from .common import Panel, actions, bar, button, find_registry, guarded
from .fields import after_pause
from .package_card import PackageCard, read_tags
from .package_fields import NATIVE, UPLOAD_HINT, PackageFields, files_hint, left_out_hint
from .package_inference import SAMPLE_ROWS, infer, read_signature, signature_text
from .turns import in_turn

if TYPE_CHECKING:
    from ...client.packages import Package
    from ...client.progress import Step
    from ...client.registry import Registry

#: Seconds between two pieces of news of an upload.
_NEWS = 0.1


class PackageForm(Panel):
    """A form that registers a package: a model of the notebook, files, or a description.

    Parameters
    ----------
    model:
        The model, or the path of its file or folder; chosen in the form otherwise.
    registered:
        Called with the package once it is registered; it is then in ``package`` too.

    """

    def __init__(
        self,
        model: Any = None,
        registry: Registry | None = None,
        registered: Callable[[Package], object] = lambda _: None,
    ) -> None:
        super().__init__()
        self._given, self._registered = registry, registered
        self.package: Package | None = None
        is_path = isinstance(model, str | os.PathLike)
        self.fields = fields = PackageFields(None if is_path else model)
        #: what was filled in here, by field: anything else was typed and stays
        self._prefilled: dict[str, Any] = {}
        self._work: Background | None = None
        self.register = button("Register", self._register, style="primary")
        self.cancel = button("Cancel", self._cancel)
        self._again = button(
            "Refresh variables", self._look_again, tip="Look at the notebook's variables again"
        )
        self._bar = widgets.FloatProgress(
            min=0, max=1, tooltip="Progress", layout=widgets.Layout(width="260px")
        )
        self._state = widgets.Label()
        self._progress = actions(self._bar, self._state, self.cancel)
        self._progress.layout.display = "none"
        self._actions = actions(self.register, self._again)
        self._form = (
            widgets.HTML("<h3>Register a package</h3>"),
            *fields.all(),
            self._actions,
            self._progress,
            self.notice,
        )
        if is_path:
            fields.source.value = "path"
            fields["path"].input.value = str(model)
        self._watch_inputs()
        self.show(*self._form)
        fields.arrange()
        fields.kind.buttons["native"].tooltip = NATIVE
        self._prefill()
        if is_path:
            self._look_at_path()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the registration under way has ended."""
        if self._work is not None:
            self._work.wait(seconds)

    def static_html(self) -> str:
        """What is filled in."""
        from ...client import html

        if self.package is not None:
            return self.package._repr_html_()
        said = {field.input.description or name: field.value for name, field in self._visible()}
        return html.facts("Register a package", said)

    def static_text(self) -> str:
        """What it is, in a line."""
        done = f"{self.package.reference} is registered" if self.package else "nothing registered"
        return f"PackageForm: {done}"

    def _visible(self) -> list[tuple[str, Any]]:
        return [
            (name, field)
            for name, field in self.fields.items()
            if field.layout.display != "none" and name != "upload"
        ]

    # --- what is filled in by itself ----------------------------------------------------------

    def _watch_inputs(self) -> None:
        fields = self.fields
        arrange = (fields.kind, fields.source, fields["target_type"].input)
        for choice in arrange:
            choice.observe(lambda _: fields.arrange(), "value")
        for name in ("object", "training", "holdout"):
            fields[name].input.observe(lambda _: self._prefill(), "value")
        for choice in (fields.kind, fields.source):
            choice.observe(lambda _: self._prefill(), "value")
        self._prefill_soon = after_pause(self._prefill)
        fields["target"].input.observe(self._target_typed, "value")
        fields["class_labels"].input.observe(lambda _: fields.offer_positive(), "value")
        fields["path"].input.observe(after_pause(self._look_at_path), "value")
        fields["upload"].input.observe(lambda _: self._look_at_files(), "files")

    def _look_again(self) -> None:
        self.fields.list_variables()
        self._prefill()

    def _look_at_path(self) -> None:
        field = self.fields["path"]
        try:
            field.say(files_hint(field.value or ""))
        except RegistryError as error:
            field.error(error.detail)

    def _look_at_files(self) -> None:
        field = self.fields["upload"]
        field.say(UPLOAD_HINT)
        if (held := field.input.hold()) is not None:
            self.notice.clear()  # it may have said that they are still coming
            with held as path:
                try:
                    field.say(left_out_hint(path) or UPLOAD_HINT)
                except RegistryError as error:
                    field.error(error.detail)

    @in_turn
    def _prefill(self) -> None:
        """Fill in what model and data say, where nothing was typed."""
        fields = self.fields
        if fields.is_listing:
            return
        hosted = not fields.is_external and fields.source.value == "object"
        training, holdout = fields.table("training"), fields.table("holdout")
        columns = [namespace.columns_of(t) if t is not None else [] for t in (training, holdout)]
        fields.offer_columns(columns[0] or columns[1], columns[1])
        target = None if self._is_untouched("target") else fields["target"].value
        # what a registration was refused for stays to be read: only these are said anew
        for name in ("object", "training", "holdout"):
            fields[name].clear()
        try:
            found = infer(fields.model() if hosted else None, training, holdout, target)
        except Exception as error:
            if not fields.show(error):
                self.notice.error(error)
            return
        self._fill("target", found.target or "")
        self._fill("target_type", found.target_type)
        self._fill("class_labels", ", ".join(found.class_labels or ()))
        self._fill("signature", signature_text(found.signature))
        if found.signature is not None:
            fields["signature"].say(
                f"{len(found.signature)} columns, told by the model and the first "
                f"{SAMPLE_ROWS:,} rows; all rows are looked at when it is registered."
            )

    def _target_typed(self, _: Any) -> None:
        if self.fields["target"].value != self._prefilled.get("target"):
            self._prefill_soon()

    def _is_untouched(self, name: str) -> bool:
        value = self.fields[name].input.value
        return value in ("", None) or value == self._prefilled.get(name)

    def _fill(self, name: str, value: Any) -> None:
        if self._is_untouched(name):
            self._prefilled[name] = value
            self.fields[name].input.value = value

    # --- registering --------------------------------------------------------------------------

    def _register(self) -> None:
        with guarded(self.notice, fields=self.fields):
            registry = find_registry(self._given)
            self._check_fields()
            said = self._said()
            self._busy(True, "Reading model and data …")
            self._work = Background(
                lambda work: self._carry_out(work, registry, said), self._done, self._failed
            )

    def _check_fields(self) -> None:
        """Refuse what is missing or cannot be read, all of it at once, and go to the first."""
        wrong = self.fields.missing() | self._not_understood()
        named = {name: wrong[name] for name in self.fields if name in wrong}
        if not named:
            return
        self.fields[next(iter(named))].input.focus()
        labels = ", ".join(self.fields[name].label for name in named)
        raise InvalidInput(
            next(iter(named.values()))
            if len(named) == 1
            else f"{len(named)} fields are missing or not understood: {labels}.",
            fields=named,
        )

    def _not_understood(self) -> dict[str, str]:
        """What was typed and cannot be read: field → what is wrong."""
        fields = self.fields
        found: dict[str, str] = {}
        for name, read in (
            ("name", _read_name),
            ("signature", read_signature),
            ("tags", read_tags),
        ):
            text = fields[name].value
            if text is not None and fields[name].layout.display != "none":
                try:
                    read(text)
                except InvalidInput as error:
                    found[name] = str(error)
        return found

    def _said(self) -> dict[str, Any]:
        """The arguments of ``Registry.register``; what was inferred is left to it."""
        fields = self.fields
        kind = PackageKind(fields.kind.value)
        hosted = kind.is_hosted
        typed = {
            key: None if self._is_untouched(key) else fields[key].value
            for key in ("target_type", "class_labels", "signature")
        }
        target_type = fields["target_type"].value
        rows = target_type != "unstructured"
        threshold = fields["threshold"].value
        return {
            "name": fields["name"].value,
            "model": self._model() if hosted else None,
            "kind": kind,
            "target": (fields["target"].value or "") if rows else "",
            "target_type": typed["target_type"],
            "class_labels": fields.labels() if typed["class_labels"] else None,
            "positive_class": fields["positive_class"].value
            if target_type in (None, "binary")
            else None,
            "threshold": threshold if target_type == "binary" and threshold != 0.5 else None,
            "training": fields.table("training") if rows else None,
            "holdout": fields.table("holdout") if rows else None,
            "predictions": None if hosted or not rows else fields["predictions"].value,
            "signature": read_signature(typed["signature"])
            if typed["signature"] and rows
            else None,
            "description": fields["description"].value or "",
            "tags": read_tags(fields["tags"].value or ""),
            "aliases": [
                alias.strip().removeprefix("@")
                for alias in (fields["aliases"].value or "").split(",")
                if alias.strip()
            ],
            "location": None if hosted else fields["location"].value,
            "build_environment": None if hosted else fields["build_environment"].value,
        }

    def _model(self) -> Any:
        fields = self.fields
        if fields.source.value == "object":
            return fields.model()
        if fields.source.value == "path":
            return fields["path"].value
        sent = fields["upload"].input
        sent.check_complete("upload")
        return sent.hold()  # so that what is chosen next does not take away what is registered

    def _carry_out(self, work: Background, registry: Registry, said: dict[str, Any]) -> Package:
        told = 0.0

        def progress(step: Step) -> None:
            nonlocal told
            work.check()
            if step.done in (0, step.total) or time.monotonic() - told > _NEWS:
                told = time.monotonic()
                work.tell(lambda: self._show_step(step))

        with ExitStack() as stack:
            model = said["model"]
            if isinstance(model, Hold):
                model = stack.enter_context(model)
            return registry.register(**(said | {"model": model}), progress=progress)

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._say("Stopping …", None)

    def _show_step(self, step: Step) -> None:
        from ...client.html import size

        if step.what == "Register":
            self._say("Registering …", 1.0)
        elif step.unit == "B":
            self._say(f"Uploading: {size(step.done)} of {size(step.total)}", step.share)
        else:
            self._say(f"{step.what}: {step.done:,} of {step.total:,} rows", step.share)

    def _say(self, text: str, part: float | None) -> None:
        self._state.value = text
        if part is not None:
            self._bar.value = part

    def _busy(self, busy: bool, text: str = "") -> None:
        self.register.disabled = self._again.disabled = busy
        self._progress.layout.display = None if busy else "none"
        self._say(text, 0.0)

    def _failed(self, error: BaseException) -> None:
        self._busy(False)
        if isinstance(error, Cancelled):
            self.notice.say("Stopped; nothing was registered.")
        else:
            self.fields.show(error)
            self.notice.error(error)
        self.register.focus()

    def _done(self, package: Package) -> None:
        self._busy(False)
        self.package = package
        self._registered(package)
        card = PackageCard(package, self._given)
        self.card = card
        self.notice.say(f"{package.reference} is registered.")
        back = button("Register another", self._back)
        self.show(self.notice, card, bar(back))
        card.deploy.focus()

    def _back(self) -> None:
        self.notice.clear()
        self.show(*self._form)
        self.fields["name"].input.focus()


def _read_name(text: str) -> None:
    if not re.match(NAME_PATTERN, text):
        raise InvalidInput(
            f"{text!r} is no name for a package.",
            advice="Give letters, digits, spaces, _, - and ., a letter or digit first.",
            fields={"name": "not allowed"},
        )
