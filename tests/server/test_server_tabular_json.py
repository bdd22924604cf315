"""JSON into columns, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_registry.domain.errors import (
    InvalidInput,
    SignatureMismatch,
    TooLarge,
)
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.server.tabular import (
    JSON,
    read_batches,
    read_rows,
    write_rows,
)

from .tabular_samples import dump


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
