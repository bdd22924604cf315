"""The API as an OpenAPI 3.1 document, made from the routes and the entities' classes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import EnumType
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from .. import __version__
from ..domain import entities, kinds
from .handlers.base import API
from .problems import PROBLEM_JSON, STATUS
from .routes import ROUTES, Operation, Route
from .tabular import READS, WRITES

_REF = "#/components/schemas/{model}"
_ROWS: dict[str, Any] = {
    "description": "A list of records, one record, or pandas' split form.",
    "oneOf": [
        {"type": "array", "items": {"type": "object"}},
        {"type": "object"},
    ],
}
_ANSWERED_ROWS: dict[str, Any] = {
    "type": "object",
    "properties": {"data": {"type": "array", "items": {"type": "object"}}},
    "required": ["data"],
}
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}

_ANYTHING: dict[str, Any] = {"*/*": {"schema": {}}}


def document(base_url: str) -> dict[str, Any]:
    """The document for a server under a base URL."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jupyter Registry",
            "version": __version__,
            "description": "Model packages, deployments, predictions, actuals and accuracy.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": f"{base_url}{API}"}],
        "security": [{"token": []}],
        "paths": {
            route.path.replace("*}", "}"): {
                verb.lower(): _operation(route, verb, operation)
                for verb, operation in route.operations.items()
            }
            for route in ROUTES
        },
        "components": {
            "schemas": _schemas(),
            "responses": {
                "Problem": {
                    "description": "What went wrong, and what to do about it",
                    "content": {PROBLEM_JSON: {"schema": {"$ref": _REF.format(model="Problem")}}},
                }
            },
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "The Jupyter server's token: `token …`.",
                },
                "predictionKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A prediction key of the deployment: `jrk_…`.",
                },
            },
        },
    }


def _operation(route: Route, verb: str, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{verb.lower()}{_in_words(route.path)}",
        "summary": operation.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(operation)],
        "responses": {
            str(operation.status): _success(operation),
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    body = _body(operation)
    if body is not None:
        described["requestBody"] = {"required": True, "content": body}
    if route.handler.open_to_keys:
        described["security"] = [{"token": []}, {"predictionKey": []}]
    return described


def _in_words(path: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[^a-z]+", path) if part)


def _path_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\*?\}", route.path):
        whole = name in ("package_id", "key_id", "leaderboard_id", "number")
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if whole else "string"},
        }


def _query_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    for name, parameter in operation.parameters.items():
        schema: Any = dict(parameter.schema)
        if parameter.repeated:
            schema = {"type": "array", "items": schema}
        described = {"name": name, "in": "query", "required": False, "schema": schema}
        if parameter.description:
            described["description"] = parameter.description
        yield described


def _success(operation: Operation) -> dict[str, Any]:
    if operation.status == 204:
        return {"description": "Done"}
    content: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
    if operation.gives_anything:
        content = _ANYTHING
    elif operation.gives_bytes:
        content = _BYTES
    elif operation.gives_rows:
        content = {kind: {} for kind in WRITES}
        content["application/json"] = {"schema": _ANSWERED_ROWS}
    elif operation.answer is not None:
        content = {"application/json": {"schema": _schema_of(operation.answer)}}
    return {"description": "Made" if operation.status == 201 else "Done", "content": content}


def _body(operation: Operation) -> dict[str, Any] | None:
    if operation.takes_anything:
        return _ANYTHING
    if operation.takes_bytes:
        return _BYTES
    if operation.takes_rows:
        content: dict[str, Any] = {kind: {} for kind in READS}
        content["application/json"] = {"schema": _ROWS}
        return content
    if operation.body is not None:
        return {"application/json": {"schema": _schema_of(operation.body)}}
    return None


def _schema_of(answer: str) -> dict[str, Any]:
    if answer.startswith("["):
        return {"type": "array", "items": _schema_of(answer.strip("[]"))}
    return {"$ref": _REF.format(model=answer)}


def _schemas() -> dict[str, Any]:
    """The schemas of all entities that the routes name, and of what those refer to."""
    wanted: list[Any] = [(entities.Problem, "serialization")]
    names = {entities.Problem.__name__}
    for route in ROUTES:
        for operation in route.operations.values():
            for given, mode in (
                (operation.body, "validation"),
                (operation.answer, "serialization"),
            ):
                name = (given or "").strip("[]")
                if name and name not in names:
                    names.add(name)
                    wanted.append((getattr(entities, name), mode))
    _, definitions = models_json_schema(wanted, ref_template=_REF)
    schemas: dict[str, Any] = definitions["$defs"]
    for kind in vars(kinds).values():
        if isinstance(kind, EnumType) and kind.__module__ == kinds.__name__:
            schemas.setdefault(kind.__name__, TypeAdapter(kind).json_schema())
    schemas["Problem"]["description"] = "Classes and statuses: " + ", ".join(
        f"{error.__name__} {status}" for error, status in STATUS.items()
    )
    return schemas
