"""Columns that callers send: values as texts."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from jupyter_registry.registry.columns import texts

MOMENT = datetime(2013, 3, 10, 1, 59, 59, 250_000, tzinfo=timezone(timedelta(hours=-5)))


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1, 1.0, True, "x", None, float("nan"), 0.5], ["1", "1", "True", "x", None, None, "0.5"]),
        (np.array([1, 2]), ["1", "2"]),
        (np.array([1.0, np.nan, 2.5]), ["1", None, "2.5"]),
        (np.array([True]), ["True"]),
        (np.array(["a", None], dtype=object), ["a", None]),
        (np.array(["2013-01-01", "NaT"], "M8[us]"), ["2013-01-01T00:00:00Z", None]),
        ([MOMENT, np.int64(4), np.str_("s")], ["2013-03-10T06:59:59.250000Z", "4", "s"]),
        (("a", None), ["a", None]),
        ([], []),
    ],
)
def test_values_as_texts(values: Any, wanted: list[str | None]) -> None:
    got = texts(values)
    assert got == wanted
    assert all(value is None or type(value) is str for value in got)
