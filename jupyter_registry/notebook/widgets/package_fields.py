"""The inputs of `PackageForm`, and which of them a choice of kind and type shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ...domain.kinds import TargetType
from ...domain.target import DEFAULT_NAMES
from .common import namespace_values
from .fields import Field, Fields
from .file_drop import FileDrop
from .segments import Segments

if TYPE_CHECKING:
    from ...client.uploads import Gathered

#: Where the leaderboard's packages come from.
NATIVE = "Native packages are made by the leaderboard when one of its models is deployed."

#: What is said where the model is missing, by where it is from.
_NO_MODEL = {
    "object": "Choose a fitted model.",
    "path": "Give the path of a file or folder.",
    "upload": "Choose files or a folder.",
}

UPLOAD_HINT = "Files or a folder, of any size. They are sent to the kernel, then registered."


class PackageFields(Fields):
    """The fields of the form by the API's names, and the choices of kind and source."""

    def __init__(self, given: Any = None) -> None:
        self._given = given
        self.kind = Segments(
            "Kind",
            [("Custom", "custom"), ("External", "external"), ("Native", "native")],
            tips={
                "custom": "a model of your own, which this system runs",
                "external": "hosted elsewhere; its predictions are reported",
                "native": NATIVE,
            },
            disabled=["native"],
        )
        self.source = Segments(
            "Model from",
            [("Notebook", "object"), ("File or folder", "path"), ("This computer", "upload")],
            tips={
                "object": "a fitted model in the notebook",
                "path": "a path on the server",
                "upload": "files or a folder that the browser sends",
            },
        )
        super().__init__(
            {"target_name": "target", "prediction_threshold": "threshold"},
            name=Field("Name", widgets.Text(placeholder="churn"), "A new one, or one to add to."),
            object=Field("Object", widgets.Dropdown(), "The notebook's fitted models."),
            path=Field("Path", widgets.Text(placeholder="models/churn.joblib")),
            upload=Field("Files", FileDrop(multiple=True, folders=True), UPLOAD_HINT),
            location=Field(
                "Location", widgets.Text(placeholder="https://models.example/churn"), "Where it is."
            ),
            build_environment=Field(
                "Built with", widgets.Text(placeholder="R 4.4, Vertex AI, …"), "What built it."
            ),
            training=Field("Training data", widgets.Dropdown(), "With the target's column."),
            holdout=Field(
                "Holdout data", widgets.Dropdown(), "Gives the metrics that accuracy is held to."
            ),
            predictions=Field(
                "Predictions",
                widgets.Dropdown(),
                "The holdout's column with the model's predictions; else nothing is measured.",
            ),
            target=Field(
                "Target",
                widgets.Combobox(),
                "The column that is predicted; of anomalies what was one, if known.",
            ),
            target_type=Field(
                "Target type",
                widgets.Dropdown(
                    options=[("Told by the model or the data", None), *((t, t) for t in TargetType)]
                ),
            ),
            class_labels=Field(
                "Class labels",
                widgets.Text(placeholder="no, yes"),
                "In the order of the model's probabilities, with commas between.",
            ),
            positive_class=Field(
                "Positive class", widgets.Dropdown(), "The class whose probability is predicted."
            ),
            threshold=Field(
                "Threshold",
                widgets.BoundedFloatText(value=0.5, min=0, max=1, step=0.05),
                "The least probability that predicts the positive class.",
            ),
            signature=Field(
                "Signature", widgets.Textarea(rows=5), "The input columns, as name: dtype."
            ),
            description=Field("Description", widgets.Textarea(rows=2)),
            tags=Field("Tags", widgets.Textarea(rows=2), "One a line: key, or key: value."),
            aliases=Field("Aliases", widgets.Text(placeholder="champion"), "With commas between."),
        )
        #: whether the lists are being renewed, so that what is chosen changes for a moment
        self.is_listing = False
        self.list_variables()

    @property
    def is_external(self) -> bool:
        """Whether an external package is described."""
        return self.kind.value == "external"

    def list_variables(self) -> None:
        """Offer the notebook's present models and tables; what was chosen stays, if there."""
        self.is_listing = True
        try:
            self._list()
        finally:
            self.is_listing = False

    def _list(self) -> None:
        models = namespace_values("model")
        known = [(f"{name} · {type(value).__name__}", name) for name, value in models.items()]
        if self._given is not None and all(value is not self._given for value in models.values()):
            known.insert(0, (f"as given · {type(self._given).__name__}", ""))
        # the first is chosen at first
        known.sort(key=lambda item: item[1] != "" and models[item[1]] is not self._given)
        self._offer("object", known or [], none="" if known else "No fitted model in the notebook")
        tables = namespace_values("table")
        shapes = [(f"{name} · {_shape(value)}", name) for name, value in tables.items()]
        for name in ("training", "holdout"):
            self._offer(name, shapes, none="None" if shapes else "No DataFrame in the notebook")

    def _offer(self, field: str, options: list[tuple[str, Any]], *, none: str) -> None:
        chosen = self[field].input
        kept = chosen.value
        chosen.options = [*([(none, None)] if none else []), *options]
        values = [value for _, value in chosen.options]
        # a list that was empty at first has nothing chosen by itself
        chosen.index = values.index(kept) if kept in values else 0

    def offer_columns(self, target: list[str], holdout: list[str]) -> None:
        """Offer columns of the data as target and as predictions."""
        self["target"].input.options = tuple(target)
        self._offer("predictions", [(name, name) for name in holdout], none="None")

    def model(self) -> Any:
        """The object chosen; ``None`` without one."""
        name = self["object"].input.value
        if name is None:
            return None
        return namespace_values("model").get(name) if name else self._given

    def table(self, name: str) -> Any:
        """The table chosen as ``training`` or ``holdout``; ``None`` without one."""
        chosen = self[name].input.value
        return None if chosen is None else namespace_values("table").get(chosen)

    def missing(self) -> dict[str, str]:
        """What is not filled in and will not be told by anything: field → what is wrong.

        What a model or data may tell, when they are read, is not among them.
        """
        kind = self["target_type"].input.value
        found: dict[str, str] = {}
        if self["name"].value is None:
            found["name"] = "A package needs a name."
        has_model = not self.is_external and self._has_model()
        if not self.is_external and not has_model:
            found[self.source.value] = _NO_MODEL[self.source.value]
        told = has_model and kind is None  # by the model, if it is one of anomalies
        if self["target"].value is None and kind not in DEFAULT_NAMES and not told:
            found["target"] = "A target needs a name."
        if self.is_external and all(self.table(name) is None for name in ("training", "holdout")):
            if kind is None:
                found["target_type"] = "Choose one: there are no data to tell it."
            elif TargetType(kind).is_classification and self.labels() is None:
                found["class_labels"] = "Give them: there are no data to tell them."
        return {name: found[name] for name in self if name in found}

    def _has_model(self) -> bool:
        if self.source.value == "object":
            return self.model() is not None
        if self.source.value == "path":
            return self["path"].value is not None
        return bool(self["upload"].input.state != "empty")

    def labels(self) -> list[str] | None:
        """The class labels as written; ``None`` when there are none."""
        text = self["class_labels"].value or ""
        return [label.strip() for label in text.split(",") if label.strip()] or None

    def offer_positive(self) -> None:
        """Offer the class labels as positive class; the second is the usual one."""
        labels = self.labels() or []
        self._offer("positive_class", [(label, label) for label in labels], none="The second label")

    def arrange(self) -> None:
        """Show the fields that the choices ask for."""
        kind = self["target_type"].input.value
        external = self.is_external
        source = "" if external else self.source.value
        self.also["model"] = source
        shown = {
            "object": source == "object",
            "path": source == "path",
            "upload": source == "upload",
            "location": external,
            "build_environment": external,
            "predictions": external and kind != TargetType.UNSTRUCTURED,
            "target": kind != TargetType.UNSTRUCTURED,
            "training": kind != TargetType.UNSTRUCTURED,
            "holdout": kind != TargetType.UNSTRUCTURED,
            "signature": kind != TargetType.UNSTRUCTURED,
            "class_labels": kind is None or TargetType(kind).is_classification,
            "positive_class": kind in (None, TargetType.BINARY),
            "threshold": kind in (None, TargetType.BINARY),
        }
        for name, field in self.items():
            field.layout.display = None if shown.get(name, True) else "none"
        self.source.layout.display = "none" if external else None

    def all(self) -> list[Any]:
        """Everything in the order of the form."""
        fields = dict(self)
        first = [self.kind, fields.pop("name"), self.source]
        return [*first, *fields.values()]


def files_hint(path: str) -> str:
    """What is at a path, in a few words."""
    from ...client.html import size
    from ...client.uploads import gather

    if not path:
        return ""
    gathered = gather(Path(path).expanduser())
    n, total = len(gathered.files), sum(f.stat().st_size for f in gathered.files.values())
    hint = f"{n} file{'' if n == 1 else 's'}, {size(total)}."
    return f"{hint} {_left_out(gathered)}".strip()


def left_out_hint(path: Path) -> str:
    """What at a path no package takes; empty when it takes all."""
    from ...client.uploads import gather

    return _left_out(gather(path))


def _left_out(gathered: Gathered) -> str:
    return f"Left out: {', '.join(list(gathered.left_out)[:5])}." if gathered.left_out else ""


def _shape(table: Any) -> str:
    shape = getattr(table, "shape", None)
    return f"{shape[0]:,} × {shape[1]}" if shape else type(table).__name__
