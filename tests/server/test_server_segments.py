"""Segments over HTTP: a hosted model and reports, in every format, against the raw rows."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

Deploy = Callable[..., dict[str, Any]]


def get(api: Any, deployment: Any, path: str, **parameters: Any) -> dict[str, Any]:
    answer = api.get(f"/deployments/{deployment['id']}/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refused(api: Any, deployment: Any, path: str, **parameters: Any) -> dict[str, Any]:
    answer = api.get(f"/deployments/{deployment['id']}/{path}", params=parameters)
    assert answer.status_code == 400, answer.text
    found: dict[str, Any] = answer.json()
    return found


def send(
    api: Any, deployment: Any, kind: str, data: pd.DataFrame, form: str = "csv", **params: Any
):
    body = {"csv": lambda: data.to_csv(index=False).encode(), "parquet": lambda: parquet(data)}
    types = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
    where = f"/deployments/{deployment['id']}/{kind}"
    if form == "json":
        answer = api.post(
            where, json=data.replace({np.nan: None}).to_dict("records"), params=params
        )
    else:
        headers = {"Content-Type": types[form]}
        answer = api.post(where, content=body[form](), headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def parquet(data: pd.DataFrame) -> bytes:
    held = io.BytesIO()
    data.to_parquet(held, index=False)
    return held.getvalue()


def counts(listed: dict[str, Any]) -> dict[str, dict[str, tuple[int, int]]]:
    return {
        column["name"]: {one["value"]: (one["n_predicted"], one["n"]) for one in column["values"]}
        for column in listed["columns"]
    }


def test_where_a_hosted_model_is_bad(api: Any, deploy: Deploy, rows: Any) -> None:
    deployment = deploy(
        "binary", association_id_column="id", segment_columns=["carrier", "age band", "income"]
    )
    assert deployment["segment_columns"] == ["carrier", "age band", "income"]
    nothing = get(api, deployment, "segments")
    assert counts(nothing) == {"carrier": {}, "age band": {}, "income": {}}
    assert nothing["most_values"] == 100
    assert {column["active"] for column in nothing["columns"]} == {True}
    rng = np.random.default_rng(0)
    data = rows(300, 3, "seg-")
    data["carrier"] = rng.choice(["UA", "B6"], 300)
    data.loc[:19, "carrier"] = None
    data["age band"] = (data["age"] // 20).astype(int)
    data["income"] = data["income"].round(-1)  # a number of the signature with few values
    answered = send(api, deployment, "predictions", data.iloc[:150], "csv")["data"]
    answered += send(api, deployment, "predictions", data.iloc[150:298], "parquet")["data"]
    for i in (298, 299):  # one by one
        answered += send(api, deployment, "predictions", data.iloc[[i]], "json")["data"]
    data["prediction"] = [row["prediction"] for row in answered]
    data["score"] = [row["probability_yes"] for row in answered]
    # United's are all as predicted, the others' are not
    united = data["carrier"] == "UA"
    other = np.where(data["prediction"] == "yes", "no", "yes")
    data["left"] = np.where(united | (rng.random(300) < 0.4), data["prediction"], other)
    known = data.iloc[:250]
    send(api, deployment, "actuals", known[["id", "left"]], value_column="left")
    whole = get(api, deployment, "accuracy")
    assert (whole["segment"], whole["segment_value"], whole["overall"]["n"]) == (None, None, 250)

    data["named"] = data["carrier"].fillna("(missing)")
    listed = counts(get(api, deployment, "segments"))
    assert listed["carrier"] == {
        name: (len(part), int((part.index < 250).sum())) for name, part in data.groupby("named")
    }
    assert list(listed["carrier"])[-1] == "(missing)"
    bands = data["age band"].value_counts().to_dict()
    assert {k: v[0] for k, v in listed["age band"].items()} == {str(k): v for k, v in bands.items()}
    incomes = data["income"].value_counts().to_dict()
    assert {k: v[0] for k, v in listed["income"].items()} == {
        str(int(k)): v for k, v in incomes.items()
    }

    compared = get(api, deployment, "segments", column="carrier", metric=["accuracy", "auc"])
    (column,) = compared["columns"]
    assert (column["name"], column["active"]) == ("carrier", True)
    for one in column["values"]:
        part = data[:250][data["named"][:250] == one["value"]]
        found = get(
            api, deployment, "accuracy", segment="carrier", segment_value=one["value"],
            metric=["accuracy", "auc"],
        )  # fmt: skip
        assert (found["segment"], found["segment_value"]) == ("carrier", one["value"])
        assert one["n"] == found["overall"]["n"] == len(part)
        assert one["metrics"] == found["overall"]["metrics"]
        assert one["metrics"].keys() == {"accuracy", "auc"}
        share = accuracy_score(part["left"], part["prediction"])
        assert one["metrics"]["accuracy"]["value"] == pytest.approx(share, rel=1e-9)
        if one["value"] != "(missing)":
            area = roc_auc_score(part["left"] == "yes", part["score"])
            assert one["metrics"]["auc"]["value"] == pytest.approx(area, abs=1e-3)
        detail = get(
            api, deployment, "accuracy/details", segment="carrier", segment_value=one["value"]
        )
        assert (detail["n"], detail["segment_value"]) == (len(part), one["value"])
        assert np.sum(detail["confusion_matrix"]) == len(part)
    by_name = {one["value"]: one["metrics"]["accuracy"]["value"] for one in column["values"]}
    assert by_name["UA"] == 1.0 > by_name["B6"]
    # nothing for a value means null
    blank = get(api, deployment, "accuracy", segment="carrier", segment_value="")
    assert (blank["segment_value"], blank["overall"]["n_predicted"]) == ("(missing)", 20)

    rebuilt = api.post(f"/deployments/{deployment['id']}/rebuild-accuracy")
    assert rebuilt.status_code == 200
    assert counts(get(api, deployment, "segments")) == listed
    again = get(api, deployment, "segments", column="carrier", metric=["accuracy", "auc"])
    assert again == compared


def test_reports_in_every_format_give_the_same_segments(api: Any, deploy: Deploy) -> None:
    data = pd.DataFrame({
        "association_id": [f"r{i}" for i in range(6)],
        "probability": [0.1, 0.9, 0.4, 0.6, 0.8, 0.2],
        "month": [1, 2, 1, 2, 12, 1],
        "weekend": [True, False, True, False, True, True],
        "city": ["Oslo", "Rome", "", "Rome", "São Paulo", "x" * 70],
    })  # fmt: skip
    columns = ["month", "weekend", "city", "nowhere"]
    wanted = {
        "month": {"1": (3, 0), "2": (2, 0), "12": (1, 0)},
        "weekend": {"True": (4, 0), "False": (2, 0)},
        "city": {"Rome": (2, 0), "Oslo": (1, 0), "São Paulo": (1, 0), "x" * 64: (1, 0)}
        | {"(missing)": (1, 0)},
        "nowhere": {"(missing)": (6, 0)},
    }
    for form in ("csv", "json", "parquet"):
        deployment = deploy("external", segment_columns=columns)
        send(api, deployment, "reports", data, form)
        assert counts(get(api, deployment, "segments")) == wanted, form
    # a report again moves its row to another segment
    moved = data.iloc[[0]].assign(city="Rome", month=3)
    assert send(api, deployment, "reports", moved, "json")["replaced"] == 1
    found = counts(get(api, deployment, "segments"))
    assert found["city"] == wanted["city"] | {"Rome": (3, 0), "Oslo": (0, 0)}
    assert (found["month"]["1"], found["month"]["3"]) == ((2, 0), (1, 0))
    empty = get(api, deployment, "accuracy", segment="city", segment_value="Oslo")
    assert (empty["overall"], empty["buckets"]) == (None, [])


def test_columns_that_change(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external")
    address = f"/deployments/{deployment['id']}"
    assert deployment["segment_columns"] == []

    def report(name: str, **fields: Any) -> None:
        row = pd.DataFrame([{"association_id": name, "prediction": "yes"} | fields])
        send(api, deployment, "reports", row, "json")

    report("a", city="Oslo")
    none = refused(api, deployment, "accuracy", segment="city", segment_value="Oslo")
    assert "update(segment_columns=" in none["advice"]
    for columns in (["city"], ["city", "team"], ["team"], []):
        changed = api.patch(address, json={"segment_columns": columns})
        assert changed.json()["segment_columns"] == columns
        report(f"in {columns}", city="Oslo", team=7)
    found = get(api, deployment, "segments")
    assert counts(found) == {"city": {"Oslo": (2, 0)}, "team": {"7": (2, 0)}}
    assert [column["active"] for column in found["columns"]] == [False, False]
    # null leaves them, as other settings do
    assert api.patch(address, json={"segment_columns": ["é"]}).status_code == 200
    assert api.patch(address, json={"segment_columns": None}).json()["segment_columns"] == ["é"]
    assert api.get(address).json()["segment_columns"] == ["é"]
    # rows that were counted in a column are counted there until they are replaced
    report("in ['city']", é=1)
    assert counts(get(api, deployment, "segments")) == {
        "é": {"1": (1, 0)},
        "city": {"Oslo": (1, 0)},
        "team": {"7": (2, 0)},
    }


BAD = [
    ([f"c{i}" for i in range(6)], "too many"),
    (["a", "a"], "repeat"),
    ([""], "no name"),
    (["id"], "another value in each row"),
    (["x" * 501], "501 characters"),
    (["a\0b"], "NUL"),
    ("city", "not understood"),
    ([1], "not understood"),
]


@pytest.mark.parametrize(("columns", "said"), BAD)
def test_columns_that_cannot_be(
    api: Any, deploy: Deploy, package_of: Any, name: str, columns: Any, said: str
) -> None:
    body = {"package_id": package_of("external"), "label": name, "association_id_column": "id"}
    answer = api.post("/deployments", json=body | {"segment_columns": columns})
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert api.get(f"/deployments/{name}").status_code == 404
    deployment = deploy("external", association_id_column="id", segment_columns=["city"])
    changed = api.patch(f"/deployments/{deployment['id']}", json={"segment_columns": columns})
    assert changed.status_code == 400
    kept = api.get(f"/deployments/{deployment['id']}").json()
    assert kept["segment_columns"] == ["city"]


def test_the_association_id_column_cannot_become_one(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external", segment_columns=["city"])
    address = f"/deployments/{deployment['id']}"
    answer = api.patch(address, json={"association_id_column": "city"})
    assert answer.status_code == 400
    assert "segment_columns" in answer.json()["fields"]


def test_what_is_not_there_is_refused_with_what_is(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external", segment_columns=["city", "team"])
    row = pd.DataFrame({"association_id": ["a"], "prediction": ["no"], "city": ["Oslo"]})
    send(api, deployment, "reports", row)
    for path in ("accuracy", "accuracy/details"):
        wrong = refused(api, deployment, path, segment="citi", segment_value="Oslo")
        assert "'citi' is not a segment column" in wrong["detail"]
        assert "'city'" in wrong["advice"]
        assert wrong["fields"]["known"] == ["city", "team"]
        wrong = refused(api, deployment, path, segment="city", segment_value="Paris")
        assert wrong["fields"] == {"segment_value": "unknown", "known": ["Oslo"]}
        assert "Oslo" in wrong["advice"]
        wrong = refused(api, deployment, path, segment="city")
        assert wrong["fields"] == {"segment_value": "missing", "known": ["Oslo"]}
        wrong = refused(api, deployment, path, segment_value="Oslo")
        assert wrong["fields"] == {"segment": "missing"}
    assert "Did you mean 'team'" in refused(api, deployment, "segments", column="teem")["advice"]
    assert refused(api, deployment, "segments", metric="auc")["fields"] == {"column": "missing"}
    wrong = refused(api, deployment, "segments", column="city", metric="auk")
    assert "'auk' is not a metric" in wrong["detail"]
    wrong = refused(
        api, deployment, "segments", column="city", start="2026-01-02", end="2026-01-01"
    )
    assert "range is empty" in wrong["detail"]
    wrong = refused(api, deployment, "segments", column="city", package_id=999_999)
    assert "never in service" in wrong["detail"]


def test_others(api: Any, deploy: Deploy) -> None:
    deployment = deploy("external", segment_columns=["n"])
    data = pd.DataFrame({
        "association_id": [f"o{i}" for i in range(130)], "prediction": "yes",
        "n": [f"v{i}" for i in range(130)],
    })  # fmt: skip
    send(api, deployment, "reports", data)
    found = counts(get(api, deployment, "segments"))["n"]
    assert len(found) == 101
    assert found["(other)"] == (30, 0)
    others = get(api, deployment, "accuracy", segment="n", segment_value="(other)")
    assert others["overall"]["n_predicted"] == 30
    wrong = refused(api, deployment, "accuracy", segment="n", segment_value="v120")
    assert "count as (other)" in wrong["detail"]
