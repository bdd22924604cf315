"""Real data, a sink that keeps what it is told, and boards that are trained once for all tests."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from jupyter_registry.training.leaderboard import Leaderboard


class KeepingSink:
    """Keeps all that it is told, and the files; asks to stop after so many models."""

    def __init__(self, folder: Path, stop_after: int | None = None) -> None:
        self.folder = folder
        self.stop_after = stop_after
        self.board: dict[str, Any] | None = None
        self.progresses: list[dict[str, Any]] = []
        self.models: list[tuple[dict[str, Any], dict[str, Path]]] = []
        self.ended: list[tuple[str, str | None]] = []

    def begin(self, board: dict[str, Any]) -> None:
        self.board = board

    def progress(self, progress: dict[str, Any]) -> None:
        self.progresses.append(progress)

    def model(self, model: dict[str, Any], files: dict[str, Path]) -> None:
        kept = {}
        for name, file in files.items():
            place = self.folder / str(len(self.models)) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
            kept[name] = place
        self.models.append((model, kept))

    def incumbents(self, measured: list[dict[str, Any]]) -> None:
        self.measured = measured

    def end(self, state: str, error: str | None) -> None:
        self.ended.append((state, error))

    def should_stop(self) -> bool:
        return self.stop_after is not None and len(self.models) >= self.stop_after

    @property
    def done(self) -> dict[str, tuple[dict[str, Any], dict[str, Path]]]:
        """The models that were trained, by label."""
        return {model["label"]: (model, files) for model, files in self.models if files}


@pytest.fixture(scope="session")
def cancer() -> pd.DataFrame:
    """Breast cancer: 569 rows, 30 numbers, two classes named by texts."""
    frame = load_breast_cancer(as_frame=True).frame
    frame["target"] = frame["target"].map({0: "malignant", 1: "benign"})
    return frame


@pytest.fixture(scope="session")
def diabetes() -> pd.DataFrame:
    """Diabetes: 442 rows, 10 numbers, a number to predict."""
    return load_diabetes(as_frame=True).frame


@pytest.fixture(scope="session")
def wine() -> pd.DataFrame:
    """Wine: 178 rows, 13 numbers, three classes that are integers."""
    return load_wine(as_frame=True).frame


@pytest.fixture(scope="session")
def flights() -> pd.DataFrame:
    """Every 300th flight of 2013: texts, numbers with gaps, a date, a class to predict."""
    from jupyter_registry.demo.flights import load_flights

    frame = load_flights(every=300).drop(columns=["date", "flight_id"])
    # a column of booleans with gaps, too
    frame["warm"] = frame["temp"].map(lambda temp: None if pd.isna(temp) else temp > 60)
    return frame.reset_index(drop=True)


@pytest.fixture(scope="session")
def trained_on_flights(
    flights: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Leaderboard, KeepingSink]:
    """A board of all families, on flights, without a search."""
    # a column of texts with gaps, too
    hazy = flights["visib"].map(lambda miles: "hazy" if miles < 10 else None)
    board = Leaderboard(
        flights.assign(sky=hazy),
        "arrival",
        positive_class="late",
        families=[
            "baseline",
            "linear",
            "forest",
            "hist_gradient_boosting",
            "lightgbm",
            "xgboost",
            "nearest_neighbours",
            *(["catboost"] if find_spec("catboost") else []),
            "blend",
        ],
        tune=False,
        folds=1,
        threads=1,
        seed=7,
    )
    sink = KeepingSink(tmp_path_factory.mktemp("flights"))
    board.run(300, sink=sink, progress=False)
    return board, sink
