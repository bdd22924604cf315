"""`03-external-model.ipynb`: a BentoML service predicts, and reports what it predicted."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from jupyter_registry.client import Registry
from tests.notebooks.checks import assert_clean, assert_pictures, assert_same_file, numbers_of
from tests.notebooks.running import Finished, NotebookServer, run

NAME = "03-external-model.ipynb"
LABEL = "progression-outside"


@pytest.fixture(scope="module")
def ran(server: NotebookServer) -> Iterator[Finished]:
    finished = run(server, NAME)
    yield finished
    shutil.rmtree(folder_of(finished))


def folder_of(ran: Finished) -> Path:
    found = re.search(r"Writing (.+)/service\.py", ran["service"].stdout)
    assert found is not None
    return Path(found.group(1))


def test_runs_clean_with_its_pictures(ran: Finished):
    assert_clean(ran)
    assert_pictures(ran, ["accuracy", "against"])


def test_the_service_reported_all_it_predicted(ran: Finished, registry: Registry):
    deployment = registry.deployment(LABEL)
    assert deployment.kind == "external"
    assert (deployment.rows_predicted, deployment.rows_matched) == (192, 192)
    assert "<td" in ran["arrived"].html
    log = (folder_of(ran) / "service.log").read_text()
    assert "Service Progression initialized" in log
    assert "Traceback" not in log


def test_accuracy_is_scikit_learns(ran: Finished, registry: Registry):
    rows = load_diabetes(as_frame=True, scaled=False).frame
    rows = rows.sample(frac=1, random_state=7, ignore_index=True)
    inputs, happened = rows.drop(columns="target"), rows["target"]
    model = RandomForestRegressor(n_estimators=100, min_samples_leaf=3, random_state=7)
    model.fit(inputs[:150], happened[:150])
    overall = registry.deployment(LABEL).accuracy().overall
    assert overall is not None
    expected = {
        "rmse": root_mean_squared_error(happened[250:], model.predict(inputs[250:])),
        "mae": mean_absolute_error(happened[250:], model.predict(inputs[250:])),
    }
    for name, value in expected.items():
        assert overall.metrics[name].value == pytest.approx(value), name
    baseline = root_mean_squared_error(happened[150:250], model.predict(inputs[150:250]))
    assert overall.metrics["rmse"].baseline == pytest.approx(baseline)
    shown, by_hand = numbers_of(ran["exact"].text)
    assert shown == pytest.approx(by_hand)


def test_actuals_come_later_and_twice(ran: Finished):
    assert "96 accepted, 96 matched, 0 replaced" in ran["actuals"].text
    assert "192 accepted, 192 matched, 96 replaced" in ran["actuals-all"].text


def test_asking_the_registry_is_refused_with_advice(ran: Finished):
    told = ran["refused"].stdout
    assert told.startswith("This model predicts elsewhere.")
    assert "Reporter" in told


def test_the_service_has_stopped(ran: Finished):
    assert ran["stop"].text in ("0", "-15")
    folder = folder_of(ran)
    left = [one.pid for one in psutil.process_iter(["cwd"]) if one.info["cwd"] == str(folder)]
    assert not left


def test_runs_again(ran: Finished, server: NotebookServer, registry: Registry):
    again = run(server, NAME)
    assert_clean(again)
    shutil.rmtree(folder_of(again))
    assert_same_file(again, ran)
    assert registry.deployment(LABEL).package == f"{LABEL}/2"
    assert registry.deployment(LABEL).rows_predicted == 192
