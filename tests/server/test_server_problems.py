"""Problem documents: one shape, and a status chosen on purpose for every class."""

from __future__ import annotations

import inspect
import json
import socket
from typing import Any

import httpx
import pytest
from tornado.web import HTTPError

from jupyter_registry.domain import errors
from jupyter_registry.domain.errors import RegistryError
from jupyter_registry.server import problems

CLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, RegistryError) and kind not in (RegistryError, errors.SpoolFull)
]


@pytest.mark.parametrize("kind", CLASSES)
def test_no_class_is_a_500_by_accident(kind: type[RegistryError]) -> None:
    status = problems.status_of(kind("it"))
    assert 400 <= status < 500 or status in (503, 504)
    assert kind.title != RegistryError.title


@pytest.mark.parametrize("kind", [*CLASSES, RegistryError])
def test_the_document_tells_all_that_the_exception_carries(kind: type[RegistryError]) -> None:
    error = kind("What.", advice="Do that.", fields={"column": "age", "row": 3})
    status = problems.status_of(error)
    assert json.loads(problems.document(error, status)) == {
        "type": f"urn:jupyter-registry:{kind.__name__}",
        "title": kind.title,
        "status": status,
        "detail": "What.",
        "advice": "Do that.",
        "fields": {"column": "age", "row": 3},
    }


def test_whatever_the_fields_hold_the_document_is_json() -> None:
    held = {"nan": float("nan"), "surrogate": "\ud800", "set": {1}, "nested": [float("inf")]}
    text = problems.document(errors.InvalidInput("lone \udfff", fields=held), 400)
    found = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert found["fields"]["nan"] == "nan"
    assert set(found["fields"]) == set(held)


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (HTTPError(404, "Nothing at /a%20b"), "Nothing at /a%20b."),
        (HTTPError(400, "Invalid unicode in %s: %r", "name", b"\xff"), "name: b'\\xff'."),
        (HTTPError(403), "Not authorised."),
        (HTTPError(418, reason="Teapot"), "Teapot."),
    ],
)
def test_errors_of_tornado_get_the_same_shape(error: HTTPError, detail: str) -> None:
    told = problems.error_of(error, error.status_code)
    assert told.detail.endswith(detail)


def test_what_nobody_expected_is_not_told() -> None:
    told = problems.error_of(ValueError("password"), 500)
    assert "password" not in problems.document(told, 500).decode()
    assert told.advice


def check(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert set(found) == {"type", "title", "status", "detail", "advice", "fields"}
    assert found["type"] == f"urn:jupyter-registry:{kind}"
    return found


def test_bodies_that_cannot_be_read(api: httpx.Client) -> None:
    for body in (b"{", b"\xff", b"[1]", b'"text"', b"null"):
        found = check(api.post("/deployments", content=body), 400, "InvalidInput")
        assert found["advice"]
    found = check(api.post("/deployments", content=b"{}"), 400, "InvalidInput")
    assert found["fields"] == {"package_id": "missing", "label": "missing"}
    found = check(api.post("/deployments", json={"package_id": 1, "label": "x", "lable": 1}), 400,
                  "InvalidInput")  # fmt: skip
    assert found["fields"] == {"lable": "unknown field"}


def test_a_body_in_a_path_that_is_no_text(api: httpx.Client) -> None:
    check(api.get("/models/%ff"), 400, "InvalidInput")
    check(api.get("/models/a%00b"), 400, "InvalidInput")


def test_a_body_over_the_limit_is_told_so(api: httpx.Client, server: Any) -> None:
    path = "/deployments/nowhere/reports"
    found = check(api.post(path, content=b"x" * 20_000_001), 413, "TooLarge")
    assert found["fields"] == {"limit": 20_000_000}
    # of unknown length: told when it becomes too large
    pieces = (b"x" * 1_000_000 for _ in range(20))
    assert api.post(path, content=pieces).status_code == 404
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(
            f"POST /some/prefix/jupyter-registry/api/v1{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: token {server.token}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        raw.sendall(b"1400000\r\n" + b"x" * 0x1400000)  # 20,971,520 bytes, then no more
        raw.settimeout(10)
        answer = raw.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"Connection: close" in answer
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(
            f"POST /some/prefix/jupyter-registry/api/v1{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: token {server.token}\r\nContent-Length: {10**12}\r\n\r\n".encode()
        )
        raw.settimeout(10)
        answer = raw.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"urn:jupyter-registry:TooLarge" in answer
        assert raw.recv(65536) == b""  # and nothing after it
