"""Whatever is sent, nothing is answered with a failure of the server.

Each place is sent some of the values, other places other ones, so that each value is sent to many;
with JUPYTER_REGISTRY_FUZZ=all in the environment, each place is sent them all.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any
from urllib.parse import quote
from zlib import crc32

import httpx
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.domain import entities
from jupyter_registry.server.routes import ROUTES
from jupyter_registry.training.http_sink import HttpSink
from tests.board_samples import board_body, failed_body, model_body

Deploy = Callable[..., dict[str, Any]]

OPERATIONS = [
    pytest.param(route, verb, operation, id=f"{verb} {route.path}")
    for route in ROUTES
    for verb, operation in route.operations.items()
]
#: Paths and queries.
TEXTS = ["", " ", "0", "-1", "9" * 30, "9" * 5000, "1e5", "\0", "a\0b", "ü" * 300, "../..", "%",
         "null", "latest", "'; DROP TABLE package; --", "\U0001f600", "x" * 3000, "true", "-0",
         "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00", "a:b",
         "eyJhIjoxfQ", "W10", "WzEsMl0", "[]", ","]  # fmt: skip
#: In place of any field of a body.
VALUES: list[Any] = [None, True, -1, 2**31, 2**63, 10**400, 1.5, 1e308, "", "\0", "x" * 30_000, [],
                     [[]], {}, {"": ""}, [None], ["\0"], {"a": {"b": [1]}}, "1", [{"name": 1}],
                     ["a", "a"], {"\0": "\0"}]  # fmt: skip
RAW = [b"", b"{", b"null", b"[]", b"{}", b"1", b'"\\ud800"', b"\xff\xfe\x00", b"[" * 100_000,
       b'{"a":' * 50_000, b'{"label":"\\ud800","package_id":1}', b"NaN", b"[NaN]", b'[{"x":NaN}]',
       b'[{"x":1e999}]', b'{"columns":["a","a"],"data":[[1,2]]}', b'{"columns":1,"data":2}',
       b'{"columns":["a"],"data":[[1,2]]}', b"a,b\n1", b"a,a\n1,2", b"\n\n", b'"', b"PAR1PAR1",
       b"ARROW1\0\0", b"\xff\xff\xff\xff" * 5, b'[{"association_id":"\\ud800"}]',
       b'[{"\\ud800":1}]', b'[{"":1}]', b"[{}]", b'[{"a":[1]}]',
       json.dumps([{"association_id": 10**400, "prediction": 10**400}]).encode(),
       b'[{"association_id":1e400,"value":1e400}]', b"--x\r\nContent-Disposition: f"]  # fmt: skip
TYPES = ["application/json", "text/csv", "text/csv; charset=utf-16", "application/x-parquet",
         "application/vnd.apache.arrow.stream", "multipart/form-data", "", "x" * 500, "text/csv;;=",
         "application/x-www-form-urlencoded", "application/json; charset=idna"]  # fmt: skip

#: One of so many values is sent to a place.
SPARING = 1 if os.environ.get("JUPYTER_REGISTRY_FUZZ") == "all" else 4


def some(values: Sequence[Any], *place: object) -> Sequence[Any]:
    """What is sent to a place: always the same, there."""
    return values[crc32(repr(place).encode()) % SPARING :: SPARING]


@pytest.fixture(scope="module")
def known(
    api: httpx.Client,
    deploy: Deploy,
    package_of: Callable[..., int],
    registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    package = api.get(f"/packages/{package_of('moody')}").json()
    api.put(f"/models/{package['name']}/aliases/fuzz", json={"version": 1})
    sink = HttpSink(registry)
    sink.begin(board_body("fuzz"))
    sink.model(*model_body("linear", tmp_path_factory.mktemp("model")))
    return {
        "leaderboard_id": sink.id, "number": 1, "job": "0",
        "name": package["name"], "version": 1, "alias": "fuzz", "package_id": package["id"],
        "upload_id": api.post("/uploads").json()["id"], "path": "a", "key_id": 1,
        "deployment": deploy("moody")["id"],
    }  # fmt: skip


def address(path: str, values: dict[str, Any]) -> str:
    def part(found: re.Match[str]) -> str:
        return quote(str(values[found.group(1)]), safe="") or "%20"

    return re.sub(r"\{(\w+)\*?\}", part, path)


def check(answer: httpx.Response, sent: Any) -> None:
    if answer.status_code == 500 and answer.json()["type"].endswith(":ModelFailed"):
        return  # no number came from the model: of an infinity, it may say infinity
    assert answer.status_code < 500, (str(sent)[:200], answer.text[:2000])
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert answer.headers["Content-Type"] == "application/problem+json", str(sent)[:200]
        json.loads(answer.content, parse_constant=lambda name: pytest.fail(f"{name}: {sent}"))


@pytest.mark.parametrize(("route", "verb", "operation"), OPERATIONS)
def test_any_text_in_path_and_query(
    api: httpx.Client, known: Any, route: Any, verb: str, operation: Any
) -> None:
    for name in re.findall(r"\{(\w+)\*?\}", route.path):
        for text in some(TEXTS, verb, route.path, name):
            answer = api.request(verb, address(route.path, known | {name: text}), content=b"{}")
            check(answer, (name, text))
    if verb == "DELETE":
        return
    for name in [*operation.parameters, "token", "unheard-of"]:
        for text in some(TEXTS, verb, route.path, "query", name):
            url = f"{address(route.path, known)}?{name}={quote(text, safe='')}"
            check(api.request(verb, url, content=b'[{"x":1}]'), (name, text))
        for raw in some(("%ff", "%ed%a0%80", f"a&{name}=b", "%"), verb, route.path, name):
            url = f"{address(route.path, known)}?{name}={raw}"
            check(api.request(verb, url, content=b'[{"x":1}]'), (name, raw))


@pytest.mark.parametrize(("route", "verb", "operation"), OPERATIONS)
def test_any_bytes_as_a_body(
    api: httpx.Client, known: Any, route: Any, verb: str, operation: Any
) -> None:
    if not (operation.body or operation.takes_rows or operation.takes_bytes):
        return
    url = address(route.path, known)
    kinds = TYPES if operation.takes_rows else TYPES[:1]
    for raw, kind in some(list(product(RAW, kinds)), verb, route.path):
        check(api.request(verb, url, content=raw, headers={"Content-Type": kind}), (raw, kind))
    for headers in ({"X-Content-SHA256": "ü".encode()}, {"Accept": "a;q=x,,;,/"},
                    {"Accept": b"\xff"}, {"Content-Encoding": "gzip"}):  # fmt: skip
        check(api.request(verb, url, content=b'[{"x":1}]', headers=headers), headers)


def bodies(operation: Any, good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    entity = getattr(entities, operation.body)
    for field in entity.model_fields:
        for value in some(VALUES, operation.body, field):
            yield good | {field: value}


@pytest.mark.parametrize(
    ("route", "verb", "operation"), [p for p in OPERATIONS if p.values[2].body is not None]
)
def test_any_value_in_any_field(
    api: httpx.Client, known: Any, route: Any, verb: str, operation: Any, deploy: Deploy, name: str
) -> None:
    binary = {"target_name": "y", "target_type": "binary", "class_labels": ["a", "b"]}
    external = api.post("/packages", json=binary | {"name": name, "kind": "external"}).json()
    deployment = deploy(package_id=external["id"])
    own = {"deployment": deployment["id"], "name": name, "package_id": external["id"]}
    good: dict[str, Any] = {
        "PackageCreate": binary | {"name": name, "kind": "external"},
        "DeploymentCreate": {"package_id": external["id"], "label": f"{name} label"},
        "ReplacementCreate": {"package_id": external["id"]},
        "AliasSet": {"version": 1},
        "LeaderboardCreate": board_body(name),
        "BoardModelCreate": failed_body(),
        "BoardDeploymentCreate": {"label": f"{name} label"},
        "BoardReplacementCreate": {"deployment": f"{name} nowhere"},
        "LeaderboardJobCreate": {"target_name": "y", "contents": "nowhere.csv"},
    }.get(operation.body, {})
    url = address(route.path, known | own)
    for body in bodies(operation, good):
        text = json.dumps(body).encode()
        check(api.request(verb, url, content=text), body)
        if verb == "PATCH" and "state" in body:
            api.patch(url, json={"state": "active"})


ROWS: list[Any] = [None, True, -1, 2**63, 10**400, 1e308, "", "\0", "x" * 3000, "\U0001f600", "1",
                   "nan", "2026-01-01", "yes", "NaT", -1e-320]  # fmt: skip


@pytest.mark.parametrize("kind", ["moody", "external", "binary", "multiclass"])
def test_any_value_in_any_column(api: httpx.Client, deploy: Deploy, kind: str) -> None:
    deployment = deploy(kind, association_id_column="id", store_features=True)
    good = {
        "id": "a", "x": 1.0, "age": 1.0, "income": 1.0, "timestamp": "2026-01-01", "value": "yes",
        "prediction": "yes", "probability": 0.5, "latency_ms": 1,
    }  # fmt: skip
    for verb in ("predictions", "reports", "actuals"):
        url = f"/deployments/{deployment['id']}/{verb}"
        for column in good:
            for value in some(ROWS, kind, verb, column):
                if column == "x" and isinstance(value, int | float) and value < 0:
                    continue  # which the model itself refuses
                parameters = {"timestamp_column": "timestamp"}
                body = json.dumps([good, good | {"id": "b", column: value}])
                check(api.post(url, content=body, params=parameters), (verb, column, value))
                row = ",".join(str(v) for v in (good | {column: value}).values())
                body = ",".join(good) + "\n" + row.replace("\0", "")
                headers = {"Content-Type": "text/csv"}
                check(api.post(url, content=body.encode(), headers=headers), (verb, column, value))
