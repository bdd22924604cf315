"""Predictions that cannot be had: each told by column and row, and nothing of them recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

Deploy = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def deployment(deploy: Deploy) -> dict[str, Any]:
    return deploy(
        "binary", association_id_column="id", association_id_required=True, store_features=True
    )


@pytest.fixture(scope="module")
def moody(deploy: Deploy) -> dict[str, Any]:
    return deploy("moody")


@pytest.fixture(autouse=True)
def _nothing_is_recorded(sql: Any) -> Iterator[None]:
    before = sql("SELECT count(*) FROM prediction")
    yield
    assert sql("SELECT count(*) FROM prediction") == before


def post(api: httpx.Client, deployment: Any, body: Any, **parameters: Any) -> httpx.Response:
    url = f"/deployments/{deployment['id']}/predictions"
    if isinstance(body, bytes):
        return api.post(url, content=body, params=parameters)
    return api.post(url, json=body, params=parameters)


GOOD = {"id": "a", "age": 40.0, "income": 50.0}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"age": None}, "age"),
        ({"age": "old"}, "age"),
        ({"age": 10**400}, "age"),
    ],
)
def test_values_that_do_not_fit_are_told_by_column_and_row(
    api: Any, deployment: Any, change: Any, column: str
) -> None:
    body = [GOOD | {"id": str(i)} for i in range(5)]
    body[3] |= change
    answer = post(api, deployment, body)
    assert answer.status_code == 422, answer.text
    found = answer.json()
    assert found["type"].endswith(":SignatureMismatch")
    assert (found["fields"]["column"], found["fields"]["row"]) == (column, 3)
    assert column in found["detail"]
    assert "row 3" in found["detail"]


@pytest.mark.parametrize("value", [[1], {"a": 1}, "\ud800"])
def test_values_that_are_none_are_told_so_too(api: Any, deployment: Any, value: Any) -> None:
    body = json.dumps([GOOD, GOOD | {"id": "b", "age": value}]).encode()
    answer = post(api, deployment, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["fields"] == {"column": "age", "row": 1}


def test_a_missing_column_is_named(api: Any, deployment: Any) -> None:
    answer = post(api, deployment, [{"id": "a", "agee": 40.0, "income": 1.0}])
    assert answer.status_code == 422
    assert answer.json()["fields"]["column"] == "age"
    assert answer.json()["fields"]["missing"] == ["age"]


def test_association_ids_that_are_required(api: Any, deployment: Any) -> None:
    answer = post(api, deployment, [{"age": 40.0, "income": 1.0}])
    assert answer.status_code == 422
    assert answer.json()["fields"]["column"] == "id"
    rows = [GOOD, GOOD | {"id": None}, GOOD | {"id": ""}, GOOD | {"id": "x" * 501},
            GOOD | {"id": "nul \0"}]  # fmt: skip
    answer = post(api, deployment, rows)
    assert answer.status_code == 422, answer.text
    refused = answer.json()["fields"]["rejected"]
    assert [item["row"] for item in refused] == [1, 2, 3, 4]
    assert answer.json()["fields"]["n_rejected"] == 4


@pytest.mark.parametrize("when", ["yesterday", None, "1815-06-18", "9999-01-01", 1e300, True])
def test_times_that_cannot_be(api: Any, deployment: Any, when: Any) -> None:
    body = [GOOD | {"when": "2026-01-01"}, GOOD | {"id": "b", "when": when}]
    answer = post(api, deployment, body, timestamp_column="when")
    assert answer.status_code == 422, answer.text
    assert [item["row"] for item in answer.json()["fields"]["rejected"]] == [1]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"timestamp_column": "none"}, "timestamp_column"),
        ({"association_id_column": "none"}, "association_id_column"),
        ({"passthrough": "age,none"}, "passthrough"),
        ({"passthrough": "prediction"}, "passthrough"),
        ({"passthroug": "age"}, "passthroug"),
    ],
)
def test_columns_named_that_are_not_there(
    api: Any, deployment: Any, parameters: Any, field: str
) -> None:
    answer = post(api, deployment, [GOOD | {"prediction": 1}], **parameters)
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["fields"]


def test_a_value_the_model_cannot_take_is_told_by_row(api: Any, moody: Any) -> None:
    answer = post(api, moody, [{"x": 1.0}, {"x": 2.0}, {"x": -1.0}, {"x": 3.0}])
    assert answer.status_code == 422, answer.text
    found = answer.json()
    assert found["type"].endswith(":ModelRejectedInput")
    assert found["fields"]["row"] == 2
    assert "a negative number" in found["fields"]["traceback"]


def test_a_model_that_answers_no_number_is_the_servers_failure(api: Any, moody: Any) -> None:
    answer = post(api, moody, [{"x": 1.0}, {"x": 13.0}])
    assert answer.status_code == 500, answer.text
    assert answer.json()["type"].endswith(":ModelFailed")
    assert answer.json()["fields"]["row"] == 1


def test_an_external_model_is_not_asked_here(api: Any, deploy: Deploy) -> None:
    external = deploy("external")
    answer = post(api, external, [{"x": 1.0}])
    assert answer.status_code == 409
    found = answer.json()
    assert found["type"].endswith(":PredictsElsewhere")
    assert f"deployments/{external['id']}/reports" in found["advice"]
    assert "Reporter" in found["advice"]


def test_what_is_no_table_at_all(api: Any, moody: Any) -> None:
    url = f"/deployments/{moody['id']}/predictions"
    assert post(api, moody, b"").status_code == 400
    for body, kind, status in (
        (b"{", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b"[1, 2]", "application/json", 400),
        (b"\xff\xfe", "text/csv", 400),
        (b"PAR1", "application/vnd.apache.parquet", 400),
        (b"\xff\xff\xff\xff\x00", "application/vnd.apache.arrow.stream", 400),
        (b"x\n1", "application/xml", 415),
        (b"x\n1", "text/csv; charset=klingon", 415),
    ):
        answer = api.post(url, content=body, headers={"Content-Type": kind})
        assert answer.status_code == status, (body, kind, answer.text)
        assert answer.json()["advice"]
