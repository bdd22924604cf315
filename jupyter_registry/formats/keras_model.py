"""Keras models in their `.keras` files, loaded in safe mode: no code that a file holds is run."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import ModelFailed, UnsupportedFormat, missing_extra
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target
from .base import Libraries, ModelDescription, Prediction, Predictor, cannot_save
from .casting import cast, check_inputs
from .first_bytes import zip_names

LIBRARIES = Libraries("keras", frozenset({"keras", "jax"}))

#: What Keras computes with, the first that is installed, unless ``KERAS_BACKEND`` says it.
_BACKENDS = ("tensorflow", "jax", "torch")
#: Rows in one call. Fewer are filled up to a power of two, as each number is compiled for.
_BATCH = 1024
_MEMBERS = frozenset({"metadata.json", "config.json", "model.weights.h5"})

Inputs = dict[str, NDArray[Any]]


class KerasPredictor:
    """A model whose input is one matrix of all columns, or has one input per column by name."""

    def __init__(self, model: Any) -> None:
        import keras

        self._version = keras.__version__
        self._model = model
        self._inputs = list(model.inputs or ())
        outputs = list(model.outputs or ())
        if not self._inputs or len(outputs) != 1 or len(outputs[0].shape) != 2:
            shapes = [tuple(output.shape) for output in outputs]
            raise ModelFailed(
                f"The model has {len(self._inputs)} inputs and outputs of the shapes {shapes}; "
                "rows have one output of two dimensions.",
                advice="Register a model that is built, of one target.",
            )
        self._is_matrix = len(self._inputs) == 1 and len(self._inputs[0].shape) == 2
        for given in self._inputs:
            shape = tuple(given.shape)
            if str(given.dtype) == "string" or not (self._is_matrix or shape[1:] in ((), (1,))):
                raise ModelFailed(
                    f"The model's input {given.name!r} is a {given.dtype} of shape {shape}.",
                    advice="One matrix of numbers, or one input per column, is supported.",
                    fields={"input": given.name},
                )
        self._width = outputs[0].shape[1]
        self._activation = _last_activation(model)
        self._feed: Callable[[Frame], Inputs] | None = None

    @property
    def native(self) -> Any:
        """The model."""
        return self._model

    @property
    def _n_classes(self) -> int | None:
        """The number of classes by the last activation; 0 for numbers, ``None`` if unclear."""
        if self._activation == "sigmoid" and self._width == 1:
            return 2
        if self._activation == "softmax" and self._width > 1:
            return int(self._width)
        return (
            0 if self._activation in ("linear", "relu", "softplus") and self._width == 1 else None
        )

    def describe(self) -> ModelDescription:
        """What the model says of itself."""
        n_classes = self._n_classes
        kind = None
        if n_classes is not None:
            kind = TargetType.MULTICLASS if n_classes > 2 else TargetType.BINARY
            kind = kind if n_classes else TargetType.REGRESSION
        names = None if self._is_matrix else tuple(given.name for given in self._inputs)
        width = self._inputs[0].shape[1] if self._is_matrix else len(self._inputs)
        return ModelDescription("keras", self._version, kind, None, names, width, n_classes or None)

    def input_columns(self) -> list[Column] | None:
        """Its columns, none of which may be missing."""
        if self._is_matrix:
            width = self._inputs[0].shape[1]
            kinds = [(f"x{i}", self._inputs[0].dtype) for i in range(width or 0)]
        else:
            kinds = [(given.name, given.dtype) for given in self._inputs]
        return [
            Column(name, Dtype.INTEGER if "int" in str(dtype) else Dtype.NUMBER)
            for name, dtype in kinds
        ]

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Match its inputs with columns; raises `ModelFailed` where they do not fit."""
        names = signature.names
        if self._is_matrix:
            given = self._inputs[0]
            width, dtype = given.shape[1], np.dtype(str(given.dtype))
            if width not in (None, len(names)):
                raise ModelFailed(
                    f"The model takes {width} columns, the signature has {len(names)}.",
                    advice="Give the signature the columns of the training data, in their order.",
                    fields={"n_features": width},
                )
            self._feed = lambda frame: {
                "": np.column_stack([cast(frame[name], dtype) for name in names])
            }
            return
        check_inputs([given.name for given in self._inputs], names)
        wanted = [(given.name, np.dtype(str(given.dtype)), len(given.shape))
                  for given in self._inputs]  # fmt: skip
        self._feed = lambda frame: {
            name: cast(frame[name], dtype).reshape((-1, 1) if rank == 2 else (-1,))
            for name, dtype, rank in wanted
        }

    def limit_threads(self) -> None:
        """Threads are those of what Keras computes with."""

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; what Keras raises passes through."""
        assert self._feed is not None, "prepare(signature) comes first"
        feed = self._feed(frame)
        n = len(next(iter(feed.values())))
        parts = []
        for start in range(0, n, _BATCH):
            rows = min(_BATCH, n - start)
            size = 1 << (rows - 1).bit_length()
            batch = {name: _filled(values[start : start + rows], size)
                     for name, values in feed.items()}  # fmt: skip
            answer = self._model.predict_on_batch(batch[""] if self._is_matrix else batch)
            parts.append(np.asarray(answer, dtype=np.float64)[:rows])
        return self._prediction(np.concatenate(parts))

    def _prediction(self, answer: NDArray[np.float64]) -> Prediction:
        n_classes = self._n_classes
        flat = answer[:, 0] if self._width == 1 else answer
        if n_classes == 2 and self._width == 1:
            return Prediction(probabilities=np.column_stack((1.0 - flat, flat)))
        if n_classes:
            return Prediction(probabilities=answer)
        # whether a number is a value or a probability may be for the target to say
        return Prediction(values=flat, probabilities=None if n_classes == 0 else answer)

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame, a mapping of columns or a matrix."""
        from .infer import predict_by_columns

        return predict_by_columns(self, table)


def _filled(values: NDArray[Any], size: int) -> NDArray[Any]:
    """The rows, and the last one again until there are so many."""
    lacking = size - len(values)
    return values if not lacking else np.concatenate((values, np.repeat(values[-1:], lacking, 0)))


def _last_activation(model: Any) -> str | None:
    """The name of the last layer's activation; ``None`` where it has none of a name."""
    layers = list(getattr(model, "layers", ()) or ())
    if not layers:
        return None
    activation = layers[-1].get_config().get("activation")
    if isinstance(activation, str):
        return activation
    return type(layers[-1]).__name__.lower() if activation is None else None


class KerasFormat:
    """``keras``: Sequential and functional models, as ``save`` writes them."""

    name = "keras"
    extra = "keras"
    file_name = "model.keras"

    def sniff(self, path: Path) -> bool:
        """Whether the file is a zip of what Keras writes."""
        if not zip_names(path) >= _MEMBERS:
            return False
        try:
            with zipfile.ZipFile(path) as archive:
                return "keras_version" in json.loads(archive.read("metadata.json"))
        except (zipfile.BadZipFile, ValueError, OSError):
            return False

    def recognises(self, model: Any) -> bool:
        """Whether it is of one of Keras' own classes."""
        return type(model).__module__.partition(".")[0] == "keras" and is_keras(model)

    def wrap(self, model: Any) -> Predictor:
        """The predictor of a model in memory."""
        return KerasPredictor(model)

    def read(self, path: Path) -> Any:
        """The model; one with code of a user's own in its file is refused by Keras."""
        if not choose_backend():
            raise missing_extra("jax", "keras", "A Keras model")
        try:
            import keras
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A Keras model") from error
        try:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
        except (TypeError, ValueError) as error:
            raise ModelFailed(
                f"Keras cannot load the model: {str(error).splitlines()[0][:400]}",
                advice="Save it without layers and functions of your own, or put a custom.py "
                "beside it that defines and loads them.",
            ) from error

    def load(self, path: Path) -> Predictor:
        """Load the model."""
        return KerasPredictor(self.read(path))

    def save(self, model: Any, path: Path) -> None:
        """Write the model, and make sure that it can be read again."""
        if not self.recognises(model):
            raise cannot_save(model, self.name, "it is no model of Keras' own classes")
        try:
            model.save(path)
            self.read(path)
        except ModelFailed as error:
            raise UnsupportedFormat(
                f"{type(model).__name__} cannot be saved as keras: {error.detail}",
                advice="Use layers of Keras' own; or register a folder with the model's file and a "
                "custom.py that defines your layers and loads it.",
                fields={"format": self.name},
            ) from error
        except Exception as error:
            raise cannot_save(model, self.name, error) from error


def is_keras(model: Any) -> bool:
    """Whether it is a model of Keras' classes, or of one derived from them; imports nothing."""
    return any(
        base.__name__ == "Model" and base.__module__.partition(".")[0] == "keras"
        for base in type(model).__mro__
    )


@contextmanager
def backend_at_hand() -> Iterator[None]:
    """Whoever imports Keras meanwhile finds what it computes with; if nobody did, all is as was."""
    before = os.environ.get("KERAS_BACKEND")
    choose_backend()
    try:
        yield
    finally:
        if before is None and "keras" not in sys.modules:
            os.environ.pop("KERAS_BACKEND", None)


def choose_backend() -> bool:
    """Say what Keras is to compute with; whether there is anything. Imports nothing."""
    if "keras" in sys.modules or os.environ.get("KERAS_BACKEND"):
        return True
    if importlib.util.find_spec("keras") is None:
        return True  # told when it is imported
    found = next((name for name in _BACKENDS if importlib.util.find_spec(name)), None)
    if found is not None:
        os.environ["KERAS_BACKEND"] = found
    return found is not None


FORMAT = KerasFormat()
