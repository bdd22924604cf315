"""``%leaderboard`` and ``%board`` in a real kernel against a real server."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import pytest

from jupyter_registry.client import Registry

#: Trains two models, without a search: a few seconds.
QUICK = "--drop visit,at --family baseline,linear --no-tune --budget 240"


@pytest.fixture(scope="module")
def trained(_prepared: Any, live_server: Any) -> tuple[str, str]:
    """A leaderboard's name and id, and what was printed."""
    name = f"board-{os.getpid()}"
    _prepared.ok(
        f"%config RegistryMagics.url = {live_server.url!r}\n"
        f"%config RegistryMagics.token = {live_server.token!r}"
    )
    ran = _prepared.ok(f"%leaderboard train --target left {QUICK} --name {name} --seed 3")
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("left (binary): ")
    assert any(line.startswith("Linear model: auc 0.") for line in lines)
    assert lines[-1] == "Done: 2 models"
    assert "Leaderboard" in ran.result["text/html"]
    assert "Linear model" in ran.text
    return name, _prepared.value("_.id")


def test_the_board_is_in_the_registry(
    kernel: Any, registry: Registry, trained: tuple[str, str]
) -> None:
    name, number = trained
    board = registry.leaderboard(int(number))
    assert (board.name, board.state, board.seed, board.time_budget) == (name, "done", 3, 240)
    assert board.data.source == "train"
    assert [model.label for model in board.models()] == ["Linear model", "Constant"]

    ran = kernel.ok(f"%board {number}")
    assert "Linear model" in ran.text
    ran = kernel.ok(f"%board {number} --metric log_loss")
    assert "log_loss" in ran.text
    kernel.ok(f"%board {number} --model 1 -o best")
    assert kernel.value("best.label, 'roc' in best.details") == "Linear model True"
    assert number in kernel.ok(f"%board --name {name}").text


def test_options_go_on_in_the_cell(kernel: Any, registry: Registry, name: str) -> None:
    ran = kernel.ok(
        f"%%leaderboard train --target left --name {name}\n"
        "# what is known before\n"
        "--drop visit,at  # an id, and a time\n"
        "--family linear --no-tune\n"
        "\n"
        "--metric log_loss --budget 240\n"
        "--quiet -o made"
    )
    assert ran.stdout == ""
    assert not ran.result
    board = registry.leaderboard(int(kernel.value("made.id")))
    assert (board.metric, board.time_budget) == ("log_loss", 240)
    assert board.recipe["drop"] == ["visit", "at"]
    (model,) = board.models()
    assert model.label == "Linear model"

    ran = kernel.ok(f"%leaderboard march --like {board.id} -o again")
    again = registry.leaderboard(int(kernel.value("again.id")))
    assert again.predecessor_id == board.id
    assert (again.data.rows, again.metric, again.data.source) == (400, "log_loss", "march")
    assert "trained as another's successor" in kernel.fails(f"%board {board.id} --compare")
    kernel.ok(f"%board {again.id} --compare -o found")
    old = float(kernel.value("found.old['log_loss']"))
    assert old == again.incumbents[0].metrics["log_loss"]["value"]
    assert registry.leaderboard(again.id).models()[0].holdout is not None
    kernel.ok(f"%board {again.id} --compare --on march --with {board.id} -o others")
    assert kernel.value("others.rows, others.names[0]") == f"400 Linear model (board {board.id})"
    assert "--yes" in kernel.fails(f"%board {again.id} --delete")
    kernel.ok(f"%board {again.id} --delete --yes")
    assert registry.leaderboard(board.id).successors == []


def test_an_interrupt_keeps_what_is_there(kernel: Any, registry: Registry, name: str) -> None:
    def interrupt() -> None:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            boards = list(registry.leaderboards(name=name))
            if boards and boards[0].models_done:
                kernel._manager.interrupt_kernel()
                return
            time.sleep(0.1)

    thread = threading.Thread(target=interrupt)
    thread.start()
    ran = kernel.ok(f"%leaderboard train --target left --budget 400 --name {name} -o kept")
    thread.join()
    assert ran.stdout.splitlines()[-1].startswith("Stopped: ")
    board = registry.leaderboard(int(kernel.value("kept.id")))
    assert board.state == "stopped"
    assert board.models_done >= 1


def test_a_model_is_deployed_and_replaces(
    kernel: Any, registry: Registry, trained: tuple[str, str]
) -> None:
    name, number = trained
    label = f"{name} / live"
    ran = kernel.ok(
        f'%board {number} --deploy 2 --as "{label}" --importance high --threshold 0.4 --tag a:b'
    )
    assert ran.text == f"<Deployment {label!r}: {name}/1, active>"
    deployment = registry.deployment(label)
    package = registry.package(f"{name}/1")
    assert (package.kind, package.tags) == ("native", {"a": "b"})
    assert (deployment.importance, deployment.prediction_threshold) == ("high", 0.4)
    trial = f'%board {number} --replace "{label}" --model 1 --dry-run --environment kernelspec'
    ran = kernel.ok(trial)
    assert "nowhere" in kernel.fails(f"{trial} --kernelspec nowhere")
    assert registry.deployment(label).package == f"{name}/1"
    told = kernel.fails(f'%board {number} --replace "{label}" --model 1')
    assert "--reason" in told
    kernel.ok(f'%board {number} --replace "{label}" --model "Linear model" --reason accuracy')
    assert registry.deployment(label).package == f"{name}/2"
    kernel.ok(f'%predict "{label}" march -o scored')
    assert kernel.value("len(scored)") == "400"
    kernel.ok(f"%board {number} --register 1 --alias best")
    assert registry.package(f"{name}@best").version == 2
    kernel.ok(f"%board {number} --unlock 2")
    assert float(kernel.value("_.holdout['auc']['value']")) == 0.5


def test_what_is_wrong_is_said_in_one_line(
    kernel: Any, registry: Registry, trained: tuple[str, str]
) -> None:
    _, number = trained
    boards = len(list(registry.leaderboards()))
    assert "--target" in kernel.fails("%leaderboard train")
    assert "no column" in kernel.fails("%leaderboard train --target lefd").lower()
    assert "There is no variable or file 'trian'" in kernel.fails("%leaderboard trian --target a")
    assert "not a metric of a binary target" in kernel.fails(
        "%leaderboard train --target left --metric rmse"
    )
    assert "too short" in kernel.fails("%leaderboard train --target left --budget 1")
    assert "at least" in kernel.fails("%leaderboard train.head(20) --target left")
    assert "no name for a variable" in kernel.fails("%leaderboard train --target left -o a-b")
    assert "--budgets" in kernel.fails("%leaderboard train --target left --budgets 3")
    assert "Leaderboard not found" in kernel.fails("%board 987654")
    assert "no model of rank 9" in kernel.fails(f"%board {number} --model 9")
    assert "--as" in kernel.fails(f"%board {number} --deploy 1")
    assert "one thing at a time" in kernel.fails(f"%board {number} --deploy 1 --stop")
    assert "Give its id" in kernel.fails("%board --stop")
    assert len(list(registry.leaderboards())) == boards
    assert "--budget SECONDS" in kernel.ok("%leaderboard --help").stdout
    assert "--deploy MODEL" in kernel.ok("%board --help").stdout


def test_names_and_options_are_completed(kernel: Any, trained: tuple[str, str]) -> None:
    _, number = trained
    assert "%leaderboard train --target left" in kernel.completed("%leaderboard train --target l")
    assert kernel.completed("%leaderboard train --family lin") == [
        "%leaderboard train --family linear"
    ]
    assert kernel.completed("%leaderboard train --metric au") == ["%leaderboard train --metric auc"]
    assert f"%board {number}" in kernel.completed("%board ")
    start = f"%board {number} --deploy "
    assert kernel.completed(start)[:2] == [f'{start}"Linear model"', f"{start}Constant"]
    cell = "%%leaderboard train\n--target left\n--par"
    assert kernel.completed(cell) == ["%%leaderboard train\n--target left\n--partition"]
