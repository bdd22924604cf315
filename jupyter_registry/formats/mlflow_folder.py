"""MLflow model folders: flavors that formats here know are loaded by them, others by MLflow."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.signature import Column, Signature
from ..domain.target import Target
from .base import ModelDescription, Prediction, Predictor
from .custom_module import CodeFolder
from .dataframes import to_dataframe
from .folder_formats import WholeFolder
from .mlflow_model import FILE_NAME, FLAVORS, LIBRARIES, MLmodel, read_mlmodel
from .plain_answers import read_plain, read_untold

#: How MLflow wants the columns of its types; it casts none that could lose something.
_NUMPY = {
    "integer": np.int32,
    "long": np.int64,
    "float": np.float32,
    "double": np.float64,
    "boolean": np.bool_,
}


class MLflowPredictor:
    """A model with what its folder says of it: columns, example, requirements, where it is from."""

    def __init__(self, inner: Predictor, said: MLmodel) -> None:
        self._inner = inner
        self._said = said
        # modules that the model needs lie in the folder, and are importable while it is asked
        self._code: AbstractContextManager[Any] = (
            nullcontext() if said.code is None else CodeFolder(said.code)
        )

    @property
    def native(self) -> Any:
        """The library's own object, or MLflow's."""
        return self._inner.native

    @property
    def model(self) -> Any:
        """The estimator inside, if it is one: whether its columns are numbers is for it to say."""
        return getattr(self._inner, "model", None)

    def describe(self) -> ModelDescription:
        """What the model says of itself; its columns' names are the signature's, if there is one.

        A signature may have been taken from a part of the columns, or from more.
        """
        says = self._inner.describe()
        if says.feature_names is None and self._said.signature is not None:
            names = tuple(self._said.signature.names)
            if says.n_features in (None, len(names)):
                says = replace(says, feature_names=names, n_features=len(names))
        return says

    def input_columns(self) -> list[Column] | None:
        """The columns of the signature, else those that the model declares."""
        if self._said.signature is not None:
            return list(self._said.signature.columns)
        from .infer import infer_signature

        found = infer_signature(None, self._inner)
        return None if found is None else list(found.columns)

    def input_example(self) -> list[dict[str, Any]] | None:
        """The first rows of the folder's input example."""
        return self._said.example

    def provenance(self) -> dict[str, Any]:
        """Where it is from, as MLflow wrote it, and what it requires."""
        known: dict[str, Any] = {"mlflow": dict(self._said.known)}
        if self._said.requirements:
            known["requirements"] = list(self._said.requirements)
        return known

    def prepare(self, signature: Signature, target: Target) -> None:
        """As the model itself."""
        with self._code:
            self._inner.prepare(signature, target)

    def limit_threads(self) -> None:
        """As the model itself."""
        self._inner.limit_threads()

    def predict(self, frame: Frame) -> Prediction:
        """As the model itself."""
        with self._code:
            return self._inner.predict(frame)

    def predict_table(self, table: Any) -> Prediction:
        """As the model itself."""
        with self._code:
            return self._inner.predict_table(table)


class PyfuncPredictor:
    """A model that MLflow loads and asks, as ``mlflow.pyfunc`` does."""

    def __init__(self, model: Any, said: MLmodel) -> None:
        self.native = model
        self._said = said
        self._table: Callable[[Frame], Any] | None = None
        self._target: Target | None = None

    def describe(self) -> ModelDescription:
        """Its columns; what it predicts is not in its folder."""
        version = str(self._said.known.get("mlflow_version", "unknown"))
        return ModelDescription("mlflow", version)

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Learn columns and target; raises `ModelFailed` where columns of the model are missing."""
        wanted = self._said.types
        missing = [
            column.name
            for column in (self._said.signature.columns if self._said.signature else ())
            if column.name not in signature.names and not column.nullable
        ]
        if missing:
            raise ModelFailed(
                f"The model's columns are not in the signature: {', '.join(missing[:20])}.",
                advice="Give the signature the columns that the model was saved with.",
                fields={"missing": missing},
            )
        self._target = target
        frames = to_dataframe(signature.names, keep_none=True)

        def table(frame: Frame) -> Any:
            made = frames(frame)
            for name, kind in wanted.items():
                dtype = _NUMPY.get(kind)
                if dtype is None or name not in made or made[name].dtype == dtype:
                    continue
                if not made[name].isna().any():
                    made[name] = made[name].astype(dtype)
            return made

        self._table = table

    def limit_threads(self) -> None:
        """What it does is its own."""

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; what the model raises passes through."""
        assert self._table is not None, "prepare(signature, target) comes first"
        return self.predict_table(self._table(frame))

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame."""
        answer = self.native.predict(table)
        if self._target is None:
            return read_untold(answer)
        return read_plain(answer, len(table), self._target, "The MLflow model")


class MLflowFormat(WholeFolder):
    """``mlflow``: a folder with ``MLmodel``."""

    name = "mlflow"
    extra = "mlflow"
    file_name = FILE_NAME
    instead = "register the folder that MLflow saved it in"

    def check(self, path: Path) -> None:
        """Refuse a folder whose file is none of MLflow's; loads nothing."""
        read_mlmodel(path)

    def load(self, path: Path) -> Predictor:
        """Load the model by the format of its file, or by MLflow where no format knows it.

        Raises
        ------
        UnsupportedFormat
            as `check`.
        MissingExtra
            when the library of the flavor, or MLflow where it is needed, is absent.

        """
        said = read_mlmodel(path)
        return MLflowPredictor(self._inner(said), said)

    def _inner(self, said: MLmodel) -> Predictor:
        if said.file is None:
            return PyfuncPredictor(_load_pyfunc(said), said)
        from . import models_in

        found = models_in(said.file)
        if not found:
            raise ModelFailed(
                f"{said.file.name!r} of the flavor {said.flavor} is of no known format.",
                advice="Save it with a newer version of its library, or with one of the flavors "
                f"{', '.join(FLAVORS)} in their usual format.",
                fields={"file": said.file.name},
            )
        kind, file = found[0]
        with nullcontext() if said.code is None else CodeFolder(said.code):
            return kind.load(file)


def _load_pyfunc(said: MLmodel) -> Any:
    # it tells its makers of its use otherwise
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    try:
        import mlflow.pyfunc
    except ModuleNotFoundError as error:
        purpose = f"An MLflow model with the flavors {', '.join(said.flavors)}"
        raise LIBRARIES.absent(error, purpose) from error
    return mlflow.pyfunc.load_model(str(said.folder))


FORMAT = MLflowFormat()
