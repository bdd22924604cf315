"""Pickles that would run code: refused before anything loads them, and again when it would."""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import httpx
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from jupyter_registry.client import Registry
from jupyter_registry.domain.errors import UnsafeContent
from tests.formats.pickles import PWNED, Calls, _behind_an_array, _zip, said

from .inspecting import Inspected, Send, failed, finished

BODY = {"kind": "custom", "target_name": "y", "target_type": "regression",
        "signature": [{"name": "x", "dtype": "number"}]}  # fmt: skip
Start = Callable[..., Any]


def writes(path: Path) -> bytes:
    """A pickle that makes a file when it is loaded."""
    return pickle.dumps(Calls(exec, f"open({str(path)!r}, 'w').close()"))


def uploaded(api: httpx.Client, **files: bytes) -> str:
    upload: str = api.post("/uploads").json()["id"]
    for name, content in files.items():
        assert api.put(f"/uploads/{upload}/files/{name}", content=content).status_code == 201
    return upload


def post(api: httpx.Client, name: str, upload: str, **more: Any) -> httpx.Response:
    return api.post("/packages", json=BODY | {"name": name, "upload": upload} | more)


def linear() -> LinearRegression:
    return LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0])


def own_model() -> Any:
    """An object of a class that exists in a notebook alone."""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(
        "class Twice:\n"
        "    n_features_in_ = 1\n"
        "    _estimator_type = 'regressor'\n"
        "    def predict(self, rows):\n"
        "        import numpy as np\n"
        "        return np.asarray(rows, float)[:, 0] * 2\n",
        space,
    )
    return space["Twice"]()


def test_dangerous_files_are_neither_inspected_nor_registered(
    server: Any, api: Any, send: Send, inspected: Inspected, tmp_path: Path, name: str
) -> None:
    ran = tmp_path / "ran"
    for file, content, found in (
        ("m.pkl", writes(ran), "builtins.exec"),
        ("m.joblib", _behind_an_array(compress=3), "system"),
        ("m.pt", _zip({"net/data.pkl": PWNED, "net/version": b"3"}), "os.system"),
        ("m.pkl", PWNED[:-1], "broken"),
        ("m.pkl", said("some_library.models", "Model"), "some_library.models.Model"),
    ):
        upload = send(**{file: content, "notes.txt": b"fine"})
        problem = failed(inspected(upload), "UnsafeContent", 422)
        assert any(found in one["what"] for one in problem["fields"]["findings"]), problem
        answer = post(api, name, upload)
        assert answer.status_code == 422, answer.text
        assert answer.json()["type"].endswith(":UnsafeContent")
        assert file in answer.json()["detail"]
        assert "pickle_policy" in answer.json()["advice"]
        assert api.get(f"/uploads/{upload}").status_code == 200  # as it was
        # what runs commands is nobody's own
        owned = post(api, name, upload, own_code=True)
        assert owned.status_code == (201 if "some_library" in found else 422), owned.text
    assert not ran.exists()


def test_honest_files_are_registered_with_what_the_scan_said(api: Any, name: str) -> None:
    upload = uploaded(api, **{"m.pkl": pickle.dumps(linear())})
    made = post(api, name, upload, provenance={"scan": "mine", "by": "me"}).json()
    assert made["provenance"] == {
        "by": "me", "scan": {"policy": "block", "own_code": False, "findings": []},
    }  # fmt: skip
    assert made["warnings"] == []
    deployed = api.post("/deployments", json={"package_id": made["id"], "label": name})
    assert deployed.status_code == 201, deployed.text


def test_an_object_of_a_notebooks_own_class_is_registered_by_its_owner_alone(
    registry: Registry, api: Any, server: Any, name: str, tmp_path: Path
) -> None:
    model = own_model()
    data = {"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}
    package = registry.register(name, model, target="y", training=data, progress=False)
    scan = package.provenance["scan"]
    assert scan["own_code"] is True
    assert any("cloudpickle" in text for text in scan["findings"])
    assert package.deploy(name).predict({"x": 21.0})["prediction"] == 42.0
    # the same as a file is somebody's, until somebody says whose
    file = tmp_path / "own.pkl"
    file.write_bytes(cloudpickle.dumps(model))
    with pytest.raises(UnsafeContent, match="cloudpickle"):
        registry.register(name, file, target="y", training=data, progress=False)
    said_so = registry.register(
        name, file, target="y", training=data, own_code=True, progress=False
    )
    assert said_so.version == 2
    ran = tmp_path / "ran"
    file.write_bytes(writes(ran))
    for own in (False, True):
        with pytest.raises(UnsafeContent, match=r"builtins\.exec"):
            registry.register(name, file, target="y", training=data, own_code=own, progress=False)
    assert not ran.exists()  # nor was it loaded here


def test_own_code_is_inspected_once_its_owner_says_so(
    send: Send, inspected: Inspected, tmp_path: Path
) -> None:
    upload = send(**{"m.pkl": cloudpickle.dumps(own_model())})
    failed(inspected(upload, target_name="y"), "UnsafeContent", 422)
    found = inspected(upload, target_name="y", own_code=True)
    assert found["state"] == "done", found
    assert found["package"]["target_type"] == "regression"
    # what runs commands is nobody's own
    ran = tmp_path / "ran"
    problem = failed(inspected(send(**{"m.pkl": writes(ran)}), own_code=True), "UnsafeContent", 422)
    assert problem["fields"]["findings"]
    assert not ran.exists()


def test_what_a_laxer_policy_let_in_is_not_loaded_under_a_stricter_one(
    start: Start, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    server = start("--RegistryApp.pickle_policy=warn")
    with server.client() as api:
        upload = uploaded(api, **{"m.pkl": writes(ran)})
        inspection = api.post(f"/uploads/{upload}/inspection", json={"target_name": "y"})
        assert inspection.status_code == 202
        assert ran.exists() or finished(api, upload)["state"] == "failed"  # it was warned
        made = post(api, "evil", upload)
        assert made.status_code == 201, made.text
        assert any("builtins.exec" in text for text in made.json()["warnings"])
        assert any(
            "builtins.exec" in text for text in made.json()["provenance"]["scan"]["findings"]
        )
        good = uploaded(api, **{"m.pkl": pickle.dumps(linear())})
        post(api, "good", good)
    server.stop()
    ran.unlink(missing_ok=True)
    server.flags = ("--RegistryApp.pickle_policy=block", "--RegistryApp.allow_own_code=False")
    server.start()
    with server.client() as api:
        for label, package, status in (("good", 2, 201), ("evil", 1, 422)):
            answer = api.post("/deployments", json={"package_id": package, "label": label})
            assert answer.status_code == status, answer.text
        assert answer.json()["type"].endswith("UnsafeContent")
        assert not ran.exists()
        # nobody's word counts here
        for content, status in ((pickle.dumps(linear()), 201),
                                (cloudpickle.dumps(own_model()), 422)):  # fmt: skip
            again = uploaded(api, **{"m.pkl": content})
            assert post(api, "own", again, own_code=True).status_code == status
    with sqlite3.connect(server.data / "registry.db") as database:
        [(kept,)] = database.execute("SELECT provenance FROM model_package WHERE id = 1")
    assert json.loads(kept)["scan"]["policy"] == "warn"


def test_types_that_the_administrator_trusts(
    start: Start, inspected: Inspected, send: Send, tmp_path: Path, name: str
) -> None:
    """A pipeline with a function of pandas: skops does not know it, and nobody has to."""
    model = make_pipeline(FunctionTransformer(pd.isna), LinearRegression())
    model.fit(np.array([[0.0], [np.nan]]), [0.0, 2.0])
    file = tmp_path / "m.skops"
    skops.io.dump(model, file)
    problem = failed(inspected(send(**{"m.skops": file}), target_name="y"), "ModelFailed", 422)
    assert problem["fields"]["untrusted"] == ["pandas.isna"]
    assert "RegistryApp.trusted_types" in problem["advice"]
    server = start("--RegistryApp.trusted_types=pandas.isna")
    data = {"x": [0.0, None, 1.0], "y": [0.0, 2.0, 0.0]}
    with Registry(server.root, server.token) as trusting:
        assert trusting.info().trusted_types == ["pandas.isna"]
        package = trusting.register(name, file, target="y", training=data, progress=False)
        predicted = package.deploy(name).predict(pd.DataFrame({"x": [None, 1.0]}))
        assert np.allclose(predicted["prediction"], [2.0, 0.0])
