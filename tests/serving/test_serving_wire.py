"""The messages between server and worker."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_registry.serving.wire import (
    Unpacker,
    decode_rows,
    decode_scores,
    encode_rows,
    encode_scores,
    pack,
)

HEADERS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9), max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(HEADERS, st.binary(max_size=200)), max_size=6), st.data())
def test_messages_come_out_as_they_went_in_however_the_stream_is_cut(messages, data):
    stream = b"".join(pack(header, body) for header, body in messages)
    unpacker, got, position = Unpacker(), [], 0
    while position < len(stream):
        size = data.draw(st.integers(1, len(stream)))
        for header, body in unpacker.feed(stream[position : position + size]):
            got.append((header, bytes(body)))
        position += size
    assert got == messages


def test_what_is_no_message_is_refused():
    with pytest.raises(ValueError, match="no message"):
        list(Unpacker().feed(b"\xff" * 64))
    unpacker = Unpacker()
    assert list(unpacker.feed(b"\xff")) == []
    with pytest.raises(ValueError, match="no message"):
        list(unpacker.feed(b"\xff" * 64))


COLUMNS = [
    np.array([1.5, np.nan, -np.inf, 0.1]),
    np.array([1, -(2**63), 2**63 - 1, 0]),
    np.array([True, False, True, True]),
    np.array(["2024-01-01T00:00:00.000001", "NaT", "1900-01-01", "2262-01-01"], "M8[us]"),
    np.array(["Ørsta", None, "", "\ud800 lone"], dtype=object),
    np.array([True, None, False, None], dtype=object),
    np.array([None, None, None, None], dtype=object),
]


@pytest.mark.parametrize("columns", [COLUMNS[:1] * 20, COLUMNS], ids=["numbers", "mixed"])
@pytest.mark.parametrize(("start", "stop"), [(0, 4), (1, 3), (2, 2)])
def test_rows_of_every_dtype(columns, start, stop):
    header, body = encode_rows(columns, start, stop)
    ((told, raw),) = list(Unpacker().feed(pack({"id": 1, **header}, body)))
    decoded = decode_rows(told, raw)
    assert told["n"] == stop - start
    for sent, got in zip(columns, decoded, strict=True):
        assert got.dtype == sent.dtype
        np.testing.assert_array_equal(got, sent[start:stop])
        if sent.dtype == object:
            assert [type(value) for value in got] == [type(value) for value in sent[start:stop]]


def test_times_of_another_resolution_and_narrow_numbers_are_widened():
    columns = [np.array(["2024-01-01"], "M8[s]"), np.array([1.5], "f4"), np.array([3], "i2")]
    header, body = encode_rows(columns, 0, 1)
    ((told, raw),) = list(Unpacker().feed(pack(header, body)))
    times, numbers, integers = decode_rows(told, raw)
    assert times[0] == np.datetime64("2024-01-01T00:00:00", "us")
    assert (numbers[0], integers[0]) == (1.5, 3)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_scores(n):
    values = np.arange(n) / 3
    probabilities = np.arange(n * 3.0).reshape(n, 3)
    labels = np.arange(n, dtype=np.int32)
    for given_scores in ((values, None, None), (None, probabilities, labels)):
        header, body = encode_scores(*given_scores)
        ((told, raw),) = list(Unpacker().feed(pack(header, body)))
        for sent, got in zip(given_scores, decode_scores(told, raw), strict=True):
            assert (sent is None) == (got is None)
            if sent is not None:
                np.testing.assert_array_equal(got, sent)
                assert got.dtype == sent.dtype
