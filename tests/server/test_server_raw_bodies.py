"""Bodies that reach `read_input_data` of a custom.py as they were sent, and what is recorded."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment

#: What is predicted tells which bytes were read: their CRC-32.
CODE = """
import io
import json
import zlib

import pandas as pd


def load_model(code_dir):
    return None


def read_input_data(input_binary_data, mimetype, charset=None):
    if mimetype == "text/csv":
        file = io.BytesIO(input_binary_data)
        sep = ";" if b";" in input_binary_data else ","
        data = pd.read_csv(file, sep=sep, encoding=charset or "utf-8")
    elif mimetype == "application/json":
        document = json.loads(input_binary_data)
        data = pd.DataFrame(document if isinstance(document, list) else document["of"]["rows"])
    elif mimetype == "application/x-numbers":
        data = pd.DataFrame({"x": [float(number) for number in input_binary_data.split()]})
    else:
        raise ValueError(f"what is {mimetype}?")
    data = data[data["x"] != 404]
    return data.assign(sent=float(zlib.crc32(input_binary_data)))


def score(data, model):
    return data["sent"]
"""
CSV, JSON, NUMBERS = "text/csv", "application/json", "application/x-numbers"
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def reading(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package: with a baseline, so that inputs are tracked."""
    folder: Path = tmp_path_factory.mktemp("reading")
    (folder / "custom.py").write_text(CODE)
    rows = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 3.0, 4.0]})
    return registry.register(
        "reading", folder, target="y", target_type="regression", training=rows, progress=False
    )


@pytest.fixture
def deployment(reading: Any, name: str) -> Deployment:
    made: Deployment = reading.deploy(
        name, association_id_column="id", segment_columns=["x"], store_features=True
    )
    return made


@pytest.fixture
def ask(api: httpx.Client, deployment: Deployment) -> Ask:
    def asked(body: bytes, kind: str | None, **query: str) -> httpx.Response:
        headers = {} if kind is None else {"Content-Type": kind}
        url = f"/deployments/{deployment.id}/predictions"
        return api.post(url, content=body, headers=headers, params=query)

    return asked


def predicted(answer: httpx.Response) -> list[float]:
    assert answer.status_code == 200, answer.text
    return [row["prediction"] for row in answer.json()["data"]]


def of(body: bytes, n: int) -> list[float]:
    return [float(zlib.crc32(body))] * n


def test_rows_reach_the_hook_as_they_were_sent(
    ask: Ask, deployment: Deployment, sql: Callable[..., Any]
) -> None:
    body = b'id,"x",more\r\na, 1.50,"left, out"\r\nb,2e0,\r\n'
    answer = ask(body, CSV)
    assert predicted(answer) == of(body, 2)
    assert [row["association_id"] for row in answer.json()["data"]] == ["a", "b"]
    latin = "id,x,\u00e5\nc,3,\u00e5\n".encode("latin-1")
    assert predicted(ask(latin, "text/csv; charset=latin-1", passthrough="\u00e5")) == of(latin, 1)
    document = b'[ {"x": 1.0,\n "id": "d"} ]'
    assert predicted(ask(document, JSON)) == of(document, 1)
    # tied to what happens later, and tracked, as all rows are
    done = deployment.actuals(
        {"id": list("abcd"), "y": [1.0, 2.0, 3.0, 4.0]},
        association_id_column="id", value_column="y", progress=False,
    )  # fmt: skip
    assert done.matched == 4
    stored = sql("SELECT features FROM prediction WHERE deployment_id = ?", deployment.id)
    assert sorted(stored) == [('{"x":1.0}',), ('{"x":1.5}',), ('{"x":2.0}',), ('{"x":3.0}',)]
    assert set(deployment.segments("x").values("x")) == {"1", "1.5", "2", "3"}


def test_what_is_no_table_is_the_hooks_to_read(ask: Ask, deployment: Deployment) -> None:
    for body, kind, n in (
        (b"id;x\na;1\nb;2\n", CSV, 2),
        (b'{"of": {"rows": [{"x": 1}]}}', JSON, 1),
        (b"1 2\n3", NUMBERS, 3),
    ):
        answer = ask(body, kind)
        assert predicted(answer) == of(body, n)
        assert {row["association_id"] for row in answer.json()["data"]} == {None}
    assert predicted(ask(b" ", NUMBERS)) == []
    many = b"1 " * 20_000
    assert predicted(ask(many, NUMBERS)) == of(many, 20_000)
    assert deployment.refresh().rows_predicted == 20_006
    assert set(deployment.segments("x").values("x")) == {"(missing)"}
    health = deployment.health()
    assert health.overall.rows == 20_006


def test_what_cannot_be_read_or_tied_is_refused_and_nothing_is_recorded(
    ask: Ask, deployment: Deployment, api: httpx.Client
) -> None:
    for body, kind, status, told in (
        (b"\x89PNG", "image/png", 422, "what is image/png?"),
        (b"{", JSON, 422, "JSONDecodeError"),
        (b"[1]", "application/x-numbers", 422, "of the type application/x-numbers"),
        (b'[{"x": 404, "id": "a"}]', JSON, 500, "it was given 1 rows as application/json"),
        (b"", CSV, 400, "empty"),
        (b"id,x\na,1\nb,404\n", CSV, 500, "it was given 2 rows"),
        (b"id,x\na,one\n", CSV, 422, "'one'"),
    ):
        answer = ask(body, kind)
        assert (answer.status_code, told in answer.text) == (status, True), answer.text
    for query in ({"timestamp_column": "at"}, {"passthrough": "x"}, {"association_id_column": "i"}):
        assert ask(b"1 2", NUMBERS, **query).status_code == 400
    api.patch(f"/deployments/{deployment.id}", json={"association_id_required": True})
    refused = ask(b"1 2", NUMBERS)
    assert refused.json()["type"].endswith(":InvalidRows")
    assert deployment.refresh().rows_predicted == 0


def test_requests_at_once_are_each_read_alone(ask: Ask, deployment: Deployment) -> None:
    bodies = [f"id,x\na{n},{n}\nb{n},{n}\n".encode() for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda body: predicted(ask(body, CSV)), bodies))
    assert answers == [of(body, 2) for body in bodies]
    assert deployment.refresh().rows_predicted == 80
    # rows in no body of their own are a CSV file that is made of them
    told = deployment.predict({"x": [1.0, 2.5], "id": ["a", "b"]}, progress=False)
    assert list(told["prediction"]) == of(b"x\n1.0\n2.5\n", 2)
