"""The start of a Parquet file, told from pieces of it: by the function, and over HTTP."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.uploads import ParquetStart
from jupyter_registry.server import parquet_start as module
from jupyter_registry.server.parquet_start import END_BYTES, Piece, parquet_start

N = 50_000


def written(table: pa.Table, **options: Any) -> bytes:
    target = io.BytesIO()
    pa.parquet.write_table(table, target, **options)
    return target.getvalue()


def told(data: bytes) -> tuple[ParquetStart, list[list[Piece]]]:
    """What is told in the end, and which pieces were sent each time."""
    size = len(data)
    pieces, sent = [(max(0, size - END_BYTES), size)], []
    while True:
        sent.append(list(pieces))
        assert len(sent) <= 4
        found = parquet_start(size, pieces, b"".join(data[a:b] for a, b in pieces))
        if not found.wanted:
            return found, sent
        assert all(0 <= a < b <= size for a, b in found.wanted)
        pieces += found.wanted


def many(**columns: Any) -> pa.Table:
    return pa.table({name: [value] * N for name, value in columns.items()})


@pytest.fixture(scope="module")
def visits() -> pa.Table:
    numbers = pa.array([(i * 7919) % 104_729 / 7 for i in range(N)])
    return pa.table(
        {
            "id": pa.array(range(N)),
            "a.b": numbers,
            "half": numbers.cast(pa.float32()),
            "none": pa.nulls(N),
            "yes": pa.array([True, None] * (N // 2)),
            "kind": pa.array(["x", "y"] * (N // 2)).dictionary_encode(),
            "at": pa.array([datetime(2025, 3, 3, 12)] * N, pa.timestamp("us", "Europe/Berlin")),
            "exact": pa.array([datetime(2025, 3, 3, 12, 0, 0, 5), None] * (N // 2)),
            "day": pa.array([date(2025, 3, 3)] * N),
            "price": pa.array([Decimal("1.50")] * N),
            "bytes": pa.array([b"\x00\xff"] * N),
            "nan": pa.array([float("nan")] * N),
            "tags": pa.array([["a"]] * N),
            "place": pa.array([{"id": 1}] * N),
        }
    )


@pytest.mark.parametrize("compression", ["snappy", "zstd", "brotli", "gzip", "lz4", "none"])
def test_columns_rows_and_first_values_are_told(visits: pa.Table, compression: str) -> None:
    found, sent = told(written(visits, compression=compression, row_group_size=20_000))
    assert (found.columns, found.rows) == (visits.column_names, N)
    assert len(found.first) == 10
    assert dict(zip(found.columns, found.first[1], strict=True)) == {
        "id": "1",
        "a.b": repr(7919 / 7),
        "half": "1131.2858",
        "none": "",
        "yes": "",
        "kind": "y",
        "at": "2025-03-03T12:00:00Z",
        "exact": "",
        "day": "2025-03-03",
        "price": "1.50",
        "bytes": "00ff",
        "nan": "NaN",
        "tags": "…",
        "place": "…",
    }
    first = dict(zip(found.columns, found.first[0], strict=True))
    assert (first["yes"], first["exact"]) == ("true", "2025-03-03T12:00:00.000005")
    # at first a little of each column, then more of those that need it
    assert 2 <= len(sent) <= 3


def test_no_more_is_asked_for_than_is_needed(visits: pa.Table) -> None:
    small, sent = told(written(visits.slice(0, 100)))
    assert (small.rows, len(sent)) == (100, 1)  # its end is all of it
    data = written(visits.slice(0, N), row_group_size=10_000)
    _, sent = told(data)
    first_group = pa.parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(0)
    assert max(end for _, end in sent[-1][1:]) <= 4 + first_group.total_byte_size


def test_a_file_of_polars_is_told(visits: pa.Table) -> None:
    target = io.BytesIO()
    pl.DataFrame({"text": ["ä" * 300, None], "n": [1, 2]}).write_parquet(target)
    found, _ = told(target.getvalue())
    assert found.first == [["ä" * 200 + "…", "1"], ["", "2"]]


def test_files_without_rows_or_with_very_many_columns() -> None:
    empty, sent = told(written(many(a=1).slice(0, 0)))
    assert (empty.columns, empty.rows, empty.first, len(sent)) == (["a"], 0, [], 1)
    wide, sent = told(written(pa.table({f"column {i}": [i] for i in range(3000)})))
    assert len(sent) > 1  # whose footer is longer than what is sent at first
    assert wide.first == [[str(i) for i in range(3000)]]


def test_columns_beyond_what_is_asked_for_have_no_values(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "_ALL_BYTES", 150_000)
    numbers = pa.array([(i * 7919) % 104_729 / 7 for i in range(N)])
    table = pa.table(dict.fromkeys("abc", numbers))
    found, sent = told(written(table, compression="none", use_dictionary=False))
    assert found.columns == ["a", "b", "c"]
    assert found.first == []  # a page of it is larger than that
    assert sum(end - start for start, end in sent[-1][1:]) <= 150_000


def test_columns_of_other_kinds_are_left_out_alone() -> None:
    table = pa.table({"time": pa.array([timedelta(seconds=5)]), "n": [1]})
    found, _ = told(written(table))
    assert found.columns == ["time", "n"]
    assert found.first[0][1] == "1"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-9],
        lambda data: data[:-8] + b"\xff\xff\xff\x7fPAR1",
        lambda data: data[:-8] + b"\x00\x00\x00\x00PAR1",
        lambda data: data[:-4] + b"PARE",
        lambda data: data[:-200] + b"\xff" * 192 + data[-8:],
        lambda data: b"PAR1",
    ],
    ids=["cut off", "too long", "no footer", "encrypted", "broken footer", "nothing else"],
)
def test_what_is_none_is_refused(visits: pa.Table, spoil: Any) -> None:
    data = spoil(written(visits.slice(0, 1000)))
    with pytest.raises(InvalidInput, match=r"(?s)Parquet"):
        parquet_start(len(data), [(0, len(data))], data)


def test_damaged_values_are_not_told_and_harm_nothing(visits: pa.Table) -> None:
    data = bytearray(written(visits.select(["id", "day"]).slice(0, 1000), compression="none"))
    data[4:400] = b"\xff" * 396
    found, _ = told(bytes(data))
    assert (found.columns, found.rows) == (["id", "day"], 1000)
    assert [row[0] for row in found.first] == ["…"] * 10


def test_over_http(api: Any, visits: pa.Table) -> None:
    data = written(visits.slice(0, 1000))
    size = len(data)
    asked = {"size": size, "pieces": f"0-100,100-{size}"}
    body = data
    found = api.post("/previews/parquet", params=asked, content=body).json()
    assert (found["columns"], found["rows"]) == (visits.column_names, 1000)
    for wrong, where in (
        ({"size": size}, "pieces"),
        ({"pieces": "0-1"}, "size"),
        ({"size": size, "pieces": "0"}, "pieces"),
        ({"size": size, "pieces": "0-x"}, "pieces"),
        ({"size": size, "pieces": f"0-{size + 1}"}, "pieces"),
        ({"size": size, "pieces": "5-5"}, "pieces"),
        ({"size": size, "pieces": "0-10"}, "pieces"),
    ):
        answer = api.post("/previews/parquet", params=wrong, content=body)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [where]), wrong
        assert answer.json()["advice"]


def test_the_server_need_not_have_pandas_for_it(visits: pa.Table, tmp_path: Any) -> None:
    import subprocess
    import sys

    (tmp_path / "visits.parquet").write_bytes(written(visits.slice(0, 1000)))
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from jupyter_registry.server.parquet_start import parquet_start\n"
        f"data = Path({str(tmp_path / 'visits.parquet')!r}).read_bytes()\n"
        "found = parquet_start(len(data), [(0, len(data))], data)\n"
        "assert len(found.first) == 10 and found.first[0][0] == '0'\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
