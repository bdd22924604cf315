"""Tables in and out, each kind from its own library."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jupyter_registry.client import tables
from jupyter_registry.domain.errors import InvalidInput

EXPECTED = {"n": [1, 2, 3], "x": [0.5, None, 2.5], "s": ["a", None, "c"], "b": [True, False, True]}


def pandas_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [1, 2, 3],
            "x": [0.5, np.nan, 2.5],
            "s": pd.Categorical(["a", None, "c"]),
            "b": [True, False, True],
        },
        index=[10, 20, 30],
    )


class Capsule:
    """Any table with Arrow's C stream interface."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "data",
    [
        pandas_frame(),
        pandas_frame().convert_dtypes(),
        pl.DataFrame(EXPECTED),
        pl.DataFrame(EXPECTED).lazy(),
        pa.table(EXPECTED),
        pa.RecordBatch.from_pydict(EXPECTED),
        Capsule(pa.table(EXPECTED)),
        EXPECTED,
        {name: np.array(values, dtype=object) for name, values in EXPECTED.items()},
        [dict(zip(EXPECTED, row, strict=True)) for row in zip(*EXPECTED.values(), strict=True)],
    ],
    ids=[
        "pandas", "pandas nullable", "polars", "polars lazy", "arrow", "batch", "capsule",
        "mapping", "object arrays", "records",
    ],
)  # fmt: skip
def test_every_kind_becomes_the_same_arrow_table(data: Any) -> None:
    table = tables.read(data).table
    assert table.to_pydict() == EXPECTED
    assert [str(t) for t in table.schema.types] == ["int64", "double", "string", "bool"]


def test_answers_come_back_in_the_library_of_the_question() -> None:
    answer = pa.table({"row": [0, 1, 2]})
    frame = tables.read(pandas_frame()).give_back(answer)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.index) == [10, 20, 30]
    assert isinstance(tables.read(pl.DataFrame(EXPECTED)).give_back(answer), pl.DataFrame)
    assert isinstance(tables.read(pa.table(EXPECTED)).give_back(answer), pa.Table)
    assert tables.read(EXPECTED).give_back(answer) == {"row": [0, 1, 2]}
    assert tables.read([{"a": 1}]).give_back(answer.slice(0, 1)) == [{"row": 0}]
    assert tables.read({"a": 1}).give_back(answer.slice(0, 1)) == {"row": 0}


def test_files_are_read_by_their_suffix(tmp_path: Path) -> None:
    frame = pandas_frame()
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_csv(tmp_path / "t.csv.gz", index=False)
    pl.DataFrame(EXPECTED).write_parquet(tmp_path / "t.parquet")
    for name in ("t.csv", "t.csv.gz", "t.parquet"):
        assert tables.read(str(tmp_path / name)).table.to_pydict() == EXPECTED
    with pytest.raises(InvalidInput, match="no file"):
        tables.read(tmp_path / "absent.csv")
    (tmp_path / "t.xlsx").write_text("")
    with pytest.raises(InvalidInput, match="no known kind"):
        tables.read(tmp_path / "t.xlsx")
    (tmp_path / "bad.parquet").write_text("no parquet")
    with pytest.raises(InvalidInput, match="cannot be read"):
        tables.read(tmp_path / "bad.parquet")


def test_what_is_no_table_is_refused_with_the_reason() -> None:
    for data, reason in (
        (17, "no table"),
        ([1, 2], "no table"),
        ({"a": [1, "x", 2.5]}, "'a' of data is not of one kind"),
        (pd.DataFrame({"a": [1, "x"]}), "'a' of data is not of one kind"),
        ({"a": [1, 2], "b": [1]}, "differ in length"),
        ({"a": [1, 2], "b": 1}, "'b' of data is one value"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "several columns called 'a'"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            tables.read(data)


def test_columns_are_arrays_as_the_domain_has_them() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    table = tables.read(EXPECTED | {"t": [moment, None, moment], "i": [1, None, 3]}).table
    columns = tables.columns_of(table)
    assert columns["n"].dtype == np.int64
    assert columns["i"].dtype == np.float64
    assert np.isnan(columns["i"][1])
    assert columns["b"].dtype == np.bool_
    assert columns["s"].tolist() == ["a", None, "c"]
    assert columns["t"].dtype == np.dtype("datetime64[us]")
    assert columns["t"][0] == np.datetime64("2026-01-02T03:04:05")
    assert np.isnat(columns["t"][1])


def test_pandas_times_with_a_zone_are_utc() -> None:
    frame = pd.DataFrame({"t": pd.to_datetime(["2026-01-02T12:00"]).tz_localize("Asia/Tokyo")})
    columns = tables.columns_of(tables.read(frame).table)
    assert columns["t"][0] == np.datetime64("2026-01-02T03:00")


def test_records_are_json_able() -> None:
    table = tables.read({"x": [0.5, float("inf")], "t": [datetime(2026, 1, 2, tzinfo=UTC)] * 2})
    assert tables.records_of(table.table) == [
        {"x": 0.5, "t": "2026-01-02T00:00:00+00:00"},
        {"x": None, "t": "2026-01-02T00:00:00+00:00"},
    ]


def test_streams_and_parts_join_to_the_whole() -> None:
    table = pa.table({"a": list(range(10)), "b": [None] * 5 + list("vwxyz")})
    parts = [tables.from_stream(tables.to_stream(p)) for _, p in tables.batches(table, 4)]
    assert [len(part) for part in parts] == [4, 4, 2]
    assert tables.concat(parts) == table
    nulls = pa.table({"a": [1], "b": pa.nulls(1)})
    assert tables.concat([nulls, table]).schema == table.schema
