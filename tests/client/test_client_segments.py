"""Segments through the client and the command line, and from a Reporter, on a real server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score

from jupyter_registry.client import Registry, Reporter
from jupyter_registry.client.results import Deployment, Package, Segments
from jupyter_registry.client.segments import parsed_segment, segment_params
from jupyter_registry.domain.errors import InvalidInput

from .shell import Shell
from .test_client_deployments import FEATURES, register, visits


@pytest.fixture
def flights() -> pd.DataFrame:
    data = visits(240, 5)
    data["carrier"] = np.array(["UA", "B6", None], object)[np.arange(240) % 3]
    data["month"] = np.arange(240) % 2 + 1
    return data


@pytest.fixture(scope="module")
def package(registry: Registry) -> Package:
    """One for all tests, and so one worker."""
    return register(registry, "segments-of-all")[0]


@pytest.fixture
def deployed(package: Package, name: str, flights: pd.DataFrame) -> Deployment:
    deployment = package.deploy(
        f"{name} segments", association_id_column="visit", segment_columns=["carrier", "month"]
    )
    assert deployment.segment_columns == ["carrier", "month"]
    assert "carrier, month" in deployment._repr_html_()
    return deployment


@pytest.fixture
def answered(deployed: Deployment, flights: pd.DataFrame) -> pd.DataFrame:
    answer = deployed.predict(flights.drop(columns="left"))
    deployed.actuals(flights[["visit", "left"]], value_column="left")
    return flights.assign(prediction=answer["prediction"])


def share(data: pd.DataFrame) -> Any:
    return pytest.approx(accuracy_score(data["left"], data["prediction"]), rel=1e-9)


def test_accuracy_of_a_segment(deployed: Deployment, answered: pd.DataFrame) -> None:
    united = deployed.accuracy(segment=("carrier", "UA"), metrics="accuracy")
    assert united.overall is not None
    assert united.overall.n == 80
    wanted = share(answered[answered["carrier"] == "UA"])
    assert united.overall.metrics["accuracy"].value == wanted
    assert (united.segment, united.segment_value) == ("carrier", "UA")
    assert "with carrier = UA" in repr(united)
    assert "Accuracy of 80 rows with carrier = UA" in united._repr_html_()
    assert deployed.accuracy(segment="carrier", segment_value="UA", metrics="accuracy") == united
    without = deployed.accuracy(segment=("carrier", None))
    assert without.segment_value == "(missing)"
    assert without.overall is not None
    assert without.overall.metrics["accuracy"].value == share(answered[answered["carrier"].isna()])
    assert deployed.accuracy(segment=("carrier", np.nan)) == without
    for month in (1, 1.0, "1", np.int64(1)):
        january = deployed.accuracy(segment=("month", month))
        assert january.overall is not None
        assert january.overall.n_predicted == 120
    details = deployed.accuracy_details(segment=("carrier", "B6"))
    assert (details.n, details.segment, details.segment_value) == (80, "carrier", "B6")
    with pytest.raises(InvalidInput, match="No prediction has the value 'UB'") as caught:
        deployed.accuracy(segment=("carrier", "UB"))
    assert caught.value.fields["known"] == ["B6", "UA", "(missing)"]
    with pytest.raises(InvalidInput, match="Which value of 'carrier'"):
        deployed.accuracy(segment="carrier")


def test_where_the_model_is_bad(deployed: Deployment, answered: pd.DataFrame) -> None:
    listed = deployed.segments()
    assert isinstance(listed, Segments)
    assert not listed.is_compared
    frame = listed.to_frame()
    assert frame.to_dict("records")[:2] == [
        {"column": "carrier", "value": "B6", "n_predicted": 80, "n": 80},
        {"column": "carrier", "value": "UA", "n_predicted": 80, "n": 80},
    ]
    assert listed.values("month") == ["1", "2"]
    assert repr(listed).splitlines()[2].split() == ["carrier", "B6", "80", "80"]
    compared = deployed.segments("carrier")
    assert compared.is_compared
    frame = compared.to_frame().set_index("value")
    named = answered["carrier"].fillna("(missing)")
    for value, part in answered.groupby(named):
        assert frame.loc[value, "accuracy"] == share(part)
        assert frame.loc[value, "n"] == len(part)
    assert list(deployed.segments("carrier", metrics=["auc", "brier"]).metric_names) == [
        "auc",
        "brier",
    ]
    page = compared._repr_html_()
    assert "(missing)" in page
    assert page.count("<tr>") == 4
    early = deployed.segments("carrier", end="2001-01-01")
    assert {one.n_predicted for one in early.columns[0].values} == {0}
    with pytest.raises(InvalidInput, match="'carier' is not a segment column"):
        deployed.segments("carier")


def test_columns_are_changed(deployed: Deployment, answered: pd.DataFrame) -> None:
    deployed.update(segment_columns="month")
    assert deployed.segment_columns == ["month"]
    again = answered[[*FEATURES, "carrier", "month"]].iloc[:9]
    deployed.predict(again)
    assert deployed.segments().to_frame()["n_predicted"].sum() == 2 * 240 + 9
    assert "No longer counted: carrier" in deployed.segments()._repr_html_()
    deployed.update(segment_columns=[])
    assert deployed.refresh().segment_columns == []
    with pytest.raises(InvalidInput, match="too many"):
        deployed.update(segment_columns=list("abcdef"))


def test_the_first_words_on_segments(registry: Registry, name: str) -> None:
    deployment = registry.register(name, target="y", target_type="regression").deploy(name)
    assert deployment.segments().columns == []
    assert "segment_columns=" in deployment.segments()._repr_html_()
    deployment.update(segment_columns=["carrier"])
    assert "No prediction was counted yet in carrier" in deployment.segments()._repr_html_()


def test_a_reporter_brings_segments_along(registry: Registry, name: str, tmp_path: Path) -> None:
    package = registry.register(name, target="y", target_type="regression")
    deployment = package.deploy(name, segment_columns=["carrier", "delayed"])
    key = deployment.create_key("host").key
    with Reporter(registry.url, key, deployment.label, spool_dir=tmp_path / "spool") as reporter:
        for i in range(12):
            features = {"carrier": "UA" if i % 3 else None, "delayed": i % 2 == 0}
            reporter.report({"association_id": f"f{i}", "prediction": float(i)} | features)
        reporter.flush(30)
    found = deployment.segments().to_frame().set_index(["column", "value"])["n_predicted"]
    assert found.to_dict() == {
        ("carrier", "UA"): 8,
        ("carrier", "(missing)"): 4,
        ("delayed", "False"): 6,
        ("delayed", "True"): 6,
    }


@pytest.mark.parametrize(
    ("segment", "value", "wanted"),
    [
        (None, None, (None, None)),
        (("a", 1.5), None, ("a", "1.5")),
        (["a", True], None, ("a", "True")),
        (("a", None), None, ("a", "")),
        (("a", datetime(2026, 1, 2, tzinfo=UTC)), None, ("a", "2026-01-02T00:00:00Z")),
        ("a", 3.0, ("a", "3")),
        ("a", None, ("a", None)),
        (None, "x", (None, "x")),
    ],
)
def test_what_a_segment_is_called(segment: Any, value: Any, wanted: Any) -> None:
    assert tuple(segment_params(segment, value).values()) == wanted


def test_what_is_no_segment() -> None:
    for wrong in (("a",), ("a", "b", "c"), 3):
        with pytest.raises(TypeError, match="carrier"):
            segment_params(wrong)  # type: ignore[arg-type]
    assert parsed_segment("a=b=c") == ("a", "b=c")
    for text in ("a", "=b", ""):
        with pytest.raises(InvalidInput, match="names no segment"):
            parsed_segment(text)


def test_in_the_shell(
    forked: Shell, registry: Registry, package: Package, name: str, tmp_path: Path
) -> None:
    data = visits(60, 7)
    data["carrier"] = ["UA", "B6"] * 30
    data.to_csv(tmp_path / "rows.csv", index=False)
    label = f"{name}-cli"
    segments = ("--segment", "carrier", "--segment", "age band")
    forked("deploy", package.reference, label, "--association-id-column", "visit", *segments)
    assert registry.deployment(label).segment_columns == ["carrier", "age band"]
    assert "No prediction was counted yet in carrier, age band." in forked("segments", label)
    forked("predict", label, "rows.csv", "-o", "answer.csv")
    forked("actuals", label, "rows.csv", "--value-column", "left")
    table = forked("segments", label)
    assert [line.split()[:4] for line in table.splitlines() if "UA" in line] == [
        ["carrier", "UA", "30", "30"]
    ]
    compared = forked.json("segments", label, "carrier", "--metric", "auc")
    (column,) = compared["columns"]
    assert [one["metrics"]["auc"]["n"] for one in column["values"]] == [30, 30]
    united = forked.json("accuracy", label, "--segment", "carrier=UA")
    assert (united["segment_value"], united["overall"]["n"]) == ("UA", 30)
    by_name = {one["value"]: one for one in column["values"]}
    assert by_name["UA"]["metrics"]["auc"] == united["overall"]["metrics"]["auc"]
    forked("segments", label, "carrier", "-o", "values.csv")
    assert pd.read_csv(tmp_path / "values.csv")["n"].tolist() == [30, 30]
    assert "names no segment" in forked("accuracy", label, "--segment", "carrier", code=1)
    assert "No prediction has the value 'UX'" in forked(
        "accuracy", label, "--segment", "carrier=UX", code=1
    )
