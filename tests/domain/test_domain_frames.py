"""Rows against a signature: what is taken, what is refused, and at which column and row."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_registry.domain.errors import SignatureMismatch
from jupyter_registry.domain.frames import conform, infer_signature, is_null
from jupyter_registry.domain.signature import Column, Dtype, Signature

NAN, NAT = float("nan"), np.datetime64("NaT")


def one(dtype, values, nullable=False):
    signature = Signature((Column("first", Dtype.NUMBER), Column("x", Dtype(dtype), nullable)))
    frame = conform(signature, {"x": values, "first": [0.5] * len(values)}, len(values))
    assert list(frame) == ["first", "x"]
    return frame["x"]


TIMES = [
    "2024-03-01T12:00:00Z",
    "2024-03-01T13:00:00+01:00",
    "2024-03-01 12:00:00",
    dt.datetime(2024, 3, 1, 12),
    dt.datetime(2024, 3, 1, 7, tzinfo=dt.timezone(dt.timedelta(hours=-5))),
    np.datetime64("2024-03-01T12:00:00"),
]

TAKEN = [
    ("number", [1, 2.5, np.float32(0.5)], np.float64, [1.0, 2.5, 0.5]),
    ("number", np.array([1, 2], np.int32), np.float64, [1.0, 2.0]),
    ("number", np.array([0.5, 2], np.float32), np.float64, [0.5, 2.0]),
    ("number", np.array([1, 2.5], object), np.float64, [1.0, 2.5]),
    ("number", [], np.float64, []),
    ("number", np.array([], bool), np.float64, []),
    ("number", [1.6e308, 10**308], np.float64, [1.6e308, 1e308]),
    ("integer", [1, -(2**63), 2**63 - 1], np.int64, [1, -(2**63), 2**63 - 1]),
    ("integer", [3.0, np.int8(4), np.float32(5)], np.int64, [3, 4, 5]),
    ("integer", np.array([1.0, 2.0]), np.int64, [1, 2]),
    ("integer", np.array([7], np.uint64), np.int64, [7]),
    ("boolean", [True, np.bool_(False)], np.bool_, [True, False]),
    ("boolean", np.array([True, False]), np.bool_, [True, False]),
    ("string", ["a", "", np.str_("ü")], object, ["a", "", "ü"]),
    ("string", np.array(["a", "bc"]), object, ["a", "bc"]),
    ("datetime", TIMES, "datetime64[us]", [dt.datetime(2024, 3, 1, 12)] * 6),
    ("datetime", [dt.date(2024, 3, 1)], "datetime64[us]", [dt.datetime(2024, 3, 1)]),
    (
        "datetime",
        np.array(["2024-03-01T12:00:00.5"], "datetime64[ns]"),
        "datetime64[us]",
        [dt.datetime(2024, 3, 1, 12, 0, 0, 500_000)],
    ),
]


@pytest.mark.parametrize(("dtype", "values", "kind", "wanted"), TAKEN)
def test_values_that_fit_are_cast(dtype, values, kind, wanted):
    for nullable in (False, True):
        found = one(dtype, values, nullable)
        assert found.dtype == np.dtype(kind)
        assert found.tolist() == wanted


NULLS = [None, NAN, np.float32("nan"), NAT, np.datetime64("NaT", "ns")]


@pytest.mark.parametrize(
    ("dtype", "value", "kind", "nothing"),
    [
        ("number", 1.5, np.float64, NAN),
        ("integer", 2, np.float64, NAN),
        ("boolean", True, object, None),
        ("string", "a", object, None),
        ("datetime", "2024-03-01", "datetime64[us]", None),
    ],
)
def test_nulls_where_they_may_be(dtype, value, kind, nothing):
    nulls = NULLS[:3] if dtype == "number" else NULLS
    found = one(dtype, [*nulls, value], nullable=True)
    assert found.dtype == np.dtype(kind)
    same = math.isnan if nothing is NAN else (lambda item: item is nothing)
    assert all(same(item) for item in found.tolist()[:-1])
    assert not is_null(found[-1])
    for null in nulls:
        with pytest.raises(SignatureMismatch, match="not null") as refused:
            one(dtype, [value, value, null])
        assert refused.value.fields["column"] == "x"
        assert refused.value.fields["row"] == 2


REFUSED = [
    ("number", [1.0, "2"], 1),
    ("number", [1.0, True], 1),
    ("number", [None, 1j], 1),
    ("number", [1.6e308, 10**309], 1),
    ("number", [0, -(10**400), 1.0], 1),
    ("number", np.array([True, False]), 0),
    ("number", np.array(["2024-01-01"], "datetime64[ns]"), 0),
    ("number", np.array([1], "timedelta64[ns]"), 0),
    ("number", np.array(["1"]), 0),
    ("integer", [1, 2.5], 1),
    ("integer", [1, None, np.float32(2.5)], 2),
    ("integer", [1, True], 1),
    ("integer", [1, "1"], 1),
    ("integer", [0, 2**63], 1),
    ("integer", [0, 1e300], 1),
    ("integer", [0, math.inf], 1),
    ("integer", [0, np.uint64(2**63)], 1),
    ("integer", np.array([1.0, 2.5]), 1),
    ("integer", np.array([1.0, NAN, 2.0**63]), 2),
    ("integer", np.array([NAN, math.inf]), 1),
    ("integer", np.array([1, 2**63], np.uint64), 1),
    ("integer", np.array([True]), 0),
    ("integer", np.array(["2024-01-01"], "datetime64[ns]"), 0),
    ("boolean", [True, 1], 1),
    ("boolean", ["true"], 0),
    ("boolean", np.array([1.0]), 0),
    ("string", ["a", None, 3], 2),
    ("string", [b"a"], 0),
    ("string", np.array([1, 2]), 0),
    ("datetime", ["2024-01-01", "yesterday"], 1),
    ("datetime", [None, 1_700_000_000], 1),
    ("datetime", [True], 0),
    ("datetime", ["2024-01-01", "0001-01-01T00:00:00+14:00"], 1),
    ("datetime", [dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-1)))], 0),
    ("datetime", np.array([1.5]), 0),
]


@pytest.mark.parametrize(("dtype", "values", "row"), REFUSED)
def test_values_that_do_not_fit_name_column_and_row(dtype, values, row):
    with pytest.raises(SignatureMismatch, match=f"'x', row {row}") as refused:
        one(dtype, values, nullable=True)
    assert refused.value.fields["column"] == "x"
    assert refused.value.fields["row"] == row
    assert dtype in refused.value.advice


def test_long_values_are_shown_short():
    with pytest.raises(SignatureMismatch) as refused:
        one("number", ["x" * 10_000])
    assert len(refused.value.detail) < 200
    assert len(refused.value.fields["value"]) == 80


def test_all_missing_columns_are_named():
    signature = Signature(tuple(Column(name, Dtype.NUMBER) for name in "abcd"))
    with pytest.raises(SignatureMismatch, match="columns 'a', 'c'") as refused:
        conform(signature, {"b": [1], "d": [2], "c": None}, 1)
    assert refused.value.fields == {"column": "a", "row": None, "missing": ["a", "c"]}
    assert "a, b, c, d" in refused.value.advice


def test_columns_of_another_length_are_refused():
    signature = Signature((Column("a", Dtype.NUMBER),))
    with pytest.raises(SignatureMismatch, match="2 values for 3 rows") as refused:
        conform(signature, {"a": [1, 2]}, 3)
    assert refused.value.fields["column"] == "a"


def test_columns_come_in_the_signature_s_order_without_others():
    signature = Signature((Column("b", Dtype.STRING), Column("a", Dtype.NUMBER)))
    frame = conform(signature, {"z": [None], "a": [1], "b": ["x"]}, 1)
    assert list(frame) == ["b", "a"]


@pytest.mark.parametrize("value", [0, "", False, 0.0, dt.datetime(2024, 1, 1), np.int64(3), []])
def test_what_is_no_null(value):
    assert is_null(value) is False


numbers = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**63), 2**63 - 1)
times = st.datetimes(timezones=st.sampled_from([None, dt.UTC]))


def columns(values, *, nulls=True):
    one = st.lists(values, min_size=4, max_size=4)
    if not nulls:
        return one
    return one | st.lists(values | st.none(), min_size=4, max_size=4)


@given(
    st.fixed_dictionaries(
        {
            "number": columns(numbers),
            "integer": columns(integers, nulls=False),
            "boolean": columns(st.booleans()),
            "string": columns(st.text()),
            "datetime": columns(times),
            "array": columns(numbers, nulls=False).map(np.array),
            "integers": columns(integers, nulls=False).map(np.array),
            "times": columns(times.map(lambda t: t.replace(tzinfo=None)), nulls=False).map(
                lambda items: np.array(items, "datetime64[us]")
            ),
        }
    )
)
def test_data_conforms_to_the_signature_inferred_from_it(data):
    signature = infer_signature(data)
    assert signature.names == list(data)
    for column in signature.columns:
        items = list(data[column.name])
        assert column.nullable == any(item is None for item in items)
        if column.name in set(Dtype) and not all(item is None for item in items):
            assert column.dtype == column.name
    frame = conform(signature, data, 4)
    for name, values in frame.items():
        assert [is_null(v) for v in values.tolist()] == [v is None for v in list(data[name])]
        if values.dtype.kind != "M":
            known = [v for v in values.tolist() if not is_null(v)]
            assert known == [v for v in list(data[name]) if v is not None]


@pytest.mark.parametrize(
    ("values", "dtype", "nullable"),
    [
        ([None, None], "number", True),
        ([], "number", True),
        ([1, None], "number", True),
        ([1, 2.5], "number", False),
        ([1, 2], "integer", False),
        ([True, None], "boolean", True),
        (["a", NAN], "string", True),
        ([dt.date(2024, 1, 1), NAT], "datetime", True),
        (np.array([1, 2], np.uint8), "integer", False),
        (np.array([1, NAN], np.float32), "number", True),
        (np.array(["a"]), "string", False),
        (np.array(["a", None], object), "string", True),
        (np.array(["2024-01-01", "NaT"], "datetime64[s]"), "datetime", True),
        (np.array([True]), "boolean", False),
    ],
)
def test_dtypes_are_inferred_by_content(values, dtype, nullable):
    assert infer_signature({"c": values}).columns == (Column("c", Dtype(dtype), nullable),)


@given(
    st.lists(
        st.lists(
            st.one_of(st.floats(), st.integers(), st.booleans(), st.none()), min_size=2, max_size=2
        ),
        min_size=2,
        max_size=4,
    ),
    st.booleans(),
)
def test_few_rows_of_numbers_are_what_they_are_column_by_column(cells, nullable):
    names = [f"x{i}" for i in range(len(cells))]
    signature = Signature(tuple(Column(name, Dtype.NUMBER, nullable) for name in names))

    def outcome(wanted, columns):
        try:
            return {name: array.tolist() for name, array in conform(wanted, columns, 2).items()}
        except SignatureMismatch as error:
            return error.detail

    together = outcome(signature, dict(zip(names, cells, strict=True)))
    alone = {}
    for name, values in zip(names, cells, strict=True):
        one = outcome(Signature((Column(name, Dtype.NUMBER, nullable),)), {name: values})
        if isinstance(one, str):
            alone = one
            break
        alone |= one
    np.testing.assert_equal(together, alone)
