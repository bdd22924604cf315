"""What a model format is, and what a loaded model can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import MissingExtra, ModelFailed, UnsupportedFormat, missing_extra
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Signature
from ..domain.target import Target


@dataclass(frozen=True)
class ModelDescription:
    """What a model says of itself; ``None`` where it says nothing.

    ``class_labels`` are texts, in the order of the model's probability columns.
    ``feature_names`` are the columns it was fitted on; ``n_features`` their number. ``n_classes``
    is said by a model whose classes are only numbered: the target's labels stand for them, in
    their order.
    """

    framework: str
    framework_version: str
    target_type: TargetType | None = None
    class_labels: tuple[str, ...] | None = None
    feature_names: tuple[str, ...] | None = None
    n_features: int | None = None
    n_classes: int | None = None


@dataclass(frozen=True)
class Prediction:
    """What a model answered for n rows, in the model's own class order.

    ``values`` (n,) float64 for a regression, ``probabilities`` (n, K) float64 for classes;
    ``labels`` the n predicted labels as texts where the model gives labels alone.
    """

    values: NDArray[np.float64] | None = None
    probabilities: NDArray[np.float64] | None = None
    labels: list[str] | None = None


class Predictor(Protocol):
    """A model in memory."""

    @property
    def native(self) -> Any:
        """The library's own object."""
        ...

    def describe(self) -> ModelDescription:
        """What the model says of itself."""
        ...

    def prepare(self, signature: Signature, target: Target) -> None:
        """Get ready for frames of this signature; raises `ModelFailed` where it cannot fit."""
        ...

    def limit_threads(self) -> None:
        """Keep the model to one thread (changes the model object)."""
        ...

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; whatever the model raises passes through."""
        ...

    def predict_table(self, table: Any) -> Prediction:
        """Score a table that is made as the library takes it, without `prepare`."""
        ...


class ModelFormat(Protocol):
    """A way to keep a model in a file."""

    name: str
    #: The extra of jupyter_registry that brings the format's libraries.
    extra: str
    #: The name a saved model file is given.
    file_name: str

    def sniff(self, path: Path) -> bool:
        """Whether the file's content is of this format; loads nothing."""
        ...

    def recognises(self, model: Any) -> bool:
        """Whether the object is a model this format can save."""
        ...

    def wrap(self, model: Any) -> Predictor:
        """The predictor of a model that is already in memory."""
        ...

    def read(self, path: Path) -> Any:
        """The library's own object, whatever it is; raises `ModelFailed` or `MissingExtra`."""
        ...

    def load(self, path: Path) -> Predictor:
        """Load the model; raises `ModelFailed` or `MissingExtra`."""
        ...

    def save(self, model: Any, path: Path) -> None:
        """Write the model to the file; raises `UnsupportedFormat` where it cannot be kept so."""
        ...


class FolderFormat(ModelFormat, Protocol):
    """A format whose model is a whole folder; its file in it, at the root, has a fixed name."""

    #: What tells it from a format of one file; always true.
    is_of_folders: bool

    def check(self, path: Path) -> None:
        """Refuse a folder, by that file, which could not be served; runs and loads nothing.

        Raises
        ------
        InvalidInput, UnsupportedFormat
            saying what is wrong, or missing.

        """
        ...


@dataclass(frozen=True)
class Libraries:
    """The modules a format needs, and how their absence is told."""

    extra: str
    modules: frozenset[str] = field(default_factory=frozenset)

    def absent(self, error: ModuleNotFoundError, purpose: str) -> MissingExtra | ModelFailed:
        """The error for a module that could not be imported."""
        module = (error.name or str(error)).partition(".")[0]
        if module in self.modules:
            return missing_extra(module, self.extra, purpose)
        return ModelFailed(
            f"{purpose} needs the module {module!r}, which is not installed here.",
            advice="Install it in the environment the model runs in, or choose the kernelspec "
            "of an environment that has it.",
            fields={"module": module},
        )


def nones(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Where an object column holds ``None``."""
    found: NDArray[np.bool_] = np.fromiter(
        (value is None for value in column), np.bool_, len(column)
    )
    return found


def cannot_save(model: Any, name: str, why: object) -> UnsupportedFormat:
    """The error for an object that a format cannot keep."""
    return UnsupportedFormat(
        f"{type(model).__name__} cannot be saved as {name}: {why}",
        advice="Save it in another format, such as joblib or pickle.",
        fields={"format": name},
    )
