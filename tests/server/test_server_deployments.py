"""Deployments over HTTP: created, changed, found wanting at once, their states and history."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

Deploy = Callable[..., dict[str, Any]]
PackageOf = Callable[..., int]


def refused(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:jupyter-registry:{kind}"
    found: dict[str, Any] = answer.json()
    return found


def test_a_new_deployment_has_what_was_asked_for(
    api: httpx.Client, deploy: Deploy, package_of: PackageOf, name: str
) -> None:
    wanted = {
        "label": name, "description": "for the shop", "importance": "critical",
        "association_id_column": "id", "association_id_required": True,
        "prediction_threshold": 0.25, "store_features": True,
    }  # fmt: skip
    made = deploy("binary", **wanted)
    assert {key: made[key] for key in wanted} == wanted
    assert (made["state"], made["kind"]) == ("active", "custom")
    assert (made["target_name"], made["target_type"]) == ("left", "binary")
    assert (made["class_labels"], made["positive_class"]) == (["no", "yes"], "yes")
    assert (made["rows_predicted"], made["rows_matched"], made["rows_waiting"]) == (0, 0, 0)
    for reference in (made["id"], name):
        assert api.get(f"/deployments/{reference}").json() == made
    [period] = api.get(f"/deployments/{name}/history").json()
    assert period["package_id"] == package_of("binary")
    assert (period["end"], period["reason"]) == (None, None)
    assert period["user"] == made["created_by"] != ""
    assert api.get(f"/packages/{package_of('binary')}").json()["deployed"] is True


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("external", {"label": ""}, "label"),
        ("external", {"label": "   "}, "label"),
        ("external", {"label": "12345"}, "label"),
        ("external", {"label": "x" * 201}, "label"),
        ("external", {"label": "nul \0"}, "label"),
        ("external", {"importance": "huge"}, "importance"),
        ("external", {"prediction_threshold": 1.5}, "prediction_threshold"),
        ("external", {"prediction_threshold": -0.1}, "prediction_threshold"),
        ("moody", {"prediction_threshold": 0.5}, "prediction_threshold"),
        ("external", {"association_id_required": True}, "association_id_column"),
        ("external", {"association_id_column": "", "association_id_required": True},
         "association_id_column"),
        ("external", {"kernelspec": "python3"}, "kernelspec"),
        ("moody", {"kernelspec": "no-such-kernel"}, "kernelspec"),
        ("external", {"colour": "red"}, "colour"),
        ("external", {"description": "x" * 20_001}, "description"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(
    api: httpx.Client, package_of: PackageOf, name: str, kind: str, fields: Any, field: str
) -> None:
    body = {"package_id": package_of(kind), "label": name} | fields
    answer = api.post("/deployments", json=body)
    assert next(iter(refused(answer, 400, "InvalidInput")["fields"])) == field
    assert api.get("/deployments", params={"q": name, "state": "any"}).json()["items"] == []


def test_unknown_and_archived_packages_are_not_deployed(api: httpx.Client, name: str) -> None:
    for unknown in (999_999, 0, -1, 2**70):
        answer = api.post("/deployments", json={"package_id": unknown, "label": name})
        refused(answer, 404, "PackageNotFound")
    body = {"name": name, "kind": "external", "target_name": "y", "target_type": "regression"}
    package = api.post("/packages", json=body).json()["id"]
    api.patch(f"/packages/{package}", json={"archived": True})
    answer = api.post("/deployments", json={"package_id": package, "label": name})
    refused(answer, 409, "PackageArchived")


def test_a_label_names_one_living_deployment(
    api: httpx.Client, deploy: Deploy, package_of: PackageOf, name: str
) -> None:
    first = deploy("external", label=f"  {name} ")
    assert first["label"] == name
    body = {"package_id": package_of("external"), "label": name}
    refused(api.post("/deployments", json=body), 409, "AlreadyExists")
    other = deploy("external")
    refused(api.patch(f"/deployments/{other['id']}", json={"label": name}), 409, "AlreadyExists")
    api.patch(f"/deployments/{name}", json={"state": "archived"})
    second = deploy("external", label=name)
    assert api.get(f"/deployments/{name}").json()["id"] == second["id"]
    # two of one label cannot both come back to life
    back = api.patch(f"/deployments/{first['id']}", json={"state": "active"})
    refused(back, 409, "AlreadyExists")
    both = {"state": "active", "label": f"{name} again"}
    assert api.patch(f"/deployments/{first['id']}", json=both).json()["state"] == "active"
    api.patch(f"/deployments/{name}", json={"state": "archived"})
    assert api.get(f"/deployments/{name}").json()["id"] == second["id"]


def test_null_is_a_value_where_there_can_be_none_and_absence_is_none(
    api: httpx.Client, deploy: Deploy
) -> None:
    made = deploy("external", association_id_column="id", prediction_threshold=0.3, description="d")
    url = f"/deployments/{made['id']}"
    same = api.patch(url, json={}).json()
    assert same == made
    changed = api.patch(url, json={"importance": "low"}).json()
    assert changed == made | {"importance": "low", "updated_at": changed["updated_at"]}
    cleared = api.patch(url, json={"association_id_column": None, "prediction_threshold": None})
    assert cleared.json()["association_id_column"] is None
    assert cleared.json()["prediction_threshold"] is None
    for never in ("label", "description", "importance", "state", "store_features"):
        answer = api.patch(url, json={never: None})
        assert answer.status_code == 200
        assert answer.json()[never] == changed[never]
    answer = api.patch(url, json={"association_id_required": True})
    assert refused(answer, 400, "InvalidInput")["fields"] == {"association_id_column": "missing"}
    both = {"association_id_required": True, "association_id_column": "key"}
    assert api.patch(url, json=both).json()["association_id_required"] is True
    answer = api.patch(url, json={"association_id_column": None})
    refused(answer, 400, "InvalidInput")
    refused(api.patch(url, json={"kernelspec": "python3"}), 400, "InvalidInput")
    refused(api.patch("/deployments/nowhere", json={}), 404, "DeploymentNotFound")


def test_states_open_and_close_the_rows(api: httpx.Client, deploy: Deploy) -> None:
    made = deploy("moody")
    url = f"/deployments/{made['label']}"
    rows = {
        "predictions": [{"x": 1.0}],
        "reports": [{"association_id": "a", "prediction": 1.0}],
        "actuals": [{"association_id": "a", "value": 1.0}],
    }
    for state, status in (("active", 200), ("inactive", 409), ("active", 200), ("archived", 409),
                          ("active", 200)):  # fmt: skip
        assert api.patch(url, json={"state": state}).json()["state"] == state
        for kind, body in rows.items():
            answer = api.post(f"{url}/{kind}", json=body)
            assert answer.status_code == status, answer.text
            if status == 409:
                assert state in refused(answer, 409, "DeploymentInactive")["detail"]
    assert api.get(f"{url}/accuracy").status_code == 200


def upload_of(api: httpx.Client, content: bytes, path: str = "model.pkl") -> str:
    upload: str = api.post("/uploads").json()["id"]
    assert api.put(f"/uploads/{upload}/files/{path}", content=content).status_code == 201
    return upload


#: What no scan has anything against, but Python has.
BROKEN = b"\x80\x02cbuiltins\nint\n(S'broken on purpose'\ntR."


@pytest.mark.parametrize(
    ("fields", "status", "kind", "said"),
    [
        ({"format": "pickle"}, 422, "ModelFailed", "broken on purpose"),
        ({"format": "onnx"}, 422, "UnsupportedFormat", "onnx"),
        ({"format": None}, 422, "ModelFailed", "broken on purpose"),
        ({"format": None, "upload": b"no model"}, 400, "InvalidInput", "format"),
        ({"format": "pickle", "signature": []}, 400, "InvalidInput", "signature"),
    ],
)
def test_a_package_that_cannot_predict_is_found_out(
    api: httpx.Client, name: str, fields: Any, status: int, kind: str, said: str
) -> None:
    body = {
        "name": name, "kind": "custom", "target_name": "y", "target_type": "regression",
        "signature": [{"name": "x", "dtype": "number", "nullable": False}],
        **fields,
        "upload": upload_of(api, fields.get("upload", BROKEN)),
    }  # fmt: skip
    package = api.post("/packages", json=body)
    assert package.status_code == 201, package.text
    # what can be told without loading it was told then
    assert bool(package.json()["warnings"]) == (kind != "ModelFailed")
    answer = api.post("/deployments", json={"package_id": package.json()["id"], "label": name})
    found = refused(answer, status, kind)
    assert said in json.dumps(found)
    if kind == "ModelFailed":
        assert "Traceback" in found["fields"]["traceback"]
        assert found["advice"]
    assert api.get(f"/deployments/{name}").status_code == 404


def test_a_model_that_fails_on_its_sample_is_found_out(
    api: httpx.Client, registry: Any, package_of: PackageOf, name: str
) -> None:
    good = api.get(f"/packages/{package_of('moody')}").json()
    model = api.get(f"/packages/{good['id']}/files/{good['files'][0]['path']}").content
    body = {
        "name": name, "kind": "custom", "target_name": "y", "target_type": "regression",
        "signature": good["signature"], "format": good["format"],
        "upload": upload_of(api, model), "input_example": [{"x": 1.0}, {"x": -1.0}],
        "own_code": True,
    }  # fmt: skip
    package = api.post("/packages", json=body).json()["id"]
    answer = api.post("/deployments", json={"package_id": package, "label": name})
    found = refused(answer, 422, "ModelFailed")
    assert "a negative number" in found["fields"]["traceback"]
    assert "sample" in found["detail"]


def test_a_damaged_package_is_not_deployed(api: Any, server: Any, name: str) -> None:
    body = {
        "name": name, "kind": "custom", "target_name": "y", "target_type": "regression",
        "signature": [{"name": "x", "dtype": "number", "nullable": False}], "format": "pickle",
        "upload": upload_of(api, name.encode()),
    }  # fmt: skip
    package = api.post("/packages", json=body).json()
    [artifact] = (server.data / "artifacts").rglob(package["files"][0]["sha256"])
    artifact.chmod(0o644)
    artifact.write_bytes(b"x" * len(name))
    answer = api.post("/deployments", json={"package_id": package["id"], "label": name})
    refused(answer, 422, "IntegrityFailure")


def test_the_kernelspec_says_which_python_runs_the_model(
    api: httpx.Client, server: Any, deploy: Deploy
) -> None:
    folder: Path = server.folder / "data" / "kernels" / "own-env"
    folder.mkdir(parents=True)
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Own", "language": "python", "env": {"OWN_ENV": "yes"}}  # fmt: skip
    (folder / "kernel.json").write_text(json.dumps(spec))
    made = deploy("moody", kernelspec="own-env")
    assert made["kernelspec"] == "own-env"
    answer = api.post(f"/deployments/{made['id']}/predictions", json=[{"x": 2.0}])
    assert answer.json()["data"][0]["prediction"] == 4.0
    children = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(server.pid)], text=True)
    environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in children.split()]
    assert sum(b"OWN_ENV=yes" in environment for environment in environments) == 1
