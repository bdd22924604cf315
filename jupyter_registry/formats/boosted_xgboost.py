"""XGBoost models in its own JSON and UBJSON files, which run no code when they are read."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from . import first_bytes
from .base import Libraries, Predictor, cannot_save
from .boosted_trees import BoosterFacts, BoosterPredictor, is_of_library, several_targets
from .feature_matrix import Codes, Matrix, numbered
from .pickle_files import contains

LIBRARIES = Libraries("xgboost", frozenset({"xgboost"}))


class XGBoostPredictor(BoosterPredictor):
    """A booster, as `xgboost.Booster.predict` or, where an estimator wrote it, as that predicts.

    An estimator that was stopped early predicts with its best iteration, a booster with all.
    """

    refuses_unseen = True

    def __init__(self, booster: Any, native: Any = None) -> None:
        super().__init__(booster, _facts(booster), native)
        of_estimator = booster.attr("scikit_learn") is not None
        best = booster.attr("best_iteration") if of_estimator else None
        self._range = (0, 0) if best is None else (0, int(best) + 1)
        # linear boosters take no matrix as it is
        config = json.loads(booster.save_config())
        self._in_place = config["learner"]["gradient_booster"]["name"] != "gblinear"
        if not self._in_place:
            self._range = (0, 0)

    def limit_threads(self) -> None:
        """Set ``nthread`` to 1."""
        self.booster.set_param({"nthread": 1})

    def _answer(self, matrix: Matrix) -> Matrix:
        margin = self.facts.objective in ("multi:softmax", "binary:logitraw")
        answer = self._ask(matrix, margin)
        if self.facts.objective == "multi:softmax":
            answer = np.exp(answer - answer.max(axis=1, keepdims=True))
            return answer / answer.sum(axis=1, keepdims=True)
        if self.facts.objective == "binary:logitraw":
            return 1.0 / (1.0 + np.exp(-answer))
        return answer

    def _ask(self, matrix: Matrix, margin: bool) -> Matrix:
        if self._in_place:
            kind = "margin" if margin else "value"
            answer = self.booster.inplace_predict(
                matrix, iteration_range=self._range, predict_type=kind, validate_features=False
            )
        else:
            from xgboost import DMatrix

            data = DMatrix(matrix, nthread=1)
            answer = self.booster.predict(data, output_margin=margin, validate_features=False)
        return np.asarray(answer, dtype=np.float64)


def _facts(booster: Any) -> BoosterFacts:
    import xgboost

    learner = json.loads(booster.save_config())["learner"]
    objective = str(learner["objective"]["name"])
    sizes = learner["learner_model_param"]
    targets = int(sizes.get("num_target", 1))
    if targets > 1:
        raise several_targets(targets)
    n_classes = 0
    if objective.startswith("multi:"):
        n_classes = int(sizes["num_class"])
    elif objective.startswith("binary:"):
        n_classes = 2
    names = booster.feature_names
    return BoosterFacts(
        "xgboost",
        xgboost.__version__,
        objective,
        n_classes,
        None if names is None else tuple(map(str, names)),
        int(booster.num_features()),
        _categories(booster),
    )


def _categories(booster: Any) -> dict[int, Codes]:
    """The codes of categories that the file keeps (since XGBoost 3.1, of data frames)."""
    if "c" not in (booster.feature_types or ()) or not hasattr(booster, "get_categories"):
        return {}
    try:
        import pyarrow as pa

        kept = booster.get_categories(export_to_arrow=True).to_arrow()
    except ModuleNotFoundError as error:
        raise LIBRARIES.absent(error, "An XGBoost model with categories") from error
    return {
        position: _Texts.of(values.cast(pa.binary()).to_pylist())
        if pa.types.is_string(values.type)
        else numbered(values.to_pylist())
        for position, (_, values) in enumerate(kept)
        if values is not None
    }


class _Texts(dict[str, int]):
    """Codes of texts, also where XGBoost (3.1 and 3.2 do) cut them in bytes by their characters.

    Of such a text that is not ASCII the last bytes count as those of the next one, and those of
    the last texts are lost: what is left of them, and how long they were, tells them.
    """

    cut: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def of(cls, kept: list[bytes]) -> _Texts:
        codes, cut, start = cls(), [], 0
        whole = b"".join(kept).decode("utf-8", "ignore")
        for code, text in enumerate(kept):
            name = whole[start : start + len(text)]
            start += len(text)
            if len(name) == len(text):
                codes[name] = code
            else:
                cut.append((name, len(text), code))
        codes.cut = tuple(cut)
        for code, text in enumerate(kept):  # as it is, where it was not cut
            codes.setdefault(text.decode("utf-8", "replace"), code)
        return codes

    def get(self, value: Any, default: Any = None) -> Any:
        code = super().get(value)
        if code is None and isinstance(value, str):
            for known, length, number in self.cut:
                if len(value) == length and value.startswith(known):
                    return number
        return default if code is None else code


class XGBoostFormat:
    """``xgboost``: boosters and estimators, as ``save_model`` writes them."""

    name = "xgboost"
    extra = "xgboost"
    file_name = "model.ubj"

    def sniff(self, path: Path) -> bool:
        """Whether the file is JSON or UBJSON with a learner in it."""
        with path.open("rb") as file:
            if not first_bytes.XGBOOST.match(file.read(first_bytes.LENGTH)):
                return False
        return contains(path, b"gradient_booster") and contains(path, b"learner_model_param")

    def recognises(self, model: Any) -> bool:
        """Whether it is XGBoost's own booster or estimator."""
        return is_of_library(model, "xgboost", "Booster") or _is_estimator(model)

    def wrap(self, model: Any) -> Predictor:
        """The predictor of a model in memory, from what would be in its file."""
        if not _is_estimator(model):
            return XGBoostPredictor(_read(model.save_raw("ubj")), model)
        if _unkept(model) is None:
            return XGBoostPredictor(_read(_file_of(model)), model)
        from .sklearn_predictor import SklearnPredictor

        return SklearnPredictor(model)

    def read(self, path: Path) -> Any:
        """The booster."""
        return _read(bytearray(path.read_bytes()))

    def load(self, path: Path) -> Predictor:
        """Load the booster."""
        return XGBoostPredictor(self.read(path))

    def save(self, model: Any, path: Path) -> None:
        """Write the booster; an estimator with what its file does not keep is refused."""
        if not self.recognises(model):
            raise cannot_save(model, self.name, "it is no model of XGBoost")
        if _is_estimator(model) and (why := _unkept(model)) is not None:
            raise cannot_save(model, self.name, why)
        try:
            model.save_model(path)
        except Exception as error:
            raise cannot_save(model, self.name, error) from error


def _is_estimator(model: Any) -> bool:
    return is_of_library(model, "xgboost", "XGBModel")


def _unkept(model: Any) -> str | None:
    """Why an estimator predicts otherwise than what its file says; ``None`` where it does not."""
    missing = getattr(model, "missing", math.nan)
    if not (isinstance(missing, float) and math.isnan(missing)):
        return f"its file does not keep missing={missing!r}"
    if callable(getattr(model, "objective", None)):
        return "its file does not keep an objective of your own"
    return None


def _file_of(model: Any) -> bytearray:
    """The bytes of an estimator's file."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / XGBoostFormat.file_name
        model.save_model(path)
        return bytearray(path.read_bytes())


def _read(raw: bytearray) -> Any:
    try:
        import xgboost
    except ModuleNotFoundError as error:
        raise LIBRARIES.absent(error, "An XGBoost model") from error
    return xgboost.Booster(model_file=raw)


FORMAT = XGBoostFormat()
