"""`06-leaderboard.ipynb`: trained, looked into, deployed, trained again and replaced."""

from __future__ import annotations

import pytest

from jupyter_registry.client import Registry
from tests.notebooks.checks import assert_clean, assert_pictures
from tests.notebooks.running import Finished, NotebookServer, run

NAME = "06-leaderboard.ipynb"
LABEL = "flights-board"
#: Instead of a search that fills its seconds, some families: the same on a machine of any speed.
CHANGES = {
    "--budget 15 --seed 8": "--budget 240 --seed 8 --no-tune --folds 1\n"
    "--family baseline,linear,lightgbm,hist_gradient_boosting"
}


@pytest.fixture(scope="module")
def ran(server: NotebookServer) -> Finished:
    return run(server, NAME, CHANGES)


def test_runs_clean_with_its_pictures(ran: Finished):
    assert_clean(ran)
    assert_pictures(ran, ["scores", "speed", "blueprint", "importance", "roc", "learning"])


def test_the_board_is_told_and_kept(ran: Finished, registry: Registry):
    lines = ran["train"].stdout.splitlines()
    assert lines[0].startswith("arrival (binary): ")
    assert lines[-1].startswith("Done: ")
    first, again = sorted(registry.leaderboards(name=LABEL), key=lambda board: board.id)
    assert (first.state, first.partition.kind) == ("done", "time")
    assert first.partition.column == "scheduled_departure"
    assert first.models_done == again.models_done == 4
    assert again.predecessor_id == first.id
    assert again.seed == first.seed == 8
    board = registry.leaderboard(first.id)
    assert board.recipe["drop"] == ["flight_id", "date"]
    models = board.models()
    assert models[0].label in ran["train"].html
    assert models[0].label in ran["board"].html
    assert board.models("log_loss")[0].label in ran["metric"].text
    assert models[0].validation["auc"].mean > 0.55  # better than by chance


def test_the_winner_is_in_service(ran: Finished, registry: Registry):
    deployment = registry.deployment(LABEL)
    first, second = deployment.history()
    assert (first.package, second.package) == (f"{LABEL}/1", f"{LABEL}/2")
    assert (second.reason, second.note) == ("scheduled_refresh", "more data")
    package = registry.package(f"{LABEL}/1")
    assert package.kind == "native"
    assert package.provenance["leaderboard"]["name"] == LABEL
    assert deployment.rows_predicted > 800
    assert deployment.rows_matched > 800
    assert "Both on the same" in ran["compare"].html


def test_the_widgets_are_shown(ran: Finished, registry: Registry):
    assert [cell.id for cell in ran.code if cell.widgets] == ["view", "form"]
    best = max(registry.leaderboards(name=LABEL), key=lambda board: board.id).leader
    assert best in ran["view"].html
    for model in ran.widget_state.values():
        assert 'role="alert"' not in str(model["state"].get("value", ""))
