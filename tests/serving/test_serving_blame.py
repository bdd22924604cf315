"""What a worker answers to a value its model cannot take."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import format_named
from jupyter_registry.formats.infer import columns_of, infer_signature
from jupyter_registry.formats.scoring import Scorer
from jupyter_registry.serving.wire import Unpacker, encode_rows, pack
from jupyter_registry.serving.worker.service import Service


class Worker:
    """A worker's service with a pipeline that takes no unknown city and no missing income."""

    def __init__(self, model, table, target):
        self.signature = infer_signature(table)
        nullable = tuple(Column(c.name, c.dtype, True) for c in self.signature.columns)
        self.signature = Signature(nullable)
        self.service = Service(
            Scorer(format_named("joblib").wrap(model), self.signature, target), self.signature
        )

    def ask(self, *tables):
        messages = []
        for number, table in enumerate(tables):
            frame = conform(self.signature, columns_of(table), len(table))
            header, body = encode_rows(list(frame.values()), 0, len(table))
            messages.extend(Unpacker().feed(pack({"id": number, **header}, body)))
        return [header for header, _ in Unpacker().feed(self.service.answer(messages))]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "income": rng.normal(3e4, 1e4, 60),
            "age": rng.integers(20, 80, 60),
            "city": rng.choice(["Oslo", "Bergen"], 60),
        }
    )


@pytest.fixture
def worker(table):
    model = make_pipeline(
        make_column_transformer((StandardScaler(), ["income", "age"]), (OneHotEncoder(), ["city"])),
        LogisticRegression(),
    ).fit(table, table.income > 3e4)
    return Worker(model, table, Target.make("rich", "binary", [False, True]))


def test_row_and_column_are_named(worker, table):
    (taken,) = worker.ask(table[:1])
    assert taken["op"] == "scores"
    bad = table.head(40).copy()
    bad.loc[23, "city"] = "Atlantis"
    (refused,) = worker.ask(bad)
    assert refused["op"] == "refused"
    assert refused["error"] == "ModelRejectedInput"
    fields = refused["fields"]
    assert (fields["row"], fields["column"], fields["value"]) == (23, "city", "'Atlantis'")
    assert "Atlantis" in fields["traceback"]
    assert "at row 23, column 'city' ('Atlantis')" in refused["detail"]


def test_the_first_of_several_bad_values(worker, table):
    worker.ask(table[:1])
    bad = table.head(20).copy()
    bad.loc[7, ["income", "city"]] = [np.nan, "Atlantis"]
    bad.loc[11, "income"] = np.nan
    fields = worker.ask(bad)[0]["fields"]
    assert (fields["row"], fields["column"], fields["value"]) == (7, "income", "nan")


def test_without_a_row_it_took_the_column_stays_unknown(worker, table):
    bad = table.head(5).copy()
    bad.loc[2, "city"] = "Atlantis"
    fields = worker.ask(bad)[0]["fields"]
    assert (fields["row"], fields["column"]) == (2, None)


def test_others_of_the_merged_call_are_unharmed(worker, table):
    bad = table.head(1).assign(city="Atlantis")
    answers = worker.ask(table[:3], bad, table[3:9])
    assert [answer["op"] for answer in answers] == ["scores", "refused", "scores"]
    assert [answer.get("n") for answer in answers] == [3, None, 6]
    assert answers[1]["fields"]["row"] == 0


def test_rows_kept_differently_are_not_merged(table):
    numbers = table[["income", "age"]]
    model = LinearRegression().fit(numbers, numbers.age)
    worker = Worker(model, numbers, Target.make("y", "regression"))
    worker.signature = Signature((Column("income", Dtype.NUMBER), Column("age", Dtype.INTEGER)))
    alike = worker.ask(numbers[:2], numbers[2:4])
    assert [answer["of"] for answer in alike] == [4, 4]
    worker.signature = Signature(
        (Column("income", Dtype.NUMBER), Column("age", Dtype.INTEGER, True))
    )
    fractional = numbers[4:5].assign(age=[np.nan])
    answers = worker.ask(numbers[:2], fractional, numbers[2:4])
    assert [answer["op"] for answer in answers] == ["scores", "refused", "scores"]
    assert [answer.get("of") for answer in answers] == [2, None, 2]


class Moody:
    """Takes its first call and nothing after it."""

    n_features_in_ = 1
    calls = 0

    def predict(self, table):
        self.calls += 1
        if self.calls > 1:
            raise MemoryError("no more")
        return np.zeros(len(table))


def test_a_model_that_fails_on_anything_is_not_the_inputs_fault():
    table = pd.DataFrame({"x": [1.0, 2.0]})
    worker = Worker(Moody(), table, Target.make("y", "regression"))
    assert worker.ask(table)[0]["op"] == "scores"
    (refused,) = worker.ask(table)
    assert refused["error"] == "ModelFailed"
    assert "no more" in refused["detail"]
    assert refused["fields"]["row"] is None


class Exits:
    n_features_in_ = 1

    def predict(self, table):
        raise SystemExit(3)


def test_a_polite_exit_is_an_exception_like_others():
    table = pd.DataFrame({"x": [1.0]})
    (refused,) = Worker(Exits(), table, Target.make("y", "regression")).ask(table)
    assert refused["fields"]["exception"] == "SystemExit"


def scale_in_place(table):
    """A step as notebooks have them: it changes what it is given."""
    table.loc[table["income"] > 0, "income"] = table["income"] / 2
    table.loc[table["city"].isna(), "city"] = "Oslo"
    table["age"] += 1
    return table


def test_a_step_may_change_its_input(table):
    gaps = table.assign(city=table.city.where(table.index % 3 > 0, None))
    model = make_pipeline(
        FunctionTransformer(scale_in_place),
        make_column_transformer(
            (StandardScaler(), ["income", "age"]),
            (OneHotEncoder(categories=[["Bergen", "Oslo"]]), ["city"]),
        ),
        LogisticRegression(),
    ).fit(gaps.copy(), gaps.income > 3e4)
    worker = Worker(model, gaps, Target.make("rich", "binary", [False, True]))
    (answer,) = worker.ask(gaps)
    assert answer["op"] == "scores"
    # the row kept for comparison is as it came: the culprit is still found against it
    (refused,) = worker.ask(gaps.assign(city=["Oslo"] * 7 + ["Atlantis"] * 53))
    assert (refused["fields"]["row"], refused["fields"]["column"]) == (7, "city")
    assert worker.service._accepted["city"].tolist() == [None]
