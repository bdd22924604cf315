"""The OpenAPI document: valid, complete, and true of what the server does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from jupyter_registry.server.routes import ROUTES

from .jobs import begun, cells, ended, until

Deploy = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def document(api: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/openapi.json").json()
    return found


def test_it_is_valid_and_says_where_the_server_is(document: dict[str, Any], server: Any) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/some/prefix/jupyter-registry/api/v1"}]


def test_every_route_and_verb_is_in_it_and_no_other(document: dict[str, Any]) -> None:
    described = {
        (path, verb.upper()) for path, verbs in document["paths"].items() for verb in verbs
    }
    served = {(route.path.replace("*", ""), verb) for route in ROUTES for verb in route.operations}
    assert described == served
    for route in ROUTES:
        for verb in route.operations:  # a row without its method would answer 405
            assert verb.lower() in vars(route.handler), f"{verb} {route.path}"
    ids = [operation["operationId"] for verbs in document["paths"].values()
           for operation in verbs.values()]  # fmt: skip
    assert len(set(ids)) == len(ids)


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    found = set(references(document))
    assert len(found) > 20
    for reference in found:
        place = document
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]


def test_described_parameters_are_the_accepted_ones(
    document: dict[str, Any], api: httpx.Client
) -> None:
    values = {"integer": "7", "boolean": "true", "string": "x"}
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            url = re.sub(r"\{\w+\}", "999999", path)
            query = [p for p in operation["parameters"] if p["in"] == "query"]
            for parameter in query:
                schema = parameter["schema"]
                if "$ref" in schema:
                    schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
                value = schema.get("enum", [values.get(schema.get("type", "string"), "x")])[0]
                if schema.get("format") == "date-time":
                    value = "2026-01-01"
                if parameter["name"] == "cursor":
                    continue
                answer = api.request(verb, url, params={parameter["name"]: value})
                assert "unknown parameter" not in answer.text, (verb, path, parameter["name"])
            if query:
                answer = api.request(verb, url, params={"unheard_of": "1"}, content=b"[{}]")
                # what is looked up first may not be there either
                assert answer.status_code in (400, 404), (verb, path)


def test_answers_are_as_described(
    document: dict[str, Any],
    api: httpx.Client,
    deploy: Deploy,
    package_of: Callable[..., int],
    tmp_path: Path,
) -> None:
    package = api.get(f"/packages/{package_of('binary')}").json()
    name, version = package["name"], package["version"]
    deployment = deploy("binary", association_id_column="id")
    path = f"/deployments/{deployment['id']}"
    api.put(f"/models/{name}/aliases/openapi", json={"version": version})
    api.post(f"{path}/keys", json={"name": "openapi"})
    row = {"id": "1", "age": 40.0, "income": 50.0}
    predicted = api.post(f"{path}/predictions", json=[row])
    assert predicted.status_code == 200
    api.post(f"{path}/actuals", json=[{"association_id": "1", "value": "yes"}])
    upload = api.post("/uploads").json()
    api.put(f"/uploads/{upload['id']}/files/model.bin", content=b"no model")
    api.post(f"/uploads/{upload['id']}/inspection", json={})
    job = begun(api, upload=upload["id"], file="model.bin")
    at = f"/leaderboards/jobs/{job['id']}"
    until(api, at, ended)  # what it was given is no table
    api.put(f"/uploads/{upload['id']}/files/cells.csv", content=cells(tmp_path).read_bytes())
    job = begun(api, upload=upload["id"], file="cells.csv", time_budget=300.0)
    at = f"/leaderboards/jobs/{job['id']}"
    board = until(api, at, lambda job: job["leaderboard_id"] is not None)["leaderboard_id"]
    until(api, f"/leaderboards/{board}", lambda board: board["models_done"] >= 1)
    api.post(f"/leaderboards/{board}/models/1/unlock")
    known = {
        "name": name, "version": version, "alias": "openapi", "package_id": package["id"],
        "upload_id": upload["id"], "deployment": deployment["label"], "job": job["id"],
        "leaderboard_id": board, "number": 1,
    }  # fmt: skip
    walked = 0
    for path, verbs in document["paths"].items():
        if "get" not in verbs or path.endswith("/{path}") or path == "/openapi.json":
            continue
        answer = api.get(re.sub(r"\{(\w+)\}", lambda m: str(known[m.group(1)]), path))
        assert answer.status_code == 200, path
        content = verbs["get"]["responses"]["200"]["content"]
        if "application/octet-stream" in content:  # a download
            continue
        schema = content["application/json"]["schema"]
        _check(document, schema, answer.json())
        walked += 1
    assert walked >= 10
    assert api.delete(at).status_code == 204
    problem = {"$ref": "#/components/schemas/Problem"}
    _check(document, problem, api.get("/packages/999999").json())
    missing = api.post(f"/deployments/{deployment['id']}/predictions", json=[{"id": "1"}])
    _check(document, problem, missing.json())


def _check(document: dict[str, Any], schema: dict[str, Any], answer: Any) -> None:
    whole = {**schema, "components": document["components"]}
    jsonschema.Draft202012Validator(whole).validate(json.loads(json.dumps(answer)))
