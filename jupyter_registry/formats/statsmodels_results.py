"""Results of statsmodels: regressions, discrete and ordinal choice, by arrays or by a formula."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from ..domain.errors import ModelFailed
from ..domain.frames import Frame, infer_signature
from ..domain.kinds import TargetType
from ..domain.signature import Column, Dtype, Signature
from ..domain.target import Target
from .base import ModelDescription, Prediction
from .dataframes import dataframes_for
from .feature_matrix import FeatureMatrix, Matrix

#: Models of two outcomes, whatever they are called, coded 0 and 1.
_BINARY = frozenset({"Logit", "Probit"})
#: Models whose answer has a column per class.
_CLASSES = frozenset({"MNLogit", "OrderedModel"})


def is_results(model: Any) -> bool:
    """Whether it is what ``fit`` of a model of statsmodels returns."""
    return (
        type(model).__module__.startswith("statsmodels.")
        and callable(getattr(model, "predict", None))
        and hasattr(model, "params")
        and hasattr(model, "model")
    )


class StatsmodelsPredictor:
    """Results in memory. The constant of ``add_constant`` is added here, not asked of callers.

    Raises
    ------
    ModelFailed
        for a time series, which has no rows to score.

    """

    def __init__(self, results: Any) -> None:
        self.native = results
        self._results = results
        self._model = results.model
        self._kind = type(self._model).__name__
        if type(self._model).__module__.startswith("statsmodels.tsa."):
            raise ModelFailed(
                f"{self._kind} forecasts a time series; it does not score rows.",
                advice="Put code of your own around it: a folder with custom.py.",
            )
        self._data = self._model.data
        self._formula = getattr(self._model, "formula", None)
        self._names, self._constant = self._columns()
        self._convert: Callable[[Frame], Any] | None = None

    def _columns(self) -> tuple[tuple[str, ...], int | None]:
        """The columns that go in, and where a constant is to be put among them."""
        if self._formula is not None:
            return _variables(self._data), None
        names = list(map(str, self._model.exog_names or ()))
        if self._model.exog is not None:  # parameters that are no column come after
            names = names[: self._model.exog.shape[1]]
        constant = getattr(self._data, "const_idx", None)
        if constant is not None:
            del names[constant]
        return tuple(names), constant

    @property
    def _is_named(self) -> bool:
        # what arrays' columns are called
        return self._names != tuple(f"x{i}" for i in range(1, len(self._names) + 1))

    def describe(self) -> ModelDescription:
        """What model and results say."""
        labels, count, kind = None, None, TargetType.REGRESSION
        if self._kind in _CLASSES:
            labels = self._labels()
            count = None if labels is not None else int(self._model.J)
            kind = TargetType.BINARY if len(labels or "123") == 2 else TargetType.MULTICLASS
        elif self._kind in _BINARY or self._is_binomial():
            count, kind = 2, TargetType.BINARY
        return ModelDescription(
            "statsmodels",
            version("statsmodels"),
            kind,
            labels,
            self._names if self._is_named else None,
            len(self._names),
            count,
        )

    def _is_binomial(self) -> bool:
        family = getattr(self._model, "family", None)
        return self._kind in ("GLM", "GEE") and type(family).__name__ == "Binomial"

    def _labels(self) -> tuple[str, ...] | None:
        named = getattr(self._model, "_ynames_map", None)
        if named:
            return tuple(str(named[position]) for position in sorted(named))
        labels = getattr(self._model, "labels", None)
        return None if labels is None else tuple(map(str, labels))

    def input_columns(self) -> list[Column]:
        """Its columns: numbers, or as the data of a formula had them."""
        frame = getattr(self._data, "frame", None)
        if self._formula is not None and frame is not None:
            from .infer import columns_of

            return list(infer_signature(columns_of(frame[list(self._names)])).columns)
        named = self._names if self._is_named else [f"x{i}" for i in range(len(self._names))]
        return [Column(name, Dtype.NUMBER) for name in named]

    def prepare(self, signature: Signature, target: Target | None = None) -> None:
        """Match its columns; raises `ModelFailed` where they do not fit.

        A formula needs pandas: raises `MissingExtra` without it.
        """
        names = self._names if self._is_named else None
        if self._formula is None:
            matrix = FeatureMatrix(signature, names, len(self._names), {})
            self._convert = lambda frame: self._with_constant(matrix(frame))
            return
        missing = [name for name in self._names if name not in signature.names]
        if missing:
            raise ModelFailed(
                f"The formula has variables the signature lacks: {', '.join(missing[:20])}.",
                advice="Give the signature the columns of the training data.",
                fields={"missing": missing},
            )
        self._convert = dataframes_for(self._names, "A formula of statsmodels")

    def _with_constant(self, matrix: Matrix) -> Matrix:
        if self._constant is None:
            return matrix
        return np.insert(matrix, self._constant, 1.0, axis=1)

    def limit_threads(self) -> None:
        """It has no threads of its own."""

    def predict(self, frame: Frame) -> Prediction:
        """Score the rows; what the library raises passes through."""
        assert self._convert is not None, "prepare(signature) comes first"
        answer = np.asarray(self._results.predict(self._convert(frame)), dtype=np.float64)
        if self._kind in _CLASSES:
            return Prediction(probabilities=answer)
        if self._kind in _BINARY or self._is_binomial():
            return Prediction(probabilities=np.column_stack((1.0 - answer, answer)))
        return Prediction(values=answer)

    def predict_table(self, table: Any) -> Prediction:
        """Score a DataFrame, a mapping of columns or a matrix; a constant may be left out."""
        from .infer import predict_by_columns

        return predict_by_columns(self, table)


def _variables(data: Any) -> tuple[str, ...]:
    """The data's columns that a formula has, in the data's order."""
    design = getattr(data, "model_spec", None) or data.design_info
    held: set[str] = set()
    for factor in design.factor_infos:
        held |= _names_in(factor.code)
    frame = getattr(data, "frame", None)
    known: Sequence[Any] = sorted(held) if frame is None else list(frame.columns)
    return tuple(str(name) for name in known if name in held)


def _names_in(code: str) -> set[str]:
    """The names in an expression, those that ``Q("…")`` quotes too; functions are none."""
    found, functions = set(), set()
    for node in ast.walk(ast.parse(code, mode="eval")):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            functions.add(node.func.id)
            if node.func.id == "Q":
                found |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
    return found - functions
