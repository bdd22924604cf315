"""Service health over HTTP: predictions, refusals, a failing model, reports, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Deploy = Callable[..., dict[str, Any]]


def get(api: httpx.Client, deployment: Any, **parameters: Any) -> dict[str, Any]:
    answer = api.get(f"/deployments/{deployment['id']}/health", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ask(api: httpx.Client, deployment: Any, body: Any) -> int:
    return api.post(f"/deployments/{deployment['id']}/predictions", json=body).status_code


def test_predictions_and_refusals_are_counted(api: Any, deploy: Deploy, rows: Any) -> None:
    deployment = deploy("binary")
    found = get(api, deployment)
    assert (found["status"], found["overall"], found["buckets"]) == ("unknown", None, [])
    records = rows(3, 5).to_dict("records")
    for _ in range(9):
        assert ask(api, deployment, records) == 200
    assert ask(api, deployment, [{"age": "not a number"}]) == 422
    found = get(api, deployment, bucket="hour")
    overall = found["overall"]
    counted = {name: overall[name] for name in ("requests", "rows", "client_errors")}
    assert counted == {"requests": 10, "rows": 27, "client_errors": 1}
    assert (overall["server_errors"], found["status"]) == (0, "passing")
    assert sum(bucket["requests"] for bucket in found["buckets"]) == 10
    assert found["last_prediction_at"] is not None
    response, model = overall["response_ms"], overall["model_ms"]
    assert 0 < response["p50"] <= response["p95"] <= response["p99"] <= response["max"]
    assert 0 < model["mean"] < response["mean"] * 10 / 9  # the refused asked no model
    for _ in range(3):
        assert ask(api, deployment, [{}]) == 422
    found = get(api, deployment)
    assert found["status"] == "warning"
    assert "4 of 13 requests were refused" in found["reason"]


def test_a_stranger_s_requests_do_not_count(api: Any, deploy: Deploy, rows: Any) -> None:
    deployment = deploy("binary")
    path = f"/deployments/{deployment['id']}/predictions"
    refused = httpx.post(
        str(api.base_url).rstrip("/") + path,
        json=rows(1, 5).to_dict("records"),
        headers={"Authorization": "Bearer jrk_nobody"},
    )
    assert refused.status_code in (401, 403)
    assert get(api, deployment)["overall"] is None


def test_reports_are_counted_by_their_rows(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external")
    body = [{"association_id": f"r{i}", "prediction": "no"} for i in range(5)]
    answer = api.post(f"/deployments/{deployment['id']}/reports", json=body)
    assert answer.status_code == 200, answer.text
    overall = get(api, deployment)["overall"]
    assert (overall["requests"], overall["rows"], overall["model_ms"]) == (1, 5, {})


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"bucket": "minute"}, "bucket"),
        ({"start": "2026-02-01", "end": "2026-01-01"}, "start"),
        ({"package_id": 999_999}, "package_id"),
    ],
)
def test_what_cannot_be_is_refused(
    api: Any, deploy: Deploy, parameters: dict[str, Any], said: str
) -> None:
    deployment = deploy("binary")
    answer = api.get(f"/deployments/{deployment['id']}/health", params=parameters)
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["fields"]
