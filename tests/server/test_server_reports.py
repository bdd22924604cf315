"""Reports over HTTP: predictions made elsewhere, all of a body or none of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import httpx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Deploy = Callable[..., dict[str, Any]]

PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"


def report(api: httpx.Client, deployment: Any, rows: Any, **parameters: Any) -> httpx.Response:
    return api.post(f"/deployments/{deployment['id']}/reports", json=rows, params=parameters)


def bodies(data: pd.DataFrame) -> dict[str, bytes]:
    table = pa.Table.from_pandas(data, preserve_index=False)
    sink, file = pa.BufferOutputStream(), io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    pq.write_table(table, file)
    return {
        "application/json": data.to_json(orient="records").encode(),
        "text/csv": data.to_csv(index=False).encode(),
        PARQUET: file.getvalue(),
        ARROW: bytes(sink.getvalue()),
    }


@pytest.mark.parametrize("kind", ["application/json", "text/csv", PARQUET, ARROW])
def test_every_format_is_taken_and_sending_it_again_changes_nothing(
    api: Any, deploy: Deploy, sql: Any, kind: str
) -> None:
    deployment = deploy("external", store_features=True)
    n = 100
    data = pd.DataFrame({
        "association_id": [f"r{i}" for i in range(n)],
        "timestamp": ["2026-03-01T12:00:00Z"] * n,
        "probability": [i / n for i in range(n)],
        "latency_ms": [2.5] * n,
        "age": range(n),
    })  # fmt: skip
    url = f"/deployments/{deployment['id']}/reports"
    body = bodies(data)[kind]
    for replaced in (0, n):
        answer = api.post(url, content=body, headers={"Content-Type": kind})
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"accepted": n, "replaced": replaced, "matched": 0}
    recorded = sql(
        "SELECT association_id, value, label, latency_ms, features, package_id, timestamp "
        "FROM prediction WHERE deployment_id = ?", deployment["id"],
    )  # fmt: skip
    assert len(recorded) == n
    for key, value, label, latency, features, package, when in recorded:
        i = int(key[1:])
        assert value == pytest.approx(i / n, rel=1e-9)
        assert (label, latency, package) == (int(i >= 50), 2.5, deployment["package_id"])
        assert features.replace('"', "") == f"{{age:{i}}}"
        assert when == 1_772_366_400_000_000
    assert api.get(f"/deployments/{deployment['id']}").json()["rows_predicted"] == n


def test_what_a_binary_report_may_say(api: Any, deploy: Deploy, sql: Any) -> None:
    deployment = deploy("external", prediction_threshold=0.7)
    for rows in (
        [{"association_id": "p", "probability": 0.6}],
        [{"association_id": "y", "probability_yes": 0.8}],
        [{"association_id": "n", "probability_no": 0.9}],
        [{"association_id": "c", "prediction": "yes"}],
        [{"association_id": "both", "probability": 0.1, "prediction": "yes"}],
        [{"association_id": "mix1", "probability": 0.9, "prediction": None},
         {"association_id": "mix2", "probability": None, "prediction": "no"}],
        {"columns": ["association_id", "probability"], "data": [["split", 0.75]]},
    ):  # fmt: skip
        answer = report(api, deployment, rows)
        assert answer.status_code == 200, answer.text
    recorded = sql(
        "SELECT association_id, value, label FROM prediction WHERE deployment_id = ?",
        deployment["id"],
    )
    assert {key: (value and round(value, 9), label) for key, value, label in recorded} == {
        "p": (0.6, 0), "y": (0.8, 1), "n": (0.1, 0), "c": (None, 1), "both": (0.1, 1),
        "mix1": (0.9, 1), "mix2": (None, 0), "split": (0.75, 1),
    }  # fmt: skip


def test_regression_and_several_classes(api: Any, deploy: Deploy, name: str, sql: Any) -> None:
    body = {"name": name, "kind": "external", "target_name": "g"}
    graded = body | {"target_type": "multiclass", "class_labels": ["1", "2", "3"]}
    package = api.post("/packages", json=graded).json()["id"]
    deployment = deploy(package_id=package)
    shares = {"probability_1": 0.2, "probability_2": 0.5, "probability_3": 0.3}
    assert report(api, deployment, [{"association_id": "a"} | shares]).status_code == 200
    assert report(api, deployment, [{"association_id": "b", "prediction": 3}]).status_code == 200
    assert (
        report(api, deployment, [{"association_id": "c", "prediction": "1.0"}]).status_code == 200
    )
    recorded = sql("SELECT association_id, label FROM prediction WHERE deployment_id = ?",
                   deployment["id"])  # fmt: skip
    assert dict(recorded) == {"a": 1, "b": 2, "c": 0}
    for wrong, said in (
        (shares | {"probability_3": 0.9}, "sum to"),
        (shares | {"probability_3": None}, "some classes"),
        (shares | {"probability_3": -0.3}, "outside 0 to 1"),
        ({"prediction": "4"}, "is not a class"),
        ({"prediction": None}, "neither"),
    ):
        answer = report(api, deployment, [{"association_id": "w"} | wrong])
        assert answer.status_code == 422, answer.text
        assert said in answer.json()["fields"]["rejected"][0]["reason"]
    partly = {"association_id": "w", "probability_1": 1.0}
    assert report(api, deployment, [partly]).status_code == 400
    package = api.post("/packages", json=body | {"target_type": "regression"}).json()["id"]
    plain = deploy(package_id=package)
    assert report(api, plain, [{"association_id": "a", "prediction": "7.5"}]).status_code == 200
    for value in ("much", None, "", "inf", 10**400, True):
        answer = report(api, plain, [{"association_id": "w", "prediction": value}])
        assert answer.status_code == 422, (value, answer.text)


def test_one_bad_row_refuses_them_all_and_says_why(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external")
    good = {"association_id": "a", "timestamp": "2026-01-01", "probability": 0.5, "latency_ms": 1}
    wrong = [
        ({"association_id": None}, "no association ID"),
        ({"association_id": ""}, "no association ID"),
        ({"association_id": "x" * 501}, "more than 500"),
        ({"association_id": "nul \0"}, "not valid text"),
        ({"timestamp": None}, "no timestamp"),
        ({"timestamp": "today"}, "is not a date"),
        ({"timestamp": "1600-01-01"}, "between 1900 and 2200"),
        ({"probability": 1.01}, "outside 0 to 1"),
        ({"probability": "often"}, "is not a number"),
        ({"probability": None}, "neither"),
        ({"latency_ms": "slow"}, "is not a number"),
    ]
    rows = [good] + [good | change for change, _ in wrong]
    answer = report(api, deployment, rows)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":InvalidRows")
    refused = answer.json()["fields"]["rejected"]
    assert [item["row"] for item in refused] == list(range(1, len(rows)))
    for item, (_, said) in zip(refused, wrong, strict=True):
        assert said in item["reason"]
    assert api.get(f"/deployments/{deployment['id']}").json()["rows_predicted"] == 0
    many = [good | {"association_id": str(i), "probability": 2} for i in range(250)]
    answer = report(api, deployment, many).json()
    assert len(answer["fields"]["rejected"]) == 100
    assert answer["fields"]["n_rejected"] == 250


def test_a_bad_row_far_down_a_large_body_refuses_all_of_it(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external")
    n = 150_000
    data = pd.DataFrame({"association_id": [f"r{i}" for i in range(n)], "probability": 0.5})
    data.loc[n - 3, "probability"] = 3.0
    url = f"/deployments/{deployment['id']}/reports"
    body = bodies(data)[ARROW]
    answer = api.post(url, content=body, headers={"Content-Type": ARROW})
    assert answer.status_code == 422
    assert answer.json()["fields"]["rejected"][0]["row"] == n - 3
    assert api.get(f"/deployments/{deployment['id']}").json()["rows_predicted"] == 0
    data["probability"] = 0.5
    answer = api.post(url, content=bodies(data)[ARROW], headers={"Content-Type": ARROW})
    assert answer.json()["accepted"] == n


def test_columns_by_other_names(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external", association_id_column="visit")
    rows = [{"visit": "v", "probability": 0.5}]
    assert report(api, deployment, rows).status_code == 200
    named = [{"key": "v", "at": "2026-01-01", "probability": 0.5}]
    parameters = {"association_id_column": "key", "timestamp_column": "at"}
    assert report(api, deployment, named, **parameters).json()["replaced"] == 1
    for missing in ("association_id_column", "timestamp_column"):
        answer = report(api, deployment, rows, **{missing: "none"})
        assert answer.status_code == 400
        assert missing in answer.json()["fields"]
    answer = report(api, deployment, [{"association_id": "v"}])
    assert answer.status_code == 400
    assert "probability" in answer.json()["advice"]
    assert report(api, deployment, []).json()["accepted"] == 0
    assert report(api, deployment, rows, value_column="x").status_code == 400


def test_a_hosted_model_may_be_reported_for_too(api: Any, deploy: Deploy) -> None:
    deployment = deploy("moody")
    assert report(api, deployment, [{"association_id": "a", "prediction": 1}]).status_code == 200


def test_a_late_report_is_of_the_package_of_its_time_and_a_prediction_of_its_maker(
    api: Any, deploy: Deploy, package_of: Any, rows: Any, sql: Any
) -> None:
    deployment = deploy("binary", association_id_column="id")
    url, first = f"/deployments/{deployment['id']}", package_of("binary")
    second = package_of("binary", 1)
    assert api.post(f"{url}/replacements", json={"package_id": second}).status_code == 200
    start = api.get(f"{url}/history").json()[0]["start"]  # when the first was in service
    asked = rows(40, 6, prefix="here").assign(when=start)
    answer = api.post(f"{url}/predictions", json=asked.to_dict("records"),
                      params={"timestamp_column": "when"})  # fmt: skip
    served = api.get(f"/packages/{second}").json()
    assert {row["package"] for row in answer.json()["data"]} == {
        f"{served['name']}/{served['version']}"
    }
    late = rows(30, 7, prefix="late").assign(timestamp=start, probability=0.5)
    named = rows(20, 8, prefix="named").assign(timestamp=start, probability=0.5)
    assert report(api, deployment, late.to_dict("records")).json()["accepted"] == 30
    answer = report(api, deployment, named.to_dict("records"), package_id=second)
    assert answer.json()["accepted"] == 20
    made = sql(
        "SELECT package_id, count(*) FROM prediction WHERE deployment_id = ? GROUP BY 1",
        deployment["id"],
    )
    assert dict(made) == {first: 30, second: 60}
    # drift is measured against the baseline of the package that made them
    for package_id, n in ((first, 30), (second, 60)):
        found = api.get(f"{url}/drift", params={"package_id": package_id}).json()
        assert found["n"] == n
        assert all(feature["psi"] is not None for feature in found["features"])
    answer = report(api, deployment, [{"association_id": "x", "probability": 1}], package_id=10**6)
    assert answer.status_code == 400
    assert answer.json()["fields"]["known"] == sorted([first, second])
