"""`05-widgets.ipynb`: every widget is shown, and none complains."""

from __future__ import annotations

import pytest

from jupyter_registry.client import Registry
from jupyter_registry.notebook import widgets
from tests.notebooks.checks import assert_clean, assert_pictures
from tests.notebooks.running import Finished, NotebookServer, run

NAME = "05-widgets.ipynb"
LABEL = "widgets-churn"
#: The widget that a cell ends with, by the cell's id.
CELLS = {
    "browser": "RegistryBrowser",
    "package-form": "PackageForm",
    "package-card": "PackageCard",
    "deploy-form": "DeployForm",
    "card": "DeploymentCard",
    "predict": "PredictPanel",
    "actuals": "ActualsPanel",
    "accuracy": "AccuracyView",
    "replace": "ReplaceForm",
    "report": "ReportPanel",
}


@pytest.fixture(scope="module")
def ran(server: NotebookServer) -> Finished:
    return run(server, NAME)


def test_runs_clean(ran: Finished):
    assert_clean(ran)
    assert_pictures(ran, [])


def test_all_widgets_are_shown(ran: Finished):
    assert [cell.id for cell in ran.code if cell.widgets] == list(CELLS)
    # two have a notebook of their own
    assert set(CELLS.values()) == set(widgets.WIDGETS) - {"LeaderboardForm", "LeaderboardView"}


@pytest.mark.parametrize("cell_id", CELLS)
def test_the_cell_has_a_view_and_a_table_for_those_without_a_kernel(ran: Finished, cell_id: str):
    cell = ran[cell_id]
    assert f"{CELLS[cell_id]}(" in cell.source.splitlines()[-1]
    (model_id,) = cell.widgets
    model = ran.widget_state[model_id]
    assert model["state"]["children"]
    assert cell.html


def test_no_widget_complains(ran: Finished):
    for model in ran.widget_state.values():
        assert 'role="alert"' not in str(model["state"].get("value", ""))


def test_what_is_shown_is_there(ran: Finished, registry: Registry):
    deployment = registry.deployment(LABEL)
    assert (deployment.rows_predicted, deployment.rows_matched) == (800, 400)
    assert "400 rows" in ran["accuracy"].text
    assert LABEL in ran["card"].html
    assert f"{LABEL}/2" in ran["browser"].text
