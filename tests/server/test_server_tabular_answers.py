"""Which type a body has and an answer gets; columns into bodies."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from jupyter_registry.domain.errors import (
    InvalidInput,
    UnsupportedMediaType,
)
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Dtype
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

from .tabular_samples import MOMENT, SIGNATURE, VALUES, N


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
