"""`04-magics.ipynb`: every magic once, and two errors."""

from __future__ import annotations

import re

import pytest

from jupyter_registry.client import Registry
from jupyter_registry.notebook.magics.registry_magics import COMMANDS
from tests.notebooks.checks import FAILS, assert_clean, assert_pictures, assert_same_file
from tests.notebooks.running import Finished, NotebookServer, run

NAME = "04-magics.ipynb"
LABEL = "magics-wine"


@pytest.fixture(scope="module")
def ran(server: NotebookServer) -> Finished:
    return run(server, NAME)


def test_runs_clean_with_its_pictures(ran: Finished):
    assert_clean(ran)
    assert_pictures(ran, ["accuracy", "drift", "health"])
    assert len(ran["drift"].pngs) == 2


def test_every_magic_is_shown(ran: Finished):
    code = "\n".join(cell.source for cell in ran.code if FAILS not in cell.tags)
    used = set(re.findall(r"(?m)^(?:\w+ = )?%%?(\w+)", code)) - {"load_ext", "matplotlib"}
    assert used == set(COMMANDS) - {"leaderboard", "board"}  # they have a notebook of their own


def test_help_lists_and_info(ran: Finished):
    assert ran["help"].stdout.startswith("usage: %register ")
    assert "magics-wine/" in ran["registry-list"].text
    assert "magics-wine/" in ran["registry-search"].text
    assert "Signature" in ran["registry-show"].html
    assert "Jupyter Registry" in ran["registry-info"].html
    assert LABEL in ran["deployments"].text


def test_rows_and_accuracy(ran: Finished, registry: Registry):
    assert ran["predict"].stdout == "68 predictions in answers.\n"
    assert "68 accepted, 68 matched" in ran["actuals"].text
    assert "68 accepted, 0 replaced" in ran["report"].text
    deployment = registry.deployment(LABEL)
    assert (deployment.rows_predicted, deployment.rows_matched) == (68, 68)
    overall = deployment.accuracy().overall
    assert overall is not None
    assert f"value={overall.metrics['accuracy'].value}" in ran["accuracy"].text
    assert registry.deployment(f"{LABEL}-outside").rows_predicted == 68


def test_segments(ran: Finished, registry: Registry):
    found = registry.deployment(LABEL).segments("taster", metrics="accuracy")
    assert sorted(found.values("taster")) == ["Ann", "Ben", "Cem"]
    assert sum(row[3] for row in found.rows()) == 68
    for row in found.rows():
        assert f">{row[1]}</td>" in ran["segments"].html


def test_drift_and_health(ran: Finished, registry: Registry):
    deployment = registry.deployment(LABEL)
    drift = deployment.drift(bucket="week")
    assert drift.n == 68
    assert [feature.name for feature in drift.features] != []
    for column in ("status", "importance", *(feature.name for feature in drift.features)):
        assert f">{column}</" in ran["drift"].html
    assert "PSI by week" in ran["drift"].html
    assert ran["health"].text.startswith("Service health: passing\n")
    health = deployment.health()
    assert health.overall is not None
    assert health.overall.rows == 68
    assert f"{health.overall.requests} request" in ran["health"].html


def test_replaced_and_rolled_back(ran: Finished, registry: Registry):
    assert "Only checked, not replaced: magics-wine/1 is in service" in ran["dry-run"].text
    assert "Replaced: magics-wine/2 is in service" in ran["replace"].text
    assert "magics-wine/1 is in service" in ran["rollback"].text
    packages = [period.package for period in registry.deployment(LABEL).history()]
    assert sorted(packages) == ["magics-wine/1", "magics-wine/1", "magics-wine/2"]


def test_errors_are_one_line_with_a_suggestion(ran: Finished):
    for cell_id, suggestion in (("error", "'magics-wine'"), ("option-error", "'--reason'")):
        told = ran[cell_id].stderr
        assert told.count("\n") == 1
        assert f"Did you mean {suggestion}?" in told
    failing = [cell.id for cell in ran.code if FAILS in cell.tags]
    assert failing == ["error", "option-error", "predictor-error"]


def test_code_around_a_model(ran: Finished, registry: Registry):
    told = ran["predictor"]
    assert told.stdout.endswith("magics-wine-code/1 is in service of 'magics-wine-code'.\n")
    assert told.text == "<Package magics-wine-code/1: custom, multiclass 'cultivar'>"
    package = registry.package("magics-wine-code/1")
    assert (package.format, [file.path for file in package.files]) == (
        "custom_code",
        ["custom.py", "model.skops"],
    )
    assert package.baseline is not None
    assert package.baseline["metrics"]["accuracy"]["value"] > 0.8
    # what post_process adds keeps every class above 0.01 / 1.03
    answer = ran["predictor-predict"].html
    assert "probability_A" in answer
    lowest = min(
        row[f"probability_{label}"]
        for row in registry.deployment("magics-wine-code").predict(package.input_example)
        for label in "ABC"
    )
    assert lowest >= 0.01 / 1.03
    error = ran["predictor-error"].stderr
    assert error.count("\n") == 1
    assert "at line 3 of the cell: return model.predict_prob(data)" in error


def test_runs_again(ran: Finished, server: NotebookServer, registry: Registry):
    again = run(server, NAME)
    assert_clean(again)
    assert_same_file(again, ran)
    assert registry.deployment(LABEL).package == "magics-wine/3"
