"""Arrow and Parquet into columns, and what is refused."""

from __future__ import annotations

import io
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest

from jupyter_registry.domain.errors import (
    InvalidInput,
    TooLarge,
)
from jupyter_registry.server.tabular import (
    ARROW_FILE,
    ARROW_STREAM,
    PARQUET,
    read_batches,
    read_rows,
)

from .tabular_samples import BODIES, file, parquet, stream


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
    start = time.process_time()
    sizes = [len(batch) for batch in read_batches(body, ARROW_STREAM)]
    assert time.process_time() - start < 1.0
    assert (sum(sizes), max(sizes)) == (n, 65_536)
