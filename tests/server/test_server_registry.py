"""The registry over HTTP: register, search, page, alias, archive, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.domain import psi
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.rules import monitoring_rules

Deploy = Callable[..., dict[str, Any]]


def register(api: httpx.Client, name: str, **fields: Any) -> dict[str, Any]:
    body = {
        "name": name, "kind": "external", "target_name": "left", "target_type": "binary",
        "class_labels": ["no", "yes"],
    }  # fmt: skip
    answer = api.post("/packages", json=body | fields)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["Location"].endswith(f"/jupyter-registry/api/v1/packages/{found['id']}")
    return found


def ids(api: httpx.Client, **parameters: Any) -> list[int]:
    answer = api.get("/packages", params=parameters)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_versions_of_a_model_and_what_names_them(api: httpx.Client, name: str) -> None:
    first = register(api, name, aliases=["champion"], tags={"team": "red"})
    second = register(api, name, description="better")
    assert (first["version"], second["version"]) == (1, 2)
    at = f"/models/{name}"
    assert api.get(f"{at}/versions/latest").json()["id"] == second["id"]
    assert api.get(f"{at}/versions/1").json()["id"] == first["id"]
    assert api.get(f"{at}/aliases/champion").json()["id"] == first["id"]
    moved = api.put(f"{at}/aliases/champion", json={"version": 2})
    assert moved.json()["aliases"] == ["champion"]
    assert api.get(f"{at}/aliases/champion").json()["id"] == second["id"]
    assert api.get(at).json()["aliases"] == {"champion": 2}
    assert api.delete(f"{at}/aliases/champion").status_code == 204
    assert api.get(f"{at}/aliases/champion").status_code == 404
    assert api.delete(f"{at}/aliases/champion").status_code == 404
    assert api.put(f"{at}/aliases/latest", json={"version": 1}).status_code == 400
    assert api.put(f"{at}/aliases/good", json={"version": 9}).status_code == 404
    assert api.patch(at, json={"description": "who leaves"}).json()["description"] == "who leaves"
    assert [m["name"] for m in api.get("/models", params={"q": name}).json()["items"]] == [name]


def test_what_may_change_of_a_package(api: httpx.Client, name: str) -> None:
    url = f"/packages/{register(api, name, tags={'a': '1'})['id']}"
    changed = api.patch(url, json={"description": "new", "tags": {"b": "2"}}).json()
    assert (changed["description"], changed["tags"]) == ("new", {"b": "2"})
    assert api.patch(url, json={"description": None}).json()["description"] == "new"
    archived = api.patch(url, json={"archived": True}).json()
    assert archived["archived_at"] is not None
    assert ids(api, name=name) == []
    assert ids(api, name=name, archived="any") == ids(api, name=name, archived="true") != []
    assert api.put(f"/models/{name}/aliases/x", json={"version": 1}).status_code == 409
    assert api.patch(url, json={"archived": False}).json()["archived_at"] is None
    answer = api.patch(url, json={"name": "other"})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"name": "unknown field"})


def test_only_what_nothing_refers_to_is_deleted(
    api: httpx.Client, name: str, deploy: Deploy
) -> None:
    package = register(api, name)
    deployment = deploy(package_id=package["id"])
    for url in (f"/packages/{package['id']}", f"/models/{name}"):
        answer = api.delete(url)
        assert answer.status_code == 409
        assert deployment["label"] in answer.text
    free = register(api, name)
    assert api.delete(f"/packages/{free['id']}").status_code == 204
    assert api.get(f"/packages/{free['id']}").status_code == 404
    other = f"{name} other"
    register(api, other)
    assert api.delete(f"/models/{other}").status_code == 204
    assert api.get(f"/models/{other}").status_code == 404


def test_every_filter_finds_its_own(api: httpx.Client, name: str, deploy: Deploy) -> None:
    one = register(api, f"{name} a", tags={"team": "red"}, aliases=["best"], target_name=name)
    two = register(
        api, f"{name} b", tags={"team": "blue"}, target_name=f"{name}-other",
        target_type="regression", class_labels=[], description=f"Finds {name}-words inside",
    )  # fmt: skip
    deploy(package_id=one["id"])
    mine = {"q": name}
    assert set(ids(api, **mine)) == {one["id"], two["id"]}
    for parameters, expected in (
        ({"name": f"{name} a"}, one),
        ({"target": name}, one),
        ({"target_type": "regression", **mine}, two),
        ({"tag": "team:red", **mine}, one),
        ({"alias": "best", **mine}, one),
        ({"deployed": "true", **mine}, one),
        ({"deployed": "false", **mine}, two),
        ({"q": f"{name}-words"}, two),
        ({"created_after": two["created_at"], **mine}, two),
        ({"created_before": two["created_at"], **mine}, one),
    ):
        assert ids(api, **parameters) == [expected["id"]], parameters
    assert ids(api, tag=["team", "team:blue"], **mine) == [two["id"]]
    assert set(ids(api, kind="external", **mine)) == {one["id"], two["id"]}
    assert ids(api, kind="native", **mine) == []
    assert set(ids(api, creator=one["created_by"], **mine)) == {one["id"], two["id"]}
    assert ids(api, creator="nobody", **mine) == []
    assert ids(api, sort="name", **mine) == [one["id"], two["id"]]
    assert ids(api, sort="-name", **mine) == [two["id"], one["id"]]


@pytest.mark.parametrize(
    ("path", "parameters", "field"),
    [
        ("/packages", {"colour": "red"}, "colour"),
        ("/packages", {"kind": "exotic"}, "kind"),
        ("/packages", {"limit": "0"}, "limit"),
        ("/packages", {"limit": "many"}, "limit"),
        ("/packages", {"sort": "colour"}, "sort"),
        ("/packages", {"cursor": "nonsense"}, "cursor"),
        ("/packages", {"created_after": "yesterday"}, "created_after"),
        ("/packages", {"deployed": "maybe"}, "deployed"),
        ("/packages", {"archived": "maybe"}, "archived"),
        ("/packages", {"name": ["a", "b"]}, "name"),
        ("/models", {"limit": "1001"}, "limit"),
        ("/models", {"kind": "external"}, "kind"),
        ("/deployments", {"state": "asleep"}, "state"),
        ("/deployments", {"importance": "huge"}, "importance"),
        ("/deployments", {"cursor": "x"}, "cursor"),
    ],
)
def test_parameters_that_cannot_be(
    api: httpx.Client, path: str, parameters: Any, field: str
) -> None:
    answer = api.get(path, params=parameters)
    assert answer.status_code == 400, answer.text
    assert list(answer.json()["fields"]) == [field]
    assert answer.json()["advice"]


def test_pages_are_stable_while_packages_are_added(api: httpx.Client, name: str) -> None:
    made = [register(api, f"{name} {i}")["id"] for i in range(7)]
    for sort, expected in (("-created_at", made[::-1]), ("name", made), ("-version", None)):
        found: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = api.get("/packages", params={"q": name, "sort": sort, "limit": 3} | cursor)
            found += [item["id"] for item in page.json()["items"]]
            if page.json()["next_cursor"] is None:
                break
            cursor = {"cursor": page.json()["next_cursor"]}
            if sort == "-created_at":  # comes before what was seen: the pages do not shift
                register(api, f"{name} later", tags={"late": "yes"})
        assert sorted(found) == sorted(made) if expected is None else found == expected
        for late in api.get("/packages", params={"q": name, "tag": "late"}).json()["items"]:
            api.delete(f"/packages/{late['id']}")


def test_deployments_are_listed_in_pages(api: httpx.Client, name: str, deploy: Deploy) -> None:
    made = [deploy("external", label=f"{name} {i}")["id"] for i in range(5)]
    api.patch(f"/deployments/{made[0]}", json={"state": "archived"})
    api.patch(f"/deployments/{made[1]}", json={"state": "inactive", "importance": "critical"})

    def found(**parameters: Any) -> list[int]:
        page = api.get("/deployments", params={"q": name, "limit": 2} | parameters).json()
        listed = [item["id"] for item in page["items"]]
        if page["next_cursor"]:
            listed += found(**parameters | {"cursor": page["next_cursor"]})
        return listed

    assert found() == made[:0:-1]
    assert found(state="any") == made[::-1]
    assert found(state="archived") == made[:1]
    assert found(state="inactive") == found(importance="critical") == made[1:2]
    assert found(model="shared external") == made[:0:-1]
    assert found(model="other") == found(package_id=999_999) == found(package_id=2**70) == []


def test_refused_registrations_name_the_field(api: httpx.Client, name: str) -> None:
    good = {"name": name, "kind": "external", "target_name": "y", "target_type": "regression"}
    for wrong, field in (
        ({"name": "a/b"}, "name"),
        ({"kind": "custom"}, "upload"),
        ({"target_type": "binary"}, "class_labels"),
        ({"target_type": "binary", "class_labels": ["a", "b"], "positive_class": "c"},
         "positive_class"),
        ({"class_labels": ["a", "b"]}, "class_labels"),
        ({"target_type": "shape"}, "target_type"),
        ({"signature": [{"name": "x", "dtype": "colour"}]}, "signature"),
        ({"tags": {"a:b": "c"}}, "tags"),
        ({"aliases": ["latest"]}, "aliases"),
        ({"upload": "none"}, "upload"),
        ({"target_name": ""}, "target_name"),
        ({"prediction_threshold": 0.5}, "prediction_threshold"),
        ({"input_example": [{}] * 21}, "input_example"),
    ):  # fmt: skip
        answer = api.post("/packages", json=good | wrong)
        assert answer.status_code in (400, 404), (wrong, answer.text)
        assert any(key.startswith(field) for key in answer.json()["fields"]), (wrong, answer.text)
    assert api.get(f"/models/{name}").status_code == 404


def test_what_deployments_are_judged_by_is_said_once(registry: Registry) -> None:
    rules = registry.info().monitoring
    assert rules.model_dump() == monitoring_rules().model_dump()
    (auc,) = [metric for metric in rules.metrics[TargetType.BINARY] if metric.name == "auc"]
    assert (auc.title, auc.greater_is_better) == ("AUC", True)
    for target_type, names in rules.main_metrics.items():
        assert set(names) <= {metric.name for metric in rules.metrics[target_type]}
    assert (rules.drift.warning, rules.drift.failing) == (psi.WARNING, psi.FAILING)
