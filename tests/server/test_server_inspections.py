"""Inspecting an upload over HTTP, in real workers: what is found is what registers a package."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from .inspecting import (
    FEATURES,
    TARGETS,
    Inspected,
    Send,
    eventually,
    files_left,
    fitted,
    model_file,
    onnx_file,
    register,
)


@pytest.mark.parametrize(
    ("kind", "format"), [("binary", "skops"), ("multiclass", "pickle"), ("regression", "pickle")]
)
def test_what_is_found_registers_deploys_and_predicts(
    kind: str, format: str, api: Any, send: Send, inspected: Inspected, name: str, trained_on: Any,
    tmp_path: Path, registry: Any, server: Any,
) -> None:  # fmt: skip
    data = trained_on(3)[[*FEATURES[kind], TARGETS[kind]]]
    model = fitted(kind, data)
    upload = send(
        **{
            f"model.{format}": model_file(model, tmp_path, format),
            "data/train.csv": data.to_csv(index=False).encode(),
        }
    )
    found = inspected(upload, training="data/train.csv", holdout="data/train.csv")
    assert found["state"] == "done", found["problem"]
    assert (found["missing"], found["warnings"]) == ({}, [])
    assert found["framework"] == "scikit-learn"
    assert found["feature_names"] == FEATURES[kind]
    assert found["columns"] == [*FEATURES[kind], TARGETS[kind]]
    assert found["size"] > 0
    # as the client, which looks in this process, would have it
    expected = registry.register(
        f"{name}-client",
        model,
        target=TARGETS[kind],
        training=data,
        holdout=data,
        format=format,
        progress=False,
    )
    known = found["package"]
    for field in (
        "format", "target_name", "target_type", "class_labels", "positive_class",
        "prediction_threshold", "signature", "input_example",
    ):  # fmt: skip
        assert known[field] == getattr(expected, field), field
    assert known["baseline"]["features"].keys() == expected.baseline["features"].keys()
    for metric, value in expected.baseline["metrics"].items():
        assert known["baseline"]["metrics"][metric]["value"] == pytest.approx(value["value"])
    assert known["provenance"]["parameters"] == expected.provenance["parameters"]
    assert known["provenance"]["libraries"]["sklearn"]
    package = register(api, name, found, tags={"from": "browser"}, aliases=["champion"])
    # what the model was trained on is not kept
    assert [file["path"] for file in package["files"]] == [f"model.{format}"]
    deployed = api.post("/deployments", json={"package_id": package["id"], "label": name}).json()
    rows = data[FEATURES[kind]].head(3).to_dict("records")
    predicted = api.post(f"/deployments/{deployed['id']}/predictions", json=rows)
    assert predicted.status_code == 200, predicted.text
    assert api.get(f"/uploads/{upload}/inspection").status_code == 404
    eventually(lambda: not files_left(server))


@pytest.mark.parametrize("format", ["joblib", "pickle", "onnx", "custom_code"])
def test_every_format(
    format: str, api: Any, send: Send, inspected: Inspected, name: str, trained_on: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    data = trained_on(4)[["age", "income", "left"]]
    model = fitted("binary", data)
    parquet = tmp_path / "holdout.parquet"
    data.to_parquet(parquet)
    if format == "onnx":
        files: dict[str, Any] = {"model.onnx": onnx_file(model, tmp_path)}
    elif format == "custom_code":
        code = b"def post_process(predictions, model):\n    return predictions\n"
        files = {"custom.py": code, "inner/model.skops": model_file(model, tmp_path, "skops")}
    else:
        files = {"some.bin": model_file(model, tmp_path, format)}
    upload = send(**files, **{"holdout.parquet": parquet})
    found = inspected(upload, holdout="holdout.parquet", target_name="left", positive_class="no")
    assert found["state"] == "done", found["problem"]
    assert found["package"]["format"] == format or format == "joblib"  # a dump without arrays
    assert found["package"]["positive_class"] == "no"
    assert found["package"]["baseline"]["metrics"]["auc"]["value"] > 0.5
    assert found["missing"] == {}
    package = register(api, name, found)
    assert sorted(file["path"] for file in package["files"]) == sorted(files)


def test_an_external_model_with_its_data(
    api: Any, send: Send, inspected: Inspected, name: str, trained_on: Any
) -> None:
    data = trained_on(5)[["age", "income", "left"]]
    data["p"] = np.linspace(0, 1, len(data))
    upload = send(**{"holdout.csv": data.to_csv(index=False).encode()})
    found = inspected(
        upload, kind="external", holdout="holdout.csv", target_name="left", predictions="p"
    )
    assert found["state"] == "done", found["problem"]
    assert found["package"]["class_labels"] == ["no", "yes"]
    assert [c["name"] for c in found["package"]["signature"]] == ["age", "income"]
    assert found["package"]["baseline"]["metrics"]["auc"]["n"] == len(data)
    assert (found["missing"], found["framework"], found["size"]) == ({}, None, 0)
    assert "upload" not in found["package"]
    package = register(
        api, name, found, tags={"team": "a"}, aliases=["champion"], description="Elsewhere.",
        location="https://models.example/churn",
    )  # fmt: skip
    assert (package["files"], package["tags"], package["aliases"]) == (
        [],
        {"team": "a"},
        ["champion"],
    )
    assert package["baseline"]["features"]["age"]["counts"]


def test_without_data_it_is_said_what_is_not_known(
    send: Send, inspected: Inspected, trained_on: Any, tmp_path: Path
) -> None:
    data = trained_on(6)
    upload = send(**{"m.pkl": model_file(fitted("binary", data), tmp_path, "pickle")})
    found = inspected(upload)
    assert found["state"] == "done"
    assert found["package"]["class_labels"] == ["no", "yes"]
    assert found["package"]["signature"] == [
        {"name": name, "dtype": "number", "nullable": True} for name in ("age", "income")
    ]
    assert set(found["missing"]) == {"target_name"}
    assert "no data was given" in found["missing"]["target_name"]
    assert any("no baseline" in told for told in found["warnings"])
    data["plan"] = np.where(data["age"] > 45, "a", "b")
    choosy = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["plan"])), LogisticRegression()
    ).fit(data[["plan", "age"]], data["left"])
    upload = send(**{"m.skops": model_file(choosy, tmp_path, "skops")})
    found = inspected(upload, target_name="left")
    assert found["feature_names"] == ["plan", "age"]
    assert "dtypes are unknown" in found["missing"]["signature"]
    assert "signature" not in found["package"]


def test_what_a_person_must_say_is_asked_for(send: Send, inspected: Inspected) -> None:
    grades = pd.DataFrame({"a": [1.5, 2.0, 3.0, 4.0], "g": [1, 2, 3, 2]})
    upload = send(**{"d.csv": grades.to_csv(index=False).encode()})
    found = inspected(upload, kind="external", training="d.csv")
    assert found["state"] == "done"
    assert {"target_name", "target_type", "signature"} <= set(found["missing"])
    assert found["columns"] == ["a", "g"]
    found = inspected(upload, kind="external", training="d.csv", target_name="g")
    assert set(found["missing"]) == {"target_type"}
    found = inspected(
        upload, kind="external", training="d.csv", target_name="g", target_type="multiclass"
    )
    assert (found["missing"], found["package"]["class_labels"]) == ({}, ["1", "2", "3"])


def test_a_package_takes_the_files_named_and_the_rest_is_thrown_away(
    api: Any, send: Send, name: str, server: Any
) -> None:

    upload = send(**{"m.bin": b"the model of it", "d.csv": b"data,of,it\n1,2,3\n"})
    body = {"name": name, "kind": "custom", "target_name": "y", "target_type": "regression",
            "upload": upload}  # fmt: skip
    answer = api.post("/packages", json=body | {"files": ["m.bin", "other"]})
    assert answer.status_code == 400
    assert "files" in answer.json()["fields"]
    assert len(api.get(f"/uploads/{upload}").json()["files"]) == 2
    assert api.post("/packages", json=body | {"files": []}).status_code == 400
    package = api.post("/packages", json=body | {"files": ["m.bin"]}).json()
    assert [file["path"] for file in package["files"]] == ["m.bin"]
    assert package["size"] == 15
    assert api.get(f"/uploads/{upload}").status_code == 404
    gone = hashlib.sha256(b"data,of,it\n1,2,3\n").hexdigest()
    assert not (server.data / "artifacts" / gone[:2] / gone).exists()
    assert api.post(
        "/packages", json={k: v for k, v in body.items() if k != "upload"}
        | {"kind": "external", "files": ["m.bin"]},
    ).status_code == 400  # fmt: skip


def test_a_file_is_taken_out_of_an_upload(api: Any, send: Send) -> None:
    upload = send(**{"a.bin": b"one of two", "b/c.bin": b"two of two"})
    assert api.delete(f"/uploads/{upload}/files/b/c.bin").status_code == 204
    assert [f["path"] for f in api.get(f"/uploads/{upload}").json()["files"]] == ["a.bin"]
    assert api.delete(f"/uploads/{upload}/files/b/c.bin").status_code == 404
    assert api.delete("/uploads/0/files/a.bin").status_code == 404
