"""Segments: the rows of a deployment by the values of chosen columns, each value as a text.

A number or boolean counts as its text (``1.0`` and ``1`` are ``1``), a time as ISO 8601 in UTC.
Two texts in parentheses stand for what is no value of its own, so that one text names any
segment wherever it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

#: Segment columns of a deployment; values of each that are kept apart; characters that count.
MOST_COLUMNS, MOST_VALUES, LONGEST = 5, 100, 64

#: Null, an empty text, or a column that a body does not have.
MISSING = "(missing)"
#: Every value that came after the first `MOST_VALUES`.
OTHER = "(other)"


def is_own(value: str) -> bool:
    """Whether a segment is of one value, and so one of the `MOST_VALUES`."""
    return value not in (MISSING, OTHER)


def segment_value(text: str | None) -> str:
    """The segment that a value's text belongs to, as far as its column has room for it.

    Only the first `LONGEST` characters count. What a database does not take as text is replaced
    by ``?``: a prediction must not fail for the sake of its segment.
    """
    if not text:
        return MISSING
    if len(text) > LONGEST:
        text = text[:LONGEST]
    if "\0" in text or not text.isascii():
        text = text.replace("\0", "?").encode("utf-8", "replace").decode()
    return text


def segment_values(texts: Sequence[str | None]) -> list[str]:
    """`segment_value` of each text."""
    counted = {text: segment_value(text) for text in set(texts)}
    return [counted[text] for text in texts]
