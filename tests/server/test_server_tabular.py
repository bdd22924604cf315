"""Bodies of every format: the same rows come of all, nothing worse of what is damaged."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_registry.domain.errors import (
    RegistryError,
)
from jupyter_registry.domain.frames import conform
from jupyter_registry.server.tabular import (
    CSV,
    JSON,
    READS,
    read_batches,
    read_rows,
)

from .tabular_samples import (
    BODIES,
    SIGNATURE,
    TABLE,
    VALUES,
    N,
    dump,
    file,
    other_types,
    parquet,
    stream,
)


@pytest.mark.parametrize("limit", [None, 1 << 20])
@pytest.mark.parametrize("form", BODIES)
def test_every_format_gives_the_same_frame(form: str, limit: int | None) -> None:
    body, content_type = BODIES[form]
    rows = read_rows(body, content_type, SIGNATURE, limit=limit)
    assert len(rows) == rows.n == N
    assert list(rows.columns) == list(VALUES)
    frame = conform(SIGNATURE, rows.columns, rows.n)
    expected = conform(SIGNATURE, VALUES, N)
    for name, values in expected.items():
        assert frame[name].dtype == values.dtype
        np.testing.assert_array_equal(frame[name], values)


@pytest.mark.parametrize("form", [f for f in BODIES if not f.startswith("csv")])
def test_batches_are_the_rows_in_parts(form: str) -> None:
    batches = list(read_batches(*BODIES[form], 3))
    assert sum(map(len, batches)) == N
    assert all(len(batch) <= 3 for batch in batches)
    values = [v for batch in batches for v in batch.columns["s"]]
    assert values == VALUES["s"]


def test_a_csv_without_signature_stays_text_in_batches_too() -> None:
    body = b"id,x\n007,1.50\n,NA\n"
    assert read_rows(body, CSV).columns == {"id": ["007", None], "x": ["1.50", "NA"]}
    assert [b.columns for b in read_batches(body, CSV, 1)] == [
        {"id": ["007"], "x": ["1.50"]},
        {"id": [None], "x": ["NA"]},
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (dump({"columns": ["a", "b"], "data": []}), JSON),
        (b"a,b\r\n", CSV),
        (b"a,b", CSV),
        (b"\n\na,b\n\n", CSV),
        (stream(pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})), None),
        (file(pa.table({"a": [], "b": []})), None),
        (parquet(pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})), None),
    ],
)
def test_an_empty_table_is_one_batch_with_its_columns(
    body: bytes, content_type: str | None
) -> None:
    (batch,) = read_batches(body, content_type)
    assert (list(batch.columns), len(batch)) == (["a", "b"], 0)
    assert [len(values) for values in batch.columns.values()] == [0, 0]
    assert len(read_rows(body, content_type)) == 0


def refused_or_read(body: bytes, content_type: str | None) -> None:
    try:
        read_rows(body, content_type, SIGNATURE, limit=1 << 20)
        for batch in read_batches(body, content_type, 2, limit=1 << 20):
            for values in batch.columns.values():
                assert len(values) == len(batch)
    except RegistryError:
        pass


@settings(max_examples=300)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"PAR1", b"ARROW1\0\0", b"\xff" * 4, b"{", b"["])
)
def test_random_bytes_raise_only_registry_errors(body: bytes, magic: bytes) -> None:
    for content_type in (None, *READS):
        refused_or_read(magic + body, content_type)


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(BODIES)),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4
    ),
)
def test_damaged_bodies_raise_only_registry_errors(
    form: str, changes: list[tuple[float, int]]
) -> None:
    body, content_type = BODIES[form]
    damaged = bytearray(body)
    for place, value in changes:
        damaged[int(place * len(damaged))] = value
    refused_or_read(bytes(damaged), content_type)


def test_pandas_is_never_loaded_and_numpy_and_arrow_when_used() -> None:
    script = """
import sys
from jupyter_registry.server import tabular
assert not {"numpy", "pyarrow", "pandas"} & set(sys.modules)
tabular.read_rows(b'[{"a": 1}]', "application/json")
tabular.write_rows({"a": [1, None, "b"]}, "application/json")
assert not {"numpy", "pyarrow", "pandas"} & set(sys.modules)
from datetime import datetime
from jupyter_registry.domain.signature import Signature
dtypes = {"x": "number", "i": "integer", "b": "boolean", "s": "string", "t": "datetime"}
signature = Signature.from_json(
    {"name": name, "dtype": dtype, "nullable": True} for name, dtype in dtypes.items()
)
columns = {"x": [0.5, None], "i": [1, None], "b": [True, None], "s": ["a", None],
    "t": [datetime(2013, 1, 1), None]}
for kind in tabular.WRITES:
    body = tabular.write_rows(columns, kind)
    tabular.read_rows(body, kind, signature)
    for rows in tabular.read_batches(body, kind, 1, limit=1 << 20):
        tabular.write_rows(rows.columns, kind)
import pyarrow as pa
for body in sys.stdin.buffer.read().split(b"|||"):
    tabular.read_rows(body, None)
assert "pandas" not in sys.modules
"""
    decimals = pa.table({"d": pa.array([Decimal("1.5"), None]).dictionary_encode()})
    bodies = [stream(other_types()), parquet(other_types()), stream(decimals), file(TABLE)]
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"|||".join(bodies), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
