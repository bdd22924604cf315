"""Changes are told on Jupyter's event bus: all of them, after the commit, within a second."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from jupyter_registry.server.events import ROWS_SECONDS

from .listening import Listener, listening

Deploy = Callable[..., dict[str, Any]]

EXTERNAL = {
    "kind": "external", "target_name": "left", "target_type": "binary",
    "class_labels": ["no", "yes"],
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left_to_tell(server: Any) -> None:
    """The server is shared: rows that the file before sent last are told somewhat later."""
    time.sleep(2 * ROWS_SECONDS)


@pytest.fixture
def hears(server: Any, package_of: Callable[..., int]) -> Iterator[Listener]:
    for kind in ("binary", "external"):  # what all tests share is there before
        package_of(kind)
    with listening(server) as listener:
        yield listener


def user_of(api: httpx.Client) -> str:
    name: str = api.get("/info").json()["user"]
    return name


def done(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def test_models_and_packages(api: httpx.Client, hears: Listener, name: str) -> None:
    who = {"user": user_of(api)}
    first = done(api.post("/packages", json={"name": name, **EXTERNAL}))
    model = done(api.get(f"/models/{name}"))
    assert hears.next() == {
        "action": "created", "entity": "model", "id": model["id"], "name": name, **who
    }  # fmt: skip
    package = {"entity": "package", "id": first["id"], "name": name, "version": 1, **who}
    assert hears.next() == {"action": "created", **package}
    second = done(api.post("/packages", json={"name": name, **EXTERNAL}))
    assert hears.next() == {
        "action": "created", **package, "id": second["id"], "version": 2
    }  # fmt: skip
    changes: list[dict[str, Any]] = [
        {"description": "described"}, {"tags": {"team": "risk"}}, {"archived": True},
        {"archived": False},
    ]  # fmt: skip
    for change in changes:
        done(api.patch(f"/packages/{first['id']}", json=change))
        assert hears.next() == {"action": "updated", **package}
    done(api.put(f"/models/{name}/aliases/champion", json={"version": 1}))
    assert hears.next() == {"action": "updated", **package}
    done(api.delete(f"/models/{name}/aliases/champion"))
    assert hears.next() == {"action": "updated", **package}
    done(api.patch(f"/models/{name}", json={"description": "of a model"}))
    of_model = {"entity": "model", "id": model["id"], "name": name, **who}
    assert hears.next() == {"action": "updated", **of_model}
    done(api.delete(f"/packages/{first['id']}"))
    assert hears.next() == {"action": "deleted", **package}
    done(api.delete(f"/models/{name}"))
    assert hears.next() == {"action": "deleted", **of_model}
    assert statistics.median(hears.waited) < 1.0


def test_deployments_and_keys(api: httpx.Client, hears: Listener, name: str) -> None:
    who = {"user": user_of(api)}
    one, two = (done(api.post("/packages", json={"name": name, **EXTERNAL}))["id"] for _ in "12")
    for _ in range(3):
        hears.next()
    made = done(api.post("/deployments", json={"package_id": one, "label": f"of {name}"}))
    path = f"/deployments/{made['id']}"
    deployment = {"entity": "deployment", "id": made["id"], "name": f"of {name}", **who}
    assert hears.next() == {"action": "created", **deployment}
    for state in ("inactive", "active"):
        done(api.patch(path, json={"state": state}))
        assert hears.next() == {"action": "updated", **deployment}
    done(api.patch(path, json={"importance": "high"}))
    assert hears.next() == {"action": "updated", **deployment}
    done(api.post(f"{path}/replacements", json={"package_id": two, "dry_run": True}))
    done(api.post(f"{path}/replacements", json={"package_id": two}))
    assert hears.next() == {"action": "updated", **deployment}
    done(api.post(f"{path}/rollback", json={}))
    assert hears.next() == {"action": "updated", **deployment}
    key = done(api.post(f"/deployments/of {name}/keys", json={"name": "k"}))
    of_key = {"entity": "key", "id": key["id"], "name": f"of {name}", **who}
    assert hears.next() == {"action": "created", **of_key}
    done(api.delete(f"{path}/keys/{key['id']}"))
    assert hears.next() == {"action": "deleted", **of_key}
    done(api.patch(path, json={"label": f"new {name}", "state": "archived"}))
    assert hears.next() == {"action": "updated", **deployment, "name": f"new {name}"}
    assert hears.hears_nothing()


def test_what_is_refused_is_not_told(api: httpx.Client, hears: Listener, deploy: Deploy) -> None:
    made = deploy("external")
    hears.next()
    for answer in (
        api.post("/packages", json={"name": "a/b", **EXTERNAL}),
        api.delete(f"/packages/{made['package_id']}"),
        api.patch("/packages/999999", json={"description": ""}),
        api.patch(f"/deployments/{made['id']}", json={"label": ""}),
        api.post(
            f"/deployments/{made['id']}/replacements", json={"package_id": made["package_id"]}
        ),
        api.post(f"/deployments/{made['id']}/rollback", json={}),
        api.delete(f"/deployments/{made['id']}/keys/999999"),
        api.post(f"/deployments/{made['id']}/reports", json=[{"association_id": "1"}]),
    ):
        assert 400 <= answer.status_code < 500, answer.text
    done(api.get(f"/packages/{made['package_id']}"))
    assert hears.hears_nothing()


def test_rows_of_all_sorts(api: httpx.Client, hears: Listener, deploy: Deploy, server: Any) -> None:
    made = deploy("binary", association_id_column="id")
    hears.next()
    path = f"/deployments/{made['id']}"
    rows = {"action": "recorded", "entity": "rows", "id": made["id"], "name": made["label"]}
    row = {"id": "1", "age": 40.0, "income": 50.0}
    done(api.post(f"{path}/predictions", json=[row, {**row, "id": "2"}]))
    assert hears.next() == {**rows, "predicted": 2, "matched": 0}
    time.sleep(0.6)
    done(api.post(f"{path}/actuals", json=[{"association_id": "1", "value": "yes"}]))
    assert hears.next() == {**rows, "predicted": 0, "matched": 1}
    key = done(api.post(f"{path}/keys", json={"name": "k"}))["key"]
    hears.next()
    time.sleep(0.6)
    report = [{"association_id": f"r{i}", "probability": 0.4} for i in range(300)]
    with server.client(Authorization=f"Bearer {key}") as application:
        done(application.post(f"{path}/reports", json=report))
    assert hears.next() == {**rows, "predicted": 300, "matched": 0}
    assert hears.hears_nothing()


def test_rows_are_summed_and_the_last_are_told(
    api: httpx.Client, hears: Listener, deploy: Deploy
) -> None:
    made, other = deploy("binary"), deploy("external")
    assert {hears.next()["id"], hears.next()["id"]} == {made["id"], other["id"]}
    row = {"age": 40.0, "income": 50.0}
    began, sent = time.monotonic(), 0
    while time.monotonic() < began + 1.7:
        done(api.post(f"/deployments/{made['id']}/predictions", json=[row]))
        sent += 1
    done(
        api.post(
            f"/deployments/{other['id']}/reports", json=[{"association_id": "1", "probability": 1}]
        )
    )
    spent = time.monotonic() - began
    told: dict[int, list[int]] = {made["id"]: [], other["id"]: []}
    while sum(told[made["id"]]) < sent or not told[other["id"]]:
        change = hears.next()
        told[change["id"]].append(change["predicted"])
    assert hears.hears_nothing()
    assert sum(told[made["id"]]) == sent
    assert told[other["id"]] == [1]
    assert 2 <= len(told[made["id"]]) <= spent / ROWS_SECONDS + 2 < sent


def test_it_holds_without_any_listener(api: httpx.Client, deploy: Deploy, server: Any) -> None:
    made = deploy("binary")
    done(api.post(f"/deployments/{made['id']}/predictions", json=[{"age": 1.0, "income": 2.0}]))
    time.sleep(0.3)
    assert "could not be told" not in server.log
    assert "not told of" not in server.log
