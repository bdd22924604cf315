"""Predictions over HTTP: every format, and that what is answered is recorded."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

Deploy = Callable[..., dict[str, Any]]

ARROW = "application/vnd.apache.arrow.stream"
ARROW_FILE = "application/vnd.apache.arrow.file"
PARQUET = "application/vnd.apache.parquet"


def arrow(table: pa.Table, *, file: bool = False) -> bytes:
    sink = pa.BufferOutputStream()
    with (pa.ipc.new_file if file else pa.ipc.new_stream)(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def body_of(kind: str, data: pd.DataFrame) -> tuple[bytes, str]:
    table = pa.Table.from_pandas(data, preserve_index=False)
    return {
        "records": lambda: (
            data.to_json(orient="records", double_precision=15).encode(),
            "application/json",
        ),
        "split": lambda: (
            data.to_json(orient="split", double_precision=15).encode(),
            "application/json",
        ),
        "csv": lambda: (data.to_csv(index=False).encode(), "text/csv"),
        "parquet": lambda: (parquet(table), PARQUET),
        "arrow": lambda: (arrow(table), ARROW),
        "arrow-file": lambda: (arrow(table, file=True), ARROW_FILE),
    }[kind]()


def table_of(answer: httpx.Response) -> pd.DataFrame:
    kind = answer.headers["Content-Type"].partition(";")[0]
    if kind == "application/json":
        return pd.DataFrame(answer.json()["data"])
    if kind == "text/csv":
        return pyarrow.csv.read_csv(io.BytesIO(answer.content)).to_pandas()
    if kind == PARQUET:
        return pq.read_table(io.BytesIO(answer.content)).to_pandas()
    return pa.ipc.open_stream(answer.content).read_all().to_pandas()


def post(
    api: httpx.Client, deployment: Any, body: Any, accept: str = "*/*", **parameters: Any
) -> httpx.Response:
    url = f"/deployments/{deployment['id']}/predictions"
    if isinstance(body, tuple):
        headers = {"Content-Type": body[1], "Accept": accept}
        return api.post(url, content=body[0], headers=headers, params=parameters)
    return api.post(url, json=body, headers={"Accept": accept}, params=parameters)


@pytest.fixture(scope="module")
def binary(deploy: Deploy) -> dict[str, Any]:
    return deploy("binary", association_id_column="id")


@pytest.fixture(scope="module")
def moody(deploy: Deploy) -> dict[str, Any]:
    return deploy("moody", association_id_column="id")


@pytest.fixture(scope="module")
def model(registry: Any, trained_on: Callable[..., Any]) -> Any:
    """The model itself, fitted as the session's package is."""
    from sklearn.linear_model import LogisticRegression

    data = trained_on(0)
    return LogisticRegression().fit(data[["age", "income"]], data["left"])


@pytest.mark.parametrize("accept", ["application/json", "text/csv", PARQUET, ARROW])
@pytest.mark.parametrize("kind", ["records", "split", "csv", "parquet", "arrow", "arrow-file"])
def test_every_format_goes_in_and_out(
    api: Any, binary: Any, rows: Any, model: Any, kind: str, accept: str
) -> None:
    data = rows(30, 5, f"{kind}-{accept}-")[["income", "id", "age"]]  # in another order
    data["spare"] = [f"ü{i}" for i in range(30)]
    answer = post(api, binary, body_of(kind, data), accept, passthrough="spare,age")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == accept
    found = table_of(answer)
    expected = model.predict_proba(data[["age", "income"]])
    assert list(found.columns) == [
        "row", "prediction", "probability_no", "probability_yes", "threshold", "association_id",
        "timestamp", "package", "deployment", "spare", "age",
    ]  # fmt: skip
    np.testing.assert_allclose(found[["probability_no", "probability_yes"]], expected, rtol=1e-9)
    assert found["row"].tolist() == list(range(30))
    assert found["prediction"].tolist() == model.predict(data[["age", "income"]]).tolist()
    assert found["association_id"].tolist() == data["id"].tolist()
    assert set(found["threshold"]) == {0.5}
    assert set(found["package"]) == {binary["package"]}
    assert set(found["deployment"]) == {binary["label"]}
    assert found["spare"].tolist() == data["spare"].tolist()
    np.testing.assert_allclose(found["age"], data["age"], rtol=1e-9)


def test_what_is_answered_is_in_the_database(api: Any, deploy: Deploy, rows: Any, sql: Any) -> None:
    deployment = deploy("binary", association_id_column="id", store_features=True)
    data = rows(20, 6)
    data["when"] = pd.date_range("2026-01-01", periods=20, freq="h").strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = post(api, deployment, body_of("records", data), timestamp_column="when")
    found = answer.json()["data"]
    recorded = sql(
        "SELECT association_id, timestamp, value, label, package_id, features, latency_ms "
        "FROM prediction WHERE deployment_id = ? ORDER BY id", deployment["id"],
    )  # fmt: skip
    assert len(recorded) == 20
    by_id = {row["association_id"]: row for row in found}
    for key, _, value, label, package, features, latency in recorded:
        row = by_id[key]
        assert row["probability_yes"] == value
        assert row["prediction"] == ["no", "yes"][label]
        assert package == deployment["package_id"]
        kept = json.loads(features)
        assert kept == pytest.approx(data.loc[row["row"], ["age", "income"]].to_dict())
        assert latency > 0
    assert [row["timestamp"] for row in found] == [f"2026-01-01T{i:02d}:00:00Z" for i in range(20)]
    assert len({when for _, when, *_ in recorded}) == 20
    assert api.get(f"/deployments/{deployment['id']}").json()["rows_predicted"] == 20


def test_without_store_features_no_input_is_kept(
    api: Any, binary: Any, rows: Any, sql: Any
) -> None:
    post(api, binary, body_of("csv", rows(3, 7, "private-")))
    kept = sql("SELECT features FROM prediction WHERE association_id LIKE 'private-%'")
    assert kept == [(None,)] * 3


def test_the_deployments_threshold_decides(api: Any, deploy: Deploy, rows: Any) -> None:
    deployment = deploy("binary", prediction_threshold=0.9)
    data = body_of("records", rows(40, 8)[["age", "income"]])
    for threshold in (0.9, 0.1, None):
        api.patch(f"/deployments/{deployment['id']}", json={"prediction_threshold": threshold})
        used = 0.5 if threshold is None else threshold
        for row in post(api, deployment, data).json()["data"]:
            assert row["threshold"] == used
            assert row["prediction"] == ("yes" if row["probability_yes"] >= used else "no")


def test_regression_and_several_classes(api: Any, deploy: Deploy, rows: Any, sql: Any) -> None:
    data = body_of("records", rows(15, 9)[["age", "income"]])
    graded = deploy("multiclass")
    for row in post(api, graded, data).json()["data"]:
        shares = {label: row[f"probability_{label}"] for label in "abc"}
        assert sum(shares.values()) == pytest.approx(1)
        assert row["prediction"] == max(shares, key=lambda label: shares[label])
        assert "threshold" not in row
    plain = deploy("regression")
    answer = post(api, plain, data)
    values = [row["prediction"] for row in answer.json()["data"]]
    recorded = sql("SELECT value FROM prediction WHERE deployment_id = ? ORDER BY id", plain["id"])
    assert [value for (value,) in recorded] == values
    assert "probability" not in answer.text


def test_one_record_and_none(api: Any, moody: Any) -> None:
    one = post(api, moody, {"x": 4.0, "id": "single"}).json()["data"]
    assert [row["prediction"] for row in one] == [8.0]
    empty = post(api, moody, body_of("csv", pd.DataFrame({"x": [], "id": []})))
    assert empty.status_code == 200, empty.text
    assert empty.json()["data"] == []
    assert post(api, moody, []).json()["data"] == []


def test_many_rows_in_one_body(api: Any, deploy: Deploy, rows: Any, model: Any, sql: Any) -> None:
    deployment = deploy("binary", association_id_column="id")
    data = rows(20_000, 10)
    answer = post(api, deployment, body_of("arrow", data), ARROW)
    found = table_of(answer)
    expected = model.predict_proba(data[["age", "income"]])[:, 1]
    np.testing.assert_allclose(found["probability_yes"], expected, rtol=1e-9)
    assert found["association_id"].tolist() == data["id"].tolist()
    recorded = sql(
        "SELECT association_id, value FROM prediction WHERE deployment_id = ?", deployment["id"]
    )
    answered = zip(found["association_id"], found["probability_yes"], strict=True)
    assert dict(recorded) == dict(answered)
    assert len(recorded) == 20_000


def test_the_same_id_again_replaces(api: Any, deploy: Deploy, sql: Any) -> None:
    deployment = deploy("moody", association_id_column="id")
    body = [{"x": 1.0, "id": "a"}, {"x": 2.0, "id": "a"}, {"x": 3.0, "id": "b"}]
    assert len(post(api, deployment, body).json()["data"]) == 3
    post(api, deployment, [{"x": 4.0, "id": "b"}])
    recorded = dict(
        sql("SELECT association_id, value FROM prediction WHERE deployment_id = ?",
            deployment["id"])
    )  # fmt: skip
    assert recorded == {"a": 4.0, "b": 8.0}
    assert api.get(f"/deployments/{deployment['id']}").json()["rows_predicted"] == 2


def test_ids_are_text_whatever_they_were(api: Any, moody: Any) -> None:
    given = [1, "1b", None, "", True]
    body = [{"x": 1.0, "id": value} for value in given]
    found = [row["association_id"] for row in post(api, moody, body).json()["data"]]
    assert found == ["1", "1b", None, None, "True"]
    other = post(api, moody, [{"x": 1.0, "key": "k"}], association_id_column="key")
    assert other.json()["data"][0]["association_id"] == "k"


def test_answers_in_a_format_that_nobody_gives(api: Any, moody: Any) -> None:
    for accept in ("image/png", "text/html"):
        answer = post(api, moody, [{"x": 1.0}], accept)
        assert answer.status_code == 406, answer.text
        assert "text/csv" in answer.json()["advice"]
    answer = post(api, moody, [{"x": 1.0}], "image/png, text/csv;q=0.5, */*;q=0.1")
    assert answer.headers["Content-Type"].startswith("text/csv")


def test_rows_that_come_in_parts_are_counted_on(api: Any, moody: Any) -> None:
    for body in ([{"x": 4.0}, {"x": 5.0}], [{"x": 1.0}] * 300):
        found = api.post(
            f"/deployments/{moody['id']}/predictions", json=body, params={"first_row": 1000}
        ).json()["data"]
        assert [row["row"] for row in found] == list(range(1000, 1000 + len(body)))


def test_who_closes_the_connection_stops_the_model(api: httpx.Client, deploy: Deploy) -> None:
    slow = deploy("moody", seed=77)  # no other deployment has this package
    path = f"/deployments/{slow['id']}"
    post(api, slow, [{"x": 1.0}])
    body = "x\n" + "99\n" * 120_000  # 30 calls of the model at least, of a second each
    headers = {"Content-Type": "text/csv"}
    with pytest.raises(httpx.ReadTimeout):
        api.post(f"{path}/predictions", content=body, headers=headers, timeout=1.5)
    began = time.monotonic()
    # answered when nothing of the package is under way any more
    assert api.patch(path, json={"state": "inactive"}).status_code == 200
    assert time.monotonic() - began < 10
    found = api.get(path).json()
    assert (found["state"], found["rows_predicted"]) == ("inactive", 1)
    health = api.get(f"{path}/health").json()["overall"]
    assert (health["requests"], health["client_errors"], health["server_errors"]) == (1, 0, 0)
