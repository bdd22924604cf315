"""`PredictPanel`, `ReportPanel` and `ActualsPanel` against a real server and a real worker."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_registry.client import Registry
from jupyter_registry.client.deployments import Deployment
from jupyter_registry.domain.errors import Conflict, InvalidInput
from jupyter_registry.notebook.widgets import rows_files
from jupyter_registry.notebook.widgets.rows_panels import (
    ActualsPanel,
    PredictPanel,
    ReportPanel,
)
from tests.notebook import browser_sends

FEATURES = ["age", "income"]
SECONDS = 60


def visits(n: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": random.normal(45, 10, n), "income": random.normal(50, 10, n)})
    odds = (frame["age"] - 45) / 10 + (frame["income"] - 50) / 20
    frame["left"] = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    frame["visit"] = [f"v{seed}-{i}" for i in range(n)]
    frame["at"] = pd.date_range("2026-01-05", periods=n, freq="min", tz="UTC")
    return frame


@pytest.fixture(scope="module")
def model() -> Any:
    train = visits(300)
    return LogisticRegression().fit(train[FEATURES], train["left"])


@pytest.fixture(scope="module")
def deployed(registry: Registry, model: Any) -> Deployment:
    """One for all tests; each has rows of its own."""
    data = visits(300)[[*FEATURES, "left"]]
    package = registry.register(
        "rows-panels", model, target="left", training=data, holdout=data, progress=False
    )
    return package.deploy("rows-panels / live", association_id_column="visit")


@pytest.fixture
def outside(registry: Registry, name: str) -> Deployment:
    package = registry.register(
        f"{name}-outside",
        target="left",
        target_type="binary",
        class_labels=["no", "yes"],
        location="https://models.example/left",
    )
    return package.deploy(f"{name} outside")


def run(panel: Any) -> None:
    panel.run_button.click()
    panel.wait(SECONDS)


def test_a_table_of_the_notebook_is_predicted(shell: Any, deployed: Deployment, model: Any) -> None:
    before = deployed.refresh().rows_predicted
    rows = visits(50, 1).set_index(pd.Index(range(100, 150)))
    shell.user_ns["march"] = rows
    panel = PredictPanel(deployed)
    assert panel.source.fields["table"].input.label == "march · 50 rows, 5 columns"
    assert panel.fields["association_id"].value == "visit"
    panel.fields["timestamp"].input.value = "at"
    panel.fields["passthrough"].input.value = ["income"]
    panel.fields["output"].input.value = "scored"
    run(panel)
    assert "50 predictions, recorded. They are in scored." in panel.notice.value
    assert shell.user_ns["scored"] is panel.result
    expected = model.predict_proba(rows[FEATURES])[:, 1]
    np.testing.assert_allclose(panel.result["probability_yes"], expected, rtol=1e-9)
    assert list(panel.result.index) == list(rows.index)
    assert list(panel.result["association_id"]) == list(rows["visit"])
    assert list(panel.result["timestamp"]) == list(rows["at"])
    assert list(panel.result["income"]) == list(rows["income"])
    assert panel.output.value.count("<tr>") == 11
    assert f"{expected[0]:.4g}" in panel.output.value
    assert f"package {deployed.package}" in panel.output.value
    assert re.search(r'download="[^"]*-live-predictions.csv"', panel.output.value)
    assert deployed.refresh().rows_predicted == before + 50
    bundle = panel._repr_mimebundle_()
    assert f"{expected[0]:.4g}" in bundle["text/html"]
    assert "data:text/csv" not in bundle["text/html"]
    assert bundle["text/plain"] == f"PredictPanel of {deployed.label}"


def test_variables_that_come_later_are_found(shell: Any, deployed: Deployment) -> None:
    panel = PredictPanel(deployed)
    assert panel.source.fields["table"].input.label == "No DataFrame in the notebook"
    run(panel)
    assert "No rows are chosen" in panel.notice.value
    assert "No rows are chosen." in panel.source.fields["table"]._note.value
    shell.user_ns["later"] = pl.from_pandas(visits(5, 2))
    panel._again.click()
    run(panel)
    assert isinstance(panel.result, pl.DataFrame)
    assert panel.result.height == 5
    assert not panel.notice.value.count('role="alert"')


def test_a_file_is_predicted_and_the_answer_saved(deployed: Deployment, tmp_path: Path) -> None:
    rows = visits(30, 3)
    rows.to_csv(tmp_path / "rows.csv", index=False)
    rows.to_parquet(tmp_path / "rows.parquet")
    panel = PredictPanel(deployed)
    with pytest.raises(Conflict):
        panel.save(tmp_path / "none.csv")
    panel.source.kind.value = "path"
    for name in ("rows.csv", "rows.parquet"):
        panel.source.fields["path"].input.value = str(tmp_path / name)
        assert panel.fields["association_id"].value == "visit"
        run(panel)
        assert list(panel.result["association_id"]) == list(rows["visit"])
    written = pd.read_csv(panel.save(tmp_path / "answer.csv"))
    np.testing.assert_allclose(written["probability_yes"], panel.result["probability_yes"])
    assert len(pd.read_parquet(panel.save(tmp_path / "answer.parquet"))) == 30
    with pytest.raises(InvalidInput, match="csv"):
        panel.save(tmp_path / "answer.doc")
    panel.source.fields["path"].input.value = str(tmp_path / "absent.csv")
    assert "There is no file" in panel.notice.value


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_what_the_browser_sends_is_predicted(deployed: Deployment, suffix: str) -> None:
    rows, out = visits(20, 4), BytesIO()
    rows.to_csv(out, index=False) if suffix == "csv" else rows.to_parquet(out)
    panel = PredictPanel(deployed)
    panel.source.kind.value = "upload"
    drop = panel.source.fields["upload"].input
    browser_sends.begin(drop, {"rows.csv": 10})
    run(panel)
    assert "The files are still coming: 0 B of 10 B." in panel.source.fields["upload"]._note.value
    browser_sends.send(drop, {f"rows.{suffix}": out.getvalue()})
    assert f"rows.{suffix}: 20 rows, 5 columns." in panel.source.fields["upload"]._note.value
    run(panel)
    assert isinstance(panel.result, pd.DataFrame)
    assert list(panel.result["association_id"]) == list(rows["visit"])
    browser_sends.send(drop, {"rows.txt": b"hm"})
    assert "of no known kind" in panel.source.fields["upload"]._note.value
    assert "of no known kind" in panel.notice.value
    drop.clear()
    run(panel)
    assert "Choose a file." in panel.notice.value


def test_a_large_file_of_the_browser_is_read_when_it_is_used(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_files, "_READ_AT_ONCE", 1_000)
    rows, out = visits(200, 9), BytesIO()
    rows.to_csv(out, index=False)
    panel = PredictPanel(deployed)
    panel.source.kind.value = "upload"
    drop = panel.source.fields["upload"].input
    browser_sends.send(drop, {"rows.csv": out.getvalue()})
    assert "kB, 5 columns." in panel.source.fields["upload"]._note.value
    assert panel.fields["association_id"].value == "visit"
    folder = drop.folder
    panel.run_button.click()
    drop.clear()  # it is being read, and stays until it is
    panel.wait(SECONDS)
    assert list(panel.result["association_id"]) == list(rows["visit"])
    assert not folder.exists()


def test_progress_is_shown_and_it_can_be_stopped(deployed: Deployment) -> None:
    rows = visits(100_000, 5)[[*FEATURES, "visit"]]
    before = deployed.refresh().rows_predicted
    panel = PredictPanel(deployed, rows)
    seen: list[float] = []
    states: list[str] = []
    panel.progress.observe(lambda change: seen.append(change["new"]), "value")
    panel.state.observe(lambda change: states.append(change["new"]), "value")

    async def first() -> None:
        panel.progress.observe(lambda _: panel.stop_button.click(), "value")
        panel.run_button.click()
        deadline = time.monotonic() + SECONDS
        while not panel.run_button.disabled and time.monotonic() < deadline:
            await asyncio.sleep(0.001)
        while panel.run_button.disabled and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    asyncio.run(first())
    done = deployed.refresh().rows_predicted - before
    assert 20_000 <= done < 100_000
    assert done % 20_000 == 0
    assert f"The first {done:,} rows were predicted and recorded." in panel.notice.value
    assert panel.result is None
    panel.progress.unobserve_all()
    panel.progress.observe(lambda change: seen.append(change["new"]), "value")
    seen.clear()
    panel.stop_button.click()  # there is nothing to stop any more
    run(panel)
    assert [share for share in seen if share] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert "40,000 of 100,000 rows" in states
    assert len(panel.result) == 100_000
    assert "Too many rows for a link" in panel.output.value


def test_what_is_wrong_is_said(deployed: Deployment) -> None:
    rows = visits(10, 6)
    rows.loc[7, "age"] = np.nan
    panel = PredictPanel(deployed, rows)
    run(panel)
    assert "row 7" in panel.notice.value
    assert "age" in panel.notice.value
    assert not panel.run_button.disabled
    assert panel._running.layout.display == "none"
    panel.fields["output"].input.value = "not a name"
    run(panel)
    assert "no name for a variable" in panel.fields["output"]._note.value


def test_an_external_model_s_predictions_are_reported(outside: Deployment) -> None:
    rows = pd.DataFrame({"id": ["a", "b", "c"], "probability": [0.1, 0.9, 0.6]})
    panel = PredictPanel(outside, rows)
    assert isinstance(panel.report, ReportPanel)
    told = panel.children[-2].value
    assert "predicts elsewhere at https://models.example/left" in told
    assert "Report in Python" in told
    report = panel.report
    assert "Columns probability;" in report.fields["prediction"].input.value
    assert report.fields["association_id"].value == "id"
    panel.run()
    panel.wait(SECONDS)
    assert panel.result.accepted == 3
    assert "3 predictions were recorded." in report.notice.value
    assert outside.refresh().rows_predicted == 3
    assert "replaced" in panel._repr_mimebundle_()["text/html"]
    other = ReportPanel(outside, pd.DataFrame({"key": ["a"], "score": [0.1]}))
    assert "No column is called prediction" in other.fields["prediction"].input.value
    run(other)
    assert "no column is chosen" in other.fields["association_id"]._note.value
    other.fields["association_id"].input.value = "key"
    run(other)
    assert "prediction" in other.notice.value
    assert 'role="alert"' in other.notice.value


def test_a_report_names_its_package(registry: Registry, outside: Deployment) -> None:
    rows = pd.DataFrame({"id": ["a", "b"], "probability": [0.1, 0.9]})
    panel = ReportPanel(outside, rows)
    picker = panel.fields["package"].input
    first = outside.champion
    assert [text for text, _ in picker.options] == [
        "The one in service at each row's time", first.reference,
    ]  # fmt: skip
    second = registry.register(
        first.name, target="left", target_type="binary", class_labels=["no", "yes"],
        location="https://models.example/left",
    )  # fmt: skip
    outside.replace(second, "other")
    panel._again.click()
    assert [text for text, _ in picker.options][1:] == [second.reference, first.reference]
    run(panel)  # by time: now
    picker.label = first.reference
    panel._again.click()
    assert picker.value == first.id
    named = ReportPanel(outside, rows.assign(id=["c", "d"]).head(1))
    named.fields["package"].input.label = first.reference
    run(named)
    assert [
        outside.accuracy(package=package).overall.n_predicted for package in (first, second)
    ] == [1, 2]


def test_actuals_are_counted_and_rejections_shown(deployed: Deployment) -> None:
    before = deployed.refresh().rows_matched
    deployed.predict(visits(10, 7).drop(columns="left"), progress=False)
    rows = pd.DataFrame(
        {
            "visit": ["v7-0", "v7-1", "v7-1", "early", "v7-2", None],
            "left": ["yes", "no", "yes", "no", "maybe", "no"],
            "timestamp": "not a time",
        }
    )
    panel = ActualsPanel(deployed, rows)
    chosen = {name: field.value for name, field in panel.fields.items()}
    assert chosen == {"association_id": "visit", "value": "left", "timestamp": "timestamp"}
    panel.fields["timestamp"].input.value = None  # there is such a column; it is not sent
    run(panel)
    result = panel.result
    assert (result.accepted, result.waiting, result.rejected) == (4, 1, 2)
    assert "4 actuals were recorded, 2 were rejected: see why below" in panel.notice.value
    cells = re.findall(r"<td>(\w+)</td><td class=jr-num>(\d+)</td>", panel.output.value)
    assert {name: int(n) for name, n in cells} == {
        name: getattr(result, name)
        for name in ("accepted", "matched", "replaced", "waiting", "rejected")
    }
    assert "<td>4</td><td>v7-2</td><td>maybe</td>" in panel.output.value
    assert result.rejections[0].reason.split("'")[0] in panel.output.value
    assert deployed.refresh().rows_matched == before + 2
    assert "Rejected" in panel._repr_mimebundle_()["text/html"]
    assert "rejected" not in PredictPanel(deployed)._repr_mimebundle_()["text/html"]
    wrong = ActualsPanel(deployed, pd.DataFrame({"id": ["v7-0"], "came": ["perhaps"]}))
    assert wrong.fields["value"].value == "came"  # there is no other
    run(wrong)
    assert "No actual was recorded" in wrong.notice.value
    assert 'role="alert"' in wrong.notice.value


def test_columns_of_other_names_are_chosen(deployed: Deployment) -> None:
    deployed.predict(visits(10, 8).drop(columns="left"), progress=False)
    panel = ActualsPanel(deployed, {"who": ["v8-1"], "what": ["yes"]})
    assert panel.fields["association_id"].value is None
    run(panel)
    assert "no column is chosen" in panel.fields["association_id"]._note.value
    panel.fields["association_id"].input.value = "who"
    panel.fields["value"].input.value = "what"
    run(panel)
    assert panel.result.matched == 1


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from jupyter_registry.notebook.widgets import AccuracyView, PredictPanel; "
        "print([m for m in ('matplotlib', 'pandas', 'polars', 'pyarrow') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
