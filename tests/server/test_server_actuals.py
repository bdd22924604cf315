"""Actuals over HTTP: early, late, repeated, corrected; taken row by row; and what accuracy says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pyarrow as pa
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

Deploy = Callable[..., dict[str, Any]]


def send(api: httpx.Client, deployment: Any, rows: Any, **parameters: Any) -> httpx.Response:
    return api.post(f"/deployments/{deployment['id']}/actuals", json=rows, params=parameters)


def counts(answer: httpx.Response) -> tuple[int, ...]:
    assert answer.status_code == 200, answer.text
    found = answer.json()
    names = ("accepted", "matched", "replaced", "waiting", "rejected")
    return tuple(found[name] for name in names)


@pytest.fixture
def deployment(deploy: Deploy) -> dict[str, Any]:
    return deploy("external")


def report(api: httpx.Client, deployment: Any, **probabilities: float) -> dict[str, int]:
    rows = [{"association_id": key, "probability": p} for key, p in probabilities.items()]
    answer = api.post(f"/deployments/{deployment['id']}/reports", json=rows)
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()
    return found


def totals(api: httpx.Client, deployment: Any) -> tuple[int, ...]:
    found = api.get(f"/deployments/{deployment['id']}").json()
    return found["rows_predicted"], found["rows_matched"], found["rows_waiting"]


def test_late_early_repeated_and_corrected(api: Any, deployment: Any) -> None:
    report(api, deployment, a=0.9, b=0.2)
    yes, no = {"value": "yes"}, {"value": "no"}
    # late: the prediction was there
    assert counts(send(api, deployment, [{"association_id": "a"} | yes])) == (1, 1, 0, 0, 0)
    # early: it waits
    assert counts(send(api, deployment, [{"association_id": "c"} | yes])) == (1, 0, 0, 1, 0)
    assert report(api, deployment, c=0.6) == {"accepted": 1, "replaced": 0, "matched": 1}
    # repeated
    assert counts(send(api, deployment, [{"association_id": "a"} | yes])) == (1, 1, 1, 0, 0)
    assert totals(api, deployment) == (3, 2, 1)
    found = api.get(f"/deployments/{deployment['id']}/accuracy").json()["overall"]
    assert (found["n"], found["n_predicted"]) == (2, 3)
    assert found["metrics"]["accuracy"]["value"] == 1.0
    # corrected
    assert counts(send(api, deployment, [{"association_id": "a"} | no])) == (1, 1, 1, 0, 0)
    found = api.get(f"/deployments/{deployment['id']}/accuracy").json()["overall"]
    assert found["metrics"]["accuracy"]["value"] == 0.5
    # a prediction reported anew keeps its actual
    assert report(api, deployment, a=0.1) == {"accepted": 1, "replaced": 1, "matched": 1}
    found = api.get(f"/deployments/{deployment['id']}/accuracy").json()["overall"]
    assert found["metrics"]["accuracy"]["value"] == 1.0
    # twice in one body: the last counts
    twice = [{"association_id": "b"} | yes, {"association_id": "b"} | no]
    assert counts(send(api, deployment, twice))[:2] == (2, 2)
    assert totals(api, deployment) == (3, 3, 0)
    found = api.get(f"/deployments/{deployment['id']}/accuracy").json()
    assert found["confusion_matrix"] == [[2, 0], [0, 1]]


def test_rows_that_cannot_be_taken_are_listed_and_the_others_taken(
    api: Any, deployment: Any
) -> None:
    good = {"association_id": "a", "value": "yes", "timestamp": "2026-01-01"}
    wrong = [
        ({"association_id": None}, "no association ID"),
        ({"association_id": ""}, "no association ID"),
        ({"association_id": "x" * 501}, "more than 500"),
        ({"value": None}, "no value"),
        ({"value": "perhaps"}, "the classes are no, yes"),
        ({"timestamp": "soon"}, "is not a date"),
        ({"timestamp": "2500-01-01"}, "between 1900 and 2200"),
    ]
    rows = [good, *(good | change for change, _ in wrong), good | {"association_id": "b"},
            good | {"association_id": "c", "timestamp": None}]  # fmt: skip
    answer = send(api, deployment, rows)
    assert counts(answer) == (3, 0, 0, 3, 7)
    rejections = answer.json()["rejections"]
    assert [item["row"] for item in rejections] == list(range(1, 8))
    for item, (_, said) in zip(rejections, wrong, strict=True):
        assert said in item["reason"]


def test_the_first_hundred_reasons_are_told_across_batches(api: Any, deployment: Any) -> None:
    n = 40_000
    lines = [f"k{i},{'yes' if i % 200 else 'perhaps'}" for i in range(n)]
    body = "association_id,value\n" + "\n".join(lines)
    url = f"/deployments/{deployment['id']}/actuals"
    answer = api.post(url, content=body.encode(), headers={"Content-Type": "text/csv"})
    assert counts(answer) == (n - 200, 0, 0, n - 200, 200)
    rows = [item["row"] for item in answer.json()["rejections"]]
    assert rows == [200 * i for i in range(100)]


def test_numbers_of_a_regression(api: Any, deploy: Deploy) -> None:
    deployment = deploy("moody", association_id_column="id")
    body = [{"x": float(i), "id": str(i)} for i in range(5)]
    assert api.post(f"/deployments/{deployment['id']}/predictions", json=body).status_code == 200
    rows = [{"id": str(i), "value": 2.0 * i + 1} for i in range(5)]
    values: list[Any] = [True, "many", float("1e999"), None]
    refused = [{"id": "9", "value": value} for value in values]
    text = repr(rows + refused).replace("'", '"').replace("None", "null").replace("True", "true")
    answer = api.post(
        f"/deployments/{deployment['id']}/actuals", content=text.replace("inf", "1e999")
    )
    assert counts(answer) == (5, 5, 0, 0, 4)
    metrics = api.get(f"/deployments/{deployment['id']}/accuracy").json()["overall"]["metrics"]
    assert metrics["mae"]["value"] == pytest.approx(1.0)
    assert metrics["rmse"] | {"baseline": None, "change_percent": None} == {
        "value": pytest.approx(1.0), "n": 5, "baseline": None, "change_percent": None,
    }  # fmt: skip


def test_the_value_is_found_by_name(api: Any, deployment: Any) -> None:
    report(api, deployment, a=0.9)
    assert counts(send(api, deployment, [{"association_id": "a", "left": "yes"}]))[0] == 1
    named = [{"key": "a", "what": "no", "at": "2026-01-01"}]
    parameters = {
        "association_id_column": "key", "value_column": "what", "timestamp_column": "at",
    }  # fmt: skip
    assert counts(send(api, deployment, named, **parameters))[:3] == (1, 1, 1)
    for parameter in parameters:
        row = [{"association_id": "a", "value": "yes"}]
        answer = send(api, deployment, row, **{parameter: "none"})
        assert answer.status_code == 400
        assert parameter in answer.json()["fields"]
    assert send(api, deployment, [{"association_id": "a"}]).status_code == 400
    assert counts(send(api, deployment, [])) == (0, 0, 0, 0, 0)


def test_accuracy_over_time_equals_scikit_learn(api: Any, deploy: Deploy, rows: Any) -> None:
    deployment = deploy("binary", association_id_column="id")
    url = f"/deployments/{deployment['id']}"
    data = rows(200, 12)
    data["when"] = [f"2026-02-{1 + i % 10:02d}T10:00:00Z" for i in range(200)]
    answer = api.post(f"{url}/predictions", json=data.to_dict("records"),
                      params={"timestamp_column": "when"})  # fmt: skip
    scores = [row["probability_yes"] for row in answer.json()["data"]]
    truth = ["yes" if i % 3 else "no" for i in range(150)]
    sent = [{"id": f"v{i}", "value": value} for i, value in enumerate(truth)]
    assert counts(send(api, deployment, sent))[1] == 150
    found = api.get(f"{url}/accuracy", params={"bucket": "day"}).json()
    actual = [value == "yes" for value in truth]
    metrics = found["overall"]["metrics"]
    assert metrics["auc"]["value"] == pytest.approx(roc_auc_score(actual, scores[:150]), abs=1e-3)
    assert metrics["log_loss"]["value"] == pytest.approx(log_loss(actual, scores[:150]), rel=1e-9)
    assert metrics["auc"]["baseline"] is not None
    assert metrics["auc"]["change_percent"] == pytest.approx(
        100 * (metrics["auc"]["value"] / metrics["auc"]["baseline"] - 1)
    )
    assert len(found["buckets"]) == 10
    for day, bucket in enumerate(found["buckets"]):
        mine = range(day, 150, 10)
        predicted = [scores[i] >= 0.5 for i in mine]
        assert bucket["metrics"]["accuracy"]["value"] == pytest.approx(
            accuracy_score([actual[i] for i in mine], predicted)
        )
        assert bucket["n"] == 15
    part = {"start": "2026-02-03", "end": "2026-02-05T00:00:00Z", "metric": ["auc", "f1"]}
    some = api.get(f"{url}/accuracy", params=part).json()
    assert some["overall"]["n_predicted"] == 40
    assert set(some["overall"]["metrics"]) == {"auc", "f1"}
    before = api.get(f"{url}/accuracy").json()
    assert api.post(f"{url}/rebuild-accuracy").status_code == 200
    assert api.get(f"{url}/accuracy").json() == before


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"metric": "beauty"}, "metric"),
        ({"bucket": "fortnight"}, "bucket"),
        ({"start": "2026-02-05", "end": "2026-02-01"}, "start"),
        ({"start": "soon"}, "start"),
        ({"package_id": "999999"}, "package_id"),
        ({"package_id": "one"}, "package_id"),
        ({"start": "0001-01-01", "bucket": "hour"}, "bucket"),
    ],
)
def test_accuracy_that_cannot_be_had(
    api: Any, deployment: Any, parameters: Any, field: str
) -> None:
    report(api, deployment, a=0.5)
    answer = api.get(f"/deployments/{deployment['id']}/accuracy", params=parameters)
    assert answer.status_code == 400, answer.text
    assert any(field in key for key in answer.json()["fields"]), answer.text


@pytest.mark.parametrize("n", [20_000, 100_000])
def test_a_body_that_is_malformed_far_down_leaves_nothing(
    api: Any, deployment: Any, n: int
) -> None:
    report(api, deployment, r1=0.9)
    url = f"/deployments/{deployment['id']}/actuals"
    ids, values = [f"r{i}" for i in range(n)], ["yes"] * n
    sink = pa.BufferOutputStream()
    table = pa.table({"association_id": ids, "value": values})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=5_000)
    lines = [f"{name},yes" for name in ids]
    ragged = "\n".join(["association_id,value", *lines, "r1,no,more"]).encode()
    for kind, body in {
        "text/csv": ragged,
        "application/vnd.apache.arrow.stream": bytes(sink.getvalue())[:-3_000],
    }.items():
        answer = api.post(url, content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 422), answer.text
        assert totals(api, deployment) == (1, 0, 1)
    answer = api.post(
        url, content=ragged.removesuffix(b",more"), headers={"Content-Type": "text/csv"}
    )
    assert counts(answer)[:3] == (n + 1, 2, 1)  # the last value of r1 counts
    assert totals(api, deployment) == (1, 1, 0)
