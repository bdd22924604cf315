"""Making the pipeline of a candidate: from raw columns to predictions, all in one estimator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..domain.signature import Dtype, Signature
from .families import FAMILIES
from .steps import EncodedClasses, TableEncoder

#: Categories of a column that have a column each, where models cannot take codes.
_ONE_HOT = 40
#: Rows that each tree of a forest is grown on where there are more: it costs little accuracy.
_TREE_ROWS = 20_000


@dataclass(frozen=True)
class Inputs:
    """The raw columns by kind, and how dates are told."""

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    dates: tuple[str, ...]
    elapsed: bool

    @classmethod
    def of(cls, signature: Signature, *, elapsed: bool) -> Inputs:
        """The kinds of a signature's columns."""
        kinds: dict[str, list[str]] = {"numbers": [], "categories": [], "dates": []}
        for column in signature.columns:
            if column.dtype in (Dtype.NUMBER, Dtype.INTEGER):
                kinds["numbers"].append(column.name)
            elif column.dtype is Dtype.DATETIME:
                kinds["dates"].append(column.name)
            else:
                kinds["categories"].append(column.name)
        return cls(**{kind: tuple(names) for kind, names in kinds.items()}, elapsed=elapsed)

    def encoder(self, *, as_category: bool) -> TableEncoder:
        """The first step of every pipeline."""
        return TableEncoder(
            list(self.numbers),
            list(self.categories),
            list(self.dates),
            elapsed=self.elapsed,
            as_category=as_category,
        )

    @property
    def category_places(self) -> list[int]:
        """Where the encoder puts the categories."""
        first = len(self.numbers)
        return list(range(first, first + len(self.categories)))


@dataclass(frozen=True)
class Making:
    """What all candidates of a run are made with."""

    inputs: Inputs
    is_classification: bool
    seed: int
    threads: int
    rows: int
    """That models are trained on before they are validated."""


def pipeline(making: Making, family: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """An unfitted pipeline of the family, with its library's settings but for the given ones."""
    from sklearn.pipeline import Pipeline

    make = _MAKERS[family]
    return Pipeline(make(making, dict(parameters or {})))


def native_parameters(making: Making, family: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The given parameters and those that the run sets, as a table shows them.

    A search has its numbers from logarithms: 0.04000000000000001 is shown as 0.04.
    """
    seeded = family not in ("baseline", "nearest_neighbours") and "random_state" not in parameters
    shown = {
        name: float(f"{value:.12g}") if isinstance(value, float) else value
        for name, value in parameters.items()
        if (name, value) != ("random_state", None)
    }
    return {**shown, **({"seed": making.seed} if seeded else {})}


def blueprint(making: Making, family: str) -> list[dict[str, Any]]:
    """The steps of the pipeline, for a diagram: ``step``, ``kind``, ``columns``, ``text``."""
    inputs = making.inputs
    steps = []
    scaled = family in ("linear", "nearest_neighbours")
    if inputs.numbers:
        text = "Missing ones filled with the median and marked, scaled" if scaled else "As they are"
        steps.append(_step("Numbers", "numeric", inputs.numbers, text))
    if inputs.categories:
        texts = {
            "linear": "A column for each frequent value",
            "nearest_neighbours": "A column for each frequent value",
            "lightgbm": "Split as categories",
            "hist_gradient_boosting": "Split as categories",
            "catboost": "Encoded by the mean outcome of earlier rows",
        }
        text = texts.get(family, "Numbered by frequency")
        steps.append(_step("Categories", "categorical", inputs.categories, text))
    if inputs.dates:
        parts = "Month, day, weekday, hour" + (" and days passed" if inputs.elapsed else "")
        steps.append(_step("Dates", "date", inputs.dates, parts))
    steps.append(_step(FAMILIES[family].title, "model", (), _described(making, family)))
    return steps


def _step(step: str, kind: str, columns: Sequence[str], text: str) -> dict[str, Any]:
    return {"step": step, "kind": kind, "columns": list(columns), "text": text}


def _described(making: Making, family: str) -> str:
    estimator = pipeline(making, family).steps[-1][1]
    return type(getattr(estimator, "wrapped", estimator)).__name__


# --- one family each ------------------------------------------------------------------------

Steps = list[tuple[str, Any]]


def _baseline(making: Making, parameters: dict[str, Any]) -> Steps:
    from sklearn.dummy import DummyClassifier, DummyRegressor

    model = DummyClassifier(strategy="prior") if making.is_classification else DummyRegressor()
    return [
        ("encode", making.inputs.encoder(as_category=False)),
        ("model", model.set_params(**parameters)),
    ]


def _linear(making: Making, parameters: dict[str, Any]) -> Steps:
    from sklearn.linear_model import LogisticRegression, Ridge

    if making.is_classification:
        model = LogisticRegression(**{"max_iter": 300, "random_state": making.seed} | parameters)
    else:
        model = Ridge(**{"random_state": making.seed} | parameters)
    return [*_scaled(making), ("model", model)]


def _nearest_neighbours(making: Making, parameters: dict[str, Any]) -> Steps:
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    kind = KNeighborsClassifier if making.is_classification else KNeighborsRegressor
    settings = {"n_neighbors": 20, "weights": "distance", "n_jobs": making.threads} | parameters
    return [*_scaled(making), ("model", kind(**settings))]


def _scaled(making: Making) -> Steps:
    """Numbers filled and scaled, categories as columns of 0 and 1."""
    from sklearn.compose import ColumnTransformer, make_column_selector
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    categories = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=_ONE_HOT, sparse_output=False
    )
    columns = ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include="number")),
            ("categories", categories, make_column_selector(dtype_include="category")),
        ]
    )
    return [("encode", making.inputs.encoder(as_category=True)), ("scale", columns)]


def _forest(making: Making, parameters: dict[str, Any]) -> Steps:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if making.is_classification else RandomForestRegressor
    settings: dict[str, Any] = {"min_samples_leaf": 3}
    if making.rows > _TREE_ROWS:
        settings["max_samples"] = _TREE_ROWS / making.rows
    return _trees(making, kind, settings | parameters)


def _extra_trees(making: Making, parameters: dict[str, Any]) -> Steps:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    kind = ExtraTreesClassifier if making.is_classification else ExtraTreesRegressor
    return _trees(making, kind, parameters)


def _trees(making: Making, kind: Any, parameters: dict[str, Any]) -> Steps:
    model = kind(**{"random_state": making.seed, "n_jobs": making.threads} | parameters)
    return [("encode", making.inputs.encoder(as_category=False)), ("model", model)]


def _hist_gradient_boosting(making: Making, parameters: dict[str, Any]) -> Steps:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    settings = {"categorical_features": "from_dtype", "random_state": making.seed} | parameters
    kind = (
        HistGradientBoostingClassifier
        if making.is_classification
        else HistGradientBoostingRegressor
    )
    return [("encode", making.inputs.encoder(as_category=True)), ("model", kind(**settings))]


def _lightgbm(making: Making, parameters: dict[str, Any]) -> Steps:
    from lightgbm import LGBMClassifier, LGBMRegressor

    kind = LGBMClassifier if making.is_classification else LGBMRegressor
    settings = {
        "random_state": making.seed,
        "n_jobs": making.threads,
        "verbose": -1,
        "deterministic": True,
        "force_row_wise": True,
    }
    return [
        ("encode", making.inputs.encoder(as_category=True)),
        ("model", kind(**settings | parameters)),
    ]


def _xgboost(making: Making, parameters: dict[str, Any]) -> Steps:
    from xgboost import XGBClassifier, XGBRegressor

    settings = {
        "random_state": making.seed,
        "n_jobs": making.threads,
        "tree_method": "hist",
        "verbosity": 0,
    } | parameters
    model = (
        EncodedClasses(XGBClassifier(**settings))
        if making.is_classification
        else XGBRegressor(**settings)
    )
    return [("encode", making.inputs.encoder(as_category=False)), ("model", model)]


def _catboost(making: Making, parameters: dict[str, Any]) -> Steps:
    from catboost import CatBoostClassifier, CatBoostRegressor

    kind = CatBoostClassifier if making.is_classification else CatBoostRegressor
    settings = {
        "random_seed": making.seed,
        "thread_count": making.threads,
        "verbose": 0,
        "allow_writing_files": False,
        "iterations": 300,
        "cat_features": [f"x{place}" for place in making.inputs.category_places],
    }
    return [
        ("encode", making.inputs.encoder(as_category=True)),
        ("model", kind(**settings | parameters)),
    ]


_MAKERS = {
    "baseline": _baseline,
    "linear": _linear,
    "lightgbm": _lightgbm,
    "hist_gradient_boosting": _hist_gradient_boosting,
    "xgboost": _xgboost,
    "forest": _forest,
    "extra_trees": _extra_trees,
    "nearest_neighbours": _nearest_neighbours,
    "catboost": _catboost,
}
