"""Leaderboards over HTTP, as a training in a kernel tells of them and as people use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.client.leaderboards import Board
from jupyter_registry.domain.errors import (
    AlreadyExists,
    InvalidInput,
    LeaderboardNotFound,
    LeaderboardRunning,
    NotFound,
)
from jupyter_registry.training.http_sink import HttpSink
from tests.board_samples import board_body, columns, data, failed_body, model_body, pipeline

from .listening import Listener, listening


def beginning(registry: Registry, name: str, **fields: Any) -> HttpSink:
    """What a training in a kernel tells of its leaderboard with."""
    sink = HttpSink(registry)
    sink.begin(board_body(name, **fields))
    return sink


def trained(registry: Registry, name: str, folder: Path, *, end: bool = True) -> Board:
    """A leaderboard with a forest (1), a linear model (2) and one that failed (3)."""
    training = beginning(registry, name)
    for kind in ("forest", "linear"):
        training.model(*model_body(kind, folder / kind))
    training.model(failed_body(), {})
    if end:
        training.end("done", None)
    return training.board()


def test_a_training_tells_and_the_board_is_ranked_on_any_metric(
    registry: Registry, api: httpx.Client, name: str, tmp_path: Path
) -> None:
    training = beginning(registry, name)
    training.progress({"stage": "trying", "done": 0, "total": 3, "seconds_left": 9.5})
    assert not training.should_stop()
    training.model(*model_body("linear", tmp_path / "linear"))
    running = registry.leaderboard(training.id)
    assert (running.state, running.progress.stage) == ("running", "trying")
    assert [model.label for model in running.models()] == ["Logistic regression"]
    training.model(*model_body("forest", tmp_path / "forest"))
    training.model(failed_body(), {})
    training.end("done", None)
    late = api.post(f"/leaderboards/{training.id}/models", json=failed_body())
    assert (late.status_code, late.json()["fields"]["state"]) == (409, "done")
    board = training.board()
    assert board.models().failed[0].reason == failed_body()["reason"]
    assert (board.state, board.models_done, board.models_failed) == ("done", 2, 1)
    by_auc, by_loss = board.models(), board.models("log_loss")
    assert [model.label for model in by_auc] == ["Random forest", "Logistic regression"]
    aucs = [model.validation["auc"].mean for model in by_auc]
    losses = [model.validation["log_loss"].mean for model in by_loss]
    assert aucs == sorted(aucs, reverse=True)
    assert losses == sorted(losses)
    with pytest.raises(InvalidInput, match="rmse"):
        board.models("rmse")
    frame = board.to_frame()
    assert list(frame["rank"].dropna()) == [1, 2]
    assert list(frame["state"]) == ["done", "done", "failed"]
    assert frame["auc"][0] == aucs[0]
    assert json.loads(frame["parameters"][0]) == {"kind": "forest"}
    for shown in (repr(board), board._repr_html_()):
        assert "Random forest" in shown
        assert "memory" in shown
    whole = board.model(1)
    assert whole.label == "Random forest"
    assert whole.details["importance"]["mean radius"] == 1.0
    assert "sealed" in whole._repr_html_()
    assert board.model("Logistic regression").number == 1
    assert board.model(board.models()[1]).number == 1
    for wrong in (0, 3, "Nearest"):
        with pytest.raises(InvalidInput):
            board.model(wrong)
    listed = registry.leaderboards(name=name)
    assert [item.id for item in listed] == [board.id]
    assert listed[0].leader == "Random forest"
    assert listed.total() == 1
    assert "Random forest" in repr(listed)
    assert [item.id for item in registry.leaderboards(q=name, state="running")] == []
    assert listed[0].whole().models()[0].label == "Random forest"
    answer = api.post("/leaderboards", json=board_body(name))
    assert answer.headers["Location"].endswith(f"/leaderboards/{answer.json()['id']}")


def test_no_endpoint_tells_of_the_holdout_before_it_is_unlocked(
    registry: Registry, api: httpx.Client, server: Any, name: str, tmp_path: Path
) -> None:
    body, _ = model_body("forest", tmp_path / "again")
    secrets = [
        json.dumps(metric["value"])
        for metric in body["baseline"]["metrics"].values()
        if metric["value"] not in (0, 1, None) and len(json.dumps(metric["value"])) > 8
    ]
    assert len(secrets) > 5
    board = trained(registry, name, tmp_path)
    at = f"/leaderboards/{board.id}"
    dry = {"deployment": "nowhere", "dry_run": True}
    answers = [
        api.get("/leaderboards"), api.get(at), api.get(f"{at}/models/1"), api.get(f"{at}/log"),
        api.patch(at, json={"state": "done"}), api.post(f"{at}/stop"),
        api.post(f"{at}/models", json=failed_body()),
        api.post(f"{at}/models/1/package", json={"aliases": ["latest"]}),
        api.post(f"{at}/models/1/deployment", json={"label": "1"}),
        api.post(f"{at}/models/1/replacement", json=dry),
        api.get(f"{at}/models/1/files/none"), api.get("/packages"), api.get("/leaderboards/jobs"),
        api.delete(f"{at}/models/1"), api.get("/openapi.json"), api.get("/uploads/0"),
    ]  # fmt: skip
    for answer in answers:
        for secret in secrets:
            assert secret not in answer.text
    assert not any(secret in server.log for secret in secrets)
    unlocked = api.post(f"{at}/models/1/unlock").json()
    assert unlocked["holdout"] == body["baseline"]["metrics"]
    assert unlocked["baseline"]["metrics"] == body["baseline"]["metrics"]
    assert unlocked["unlocked_by"] == api.get("/info").json()["user"]
    assert api.get(at).json()["models"][1]["holdout"] is None
    board.refresh()
    assert board.models().rows()[0][5] == body["baseline"]["metrics"]["auc"]["value"]
    assert board.models().rows()[1][5] is None


def test_deploying_makes_the_package_and_serves_what_the_kernel_says(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    board = trained(registry, name, tmp_path)
    deployment = board.deploy(1, name, tags={"team": "red"}, association_id_column="id")
    assert deployment.package == f"{name}/1"
    assert deployment.association_id_column == "id"
    package = deployment.champion
    assert (package.kind, package.tags) == ("native", {"team": "red"})
    assert package.provenance["leaderboard"]["id"] == board.id
    assert f"{board.id}, model 1" in package._repr_html_()
    assert board.models()[0].package == f"{name}/1"
    assert board.models()[0].holdout is not None
    _, holdout = data()
    found = deployment.predict(holdout[columns()].assign(id=range(len(holdout))), progress=False)
    scores = pipeline("forest").predict_proba(holdout[columns()])[:, 1]
    assert np.abs(found["probability_good"] - scores).max() < 1e-9
    assert deployment.drift().features
    second = board.deploy(board.models()[0], f"second {name}")
    assert second.package_id == deployment.package_id
    assert board.register(1).id == deployment.package_id
    with pytest.raises(AlreadyExists, match="already"):
        board.register(1, "other")
    with pytest.raises(AlreadyExists, match=name):
        board.deploy(2, name)
    assert board.refresh().models()[1].package is None
    checks = board.replace(deployment, 2, "accuracy", dry_run=True)
    assert not checks.replaced
    assert board.models()[1].package is None
    done = board.replace(deployment, 2, "accuracy", "better")
    assert done.replaced
    assert deployment.package == f"{name}/2"
    assert board.models()[1].package == f"{name}/2"
    assert [package.reference for package in registry.model(name).versions()] == [
        f"{name}/2", f"{name}/1",
    ]  # fmt: skip
    board.delete()
    with pytest.raises(LeaderboardNotFound):
        registry.leaderboard(board.id)
    assert deployment.refresh().champion.files


def test_a_models_files_can_be_had_before_it_is_a_package(
    registry: Registry, name: str, tmp_path: Path
) -> None:
    from jupyter_registry import formats

    board = trained(registry, name, tmp_path)
    folder = board.models()[0].download(tmp_path / "model", progress=False)
    chosen, _ = formats.find_model(folder, None)
    assert chosen.name == board.models()[0].format
    with pytest.raises(AlreadyExists):
        board.models()[0].download(tmp_path / "model", progress=False)
    with pytest.raises(NotFound, match="kernel"):
        board.log()


def test_a_running_board_is_stopped_before_it_is_deleted(
    registry: Registry, api: httpx.Client, name: str
) -> None:
    training = beginning(registry, name)
    board = training.board()
    assert not training.should_stop()
    with pytest.raises(LeaderboardRunning):
        board.delete()
    assert board.stop().stop_requested
    training.progress({"done": 1})
    assert training.should_stop()
    training.end("stopped", None)
    training.end("stopped", None)
    assert board.refresh().state == "stopped"
    board.delete()
    assert api.get(f"/leaderboards/{board.id}").status_code == 404


def test_a_training_whose_board_was_ended_stops_and_adds_nothing(
    registry: Registry, api: httpx.Client, name: str, tmp_path: Path
) -> None:
    training = beginning(registry, name)
    ended = api.patch(f"/leaderboards/{training.id}", json={"state": "failed", "error": "over"})
    assert ended.json()["error"] == "over"
    training.model(*model_body("linear", tmp_path / "linear"))
    assert training.should_stop()
    training.progress({"done": 1})
    training.end("done", None)
    board = training.board()
    assert (board.state, board.error, len(board.models())) == ("failed", "over", 0)


def test_the_wrong_is_refused_and_changes_nothing(
    api: httpx.Client, registry: Registry, name: str
) -> None:
    with pytest.raises(InvalidInput, match="metric"):
        beginning(registry, name, metric="rmse")
    for path, body in (
        ("/leaderboards", {}),
        ("/leaderboards", board_body(name, more=1)),
        ("/leaderboards", board_body(name, target_type="anomaly")),
        ("/leaderboards/jobs", {"target_name": "y"}),
        ("/leaderboards/jobs", {"target_name": "y", "upload": "0", "contents": "a.csv"}),
        ("/leaderboards/jobs", {"target_name": " ", "contents": "a.csv"}),
        ("/leaderboards/jobs", {"target_name": "y", "contents": "a.csv", "file": "b"}),
        ("/leaderboards/jobs", {"target_name": "y", "contents": "a.csv", "time_budget": -1}),
    ):
        answer = api.post(path, json=body)
        assert answer.status_code in (400, 404), answer.text
        assert answer.json()["advice"]
    for path in ("/leaderboards/none", f"/leaderboards/{'9' * 5000}", "/leaderboards/0"):
        assert api.get(path).status_code == 404
    assert api.get("/leaderboards", params={"state": "paused"}).status_code == 400
    assert [item.id for item in registry.leaderboards(name=name)] == []


def test_every_change_is_told(
    api: httpx.Client, server: Any, registry: Registry, name: str, tmp_path: Path
) -> None:
    with listening(server) as hears:
        _walk(api, hears, registry, name, tmp_path)


def _walk(
    api: httpx.Client, hears: Listener, registry: Registry, name: str, tmp_path: Path
) -> None:
    who = {"user": api.get("/info").json()["user"]}
    training = beginning(registry, name)
    board = {"entity": "leaderboard", "id": training.id, "name": name, **who}
    updated = {"action": "updated", **board}
    assert hears.next() == {"action": "created", **board}
    training.progress({"done": 1})
    assert hears.next() == updated
    training.model(*model_body("linear", tmp_path / "linear"))
    assert hears.next() == updated
    at = f"/leaderboards/{training.id}"
    assert api.post(f"{at}/stop").is_success
    assert hears.next() == updated
    training.end("stopped", None)
    assert hears.next() == updated
    assert api.post(f"{at}/models/1/unlock").is_success
    assert hears.next() == updated
    made = api.post(f"{at}/models/1/deployment", json={"label": f"of {name}"}).json()
    assert [(e["action"], e["entity"]) for e in (hears.next() for _ in range(4))] == [
        ("created", "model"), ("created", "package"), ("updated", "leaderboard"),
        ("created", "deployment"),
    ]  # fmt: skip
    package = api.post(f"{at}/models/1/package", json={"aliases": ["a"]})
    assert (package.status_code, package.json()["id"]) == (200, made["package_id"])
    assert [hears.next()["entity"] for _ in range(2)] == ["package", "leaderboard"]
    assert api.delete(at).status_code == 204
    assert hears.next() == {"action": "deleted", **board}
    assert hears.hears_nothing()
