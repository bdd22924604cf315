"""Leaderboards: begun, told of, ranked, sealed, stopped, settled, deleted."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_registry import processes
from jupyter_registry.domain.entities import (
    BoardModelCreate,
    LeaderboardCreate,
    LeaderboardUpdate,
    Progress,
)
from jupyter_registry.domain.errors import (
    InvalidInput,
    LeaderboardEnded,
    LeaderboardNotFound,
    LeaderboardRunning,
    NotFound,
)
from jupyter_registry.registry import (
    blobs,
    board_models,
    job_files,
    leaderboard_search,
    leaderboards,
    lost_boards,
)
from jupyter_registry.store.artifacts import ArtifactStore
from jupyter_registry.store.database import Database
from jupyter_registry.store.tables import Leaderboard, now
from tests.board_samples import board_body, failed_body, model_body

from .boards import Upload, add, begin, done


def told(database: Database, board_id: int, **body: Any) -> Any:
    return leaderboards.update(database, board_id, LeaderboardUpdate.model_validate(body))


def silent(database: Database, board_id: int, seconds: float) -> None:
    """Let a leaderboard's training have said nothing for so long."""
    with database.write() as session:
        row = session.get_one(Leaderboard, board_id)
        row.heard_at = now() - timedelta(seconds=seconds)


def test_a_leaderboard_from_its_beginning_to_its_end(
    database: Database, artifacts: ArtifactStore, upload: Upload, tmp_path: Path
) -> None:
    board = begin(database)
    assert (board.state, board.models, board.leader) == ("running", [], None)
    assert (board.created_by, board.is_job, board.stop_requested) == ("ada", False, False)
    forest = add(database, artifacts, upload, board.id, "forest", tmp_path)
    linear = add(database, artifacts, upload, board.id, "linear", tmp_path)
    failed = board_models.add(
        database, artifacts, board.id, BoardModelCreate.model_validate(failed_body())
    ).number
    assert (forest, linear, failed) == (1, 2, 3)
    at = told(database, board.id, progress={"stage": "tuning", "done": 2, "total": 9})
    assert at.progress == Progress(stage="tuning", done=2, total=9)
    done(database, board.id)
    found = leaderboards.get(database, board.id)
    assert (found.state, found.models_done, found.models_failed) == ("done", 2, 1)
    assert found.ended_at is not None
    assert found.leader == "Random forest"
    assert found.leader_score == found.models[0].validation["auc"].mean
    assert found.engine.name == "by hand"
    assert found.partition.rows.holdout == 169
    assert found.recipe == {"seed": 7}
    assert found.models[2].reason == failed_body()["reason"]
    whole = board_models.get(database, board.id, 1)
    assert whole.blueprint[0].step == "scale"
    assert whole.size == sum(file.size for file in whole.files) > 0
    done(database, board.id)  # said twice
    for late in ({"state": "failed", "error": "no"}, {"progress": {}}, {}):
        with pytest.raises(LeaderboardEnded, match="has ended: done"):
            told(database, board.id, **late)
    with pytest.raises(LeaderboardEnded):
        add(database, artifacts, upload, board.id, "linear", tmp_path)
    assert leaderboards.get(database, board.id).models_done == 2


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("metric", "rmse", "not a metric of a binary"),
        ("class_labels", ["one"], "two class labels"),
        ("positive_class", "ugly", "positive class"),
        ("signature", [], "signature"),
        ("time_budget", 0.0, "time budget"),
        ("seed", 2**63, "64 bits"),
        ("recipe", {"nan": float("nan")}, "JSON"),
        ("target_name", "a\0b", "NUL"),
    ],
)
def test_what_cannot_be_a_leaderboard_leaves_none(
    database: Database, field: str, value: Any, match: str
) -> None:
    with pytest.raises(InvalidInput, match=match) as caught:
        begin(database, **{field: value})
    assert caught.value.advice
    assert leaderboard_search.search(database)["items"] == []


def test_a_predecessor_must_be_there_and_is_linked(database: Database) -> None:
    with pytest.raises(LeaderboardNotFound):
        begin(database, predecessor_id=999)
    first = begin(database)
    second = begin(database, predecessor_id=first.id)
    assert leaderboards.get(database, first.id).successors == [second.id]
    done(database, first.id)
    leaderboards.remove(database, ArtifactStore("memory://boards"), first.id)
    assert leaderboards.get(database, second.id).predecessor_id is None


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"upload": None}, "needs upload"),
        ({"format": None}, "needs format"),
        ({"format": "tarball"}, "Unknown model format"),
        ({"baseline": None}, "needs baseline"),
        ({"label": " "}, "needs a label"),
        ({"validation": {"rmse": {"mean": 1.0}}}, "not a metric"),
        ({"validation": {"auc": {"mean": float("inf")}}}, "JSON"),
        ({"details": {"x": float("nan")}}, "JSON"),
        ({"state": "failed", "reason": "why"}, "has no files"),
        ({"input_example": [{}] * 21}, "input example"),
        ({"files": ["none"]}, "no file"),
    ],
)
def test_a_model_that_cannot_be_adds_nothing_and_its_upload_stays(
    database: Database,
    artifacts: ArtifactStore,
    upload: Upload,
    tmp_path: Path,
    changes: dict[str, Any],
    match: str,
) -> None:
    from jupyter_registry.registry import uploads

    board = begin(database)
    body, _ = model_body("linear", tmp_path / "linear")
    sent = upload({"model.skops": b"x"})
    wanted = BoardModelCreate.model_validate(body | {"upload": sent} | changes)
    with pytest.raises(InvalidInput, match=match):
        board_models.add(database, artifacts, board.id, wanted)
    assert leaderboards.get(database, board.id).models == []
    assert len(uploads.get(database, sent).files) == 1


def test_a_failed_candidate_needs_a_reason(database: Database, artifacts: ArtifactStore) -> None:
    board = begin(database)
    body = BoardModelCreate.model_validate(failed_body() | {"reason": None})
    with pytest.raises(InvalidInput, match="reason"):
        board_models.add(database, artifacts, board.id, body)


def test_the_holdout_is_sealed_until_it_is_asked_for(
    database: Database, artifacts: ArtifactStore, upload: Upload, tmp_path: Path
) -> None:
    body, _ = model_body("forest", tmp_path / "seal")
    secret = body["baseline"]["metrics"]["log_loss"]["value"]
    board = begin(database)
    for kind in ("forest", "linear"):
        add(database, artifacts, upload, board.id, kind, tmp_path)
    done(database, board.id)
    shown = leaderboards.get(database, board.id)
    whole = board_models.get(database, board.id, 1)
    listed = leaderboard_search.search(database)
    for answer in (shown.model_dump_json(), whole.model_dump_json(), json.dumps(listed)):
        assert repr(secret)[:10] not in answer
    assert (whole.holdout, whole.baseline, whole.unlocked_at) == (None, None, None)
    order = [model.number for model in shown.models]
    opened = board_models.unlock(database, board.id, 1, "bob")
    assert opened.holdout is not None
    assert opened.holdout["log_loss"]["value"] == secret
    assert opened.baseline == body["baseline"]
    again = board_models.unlock(database, board.id, 1, "eve")
    assert (again.unlocked_at, again.unlocked_by) == (opened.unlocked_at, "bob")
    after = leaderboards.get(database, board.id)
    assert after.models[0].holdout == opened.holdout
    assert after.models[1].holdout is None
    assert [model.number for model in after.models] == order
    with pytest.raises(LeaderboardNotFound, match="no model 3"):
        board_models.unlock(database, board.id, 3, "bob")


def test_stop_asks_a_training_that_speaks_and_ends_one_that_does_not(database: Database) -> None:
    board = begin(database)
    asked = leaderboards.stop(database, board.id)
    assert (asked.state, asked.stop_requested) == ("running", True)
    assert told(database, board.id, progress={"done": 1}).stop_requested
    silent(database, board.id, leaderboards.STOP_SILENT_SECONDS + 1)
    assert leaderboards.stop(database, board.id).state == "stopped"
    assert leaderboards.stop(database, board.id).state == "stopped"
    # its kernel was only asleep
    assert told(database, board.id, progress={"done": 2}).state == "running"
    assert told(database, board.id, state="stopped").state == "stopped"


def test_a_training_that_is_silent_for_too_long_has_ended_until_it_speaks(
    database: Database,
) -> None:
    board = begin(database)
    silent(database, board.id, lost_boards.KERNEL_SILENT_SECONDS - 60)
    assert lost_boards.settle(database) == []
    silent(database, board.id, lost_boards.KERNEL_SILENT_SECONDS + 60)
    assert lost_boards.settle(database) == [(board.id, "cells")]
    ended = leaderboards.get(database, board.id)
    assert (ended.state, ended.error) == ("failed", lost_boards.KERNEL_SILENT)
    spoken = told(database, board.id)
    assert (spoken.state, spoken.error, spoken.ended_at) == ("running", None, None)


def test_a_job_says_that_it_is_at_work_and_its_log_is_kept(database: Database) -> None:
    body = LeaderboardCreate.model_validate(board_body())
    board = leaderboards.create(database, body, "ada", job="0" * 16)
    assert board.is_job
    assert not leaderboards.beat(database, board.id, "reading\n", Progress(stage="x"))
    leaderboards.stop(database, board.id)
    assert leaderboards.beat(database, board.id, "reading\nfitting\n", None)
    assert leaderboards.log(database, board.id).text == "reading\nfitting\n"
    assert leaderboards.get(database, board.id).progress.stage == "x"
    silent(database, board.id, lost_boards.JOB_SILENT_SECONDS + 5)
    assert lost_boards.settle(database) == [(board.id, "cells")]
    assert lost_boards.settle(database) == []
    # it was asked to stop, and has
    ended = leaderboards.get(database, board.id)
    assert (ended.state, ended.error) == ("stopped", None)
    by_kernel = begin(database)
    with pytest.raises(NotFound, match="kernel"):
        leaderboards.log(database, by_kernel.id)


def test_a_training_whose_process_is_gone_has_ended_at_once(database: Database) -> None:
    trainer = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    who = processes.identity(trainer.pid)
    assert who is not None
    bodies = [board_body(name, trainer=who) for name in ("kernel", "job", "asked")]
    bodies.append(board_body("elsewhere", trainer=who | {"place": "another machine"}))
    kernels, jobs, asked, elsewhere = (
        leaderboards.create(database, LeaderboardCreate.model_validate(body), "ada", job=job).id
        for body, job in zip(bodies, (None, "0" * 16, None, None), strict=True)
    )
    leaderboards.stop(database, asked)
    assert lost_boards.settle(database) == []
    trainer.kill()
    while not processes.is_gone(who):  # though nobody has waited for it
        time.sleep(0.01)
    assert {id_ for id_, _ in lost_boards.settle(database)} == {kernels, jobs, asked}
    trainer.communicate()
    assert processes.is_gone(who)
    assert processes.identity(trainer.pid) is None
    found = [leaderboards.get(database, id_) for id_ in (kernels, jobs, asked, elsewhere)]
    assert [(board.state, board.error) for board in found] == [
        ("failed", lost_boards.KERNEL_GONE),
        ("failed", lost_boards.SERVER_STOPPED),
        ("stopped", None),
        ("running", None),
    ]
    # a process that has its id now is another one
    own = processes.identity()
    assert own is not None
    assert not processes.is_gone(own)
    assert processes.is_gone(own | {"began": "1"})


def test_a_job_whose_folder_nobody_holds_has_ended_at_once(
    database: Database, tmp_path: Path
) -> None:
    """As after a container was started again, whose processes are no longer to be seen."""
    body = LeaderboardCreate.model_validate(board_body())
    board = leaderboards.create(database, body, "ada", job="0" * 16)
    folder = tmp_path / f"{job_files.PREFIX}{'0' * 16}"
    owner = job_files.claim(folder)
    assert job_files.sweep(tmp_path) == []
    owner.close()
    told = (folder / "server.json").read_text()
    (folder / "server.json").write_text(told.replace(f'"host": "{platform.node()}', '"host": "x'))
    assert job_files.sweep(tmp_path) == []
    (folder / "server.json").write_text(told)
    lost = job_files.sweep(tmp_path)
    assert lost == ["0" * 16]
    assert not folder.exists()
    assert lost_boards.settle(database, lost) == [(board.id, "cells")]
    assert leaderboards.get(database, board.id).error == lost_boards.SERVER_STOPPED


def test_what_is_written_while_a_job_s_folder_is_removed_goes_with_the_next_sweep(
    tmp_path: Path,
) -> None:
    folder = tmp_path / f"{job_files.PREFIX}{'1' * 16}"
    job_files.claim(folder).close()
    here = os.open(folder, os.O_DIRECTORY)
    writing = threading.Event()

    def write() -> None:  # as the last of a job's processes, which is there a moment longer
        number = 0
        with contextlib.suppress(FileNotFoundError):
            while number < 50_000:
                os.close(os.open(f"f{number}", os.O_CREAT, dir_fd=here))
                number += 1
                writing.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert writing.wait(60)
    job_files.remove(folder)
    writer.join()
    os.close(here)
    assert not folder.exists()
    assert job_files.sweep(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_leaderboard_leaves_no_file(
    database: Database,
    artifacts: ArtifactStore,
    upload: Upload,
    tmp_path: Path,
    stored_files: Callable[[], list[str]],
) -> None:
    before = stored_files()
    board, other = begin(database), begin(database)
    add(database, artifacts, upload, board.id, "forest", tmp_path)
    add(database, artifacts, upload, board.id, "linear", tmp_path)
    add(database, artifacts, upload, other.id, "linear", tmp_path)
    assert len(stored_files()) == len(before) + 2
    assert blobs.collect_orphans(database, artifacts) == 0
    with pytest.raises(LeaderboardRunning, match="still running"):
        leaderboards.remove(database, artifacts, board.id)
    done(database, board.id)
    assert leaderboards.remove(database, artifacts, board.id) == "cells"
    assert len(stored_files()) == len(before) + 1  # the other's
    for missing in (board.id, 0, -1, 2**40):
        with pytest.raises(LeaderboardNotFound):
            leaderboards.get(database, missing)
        with pytest.raises(LeaderboardNotFound):
            board_models.get(database, missing, 1)
    done(database, other.id)
    leaderboards.remove(database, artifacts, other.id)
    assert stored_files() == before


def test_lists_are_filtered_sorted_and_paged(database: Database) -> None:
    made = [
        begin(database, name=name, description=text).id
        for name, text in (("Cells", "of Ärzte"), ("delays", ""), ("cells", "100% sure"))
    ]
    done(database, made[1])

    def ids(**wanted: Any) -> list[int]:
        return [item["id"] for item in leaderboard_search.search(database, **wanted)["items"]]

    from jupyter_registry.domain.kinds import LeaderboardState

    assert ids() == made[::-1]
    assert ids(q="CELLS") == [made[2], made[0]]
    assert ids(q="ärzte outcome") == [made[0]]
    assert ids(q="100%") == [made[2]]
    assert ids(name="cells") == [made[2]]
    assert ids(state=LeaderboardState.DONE) == [made[1]]
    assert ids(sort="created_at", offset=1) == made[1:]
    first = leaderboard_search.search(database, sort="name", limit=2, total=True)
    assert first["total"] == 3
    rest = leaderboard_search.search(database, sort="name", limit=2, cursor=first["next_cursor"])
    found = [item["id"] for item in first["items"] + rest["items"]]
    assert sorted(found) == sorted(made)
    assert rest["next_cursor"] is None
    with pytest.raises(InvalidInput, match="sorted by 'score'"):
        ids(sort="score")
    with pytest.raises(InvalidInput, match="cursor"):
        ids(sort="created_at", cursor=first["next_cursor"])
