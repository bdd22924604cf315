"""CSV into columns by the signature, and what is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_registry.domain.errors import (
    InvalidInput,
    SignatureMismatch,
)
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.server.tabular import (
    CSV,
    read_batches,
    read_rows,
    write_rows,
)


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
