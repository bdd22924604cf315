"""The signature's JSON form and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.signature import ACCEPTS, Column, Dtype, Signature

columns = st.lists(
    st.builds(Column, st.text(min_size=1), st.sampled_from(Dtype), st.booleans()),
    unique_by=lambda column: column.name,
)


@given(columns)
def test_json_round_trip(given_columns):
    signature = Signature(tuple(given_columns))
    assert Signature.from_json(signature.to_json()) == signature
    assert len(signature) == len(given_columns)
    assert signature.names == [column.name for column in given_columns]


def test_columns_are_not_nullable_unless_said():
    assert Signature.from_json([{"name": "a", "dtype": "number"}]).columns == (
        Column("a", Dtype.NUMBER, False),
    )


@pytest.mark.parametrize(
    "item",
    [
        {"name": "a"},
        {"dtype": "number"},
        {"name": "a", "dtype": "float"},
        {"name": None, "dtype": "number"},
        {"name": "", "dtype": "number"},
        {"name": "a", "dtype": "number", "nullable": "false"},
        {"name": "a", "dtype": ["number"]},
        "a",
        None,
    ],
)
def test_a_column_that_is_not_understood_is_named(item):
    with pytest.raises(InvalidInput, match="column 1 is not understood") as refused:
        Signature.from_json([{"name": "first", "dtype": "string"}, item])
    assert list(refused.value.fields) == ["signature.1"]
    assert "datetime" in refused.value.advice


def test_a_column_comes_once():
    with pytest.raises(InvalidInput, match="'a'"):
        Signature.from_json([{"name": n, "dtype": "number"} for n in ("a", "b", "a")])


def test_whole_numbers_may_stand_for_numbers_but_not_the_reverse():
    assert Dtype.INTEGER in ACCEPTS[Dtype.NUMBER]
    assert Dtype.NUMBER not in ACCEPTS[Dtype.INTEGER]
    assert set(ACCEPTS) == set(Dtype)
    assert all(dtype in accepted for dtype, accepted in ACCEPTS.items())
