"""Boards in a real registry: trained, deployed, trained again and compared."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jupyter_client.manager import start_new_kernel

import jupyter_registry
from jupyter_registry import Leaderboard
from jupyter_registry.client import Registry
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.formats import find_model
from jupyter_registry.training import compare
from tests.live_server import LiveServer

FAMILIES = ["linear", "hist_gradient_boosting", "lightgbm", "xgboost", "forest", "blend"]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    server = LiveServer(tmp_path_factory.mktemp("server"))
    server.start()
    with Registry(server.url, server.token) as registry:
        yield registry
    server.stop()


@pytest.fixture(scope="module")
def first(registry: Registry, flights: pd.DataFrame) -> tuple[Leaderboard, Any]:
    """A board of the first half of the flights, and the leaderboard that made it."""
    training = Leaderboard(
        flights.iloc[: len(flights) // 2],
        "arrival",
        positive_class="late",
        families=FAMILIES,
        tune=False,
        folds=1,
        threads=1,
        name="flights-by-hand",
    )
    return training, training.run(240, registry=registry, progress=False)


def test_the_board_is_in_the_registry(first: tuple[Leaderboard, Any], registry: Registry) -> None:
    training, board = first
    assert board.state == "done"
    assert [model.label for model in board.models()]
    again = registry.leaderboard(board.id)
    assert again.recipe["families"] == FAMILIES
    assert again.warnings == training.warnings
    assert again.data.digest == training.data.digest
    assert {model.label for model in again.models()} == {
        "Linear model",
        "Histogram gradient boosting",
        "LightGBM",
        "XGBoost",
        "Random forest",
        "Blend",
    }
    assert all(model.holdout is None for model in again.models())


def test_a_deployed_model_predicts_as_in_the_kernel(
    first: tuple[Leaderboard, Any], registry: Registry, tmp_path: Path
) -> None:
    """Every family by the server's worker and by the downloaded file here: the same to 1e-9.

    The best three are in their blend, which is one model for a worker.
    """
    training, board = first
    rows = training.holdout.select(training.data.signature.names).to_pandas()
    ranked = [model for model in board.models() if model.family != "blend"]
    served = [model for model in board.models() if model not in ranked[:3]]
    assert [model.family for model in served].count("blend") == 1
    for model in served:
        deployment = board.deploy(model, f"flights-{model.number}")
        answer = deployment.predict(rows)
        folder = model.download(tmp_path / str(model.number), progress=False)
        kind, file = find_model(folder)
        native = kind.load(file).native
        here = native.predict_proba(rows[list(native.feature_names_in_)])
        place = list(native.classes_).index("late")
        told = answer["probability_late"] if "probability_late" in answer else answer["late"]
        assert np.abs(np.asarray(told, float) - here[:, place]).max() < 1e-9
        package = registry.package_by_id(deployment.package_id)
        assert package.kind == "native"
        assert package.provenance["leaderboard"]["id"] == board.id
        assert package.provenance["libraries"]["sklearn"]
        assert package.baseline is not None
        assert package.baseline["metrics"]["auc"]["n"] == len(training.partition.holdout)


def test_training_again_is_linked_and_compared(
    first: tuple[Leaderboard, Any], registry: Registry, flights: pd.DataFrame
) -> None:
    _, board = first
    again = Leaderboard.like(board, flights)
    assert again.recipe["seed"] == board.recipe["seed"]
    successor = Leaderboard.rerun(board, flights, time_budget=240, progress=False)
    assert successor.predecessor_id == board.id
    assert registry.leaderboard(board.id).successors == [successor.id]
    recipe = {k: v for k, v in board.recipe.items() if k != "time_budget"}
    assert {k: v for k, v in successor.recipe.items() if k != "time_budget"} == recipe
    found = compare(board, successor, again.holdout)
    # the same as was measured while it was trained, by whoever looks later
    packaged = [model.number for model in board.refresh().models() if model.package]
    measured = [one.number for one in successor.incumbents]
    in_use = {*packaged, board.models()[0].number}
    assert len(set(measured)) == len(measured) == min(3, len(in_use))
    assert set(measured) <= in_use
    told = registry.leaderboard(successor.id).compare(old=board.models()[0].number)
    assert told.old == pytest.approx(found.old, abs=1e-9)
    assert told.new == pytest.approx(found.new, abs=1e-9)
    assert told.rows == found.rows == again.holdout.num_rows
    assert told.difference("auc") == told.new["auc"] - told.old["auc"]
    assert "incumbents" not in successor.provenance
    with pytest.raises(InvalidInput, match="not trained as another's successor"):
        board.compare()
    best = successor.models()[0]
    best.unlock()
    sealed = {name: metric["value"] for name, metric in best.holdout.items()}
    assert found.new == pytest.approx(sealed, abs=1e-9)
    assert set(found.old) == set(found.new)
    assert found.old != found.new
    frame = found.to_frame()
    row = frame[frame["metric"] == "auc"].iloc[0]
    assert (row["better"] == "new") == (row["new"] > row["old"])
    row = frame[frame["metric"] == "log_loss"].iloc[0]
    assert (row["better"] == "new") == (row["new"] < row["old"])
    assert "same" in repr(found)
    with pytest.raises(InvalidInput, match="no column 'arrival'"):
        compare(board, successor, again.holdout.drop_columns(["arrival"]))
    with pytest.raises(InvalidInput, match="is no board"):
        compare(board, 3, again.holdout)


def test_a_board_is_stopped_from_elsewhere(registry: Registry, flights: pd.DataFrame) -> None:
    """As a panel or another notebook does, while the kernel trains."""
    training = Leaderboard(
        flights, "arrival", tune=False, threads=1, name="stopped", partition="random", folds=5
    )

    def stop() -> None:
        while True:
            for item in registry.leaderboards(name="stopped"):
                if item.models_done:
                    item.stop()
                    return
            time.sleep(0.2)

    stopper = threading.Thread(target=stop)
    stopper.start()
    board = training.run(400, registry=registry, progress=False)
    stopper.join()
    assert board.state == "stopped"
    assert 1 <= len(board.models()) < len(training.families) + 1


def test_a_kernel_that_is_killed_leaves_its_board_failed_with_its_models(
    registry: Registry, flights: pd.DataFrame, tmp_path: Path
) -> None:
    flights.to_parquet(tmp_path / "flights.parquet")
    manager, client = start_new_kernel(
        kernel_name="python3", env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    url, token = registry.url, registry.connection.token
    client.execute(
        "from jupyter_registry import Leaderboard\n"
        "from jupyter_registry.client import Registry\n"
        f"training = Leaderboard({str(tmp_path / 'flights.parquet')!r}, 'arrival', name='killed')\n"
        f"training.run(400, registry=Registry({url!r}, {token!r}))"
    )
    deadline = time.monotonic() + 240
    while not (found := [one for one in registry.leaderboards(name="killed") if one.models_done]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    (folder,) = tmp_path.glob("leaderboard-*")
    client.stop_channels()
    manager.signal_kernel(signal.SIGKILL)
    board = found[0].whole()
    while board.refresh().state == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert board.state == "failed"
    assert "Its kernel ended" in str(board.error)
    assert board.models()
    while folder.exists():  # the child that trained goes too
        assert time.monotonic() < deadline
        time.sleep(0.1)
    manager.cleanup_resources()


def test_what_is_refused_leaves_no_board(registry: Registry, flights: pd.DataFrame) -> None:
    before = [item.id for item in registry.leaderboards()]
    with pytest.raises(InvalidInput):
        Leaderboard(flights, "arrival").run(0.5, registry=registry, progress=False)
    with pytest.raises(InvalidInput):
        Leaderboard(flights, "departure")
    assert [item.id for item in registry.leaderboards()] == before


def test_it_is_found_where_the_registry_is() -> None:
    assert jupyter_registry.Leaderboard is Leaderboard
    assert "Leaderboard" in jupyter_registry.__all__
