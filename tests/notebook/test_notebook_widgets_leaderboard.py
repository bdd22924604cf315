"""`LeaderboardForm` and `LeaderboardView` against a real server, with real trainings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_registry import Leaderboard
from jupyter_registry.client import Registry
from jupyter_registry.notebook import LeaderboardForm, LeaderboardView
from jupyter_registry.training.http_sink import HttpSink
from tests.board_samples import board_body, model_body

#: Until a training, which ends by itself, or a deployment is done, and what one is given.
SECONDS, BUDGET = 240, 200


@pytest.fixture(scope="module")
def visits() -> pd.DataFrame:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"age": random.normal(45, 10, 300), "income": random.normal(50, 10, 300)})
    frame["left"] = np.where(frame["age"] + random.normal(0, 8, 300) > 45, "yes", "no")
    frame["id"] = np.arange(300)
    return frame


def leaderboard(frame: pd.DataFrame, name: str, **options: Any) -> Leaderboard:
    wanted = {"families": ["baseline", "linear"], "tune": False, "drop": ["id"], "name": name}
    return Leaderboard(frame, "left", **(wanted | options))


@pytest.fixture(scope="module")
def board(registry: Registry, visits: pd.DataFrame) -> Any:
    """Two models that are done."""
    return leaderboard(visits, "widgets-board").run(BUDGET, registry=registry, progress=False)


def shown(view: LeaderboardView) -> list[str]:
    """The labels of the rows, from top to bottom."""
    return [row.name.description for row in view.table.children[1:]]


def test_a_leaderboard_is_trained_in_the_background(
    registry: Registry, visits: pd.DataFrame, name: str
) -> None:
    view = LeaderboardView(leaderboard(visits, name), registry, time_budget=BUDGET)
    assert "not started" in view._title.value
    assert "held out" in view._facts.value
    assert view.stop_button.layout.display == "none"
    seen: list[list[str]] = []
    view.table.observe(lambda _: seen.append(shown(view)), "children")
    states: list[str] = []
    view._state.observe(lambda change: states.append(change["new"]), "value")
    view.start_button.click()
    assert view.start_button.layout.display == "none"
    assert view.stop_button.layout.display is None
    assert "Checking" in view._state.value
    view.wait(SECONDS)
    assert view.board is not None
    assert registry.leaderboard(view.board.id).state == "done"
    # models came one after the other, as they were finished
    assert [len(labels) for labels in seen] == [1, 2]
    assert shown(view) == ["Linear model", "Constant"]
    assert any("s left" in text and "of" in text for text in states)
    assert "Done: 2 models." in view.notice.value
    assert view.stop_button.layout.display == "none"
    assert "Linear model" in view.static_html()
    assert view.static_text() == f"LeaderboardView: {name}, done, best: Linear model"


def test_stopping_keeps_what_is_there(registry: Registry, visits: pd.DataFrame, name: str) -> None:
    made = leaderboard(visits, name, families=None, tune=None)
    view = LeaderboardView(made, registry, time_budget=400)

    def stop(_: Any) -> None:
        view.stop_button.click()

    view.start_button.click()
    run = view._run
    assert run is not None
    news = run.news

    def told() -> None:
        news()
        if view.board is not None and view.board.models_done and not view._is_stopping:
            stop(None)

    run.news = told
    # without a loop what is told is kept until it is waited for: listen as a loop does
    for _ in range(SECONDS * 5):
        try:
            view.wait(0.2)
            break
        except TimeoutError:
            run._work._listen()
    assert not run.is_running
    assert view.board is not None
    found = registry.leaderboard(view.board.id)
    assert found.state == "stopped"
    assert found.models_done >= 1
    assert "are kept" in view.notice.value


def test_ranking_changes_with_the_metric_and_a_model_is_looked_into(
    registry: Registry, board: Any
) -> None:
    view = LeaderboardView(board.id, registry)
    assert view.metric.value == "auc"
    assert shown(view) == ["Linear model", "Constant"]
    assert "sealed" in view.table.children[1].cells.value
    view.metric.value = "recall"
    recalls = [model.label for model in board.models("recall")]
    assert shown(view) == recalls
    view.metric.value = "auc"

    view.table.button_of(board.model(1).number).click()
    panel = view.model
    assert panel.model is not None
    assert panel.model.label == "Linear model"
    titles = list(panel.tabs.titles)
    assert {"ROC and lift", "Confusion matrix", "Blueprint", "Scores", "Parameters"} <= set(titles)
    assert "<svg" in panel.tabs.children[0].value
    at = titles.index("Blueprint")
    assert panel.tabs.children[at].value == ""  # drawn when it is looked at
    panel.tabs.selected_index = at
    assert 'aria-label="Blueprint: Numbers of age, income' in panel.tabs.children[at].value
    panel.tabs.selected_index = titles.index("Scores")
    assert "sealed" in panel.tabs.children[titles.index("Scores")].value
    for place in (1, 2):
        view.tabs.selected_index = place
        assert "<svg" in view.tabs.children[place].value
    view.open_model("Constant")  # the tab stays
    assert panel.tabs.titles[panel.tabs.selected_index] == "Scores"
    assert view.notice.value == ""


def test_unlock_register_deploy_and_replace(
    registry: Registry, visits: pd.DataFrame, name: str
) -> None:
    board = leaderboard(visits, name).run(BUDGET, registry=registry, progress=False)
    view = LeaderboardView(board, registry)
    view.open_model(2)
    panel = view.model
    panel.unlock.click()
    _, yes, _ = panel._unlocking.children
    assert registry.leaderboard(board.id).models()[1].holdout is None
    yes.click()
    assert registry.leaderboard(board.id).models()[1].holdout is not None
    assert panel.unlock.disabled
    assert "The holdout of Constant is unlocked." in view.notice.value
    assert "sealed" not in view.table.children[2].cells.value

    panel.deploy.click()
    form = panel.form
    assert form.fields["label"].value == name
    form.deploy.click()
    form.wait(SECONDS)
    deployment = registry.deployment(name)
    assert deployment.package == f"{name}/1"
    assert registry.package(f"{name}/1").kind == "native"
    assert f"{name}/1" in view.table.children[2].cells.value

    view.open_model("Linear model")
    panel.replace.click()
    form = panel.form
    assert form.deployment.options == (name,) or name in form.deployment.options
    form.deployment.value = name
    form.check.click()
    form.wait(SECONDS)
    assert "jr-mark" in form._checks.value
    assert form.replace.disabled  # no reason yet
    form.reason.value = "accuracy"
    assert not form.replace.disabled
    libraries = form.fields["environment"].input
    libraries.value = "package"
    assert form.replace.disabled  # these were not checked
    assert form.checks == []
    libraries.value = ""
    form.check.click()
    form.wait(SECONDS)
    form.replace.click()
    form.wait(SECONDS)
    assert registry.deployment(name).package == f"{name}/2"
    assert f"{name}/2 is in service of {name}." in view.notice.value

    panel.register.click()
    form = panel.form
    form.fields["aliases"].input.value = "@best"
    form.register.click()
    form.wait(SECONDS)
    assert registry.package(f"{name}@best").version == 2  # the same package, no second one
    assert len(list(registry.packages(name=name))) == 2


def test_training_again_comparing_and_deleting(
    registry: Registry, visits: pd.DataFrame, name: str, tmp_path: Any
) -> None:
    board = leaderboard(visits, name).run(BUDGET, registry=registry, progress=False)
    view = LeaderboardView(board, registry)
    actions = view.actions
    actions.compare.click()
    assert "not trained as another" in actions.form.children[2].value
    actions.again.click()
    form = actions.form
    assert f"leaderboard {board.id}" in form._title.value
    assert (form.fields["target"].value, form.fields["drop"].value) == ("left", ["id"])
    assert form.fields["name"].value == name
    path = tmp_path / "more.csv"
    pd.concat([visits, visits.assign(id=visits["id"] + 300)]).to_csv(path, index=False)
    form.fields["path"].input.value = str(path)
    form.fields["time_budget"].input.value = BUDGET
    form.start.click()
    form.wait(SECONDS)

    # the view is the new one's, with the way back
    assert view.board.predecessor_id == board.id
    assert view.board.recipe["families"] == ["baseline", "linear"]
    assert view.board.data.source == "more.csv"
    assert not actions.drawer.children
    (link,) = actions.links.children
    assert str(board.id) in link.description
    again = view.board.id
    link.click()
    assert view.board.id == board.id
    (link,) = actions.links.children
    assert str(again) in link.description
    link.click()

    actions.compare.click()
    form = actions.form
    assert form.old.label == f"Linear model (leaderboard {board.id})"
    assert form.rows.label == "The holdout"
    assert form.compare.description == "Unlock and compare"
    form.compare.click()
    form.wait(SECONDS)
    assert form.notice.value == ""
    found = form.comparison
    assert found.old["auc"] == view.board.incumbents[0].metrics["auc"]["value"]
    assert "Difference" in form._found.value
    assert "sealed" not in view.table.children[1].cells.value
    form.rows.value = "\0file"
    form.fields["path"].input.value = str(path)
    form.compare.click()
    form.wait(SECONDS)
    assert form.comparison.rows == 600

    _, yes, _ = (actions.delete.click(), *actions._deleting.children[1:])
    assert registry.leaderboard(again)
    yes.click()
    assert f"Leaderboard {again} ({name}) is deleted." in view._title.value
    assert registry.leaderboard(board.id).successors == []


def test_failed_models_have_their_reason(registry: Registry, name: str, tmp_path: Any) -> None:
    reason = "It used 900 MB of memory.\nTraceback: <somewhere>"
    failed = {"label": "Forest", "family": "forest", "state": "failed", "reason": reason}
    sink = HttpSink(registry)
    sink.begin(board_body(name))
    sink.model(*model_body("linear", tmp_path / "linear"))
    sink.model(failed, {})
    sink.end("done", None)
    view = LeaderboardView(sink.board(), registry)
    assert shown(view) == ["Logistic regression", "Forest"]
    cells = view.table.children[2].cells.value
    assert "failed" in cells
    assert ">It used 900 MB of memory.<" in cells
    view.open_model("Logistic regression")
    view.table.button_of(2).click()
    assert view.model.model is not None
    assert view.model.model.label == "Forest"
    assert "Traceback: &lt;somewhere&gt;" in view.model._reason.value
    assert view.model.deploy not in view.model.children
    assert view.notice.value == ""


def test_the_form_says_what_is_wrong_beside_its_input(
    registry: Registry, visits: pd.DataFrame
) -> None:
    before = len(list(registry.leaderboards()))
    form = LeaderboardForm(visits, registry=registry)
    assert list(form.fields["target"].input.options) == ["age", "income", "left", "id"]
    form.start.click()
    assert "not said what to predict" in form.fields["target"]._note.value
    for field, value, said in (
        ("target", "lefd", "lefd"),
        ("metric", "rmse", "rmse"),
        ("time_budget", 1.0, "too short"),
        ("group_column", "custmer", "custmer"),
    ):
        old = form.fields[field].input.value
        if field != "target":
            form.fields["target"].input.value = "left"
        form.fields[field].input.value = value
        form.start.click()
        form.wait(SECONDS)
        assert said in form.fields[field]._note.value, field
        assert not form.start.disabled
        form.fields[field].input.value = old
    assert form.view is None
    assert len(list(registry.leaderboards())) == before
    assert "not started" in form.static_text()


def test_the_form_trains_and_shows_the_view(
    registry: Registry, visits: pd.DataFrame, name: str, tmp_path: Any
) -> None:
    path = tmp_path / "visits.csv"
    visits.to_csv(path, index=False)
    form = LeaderboardForm(str(path), target="left", registry=registry)
    assert form.fields["path"].value == str(path)
    form.fields["name"].input.value = name
    form.fields["group_column"].input.value = "id"
    form.fields["drop"].input.value = ["id"]
    form.fields["time_budget"].input.value = 400
    form.start.click()
    stopped = False
    for _ in range(SECONDS * 5):
        try:
            form.wait(0.2)
            break
        except TimeoutError:
            found = [item for item in registry.leaderboards(name=name) if item.models_done]
            if found and not stopped:
                stopped = True
                found[0].stop()
    assert form.view is not None
    board = registry.leaderboard(form.view.board.id)
    assert (board.name, board.data.source) == (name, "visits.csv")
    assert board.recipe["drop"] == ["id"]
    assert (board.partition.kind, board.partition.column) == ("group", "id")
    assert board.models_done >= 1
    assert shown(form.view)[: board.models_done] == [model.label for model in board.models()]


def test_a_board_that_trains_elsewhere_is_watched(
    registry: Registry, visits: pd.DataFrame, name: str
) -> None:
    first = LeaderboardView(
        leaderboard(visits, name, tune=True, trials=2), registry, time_budget=BUDGET
    )
    first.start()
    for _ in range(SECONDS * 5):
        if (boards := list(registry.leaderboards(name=name))) and boards[0].state == "running":
            break
        try:
            first.wait(0.2)
        except TimeoutError:
            continue
    watching = LeaderboardView(boards[0].id, registry)
    assert watching.stop_button.layout.display is None
    watching.wait(SECONDS)
    assert watching.board is not None
    assert watching.board.state == "done"
    assert len(shown(watching)) >= 2
    first.wait(SECONDS)
    first.close()


def test_what_does_not_exist(registry: Registry) -> None:
    view = LeaderboardView(987_654, registry)
    assert "Leaderboard not found" in view.notice.value
    assert "not found" in view.static_html()
