"""Training jobs: a process of the server's trains, tells, is stopped, and ends with the server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_registry.client import Registry
from jupyter_registry.domain.errors import StorageUnavailable
from jupyter_registry.training import Leaderboard
from tests.small_disks import SmallDisk, small_disk

from .jobs import begun, cells, ended, sent, until

#: Seconds of a training that does not end by itself before a test is over: its search fills them.
LONG = 400.0


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def processes_of(job_id: str) -> list[int]:
    """The processes whose command names the job's folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and job_id.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_a_job_trains_and_its_winner_is_deployed(
    api: httpx.Client, server: Any, name: str, tmp_path: Path
) -> None:
    upload = sent(api, cells(tmp_path))
    families = ["baseline", "linear", "nearest_neighbours"]
    options = {"seed": 3, "families": families, "tune": False, "folds": 1}
    job = begun(
        api,
        upload=upload,
        name=name,
        time_budget=240.0,
        options=options,
        kernelspec="python3",
    )
    at = f"/leaderboards/jobs/{job['id']}"
    assert job["state"] == "starting"
    assert job["source"] == "cells.csv"
    running = until(api, at, lambda job: job["leaderboard_id"] is not None)
    board_id = running["leaderboard_id"]
    found = until(api, at, ended)
    assert (found["state"], found["problem"]) == ("done", None), found
    board = api.get(f"/leaderboards/{board_id}").json()
    assert (board["state"], board["is_job"], board["name"]) == ("done", True, name)
    assert board["data"]["source"] == "cells.csv"
    assert board["provenance"]["kernelspec"] == "python3"
    assert (board["seed"], board["time_budget"]) == (3, 240.0)
    assert board["models_done"] >= 3
    assert all(model["holdout"] is None for model in board["models"])
    assert api.get(f"/leaderboards/{board_id}/log").status_code == 200
    made = api.post(
        f"/leaderboards/{board_id}/models/{board['leader_number']}/deployment",
        json={"label": name},
    )
    assert made.status_code == 201, made.text
    package = api.get(f"/packages/{made.json()['package_id']}").json()
    assert package["kind"] == "native"
    assert package["provenance"]["leaderboard"]["id"] == board_id
    rows = package["input_example"]
    answer = api.post(f"/deployments/{name}/predictions", json=rows)
    assert answer.status_code == 200, answer.text
    assert found["id"] in [one["id"] for one in api.get("/leaderboards/jobs").json()]
    _trained_again(api, api.get(f"/leaderboards/{board_id}").json(), tmp_path)
    assert processes_of(job["id"]) == []
    assert not list(server.data.parent.rglob(f".training-{job['id']}"))


def _trained_again(api: httpx.Client, first: dict[str, Any], folder: Path) -> None:
    """With more rows, by its recipe; its best, a package, is measured on the new holdout."""
    upload = sent(api, cells(folder, "more.csv", copies=2))
    changes = {"upload": upload, "predecessor_id": first["id"], "token": "a-form"}
    job = begun(api, **changes, options={"families": ["linear"]})
    listed = next(one for one in api.get("/leaderboards/jobs").json() if one["id"] == job["id"])
    assert (listed["token"], listed["predecessor_id"]) == ("a-form", first["id"])
    found = until(api, f"/leaderboards/jobs/{job['id']}", ended)
    assert found["problem"] is None, found
    board = api.get(f"/leaderboards/{found['leaderboard_id']}").json()
    assert (board["predecessor_id"], board["name"]) == (first["id"], first["name"])
    assert (board["seed"], board["time_budget"]) == (3, 240.0)  # as the first
    assert board["recipe"]["families"] == ["linear"]  # as it was told
    assert api.get(f"/leaderboards/{first['id']}").json()["successors"] == [board["id"]]
    (old,) = board["incumbents"]
    assert (old["number"], old["package"]) == (first["leader_number"], f"{first['name']}/1")
    assert old["metrics"]["auc"]["n"] == board["partition"]["rows"]["holdout"]
    assert old["metrics"]["auc"]["value"] > 0.9
    assert all(model["holdout"] is None for model in board["models"])
    gone = {"upload": sent(api, cells(folder)), "target_name": "outcome", "predecessor_id": 10**6}
    assert api.post("/leaderboards/jobs", json=gone).status_code == 404


@pytest.mark.parametrize(
    ("changes", "kind", "match"),
    [
        ({"target_name": "nothing"}, "InvalidInput", "nothing"),
        ({"options": {"depth": 3}}, "InvalidInput", "depth"),
        ({"options": {"metric": "rmse"}}, "InvalidInput", "rmse"),
        ({"time_budget": 0.001}, "InvalidInput", "budget"),
    ],
)
def test_what_cannot_be_trained_on_is_one_clear_error_and_no_leaderboard(
    api: httpx.Client,
    name: str,
    tmp_path: Path,
    changes: dict[str, Any],
    kind: str,
    match: str,
) -> None:
    upload = sent(api, cells(tmp_path))
    job = begun(api, **{"upload": upload, "name": name, "time_budget": 10.0} | changes)
    found = until(api, f"/leaderboards/jobs/{job['id']}", ended)
    assert (found["state"], found["leaderboard_id"]) == ("failed", None)
    assert found["problem"]["type"].endswith(f":{kind}"), found
    assert match in found["problem"]["detail"]
    assert found["problem"]["advice"]
    assert api.get("/leaderboards", params={"name": name}).json()["items"] == []


def test_what_the_file_browser_shows_is_trained_on(
    api: httpx.Client, server: Any, name: str
) -> None:
    cells(server.folder / name, "there.csv")
    job = begun(api, contents=f"{name}/there.csv", name=name, target_name="nothing")
    found = until(api, f"/leaderboards/jobs/{job['id']}", ended)
    assert found["source"] == f"{name}/there.csv"
    assert "nothing" in found["problem"]["detail"]  # it was read
    assert (server.folder / name / "there.csv").exists()
    for path, status in (("../out.csv", 422), (f"{name}/gone.csv", 404), (name, 422)):
        answer = api.post("/leaderboards/jobs", json={"target_name": "y", "contents": path})
        assert answer.status_code == status, answer.text
    body = {"target_name": "y", "contents": f"{name}/there.csv"}
    unknown = api.post("/leaderboards/jobs", json=body | {"kernelspec": "nowhere"})
    assert unknown.status_code == 400
    assert "kernelspec" in unknown.json()["fields"]
    with server.client(**{"X-Deny": "read:contents"}) as denied:
        assert denied.post("/leaderboards/jobs", json=body).status_code == 403


def test_a_job_is_stopped_and_keeps_what_it_has(
    api: httpx.Client, name: str, tmp_path: Path
) -> None:
    upload = sent(api, cells(tmp_path))
    job = begun(api, upload=upload, name=name, time_budget=LONG)
    at = f"/leaderboards/jobs/{job['id']}"
    board_id = until(api, at, lambda job: job["leaderboard_id"] is not None)["leaderboard_id"]
    until(api, f"/leaderboards/{board_id}", lambda board: board["models_done"] >= 1)
    refused = api.delete(f"/leaderboards/{board_id}")
    assert refused.status_code == 409
    asked = time.monotonic()
    assert api.post(f"/leaderboards/{board_id}/stop").json()["stop_requested"]
    assert until(api, at, ended)["state"] == "stopped"
    assert time.monotonic() - asked < 60
    board = api.get(f"/leaderboards/{board_id}").json()
    assert board["state"] == "stopped"
    assert board["models_done"] >= 1
    assert processes_of(job["id"]) == []
    assert api.delete(f"/leaderboards/{board_id}").status_code == 204


def test_a_job_that_is_cancelled_is_gone_at_once(
    api: httpx.Client, name: str, tmp_path: Path
) -> None:
    upload = sent(api, cells(tmp_path))
    job = begun(api, upload=upload, name=name, time_budget=LONG)
    at = f"/leaderboards/jobs/{job['id']}"
    board_id = until(api, at, lambda job: job["leaderboard_id"] is not None)["leaderboard_id"]
    assert processes_of(job["id"])
    assert api.delete(at).status_code == 204
    assert api.get(at).json()["state"] == "stopped"
    # what it had begun itself ends as soon as it has noticed
    deadline = time.monotonic() + 30
    while processes_of(job["id"]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of(job["id"]) == []
    assert api.get(f"/leaderboards/{board_id}").json()["state"] == "stopped"
    assert api.get("/leaderboards/jobs/none").status_code == 404
    assert api.delete("/leaderboards/jobs/none").status_code == 404


def test_a_server_that_stops_in_a_job_leaves_a_failed_board_with_its_models(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    server = start()
    for how in ("stop", "kill"):
        board_id, number = _stops_in_a_job(server, how, tmp_path)
    with server.client() as api:  # what is left is whole
        made = api.post(f"/leaderboards/{board_id}/models/{number}/package", json={})
        assert made.status_code == 201, made.text


def _stops_in_a_job(server: Any, how: str, folder: Path) -> tuple[int, int]:
    """The board that it leaves, and the number of its best model."""
    with server.client() as api:
        upload = sent(api, cells(folder))
        job = begun(api, upload=upload, name="cells", time_budget=LONG)
        at = f"/leaderboards/jobs/{job['id']}"
        board_id = until(api, at, lambda job: job["leaderboard_id"] is not None)["leaderboard_id"]
        until(api, f"/leaderboards/{board_id}", lambda board: board["models_done"] >= 1)
        pids = processes_of(job["id"])
        assert len(pids) in (2, 3)  # the job, its child that trains, and the copy that is at work
        getattr(server, how)()
    deadline = time.monotonic() + 60
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of(job["id"]) == []
    server.start()
    with server.client() as api:
        board = api.get(f"/leaderboards/{board_id}").json()  # known at once
        assert board["state"] == "failed"
        assert "server was stopped" in board["error"]
        assert board["models_done"] >= 1
        assert api.get(f"/leaderboards/{board_id}/log").status_code == 200
        assert api.get(at).status_code == 404
        assert not list(server.data.rglob(f".training-{job['id']}"))
    return board_id, board["leader_number"]


def test_a_full_disk_is_said_and_leaves_nothing_half(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    with (
        small_disk(tmp_path / "models", 400 * 2**20) as models,
        small_disk(tmp_path / "artifacts", 400 * 2**20) as artifacts,
        small_disk(tmp_path / "database", 40 * 2**20) as database,
    ):
        server = start(
            f"--RegistryApp.model_folder={models.folder}",
            f"--RegistryApp.artifact_url={artifacts.folder}",
            f"--RegistryApp.database_url=sqlite:///{database.folder / 'registry.db'}",
        )
        data = cells(tmp_path, copies=2)
        with server.client() as api, Registry(server.root, server.token) as registry:
            _fills(api, registry, data, models, artifacts)
            artifacts.leave(400 * 2**20)
            _fills_the_database(api, sent(api, data), database)
        server.stop()


def _fills(
    api: httpx.Client, registry: Registry, data: Path, models: SmallDisk, artifacts: SmallDisk
) -> None:
    options = {"families": ["linear", "forest"], "tune": False, "folds": 1}
    body = {"upload": sent(api, data), "name": "cells", "time_budget": 240.0, "options": options}
    kept = artifacts.files()

    def over() -> dict[str, Any]:
        job = begun(api, **body)
        return until(api, f"/leaderboards/jobs/{job['id']}", ended)

    # the data do not fit; they do, and models would not
    for free, why in ((10_000, "is full"), (50 * 2**20, "MB are free")):
        models.leave(free)
        job = over()
        assert job["problem"]["type"].endswith(":StorageUnavailable"), job
        assert why in job["problem"]["detail"]
        assert job["problem"]["advice"].startswith("Free")
        assert models.files() == []
    assert api.get("/leaderboards").json()["items"] == []
    # the artifact store has room for one model
    models.leave(400 * 2**20)
    artifacts.leave(500_000)
    job = over()
    board = api.get(f"/leaderboards/{job['leaderboard_id']}").json()
    assert [model["label"] for model in board["models"]] == ["Linear model"]
    assert (board["state"], job["state"]) == ("failed", "failed")
    assert board["error"].startswith(f"The artifact store {artifacts.folder} is full")
    assert board["error"].startswith(job["problem"]["detail"])
    assert models.files() == []
    assert len(artifacts.files()) == len(kept) + 1
    # and so it is in a kernel
    training = Leaderboard(data, "outcome", name="again", **options)
    with pytest.raises(StorageUnavailable, match=r"The artifact store .* is full") as full:
        training.run(240, registry=registry, progress=False)
    (again,) = registry.leaderboards(name="again")
    assert (again.state, again.error) == ("failed", str(full.value))
    assert [model.label for model in again.whole().models()] == ["Linear model"]
    assert api.delete(f"/leaderboards/{again.id}").status_code == 204
    assert len(artifacts.files()) <= len(kept) + 1


def _fills_the_database(api: httpx.Client, upload: str, database: SmallDisk) -> None:
    """How a training ended is written down as soon as that can be done."""
    # it takes a while even where all is quick: the disk is full before it ends
    options = {"families": ["forest", "linear"], "tune": False, "folds": 10}
    job = begun(api, upload=upload, name="cells", time_budget=240.0, options=options)
    at = f"/leaderboards/jobs/{job['id']}"
    board_id = until(api, at, lambda job: job["leaderboard_id"] is not None)["leaderboard_id"]
    database.leave(0)
    job = until(api, at, ended)
    assert job["problem"]["type"].endswith(":StorageUnavailable"), job
    database.leave(40 * 2**20)
    board = until(api, f"/leaderboards/{board_id}", lambda board: board["state"] != "running")
    assert board["state"] == "failed"
    assert board["error"].startswith("The database cannot be used: ")
