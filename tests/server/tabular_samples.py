"""The same rows as a body of every format."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from jupyter_registry.domain.signature import Column, Dtype, Signature
from jupyter_registry.server.tabular import (
    ARROW_FILE,
    ARROW_STREAM,
    CSV,
    JSON,
    PARQUET,
)

MOMENT = datetime(2013, 3, 10, 6, 59, 59, 250_000, tzinfo=UTC)
SIGNATURE = Signature(
    (
        Column("x", Dtype.NUMBER, True),
        Column("n", Dtype.INTEGER),
        Column("big", Dtype.INTEGER),
        Column("gaps", Dtype.INTEGER, True),
        Column("b", Dtype.BOOLEAN),
        Column("maybe", Dtype.BOOLEAN, True),
        Column("s", Dtype.STRING, True),
        Column("t", Dtype.DATETIME, True),
    )
)
VALUES: dict[str, list[Any]] = {
    "x": [0.1, None, -1e300, 3.0],
    "n": [1, -2, 3, 0],
    "big": [2**53 + 1, -(2**63), 2**63 - 1, 7],
    "gaps": [1, None, 3, None],
    "b": [True, False, True, True],
    "maybe": [True, None, False, None],
    "s": ["007", None, 'a "b",\nc', "žluťoučký 🐎"],
    "t": [MOMENT, None, datetime(1900, 1, 1, tzinfo=UTC), MOMENT + timedelta(days=1)],
}
N = 4


def records(values: dict[str, list[Any]] = VALUES) -> list[dict[str, Any]]:
    def cell(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    return [
        dict(zip(values, map(cell, row), strict=True)) for row in zip(*values.values(), strict=True)
    ]


def split() -> dict[str, Any]:
    rows = records()
    return {
        "index": [5, 6, 7, 8],
        "columns": list(VALUES),
        "data": [list(r.values()) for r in rows],
    }


def dump(document: Any) -> bytes:
    return json.dumps(document).encode()


def stream(table: pa.Table, rows: int | None = None, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, rows)
    return bytes(sink.getvalue())


def file(table: pa.Table, rows: int | None = None, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, rows)
    return bytes(sink.getvalue())


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return bytes(sink.getvalue())


def polars_bytes(method: str, **options: Any) -> bytes:
    sink = io.BytesIO()
    getattr(pl.from_arrow(pa.table(VALUES)), method)(sink, **options)
    return sink.getvalue()


def csv_text() -> bytes:
    frame = pd.DataFrame(VALUES, dtype=object).assign(
        t=[v.isoformat() if v else None for v in VALUES["t"]]
    )
    return frame.to_csv(index=False).encode()


def other_types() -> pa.Table:
    """The values in Arrow types that other writers choose."""
    table = pa.table(VALUES)
    return pa.table(
        {
            "x": table["x"],
            "n": table["n"].cast(pa.int8()),
            "big": table["big"],
            "gaps": table["gaps"].cast(pa.uint16()),
            "b": table["b"].dictionary_encode(),
            "maybe": table["maybe"],
            "s": table["s"].cast(pa.large_string()).dictionary_encode(),
            "t": table["t"].cast(pa.timestamp("ns", "Asia/Tokyo")),
        }
    )


TABLE = pa.table(VALUES)
BODIES = {
    "records": (dump(records()), JSON),
    "data": (dump({"data": records()}), "application/json; charset=utf-8"),
    "dataframe_records": (dump({"dataframe_records": records()}), JSON),
    "split": (dump(split()), JSON),
    "dataframe_split": (dump({"dataframe_split": split()}), JSON),
    "escaped": (json.dumps(records(), ensure_ascii=False).encode("utf-8-sig"), None),
    "csv": (csv_text(), CSV),
    "csv bom": (b"\xef\xbb\xbf" + csv_text(), "text/csv; charset=utf-8"),
    "csv utf-16": (csv_text().decode().encode("utf-16"), 'text/csv; charset="UTF-16"'),
    "csv crlf": (csv_text().replace(b"\nc", b"@@").replace(b"\n", b"\r\n").replace(b"@@", b"\nc"),
                 CSV),
    "stream": (stream(TABLE), ARROW_STREAM),
    "stream in parts": (stream(TABLE, 1), ARROW_STREAM),
    "stream zstd": (stream(TABLE, compression="zstd"), ARROW_STREAM),
    "stream sniffed": (stream(TABLE), "application/octet-stream"),
    "stream other types": (stream(other_types()), ARROW_STREAM),
    "stream view": (
        stream(TABLE.set_column(6, "s", TABLE["s"].cast(pa.string_view()))), ARROW_STREAM,
    ),
    "file": (file(TABLE), ARROW_FILE),
    "file in parts": (file(TABLE, 1), None),
    "file lz4": (file(TABLE, compression="lz4"), None),
    "file as stream": (file(other_types()), ARROW_STREAM),
    "parquet": (parquet(TABLE), PARQUET),
    "parquet sniffed": (parquet(TABLE, row_group_size=1), None),
    "parquet other types": (parquet(other_types()), "application/x-parquet"),
    "parquet plain": (parquet(TABLE, use_dictionary=False), "application/parquet"),
    "polars ipc": (polars_bytes("write_ipc"), ARROW_FILE),
    "polars ipc lz4": (polars_bytes("write_ipc", compression="lz4"), ARROW_FILE),
    "polars stream": (polars_bytes("write_ipc_stream"), ARROW_STREAM),
    "polars parquet": (polars_bytes("write_parquet"), PARQUET),
}  # fmt: skip
