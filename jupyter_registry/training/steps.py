"""Steps of pipelines that saved models hold.

Their names and this module's place stay, for model files refer to them; what a fitted step keeps
in its attributes is plain data.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin, clone

#: Codes of a category column: a missing value, one that is rare or was never met, then the
#: known ones by falling frequency.
MISSING, OTHER, FIRST = 0, 1, 2
#: Categories that are told apart; with missing and other no more than the 255 of histogram
#: gradient boosting.
MOST_CATEGORIES = 250
#: Rows that a category needs to be told from others.
LEAST_ROWS = 2

#: Trees compare numbers as float32.
_LARGEST = 3e38
_DAY = 86_400.0


class TableEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc,unused-ignore]
    """A DataFrame as it comes → a DataFrame that models take, with missing numbers as NaN.

    Parameters
    ----------
    numbers, categories, dates:
        Names of the columns by kind.
    elapsed:
        Whether a date also gives the days since 1970, beside its cyclic parts.
    as_category:
        Whether categories get pandas' category type, for models that know it; codes as
        float64 otherwise.

    """

    def __init__(
        self,
        numbers: list[str] | None = None,
        categories: list[str] | None = None,
        dates: list[str] | None = None,
        elapsed: bool = True,
        as_category: bool = False,
    ) -> None:
        self.numbers = numbers
        self.categories = categories
        self.dates = dates
        self.elapsed = elapsed
        self.as_category = as_category

    def fit(self, X: pd.DataFrame, y: Any = None) -> TableEncoder:
        """Learn the categories of each column, and which parts of dates vary."""
        self.feature_names_in_ = np.array([str(name) for name in X.columns], dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        self.known_ = {name: _known(X[name]) for name in self.categories or []}
        self.parts_ = {name: self._parts_of(X[name]) for name in self.dates or []}
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode the rows, shape (n, features out)."""
        columns: list[Any] = [_numbers(X[name]) for name in self.numbers or []]
        for name, known in self.known_.items():
            codes = _codes(X[name], known)
            if self.as_category:
                kinds = list(range(FIRST + len(known)))
                columns.append(pd.Categorical.from_codes(codes, categories=kinds))
            else:
                columns.append(codes.astype(np.float64))
        for name, parts in self.parts_.items():
            found = _date_parts(X[name])
            columns.extend(found[part] for part in parts)
        # names of its own: libraries refuse some characters
        named = {f"x{position}": values for position, values in enumerate(columns)}
        return pd.DataFrame(named, index=X.index, copy=False)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """What the columns that `transform` gives are, in their order."""
        dates = [f"{name} ({part})" for name, parts in self.parts_.items() for part in parts]
        return np.array([*(self.numbers or []), *self.known_, *dates], dtype=object)

    def _parts_of(self, column: pd.Series) -> list[str]:
        found = _date_parts(column)
        return [
            part
            for part, values in found.items()
            if (self.elapsed or part != "day number") and _varies(values)
        ]


class EncodedClasses(ClassifierMixin, BaseEstimator):  # type: ignore[misc,unused-ignore]
    """A classifier that wants 0, 1 … for classes, given labels of any kind."""

    def __init__(self, estimator: Any = None) -> None:
        self.estimator = estimator

    @property
    def wrapped(self) -> Any:
        """The estimator inside."""
        return self.estimator

    def fit(self, X: Any, y: Any) -> EncodedClasses:
        """Fit a clone of the estimator on the labels' numbers."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.estimator_ = clone(self.estimator).fit(X, codes)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities, shape (n, K), in the order of ``classes_``."""
        return np.asarray(self.estimator_.predict_proba(X), dtype=np.float64)

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable labels, shape (n,)."""
        found: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return found


class BlendedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc,unused-ignore]
    """A mean of the probabilities of classifiers that are fitted already, on one ``classes_``."""

    def __init__(self, models: list[Any] | None = None, weights: list[float] | None = None) -> None:
        self.models = models
        self.weights = weights

    @classmethod
    def of(cls, models: list[Any], weights: list[float] | None = None) -> BlendedClassifier:
        """The blend of fitted models; they count alike unless weights are given."""
        blend = cls(models, weights)
        blend.classes_ = models[0].classes_
        blend.feature_names_in_ = models[0].feature_names_in_
        blend.n_features_in_ = len(blend.feature_names_in_)
        return blend

    def fit(self, X: Any, y: Any) -> BlendedClassifier:
        """Fit clones of all models."""
        models = [clone(model).fit(X, y) for model in self.models or []]
        return self.of(models, _weights(self))

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities, shape (n, K)."""
        each = [model.predict_proba(X) for model in self.models or []]
        found: NDArray[np.float64] = np.average(each, axis=0, weights=_weights(self))
        return found

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable labels, shape (n,)."""
        found: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return found


class BlendedRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc,unused-ignore]
    """A mean of what regressors predict that are fitted already."""

    def __init__(self, models: list[Any] | None = None, weights: list[float] | None = None) -> None:
        self.models = models
        self.weights = weights

    @classmethod
    def of(cls, models: list[Any], weights: list[float] | None = None) -> BlendedRegressor:
        """The blend of fitted models; they count alike unless weights are given."""
        blend = cls(models, weights)
        blend.feature_names_in_ = models[0].feature_names_in_
        blend.n_features_in_ = len(blend.feature_names_in_)
        return blend

    def fit(self, X: Any, y: Any) -> BlendedRegressor:
        """Fit clones of all models."""
        models = [clone(model).fit(X, y) for model in self.models or []]
        return self.of(models, _weights(self))

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predicted numbers, shape (n,)."""
        each = [model.predict(X) for model in self.models or []]
        found: NDArray[np.float64] = np.average(each, axis=0, weights=_weights(self))
        return found


def _weights(blend: Any) -> list[float] | None:
    """How much each model counts; one that was saved before there were weights has none."""
    return getattr(blend, "weights", None)


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    """Numbers as float64 within what float32 holds; what is infinite is missing."""
    values = np.asarray(column, dtype=np.float64)
    if not len(values) or np.abs(values).max(initial=0.0, where=~np.isnan(values)) <= _LARGEST:
        return values
    return np.clip(np.where(np.isinf(values), np.nan, values), -_LARGEST, _LARGEST)


# --- categories -----------------------------------------------------------------------------


def _texts(column: pd.Series) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The values as texts (booleans too), and which are missing."""
    missing = np.asarray(column.isna(), dtype=np.bool_)
    values = np.asarray(column, dtype=object)
    if column.dtype == bool:
        values = np.where(values.astype(bool), "True", "False").astype(object)
    elif not missing.all() and not isinstance(values[int(np.argmin(missing))], str):
        values = np.array([str(value) for value in values], dtype=object)
    return values, missing


def _known(column: pd.Series) -> list[str]:
    values, missing = _texts(column)
    counts = pd.Series(values[~missing], dtype=object).value_counts()
    often = counts[counts >= min(LEAST_ROWS, len(values))]
    ordered = sorted(often.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return [str(value) for value, _ in ordered[:MOST_CATEGORIES]]


def _codes(column: pd.Series, known: list[str]) -> NDArray[np.int64]:
    values, missing = _texts(column)
    places = pd.Index(known, dtype=object).get_indexer(pd.Index(values, dtype=object))
    codes = np.where(places < 0, OTHER, FIRST + places).astype(np.int64)
    codes[missing] = MISSING
    return codes


# --- dates ----------------------------------------------------------------------------------


def _date_parts(column: pd.Series) -> dict[str, NDArray[np.float64]]:
    """Parts of dates as float64, NaN where the date is missing."""
    if getattr(column.dtype, "kind", "O") != "M" or not isinstance(column.dtype, np.dtype):
        column = pd.to_datetime(column, utc=True).dt.tz_localize(None)
    stamps = np.asarray(column, dtype="datetime64[us]")
    days = stamps.astype("datetime64[D]")
    months, years = stamps.astype("datetime64[M]"), stamps.astype("datetime64[Y]")
    seconds = (stamps - days).astype(np.int64) / 1e6
    found = {
        "day number": days.astype(np.int64) + seconds / _DAY,
        "month": (months - years.astype("datetime64[M]")).astype(np.int64) + 1.0,
        "day of month": (days - months.astype("datetime64[D]")).astype(np.int64) + 1.0,
        "day of year": (days - years.astype("datetime64[D]")).astype(np.int64) + 1.0,
        # the first of January 1970 was a Thursday; Monday is 0
        "weekday": (days.astype(np.int64) + 3) % 7 + 0.0,
        "hour": seconds / 3600.0,
    }
    missing = np.isnat(stamps)
    return {name: np.where(missing, np.nan, values) for name, values in found.items()}


def _varies(values: NDArray[np.float64]) -> bool:
    present = values[~np.isnan(values)]
    return bool(len(present)) and bool((present != present[0]).any())
