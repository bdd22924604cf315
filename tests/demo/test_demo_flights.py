"""The whole way on real data: every number of the job, against scikit-learn on the raw rows.

A real server, worker and reporter replay a fifth of the flights from March to mid June. The
registered files are then downloaded from a server on the job's folder and scored directly.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import psutil
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from jupyter_registry.client import Registry
from jupyter_registry.demo import flights as data
from jupyter_registry.demo.folder import DemoFolder
from jupyter_registry.demo.live_server import LiveServer
from jupyter_registry.demo.models import SPRING, WINTER
from jupyter_registry.demo.outside import MODEL_FILE
from jupyter_registry.demo.steps import CUSTOM_LABEL, CUSTOM_MODEL, EXTERNAL_LABEL, EXTERNAL_MODEL

DAYS = 107
EVERY = 5
RELATIVE = 1e-9
AUC_TOLERANCE = 1e-3

pytestmark = pytest.mark.xdist_group("demo")


@dataclass(frozen=True)
class Finished:
    folder: DemoFolder
    output: str
    summary: dict[str, Any]
    registry: Registry
    flights: pd.DataFrame
    """The flights replayed, with the probability by which each deployment judged them."""

    def of(self, label: str) -> dict[str, Any]:
        (found,) = [one for one in self.summary["deployments"] if one["label"] == label]
        return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = DemoFolder(tmp_path_factory.mktemp("job") / ".demo")
    command = [sys.executable, "-m", "jupyter_registry.demo", "--folder", str(folder.root)]
    done = subprocess.run(
        [*command, "--days", str(DAYS), "--every", str(EVERY)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not [one.pid for one in psutil.process_iter(["cmdline"]) if mentions(one, folder)]
    with LiveServer(folder) as server:
        registry = Registry(server.url, server.token)
        yield Finished(
            folder,
            done.stdout,
            json.loads(folder.summary.read_text()),
            registry,
            scored(registry, folder),
        )


def mentions(process: psutil.Process, folder: DemoFolder) -> bool:
    return process.pid != os.getpid() and str(folder.root) in " ".join(
        process.info["cmdline"] or ()
    )


def downloaded(registry: Registry, version: int, folder: Path) -> Any:
    """The registered model itself, loaded without any of our code."""
    registry.package(CUSTOM_MODEL, version).download(folder)
    (file,) = [path for path in folder.rglob("*") if path.is_file()]
    return joblib.load(file)


def probabilities(model: Any, rows: pd.DataFrame) -> np.ndarray:
    return model.predict_proba(rows[list(data.FEATURES)])[:, list(model.classes_).index("late")]


def scored(registry: Registry, folder: DemoFolder) -> pd.DataFrame:
    everything = data.load_flights(EVERY)
    last = (datetime(2013, 3, 1) + timedelta(days=DAYS - 1)).date().isoformat()
    days = everything["date"]
    rows = everything[(days >= "2013-03-01") & (days <= last)].copy()
    first = probabilities(downloaded(registry, 1, folder.root / "test" / "1"), rows)
    second = probabilities(downloaded(registry, 2, folder.root / "test" / "2"), rows)
    rows["version"] = np.where(rows["date"] < "2013-06-01", 1, 2)
    rows[CUSTOM_LABEL] = np.where(rows["version"] == 1, first, second)
    rows[EXTERNAL_LABEL] = probabilities(joblib.load(folder.outside / MODEL_FILE), rows)
    return rows


def exact(rows: pd.DataFrame, label: str) -> dict[str, float]:
    late = (rows["arrival"] == "late").to_numpy()
    scores = rows[label].to_numpy()
    return {
        "auc": roc_auc_score(late, scores),
        "log_loss": log_loss(late, scores),
        "accuracy": accuracy_score(late, scores >= 0.5),
    }


def assert_same(found: dict[str, Any], expected: dict[str, float]) -> None:
    assert found["auc"] == pytest.approx(expected["auc"], abs=AUC_TOLERANCE)
    for name in ("log_loss", "accuracy"):
        assert found[name] == pytest.approx(expected[name], rel=RELATIVE), name


def in_weeks(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows by the Monday, in UTC, of the week in which they were predicted."""
    times = rows["scheduled_departure"]
    monday = times.dt.normalize() - pd.to_timedelta(times.dt.day_of_week, unit="D")
    return {start.strftime("%Y-%m-%dT00:00:00Z"): week for start, week in rows.groupby(monday)}


both = pytest.mark.parametrize("label", [CUSTOM_LABEL, EXTERNAL_LABEL])


@both
def test_rows_predicted_matched_and_waiting(finished, label):
    rows, found = finished.flights, finished.of(label)
    assert found["rows_predicted"] == len(rows)
    assert found["rows_matched"] == rows["arrival"].notna().sum()
    assert found["rows_waiting"] == rows["arrival"].isna().sum() > 0


def test_kinds(finished):
    assert finished.of(CUSTOM_LABEL)["kind"] == "custom"
    assert finished.of(EXTERNAL_LABEL)["kind"] == "external"
    assert len(finished.summary["deployments"]) == 2


@both
def test_accuracy_by_week(finished, label):
    weeks = in_weeks(finished.flights)
    found = finished.of(label)["accuracy_by_week"]
    assert [week["start"] for week in found] == sorted(weeks)
    assert len(found) >= 15
    for week in found:
        predicted = weeks[week["start"]]
        matched = predicted[predicted["arrival"].notna()]
        assert (week["n_predicted"], week["n"]) == (len(predicted), len(matched))
        assert_same(week, exact(matched, label))


@both
def test_overall_accuracy(finished, label):
    matched = finished.flights[finished.flights["arrival"].notna()]
    assert_same(finished.of(label)["overall"], exact(matched, label))


@both
def test_baseline_is_that_of_the_last_two_weeks_of_february(finished, label):
    holdout = data.labelled(WINTER.holdout.of(data.load_flights(EVERY)))
    model = (
        joblib.load(finished.folder.outside / MODEL_FILE)
        if label == EXTERNAL_LABEL
        else downloaded(finished.registry, 1, finished.folder.root / "test" / "winter")
    )
    expected = exact(holdout.assign(**{label: probabilities(model, holdout)}), label)
    found = finished.of(label)
    assert_same(found["baseline"], expected)
    assert found["history"][0]["baseline"] == found["baseline"]
    assert found["history"][0]["baseline_rows"] == len(holdout)


def test_the_replacement_has_a_baseline_of_its_own(finished):
    holdout = data.labelled(SPRING.holdout.of(data.load_flights(EVERY)))
    model = downloaded(finished.registry, 2, finished.folder.root / "test" / "spring")
    expected = exact(holdout.assign(spring=probabilities(model, holdout)), "spring")
    period = finished.of(CUSTOM_LABEL)["history"][1]
    assert_same(period["baseline"], expected)
    assert period["baseline_rows"] == len(holdout)


def test_history_of_the_custom_deployment(finished):
    first, second = finished.of(CUSTOM_LABEL)["history"]
    assert (first["package"], second["package"]) == (f"{CUSTOM_MODEL}/1", f"{CUSTOM_MODEL}/2")
    assert (first["reason"], second["reason"]) == (None, "data_drift")
    assert first["end"] == second["start"]
    assert second["end"] is None
    rows = finished.flights
    for period, version in ((first, 1), (second, 2)):
        own = rows[rows["version"] == version]
        matched = own[own["arrival"].notna()]
        hours = own["scheduled_departure"].dt.floor("h")
        assert pd.Timestamp(period["first_prediction"]) == hours.min()
        assert pd.Timestamp(period["last_prediction"]) == hours.max()
        assert period["rows_predicted"] == len(own)
        assert period["rows_matched"] == len(matched)
        assert_same(period["accuracy"], exact(matched, CUSTOM_LABEL))


def test_the_replacement_is_marked_in_the_replayed_calendar(finished):
    weekly = finished.registry.deployment(CUSTOM_LABEL).accuracy(bucket="week")
    assert [(mark.package, mark.time) for mark in weekly.replacements] == [
        (period["package"], datetime.fromisoformat(period["first_prediction"]))
        for period in finished.of(CUSTOM_LABEL)["history"][1:]
    ]


def test_history_of_the_external_deployment(finished):
    (period,) = finished.of(EXTERNAL_LABEL)["history"]
    assert period["package"] == f"{EXTERNAL_MODEL}/1"
    assert (period["reason"], period["end"]) == (None, None)


def test_a_server_started_later_gives_the_same_numbers(finished):
    for label in (CUSTOM_LABEL, EXTERNAL_LABEL):
        deployment = finished.registry.deployment(label)
        weekly = deployment.accuracy(bucket="week")
        found = finished.of(label)["accuracy_by_week"]
        assert [bucket.metrics["auc"].value for bucket in weekly.buckets] == [
            week["auc"] for week in found
        ]


def test_rebuilding_from_the_raw_log_gives_the_same_numbers(finished):
    deployment = finished.registry.deployment(CUSTOM_LABEL)
    before = deployment.accuracy(bucket="week")
    deployment.rebuild_accuracy()
    assert deployment.accuracy(bucket="week").buckets == before.buckets


def test_picture_table_and_notebook(finished):
    import nbformat

    assert finished.folder.picture.read_bytes().startswith(b"\x89PNG")
    assert finished.folder.picture.stat().st_size > 50_000
    for wanted in (CUSTOM_LABEL, EXTERNAL_LABEL, "data_drift", "make lab", "AUC"):
        assert wanted in finished.output
    for deployment in finished.summary["deployments"]:
        assert f"{deployment['rows_predicted']:,} predicted" in finished.output
    nbformat.validate(nbformat.read(finished.folder.notebook, as_version=4))


def test_the_server_had_nothing_to_complain_about(finished):
    log = finished.folder.server_log.read_text()
    assert "Traceback" not in log
