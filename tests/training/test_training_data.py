"""Data that cannot be trained on are refused with one clear error before anything is trained."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pytest

from jupyter_registry.domain.errors import InvalidInput, StorageUnavailable
from jupyter_registry.domain.fields import NAME_PATTERN
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.signature import Dtype
from jupyter_registry.training import room
from jupyter_registry.training.data import prepare
from jupyter_registry.training.leaderboard import Leaderboard
from jupyter_registry.training.options import name_of
from tests.training.conftest import KeepingSink


def _frame(n: int = 100) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "a": random.normal(size=n),
            "b": random.choice(["x", "y", "z"], n),
            "y": random.choice(["yes", "no"], n),
        }
    )


def _refusals() -> dict[str, tuple[dict[str, Any], str]]:
    frame = _frame()
    return {
        "target missing": ({"data": frame, "target": "z"}, "no column 'z' to predict"),
        "constant target": ({"data": frame.assign(y=3.5), "target": "y"}, "3.5 in every row"),
        "single class": ({"data": frame.assign(y="yes"), "target": "y"}, "'yes' in every row"),
        "too few rows": ({"data": frame.head(49), "target": "y"}, "49 rows .* at least 50"),
        "too few known": (
            {"data": frame.assign(y=frame["y"].where(frame.index < 40)), "target": "y"},
            "40 rows .* at least 50",
        ),
        "all-null column": ({"data": frame.assign(c=None), "target": "y"}, "'c' has no value"),
        "all-NaN column": ({"data": frame.assign(c=np.nan), "target": "y"}, "'c' has no value"),
        "texts for a regression": (
            {"data": frame, "target": "y", "target_type": "regression"},
            "regression needs numbers",
        ),
        "three classes for two": (
            {"data": frame, "target": "b", "target_type": "binary"},
            "3 different values; a binary",
        ),
        "two classes for several": (
            {"data": frame, "target": "y", "target_type": "multiclass"},
            "2 different values; a multiclass",
        ),
        "other labels": (
            {"data": frame, "target": "y", "class_labels": ["yes", "maybe"]},
            "no besides; no row has maybe",
        ),
        "unknown type": ({"data": frame, "target": "y", "target_type": "survival"}, "survival"),
        "numbers as classes": (
            {"data": frame.assign(y=np.arange(100.0)), "target": "y", "target_type": "multiclass"},
            "|".join(["fewer than 5 rows", "more than 100 classes"]),
        ),
        "a rare class": (
            {"data": frame.assign(y=["rare"] * 4 + ["no"] * 48 + ["yes"] * 48), "target": "y"},
            r"fewer than 5 rows: rare \(4\)",
        ),
        "no inputs": ({"data": frame[["y"]].assign(k=1), "target": "y"}, "No column is left"),
        "unknown metric": ({"data": frame, "target": "y", "metric": "rmse"}, "rmse"),
        "unknown family": ({"data": frame, "target": "y", "families": ["forrest"]}, "forest"),
        "unknown column to drop": ({"data": frame, "target": "y", "drop": ["q"]}, "column 'q'"),
        "unknown partition": ({"data": frame, "target": "y", "partition": "odd"}, "partition"),
        "group without a column": ({"data": frame, "target": "y", "partition": "group"}, "group"),
        "few groups": ({"data": frame, "target": "y", "group_column": "b"}, "3 groups"),
        "time without dates": ({"data": frame, "target": "y", "partition": "time"}, "date column"),
        "a seed that is none": ({"data": frame, "target": "y", "seed": -1}, "seed"),
        "folds that are no number": ({"data": frame, "target": "y", "folds": "three"}, "folds"),
        "half a fold": ({"data": frame, "target": "y", "folds": 2.5}, "folds=2.5"),
        "a share of nothing": ({"data": frame, "target": "y", "holdout_share": None}, "share"),
        "a column by number": ({"data": frame, "target": 5}, "target=5"),
        "columns by number": ({"data": frame, "target": "y", "drop": 5}, "drop=5"),
        "a family of families": ({"data": frame, "target": "y", "families": [["x"]]}, "families"),
        "a list of dates": ({"data": frame, "target": "y", "date_column": ["a"]}, "date_column"),
        "labels by number": ({"data": frame, "target": "y", "class_labels": 5}, "class_labels"),
        "a metric by number": ({"data": frame, "target": "y", "metric": 5}, "metric=5"),
        "memory in words": ({"data": frame, "target": "y", "memory_limit_mb": "1 GB"}, "memory"),
        "half a thread": ({"data": frame, "target": "y", "threads": 0.5}, "threads"),
        "perhaps": ({"data": frame, "target": "y", "tune": "perhaps"}, "tune"),
        "no name": ({"data": frame, "target": "y", "name": "a/b"}, "letters"),
        "a long story": ({"data": frame, "target": "y", "description": "x" * 20_001}, "20,000"),
        "bytes": (
            {"data": pa.table({"a": [b"\xe4"] * 60, "y": [0, 1] * 30}), "target": "y"},
            "no text in UTF-8",
        ),
        "no table": ({"data": 3, "target": "y"}, "no table"),
        "no file": ({"data": "nowhere.csv", "target": "y"}, "no file"),
        "lists": (
            {"data": pa.table({"l": [[1]] * 60, "y": [0, 1] * 30}), "target": "y"},
            "'l' has values of type list",
        ),
    }


@pytest.mark.parametrize("name", list(_refusals()))
def test_bad_input_is_refused(name: str) -> None:
    given, message = _refusals()[name]
    with pytest.raises(InvalidInput, match=message) as refused:
        Leaderboard(**given)
    assert refused.value.advice
    assert refused.value.fields


def test_outcomes_that_time_separates_are_refused() -> None:
    frame = _frame().assign(
        when=pd.date_range("2024-01-01", periods=100, freq="h"), y=["a"] * 80 + ["b"] * 20
    )
    with pytest.raises(InvalidInput, match="the training rows all have the same outcome"):
        Leaderboard(frame, "y")


@pytest.mark.parametrize("budget", [0, -5, 1, float("nan"), "60", True])
def test_a_budget_too_short_begins_nothing(budget: Any, tmp_path: Path) -> None:
    sink = KeepingSink(tmp_path)
    told = "too short" if isinstance(budget, int | float) and budget is not True else "no number"
    with pytest.raises(InvalidInput, match=told) as refused:
        Leaderboard(_frame(), "y").run(budget, sink=sink, progress=False)
    assert "time_budget" in refused.value.fields
    assert sink.board is None
    assert not sink.models


def test_a_full_disk_begins_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # a disk cannot be filled here: that more is needed than any has is the same to the code
    monkeypatch.setattr(room, "_ROOM", 10**18)
    sink = KeepingSink(tmp_path)
    with pytest.raises(StorageUnavailable, match="MB are free") as refused:
        Leaderboard(_frame(), "y").run(30, sink=sink, progress=False)
    assert "TMPDIR" in refused.value.advice
    assert sink.board is None


def test_every_kind_of_table_is_the_same(tmp_path: Path) -> None:
    frame = _frame()
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    tables: list[Any] = [
        frame,
        polars.from_pandas(frame),
        table,
        frame.to_dict("list"),
        str(tmp_path / "t.csv"),
        tmp_path / "t.parquet",
    ]
    found = [prepare(data, "y") for data in tables]
    assert {one.signature for one in found} == {found[0].signature}
    assert {one.digest for one in found} == {found[0].digest}
    assert [one.source for one in found[-2:]] == ["t.csv", "t.parquet"]
    changed = frame.assign(a=frame["a"].where(frame.index != 7, 0.0))
    assert prepare(changed, "y").digest != found[0].digest


def test_types_are_found() -> None:
    n = 200
    frame = pd.DataFrame(
        {
            "integer": range(n),
            "number": np.linspace(0, 1, n),
            "text": ["p", "q"] * (n // 2),
            "boolean": [True, False, None, True] * (n // 4),
            "date": pd.date_range("2024-01-01", periods=n),
            "text date": pd.date_range("2024-01-01", periods=n).strftime("%Y-%m-%d"),
            "identifier": [f"id-{i}" for i in range(n)],
            "constant": 1,
            "y": [1.5, 2.5] * (n // 2),
        }
    )
    found = prepare(frame, "y")
    assert found.target.type is TargetType.REGRESSION
    assert {column.name: column.dtype for column in found.signature.columns} == {
        "integer": Dtype.NUMBER,
        "number": Dtype.NUMBER,
        "text": Dtype.STRING,
        "boolean": Dtype.BOOLEAN,
        "date": Dtype.DATETIME,
        "text date": Dtype.DATETIME,
    }
    told = " ".join(found.warnings)
    assert "'identifier'" in told
    assert "'constant'" in told
    assert "read as dates: 'text date'" in told


@pytest.mark.parametrize(
    ("values", "kind", "labels"),
    [
        ([0, 1], TargetType.BINARY, ("0", "1")),
        ([True, False], TargetType.BINARY, ("False", "True")),
        (["b", "a", "c"], TargetType.MULTICLASS, ("a", "b", "c")),
        ([2, 10, 1], TargetType.MULTICLASS, ("1", "2", "10")),
        ([0.5, 1.5, 2.0], TargetType.REGRESSION, ()),
        (list(range(40)), TargetType.REGRESSION, ()),
    ],
)
def test_the_target_is_found(values: list[Any], kind: TargetType, labels: tuple[str, ...]) -> None:
    n = 240
    frame = pd.DataFrame({"x": range(n), "y": (values * n)[:n]})
    found = prepare(frame, "y").target
    assert (found.type, found.class_labels) == (kind, labels)


def test_rows_without_an_outcome_are_left_out() -> None:
    frame = _frame()
    frame.loc[:9, "y"] = None
    found = prepare(frame, "y")
    assert found.rows == 90
    assert found.rows_given == 100
    assert found.warnings[0] == "10 rows without a value of 'y' were left out."


def test_dates_and_groups_choose_the_partition(flights: pd.DataFrame) -> None:
    by_time = Leaderboard(flights, "arrival")
    assert by_time.partition.to_json()["kind"] == "time"
    assert by_time.partition.column == "scheduled_departure"
    assert any("divided by time" in warning for warning in by_time.warnings)
    random = Leaderboard(flights, "arrival", partition="random")
    assert random.partition.kind == "stratified"
    by_group = Leaderboard(flights, "arrival", group_column="dest")
    assert by_group.partition.to_json()["kind"] == "group"
    assert "dest" not in by_group.data.signature.names
    held = set(by_group.holdout.column("dest").to_pylist())
    trained = by_group.data.table.take(by_group.partition.modelling).column("dest").to_pylist()
    assert not held & set(trained)


def test_windows_of_time_begin_when_all_classes_were_seen() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"x": random.normal(size=600), "when": np.arange(600)})
    frame["y"] = random.choice(["a", "b", "c"], 600)

    def first_window(**changes: Any) -> tuple[int, int]:
        partition = Leaderboard(frame, "y", date_column="when", **changes).partition
        return len(partition.splits), len(partition.splits[0][0])

    assert first_window() == (5, 80)
    frame.loc[:100, "y"] = random.choice(["a", "b"], 101)  # "c" comes later
    assert first_window() == (3, 120)
    frame.loc[:380, "y"] = random.choice(["a", "b"], 381)
    assert first_window() == (1, 384)
    frame["y"] = ["a"] * 200 + ["b", "c"] * 200
    with pytest.raises(InvalidInput, match="training rows all have the same outcome") as refused:
        Leaderboard(frame, "y", date_column="when", folds=5)
    assert "fewer folds" in refused.value.advice


def test_a_column_that_leaks_is_told(cancer: pd.DataFrame, diabetes: pd.DataFrame) -> None:
    assert Leaderboard(cancer, "target").warnings == []
    assert Leaderboard(diabetes, "target").warnings == []
    code = cancer["target"].map({"malignant": "M", "benign": "B"})
    (told,) = Leaderboard(cancer.assign(biopsy=code), "target").warnings
    assert "'biopsy' predicts 'target' alone (AUC 1.000)" in told
    random = np.random.default_rng(0)
    later = diabetes["target"] * 2 + random.normal(scale=5, size=len(diabetes))
    (told,) = Leaderboard(diabetes.assign(later=later), "target").warnings
    assert "'later'" in told
    assert "R²" in told


def test_many_categories_are_no_leak() -> None:
    # each text occurs twice with an outcome of chance: what one half says is nothing to the other
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "who": [f"p{i % 500}" for i in range(1000)],
            "x": random.normal(size=1000),
            "y": random.integers(0, 2, 1000),
        }
    )
    assert Leaderboard(frame, "y").warnings == []


def test_the_process_that_runs_a_board_imports_no_scikit_learn(tmp_path: Path) -> None:
    """They run where a kernel or a job is; models and their libraries are in the child."""
    _frame().to_csv(tmp_path / "t.csv", index=False)
    code = (
        "import sys, jupyter_registry; assert 'jupyter_registry.training' not in sys.modules; "
        "from jupyter_registry.training.sink import FolderSink; "
        f"board = jupyter_registry.Leaderboard({str(tmp_path / 't.csv')!r}, 'y', tune=False, "
        "families=['linear']); "
        f"board.run(120, sink=FolderSink({str(tmp_path)!r}, sys.stderr), progress=False); "
        "print(sorted({'sklearn', 'scipy', 'flaml', 'lightgbm'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("target", "name"),
    [("price (€)", "price ___"), ("-x", "_-x"), ("größe/m", "gr__e_m"), ("a ", "a")],
)
def test_a_board_has_a_name_whatever_the_target(target: str, name: str) -> None:
    assert name_of(target) == name
    assert re.fullmatch(NAME_PATTERN, name)
