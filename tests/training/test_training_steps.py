"""The steps of saved pipelines, against pandas and by their own promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from jupyter_registry.formats import save_model
from jupyter_registry.training.steps import (
    FIRST,
    MISSING,
    OTHER,
    BlendedClassifier,
    BlendedRegressor,
    EncodedClasses,
    TableEncoder,
)


def test_parts_of_dates_are_those_of_pandas() -> None:
    dates = pd.Series(pd.date_range("1969-02-27 23:59", periods=900, freq="41h17min"))
    encoder = TableEncoder(dates=["d"]).fit(pd.DataFrame({"d": dates}))
    found = encoder.transform(pd.DataFrame({"d": dates}))
    found.columns = list(encoder.get_feature_names_out())
    parts = dates.dt
    assert np.array_equal(found["d (month)"], parts.month)
    assert np.array_equal(found["d (day of month)"], parts.day)
    assert np.array_equal(found["d (day of year)"], parts.day_of_year)
    assert np.array_equal(found["d (weekday)"], parts.day_of_week)
    assert np.allclose(found["d (hour)"], parts.hour + parts.minute / 60)
    days = (dates - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
    assert np.allclose(found["d (day number)"], days)


def test_times_of_any_zone_are_utc() -> None:
    naive = pd.DataFrame({"d": pd.date_range("2024-03-01", periods=99, freq="5h")})
    aware = pd.DataFrame({"d": naive["d"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")})
    encoder = TableEncoder(dates=["d"]).fit(naive)
    pd.testing.assert_frame_equal(encoder.transform(naive), encoder.transform(aware))


def test_missing_dates_are_missing_parts_and_what_does_not_vary_is_left_out() -> None:
    dates = pd.Series(pd.date_range("2024-03-01", periods=31, freq="D"))
    dates[3] = pd.NaT
    encoder = TableEncoder(dates=["d"], elapsed=False).fit(pd.DataFrame({"d": dates}))
    assert list(encoder.get_feature_names_out()) == [
        "d (day of month)", "d (day of year)", "d (weekday)",
    ]  # fmt: skip
    found = encoder.transform(pd.DataFrame({"d": dates}))
    assert found.isna().sum(axis=1).tolist() == [3 if row == 3 else 0 for row in range(31)]


@pytest.mark.parametrize("as_category", [True, False])
def test_categories_have_codes(as_category: bool) -> None:
    frame = pd.DataFrame({"c": ["b", "b", "a", "a", "a", "once", None, None]})
    encoder = TableEncoder(categories=["c"], as_category=as_category).fit(frame)
    new = pd.DataFrame({"c": ["a", "b", "once", "never", None]})
    found = encoder.transform(new)["x0"].astype(int).tolist()
    assert found == [FIRST, FIRST + 1, OTHER, OTHER, MISSING]


def test_booleans_are_categories_with_and_without_gaps() -> None:
    with_gaps = pd.DataFrame({"c": np.array([True, False, None, True, False], dtype=object)})
    encoder = TableEncoder(categories=["c"]).fit(with_gaps)
    whole = pd.DataFrame({"c": [False, True]})
    assert (
        encoder.transform(whole)["x0"].tolist()
        == encoder.transform(with_gaps)["x0"][[1, 0]].tolist()
    )
    assert encoder.transform(with_gaps)["x0"][2] == MISSING


def test_classes_of_any_kind_are_encoded(cancer: pd.DataFrame) -> None:
    inputs, labels = cancer.drop(columns="target"), cancer["target"]
    inner = LogisticRegression(max_iter=5000)
    encoded = EncodedClasses(inner).fit(inputs, labels)
    assert encoded.classes_.tolist() == ["benign", "malignant"]
    numbers = LogisticRegression(max_iter=5000).fit(inputs, labels == "malignant")
    assert np.allclose(encoded.predict_proba(inputs), numbers.predict_proba(inputs))
    assert set(encoded.predict(inputs)) == {"benign", "malignant"}


def test_a_blend_is_the_mean(cancer: pd.DataFrame, diabetes: pd.DataFrame) -> None:
    inputs, labels = cancer.drop(columns="target"), cancer["target"]
    two = [LogisticRegression(max_iter=5000, C=c).fit(inputs, labels) for c in (0.01, 1.0)]
    blend = BlendedClassifier.of(two)
    mean = (two[0].predict_proba(inputs) + two[1].predict_proba(inputs)) / 2
    assert np.allclose(blend.predict_proba(inputs), mean)
    assert (blend.predict(inputs) == blend.classes_[mean.argmax(axis=1)]).all()
    again = BlendedClassifier(two).fit(inputs, labels)
    assert np.allclose(again.predict_proba(inputs), mean)
    one_counts_more = BlendedClassifier(two, [0.75, 0.25]).fit(inputs, labels)
    told = 0.75 * two[0].predict_proba(inputs) + 0.25 * two[1].predict_proba(inputs)
    assert np.allclose(one_counts_more.predict_proba(inputs), told)
    del again.weights  # saved before there were any
    assert np.allclose(again.predict_proba(inputs), mean)
    numbers, outcomes = diabetes.drop(columns="target"), diabetes["target"]
    others = [Ridge(alpha).fit(numbers, outcomes) for alpha in (0.1, 10)]
    blended = BlendedRegressor.of(others)
    expected = (others[0].predict(numbers) + others[1].predict(numbers)) / 2
    assert np.allclose(blended.predict(numbers), expected)


def test_steps_are_kept_without_running_code(cancer: pd.DataFrame, tmp_path: Path) -> None:
    """skops keeps a blend of pipelines, and gives the same predictions."""
    from sklearn.pipeline import make_pipeline

    inputs, labels = cancer.drop(columns="target"), cancer["target"]
    columns = list(inputs.columns)
    models = [
        make_pipeline(TableEncoder(numbers=columns), EncodedClasses(inner)).fit(inputs, labels)
        for inner in (LogisticRegression(max_iter=5000), LogisticRegression(C=0.1, max_iter=5000))
    ]
    blend = BlendedClassifier.of(models)
    kind, file = save_model(blend, tmp_path, "skops")
    loaded = kind.load(file).native
    assert np.array_equal(loaded.predict_proba(inputs), blend.predict_proba(inputs))


def test_numbers_beyond_all_bounds_are_taken() -> None:
    frame = pd.DataFrame({"n": [1.5, np.nan, np.inf, -np.inf, 1e300, -1e300, 2e38]})
    found = TableEncoder(numbers=["n"]).fit(frame).transform(frame)["x0"]
    assert found.isna().tolist() == [False, True, True, True, False, False, False]
    assert found.dropna().tolist() == [1.5, 3e38, -3e38, 2e38]
