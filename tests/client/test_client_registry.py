"""Registering and finding packages, against a real server."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_registry.client import Registry
from jupyter_registry.client.packaging import PackageWarning
from jupyter_registry.client.uploads import NotUploaded
from jupyter_registry.domain.errors import (
    AlreadyExists,
    InvalidInput,
    ModelFailed,
    NotAuthenticated,
    NotAuthorised,
    PackageNotFound,
    UnsupportedFormat,
)
from jupyter_registry.domain.signature import Dtype


def customers(n: int = 400, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.integers(18, 80, n), "income": random.normal(50, 10, n)})
    odds = 0.08 * (frame["age"] - 45) + 0.1 * (frame["income"] - 50)
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    return frame


def classifier(frame: pd.DataFrame) -> Any:
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(frame[["age", "income"]], frame["left"])


@pytest.fixture(scope="module")
def trained() -> tuple[Any, pd.DataFrame, pd.DataFrame]:
    data = customers(600)
    training, holdout = data[:400], data[400:]
    return classifier(training), training, holdout


def test_an_estimator_becomes_a_whole_package(
    registry: Registry, name: str, trained: tuple[Any, pd.DataFrame, pd.DataFrame]
) -> None:
    model, training, holdout = trained
    package = registry.register(
        name, model, target="left", training=training, holdout=holdout,
        description="who leaves", tags={"team": "eu", "year": 2026}, aliases=["champion"],
    )  # fmt: skip
    assert package.reference == f"{name}/1"
    assert package.kind == "custom"
    assert package.target_type == "binary"
    assert package.class_labels == ["no", "yes"]
    assert package.positive_class == "yes"
    assert package.format == "skops"
    assert [file.path for file in package.files] == ["model.skops"]
    assert [(c.name, c.dtype, c.nullable) for c in package.input_signature.columns] == [
        ("age", Dtype.INTEGER, False), ("income", Dtype.NUMBER, False),
    ]  # fmt: skip
    assert package.input_example == training[["age", "income"]].head(5).to_dict("records")
    assert package.tags == {"team": "eu", "year": "2026"}
    assert package.aliases == ["champion"]
    assert package.provenance["libraries"]["sklearn"]
    baseline = package.baseline
    assert baseline is not None
    probabilities = model.predict_proba(holdout[["age", "income"]])[:, 1]
    late = holdout["left"] == "yes"
    metrics = {metric: item["value"] for metric, item in baseline["metrics"].items()}
    assert metrics["auc"] == pytest.approx(roc_auc_score(late, probabilities), rel=1e-12)
    assert metrics["log_loss"] == pytest.approx(log_loss(late, probabilities), rel=1e-9)
    assert metrics["accuracy"] == accuracy_score(late, probabilities >= 0.5)
    assert baseline["rows"] == {"training": 400, "holdout": 200}
    assert sum(baseline["features"]["age"]["counts"]) == 400
    again = registry.package(name)
    assert again.baseline == baseline
    assert again == registry.package(f"{name}/1") == registry.package(f"{name}@champion")


def test_a_regression_with_polars_and_files_as_data(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    data = customers()
    data["spent"] = 2.0 * data["income"] + data["age"]
    model = RandomForestRegressor(5, random_state=0).fit(data[["income"]], data["spent"])
    data[:300].to_csv(tmp_path / "training.csv", index=False)
    holdout = pl.from_pandas(data[300:][["income", "spent"]])
    package = registry.register(
        name, model, target="spent", training=tmp_path / "training.csv", holdout=holdout,
        format="joblib",
    )  # fmt: skip
    assert package.target_type == "regression"
    assert package.format == "joblib"
    assert package.input_signature.names == ["income"]
    assert package.baseline is not None
    expected = root_mean_squared_error(data[300:]["spent"], model.predict(data[300:][["income"]]))
    assert package.baseline["metrics"]["rmse"]["value"] == pytest.approx(expected, rel=1e-9)


def test_nulls_in_training_or_holdout_make_a_column_nullable(registry: Registry, name: str) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    data = customers()
    model = HistGradientBoostingClassifier(max_iter=3).fit(data[["age", "income"]], data["left"])
    holdout = data.assign(age=data["age"].where(data["age"] > 20), income=data["income"])
    package = registry.register(name, model, target="left", training=data, holdout=holdout)
    assert [(c.name, c.dtype, c.nullable) for c in package.input_signature.columns] == [
        ("age", Dtype.NUMBER, True), ("income", Dtype.NUMBER, False),
    ]  # fmt: skip


def test_several_files_are_one_package(
    registry: Registry, name: str, trained: tuple[Any, pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    import joblib

    (tmp_path / "code").mkdir()
    joblib.dump(trained[0], tmp_path / "churn.joblib")
    (tmp_path / "notes.txt").write_text("read me")
    (tmp_path / "code" / "helper.py").write_text("x = 1")
    paths = [tmp_path / "churn.joblib", str(tmp_path / "notes.txt"), tmp_path / "code"]
    package = registry.register(name, paths, target="left", training=trained[1])
    assert [file.path for file in package.files] == ["churn.joblib", "code/helper.py", "notes.txt"]
    assert package.format == "joblib"
    assert package.class_labels == ["no", "yes"]
    with pytest.raises(InvalidInput, match="Two of the paths are named"):
        registry.register(name, [*paths, tmp_path / "notes.txt"], target="left")
    with pytest.raises(InvalidInput, match="no file or folder"):
        registry.register(name, [*paths, "absent.txt"], target="left")


def test_a_folder_is_uploaded_as_it_is_and_comes_back(
    registry: Registry,
    name: str,
    tmp_path: Path,
    trained: tuple[Any, pd.DataFrame, pd.DataFrame],
) -> None:
    import joblib

    folder = tmp_path / "model"
    (folder / "notes").mkdir(parents=True)
    joblib.dump(trained[0], folder / "churn.joblib")
    (folder / "notes" / "read me.md").write_text("Größe")
    (folder / "__pycache__").mkdir()
    (folder / ".env").write_text("SECRET=1")
    with pytest.warns(NotUploaded, match=r"\.env"):
        package = registry.register(
            name, folder, target="left", training=trained[1], class_labels=["no", "yes"],
            target_type="binary", positive_class="no", threshold=0.3,
        )  # fmt: skip
    assert {file.path for file in package.files} == {"churn.joblib", "notes/read me.md"}
    assert package.positive_class == "no"
    assert package.prediction_threshold == 0.3
    for file in package.files:
        data = (folder / file.path).read_bytes()
        assert (file.sha256, file.size) == (hashlib.sha256(data).hexdigest(), len(data))
    out = package.download(tmp_path / "out")
    assert (out / "notes" / "read me.md").read_text() == "Größe"
    assert (out / "churn.joblib").read_bytes() == (folder / "churn.joblib").read_bytes()
    assert {path.name for path in out.rglob("*")} == {"churn.joblib", "notes", "read me.md"}
    with pytest.raises(AlreadyExists):
        package.download(out)
    package.download(out, overwrite=True)


def test_what_will_keep_it_from_being_deployed_is_warned_of(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    model = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
    joblib.dump(model, tmp_path / "model.joblib")
    with pytest.warns(PackageWarning, match=rf"{name}/1: It has no signature") as told:
        registry.register(
            name, tmp_path / "model.joblib", target="y", target_type="regression", signature=[]
        )
    assert told[0].filename == __file__  # where the user called it
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = registry.register(name, tmp_path / "model.joblib", target="y", progress=False)
    answer = made.deploy(name).predict([{made.signature[0]["name"]: 3.0}], progress=False)
    assert answer[0]["prediction"] == pytest.approx(6.0)


class Doubled(LinearRegression):
    """An estimator of a module that nobody trusts."""


def test_a_skops_file_of_types_that_no_worker_loads_is_refused_at_once(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    skops.io.dump(Doubled().fit([[1.0], [2.0]], [2.0, 4.0]), tmp_path / "model.skops")
    with pytest.raises(ModelFailed, match=r"types that are not trusted: .*Doubled") as refused:
        # nothing of it had to be loaded
        registry.register(
            name, tmp_path / "model.skops", target="y", target_type="regression",
            signature=[{"name": "x", "dtype": "number"}],
        )  # fmt: skip
    assert "RegistryApp.trusted_types" in refused.value.advice
    assert not registry.packages(name)


def test_an_external_package_needs_no_model(registry: Registry, name: str) -> None:
    holdout = customers(50).assign(p=np.linspace(0, 1, 50))
    package = registry.register(
        name, target="left", holdout=holdout, predictions="p", class_labels=["no", "yes"],
        location="https://scores.example.org", build_environment="R 4.4",
    )  # fmt: skip
    assert package.kind == "external"
    assert package.files == []
    assert package.input_signature.names == ["age", "income"]
    assert package.baseline is not None
    expected = roc_auc_score(holdout["left"] == "yes", holdout["p"])
    assert package.baseline["metrics"]["auc"]["value"] == pytest.approx(expected, rel=1e-12)
    bare = registry.register(name, target="spent", target_type="regression")
    assert bare.version == 2
    assert bare.baseline is None


def test_predictions_of_several_classes_may_be_a_table(registry: Registry, name: str) -> None:
    holdout = pd.DataFrame({"x": [1.0, 2.0, 3.0], "kind": ["a", "b", "c"]})
    table = pd.DataFrame({"c": [0.1, 0.1, 0.8], "a": [0.7, 0.1, 0.1], "b": [0.2, 0.8, 0.1]})
    package = registry.register(name, target="kind", holdout=holdout, predictions=table)
    assert package.class_labels == ["a", "b", "c"]
    assert package.baseline is not None
    assert package.baseline["metrics"]["accuracy"]["value"] == 1.0


def test_what_does_not_fit_is_refused_and_leaves_nothing(
    registry: Registry,
    name: str,
    tmp_path: Path,
    trained: tuple[Any, pd.DataFrame, pd.DataFrame],
) -> None:
    model, training, holdout = trained
    chosen = ColumnTransformer([("scaled", StandardScaler(), ["age", "income"])])
    by_name = make_pipeline(chosen, LogisticRegression())
    by_name.fit(training[["age", "income"]], training["left"])
    (tmp_path / "model.bin").write_bytes(b"nothing known")
    for arguments, kind, reason in (
        ({"model": by_name}, InvalidInput, "which columns"),
        ({"model": model, "training": training, "kind": "external"}, InvalidInput, "no files"),
        ({"kind": "custom"}, InvalidInput, "needs a model"),
        ({"kind": "other"}, InvalidInput, "Unknown kind"),
        ({"model": tmp_path / "absent"}, InvalidInput, "no file or folder"),
        ({"model": tmp_path / "model.bin"}, UnsupportedFormat, "no known model format"),
        ({"model": object()}, UnsupportedFormat, "no model"),
        ({"model": model, "training": training[["age"]]}, InvalidInput, "income"),
        ({"model": model, "holdout": holdout[["age", "income"]]}, InvalidInput, "left"),
        ({"holdout": holdout, "predictions": [0.5]}, InvalidInput, "shape"),
        ({"holdout": holdout, "predictions": [2.0] * 200}, InvalidInput, "probabilities"),
        ({"target_type": "regression", "predictions": [0.5]}, InvalidInput, "without the holdout"),
        ({}, InvalidInput, "number or a class"),
        ({"model": model, "training": training, "aliases": ["1 bad"]}, InvalidInput, "alias"),
    ):
        with pytest.raises(kind, match=reason):
            registry.register(name, target="left", **arguments)
    with pytest.raises(PackageNotFound):
        registry.model(name)


def test_a_failed_registration_throws_its_upload_away(
    registry: Registry, live_server: Any, name: str, trained: Any
) -> None:
    def uploads() -> int:
        import sqlite3

        (database,) = (live_server.folder / "data").rglob("*.db")
        with sqlite3.connect(database) as connection:
            return int(connection.execute("SELECT count(*) FROM upload").fetchone()[0])

    before = uploads()
    with pytest.raises(InvalidInput):
        registry.register(name, trained[0], target="left", training=trained[1], tags={"a:b": "1"})
    assert uploads() == before


def test_packages_are_found_changed_and_deleted(registry: Registry, name: str) -> None:
    first = registry.register(name, target="x", target_type="regression", tags={"stage": "one"})
    second = registry.register(name, target="x", target_type="regression", tags={"stage": "two"})
    assert [item.version for item in registry.packages(name)] == [2, 1]
    assert [item.version for item in registry.model(name).versions()] == [2, 1]
    assert [item.version for item in registry.packages(name, tag="stage:one")] == [1]
    assert [item.id for item in registry.packages(name, sort="version", page_size=1)] == [
        first.id, second.id,
    ]  # fmt: skip
    assert list(registry.packages(name, kind="custom")) == []
    assert list(registry.packages(name, created_before=first.created_at)) == []
    first.update(description="new words", tags={"a": 1})
    assert first.description == "new words"
    assert registry.package(name, 1).tags == {"a": "1"}
    second.set_alias("champion")
    assert second.aliases == ["champion"]
    assert registry.model(name).aliases == {"champion": 2}
    assert registry.package(name, "champion").version == 2
    second.remove_alias("champion")
    assert registry.model(name).aliases == {}
    second.archive()
    assert second.archived_at is not None
    assert registry.package(name).version == 1
    assert [item.version for item in registry.packages(name)] == [1]
    assert [item.version for item in registry.packages(name, archived=True)] == [2]
    assert len(list(registry.packages(name, archived=None))) == 2
    second.restore()
    assert registry.package(name).version == 2
    item = registry.packages(name)[0]
    assert item.whole().provenance
    second.delete()
    with pytest.raises(PackageNotFound):
        registry.package(name, 2)
    model = registry.model(name).update(description="about it")
    assert registry.model(name).description == "about it"
    assert name in [one.name for one in registry.models(name)]
    model.delete()
    with pytest.raises(PackageNotFound, match=name):
        registry.package(name)


def test_info_and_a_wrong_token(registry: Registry, live_server: Any) -> None:
    assert registry.info().version
    assert registry.url == live_server.url
    assert live_server.token not in repr(registry)
    wrong = Registry(live_server.url, "wrong")
    with wrong, pytest.raises((NotAuthenticated, NotAuthorised), match="token"):
        wrong.info()
