"""Models of anomalies: scores of a real worker, recorded, and measured once it is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM

from jupyter_registry.client import Registry
from jupyter_registry.domain.errors import IncompatibleReplacement, InvalidInput
from jupyter_registry.formats import format_for, save_model
from jupyter_registry.formats.infer import infer_target, predict_by_columns

CLOSE = {"rtol": 1e-6, "atol": 1e-9}


def readings(n: int, seed: int = 0, share: float = 0.1) -> tuple[pd.DataFrame, np.ndarray]:
    """Two measurements of n rows, and which of them are out of the ordinary."""
    chance = np.random.default_rng(seed)
    odd = chance.random(n) < share
    spread = np.where(odd, 3.0, 1.0)[:, None]
    return pd.DataFrame(chance.normal(size=(n, 2)) * spread, columns=["heat", "noise"]), odd


@pytest.mark.parametrize(
    "model",
    [
        IsolationForest(n_estimators=20, random_state=0),
        OneClassSVM(nu=0.1),
        LocalOutlierFactor(novelty=True),
        EllipticEnvelope(random_state=0),
        make_pipeline(StandardScaler(), IsolationForest(n_estimators=20, random_state=0)),
    ],
    ids=lambda model: type(model).__name__,
)
def test_scores_are_the_librarys_turned_round(model: Any) -> None:
    rows, _ = readings(200)
    predictor = format_for(model.fit(rows)).wrap(model)
    assert infer_target(predictor, "").type == "anomaly"
    scores = predict_by_columns(predictor, rows).values
    np.testing.assert_allclose(scores, -model.score_samples(rows), **CLOSE)
    # the higher, the more anomalous: what the library calls an outlier comes out on top
    outliers = model.predict(rows) == -1
    assert scores[outliers].min() >= scores[~outliers].max()


def test_an_exported_forest_scores_alike(tmp_path: Path) -> None:
    to_onnx = pytest.importorskip("skl2onnx").to_onnx
    from jupyter_registry.domain.signature import Signature
    from jupyter_registry.domain.target import Target
    from jupyter_registry.formats.scoring import Scorer

    rows, _ = readings(200)
    forest = IsolationForest(n_estimators=20, random_state=0).fit(rows.to_numpy(np.float32))
    exported = to_onnx(
        forest, rows.to_numpy(np.float32)[:1], target_opset={"": 15, "ai.onnx.ml": 3}
    )
    kind, file = save_model(exported, tmp_path)
    columns = [{"name": name, "dtype": "number"} for name in rows]
    scorer = Scorer(kind.load(file), Signature.from_json(columns), Target.make("", "anomaly"))
    scores = scorer.score({name: rows[name].to_numpy() for name in rows}).values
    np.testing.assert_allclose(
        scores, -forest.decision_function(rows.to_numpy(np.float32)), rtol=1e-4, atol=1e-5
    )


@pytest.fixture(scope="module")
def forest() -> IsolationForest:
    return IsolationForest(n_estimators=20, random_state=0).fit(readings(500)[0])


def test_scores_are_recorded_and_measured_against_what_happened(
    registry: Registry, forest: IsolationForest, name: str
) -> None:
    training, _ = readings(500)
    package = registry.register(name, forest, training=training)
    assert (package.target_type, package.target_name) == ("anomaly", "anomaly")
    assert [column["name"] for column in package.signature] == ["heat", "noise"]
    assert package.baseline["target"]["n"] == 500
    assert package.baseline["target"]["max"] == pytest.approx(-forest.score_samples(training).min())

    deployment = package.deploy(name, association_id_column="id")
    rows, odd = readings(3000, seed=1)
    rows["id"] = [f"r{i}" for i in range(len(rows))]
    answer = deployment.predict(rows, progress=False)
    expected = -forest.score_samples(rows[["heat", "noise"]])
    np.testing.assert_allclose(answer["prediction"], expected, **CLOSE)

    before = deployment.accuracy()
    assert before.overall.metrics["auc"].value is None
    assert before.overall.n_predicted == 3000
    assert "No prediction has met its actual yet" in deployment.lights().status.accuracy.reason
    assert deployment.drift().status in ("passing", "warning", "failing")

    known = rows[["id"]].assign(value=odd.astype(object))
    known.loc[0, "value"], known.loc[1, "value"] = None, None
    given = deployment.actuals(known, progress=False)
    assert (given.matched, given.rejected) == (2998, 2)
    refused = deployment.actuals(pd.DataFrame({"id": ["r0"], "value": [-1]}), progress=False)
    assert "true or false" in refused.rejections[0].reason
    words = pd.DataFrame({"id": ["r0", "r1"], "anomaly": ["True", "0"]})
    words["anomaly"] = [str(bool(odd[0])), str(int(odd[1]))]
    assert deployment.actuals(words, progress=False).matched == 2

    accuracy = deployment.accuracy()
    assert accuracy.overall.metrics["auc"].n == 3000
    assert accuracy.overall.metrics["auc"].value == pytest.approx(
        roc_auc_score(odd, expected), abs=1e-3
    )
    assert set(accuracy.overall.metrics) == {"auc", "gini", "ks"}
    assert accuracy.overall.mean_actual == pytest.approx(odd.mean())
    assert accuracy.overall.mean_predicted == pytest.approx(expected.mean())
    details = deployment.accuracy_details()
    assert sum(one.positives for one in details.score_bins) == odd.sum()
    assert details.score_bins[-1].score == pytest.approx(expected.max())


def test_files_serve_as_the_object_does(
    registry: Registry, forest: IsolationForest, name: str, tmp_path: Path
) -> None:
    joblib.dump(forest, tmp_path / "forest.joblib")
    holdout, odd = readings(400, seed=2)
    holdout["was_odd"] = odd
    package = registry.register(
        name, tmp_path / "forest.joblib", target="was_odd", training=readings(500)[0],
        holdout=holdout, progress=False,
    )  # fmt: skip
    assert (package.target_type, package.target_name) == ("anomaly", "was_odd")
    scores = -forest.score_samples(holdout[["heat", "noise"]])
    measured = package.baseline["metrics"]["auc"]
    assert measured["value"] == pytest.approx(roc_auc_score(odd, scores), abs=1e-9)
    deployment = package.deploy(name)
    answer = deployment.predict(holdout[["heat", "noise"]], progress=False)
    np.testing.assert_allclose(answer["prediction"], scores, **CLOSE)


def test_a_folder_with_code_says_its_type_in_its_metadata(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    (tmp_path / "custom.py").write_text(
        "def load_model(code_dir):\n    return None\n\n"
        "def score(data, model, **kwargs):\n    return data[['heat']].abs()"
        ".rename(columns={'heat': 'Predictions'})\n"
    )
    (tmp_path / "model-metadata.yaml").write_text("name: heat\ntargetType: anomaly\n")
    rows, _ = readings(20)
    package = registry.register(name, tmp_path, training=rows, progress=False)
    assert package.target_type == "anomaly"
    answer = package.deploy(name).predict(rows, progress=False)
    np.testing.assert_allclose(answer["prediction"], rows["heat"].abs(), **CLOSE)


def test_a_function_scores_where_its_type_is_said(registry: Registry, name: str) -> None:
    def far(data: pd.DataFrame) -> Any:
        return data["heat"] ** 2

    rows, _ = readings(20)
    package = registry.register(
        name, far, target_type="anomaly", training=rows, own_code=True, progress=False
    )
    answer = package.deploy(name).predict(rows, progress=False)
    np.testing.assert_allclose(answer["prediction"], rows["heat"] ** 2, **CLOSE)


def test_another_type_does_not_replace(
    registry: Registry, forest: IsolationForest, name: str
) -> None:
    rows, _ = readings(100)
    scores = registry.register(name, forest, training=rows, format="pickle", progress=False)
    deployment = scores.deploy(name)
    numbers = rows.assign(anomaly=rows.sum(axis=1))
    other = registry.register(
        name, LinearRegression().fit(rows, numbers["anomaly"]), target="anomaly",
        target_type="regression", training=numbers, format="pickle", progress=False,
    )  # fmt: skip
    with pytest.raises(IncompatibleReplacement, match="not anomaly"):
        deployment.replace(other)


def test_a_holdout_that_does_not_say_what_happened_is_refused(
    registry: Registry, forest: IsolationForest, name: str
) -> None:
    rows, odd = readings(50)
    with pytest.raises(InvalidInput, match="does not say what was an anomaly"):
        registry.register(
            name, forest, holdout=rows.assign(anomaly=np.where(odd, -1, 1)), progress=False
        )


def test_an_anomaly_has_no_classes(registry: Registry, name: str, forest: Any) -> None:
    with pytest.raises(InvalidInput, match="An anomaly target has no classes"):
        registry.register(
            name, forest, target_type="anomaly", class_labels=["a", "b"],
            training=readings(50)[0], progress=False,
        )  # fmt: skip


def test_reports_of_an_outside_model_count_alike(registry: Registry, name: str) -> None:
    package = registry.register(
        name, kind="external", target_type="anomaly", location="https://scores.example"
    )
    deployment = package.deploy(name, association_id_column="id")
    rows, odd = readings(300, seed=3)
    scores = 1e6 * rows["heat"].abs()
    told = pd.DataFrame({"id": [str(i) for i in range(300)], "prediction": scores})
    deployment.report(told, progress=False)
    deployment.actuals(told[["id"]].assign(value=odd.astype(int)), progress=False)
    found = deployment.accuracy().overall.metrics["auc"].value
    assert found == pytest.approx(roc_auc_score(odd, scores), abs=1e-3)
