"""Bodies into columns and columns into bodies: every format, every dtype, and what is refused."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_registry.domain.errors import (
    InvalidInput,
    RegistryError,
    SignatureMismatch,
    TooLarge,
    UnsupportedMediaType,
)
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.server.tabular import (
    ARROW_FILE,
    ARROW_STREAM,
    CSV,
    JSON,
    PARQUET,
    READS,
    WRITES,
    answer_type,
    read_batches,
    read_rows,
    write_rows,
)

MOMENT = datetime(2013, 3, 10, 6, 59, 59, 250_000, tzinfo=UTC)
SIGNATURE = Signature(
    (
        Column("x", Dtype.NUMBER, True),
        Column("n", Dtype.INTEGER),
        Column("big", Dtype.INTEGER),
        Column("gaps", Dtype.INTEGER, True),
        Column("b", Dtype.BOOLEAN),
        Column("maybe", Dtype.BOOLEAN, True),
        Column("s", Dtype.STRING, True),
        Column("t", Dtype.DATETIME, True),
    )
)
VALUES: dict[str, list[Any]] = {
    "x": [0.1, None, -1e300, 3.0],
    "n": [1, -2, 3, 0],
    "big": [2**53 + 1, -(2**63), 2**63 - 1, 7],
    "gaps": [1, None, 3, None],
    "b": [True, False, True, True],
    "maybe": [True, None, False, None],
    "s": ["007", None, 'a "b",\nc', "žluťoučký 🐎"],
    "t": [MOMENT, None, datetime(1900, 1, 1, tzinfo=UTC), MOMENT + timedelta(days=1)],
}
N = 4


def records(values: dict[str, list[Any]] = VALUES) -> list[dict[str, Any]]:
    def cell(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    return [
        dict(zip(values, map(cell, row), strict=True)) for row in zip(*values.values(), strict=True)
    ]


def split() -> dict[str, Any]:
    rows = records()
    return {
        "index": [5, 6, 7, 8],
        "columns": list(VALUES),
        "data": [list(r.values()) for r in rows],
    }


def dump(document: Any) -> bytes:
    return json.dumps(document).encode()


def stream(table: pa.Table, rows: int | None = None, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, rows)
    return bytes(sink.getvalue())


def file(table: pa.Table, rows: int | None = None, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, rows)
    return bytes(sink.getvalue())


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return bytes(sink.getvalue())


def polars_bytes(method: str, **options: Any) -> bytes:
    sink = io.BytesIO()
    getattr(pl.from_arrow(pa.table(VALUES)), method)(sink, **options)
    return sink.getvalue()


def csv_text() -> bytes:
    frame = pd.DataFrame(VALUES, dtype=object).assign(
        t=[v.isoformat() if v else None for v in VALUES["t"]]
    )
    return frame.to_csv(index=False).encode()


def other_types() -> pa.Table:
    """The values in Arrow types that other writers choose."""
    table = pa.table(VALUES)
    return pa.table(
        {
            "x": table["x"],
            "n": table["n"].cast(pa.int8()),
            "big": table["big"],
            "gaps": table["gaps"].cast(pa.uint16()),
            "b": table["b"].dictionary_encode(),
            "maybe": table["maybe"],
            "s": table["s"].cast(pa.large_string()).dictionary_encode(),
            "t": table["t"].cast(pa.timestamp("ns", "Asia/Tokyo")),
        }
    )


TABLE = pa.table(VALUES)
BODIES = {
    "records": (dump(records()), JSON),
    "data": (dump({"data": records()}), "application/json; charset=utf-8"),
    "dataframe_records": (dump({"dataframe_records": records()}), JSON),
    "split": (dump(split()), JSON),
    "dataframe_split": (dump({"dataframe_split": split()}), JSON),
    "escaped": (json.dumps(records(), ensure_ascii=False).encode("utf-8-sig"), None),
    "csv": (csv_text(), CSV),
    "csv bom": (b"\xef\xbb\xbf" + csv_text(), "text/csv; charset=utf-8"),
    "csv utf-16": (csv_text().decode().encode("utf-16"), 'text/csv; charset="UTF-16"'),
    "csv crlf": (csv_text().replace(b"\nc", b"@@").replace(b"\n", b"\r\n").replace(b"@@", b"\nc"),
                 CSV),
    "stream": (stream(TABLE), ARROW_STREAM),
    "stream in parts": (stream(TABLE, 1), ARROW_STREAM),
    "stream zstd": (stream(TABLE, compression="zstd"), ARROW_STREAM),
    "stream sniffed": (stream(TABLE), "application/octet-stream"),
    "stream other types": (stream(other_types()), ARROW_STREAM),
    "stream view": (
        stream(TABLE.set_column(6, "s", TABLE["s"].cast(pa.string_view()))), ARROW_STREAM,
    ),
    "file": (file(TABLE), ARROW_FILE),
    "file in parts": (file(TABLE, 1), None),
    "file lz4": (file(TABLE, compression="lz4"), None),
    "file as stream": (file(other_types()), ARROW_STREAM),
    "parquet": (parquet(TABLE), PARQUET),
    "parquet sniffed": (parquet(TABLE, row_group_size=1), None),
    "parquet other types": (parquet(other_types()), "application/x-parquet"),
    "parquet plain": (parquet(TABLE, use_dictionary=False), "application/parquet"),
    "polars ipc": (polars_bytes("write_ipc"), ARROW_FILE),
    "polars ipc lz4": (polars_bytes("write_ipc", compression="lz4"), ARROW_FILE),
    "polars stream": (polars_bytes("write_ipc_stream"), ARROW_STREAM),
    "polars parquet": (polars_bytes("write_parquet"), PARQUET),
}  # fmt: skip


@pytest.mark.parametrize("limit", [None, 1 << 20])
@pytest.mark.parametrize("form", BODIES)
def test_every_format_gives_the_same_frame(form: str, limit: int | None) -> None:
    body, content_type = BODIES[form]
    rows = read_rows(body, content_type, SIGNATURE, limit=limit)
    assert len(rows) == rows.n == N
    assert list(rows.columns) == list(VALUES)
    frame = conform(SIGNATURE, rows.columns, rows.n)
    expected = conform(SIGNATURE, VALUES, N)
    for name, values in expected.items():
        assert frame[name].dtype == values.dtype
        np.testing.assert_array_equal(frame[name], values)


@pytest.mark.parametrize("form", [f for f in BODIES if not f.startswith("csv")])
def test_batches_are_the_rows_in_parts(form: str) -> None:
    batches = list(read_batches(*BODIES[form], 3))
    assert sum(map(len, batches)) == N
    assert all(len(batch) <= 3 for batch in batches)
    values = [v for batch in batches for v in batch.columns["s"]]
    assert values == VALUES["s"]


def test_a_csv_without_signature_stays_text_in_batches_too() -> None:
    body = b"id,x\n007,1.50\n,NA\n"
    assert read_rows(body, CSV).columns == {"id": ["007", None], "x": ["1.50", "NA"]}
    assert [b.columns for b in read_batches(body, CSV, 1)] == [
        {"id": ["007"], "x": ["1.50"]},
        {"id": [None], "x": ["NA"]},
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (dump({"columns": ["a", "b"], "data": []}), JSON),
        (b"a,b\r\n", CSV),
        (b"a,b", CSV),
        (b"\n\na,b\n\n", CSV),
        (stream(pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})), None),
        (file(pa.table({"a": [], "b": []})), None),
        (parquet(pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})), None),
    ],
)
def test_an_empty_table_is_one_batch_with_its_columns(
    body: bytes, content_type: str | None
) -> None:
    (batch,) = read_batches(body, content_type)
    assert (list(batch.columns), len(batch)) == (["a", "b"], 0)
    assert [len(values) for values in batch.columns.values()] == [0, 0]
    assert len(read_rows(body, content_type)) == 0


# --- JSON -----------------------------------------------------------------------------------


def test_json_keeps_ints_and_floats_apart_and_fills_absent_keys() -> None:
    rows = read_rows(b'[{"a": 1, "b": 1.0}, {"c": true}, {}]', None)
    assert rows.columns == {"a": [1, None, None], "b": [1.0, None, None], "c": [None, True, None]}
    assert [type(rows.columns[c][0]) for c in "ab"] == [int, float]
    assert read_rows(b'{"a": 12345678901234567890}', JSON).columns == {"a": [12345678901234567890]}
    assert len(read_rows(b"[]", JSON)) == 0
    assert [len(b) for b in read_batches(b"[]", JSON)] == [0]


def test_json_batches_all_have_every_column() -> None:
    batches = read_batches(b'[{"a": 1}, {"b": 2}, {"a": 3}]', JSON, 2)
    assert [b.columns for b in batches] == [
        {"a": [1, None], "b": [None, 2]},
        {"a": [3], "b": [None]},
    ]


def test_json_nan_is_null_and_infinity_a_number() -> None:
    columns = read_rows(b'[{"a": NaN}, {"a": Infinity}, {"a": -Infinity}]', JSON).columns
    frame = conform(Signature((Column("a", Dtype.NUMBER, True),)), columns, 3)
    np.testing.assert_array_equal(frame["a"], [np.nan, np.inf, -np.inf])
    with pytest.raises(SignatureMismatch, match="'a', row 0"):
        conform(Signature((Column("a", Dtype.NUMBER),)), columns, 3)


@pytest.mark.parametrize(
    ("body", "message", "fields"),
    [
        (b"", "is empty", {}),
        (b'{"a": 1', "not JSON: .* line 1, column", {}),
        (b'[{"a": "\xff"}]', "not UTF-8", {}),
        (b"[" * 100_000, "not JSON", {}),
        (b'{"a": ' + b"1" * 5_000 + b"}", "not JSON", {}),
        (b"17", "not a list or an object", {}),
        (b'[{"a": 1}, 3]', "Row 1 is 3, not an object", {"row": 1}),
        (b"[[1, 2]]", "Row 0 is a list, not an object", {"row": 0}),
        (b'[{"a": 1}, {"a": [1]}]', "'a', row 1: a list", {"column": "a", "row": 1}),
        (b'{"a": {"b": 1}}', "'a', row 0: an object", {"column": "a", "row": 0}),
        (b'{"data": 5}', "'data' is not a list", {}),
        (b'{"dataframe_records": {}}', "'dataframe_records' is not a list", {}),
        (b'{"dataframe_split": []}', "'dataframe_split' is not an object", {}),
        (b'{"dataframe_split": {"columns": ["a"]}}', "'data' of the split form", {}),
        (b'{"columns": "a", "data": [[1]]}', "'columns' of the split form", {}),
        (b'{"columns": [null], "data": [[1]]}', "a list of names", {}),
        (b'{"columns": ["a"], "data": [[1], [1, 2]]}', "Row 1 has 2 values for 1", {"row": 1}),
        (b'{"columns": ["a"], "data": [[1], {"a": 1}]}', "Row 1 is an object", {"row": 1}),
        (b'{"columns": ["a", "a"], "data": [[1, 2]]}', "'a' is given more", {"column": "a"}),
        (b'[{"a": 1, "a": 2}]', "'a' is given more", {"column": "a"}),
        (b'{"": 1}', "Column 0 has no name", {"column": ""}),
        (rb'[{"a": "x"}, {"a": "\ud83d"}]', "half of a surrogate", {"column": "a", "row": 1}),
        (rb'{"\udead": 1}', "half of a surrogate", {}),
    ],
)
def test_json_that_is_no_rows_is_refused_with_the_place(
    body: bytes, message: str, fields: dict[str, Any]
) -> None:
    for read in (read_rows, lambda *given: list(read_batches(*given, 1))):
        with pytest.raises(InvalidInput, match=message) as caught:
            read(body, JSON)
        assert caught.value.fields.items() >= fields.items()
        assert caught.value.advice


def test_escaped_surrogate_pairs_are_characters() -> None:
    assert read_rows(rb'{"a": "\ud83d\udc0e"}', JSON).columns == {"a": ["🐎"]}


def test_sparse_json_cannot_grow_beyond_the_limit() -> None:
    body = dump([{f"c{i}": 1} for i in range(2_000)])
    assert len(read_rows(body, JSON).columns) == 2_000
    with pytest.raises(TooLarge, match="1,000,000 bytes"):
        read_rows(body, JSON, limit=1_000_000)
    # what is dense is as large as it was sent
    assert len(read_rows(dump([{"a": 1}] * 100), JSON, limit=10)) == 100


@given(st.lists(st.text(), min_size=1))
def test_any_text_comes_through_json(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    for ascii_only in (True, False):
        body = json.dumps([{"a": text} for text in texts], ensure_ascii=ascii_only).encode()
        assert read_rows(body, JSON).columns == {"a": texts}
    assert json.loads(write_rows({"a": texts}, JSON)) == {"data": [{"a": text} for text in texts]}


# --- CSV ------------------------------------------------------------------------------------


def typed(text: str, dtype: Dtype) -> Any:
    signature = Signature((Column("v", dtype, True),))
    rows = read_rows(f"v,w\n{text},\n".encode(), CSV, signature)
    return conform(signature, rows.columns, rows.n)["v"].tolist()[0]


@pytest.mark.parametrize(
    ("text", "dtype", "value"),
    [
        ("1e3", Dtype.NUMBER, 1000.0),
        (" 3.5 ", Dtype.NUMBER, 3.5),
        ("-inf", Dtype.NUMBER, float("-inf")),
        ("0.1", Dtype.NUMBER, 0.1),
        ("12", Dtype.INTEGER, 12),
        (" +12 ", Dtype.INTEGER, 12),
        ("9223372036854775807", Dtype.INTEGER, 2**63 - 1),
        ("3.0", Dtype.INTEGER, 3),
        ("TRUE", Dtype.BOOLEAN, True),
        (" false ", Dtype.BOOLEAN, False),
        ("1", Dtype.BOOLEAN, True),
        ("0", Dtype.BOOLEAN, False),
        ("007", Dtype.STRING, "007"),
        ("NA", Dtype.STRING, "NA"),
        (" x ", Dtype.STRING, " x "),
        ("", Dtype.STRING, None),
        ('""', Dtype.BOOLEAN, None),
        ("2013-01-01", Dtype.DATETIME, datetime(2013, 1, 1)),
        ("2013-01-01T12:00:00.5+09:00", Dtype.DATETIME, datetime(2013, 1, 1, 3, 0, 0, 500_000)),
        (" 2013-01-01 12:00 ", Dtype.DATETIME, datetime(2013, 1, 1, 12)),
        ("2013-01-01T12:00:00Z", Dtype.DATETIME, datetime(2013, 1, 1, 12)),
    ],
)
def test_csv_fields_become_what_the_signature_asks_for(text: str, dtype: Dtype, value: Any) -> None:
    got = typed(text, dtype)
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize("text", ["", "nan", "NaN"])
def test_csv_nan_is_null(text: str) -> None:
    assert np.isnan(typed(text, Dtype.NUMBER))
    assert np.isnan(typed(text, Dtype.INTEGER))


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        ("1_000", Dtype.NUMBER),
        ("x", Dtype.NUMBER),
        ("0x10", Dtype.NUMBER),
        ("  ", Dtype.NUMBER),
        ("1_000", Dtype.INTEGER),
        ("0x10", Dtype.INTEGER),
        ("1.5", Dtype.INTEGER),
        ("9223372036854775808", Dtype.INTEGER),
        ("yes", Dtype.BOOLEAN),
        ("2", Dtype.BOOLEAN),
        ("yesterday", Dtype.DATETIME),
        ("2013-13-01", Dtype.DATETIME),
    ],
)
def test_a_csv_field_that_does_not_fit_is_refused_by_column_and_row(
    text: str, dtype: Dtype
) -> None:
    good = {"number": "1", "integer": "1", "boolean": "true", "datetime": "2013-01-01"}[dtype]
    signature = Signature((Column("v", dtype, True),))
    rows = read_rows(f"v,w\n{good},\n,\n{text},\n".encode(), CSV, signature)
    with pytest.raises(SignatureMismatch, match="'v', row 2") as caught:
        conform(signature, rows.columns, rows.n)
    assert caught.value.fields["row"] == 2


@pytest.mark.parametrize(
    ("body", "message", "row"),
    [
        (b"a,b\n1,2\n\n3,4,5\n", "row 1 has 3 fields for 2 columns", 1),
        (b"a,b\n1,2\n3\n", "row 1 has 1 fields for 2 columns", 1),
        (b'a,b\n"x\ny",2\n3\n', "row 1 has 1 fields", 1),
        (b"a,b\n1,2\n1,\xff\n", "row 1 is not UTF-8", 1),
        (b"a,b\n1,2\n1,\xff,\n", "row 1 has 3 fields", 1),
        (b"\xff,b\n1,2\n", "header is not UTF-8", None),
        (b'a,b\n1,"x', "ends within a quoted field", None),
        (b'a\n"', "ends within a quoted field", None),
        (b"\n\n", "no header row", None),
        (b"a,\n1,2\n", "Column 1 has no name", None),
        (b"a,b,a\n1,2,3\n", "'a' is given more than once", None),
        (b'a,"' + b"x" * 200_000 + b'"\n1,2\n', "header is not understood", None),
    ],
)
def test_csv_that_is_no_table_is_refused_with_the_row(
    body: bytes, message: str, row: int | None
) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        read_rows(body, CSV)
    assert caught.value.fields.get("row") == row


def test_a_row_of_csv_beyond_what_is_read_at_a_time_is_refused() -> None:
    body = b'a\n"' + b"x" * (1 << 25) + b'"\n'
    with pytest.raises(InvalidInput, match=r"a row is longer|not understood"):
        read_rows(body, CSV)


def test_csv_quotes_within_plain_fields_and_old_line_ends_are_taken() -> None:
    assert read_rows(b'a,b\r5" pipe,1\r"p""q\r\nr",2\r', CSV).columns == {
        "a": ['5" pipe', 'p"q\r\nr'],
        "b": ["1", "2"],
    }


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.text(), st.none() | st.text(max_size=5)), min_size=1))
def test_any_text_comes_through_csv(rows: list[tuple[str, str | None]]) -> None:
    def kept(text: str | None) -> str | None:
        # an empty field is missing; half a surrogate pair has no UTF-8
        return text.encode("utf-8", "replace").decode() if text else None

    columns = {
        'head"er,\n': [kept(a) for a, _ in rows],
        "b": [kept(b) for _, b in rows],
    }
    assert read_rows(write_rows(columns, CSV), CSV).columns == columns
    alone = {"b": columns["b"]}
    assert read_rows(write_rows(alone, CSV), CSV).columns == alone


def test_large_csv_comes_in_bounded_batches() -> None:
    body = b"a,b\n" + b"".join(b"%d,%s\n" % (i, b"x" * 200) for i in range(100_000))
    sizes = [len(batch) for batch in read_batches(body, CSV, 10_000)]
    assert sum(sizes) == 100_000
    assert max(sizes) == 10_000
    assert (
        len(read_rows(body, CSV, Signature((Column("a", Dtype.NUMBER),))).columns["a"]) == 100_000
    )


# --- Arrow and Parquet ----------------------------------------------------------------------


def arrow(values: pa.Array, **options: Any) -> Any:
    return read_rows(stream(pa.table({"v": values}), **options), ARROW_STREAM).columns["v"]


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (pa.array([1.5, None], pa.float32()), "f8", [1.5, np.nan]),
        (pa.array([np.float16(0.5), None], pa.float16()), "f8", [0.5, np.nan]),
        (pa.array([Decimal("1.10"), None]), "f8", [1.1, np.nan]),
        (pa.array([1, 2], pa.int16()), "i8", [1, 2]),
        (pa.array([1, 2**63], pa.uint64()), "u8", [1, 2**63]),
        (pa.array([True, False]), "?", [True, False]),
        (pa.array([0.5, None, 0.5]).dictionary_encode(), "f8", [0.5, np.nan, 0.5]),
        (pa.array([Decimal("2.5")] * 2).dictionary_encode(), "f8", [2.5, 2.5]),
        (pa.array([date(1969, 12, 31), None]), "M8[us]", ["1969-12-31", "NaT"]),
        (pa.array([date(1969, 12, 31)], pa.date64()), "M8[us]", ["1969-12-31"]),
        (pa.array([-1, None], pa.timestamp("s")), "M8[us]", ["1969-12-31T23:59:59", "NaT"]),
        (pa.array([-1, 5], pa.timestamp("ms", "Asia/Tokyo")), "M8[us]",
         ["1969-12-31T23:59:59.999", "1970-01-01T00:00:00.005"]),
        (pa.array([-1, 1999], pa.timestamp("ns", "UTC")), "M8[us]",
         ["1969-12-31T23:59:59.999999", "1970-01-01T00:00:00.000001"]),
    ],
    ids=str,
)  # fmt: skip
def test_arrow_types_become_arrays(values: pa.Array, dtype: str, expected: list[Any]) -> None:
    for got in (
        arrow(values),
        arrow(pa.concat_arrays([values, values]).slice(len(values))),
        read_rows(parquet(pa.table({"v": values})), PARQUET).columns["v"],
    ):
        assert got.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(got, np.array(expected, dtype))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([2**53 + 1, None]), [2**53 + 1, None]),
        (pa.array([True, None]), [True, None]),
        (pa.nulls(2), [None, None]),
        (pa.array(["a", None, "a"]), ["a", None, "a"]),
        (pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
        (pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int8()), ["a", None]),
         ["a", None, "a"]),
        (pa.DictionaryArray.from_arrays(pa.array([None], pa.uint32()), pa.array([], pa.string())),
         [None]),
    ],
    ids=str,
)  # fmt: skip
def test_arrow_types_become_lists(values: pa.Array, expected: list[Any]) -> None:
    assert arrow(values) == expected
    assert read_rows(file(pa.table({"v": values})), ARROW_FILE).columns["v"] == expected
    if not pa.types.is_dictionary(values.type) or values.dictionary.null_count == 0:
        assert read_rows(parquet(pa.table({"v": values})), PARQUET).columns["v"] == expected


def test_slices_of_bits_and_nulls_start_anywhere() -> None:
    values = [None if i % 5 == 0 else bool(i % 3) for i in range(40)]
    table = pa.table(
        {
            "b": [bool(i % 3) for i in range(40)],
            "x": [None if v is None else float(v) for v in values],
            "d": pa.array([None if v is None else str(v) for v in values]).dictionary_encode(),
        }
    )
    parts = list(read_batches(stream(table), ARROW_STREAM, 7))
    assert [len(part) for part in parts] == [7] * 5 + [5]
    assert np.concatenate([p.columns["b"] for p in parts]).tolist() == table["b"].to_pylist()
    x = np.concatenate([p.columns["x"] for p in parts])
    np.testing.assert_array_equal(x, table["x"].to_numpy())
    assert [v for p in parts for v in p.columns["d"]] == table["d"].to_pylist()


def test_parts_of_different_kinds_are_joined() -> None:
    table = pa.table({"i": [1, 2, 3, None], "b": [True, False, None, True]})
    rows = read_rows(stream(table, 2), ARROW_STREAM)
    assert rows.columns == {"i": [1, 2, 3, None], "b": [True, False, None, True]}


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[1]]),
        pa.array([{"a": 1}]),
        pa.array([b"x"]),
        pa.array([timedelta(seconds=1)]),
        pa.array([datetime(2013, 1, 1).time()]),
        pa.DictionaryArray.from_arrays([0], [b"x"]),
    ],
    ids=lambda values: str(values.type),
)
def test_types_that_are_no_cells_are_refused_by_column(values: pa.Array) -> None:
    table = pa.table({"a": [1], "v": values})
    for body in (stream(table), parquet(table)):
        with pytest.raises(InvalidInput, match="'v' is of type") as caught:
            read_rows(body, None)
        assert caught.value.fields["column"] == "v"


def test_times_out_of_range_are_refused_by_column() -> None:
    for values in (
        pa.array([0, 2**62], pa.timestamp("s")),
        pa.array([2**31 - 1], pa.int32()).cast(pa.date32()),
    ):
        with pytest.raises(InvalidInput, match=r"'v': .* out of range"):
            arrow(values)


@pytest.mark.parametrize("names", [["a", "a"], ["a", ""], ["a", " "]])
def test_arrow_columns_need_names_of_their_own(names: list[str]) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=names)
    for body in (stream(table), file(table), parquet(table)):
        with pytest.raises(InvalidInput, match=r"more than once|no name"):
            read_rows(body, None)


@pytest.mark.parametrize("form", ["stream", "stream zstd", "file", "parquet", "polars ipc lz4"])
def test_what_is_cut_off_is_refused(form: str) -> None:
    body, content_type = BODIES[form]
    for size in {1, 4, 8, 9, 20, len(body) // 2, len(body) - 50, len(body) - 1}:
        if form.startswith("stream") and size >= len(body) - 8:
            continue  # only the end marker, which may be left out, is missing
        with pytest.raises(InvalidInput, match="cannot be read as"):
            read_rows(body[:size], content_type, limit=1 << 20)


def test_invalid_utf8_and_offsets_in_arrow_are_refused() -> None:
    offsets = pa.py_buffer(np.array([0, 1, 2], np.int32))
    for bad in (
        pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"a\xff")]),
        pa.Array.from_buffers(
            pa.string(), 2, [None, pa.py_buffer(np.array([0, 9, 2], np.int32)), pa.py_buffer(b"ab")]
        ),
        pa.DictionaryArray.from_arrays(pa.array([0, 7]), pa.array(["a"]), safe=False),
    ):
        with pytest.raises(InvalidInput, match="cannot be read as Arrow"):
            arrow(bad)


class TestLimit:
    """What is small on the wire and large once decoded."""

    ZEROS = pa.table({"v": pa.array(np.zeros(1_000_000))})

    def test_compressed_batches_are_measured_before_they_are_unpacked(self) -> None:
        body = stream(self.ZEROS, compression="zstd")
        assert len(body) < 10_000
        before = pa.total_allocated_bytes()
        pool = pa.default_memory_pool()
        peak = pool.max_memory()
        with pytest.raises(TooLarge, match="4,000,000 bytes") as caught:
            read_rows(body, ARROW_STREAM, limit=4_000_000)
        assert caught.value.fields == {"limit": 4_000_000}
        assert pa.total_allocated_bytes() <= before + 1_000_000
        assert pool.max_memory() <= max(peak, before + 1_000_000)
        assert len(read_rows(body, ARROW_STREAM, limit=8_100_000)) == 1_000_000

    def test_compressed_files_too(self) -> None:
        sink = io.BytesIO()
        pl.from_arrow(self.ZEROS).write_ipc(sink, compression="zstd")
        for body in (file(self.ZEROS, compression="zstd"), sink.getvalue()):
            assert len(body) < 100_000
            with pytest.raises(TooLarge):
                read_rows(body, ARROW_FILE, limit=4_000_000)
            assert len(read_rows(body, ARROW_FILE, limit=8_200_000)) == 1_000_000

    def test_compressed_dictionaries_too(self) -> None:
        texts = pa.array(["x" * 5_000_000])
        table = pa.table({"v": pa.DictionaryArray.from_arrays(pa.array([0] * 10), texts)})
        body = stream(table, compression="lz4")
        with pytest.raises(TooLarge):
            read_rows(body, ARROW_STREAM, limit=4_000_000)
        assert len(read_rows(body, ARROW_STREAM, limit=6_000_000)) == 10

    def test_parquet(self) -> None:
        body = parquet(self.ZEROS)
        assert len(body) < 20_000
        with pytest.raises(TooLarge):
            list(read_batches(body, PARQUET, limit=4_000_000))
        assert len(read_rows(body, PARQUET, limit=8_200_000)) == 1_000_000

    def test_a_long_text_in_every_row_of_a_parquet_is_kept_once(self) -> None:
        body = parquet(pa.table({"v": pa.array(["x" * 500_000] * 2_000)}), row_group_size=2_000)
        before = pa.default_memory_pool().max_memory()
        values = read_rows(body, PARQUET, limit=10_000_000).columns["v"]
        assert len({id(value) for value in values}) == 1
        assert pa.default_memory_pool().max_memory() < before + 100_000_000

    def test_columns_of_nulls_cost_their_rows(self) -> None:
        body = stream(pa.table({"v": pa.nulls(10_000_000)}))
        with pytest.raises(TooLarge):
            read_rows(body, ARROW_STREAM, limit=1_000_000)


def test_a_million_rows_of_arrow_are_read_in_well_under_a_second() -> None:
    n = 1_000_000
    table = pa.table(
        {
            "id": [f"id-{i:09d}" for i in range(n)],
            "t": pa.array(np.arange(n), pa.timestamp("us", "UTC")),
            "x": np.arange(n) / 7,
        }
    )
    body = stream(table)
    start = time.perf_counter()
    sizes = [len(batch) for batch in read_batches(body, ARROW_STREAM)]
    assert time.perf_counter() - start < 1.0
    assert (sum(sizes), max(sizes)) == (n, 65_536)


# --- content types --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "application/x-www-form-urlencoded", "application/jsonx", "json", "*/*"],
)
def test_unknown_content_types_are_refused_with_the_known_ones(content_type: str) -> None:
    for read in (read_rows, read_batches):
        with pytest.raises(UnsupportedMediaType, match="text/csv") as caught:
            read(b"a\n1\n", content_type)
        assert caught.value.fields["supported"] == list(READS)


def test_charsets_are_honoured() -> None:
    body = '[{"a": "é"}]'.encode("latin-1")
    assert read_rows(body, "Application/JSON; Charset=ISO-8859-1").columns == {"a": ["é"]}
    assert read_rows("a\né\n".encode("cp1252"), "text/csv;charset=cp1252").columns == {"a": ["é"]}
    for charset in ("klingon", "base64", "idna", "unicode_escape"):
        for kind in (JSON, CSV):
            with pytest.raises(UnsupportedMediaType, match=charset):
                read_rows(body, f"{kind}; charset={charset}")
    with pytest.raises(InvalidInput, match="not ascii"):
        read_rows(body, f"{JSON}; charset=ascii")


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/*", JSON),
        ("text/*", CSV),
        ("Text/CSV; charset=utf-8", CSV),
        ("application/x-parquet", PARQUET),
        (PARQUET, PARQUET),
        (ARROW_STREAM, ARROW_STREAM),
        ("text/html, */*;q=0.8", JSON),
        ("*/*, text/csv", CSV),
        ("text/csv, application/json", CSV),
        ("application/json, text/csv", JSON),
        ("application/json;q=0.5, text/csv;q=0.9", CSV),
        (f"text/csv;q=0.2, {ARROW_STREAM};q=0.30, {PARQUET};q=0.1", ARROW_STREAM),
        ("application/json;q=0, */*;q=0.1", CSV),
        ("application/json; q=nonsense", JSON),
    ],
)
def test_the_answer_is_of_the_type_asked_for(accept: str | None, answer: str) -> None:
    assert answer_type(accept) == answer


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json;q=0", ARROW_FILE, "image/*, text/plain", "*/*;q=0"]
)
def test_nothing_to_answer_with_is_an_error(accept: str) -> None:
    with pytest.raises(UnsupportedMediaType) as caught:
        answer_type(accept)
    assert caught.value.fields["supported"] == list(WRITES)


# --- out ------------------------------------------------------------------------------------

RESULT: dict[str, Any] = {
    "row": np.arange(3),
    "prediction": ["ano", None, 'n"é,\n'],
    "score": np.array([0.1, np.nan, np.inf]),
    "mixed": [1, 2.5, None],
    "ints": [1, None, 2**53 + 1],
    "flags": [True, None, False],
    "bools": np.array([True, False, True]),
    "t": np.array(["2013-01-01T00:00:00", "NaT", "2013-01-01T00:00:00.250"], "M8[us]"),
    "times": [MOMENT, None, MOMENT.replace(tzinfo=None)],
    "none": [None] * 3,
    "objects": np.array(["a", None, "b"], dtype=object),
}


def test_json_out() -> None:
    body = write_rows(RESULT, JSON)
    assert "é".encode() in body
    rows = json.loads(body, parse_constant=lambda text: pytest.fail(text))["data"]
    assert rows[0] == {
        "row": 0, "prediction": "ano", "score": 0.1, "mixed": 1, "ints": 1, "flags": True,
        "bools": True, "t": "2013-01-01T00:00:00Z", "times": "2013-03-10T06:59:59.250000Z",
        "none": None, "objects": "a",
    }  # fmt: skip
    nulls = {"prediction", "score", "ints", "flags", "t", "times", "none", "objects"}
    assert {name for name, value in rows[1].items() if value is None} == nulls
    assert rows[2]["score"] is None
    assert rows[2]["times"] == rows[0]["times"]
    assert json.loads(write_rows({"a": []}, JSON)) == {"data": []}
    assert json.loads(write_rows({}, JSON)) == {"data": []}


def test_json_out_of_odd_scalars() -> None:
    values = [
        np.float32(0.5), np.int64(3), np.bool_(True), np.str_("s"), np.float64("nan"),
        np.datetime64("2013-01-01T00", "ns"), np.datetime64("NaT"), date(2013, 1, 1), Dtype.NUMBER,
        Decimal("1.5"), float("inf"), "\ud800",
    ]  # fmt: skip
    assert [row["100%s"] for row in json.loads(write_rows({"100%s": values}, JSON))["data"]] == [
        0.5, 3, True, "s", None, "2013-01-01T00:00:00Z", None, "2013-01-01", "number", "1.5",
        None, "?",
    ]  # fmt: skip
    far = np.array(["12345-01-01"], "M8[us]")
    assert b'"12345-01-01T00:00:00.000000Z"' in write_rows({"t": far}, JSON)


def test_csv_out() -> None:
    assert write_rows(RESULT, CSV).decode() == (
        "row,prediction,score,mixed,ints,flags,bools,t,times,none,objects\r\n"
        "0,ano,0.1,1,1,true,true,2013-01-01T00:00:00Z,2013-03-10T06:59:59.250000Z,,a\r\n"
        "1,,,2.5,,,false,,,,\r\n"
        '2,"n""é,\n",inf,,9007199254740993,false,true,2013-01-01T00:00:00.250000Z,'
        "2013-03-10T06:59:59.250000Z,,b\r\n"
    )
    assert write_rows({"a": []}, CSV) == b"a\r\n"


@pytest.mark.parametrize("content_type", [ARROW_STREAM, PARQUET])
def test_arrow_and_parquet_out(content_type: str) -> None:
    body = write_rows(RESULT, content_type)
    if content_type == PARQUET:
        table = pq.read_table(pa.BufferReader(body))
    else:
        table = pa.ipc.open_stream(body).read_all()
    table.validate(full=True)
    assert {field.name: str(field.type) for field in table.schema} == {
        "row": "int64", "prediction": "string", "score": "double", "mixed": "double",
        "ints": "int64", "flags": "bool", "bools": "bool", "t": "timestamp[us, tz=UTC]",
        "times": "timestamp[us, tz=UTC]", "none": "null", "objects": "string",
    }  # fmt: skip
    got = table.to_pydict()
    assert got["score"] == [0.1, None, float("inf")]
    assert got["mixed"] == [1.0, 2.5, None]
    assert got["times"] == [MOMENT, None, MOMENT]
    assert got["t"][:2] == [datetime(2013, 1, 1, tzinfo=UTC), None]
    for name in ("prediction", "ints", "flags", "none"):
        assert got[name] == RESULT[name]
    assert got["objects"] == ["a", None, "b"]
    assert got["bools"] == [True, False, True]
    assert got["row"] == [0, 1, 2]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([2**64 - 1, 1], "uint64", [2**64 - 1, 1]),
        (np.array([1], np.uint64), "uint64", [1]),
        (np.array([1], np.int8), "int64", [1]),
        (np.array([0.5], np.float32), "double", [0.5]),
        ([2**70, None], "string", [str(2**70), None]),
        ([-1, 2**64 - 1], "string", ["-1", str(2**64 - 1)]),
        ([1, "a", None, 2.0], "string", ["1", "a", None, "2"]),
        ([True, 1], "string", ["True", "1"]),
        ([np.nan, None], "double", [None, None]),
        (["a", np.nan], "string", ["a", None]),
        ([np.int32(4), 5], "int64", [4, 5]),
        ([date(2013, 1, 1)], "timestamp[us, tz=UTC]", [datetime(2013, 1, 1, tzinfo=UTC)]),
        (np.array(["2013"], "M8[Y]"), "timestamp[us, tz=UTC]", [datetime(2013, 1, 1, tzinfo=UTC)]),
        (np.arange(6.0)[::2], "double", [0.0, 2.0, 4.0]),
        ([], "null", []),
        (np.array(["u"]), "string", ["u"]),
    ],
)
def test_columns_have_the_arrow_type_of_their_values(
    values: Any, kind: str, expected: list[Any]
) -> None:
    column = pa.ipc.open_stream(write_rows({"v": values}, ARROW_STREAM)).read_all()["v"]
    assert (str(column.type), column.to_pylist()) == (kind, expected)


@pytest.mark.parametrize("content_type", WRITES)
def test_every_format_is_read_back(content_type: str) -> None:
    columns = conform(SIGNATURE, VALUES, N)
    # as a model's frame has nullable integers
    body = write_rows(columns, content_type)
    rows = read_rows(body, content_type, SIGNATURE)
    again = conform(SIGNATURE, rows.columns, rows.n)
    for name, values in columns.items():
        assert again[name].dtype == values.dtype
        np.testing.assert_array_equal(again[name], values)


def test_an_unknown_type_is_not_written() -> None:
    with pytest.raises(UnsupportedMediaType):
        write_rows({}, "text/html")


# --- hostile bodies, and what is loaded -----------------------------------------------------


def refused_or_read(body: bytes, content_type: str | None) -> None:
    try:
        read_rows(body, content_type, SIGNATURE, limit=1 << 20)
        for batch in read_batches(body, content_type, 2, limit=1 << 20):
            for values in batch.columns.values():
                assert len(values) == len(batch)
    except RegistryError:
        pass


@settings(max_examples=300)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"PAR1", b"ARROW1\0\0", b"\xff" * 4, b"{", b"["])
)
def test_random_bytes_raise_only_registry_errors(body: bytes, magic: bytes) -> None:
    for content_type in (None, *READS):
        refused_or_read(magic + body, content_type)


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(BODIES)),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4
    ),
)
def test_damaged_bodies_raise_only_registry_errors(
    form: str, changes: list[tuple[float, int]]
) -> None:
    body, content_type = BODIES[form]
    damaged = bytearray(body)
    for place, value in changes:
        damaged[int(place * len(damaged))] = value
    refused_or_read(bytes(damaged), content_type)


def test_pandas_is_never_loaded_and_numpy_and_arrow_when_used() -> None:
    script = """
import sys
from jupyter_registry.server import tabular
assert not {"numpy", "pyarrow", "pandas"} & set(sys.modules)
tabular.read_rows(b'[{"a": 1}]', "application/json")
tabular.write_rows({"a": [1, None, "b"]}, "application/json")
assert not {"numpy", "pyarrow", "pandas"} & set(sys.modules)
from datetime import datetime
from jupyter_registry.domain.signature import Signature
dtypes = {"x": "number", "i": "integer", "b": "boolean", "s": "string", "t": "datetime"}
signature = Signature.from_json(
    {"name": name, "dtype": dtype, "nullable": True} for name, dtype in dtypes.items()
)
columns = {"x": [0.5, None], "i": [1, None], "b": [True, None], "s": ["a", None],
    "t": [datetime(2013, 1, 1), None]}
for kind in tabular.WRITES:
    body = tabular.write_rows(columns, kind)
    tabular.read_rows(body, kind, signature)
    for rows in tabular.read_batches(body, kind, 1, limit=1 << 20):
        tabular.write_rows(rows.columns, kind)
import pyarrow as pa
for body in sys.stdin.buffer.read().split(b"|||"):
    tabular.read_rows(body, None)
assert "pandas" not in sys.modules
"""
    decimals = pa.table({"d": pa.array([Decimal("1.5"), None]).dictionary_encode()})
    bodies = [stream(other_types()), parquet(other_types()), stream(decimals), file(TABLE)]
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"|||".join(bodies), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
