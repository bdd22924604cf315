"""Packages with a `custom.py`, served by a real worker of a real server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss, root_mean_squared_error

from jupyter_registry.client import Registry
from jupyter_registry.client.packages import Package
from jupyter_registry.domain.errors import ModelFailed, ModelRejectedInput, WorkerUnavailable

FEATURES = ["age", "income"]
CLOSE = {"rtol": 1e-9, "atol": 1e-12}

FRAME = """
import io

import pandas as pd
from scaling import centred


def read_input_data(input_binary_data):
    return pd.read_csv(io.BytesIO(input_binary_data))


def transform(data, model):
    return centred(data)


def score(data, model, **kwargs):
    if not hasattr(model, "predict_proba"):
        return pd.DataFrame({"Predictions": model.predict(data)})
    assert bool(kwargs) and kwargs.get("positive_class_label", "yes") == "yes"
    return pd.DataFrame(model.predict_proba(data), columns=model.classes_)[model.classes_[::-1]]
"""
SCALING = """
def centred(data):
    return data.assign(age=data["age"] - 45, income=(data["income"] - 50) / 10)
"""


@pytest.fixture
def folder_of(tmp_path: Path) -> Callable[..., Path]:
    """A folder with code, and a model unless there is none."""

    def made(code: str, model: Any = None, **files: str) -> Path:
        folder = tmp_path / "package"
        folder.mkdir(exist_ok=True)
        (folder / "custom.py").write_text(code)
        if model is not None:
            joblib.dump(model, folder / "model.joblib")
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)
        return folder

    return made


@pytest.fixture
def unseen(registry: Registry, name: str, folder_of: Callable[..., Path]) -> Callable[..., Package]:
    """A package whose code nobody ran yet: all that is asked of it is given."""

    def made(code: str, **more: Any) -> Package:
        return registry.register(
            name,
            folder_of(code),
            target="y",
            target_type="regression",
            signature={"x": "number"},
            input_example=[{"x": 1.0}, {"x": 2.0}],
            progress=False,
            **more,
        )

    return made


@pytest.mark.parametrize("target", ["left", "grade", "income2"])
def test_predictions_are_the_librarys(
    target: str, registry: Registry, name: str, trained_on: Any, folder_of: Any
) -> None:
    data = trained_on(3)
    data["income2"] = data["age"] * 2 + data["income"]
    data = data[[*FEATURES, target]]
    scope: dict[str, Any] = {}
    exec(SCALING, scope)
    rows = scope["centred"](data[FEATURES])
    number = target == "income2"
    model = (LinearRegression() if number else LogisticRegression()).fit(rows, data[target])
    folder = folder_of(FRAME, model, scaling=SCALING)
    # a folder, or the files of one
    given: Any = [str(path) for path in folder.iterdir()] if target == "grade" else str(folder)
    package = registry.register(
        name, given, target=target, training=data[:200], holdout=data[200:], progress=False
    )
    assert (package.format, package.kind) == ("custom_code", "custom")
    assert [file.path for file in package.files] == ["custom.py", "model.joblib", "scaling.py"]
    assert [column["name"] for column in package.signature] == FEATURES
    assert package.baseline is not None
    told = package.baseline["metrics"]
    if number:
        expected = model.predict(rows)
        assert told["rmse"]["value"] == pytest.approx(
            root_mean_squared_error(data[target][200:], expected[200:]), abs=1e-9
        )
    else:
        expected = model.predict_proba(rows)
        assert package.class_labels == list(model.classes_)
        assert told["log_loss"]["value"] == pytest.approx(
            log_loss(data[target][200:], expected[200:]), rel=1e-9
        )
    assert "importance" in package.baseline["features"]["age"]
    deployment = package.deploy(name)
    answer = deployment.predict(data[FEATURES])
    if number:
        np.testing.assert_allclose(answer["prediction"], expected, **CLOSE)
    else:
        columns = [f"probability_{label}" for label in model.classes_]
        np.testing.assert_allclose(answer[columns], expected, **CLOSE)
    single = deployment.predict(data[FEATURES][7:8])
    assert single["prediction"].tolist() == answer["prediction"].tolist()[7:8]


def test_a_hook_that_raises_is_told_with_row_and_traceback(
    registry: Registry, unseen: Callable[..., Package], api: httpx.Client
) -> None:
    package = unseen(
        "def load_model(code_dir):\n    return None\n"
        "def score(data, model):\n"
        "    if (data['x'] < 0).any():\n        raise ValueError('x is negative')\n"
        "    return data['x'] * 2\n"
    )
    deployment = package.deploy(package.name)
    assert deployment.predict([{"x": 4.0}])[0]["prediction"] == 8.0
    with pytest.raises(ModelRejectedInput, match="ValueError: x is negative at row 2") as caught:
        deployment.predict([{"x": 1.0}, {"x": 2.0}, {"x": -3.0}])
    assert caught.value.fields["row"] == 2
    assert caught.value.fields["column"] == "x"
    assert "custom.py" in caught.value.fields["traceback"]
    assert ", line 5, in score" in caught.value.fields["traceback"]
    answer = api.post(f"/deployments/{deployment.id}/predictions", json=[{"x": -1.0}])
    assert answer.status_code == 422
    assert "raise ValueError('x is negative')" in answer.text


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def score(data, model):\n    return data.assign(y=1)\n", "shape (2, 2) with the columns"),
        (
            "def score(data, model):\n    return [1.0]\n",
            "a list of length 1 of float; expected",
        ),
        ("def score(data, model):\n    return data['y']\n", "KeyError"),
        ("import nowhere_to_be\ndef score(data, model): pass\n", "No module named 'nowhere_to_be'"),
        ("def init(**kwargs):\n    raise OSError('no')\n", "failed when init ran: OSError: no"),
    ],
)
def test_what_is_wrong_is_found_when_it_is_deployed(
    code: str, told: str, unseen: Callable[..., Package], registry: Registry
) -> None:
    package = unseen(f"def load_model(code_dir):\n    return None\n{code}")
    with pytest.raises(ModelFailed) as caught:
        package.deploy(package.name)
    assert told in caught.value.detail
    assert not list(registry.deployments(model=package.name))


def test_files_that_were_sent_without_the_client_are_checked_by_the_worker(
    api: httpx.Client, name: str
) -> None:
    def registered(files: dict[str, bytes]) -> int:
        upload = api.post("/uploads").json()["id"]
        for path, content in files.items():
            assert api.put(f"/uploads/{upload}/files/{path}", content=content).is_success
        body = {
            "name": name, "kind": "custom", "format": "custom_code", "upload": upload,
            "target_name": "y", "target_type": "regression",
            "signature": [{"name": "x", "dtype": "number"}], "input_example": [{"x": 1.0}],
        }  # fmt: skip
        answer = api.post("/packages", json=body)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    for files, told in (
        ({"custom.py": b"def score(data model): pass"}, "line 1: invalid syntax"),
        ({"custom.py": b"def read_input_data(data, model): pass"}, "asks for model too"),
        ({"custom.py": b"def score(data, model): pass"}, "no model of a known format"),
        ({"code/custom.py": b"def score(data, model): pass"}, "no custom.py at its root"),
    ):
        body = {"package_id": registered(files), "label": f"{name}-live"}
        answer = api.post("/deployments", json=body)
        assert answer.status_code in (400, 422), answer.text
        assert told in answer.text


ENDING = """
import os
import sys


def load_model(code_dir):
    return None


def score(data, model):
    if (data["x"] == 13).any():
        sys.exit(3)
    if (data["x"] == 99).any():
        os._exit(7)
    return data["x"] * 0 + os.getpid()
"""


def test_code_that_ends_its_process_costs_one_worker(
    unseen: Callable[..., Package], registry: Registry, name: str
) -> None:
    ending = unseen(ENDING).deploy(f"{name}-ending")
    other = unseen(ENDING).deploy(f"{name}-other")

    def pid(deployment: Any) -> int:
        return int(deployment.predict([{"x": 1.0}])[0]["prediction"])

    first, its = pid(ending), pid(other)
    assert first != its
    with pytest.raises(ModelRejectedInput, match=r"score called sys\.exit\(3\)"):
        ending.predict([{"x": 13.0}])
    assert pid(ending) == first
    with pytest.raises(WorkerUnavailable, match="status 7"):
        ending.predict([{"x": 99.0}])
    assert pid(ending) not in (first, its)
    assert pid(other) == its
    assert registry.info()


def test_the_server_runs_none_of_it(
    unseen: Callable[..., Package], server: Any, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    code = (
        f"import os\nwith open({str(seen)!r}, 'a') as file:\n"
        "    file.write(f'{os.getpid()}\\n')\n"
        "def load_model(code_dir):\n    return None\n"
        "def score(data, model):\n    return data['x']\n"
    )
    package = unseen(code)
    assert not seen.exists(), "the client had no need to run it"
    deployment = package.deploy(package.name)
    deployment.predict([{"x": 1.0}])
    pids = {int(line) for line in seen.read_text().split()}
    assert pids
    assert not pids & {server.pid, os.getpid()}


def test_replacing_a_model_by_one_with_code(
    registry: Registry, name: str, trained_on: Any, folder_of: Any
) -> None:
    data = trained_on(5)[[*FEATURES, "left"]]
    model = LogisticRegression().fit(data[FEATURES], data["left"])
    plain = registry.register(
        name, model, target="left", training=data, format="pickle", progress=False
    )
    deployment = plain.deploy(name)
    code = "def post_process(predictions, model):\n    return predictions * 0.5 + 0.25\n"
    package = registry.register(
        name, folder_of(code, model), target="left", training=data, progress=False
    )
    replaced = deployment.replace(package, "accuracy")
    assert replaced.replaced
    answer = registry.deployment(name).predict(data[FEATURES][:9])
    expected = model.predict_proba(data[FEATURES][:9])[:, 1] * 0.5 + 0.25
    np.testing.assert_allclose(answer["probability_yes"], expected, **CLOSE)
    broken = "def post_process(predictions, model):\n    return predictions['nothing']\n"
    bad = registry.register(
        name, folder_of(broken, model), target="left", training=data, progress=False
    )
    told = deployment.replace(bad, "accuracy", dry_run=True)
    assert "KeyError" in json.dumps([check.model_dump() for check in told.checks], default=str)
    assert registry.deployment(name).package == package.reference


def test_trying_rows_before_anything_is_sent(
    registry: Registry, name: str, folder_of: Any, tmp_path: Path
) -> None:
    rows = pd.DataFrame({"x": [1.0, 2.0], "y": [2.0, 4.0]})
    code = "def load_model(code_dir):\n    return None\ndef score(data, model):\n    return 1 / 0\n"
    folder = folder_of(code)
    said: dict[str, Any] = {"target": "y", "target_type": "regression", "progress": False}
    with pytest.raises(ModelFailed, match="first 2 rows of the data: ZeroDivisionError") as caught:
        registry.register(name, folder, training=rows, try_rows=5, **said)
    assert "custom.py" in caught.value.fields["traceback"]
    assert not list(registry.packages(name=name))
    with pytest.raises(ModelFailed, match="failed on the holdout"):
        registry.register(name, folder, holdout=rows, **said)
    (tmp_path / "custom.py").write_text(code.replace("1 / 0", "data['x'] * 2"))
    (tmp_path / "other.pkl").write_bytes(b"\x80\x05.")
    package = registry.register(
        name, tmp_path / "custom.py", training=rows, holdout=rows, try_rows=1, **said
    )
    assert [file.path for file in package.files] == ["custom.py"]
    assert package.baseline is not None
    assert package.baseline["metrics"]["rmse"]["value"] == 0.0


SLOW = """
import time


def load_model(code_dir):
    return None


def score(data, model, **kwargs):
    import pandas as pd

    time.sleep(30 if (data["x"] < 0).any() else 0)
    return pd.DataFrame({"Predictions": data["x"] * 2})
"""


def test_a_call_beyond_the_deployments_time_is_a_504(
    unseen: Any, api: httpx.Client, registry: Registry, name: str
) -> None:
    deployment = unseen(SLOW).deploy(name, predict_seconds=0.5)
    assert registry.deployment(name).predict_seconds == 0.5
    url = f"/deployments/{deployment.id}"
    for wrong in (0, -1, 1e9):
        refused = api.patch(url, json={"predict_seconds": wrong})
        assert refused.status_code == 400
        assert "predict_seconds" in refused.json()["fields"]
    late = api.post(f"{url}/predictions", json=[{"x": -1.0}])
    assert late.status_code == 504, late.text
    assert late.json()["type"].endswith(":PredictionTimeout")
    assert "0.5 s" in late.json()["detail"]
    again = api.post(f"{url}/predictions", json=[{"x": 2.0}])
    assert (again.status_code, again.json()["data"][0]["prediction"]) == (200, 4.0)
    assert api.patch(url, json={"predict_seconds": None}).json()["predict_seconds"] is None
