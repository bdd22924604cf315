"""What a value counts as in a segment column."""

from __future__ import annotations

import pytest

from jupyter_registry.domain.segments import LONGEST, MISSING, OTHER, is_own, segment_values


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("UA", "UA"),
        ("é 😀", "é 😀"),
        (None, MISSING),
        ("", MISSING),
        (" ", " "),
        ("x" * LONGEST + "y", "x" * LONGEST),
        ("a\0b", "a?b"),
        ("\ud800x", "?x"),
        ("(other)", OTHER),
        ("(missing)", MISSING),
    ],
)
def test_values(text, counted) -> None:
    assert segment_values([text, "UA", text]) == [counted, "UA", counted]


def test_what_is_no_value_of_its_own() -> None:
    assert [is_own(value) for value in ("UA", "other", OTHER, MISSING)] == [
        True,
        True,
        False,
        False,
    ]
