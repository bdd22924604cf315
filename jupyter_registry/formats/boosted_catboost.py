"""CatBoost models in its own binary files, which run no code when they are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..domain.errors import ModelFailed
from ..domain.frames import Frame
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target, label_text
from . import first_bytes
from .base import Libraries, ModelDescription, Prediction, Predictor, cannot_save
from .boosted_trees import is_of_library
from .dataframes import to_dataframe
from .feature_matrix import Codes, FeatureMatrix

LIBRARIES = Libraries("catboost", frozenset({"catboost", "pandas"}))

_BINARY = ("Logloss", "CrossEntropy")
_CLASSES = ("MultiClass", "MultiClassOneVsAll")
_SEVERAL = ("MultiLogloss", "MultiCrossEntropy", "MultiRMSE", "MultiRMSEWithMissingValues")


class CatBoostPredictor:
    """A model of any of CatBoost's classes; its file keeps class labels and columns' names."""

    def __init__(self, model: Any) -> None:
        self.booster = model
        self._loss = _loss(model)
        if self._loss in _SEVERAL:
            raise ModelFailed(
                f"The model predicts several targets at once ({self._loss}).",
                advice="Register a model of one target.",
            )
        #: Positions of columns that hold categories or texts, as they are.
        self._categories = frozenset(model.get_cat_feature_indices())
        self._texts = frozenset(model.get_text_feature_indices())
        self._names = tuple(map(str, model.feature_names_))
        self._options: dict[str, Any] = {}
        self._convert: Callable[[Frame], Any] | None = None

    @property
    def native(self) -> Any:
        """The library's model."""
        return self.booster

    @property
    def _is_named(self) -> bool:
        return self._names != tuple(map(str, range(len(self._names))))

    def describe(self) -> ModelDescription:
        """What the file says of the model."""
        import catboost

        kind, labels = TargetType.REGRESSION, None
        if self._loss in (*_BINARY, *_CLASSES):
            labels = tuple(label_text(label) for label in self.booster.classes_)
            kind = TargetType.BINARY if len(labels) == 2 else TargetType.MULTICLASS
        return ModelDescription(
            "catboost",
            catboost.__version__,
            kind,
            labels,
            self._names if self._is_named else None,
            len(self._names),
        )

    def input_columns(self) -> list[Column]:
        """Its columns: categories and texts are texts, all else numbers that may be missing."""
        as_text = self._categories | self._texts
        return [
            Column(
                name if self._is_named else f"x{position}",
                Dtype.STRING if position in as_text else Dtype.NUMBER,
                position not in as_text,
            )
            for position, name in enumerate(self._names)
        ]

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Match its columns with the signature's.

        Raises
        ------
        ModelFailed
            where they do not fit.
        MissingExtra
            when there are categories, and pandas is absent.

        """
        as_text = self._categories | self._texts
        # what is no number is no matter for the matrix; its names and order are
        anything: dict[int, Codes] = {position: {} for position in as_text}
        names = self._names if self._is_named else None
        matrix = FeatureMatrix(signature, names, len(self._names), anything)
        if not as_text:
            self._convert = matrix
            return
        try:
            frames = to_dataframe(matrix.names)
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A CatBoost model with categories") from error
        categories = [matrix.names[position] for position in sorted(self._categories)]
        self._convert = lambda frame: frames({**frame, **_as_categories(frame, categories)})

    def limit_threads(self) -> None:
        """Let each call use one thread."""
        self._options = {"thread_count": 1}

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; what the library raises passes through."""
        assert self._convert is not None, "prepare(signature) comes first"
        data = self._convert(frame)
        if self._loss in (*_BINARY, *_CLASSES):
            given = self.booster.predict(data, prediction_type="Probability", **self._options)
            return Prediction(probabilities=np.asarray(given, dtype=np.float64))
        return Prediction(
            values=np.asarray(
                self.booster.predict(data, **self._value(), **self._options), dtype=np.float64
            )
        )

    def _value(self) -> dict[str, str]:
        # what estimators answer for these losses by themselves
        return {"prediction_type": "Exponent"} if self._loss in ("Poisson", "Tweedie") else {}

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame, a mapping of columns or a matrix."""
        from .infer import predict_by_columns

        return predict_by_columns(self, table)


def _as_categories(frame: Frame, names: list[str]) -> Frame:
    """Columns of categories with whole numbers as integers: the library takes no others."""
    changed = {}
    for name in names:
        column = frame[name]
        whole = column.dtype.kind == "f" and bool((column == np.floor(column)).all())
        if whole:
            changed[name] = column.astype(np.int64)
        elif column.dtype.kind == "b":
            changed[name] = column.astype(str).astype(object)
    return changed


def _loss(model: Any) -> str:
    said = json.loads(model.get_metadata()["params"])["loss_function"]
    return str(said["type"] if isinstance(said, dict) else said).partition(":")[0]


class CatBoostFormat:
    """``catboost``: models as ``save_model`` writes them."""

    name = "catboost"
    extra = "catboost"
    file_name = "model.cbm"

    def sniff(self, path: Path) -> bool:
        """Whether the file begins as its models do."""
        with path.open("rb") as file:
            return file.read(len(first_bytes.CATBOOST)) == first_bytes.CATBOOST

    def recognises(self, model: Any) -> bool:
        """Whether it is of one of CatBoost's own classes."""
        return is_of_library(model, "catboost", "CatBoost")

    def wrap(self, model: Any) -> Predictor:
        """The predictor of a model in memory."""
        return CatBoostPredictor(model)

    def read(self, path: Path) -> Any:
        """The model, as a ``catboost.CatBoost``."""
        try:
            import catboost
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A CatBoost model") from error
        model = catboost.CatBoost()
        model.load_model(str(path), format="cbm")
        return model

    def load(self, path: Path) -> Predictor:
        """Load the model."""
        return CatBoostPredictor(self.read(path))

    def save(self, model: Any, path: Path) -> None:
        """Write the model."""
        if not self.recognises(model):
            raise cannot_save(model, self.name, "it is no model of CatBoost")
        try:
            model.save_model(str(path), format="cbm")
        except Exception as error:
            raise cannot_save(model, self.name, error) from error


FORMAT = CatBoostFormat()
