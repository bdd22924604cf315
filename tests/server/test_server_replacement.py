"""Replacing champions: each check by its name, without downtime, and back again."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_registry.client import Registry

Deploy = Callable[..., dict[str, Any]]
PackageOf = Callable[..., int]

X = [{"name": "x", "dtype": "number", "nullable": True}]
CHECKS = ["not_archived", "not_champion", "target_name", "target_type", "class_labels",
          "required_columns", "kind", "library_versions", "model_loads"]  # fmt: skip


def external(api: httpx.Client, name: str, **fields: Any) -> int:
    body = {
        "name": name, "kind": "external", "target_name": "left", "target_type": "binary",
        "class_labels": ["no", "yes"], "signature": X,
    }  # fmt: skip
    answer = api.post("/packages", json=body | fields)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def replace(api: httpx.Client, deployment: Any, package: int, **fields: Any) -> httpx.Response:
    url = f"/deployments/{deployment['id']}/replacements"
    return api.post(url, json={"package_id": package} | fields)


def statuses(checks: list[dict[str, Any]]) -> dict[str, str]:
    assert [check["name"] for check in checks] == CHECKS
    assert all(check["message"] for check in checks)
    return {check["name"]: check["status"] for check in checks}


@pytest.fixture
def tracked(api: httpx.Client, name: str, deploy: Deploy) -> dict[str, Any]:
    """A deployment of an external package with a signature."""
    return deploy(package_id=external(api, name))


@pytest.mark.parametrize(
    ("fields", "check", "status"),
    [
        ({}, None, "passing"),
        ({"target_name": "other"}, "target_name", "failing"),
        ({"target_type": "regression", "class_labels": []}, "target_type", "failing"),
        ({"class_labels": ["no", "maybe"]}, "class_labels", "failing"),
        ({"class_labels": ["yes", "no"], "positive_class": "yes"}, None, "passing"),
        ({"positive_class": "no"}, "class_labels", "failing"),
        ({"signature": [*X, {"name": "z", "dtype": "number"}]}, "required_columns", "failing"),
        ({"signature": [{"name": "x", "dtype": "boolean"}]}, "required_columns", "failing"),
        ({"signature": [{"name": "x", "dtype": "number"}]}, "required_columns", "warning"),
        ({"signature": []}, "required_columns", "warning"),
    ],
)
def test_each_check_says_what_it_found(
    api: Any, tracked: Any, name: str, fields: Any, check: str | None, status: str
) -> None:
    package = external(api, f"{name} new", **fields)
    dry = replace(api, tracked, package, dry_run=True)
    assert dry.status_code == 200, dry.text
    assert dry.json()["replaced"] is False
    found = statuses(dry.json()["checks"])
    expected = dict.fromkeys(CHECKS, "passing") | ({check: status} if check else {})
    if check == "target_type":  # a number has no classes
        expected["class_labels"] = "failing"
    assert found == expected
    assert api.get(f"/deployments/{tracked['id']}").json() == tracked
    assert len(api.get(f"/deployments/{tracked['id']}/history").json()) == 1
    done = replace(api, tracked, package, reason="accuracy", note="better")
    if status == "failing":
        assert done.status_code == 409
        assert done.json()["type"].endswith(":IncompatibleReplacement")
        assert statuses(done.json()["fields"]["checks"]) == found
        assert api.get(f"/deployments/{tracked['id']}").json() == tracked
        return
    assert done.status_code == 200, done.text
    assert done.json()["replaced"] is True
    assert done.json()["deployment"]["package_id"] == package
    old, new = api.get(f"/deployments/{tracked['id']}/history").json()
    assert old["end"] == new["start"]
    assert (new["end"], new["reason"], new["note"]) == (None, "accuracy", "better")
    assert new["user"]


def test_archived_packages_and_the_champion_itself_are_refused(
    api: Any, tracked: Any, name: str
) -> None:
    same = replace(api, tracked, tracked["package_id"])
    assert statuses(same.json()["fields"]["checks"])["not_champion"] == "failing"
    archived = external(api, f"{name} new")
    api.patch(f"/packages/{archived}", json={"archived": True})
    refused = replace(api, tracked, archived)
    assert statuses(refused.json()["fields"]["checks"])["not_archived"] == "failing"
    for unknown in (999_999, 2**70, -1):
        assert replace(api, tracked, unknown).status_code == 404
    assert replace(api, tracked, archived, reason="boredom").status_code == 400
    api.patch(f"/deployments/{tracked['id']}", json={"state": "archived"})
    closed = replace(api, tracked, archived)
    assert closed.json()["type"].endswith(":DeploymentInactive")


def test_a_model_that_does_not_load_is_refused_with_its_traceback(
    api: Any, deploy: Deploy, package_of: PackageOf, name: str
) -> None:
    deployment = deploy("moody")
    good = api.get(f"/packages/{package_of('moody')}").json()
    upload = api.post("/uploads").json()["id"]
    api.put(f"/uploads/{upload}/files/model.pkl", content=b"no pickle at all")
    body = {
        "name": name, "kind": "custom", "target_name": "y", "target_type": "regression",
        "signature": good["signature"], "format": "pickle", "upload": upload,
    }  # fmt: skip
    broken = api.post("/packages", json=body).json()["id"]
    checks = replace(api, deployment, broken, dry_run=True).json()["checks"]
    assert statuses(checks)["model_loads"] == "failing"
    assert "Traceback" in checks[-1]["message"]
    assert replace(api, deployment, broken).status_code == 409
    answer = api.post(f"/deployments/{deployment['id']}/predictions", json=[{"x": 1.0}])
    assert answer.json()["data"][0]["prediction"] == 2.0


def test_rolling_back_puts_the_previous_package_in_service(
    api: Any, tracked: Any, name: str
) -> None:
    url = f"/deployments/{tracked['id']}"
    answer = api.post(f"{url}/rollback", json={})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":NoPreviousPackage")
    second = external(api, f"{name} new")
    replace(api, tracked, second)
    back = api.post(f"{url}/rollback", json={"note": "it was worse"})
    assert back.status_code == 200, back.text
    assert back.json()["deployment"]["package_id"] == tracked["package_id"]
    history = api.get(f"{url}/history").json()
    assert [period["package_id"] for period in history] == [
        tracked["package_id"], second, tracked["package_id"],
    ]  # fmt: skip
    assert history[-1]["note"] == "it was worse"
    assert api.get(f"{url}").json()["package_id"] == tracked["package_id"]
    # and rolled back again, that is undone
    again = api.post(f"{url}/rollback", json={}).json()["deployment"]
    assert again["package_id"] == second
    assert "Rolled back" in api.get(f"{url}/history").json()[-1]["note"]


def test_of_replacements_at_once_one_wins(api: Any, tracked: Any, name: str, server: Any) -> None:
    packages = [external(api, f"{name} {i}") for i in range(6)]
    barrier = threading.Barrier(len(packages))

    def attempt(package: int) -> int:
        with server.client() as client:
            barrier.wait()
            return replace(client, tracked, package).status_code

    with ThreadPoolExecutor(len(packages)) as threads:
        found = list(threads.map(attempt, packages))
    history = api.get(f"/deployments/{tracked['id']}/history").json()
    assert set(found) <= {200, 409}
    assert len(history) == 1 + found.count(200)
    # whatever won: a period ends where the next begins, and one is open
    assert [old["end"] for old in history] == [*(new["start"] for new in history[1:]), None]


def test_classes_in_another_order_are_answered_in_the_deployments_order(
    api: Any, deploy: Deploy, package_of: PackageOf, rows: Any, name: str, sql: Any
) -> None:
    deployment = deploy("multiclass")
    url = f"/deployments/{deployment['id']}"
    good = api.get(f"/packages/{package_of('multiclass')}").json()
    path = good["files"][0]["path"]
    upload = api.post("/uploads").json()["id"]
    content = api.get(f"/packages/{good['id']}/files/{path}").content
    api.put(f"/uploads/{upload}/files/{path}", content=content)
    body = {key: good[key] for key in ("kind", "target_name", "target_type", "signature", "format",
                                       "input_example")}  # fmt: skip
    # the same model, whose author lists its classes otherwise
    turned = body | {"name": name, "class_labels": ["c", "a", "b"], "upload": upload}
    turned_id = api.post("/packages", json=turned).json()["id"]
    records = rows(20, 3)[["age", "income"]].to_dict("records")
    expected = api.post(f"{url}/predictions", json=records).json()["data"]
    answer = replace(api, deployment, turned_id)
    assert answer.status_code == 200, answer.text
    found = api.post(f"{url}/predictions", json=records).json()["data"]
    columns = ["prediction", "probability_a", "probability_b", "probability_c"]
    assert [[row[c] for c in columns] for row in found] == [
        [row[c] for c in columns] for row in expected
    ]
    assert {row["package"] for row in found} == {f"{name}/1"}
    recorded = sql(
        "SELECT label FROM prediction WHERE deployment_id = ? ORDER BY id", deployment["id"]
    )
    labels = ["abc"[label] for (label,) in recorded]
    assert labels == [row["prediction"] for row in expected + found]


def test_no_request_fails_while_champions_come_and_go(
    api: Any, server: Any, deploy: Deploy, package_of: PackageOf, sql: Any
) -> None:
    first, second = package_of("moody"), package_of("moody", 1)
    deployment = deploy("moody", association_id_column="id")
    url = f"/deployments/{deployment['id']}"
    packages = {api.get(f"/packages/{p}").json()["version"]: p for p in (first, second)}
    stop = threading.Event()
    answers: dict[str, int] = {}
    failures: list[str] = []

    def ask(thread: int) -> None:
        with server.client() as client:
            n = 0
            while not stop.is_set():
                key = f"t{thread}-{n}"
                row = {"id": key, "x": 1.0 + n % 7}
                answer = client.post(f"{url}/predictions", json=[row])
                if answer.status_code != 200:
                    failures.append(answer.text)
                    return
                version = answer.json()["data"][0]["package"].rsplit("/", 1)[1]
                answers[key] = packages[int(version)]
                n += 1

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    try:
        for i in range(12):
            target = second if i % 2 == 0 else first
            answer = (
                replace(api, deployment, target, reason="other")
                if i < 4
                else api.post(f"{url}/rollback", json={})
            )
            assert answer.status_code == 200, answer.text
            # from now on, only the new one answers
            row = {"id": f"after-{i}", "x": 1.0}
            said = api.post(f"{url}/predictions", json=[row]).json()["data"][0]["package"]
            assert packages[int(said.rsplit("/", 1)[1])] == target
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert set(answers.values()) == {first, second}
    recorded = dict(
        sql("SELECT association_id, package_id FROM prediction WHERE deployment_id = ? "
            "AND association_id LIKE 't%'", deployment["id"])
    )  # fmt: skip
    assert recorded == answers
    assert len(api.get(f"{url}/history").json()) == 13


#: A regression that says in which kernelspec it runs, and cannot be used in one of them.
WHERE = """
import os
import numpy as np

WHERE = os.environ.get("WHERE", "0")
if WHERE == "13":
    raise RuntimeError("not here")


class Model:
    n_features_in_ = 1

    def predict(self, table):
        return np.full(len(table), float(WHERE) + BEYOND)


def load_model(code_dir):
    return Model()
"""


@pytest.fixture
def kernelspecs(server: Any) -> Iterator[None]:
    """Kernelspecs ``where-1``, ``where-2`` and ``where-13``, which set a variable."""
    folders = []
    for number in ("1", "2", "13"):
        folder: Path = server.folder / "data" / "kernels" / f"where-{number}"
        folder.mkdir(parents=True)
        folders.append(folder)
        spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": number, "language": "python", "env": {"WHERE": number}}  # fmt: skip
        (folder / "kernel.json").write_text(json.dumps(spec))
    yield
    for folder in folders:
        shutil.rmtree(folder)


def test_a_replacement_runs_in_the_kernelspec_it_names_and_back(
    api: httpx.Client, registry: Registry, name: str, tmp_path: Path, kernelspecs: None
) -> None:
    def register(beyond: int) -> int:
        code = tmp_path / str(beyond)
        code.mkdir()
        (code / "custom.py").write_text(f"BEYOND = {beyond}\n{WHERE}")
        made = registry.register(
            name, code, target="y", target_type="regression", signature={"x": "number"},
            input_example=[{"x": 1.0}], progress=False,
        )  # fmt: skip
        return made.id

    one, two = register(10), register(20)
    deployment = registry.package_by_id(one).deploy(name)

    def answers() -> float:
        return float(deployment.predict({"x": [1.0]}, progress=False)["prediction"][0])

    body = {"id": deployment.id}
    assert answers() == 10
    for bad in ("nowhere", "x" * 201, "a\0b"):
        refused = replace(api, body, two, kernelspec=bad, dry_run=True)
        assert refused.status_code == 400, refused.text
        assert next(iter(refused.json()["fields"])) == "kernelspec"
    # what is in service already may move, and the checks run where it is to run
    dry = deployment.replace(one, dry_run=True, kernelspec="where-1")
    assert [check.status for check in dry.checks if check.name == "not_champion"] == ["passing"]
    assert (deployment.kernelspec, answers()) == (None, 10)
    assert deployment.replace(one, kernelspec="where-1").deployment.kernelspec == "where-1"
    assert answers() == 11
    failed = replace(api, body, two, kernelspec="where-13")
    assert statuses(failed.json()["fields"]["checks"])["model_loads"] == "failing"
    assert "not here" in failed.json()["fields"]["traceback"]
    assert answers() == 11
    assert deployment.replace(two).deployment.kernelspec == "where-1"  # stays unless named
    assert answers() == 21
    deployment.replace(two, kernelspec="where-2")
    assert answers() == 22
    assert deployment.rollback().deployment.kernelspec == "where-1"
    assert answers() == 21
    deployment.replace(two, kernelspec="")
    assert (deployment.kernelspec, answers()) == (None, 20)
    same = replace(api, body, two, kernelspec="")
    assert statuses(same.json()["fields"]["checks"])["not_champion"] == "failing"
    ran = [period.kernelspec for period in deployment.history()]
    assert ran == [None, "where-1", "where-1", "where-2", "where-1", None]

    # hosted elsewhere it runs nowhere; what comes after it runs where the last one did
    deployment.replace(two, kernelspec="where-2")
    outside = registry.register(
        f"{name} outside", target="y", target_type="regression", signature={"x": "number"},
        progress=False,
    )  # fmt: skip
    refused = replace(api, body, outside.id, kernelspec="where-1")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["kernelspec"])
    assert deployment.replace(outside).deployment.kernelspec == "where-2"
    assert deployment.history()[-1].kernelspec is None
    assert deployment.rollback().deployment.kernelspec == "where-2"
    assert answers() == 22
