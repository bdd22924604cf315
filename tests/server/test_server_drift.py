"""Drift over HTTP: a hosted model and reports, against the raw rows; replacement and repeats."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.domain.psi import psi

Deploy = Callable[..., dict[str, Any]]
FEATURES = ["age", "income"]


def numbers_index(histogram: dict[str, Any], values: Any) -> Any:
    """The index of numbers from the raw rows, in the plainest way."""
    values, edges = np.asarray(values, float), np.array(histogram["edges"])
    known = values[~np.isnan(values)]
    counts = [(known < edges[0]).sum(), *np.histogram(known, edges)[0], (known > edges[-1]).sum()]
    return pytest.approx(
        psi([histogram["missing"], 0, *histogram["counts"], 0], [len(values) - len(known), *counts])
    )


def labels_index(histogram: dict[str, Any], values: Any) -> Any:
    given = list(values)
    return pytest.approx(
        psi(histogram["counts"], [given.count(label) for label in histogram["categories"]])
    )


def get(api: httpx.Client, deployment: Any, **parameters: Any) -> dict[str, Any]:
    answer = api.get(f"/deployments/{deployment['id']}/drift", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def send(api: httpx.Client, deployment: Any, kind: str, data: pd.DataFrame, **parameters: Any):
    answer = api.post(
        f"/deployments/{deployment['id']}/{kind}",
        content=data.to_csv(index=False).encode(),
        headers={"Content-Type": "text/csv"},
        params=parameters,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def baseline_of(api: httpx.Client, package_id: int) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/packages/{package_id}").json()["baseline"]
    return found


def test_inputs_that_shift_on_the_second_day(
    api: Any, deploy: Deploy, rows: Any, package_of: Any
) -> None:
    deployment = deploy("binary", association_id_column="id")
    baseline = baseline_of(api, package_of("binary"))
    assert get(api, deployment)["reason"] == "Nothing was predicted yet."
    data = rows(600, 21, "drift-")
    when = pd.date_range("2026-04-01", periods=600, freq="288s", tz="UTC")  # two days
    second = when >= pd.Timestamp("2026-04-02", tz="UTC")
    data.loc[second, "age"] += 15
    data["when"] = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    answered = send(api, deployment, "predictions", data.iloc[:500], timestamp_column="when")
    labels = [row["prediction"] for row in answered["data"]]
    for _, row in data.iloc[500:].iterrows():  # and one by one
        body = [row.to_dict()]
        path = f"/deployments/{deployment['id']}/predictions"
        one = api.post(path, json=body, params={"timestamp_column": "when"})
        labels += [item["prediction"] for item in one.json()["data"]]
    found = get(api, deployment, bucket="day")
    assert (found["n"], found["package_id"]) == (600, package_of("binary"))
    by_name = {feature["name"]: feature for feature in found["features"]}
    for name in FEATURES:
        histogram = baseline["features"][name]
        assert by_name[name]["psi"] == numbers_index(histogram, data[name])
        for point, chosen in zip(found["buckets"], (~second, second), strict=True):
            assert point["n"] == chosen.sum()
            assert point["features"][name] == numbers_index(histogram, data[name][chosen])
            shown = labels_index(baseline["target"], np.array(labels)[chosen])
            assert point["target"] == shown
    assert found["target"]["psi"] == labels_index(baseline["target"], labels)
    assert by_name["age"]["status"] == "failing"
    assert by_name["age"]["importance"] == baseline["features"]["age"]["importance"]
    assert max(feature["importance"] for feature in found["features"]) == 1
    assert found["status"] == "failing"
    assert "age (PSI" in found["reason"]
    first = get(api, deployment, end="2026-04-02")
    assert first["n"] == 300
    assert first["features"] != found["features"]
    # the same IDs again are not counted again
    send(api, deployment, "predictions", data, timestamp_column="when")
    assert get(api, deployment, bucket="day") == found


def outside(api: Any, registry: Registry, deploy: Deploy, name: str, **options: Any) -> Any:
    """A deployment of an external package with columns of every type in its baseline."""
    rng = np.random.default_rng(1)
    n = 400
    data = pd.DataFrame({
        "age": rng.normal(45, 10, n), "rooms": rng.integers(1, 6, n),
        "member": rng.random(n) < 0.4, "city": rng.choice(["Oslo", "Rome"], n),
        "since": pd.date_range("2024-01-01", periods=n, freq="h"),
        "price": rng.normal(100, 20, n),
    })  # fmt: skip
    package = registry.register(
        name, target="price", target_type="regression", training=data, progress=False, **options
    )
    return deploy(package_id=package.id), data, baseline_of(api, package.id)


def test_reports_with_features_in_every_format(
    api: Any, registry: Registry, deploy: Deploy, name: str
) -> None:
    made, data, baseline = outside(api, registry, deploy, name, importance={"age": 4, "city": 1})
    reported = data.rename(columns={"price": "prediction"})
    reported["prediction"] += 30
    reported["association_id"] = [f"r{i}" for i in range(len(data))]
    kinds = {
        "text/csv": reported.to_csv(index=False).encode(),
        "application/json": reported.assign(since=reported["since"].astype(str))
        .to_json(orient="records").encode(),
    }  # fmt: skip
    sink = io.BytesIO()
    reported.to_parquet(sink)
    kinds["application/vnd.apache.parquet"] = sink.getvalue()
    answers = []
    for kind, body in kinds.items():
        deployment = deploy(package_id=made["package_id"])
        answer = api.post(
            f"/deployments/{deployment['id']}/reports", content=body, headers={"Content-Type": kind}
        )
        assert answer.status_code == 200, answer.text
        found = get(api, deployment)
        answers.append({f["name"]: f for f in found["features"]} | {"target": found["target"]})
        assert [feature["name"] for feature in found["features"]][:2] == ["age", "city"]
        assert [feature["importance"] for feature in found["features"]][:3] == [1, 0.25, None]
        assert found["status"] == "failing"
        assert "he predictions (PSI" in found["reason"]
    assert answers[0] == answers[1] == answers[2]
    found = answers[0]
    for column in ("age", "rooms", "member", "city", "since"):
        assert found[column]["n"] == len(data)
        assert found[column]["psi"] == pytest.approx(0, abs=1e-9), column
    assert found["target"]["psi"] == numbers_index(baseline["target"], reported["prediction"])


def test_values_that_do_not_fit_are_missing(
    api: Any, registry: Registry, deploy: Deploy, name: str
) -> None:
    deployment, _, _ = outside(api, registry, deploy, name)
    wrong: dict[str, list[Any]] = {
        "age": ["often", None, True, "1_0", ""], "rooms": [1.5, "two", None, 10**30, "3.5"],
        "member": ["perhaps", None, 3, 0.5, "2"], "city": [3, None, True, 1.5, False],
        "since": ["soon", None, 5, True, "2024-13-01"],
    }  # fmt: skip
    right = {"age": "45", "rooms": "3", "member": "true", "city": "Oslo", "since": "2024-01-02"}
    rows = [
        {"association_id": f"w{i}", "prediction": 100} | {k: v[i] for k, v in wrong.items()}
        for i in range(5)
    ] + [{"association_id": "right", "prediction": 100} | right]
    rows[0]["age"] = 10**400  # beyond float64: far over, not missing
    answer = api.post(f"/deployments/{deployment['id']}/reports", json=rows)
    assert answer.status_code == 200, answer.text
    for feature in get(api, deployment)["features"]:
        shares = {item["name"]: item["predicted"] for item in feature["bins"]}
        missing = 4 / 6 if feature["name"] == "age" else 5 / 6
        assert shares["missing"] == pytest.approx(missing), feature["name"]
        assert feature["n"] == 6
        assert feature["status"] == "unknown"


def test_reports_without_features(api: Any, registry: Registry, deploy: Deploy, name: str) -> None:
    deployment, data, baseline = outside(api, registry, deploy, name)
    rows = pd.DataFrame({"association_id": range(400), "prediction": data["price"]})
    send(api, deployment, "reports", rows)
    found = get(api, deployment)
    assert found["reason"].startswith("Reports had no feature columns")
    assert found["target"]["psi"] == numbers_index(baseline["target"], data["price"])
    assert (found["status"], found["target"]["status"]) == ("passing", "passing")
    assert {feature["status"] for feature in found["features"]} == {"unknown"}
    assert {feature["psi"] for feature in found["features"]} == {None}


def test_no_baseline(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external")
    row = {"association_id": "a", "probability": 0.5, "age": 3}
    assert api.post(f"/deployments/{deployment['id']}/reports", json=[row]).status_code == 200
    found = get(api, deployment)
    assert found["reason"].startswith("The package has no baseline: register it with")
    assert (found["status"], found["features"], found["buckets"]) == ("unknown", [], [])


def test_a_replacement_has_bins_of_its_own(
    api: Any, deploy: Deploy, rows: Any, package_of: Any
) -> None:
    deployment = deploy("binary", seed=0)
    packages = [package_of("binary", 0), package_of("binary", 5)]
    data = [rows(150, seed)[FEATURES] for seed in (31, 32)]
    send(api, deployment, "predictions", data[0])
    body = {"package_id": packages[1]}
    assert api.post(f"/deployments/{deployment['id']}/replacements", json=body).status_code == 200
    assert get(api, deployment)["reason"] == "Nothing was predicted yet."
    send(api, deployment, "predictions", data[1])
    for package, sent in zip(packages, data, strict=True):
        found = get(api, deployment, package_id=package)
        assert (found["package_id"], found["n"]) == (package, 150)
        for feature in found["features"]:
            histogram = baseline_of(api, package)["features"][feature["name"]]
            assert feature["psi"] == numbers_index(histogram, sent[feature["name"]])
    assert get(api, deployment)["package_id"] == packages[1]


def test_several_classes_and_one_row(api: Any, deploy: Deploy, rows: Any, package_of: Any) -> None:
    deployment = deploy("multiclass")
    data = rows(200, 33)[FEATURES]
    labels = [row["prediction"] for row in send(api, deployment, "predictions", data)["data"]]
    found = get(api, deployment)
    baseline = baseline_of(api, package_of("multiclass"))
    assert found["target"]["psi"] == labels_index(baseline["target"], labels)
    names = [item["name"] for item in found["target"]["bins"]]
    assert names == ["a", "b", "c", "missing"]


def test_a_baseline_that_is_none_stops_no_prediction(
    api: Any, registry: Registry, deploy: Deploy, name: str
) -> None:
    body = {
        "name": name, "kind": "external", "target_name": "y", "target_type": "regression",
        "baseline": {"features": {"x": {"edges": "?"}, "z": 7}, "target": [], "metrics": {}},
    }  # fmt: skip
    package = api.post("/packages", json=body).json()
    deployment = deploy(package_id=package["id"])
    row = {"association_id": "a", "prediction": 1, "x": 3}
    assert api.post(f"/deployments/{deployment['id']}/reports", json=[row]).status_code == 200
    assert "no baseline" in get(api, deployment)["reason"]


def test_what_cannot_be_is_refused(api: Any, server: Any, deploy: Deploy, package_of: Any) -> None:
    deployment = deploy("external")
    path = f"/deployments/{deployment['id']}/drift"
    for parameters in (
        {"unheard_of": 1}, {"bucket": "year"}, {"start": "soon"}, {"package_id": "x"},
        {"package_id": package_of("moody")}, {"package_id": 10**30}, {"package_id": -1},
        {"start": "2026-01-02", "end": "2026-01-01"}, {"metric": "psi"},
    ):  # fmt: skip
        answer = api.get(path, params=parameters)
        assert answer.status_code == 400, (parameters, answer.text)
        assert answer.json()["advice"]
    hosted = deploy("moody")
    bad = {"start": "2026-01-02", "end": "2026-01-01"}
    assert api.get(f"/deployments/{hosted['id']}/drift", params=bad).status_code == 400
    assert api.get("/deployments/nowhere/drift").status_code == 404
    assert api.post(path).status_code == 405
    with httpx.Client(base_url=server.url, verify=False) as nobody:
        assert nobody.get(path).status_code == 401
    key = api.post(f"/deployments/{deployment['id']}/keys", json={"name": "k"}).json()["key"]
    with server.client(Authorization=f"Bearer {key}") as keyed:
        assert keyed.get(path).status_code == 401
    with server.client(**{"X-Deny": "read:jupyter_registry"}) as denied:
        assert denied.get(path).status_code == 403


def test_replacements_of_replayed_and_of_live_rows(
    api: Any, deploy: Deploy, rows: Any, package_of: Any
) -> None:
    deployment = deploy("binary", association_id_column="id")
    other = api.get(f"/packages/{package_of('binary', 31)}").json()
    path = f"/deployments/{deployment['id']}"
    data = rows(20, 23, "replayed-")

    def replay(day: str) -> None:
        data["when"] = pd.date_range(day, periods=20, freq="1h", tz="UTC").strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
        data["id"] = [f"{day}-{at}" for at in range(20)]
        send(api, deployment, "predictions", data, timestamp_column="when")

    def marks(kind: str) -> list[tuple[str, str]]:
        found = api.get(f"{path}/{kind}", params={"bucket": "day"}).json()["replacements"]
        return [(mark["package"], mark["time"]) for mark in found]

    replay("2013-06-14")
    answer = api.post(
        f"{path}/replacements", json={"package_id": other["id"], "reason": "data_drift"}
    )
    assert answer.json()["replaced"], answer.text
    replay("2013-06-15")
    package = f"{other['name']}/{other['version']}"
    assert marks("accuracy") == [(package, "2013-06-15T00:00:00Z")]
    # drift is of the champion's rows alone, which begin at the mark
    assert marks("drift") == marks("accuracy")
    # requests are counted when they are made
    (_, period) = api.get(f"{path}/history").json()
    assert marks("health") == [(package, period["start"])]
