"""Over HTTP alone: packages of kind native, and environments that lack a model's library."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import joblib
import numpy as np
import pytest
from skl2onnx import to_onnx
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

SITE = Path(sysconfig.get_path("purelib"))

CODE = """
def load_model(code_dir):
    return None

def score(data, model):
    return data["x"] * 2
"""


def registered(api: httpx.Client, files: dict[str, Path], **fields: Any) -> dict[str, Any]:
    """A package of files, as a program without the client registers it."""
    upload = api.post("/uploads").json()["id"]
    for path, file in files.items():
        answer = api.put(f"/uploads/{upload}/files/{path}", content=file.read_bytes())
        assert answer.status_code == 201, answer.text
    answer = api.post("/packages", json={"upload": upload} | fields)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def columns(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "dtype": "number", "nullable": False} for name in names]


def test_a_native_package_is_served_and_assessed_like_any_other(
    api: httpx.Client, deploy: Any, trained_on: Any, rows: Any, name: str, tmp_path: Path
) -> None:
    data = trained_on(0)
    model = LogisticRegression().fit(data[["age", "income"]], data["left"])
    joblib.dump(model, tmp_path / "model.joblib")
    fields = {
        "name": name, "kind": "native", "target_name": "left", "target_type": "binary",
        "class_labels": ["no", "yes"], "signature": columns("age", "income"),
        "tags": {"leaderboard": "run-7"},
    }  # fmt: skip
    package = registered(api, {"model.joblib": tmp_path / "model.joblib"}, **fields)
    assert (package["kind"], package["format"], package["warnings"]) == ("native", "joblib", [])
    found = api.get("/packages", params={"kind": "native", "name": name}).json()["items"]
    assert [item["id"] for item in found] == [package["id"]]
    assert api.get("/packages", params={"kind": "custom", "name": name}).json()["items"] == []
    without = api.post("/packages", json=fields)
    assert without.status_code == 400
    assert "upload" in without.json()["fields"]

    # it replaces a custom champion, answers, and is assessed
    made = deploy(package_id=package["id"], association_id_column="id")
    asked = rows(200, seed=3)
    answer = api.post(f"/deployments/{made['id']}/predictions", json=asked.to_dict("records"))
    assert answer.status_code == 200, answer.text
    scores = [row["probability_yes"] for row in answer.json()["data"]]
    assert scores == pytest.approx(model.predict_proba(asked[["age", "income"]])[:, 1].tolist())
    truth = np.where(asked["age"] > 45, "yes", "no")
    actuals = [{"association_id": key, "value": value}
               for key, value in zip(asked["id"], truth, strict=True)]  # fmt: skip
    sent = api.post(f"/deployments/{made['id']}/actuals", json=actuals)
    assert sent.json()["matched"] == 200
    metrics = api.get(f"/deployments/{made['id']}/accuracy").json()["overall"]["metrics"]
    assert metrics["auc"]["value"] == pytest.approx(roc_auc_score(truth, scores), abs=1e-3)
    assert metrics["log_loss"]["value"] == pytest.approx(
        log_loss(truth, np.array(scores), labels=["no", "yes"])
    )
    custom = deploy("binary")
    body = {"package_id": package["id"], "reason": "accuracy"}
    replaced = api.post(f"/deployments/{custom['id']}/replacements", json=body)
    assert replaced.status_code == 200, replaced.text
    assert replaced.json()["deployment"]["kind"] == "native"


@pytest.fixture(scope="module")
def bare_kernelspec(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An environment with NumPy alone, chosen by the kernelspec of this name."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for path in SITE.glob("numpy*"):
        (site / path.name).symlink_to(path)
    python = str(folder / "bin" / "python")
    kernel: Path = server.folder / "data" / "kernels" / "numpy-alone"
    kernel.mkdir(parents=True)
    spec = {"argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "NumPy alone", "language": "python"}  # fmt: skip
    (kernel / "kernel.json").write_text(json.dumps(spec))
    yield "numpy-alone"
    shutil.rmtree(kernel)


def _joblib(folder: Path) -> Path:
    model = LinearRegression().fit(np.array([[1.0], [2.0]]), np.array([2.0, 4.0]))
    joblib.dump(model, folder / "model.joblib")
    return folder / "model.joblib"


def _onnx(folder: Path) -> Path:
    model = LinearRegression().fit(np.array([[1.0], [2.0]]), np.array([2.0, 4.0]))
    content = to_onnx(model, np.zeros((1, 1), np.float32)).SerializeToString()
    (folder / "model.onnx").write_bytes(content)
    return folder / "model.onnx"


def _code(folder: Path) -> Path:
    (folder / "custom.py").write_text(CODE)
    return folder / "custom.py"


@pytest.mark.parametrize(
    ("make", "extra", "library"),
    [(_joblib, "sklearn", "joblib"), (_onnx, "onnx", "onnxruntime"), (_code, "pandas", "pandas")],
)
def test_an_environment_that_lacks_a_library_names_the_extra(
    api: httpx.Client,
    bare_kernelspec: str,
    name: str,
    tmp_path: Path,
    make: Callable[[Path], Path],
    extra: str,
    library: str,
) -> None:
    file = make(tmp_path)
    package = registered(
        api, {file.name: file}, name=name, kind="custom", target_name="y",
        target_type="regression", signature=columns("x"),
    )  # fmt: skip
    body = {"package_id": package["id"], "label": name}
    answer = api.post("/deployments", json=body | {"kernelspec": bare_kernelspec})
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["type"].endswith(":MissingExtra")
    assert library in problem["detail"]
    assert problem["fields"]["extra"] == extra
    assert f"jupyter_registry[{extra}]" in problem["advice"]
    assert api.get(f"/deployments/{name}").status_code == 404
    # where the library is, it serves
    made = api.post("/deployments", json=body)
    assert made.status_code == 201, made.text
    answer = api.post(f"/deployments/{name}/predictions", json=[{"x": 3.0}])
    assert answer.json()["data"][0]["prediction"] == pytest.approx(6.0, rel=1e-6)
