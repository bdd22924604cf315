"""What stands in a line: variables, files, expressions; values of options."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.notebook import namespace
from jupyter_registry.notebook.magics.arguments import (
    Misused,
    code_of,
    moment,
    one_of,
    several,
    split,
    tags,
)

FRAME = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], 7: [0, 0, 1, 1]})


def test_tables_are_told_by_their_type() -> None:
    tables = [
        FRAME, pl.from_pandas(FRAME.rename(columns=str)), pa.table({"a": [1]}),
        pl.LazyFrame({"a": [1]}), pa.record_batch({"a": [1]}),
    ]  # fmt: skip
    others = [FRAME["a"], pl.Series([1]), pa.array([1]), {"a": [1]}, [1], "a", pd, pd.DataFrame, 3]
    assert all(map(namespace.is_table, tables))
    assert not any(map(namespace.is_table, others))
    assert [namespace.columns_of(table)[0] for table in tables] == ["a"] * 5
    assert namespace.columns_of(FRAME) == ["a", "7"]


def test_fitted_models_are_told_by_their_state() -> None:
    fitted = LogisticRegression().fit(FRAME[["a"]], FRAME[7])
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    assert namespace.is_fitted(fitted)
    assert not namespace.is_fitted(LogisticRegression())
    assert not namespace.is_fitted(LogisticRegression)
    assert not namespace.is_fitted(pipeline)
    assert namespace.is_fitted(pipeline.fit(FRAME[["a"]], FRAME[7]))
    assert not any(map(namespace.is_fitted, [FRAME, 3, "x", None, pd]))


def test_models_of_other_libraries_are_offered_too():
    import lightgbm
    import statsmodels.api as sm

    rows = FRAME[["a"]].astype(float)
    data = lightgbm.Dataset(rows, rows["a"])
    assert namespace.is_fitted(lightgbm.train({"verbose": -1}, data, 1))
    results = sm.OLS(rows["a"] * 2, rows)
    assert not namespace.is_fitted(results)
    assert namespace.is_fitted(results.fit())


def test_a_form_knows_the_labels_of_classes_that_a_booster_numbers():
    import lightgbm

    from jupyter_registry.notebook.widgets.package_inference import infer

    rows = pd.DataFrame({"x": [float(i) for i in range(60)], "grade": ["a", "b", "c"] * 20})
    model = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(rows[["x"]], rows["x"] // 20)
    booster = lightgbm.Booster(model_str=model.booster_.model_to_string())
    assert infer(booster, rows, None, "grade").class_labels == ("a", "b", "c")
    assert infer(booster, None, None, "grade").class_labels == ("0", "1", "2")


@pytest.fixture
def resolve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "frame.csv").write_text("a\n1\n")
    names = {"frame": FRAME, "frames": {"one": FRAME}, "count": 3}

    def resolving(text: str) -> Any:
        return namespace.resolve(
            text, text, names, lambda code: eval(code, {}, names), namespace.is_table, "table"
        )

    return resolving


def test_a_text_is_a_variable_a_file_or_an_expression(resolve: Any, tmp_path: Path) -> None:
    assert resolve("frame") is FRAME
    assert resolve("frame.csv") == "frame.csv"
    assert resolve(str(tmp_path / "frame.csv")) == str(tmp_path / "frame.csv")
    assert len(resolve("frame.head(2)")) == 2
    assert resolve("frames['one']") is FRAME
    assert resolve("count") == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fraem", "no variable or file 'fraem'. Did you mean 'frame'?"),
        ("fraem.head()", "Did you mean 'frame'?"),
        ("frame.gone()", "AttributeError"),
        ("__import__('os').getcwd()", "no variable or file"),
        ("open('x')", "no variable or file"),
        ("$gone", r"\$gone could not be expanded"),
        ("{gone}", "could not be expanded"),
        ("a b", "no variable or file 'a b'"),
        ("\0", "no variable or file"),
        ("", "no variable or file ''"),
        ("cuont", "Did you mean 'count'?"),
        ("x" * 5000, "no variable or file"),
    ],
)
def test_what_is_none_of_these_is_told(resolve: Any, text: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told.replace("(", r"\(").replace(")", r"\)")):
        resolve(text)


def test_values_of_options() -> None:
    assert several(None) is None
    assert several(["no,yes"]) == ["no", "yes"]
    assert several(["no", '"a, b",c']) == ["no", "a, b", "c"]
    assert several(["['no', 'yes']"]) == ["no", "yes"]
    assert several(["(1, 2)"]) == [1, 2]
    assert several(["[half"]) == ["[half"]
    assert tags(["team:churn", "urgent", "a:b:c"]) == {"team": "churn", "urgent": "", "a": "b:c"}
    assert moment("2026-01-05T12:00Z") == "2026-01-05T12:00Z"
    with pytest.raises(argparse.ArgumentTypeError, match="Did you mean 'week'"):
        one_of(["day", "week"])("wek")


def test_lines_are_split_by_ipythons_rules() -> None:
    assert split("a 'b c' \"d 'e'\"") == ["a", "b c", "d 'e'"]
    assert split("a b;") == ["a", "b"]
    assert split("") == []
    assert split("a #b") == ["a", "#b"]
    line = "a frame[['b','c']] 'frame[[\"b\", \"c\"]]' --x=frame['b']"
    assert [code_of(token) for token in split(line)] == [
        "a", "frame[['b','c']]", 'frame[["b", "c"]]', "--x=frame['b']",
    ]  # fmt: skip
    assert split(line)[1] == "frame[[b,c]]"
    assert code_of(split("my\\ file.csv")[0]) == "my file.csv"
    with pytest.raises(Misused, match="quote"):
        split("it's")
