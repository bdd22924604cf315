"""Drift through the client: its tables, frame and importances; the command line."""

from __future__ import annotations

import json
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from jupyter_registry.client import Registry
from jupyter_registry.client.results import Drift, Package
from jupyter_registry.domain.errors import InvalidInput

from .shell import Shell

START = datetime(2026, 3, 2, tzinfo=UTC)


def homes(n: int, seed: int = 0) -> pd.DataFrame:
    """``area`` matters most, ``age`` little, ``noise`` not at all."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({
        "noise": rng.normal(size=n), "area": rng.normal(100, 20, n), "age": rng.normal(30, 9, n),
    })  # fmt: skip
    data["price"] = data["area"] * 10 - data["age"] * 3 + rng.normal(0, 5, n)
    data["dear"] = np.where(data["price"] > 900, "yes", "no")
    return data


FEATURES = ["noise", "area", "age"]


def importances(package: Any) -> dict[str, float | None]:
    features = package.baseline["features"]
    return {name: item.get("importance") for name, item in features.items()}


def register(registry: Registry, name: str, model: Any, target: str, **options: Any) -> Any:
    data = homes(800)
    model.fit(data[FEATURES], data[target])
    sample = data[[*FEATURES, target]]
    given = {"training": sample} | options
    return registry.register(name, model, target=target, progress=False, **given)


@pytest.fixture(scope="module")
def package(registry: Registry) -> Package:
    """One for the tests that deploy it, and so one worker."""
    return register(registry, "drift-of-all", LinearRegression(), "price")


def test_tables_and_frame(package: Package, name: str) -> None:
    deployment = package.deploy(name)
    empty = deployment.drift()
    assert isinstance(empty, Drift)
    assert repr(empty) == "Drift of 0 rows: unknown\nNothing was predicted yet."
    assert "Nothing was predicted yet." in empty._repr_html_()
    data = homes(300, 1)[FEATURES]
    data["at"] = [START + i * timedelta(minutes=12) for i in range(300)]
    data.loc[150:, "area"] += 60
    deployment.predict(data, timestamp_column="at", progress=False)
    found = deployment.drift("day")
    assert found.status == "failing"
    assert [feature.name for feature in found.features] == ["area", "age", "noise"]
    printed = repr(found).splitlines()
    assert printed[0] == "Drift of 300 rows: failing"
    assert printed[1].split() == ["status", "feature", "PSI", "n", "importance"]
    assert printed[3].split()[:2] == ["failing", "area"]
    assert printed[6].startswith("area (PSI ")
    assert printed[8] == "PSI by day"
    assert printed[9].split() == ["day", "rows", "predicted", "area", "age", "noise"]
    assert printed[-1].startswith("2026-03-04 00:00    60")
    page = found._repr_html_()
    assert page.count("<table>") == 2
    assert "price (predicted)" in page
    assert "PSI by day" in page
    frame = found.to_frame()
    assert list(frame) == ["start", "end", "n", "target", "area", "age", "noise"]
    assert frame["n"].tolist() == [120, 120, 60]
    assert frame["area"].iloc[2] > 1 > frame["area"].iloc[0]
    assert found.package_id == deployment.package_id
    one = deployment.drift("hour", START, "2026-03-02T06:00", deployment.package)
    assert (one.n, len(one.buckets)) == (30, 6)
    with pytest.raises(InvalidInput, match="never in service"):
        deployment.drift(package=deployment.package_id + 10_000)


def test_importance_is_measured(registry: Registry, name: str) -> None:
    for model, target, how in (
        (LinearRegression(), "price", "RMSE"),
        (LogisticRegression(max_iter=5000), "dear", "log loss"),
        (DecisionTreeClassifier(random_state=0), "dear", "accuracy"),
    ):
        data = homes(700, 5)[[*FEATURES, target]]
        package = register(registry, name, model, target, holdout=data)
        found = importances(package)
        assert found["area"] == 1
        assert 0 <= found["noise"] < 0.1
        assert found["noise"] < found["age"] < 0.9
        said = package.provenance["importance"]
        assert said == f"permutation of 500 rows of the holdout, by {how}"
        again = register(registry, name, model, target, holdout=data)
        assert importances(again) == found


class Slow:
    """A regression that takes its time."""

    n_features_in_ = 3
    _estimator_type = "regressor"

    def fit(self, *_: Any) -> Slow:
        return self

    def predict(self, table: Any) -> Any:
        time.sleep(0.6)
        return np.asarray(table, dtype=float)[:, 1]


class Broken(Slow):
    def predict(self, table: Any) -> Any:
        raise ValueError("never")


def test_importance_is_left_out_where_it_cannot_be_had(registry: Registry, name: str) -> None:
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    options: dict[str, Any] = {"target_type": "regression", "format": "pickle"}
    package = register(registry, name, Slow(), "price", **options)
    assert set(importances(package).values()) == {None}
    said = package.provenance["importance"]
    assert re.match(r"not measured: scoring 500 rows takes \d", said), said
    package = register(registry, name, Broken(), "price", **options)
    assert package.provenance["importance"] == "not measured: ValueError: never"
    wide = pd.DataFrame({f"x{i}": np.arange(50.0) for i in range(101)}).assign(y=1.0)
    model = LinearRegression().fit(wide.drop(columns="y"), wide["y"])
    package = registry.register(name, model, target="y", training=wide, progress=False)
    assert "101 features are more than 100" in package.provenance["importance"]
    inputs = homes(50)[FEATURES]
    package = register(registry, name, LinearRegression(), "price", training=inputs)
    assert "importance" not in package.provenance
    assert set(importances(package).values()) == {None}


def test_importance_may_be_given(registry: Registry, name: str) -> None:
    data = homes(100)[[*FEATURES, "price"]]

    def outside(**options: Any) -> Any:
        return registry.register(name, target="price", target_type="regression", **options)

    package = outside(training=data, importance={"area": 6.0, "age": 1.5})
    assert importances(package) == {"noise": None, "area": 1, "age": 0.25}
    assert package.provenance["importance"] == "as given"
    assert set(importances(outside(training=data)).values()) == {None}
    package = register(registry, name, LinearRegression(), "price", importance={"noise": 1})
    assert importances(package) == {"noise": 1, "area": None, "age": None}
    for wrong, said in (
        ({"aera": 1}, "Did you mean 'area'"), ({"area": -1}, "from 0 on"),
        ({"area": float("nan")}, "from 0 on"), ({"area": "much"}, "from 0 on"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=said):
            outside(training=data, importance=wrong)
    with pytest.raises(InvalidInput, match="without data"):
        outside(importance={"area": 1})


def test_the_command_line(package: Package, forked: Shell, name: str, tmp_path: Any) -> None:
    deployment = package.deploy(name)
    data = homes(120, 2)[FEATURES]
    data["at"] = [START + i * timedelta(hours=1) for i in range(120)]
    deployment.predict(data, timestamp_column="at", progress=False)

    def shell(*words: str) -> str:
        return forked("drift", name, *words)

    printed = shell("--by", "day").splitlines()
    assert printed[0].split(":")[0] == deployment.drift().status
    assert printed[2].split() == ["status", "feature", "PSI", "n", "importance"]
    assert "price (predicted)" in printed[3]
    assert "2026-03-04 00:00" in printed[-3]
    found = json.loads(shell("--bucket", "day", "--json"))
    assert (found["n"], len(found["buckets"])) == (120, 5)
    shell("-o", "drift.csv", "--by", "day", "--end", "2026-03-04")
    assert pd.read_csv(tmp_path / "drift.csv")["n"].tolist() == [24, 24]


def test_a_model_of_a_file_without_a_target_in_the_data(
    registry: Registry, name: str, tmp_path: Any
) -> None:
    data = homes(100)
    model = LinearRegression().fit(data[FEATURES], data["price"])
    joblib.dump(model, tmp_path / "m.joblib")
    package = registry.register(
        name, tmp_path / "m.joblib", target="price", training=data[FEATURES], progress=False
    )
    deployment = package.deploy(name)
    deployment.predict(homes(200, 3)[FEATURES], progress=False)
    found = deployment.drift()
    assert (found.target, found.n, found.status) == (None, 200, found.status)
    assert "predicted" in found._repr_html_()
