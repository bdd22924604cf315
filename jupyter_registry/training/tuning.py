"""The search for good settings, which is FLAML's: on the run's own partition, within a time.

C. Wang et al., FLAML: A Fast and Lightweight AutoML Library (2021).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..domain.kinds import TargetType
from .evaluation import Material
from .families import LEARNERS
from .partition import Partition, Rows
from .search_log import Trial

#: The run's metric → what FLAML minimises; others, which jump as scores move, by the log loss.
_METRICS = {
    "rmse": "rmse",
    "mae": "mae",
    "mape": "mape",
    "r2": "r2",
    "auc": "roc_auc",
    "gini": "roc_auc",
    "accuracy": "accuracy",
    "f1": "f1",
    "macro_f1": "macro_f1",
}

#: Settings that a run sets itself; the trial's seed is kept, for another one scores otherwise.
_OWN = frozenset({"n_jobs", "verbose", "verbosity", "thread_count"})


#: Where a search begins whose trials are of several folds: at the libraries' own settings, not at
#: FLAML's cheapest ones, for the board has those models already, and a short search would end
#: before it reached them.
_QUICK: dict[str, dict[str, float]] = {
    "lgbm": {
        "n_estimators": 100,
        "num_leaves": 31,
        "min_child_samples": 20,
        "learning_rate": 0.1,
        "log_max_bin": 8,
        "colsample_bytree": 1.0,
        "reg_alpha": 1 / 1024,
        "reg_lambda": 1 / 1024,
    },
    "xgboost": {
        "n_estimators": 100,
        "max_leaves": 31,
        "min_child_weight": 1.0,
        "learning_rate": 0.1,
        "subsample": 1.0,
        "colsample_bylevel": 1.0,
        "colsample_bytree": 1.0,
        "reg_alpha": 1 / 1024,
        "reg_lambda": 1.0,
    },
    "xgb_limitdepth": {
        "n_estimators": 100,
        "max_depth": 6,
        "min_child_weight": 1.0,
        "learning_rate": 0.3,
        "subsample": 1.0,
        "colsample_bylevel": 1.0,
        "colsample_bytree": 1.0,
        "reg_alpha": 1 / 1024,
        "reg_lambda": 1.0,
    },
}

#: Where one begins whose trials are of one part of many rows: many small steps, each of a sample
#: of the rows and columns.
_THOROUGH: dict[str, dict[str, float]] = {
    "lgbm": {
        "n_estimators": 300,
        "num_leaves": 24,
        "min_child_samples": 20,
        "learning_rate": 0.04,
        "log_max_bin": 8,
        "colsample_bytree": 0.8,
        "reg_alpha": 1 / 1024,
        "reg_lambda": 1.0,
    },
    "xgboost": {
        "n_estimators": 250,
        "max_leaves": 28,
        "min_child_weight": 1.0,
        "learning_rate": 0.04,
        "subsample": 0.8,
        "colsample_bylevel": 0.8,
        "colsample_bytree": 0.8,
        "reg_alpha": 1 / 1024,
        "reg_lambda": 1.0,
    },
    "xgb_limitdepth": {
        "n_estimators": 250,
        "max_depth": 6,
        "min_child_weight": 1.0,
        "learning_rate": 0.05,
        "subsample": 0.8,
        "colsample_bylevel": 0.8,
        "colsample_bytree": 0.8,
        "reg_alpha": 1 / 1024,
        "reg_lambda": 1.0,
    },
}
#: FLAML begins with 10,000 rows where there are more than so many.
_SAMPLED_FROM = 40_000


def tune(
    material: Material,
    metric: str,
    families: Sequence[str],
    seconds: float,
    log: Path,
    trials: int | None,
    *,
    begins_whole: bool = False,
) -> None:
    """Search for so many seconds (and at most so many trials); what is found is in the log.

    ``begins_whole``: whether the first trial of a learner is of all rows already, not of a sample.
    """
    from flaml import AutoML

    splits = material.partition.splits
    modelling = material.partition.modelling
    encoder = material.making.inputs.encoder(as_category=True)
    # of folds each would learn its own categories, which the search has no way to do
    encoder.fit(material.table.iloc[splits[0][0] if len(splits) == 1 else modelling])
    inputs = encoder.transform(material.table.iloc[modelling]).reset_index(drop=True)
    wanted = _outcomes(material)[modelling]
    learners = [name for name, family in LEARNERS.items() if family in families]
    settings: dict[str, Any] = {
        "task": "regression" if material.target.type is TargetType.REGRESSION else "classification",
        "metric": _metric(material, metric),
        "estimator_list": learners,
        "starting_points": _beginnings(learners, material.partition, begins_whole),
        "time_budget": seconds,
        "log_file_name": str(log),
        "log_type": "all",
        "seed": material.making.seed,
        "n_jobs": material.making.threads,
        "verbose": 0,
        "retrain_full": False,
        "skip_transform": True,
        "mlflow_logging": False,
    }
    if trials is not None:
        settings["max_iter"] = max(2, trials)  # with one FLAML trains without measuring
    places = [_places(modelling, pair) for pair in splits]
    if len(places) > 1:
        settings |= {"eval_method": "cv", "split_type": _Folds(places), "n_splits": len(places)}
        settings |= {"X_train": inputs, "y_train": wanted}
    else:
        training, validation = places[0]
        settings |= {"eval_method": "holdout"}
        settings |= {"X_train": inputs.iloc[training].reset_index(drop=True)}
        settings |= {"X_val": inputs.iloc[validation].reset_index(drop=True)}
        settings |= {"y_train": wanted[training], "y_val": wanted[validation]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        AutoML().fit(**settings)


def _beginnings(
    learners: Sequence[str], partition: Partition, begins_whole: bool
) -> dict[str, dict[str, float]]:
    """The settings of each learner's first trial."""
    all_of = _QUICK if partition.is_cross_validated else _THOROUGH
    found = {name: dict(settings) for name, settings in all_of.items() if name in learners}
    rows = len(partition.splits[0][0])
    if begins_whole and not partition.is_cross_validated and rows > _SAMPLED_FROM:
        for settings in found.values():
            settings["FLAML_sample_size"] = rows
    return found


def as_searched(partition: Partition, rows: Rows) -> Rows:
    """Rows in the order in which FLAML trains on them, which it shuffles where it makes no folds.

    What samples rows or columns scores otherwise of another order, by as much as settings differ.
    """
    if len(partition.splits) > 1:
        return rows
    from flaml.config import RANDOM_SEED
    from sklearn.utils import shuffle

    shuffled: Rows = shuffle(rows, random_state=RANDOM_SEED)
    return shuffled


def parameters(trial: Trial, *, is_classification: bool) -> dict[str, Any]:
    """The settings of a trial as the library's own estimator takes them."""
    from flaml.automl.model import (
        ExtraTreesEstimator,
        LGBMEstimator,
        RandomForestEstimator,
        XGBoostLimitDepthEstimator,
        XGBoostSklearnEstimator,
    )
    from flaml.automl.task.factory import task_factory

    learner = {
        "lgbm": LGBMEstimator,
        "xgboost": XGBoostSklearnEstimator,
        "xgb_limitdepth": XGBoostLimitDepthEstimator,
        "rf": RandomForestEstimator,
        "extra_tree": ExtraTreesEstimator,
    }[trial.learner]
    task = task_factory("binary" if is_classification else "regression")
    made = learner(task=task, **trial.config)
    # without a seed the library's own one is what it was trained with
    return {"random_state": None} | {
        name: value.item() if hasattr(value, "item") else value
        for name, value in made.params.items()
        if name not in _OWN and not name.startswith("_")
    }


class _Folds:
    """The run's folds, as FLAML takes a splitter."""

    shuffle = False

    def __init__(self, splits: list[tuple[Rows, Rows]]) -> None:
        self._splits = splits

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        return len(self._splits)

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Rows, Rows]]:
        yield from self._splits


def _places(modelling: Rows, pair: tuple[Rows, Rows]) -> tuple[Rows, Rows]:
    training, validation = pair
    return np.searchsorted(modelling, training), np.searchsorted(modelling, validation)


def _metric(material: Material, metric: str) -> str:
    if material.target.type is TargetType.REGRESSION:
        return _METRICS[metric]
    return _METRICS.get(metric, "log_loss")


def _outcomes(material: Material) -> Any:
    """Numbers, or classes as 0, 1 …; of two the positive one is 1."""
    target = material.target
    if target.type is TargetType.REGRESSION:
        return material.outcomes.astype(np.float64)
    if target.type is TargetType.BINARY:
        return (material.outcomes == target.positive_class).astype(np.int64)
    index = {label: place for place, label in enumerate(target.class_labels)}
    return np.array([index[label] for label in material.outcomes], np.int64)
