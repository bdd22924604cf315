"""LightGBM models in its own text files, which run no code when they are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..domain.target import label_text
from . import first_bytes
from .base import Libraries, Predictor, cannot_save
from .boosted_trees import BoosterFacts, BoosterPredictor, is_of_library
from .feature_matrix import Codes, Matrix, numbered

LIBRARIES = Libraries("lightgbm", frozenset({"lightgbm"}))

_CLASSES = ("multiclass", "multiclassova")


class LightGBMPredictor(BoosterPredictor):
    """A booster; a category it was not trained on is missing, as it is to the library."""

    def __init__(self, booster: Any, estimator: Any = None) -> None:
        facts = _facts(booster)
        if estimator is not None:
            facts = replace(facts, **_said(estimator))
        super().__init__(booster, facts, estimator)
        self._options: dict[str, Any] = {}

    def limit_threads(self) -> None:
        """Let each call use one thread."""
        self._options = {"num_threads": 1}

    def _answer(self, matrix: Matrix) -> Matrix:
        # validate_features and categories are for data frames; this has the file's columns
        return np.asarray(self.booster.predict(matrix, **self._options))


def _facts(booster: Any) -> BoosterFacts:
    import lightgbm

    header = _header(booster)
    objective = header.get("objective", "").split(" ")[0]
    names = tuple(map(str, booster.feature_name()))
    n_classes: int | None = 0
    if objective == "binary":
        n_classes = 2
    elif objective in _CLASSES:
        n_classes = int(header["num_class"])
    elif objective in ("", "custom", "none"):
        n_classes = None
    return BoosterFacts(
        "lightgbm",
        lightgbm.__version__,
        objective,
        n_classes,
        # the names that it gives to columns without any
        None if names == tuple(f"Column_{i}" for i in range(len(names))) else names,
        len(names),
        _categories(booster, header),
    )


def _said(estimator: Any) -> dict[str, Any]:
    """What an estimator knows better than its booster: labels, and names as they were."""
    said = {}
    classes = getattr(estimator, "classes_", None)
    if classes is not None:
        said["class_labels"] = tuple(map(label_text, classes))
    names = getattr(estimator, "feature_names_in_", None)
    if names is not None:
        said["feature_names"] = tuple(map(str, names))
    return said


def _header(booster: Any) -> dict[str, str]:
    """The lines ``name=value`` before the first tree, and the parameters after the last."""
    text = booster.model_to_string(num_iteration=1)
    head, _, rest = text.partition("\nTree=")
    lines = dict(line.split("=", 1) for line in head.splitlines() if "=" in line)
    parameters = rest.partition("\nparameters:")[2].partition("\nend of parameters")[0]
    for line in parameters.splitlines():
        name, colon, value = line.strip("[] ").partition(": ")
        if colon:
            lines.setdefault(name, value)
    return lines


def _categories(booster: Any, header: dict[str, str]) -> dict[int, Codes]:
    """The codes of categories of data frames' columns, by position.

    The file has the lists in the order of the columns, and says of each column that was split on
    whether its values are a list (``0:1:2``) or a range (``[0:2]``); the parameters say which
    columns were named as categories.
    """
    kept = booster.pandas_categorical or []
    if not kept:
        return {}
    infos = header.get("feature_infos", "").split(" ")
    positions = [i for i, info in enumerate(infos) if info != "none" and info[:1] != "["]
    if len(positions) != len(kept):  # a column of one category is never split on
        named = header.get("categorical_feature", "")
        positions = [int(text) for text in named.split(",") if text.strip().isdigit()]
    if len(positions) != len(kept):
        return {}
    return dict(zip(sorted(positions), map(numbered, kept), strict=True))


class LightGBMFormat:
    """``lightgbm``: boosters and estimators, as ``save_model`` writes them."""

    name = "lightgbm"
    extra = "lightgbm"
    file_name = "model.txt"

    def sniff(self, path: Path) -> bool:
        """Whether the file begins as its models do."""
        with path.open("rb") as file:
            return file.read(len(first_bytes.LIGHTGBM)) == first_bytes.LIGHTGBM

    def recognises(self, model: Any) -> bool:
        """Whether it is LightGBM's own booster or estimator."""
        return is_of_library(model, "lightgbm", "Booster") or _is_estimator(model)

    def wrap(self, model: Any) -> Predictor:
        """The predictor of a model in memory, from what would be in its file."""
        if not _is_estimator(model):
            return LightGBMPredictor(model)
        if not callable(getattr(model, "objective", None)):
            return LightGBMPredictor(model.booster_, model)
        from .sklearn_predictor import SklearnPredictor

        return SklearnPredictor(model)

    def read(self, path: Path) -> Any:
        """The booster."""
        try:
            import lightgbm
        except ModuleNotFoundError as error:
            raise LIBRARIES.absent(error, "A LightGBM model") from error
        return lightgbm.Booster(model_file=path)

    def load(self, path: Path) -> Predictor:
        """Load the booster."""
        return LightGBMPredictor(self.read(path))

    def save(self, model: Any, path: Path) -> None:
        """Write the booster; an estimator with what its file does not keep is refused."""
        if not self.recognises(model):
            raise cannot_save(model, self.name, "it is no model of LightGBM")
        if _is_estimator(model):
            if (why := _unkept(model)) is not None:
                raise cannot_save(model, self.name, why)
            model = model.booster_
        try:
            model.save_model(path)
        except Exception as error:
            raise cannot_save(model, self.name, error) from error


def _is_estimator(model: Any) -> bool:
    return is_of_library(model, "lightgbm", "LGBMModel")


def _unkept(model: Any) -> str | None:
    """What of an estimator its file does not keep; ``None`` where it keeps all."""
    booster = getattr(model, "_Booster", None)
    if booster is None:
        return "it is not fitted"
    if callable(getattr(model, "objective", None)):
        return "its file does not keep an objective of your own"
    classes = getattr(model, "classes_", None)
    if classes is not None and list(classes) != list(range(len(classes))):
        return f"its file does not keep the class labels {list(classes)[:5]}"
    names = getattr(model, "feature_names_in_", None)
    if names is not None and list(map(str, names)) != list(booster.feature_name()):
        return "its file does not keep the columns' names as they are"
    return None


FORMAT = LightGBMFormat()
