"""Who may do what: a walk over every operation; keys, cookies, authorizers, unknown addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from jupyter_registry.server.routes import ROUTES, Operation, Route

Deploy = Callable[..., dict[str, Any]]

OPERATIONS = [
    pytest.param(route, verb, operation, id=f"{verb} {route.path}")
    for route in ROUTES
    for verb, operation in route.operations.items()
]
ROWS = re.compile(r"/(predictions|reports|actuals)(/unstructured)?$")


def address(route: Route, **values: Any) -> str:
    known = {"deployment": "1", "package_id": "1", "name": "shared binary", "version": "1",
             "alias": "a", "upload_id": "0", "path": "model.bin", "key_id": "1",
             "leaderboard_id": "1", "number": "1", "job": "0"}  # fmt: skip
    return re.sub(r"\{(\w+)\*?\}", lambda m: str((known | values)[m.group(1)]), route.path)


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert set(found) == {"type", "title", "status", "detail", "advice", "fields"}
    assert found["status"] == status
    assert found["type"].startswith("urn:jupyter-registry:")
    assert found["detail"]
    return found


def everything(sql: Callable[..., list[Any]]) -> list[Any]:
    """All that requests could have changed; earlier ones are counted by and by."""
    tables = [
        name for (name,) in sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("package_search") and name != "health_bucket"
    ]  # fmt: skip
    return [(table, sql(f'SELECT * FROM "{table}"')) for table in sorted(tables)]


@pytest.fixture(scope="module")
def ready(deploy: Deploy, api: httpx.Client) -> dict[str, Any]:
    """A deployment with a key, so that there is something to open."""
    made = deploy("external")
    made["key"] = api.post(f"/deployments/{made['id']}/keys", json={"name": "k"}).json()["key"]
    return made


@pytest.fixture(scope="module")
def other(deploy: Deploy) -> dict[str, Any]:
    return deploy("external")


@pytest.mark.parametrize(("route", "verb", "operation"), OPERATIONS)
def test_nobody_gets_in(
    route: Route, verb: str, operation: Operation, server: Any, ready: Any, sql: Any
) -> None:
    before = everything(sql)
    for headers in ({}, {"Authorization": "token wrong"}, {"Authorization": "Bearer jrk_wrong"}):
        with httpx.Client(base_url=server.url, headers=headers, verify=False) as nobody:
            url = address(route, deployment=ready["id"])
            found = problem(nobody.request(verb, url, content=b"{}"), 401)
            assert found["type"].endswith(":NotAuthenticated")
            assert found["advice"]
    assert everything(sql) == before


@pytest.mark.parametrize(("route", "verb", "operation"), OPERATIONS)
def test_an_authorizer_can_deny_each_operation(
    route: Route, verb: str, operation: Operation, server: Any, ready: Any, sql: Any
) -> None:
    action = {"GET": "read", "POST": "write", "PUT": "write", "PATCH": "write", "DELETE": "write"}
    before = everything(sql)
    with server.client(**{"X-Deny": f"{action[verb]}:jupyter_registry"}) as denied:
        found = problem(
            denied.request(verb, address(route, deployment=ready["id"]), content=b"{}"), 403
        )
    assert found["type"].endswith(":NotAuthorised")
    assert everything(sql) == before


@pytest.mark.parametrize(("route", "verb", "operation"), OPERATIONS)
def test_a_key_opens_the_rows_of_its_deployment_alone(
    route: Route, verb: str, operation: Operation, server: Any, ready: Any, other: Any
) -> None:
    with server.client(Authorization=f"Bearer {ready['key']}") as keyed:
        if ROWS.search(route.path):
            for reference in (ready["id"], ready["label"]):
                answer = keyed.request(verb, address(route, deployment=reference), content=b"{}")
                assert answer.status_code in (400, 409)  # let in, and told what is wrong
            for closed in (other["id"], other["label"], 999_999, "nowhere"):
                url = address(route, deployment=closed)
                problem(keyed.request(verb, url, content=b"{}"), 403)
        else:
            answer = keyed.request(verb, address(route, deployment=ready["id"]), content=b"{}")
            found = problem(answer, 401)  # to Jupyter, the key is a wrong token
            assert "opens its deployment's predictions, reports" in found["detail"]


def test_a_key_reports_and_sends_actuals(server: Any, ready: Any) -> None:
    with server.client(Authorization=f"token {ready['key']}") as keyed:
        for kind, row in (
            ("reports", {"association_id": "k1", "probability": 0.4}),
            ("actuals", {"association_id": "k1", "value": "no"}),
        ):
            answer = keyed.post(f"/deployments/{ready['label']}/{kind}", json=[row])
            assert answer.status_code == 200, answer.text
            assert answer.json()["accepted"] == 1


def test_a_revoked_key_opens_nothing_at_once(server: Any, api: Any, ready: Any) -> None:
    path = f"/deployments/{ready['id']}"
    made = api.post(f"{path}/keys", json={"name": "short-lived"}).json()
    assert made["key"].startswith(made["prefix"])
    with server.client(Authorization=f"Bearer {made['key']}") as keyed:
        row = [{"association_id": "r1", "probability": 0.4}]
        assert keyed.post(f"{path}/reports", json=row).status_code == 200
        assert api.delete(f"{path}/keys/{made['id']}").status_code == 204
        problem(keyed.post(f"{path}/reports", json=row), 401)
    assert api.delete(f"{path}/keys/{made['id']}").status_code == 204
    listed = {key["id"]: key for key in api.get(f"{path}/keys").json()}
    assert listed[made["id"]]["revoked_at"] is not None
    assert made["key"] not in json.dumps(api.get(f"{path}/keys").json())
    for unknown in ("999999", "0", "x", "9" * 5000):
        problem(api.delete(f"{path}/keys/{unknown}"), 404)


def test_a_key_is_kept_as_a_hash_alone(ready: Any, sql: Any) -> None:
    stored = sql("SELECT * FROM prediction_key")
    assert stored
    assert ready["key"] not in str(stored)


def test_a_key_in_the_query_opens_nothing(server: Any, ready: Any) -> None:
    with httpx.Client(base_url=server.url, verify=False) as nobody:
        for parameter in ("token", "key", "access_token"):
            problem(
                nobody.post(
                    f"/deployments/{ready['id']}/reports",
                    params={parameter: ready["key"]},
                    json=[{"association_id": "q1", "probability": 0.4}],
                ),
                401,
            )


def test_a_browser_needs_the_xsrf_cookie_and_a_token_does_not(server: Any, ready: Any) -> None:
    with httpx.Client(base_url=server.url, verify=False) as browser:
        assert browser.get(f"{server.root}login").status_code == 200
        xsrf = browser.cookies.get("_xsrf")
        answer = browser.post(f"{server.root}login", data={"password": server.token, "_xsrf": xsrf})
        assert answer.status_code == 302
        xsrf = browser.cookies.get("_xsrf") or xsrf
        assert browser.get("/info").status_code == 200
        found = problem(browser.post("/uploads"), 403)
        assert "_xsrf" in found["detail"]
        assert browser.post("/uploads", headers={"X-XSRFToken": str(xsrf)}).status_code == 201
        assert browser.post("/uploads", params={"_xsrf": str(xsrf)}).status_code == 201
        forged = {"X-XSRFToken": str(xsrf), "Origin": "https://elsewhere.example"}
        assert browser.post("/uploads", headers=forged).status_code in (403, 404)
    with server.client() as script:
        assert script.post("/uploads").status_code == 201


def test_unknown_addresses_and_verbs(server: Any, api: httpx.Client) -> None:
    for path in ("/nothing", "/", "/models/a/b/c/d", "/info/", "/models/%2541"):
        found = problem(api.get(path), 404)
        assert "%%" not in found["detail"]
    found = problem(api.delete("/info"), 405)
    assert api.delete("/info").headers["Allow"] == "GET, OPTIONS"
    assert "DELETE" in found["detail"]
    problem(api.request("BREW", "/info"), 405)
    assert api.head("/info").status_code == 405
    assert api.options("/deployments").status_code in (200, 204)
    with httpx.Client(base_url=server.url, verify=False) as nobody:
        problem(nobody.get("/nothing"), 401)
        problem(nobody.put("/nothing"), 401)
        assert nobody.options("/deployments").status_code in (200, 204)  # a browser's preflight
        assert nobody.head("/info").status_code == 401


def test_an_unexpected_failure_tells_the_caller_nothing_of_the_inside(server: Any) -> None:
    with server.client() as client:
        url = f"{server.root}probe/jupyter-registry/api/v1/boom"
        found = problem(client.get(url), 500)
    assert "secret" not in json.dumps(found)
    assert "Traceback" not in json.dumps(found)
    assert "the secret of the server" in server.log


def test_strict_servers_have_nothing_to_complain_of(start: Callable[..., Any]) -> None:
    server = start("--ServerApp.allow_unauthenticated_access=False")
    with server.client() as client, httpx.Client(base_url=server.url, verify=False) as nobody:
        assert client.get("/models").status_code == 200
        assert client.post("/uploads").status_code == 201
        problem(nobody.get("/models"), 401)
        problem(nobody.post("/uploads"), 401)
        problem(client.get("/nothing"), 404)
    assert "RegistryHandler" not in server.log
    assert "jupyter_registry.server" not in server.log
