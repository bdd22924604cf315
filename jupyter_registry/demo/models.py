"""The models of the job: what each learns from, and on which days its baseline is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from .flights import CATEGORICAL, FEATURES, SCHEDULE, TARGET, WEATHER, Window, labelled

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Period:
    """Days to learn from, and later ones held out for the baseline."""

    training: Window
    holdout: Window


#: January and February, February's last two weeks held out.
WINTER = Period(
    Window(date(2013, 1, 1), date(2013, 2, 14)), Window(date(2013, 2, 15), date(2013, 2, 28))
)
#: March to May, May's last two weeks held out.
SPRING = Period(
    Window(date(2013, 3, 1), date(2013, 5, 17)), Window(date(2013, 5, 18), date(2013, 5, 31))
)


@dataclass(frozen=True)
class Trained:
    """A fitted pipeline with the rows it learned from and those held out."""

    model: Any
    training: pd.DataFrame
    holdout: pd.DataFrame


def train(pipeline: Any, flights: pd.DataFrame, period: Period) -> Trained:
    """Fit the pipeline on the period's training days."""
    training = labelled(period.training.of(flights))
    holdout = labelled(period.holdout.of(flights))
    pipeline.fit(training[list(FEATURES)], training[TARGET])
    return Trained(pipeline, training, holdout)


def boosted_trees() -> Any:
    """Gradient boosting: categories and gaps in the weather are handled by the trees."""
    import numpy as np
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OrdinalEncoder

    columns = ColumnTransformer(
        [
            (
                "categories",
                OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan),
                list(CATEGORICAL),
            ),
            ("numbers", "passthrough", [*SCHEDULE, *WEATHER]),
        ]
    )
    trees = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.08,
        max_leaf_nodes=15,
        min_samples_leaf=60,
        l2_regularization=5.0,
        categorical_features=list(range(len(CATEGORICAL))),
        early_stopping=False,
        random_state=2013,
    )
    return Pipeline([("columns", columns), ("trees", trees)])


def logistic() -> Any:
    """Logistic regression on one-hot categories and splines."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline, make_pipeline
    from sklearn.preprocessing import OneHotEncoder, SplineTransformer

    columns = ColumnTransformer(
        [
            (
                "categories",
                OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20),
                list(CATEGORICAL),
            ),
            (
                "numbers",
                make_pipeline(SimpleImputer(), SplineTransformer(n_knots=6)),
                [*SCHEDULE, *WEATHER],
            ),
        ]
    )
    return Pipeline([("columns", columns), ("logistic", LogisticRegression(C=0.1, max_iter=300))])
