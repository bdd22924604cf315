"""Unstructured models: whole requests, through a real worker and back, and only counted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from jupyter_registry.domain.errors import (
    InvalidInput,
    ModelFailed,
    ModelRejectedInput,
    PredictionTimeout,
    WrongTargetType,
)

CODE = """
import json
import time


def load_model(code_dir):
    return {"greeting": "hello"}


def score_unstructured(model, data, mimetype=None, charset=None, **kwargs):
    query = kwargs["query"]
    what = query.get("what", "json")
    if what == "json":
        found = json.loads(data)
        found.update(model, query=query, mimetype=mimetype, charset=charset)
        return json.dumps(found), {"mimetype": "application/json", "charset": "utf-8"}
    if what == "bytes":
        assert isinstance(data, bytes) and charset is None, (type(data), charset)
        return data[::-1]
    if what == "text":
        assert isinstance(data, str)
        return data.upper()
    if what == "html":
        return "<script>1</script>", {"mimetype": "text/html"}
    if what == "none":
        return None
    if what == "wrong":
        return {"text": data}
    if what == "type":
        return data, {"mimetype": "json\\r\\nSet-Cookie: a=b"}
    if what == "fails":
        raise RuntimeError("the model is out of order")
    if what == "ends":
        raise SystemExit(3)
    if what == "sleeps":
        time.sleep(60)
"""
UNSTRUCTURED = "predictions/unstructured"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    (folder / "custom.py").write_text(CODE)
    return folder


@pytest.fixture(scope="module")
def deployment(registry: Registry, folder: Path) -> Deployment:
    """A deployment for all tests here; its type is told by its hook."""
    package = registry.register("whole-requests", folder, progress=False)
    assert (package.target_type, package.target_name) == ("unstructured", "response")
    assert package.signature == []
    assert package.baseline is None
    return package.deploy("whole-requests", predict_seconds=5.0)


def test_json_goes_in_as_text_and_comes_out_as_it_was_given(deployment: Deployment) -> None:
    answer = deployment.predict_unstructured(
        '{"naïve": 1}', mimetype="application/json", query={"what": "json", "tag": ["a", "b"]}
    )
    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.data() == (
        '{"na\\u00efve": 1, "greeting": "hello", "query": {"what": "json", "tag": ["a", "b"]}, '
        '"mimetype": "application/json", "charset": "utf-8"}'
    )


def test_bytes_go_through_as_they_are(deployment: Deployment) -> None:
    sent = bytes(range(256)) * 5000
    answer = deployment.predict_unstructured(sent, query={"what": "bytes"})
    assert answer.content == sent[::-1]
    assert answer.mimetype == "application/octet-stream"


def test_text_comes_in_the_characters_that_it_is_said_to_be_in(
    deployment: Deployment, api: httpx.Client
) -> None:
    address = f"/deployments/{deployment.id}/{UNSTRUCTURED}?what=text"
    latin = {"Content-Type": "text/plain; charset=latin-1"}
    answer = api.post(address, content="grün".encode("latin-1"), headers=latin)
    assert answer.content.decode() == "GRÜN"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    refused = api.post(address, content=b"\xff", headers={"Content-Type": "text/plain"})
    assert refused.status_code == 400
    assert "cannot be read so" in refused.json()["detail"]


def test_no_content_and_no_page_of_this_server(deployment: Deployment, api: httpx.Client) -> None:
    assert deployment.predict_unstructured("", query={"what": "none"}).content is None
    page = api.post(f"/deployments/{deployment.id}/{UNSTRUCTURED}?what=html", content=b"")
    assert page.headers["Content-Security-Policy"].startswith("sandbox")
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_a_wrong_answer_is_told_with_what_was_expected(deployment: Deployment) -> None:
    with pytest.raises(ModelFailed) as failed:
        deployment.predict_unstructured("x", query={"what": "wrong"})
    assert failed.value.detail == (
        "score_unstructured of custom.py returned a dict with the keys ['text']; expected was a "
        "str, bytes or None, or one of these with a dict of mimetype and charset."
    )
    with pytest.raises(ModelFailed, match="mimetype 'json"):
        deployment.predict_unstructured("x", query={"what": "type"})


def test_requests_errors_and_times_are_counted_and_nothing_else(
    registry: Registry, folder: Path, name: str
) -> None:
    deployment = registry.register(name, folder, progress=False).deploy(name)
    for _ in range(3):
        deployment.predict_unstructured("{}")
    with pytest.raises(ModelRejectedInput, match="JSONDecodeError"):
        deployment.predict_unstructured("no json")
    with pytest.raises(ModelFailed, match="out of order") as failed:
        deployment.predict_unstructured("x", query={"what": "fails"})
    assert "RuntimeError" in failed.value.fields["traceback"]
    with pytest.raises(ModelFailed, match="HookExited"):
        deployment.predict_unstructured("x", query={"what": "ends"})
    for _ in range(50):
        health = deployment.health()
        if health.overall.requests == 6:
            break
        time.sleep(0.1)
    counted = health.overall
    assert (counted.requests, counted.client_errors, counted.server_errors) == (6, 1, 2)
    assert counted.rows == 0
    assert deployment.refresh().rows_predicted == 0
    accuracy = deployment.accuracy()
    assert accuracy.overall is None or accuracy.overall.n_predicted == 0
    assert all(bucket.metrics == {} for bucket in accuracy.buckets)
    assert deployment.accuracy_details().n == 0
    assert deployment.drift().status == "unknown"
    lights = deployment.lights().status
    assert "answers whole requests" in lights.accuracy.reason
    assert "answers whole requests" in lights.drift.reason


def test_rows_reports_and_actuals_are_refused(
    deployment: Deployment, registry: Registry, name: str
) -> None:
    rows = pd.DataFrame({"association_id": ["a"], "prediction": [1.0], "value": [1.0]})
    for send in (deployment.predict, deployment.report, deployment.actuals):
        with pytest.raises(WrongTargetType, match="answers whole requests"):
            send(rows, progress=False)
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0]})
    model = LinearRegression().fit(data[["x"]], data["y"])
    tabular = registry.register(name, model, target="y", training=data, progress=False)
    with pytest.raises(WrongTargetType, match="a regression one"):
        tabular.deploy(name).predict_unstructured("x")


def test_a_call_that_takes_too_long_is_ended(registry: Registry, folder: Path, name: str) -> None:
    package = registry.register(name, folder, progress=False)
    deployment = package.deploy(name, predict_seconds=0.5)
    with pytest.raises(PredictionTimeout):
        deployment.predict_unstructured("x", query={"what": "sleeps"})
    assert deployment.predict_unstructured("x", query={"what": "text"}).data() == "X"


def test_only_its_own_key_opens_it(
    deployment: Deployment, api: httpx.Client, registry: Registry, folder: Path, name: str
) -> None:
    other = registry.register(name, folder, progress=False).deploy(name)
    address = f"{api.base_url}deployments/{deployment.id}/{UNSTRUCTURED}?what=text"
    for held, status in ((deployment, 200), (other, 403)):
        key = held.create_key("app").key
        answer = httpx.post(address, content=b"a", headers={
            "Authorization": f"Bearer {key}", "Content-Type": "text/plain",
        })  # fmt: skip
        assert answer.status_code == status, answer.text
    assert httpx.post(address, content=b"a").status_code in (401, 403)


def test_a_body_beyond_the_limit_is_refused(deployment: Deployment, api: httpx.Client) -> None:
    address = f"/deployments/{deployment.id}/{UNSTRUCTURED}"
    answer = api.post(address, content=b"a" * 20_000_001)  # the server takes 20,000,000
    assert answer.status_code == 413
    assert "20,000,000 bytes" in answer.json()["detail"]


def test_what_has_no_hook_or_has_rows_is_refused(
    registry: Registry, folder: Path, name: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="takes no rows, so training"):
        registry.register(name, folder, training=pd.DataFrame({"x": [1]}), progress=False)
    (tmp_path / "custom.py").write_text(
        "def load_model(code_dir):\n    return 1\n\ndef score(data, model):\n    return data\n"
    )
    with pytest.raises(InvalidInput, match="has the hook score_unstructured"):
        registry.register(name, tmp_path, target_type="unstructured", progress=False)
    with pytest.raises(InvalidInput, match="hosted elsewhere"):
        registry.register(name, kind="external", target_type="unstructured", progress=False)
    package = registry.register(name, folder, progress=False)
    with pytest.raises(InvalidInput, match="have no columns"):
        package.deploy(name, association_id_column="id")


def test_both_kinds_of_hooks_leave_it_to_the_user(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    (tmp_path / "custom.py").write_text(
        "def load_model(code_dir):\n    return 2\n\n"
        "def score(data, model):\n    return data['x'] * model\n\n"
        "def score_unstructured(model, data):\n    return str(model)\n"
    )
    rows = pd.DataFrame({"x": [1.0, 2.0], "y": [0.5, 1.5]})
    with pytest.raises(InvalidInput, match="target"):
        registry.register(name, tmp_path, progress=False)
    scoring = registry.register(name, tmp_path, target="y", training=rows, progress=False)
    assert scoring.target_type == "regression"
    assert scoring.deploy(name).predict(rows, progress=False)["prediction"].tolist() == [2.0, 4.0]
    whole = registry.register(name, tmp_path, target_type="unstructured", progress=False)
    assert whole.deploy(f"{name}-2").predict_unstructured("x").data() == "2"


def test_an_inspection_tells_by_its_hooks(api: httpx.Client, send: Any, folder: Path) -> None:
    upload = send(**{"custom.py": folder / "custom.py"})
    api.post(f"/uploads/{upload}/inspection", json={}).raise_for_status()
    for _ in range(200):
        found = api.get(f"/uploads/{upload}/inspection").json()
        if found["state"] != "running":
            break
        time.sleep(0.1)
    assert found["state"] == "done", found
    assert found["package"]["target_type"] == "unstructured"
    assert found["missing"] == {}
    made = api.post("/packages", json={**found["package"], "name": "inspected-whole"})
    assert made.status_code == 201, made.text
    assert made.json()["warnings"] == []


def test_openapi_describes_it(api: httpx.Client) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    asked = paths["/deployments/{deployment}/predictions/unstructured"]["post"]
    assert "*/*" in asked["requestBody"]["content"]
    assert {"predictionKey": []} in asked["security"]
