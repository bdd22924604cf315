"""Lists of deployments: sorted, paged, counted, with the status that the card of each shows."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.domain import accuracy_status, deployment_status

from .conftest import visits

Deploy = Callable[..., dict[str, Any]]
RANK = ["low", "moderate", "high", "critical"]


def page(api: httpx.Client, **query: Any) -> dict[str, Any]:
    answer = api.get("/deployments", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def labels(found: dict[str, Any]) -> list[str]:
    return [item["label"] for item in found["items"]]


@pytest.fixture
def several(deploy: Deploy, name: str) -> list[dict[str, Any]]:
    """Seven deployments that a word in their labels finds."""
    return [
        deploy("external" if n % 2 else "binary", label=f"{letter} {name}.", importance=importance)
        for n, (letter, importance) in enumerate(
            zip(
                "gbfcead",
                ["low", "critical", "high", "moderate", "high", "low", "low"],
                strict=True,
            )
        )
    ]


def test_sorts(api: httpx.Client, several: list[dict[str, Any]], name: str) -> None:
    keys: dict[str, Callable[[dict[str, Any]], Any]] = {
        "label": lambda d: (d["label"], d["id"]),
        "created_at": lambda d: (d["created_at"], d["id"]),
        "importance": lambda d: (RANK.index(d["importance"]), d["created_at"], d["id"]),
        "champion": lambda d: (d["package"], d["id"]),
    }
    for (sort, key), sign in itertools.product(keys.items(), ("", "-")):
        expected = [d["label"] for d in sorted(several, key=key, reverse=bool(sign))]
        query = {"q": f"{name}.", "sort": sign + sort}
        assert labels(page(api, **query)) == expected, query
        found, cursor = [], None
        for _ in range(4):
            part = page(api, **query, limit=2, **({"cursor": cursor} if cursor else {}))
            found += labels(part)
            cursor = part["next_cursor"]
        assert found == expected, query
        assert cursor is None
    assert labels(page(api, q=f"{name}.")) == [d["label"] for d in reversed(several)]


def test_items_left_out_and_counted(api: httpx.Client, several: Any, name: str) -> None:
    query = {"q": f"{name}.", "sort": "label", "limit": 3}
    whole = sorted(d["label"] for d in several)
    first = page(api, **query, total=True)
    assert (first["total"], labels(first)) == (7, whole[:3])
    assert page(api, **query)["total"] is None
    assert labels(page(api, **query, offset=5)) == whole[5:]
    assert labels(page(api, **query, offset=50)) == []
    after = page(api, **query, cursor=first["next_cursor"], offset=2, total=True)
    assert (after["total"], labels(after)) == (7, whole[5:])
    assert after["next_cursor"] is None
    only = page(api, **query, service="unknown", cursor=first["next_cursor"], total=True)
    assert (only["total"], labels(only)) == (7, whole[3:6])
    assert labels(page(api, **query, service="unknown", cursor=only["next_cursor"])) == whole[6:]
    none = page(api, **query, service="failing", total=True)
    assert (none["total"], none["items"], none["next_cursor"]) == (0, [], None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "colour"}, "sort"),
        ({"sort": ""}, "sort"),
        ({"offset": -1}, "offset"),
        ({"offset": "x"}, "offset"),
        ({"offset": 2**31}, "offset"),
        ({"total": "maybe"}, "total"),
        ({"status": "perhaps"}, "status"),
        ({"service": "good"}, "service"),
        ({"drift": ""}, "drift"),
        ({"accuracy": "PASSING"}, "accuracy"),
        ({"cursor": "WyJsYWJlbCIsImEiLDFd", "sort": "-label"}, "cursor"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_what_cannot_be_asked(api: httpx.Client, query: dict[str, Any], field: str) -> None:
    answer = api.get("/deployments", params=query)
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["fields"]
    assert answer.json()["advice"]


def test_packages_refuse_the_same(api: httpx.Client, package_of: Callable[..., int]) -> None:
    for query, field in (
        ({"offset": -1}, "offset"),
        ({"latest": "all"}, "latest"),
        ({"latest": True, "archived": True}, "latest"),
        ({"total": "x"}, "total"),
    ):
        answer = api.get("/packages", params=query)
        assert answer.status_code == 400, answer.text
        assert field in answer.json()["fields"]
    package_of("binary")
    found = api.get("/packages", params={"latest": True, "total": True, "limit": 1}).json()
    assert found["total"] >= len(found["items"]) == 1
    whole = api.get("/packages", params={"archived": "any", "total": True, "limit": 1}).json()
    assert whole["total"] >= found["total"]


def actuals(rows: Any, values: Any) -> list[dict[str, Any]]:
    return [{"association_id": i, "value": v} for i, v in zip(rows["id"], values, strict=True)]


# --- status -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived(
    api: httpx.Client, deploy: Deploy, package_of: Callable[..., int]
) -> list[dict[str, Any]]:
    """Deployments with every sort of past: good, drifted, failing, replaced, reported to, new."""
    now = datetime.now(UTC)

    def send(made: dict[str, Any], rows: int, kind: str, seed: int, **changed: Any) -> None:
        data = visits(rows, seed)
        features = ["age"] if kind == "regression" else ["age", "income"]
        sent = data[features].assign(**changed, id=[f"{made['label']}{i}" for i in range(rows)])
        sent["at"] = [(now - timedelta(days=int(i) % 9)).isoformat() for i in range(rows)]
        path = f"/deployments/{made['id']}"
        answer = api.post(
            f"{path}/predictions", json=sent.to_dict("records"), params={"timestamp_column": "at"}
        )
        assert answer.status_code == 200, answer.text
        target = {"binary": "left", "multiclass": "grade", "regression": "income"}[kind]
        assert api.post(f"{path}/actuals", json=actuals(sent, data[target])).status_code == 200

    made = []
    for kind in ("binary", "multiclass", "regression"):
        good, moved, few = (deploy(kind, association_id_column="id") for _ in range(3))
        send(good, 300, kind, seed=0)  # what it was trained on
        send(moved, 400, kind, seed=1, age=95.0)
        send(few, 20, kind, seed=2)
        made += [good, moved, few]
    failing = deploy("moody")
    for x in (1.0, 13.0, 13.0):  # of 13 it makes NaN
        api.post(f"/deployments/{failing['id']}/predictions", json=[{"x": x}])
    replaced = deploy("binary", association_id_column="id")
    send(replaced, 300, "binary", seed=3)
    other = {"package_id": package_of("binary", 1)}
    assert api.post(f"/deployments/{replaced['id']}/replacements", json=other).status_code == 200
    reported = deploy("external")
    rows = [{"association_id": f"{i}", "probability": i / 150} for i in range(150)]
    assert api.post(f"/deployments/{reported['id']}/reports", json=rows).status_code == 200
    refused = deploy("external")
    for _ in range(3):
        api.post(f"/deployments/{refused['id']}/reports", json=[{"association_id": "1"}])
    return [*made, failing, replaced, reported, refused, deploy("binary")]


def lights(registry: Registry, deployment_id: int) -> dict[str, dict[str, str]]:
    """The same judged from the three readings of the whole."""
    deployment = registry.deployment(deployment_id)
    health = deployment.health(start=deployment_status.service_since(datetime.now(UTC)))
    overall = deployment.accuracy(package=deployment.package_id).overall
    drift = deployment.drift()
    judged = {
        "service": deployment_status.service(health.status, health.reason),
        "drift": (drift.status, drift.reason),
        "accuracy": accuracy_status.judged(
            deployment.target_type, overall.metrics if overall is not None else {}
        ),
    }
    return {
        name: {"status": status.value, "reason": reason}
        for name, (status, reason) in judged.items()
    }


def test_status_is_what_the_readings_say(
    api: httpx.Client, registry: Registry, lived: list[dict[str, Any]]
) -> None:
    known = {item["id"]: item for item in page(api, status=True, limit=1000)["items"]}
    seen = set()
    for made in lived:
        expected = lights(registry, made["id"])
        assert known[made["id"]]["status"] == expected, made
        one = api.get(f"/deployments/{made['label']}/status").json()
        assert one == {
            "status": expected, "predictions_by_day": known[made["id"]]["predictions_by_day"]
        }  # fmt: skip
        seen |= {(name, judged["status"]) for name, judged in expected.items()}
    assert {("accuracy", s) for s in ("passing", "failing", "unknown")} <= seen
    assert {("drift", s) for s in ("passing", "failing", "unknown")} <= seen
    assert {("service", s) for s in ("passing", "warning", "failing", "unknown")} <= seen
    assert "status" not in page(api, limit=1)["items"][0]
    assert api.get("/deployments/nowhere/status").status_code == 404


def test_predictions_by_day(api: httpx.Client, lived: list[dict[str, Any]]) -> None:
    known = {item["id"]: item for item in page(api, status=True, limit=1000)["items"]}
    # rows 0, 9, 18 … were for today, 1, 10 … for yesterday, and so on for nine days
    expected = [len(range(ago, 300, 9)) for ago in reversed(range(7))]
    assert known[lived[0]["id"]]["predictions_by_day"] == expected
    assert known[lived[-1]["id"]]["predictions_by_day"] == [0] * 7
    assert known[lived[10]["id"]]["predictions_by_day"] == expected  # by the package before


def test_status_follows_what_happens(api: httpx.Client, registry: Registry, deploy: Deploy) -> None:
    made = deploy("binary", association_id_column="id")
    path = f"/deployments/{made['id']}"
    for batch in range(4):
        assert api.get(f"{path}/status").json()["status"] == lights(registry, made["id"])
        rows = visits(60, batch)
        rows["id"] = [f"{batch}-{i}" for i in range(60)]
        sent = rows[["age", "income", "id"]].to_dict("records")
        assert api.post(f"{path}/predictions", json=sent).status_code == 200
        assert api.get(f"{path}/status").json()["status"] == lights(registry, made["id"])
        actual = [
            {"association_id": i, "value": v} for i, v in zip(rows["id"], rows["left"], strict=True)
        ]
        assert api.post(f"{path}/actuals", json=actual).status_code == 200
        assert api.get(f"{path}/status").json()["predictions_by_day"][-1] == 60 * (batch + 1)
    assert api.get(f"{path}/status").json()["status"]["accuracy"]["status"] == "passing"


def test_filters_by_status(api: httpx.Client, lived: list[dict[str, Any]]) -> None:
    whole = page(api, status=True, sort="label", limit=1000)["items"]
    for name, status in itertools.product(
        ("service", "drift", "accuracy"), ("passing", "warning", "failing", "unknown")
    ):
        expected = [item["label"] for item in whole if item["status"][name]["status"] == status]
        query = {name: status, "sort": "label", "limit": 1000}
        found = page(api, **query, total=True)
        assert labels(found) == expected
        assert found["total"] == len(expected)
        assert labels(page(api, **(query | {"limit": 2, "offset": 1}))) == expected[1:3]
    both = [
        item["label"] for item in whole
        if item["status"]["service"]["status"] == "passing"
        and item["status"]["drift"]["status"] == "failing"
    ]  # fmt: skip
    found = page(api, service="passing", drift="failing", status=True, sort="label", limit=1000)
    assert labels(found) == both
    assert both
    assert all(item["status"]["drift"]["status"] == "failing" for item in found["items"])
    assert labels(page(api, accuracy="passing", state="archived")) == []
