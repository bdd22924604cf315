"""A million reported predictions as Arrow over HTTP, then their actuals, against executemany."""

from __future__ import annotations

import io
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from . import live
from .figure import Figure

ROWS = 1_000_000
ROUNDS = 3
ARROW = "application/vnd.apache.arrow.stream"


def run() -> Iterator[Figure]:
    """Ours and the yardstick in turn, each time with a fresh deployment or table."""
    rng = np.random.default_rng(0)
    start = 1_700_000_000_000_000
    stamps = start + np.sort(rng.integers(0, 30 * 86_400_000_000, ROWS))
    scores = rng.random(ROWS)
    outcomes = (rng.random(ROWS) < scores).astype(int)
    reports_s, actuals_s, plain_s, growth = [], [], [], []
    with live.jupyter_server() as server:
        pid = server.process.pid
        for turn in range(ROUNDS):
            ids = [f"{turn}-{i:09d}" for i in range(ROWS)]
            plain_s.append(_executemany(ids, stamps, scores))
            path = _deployment(server, turn)
            body = _arrow(
                {
                    "association_id": ids,
                    "timestamp": pa.array(stamps, pa.timestamp("us", "UTC")),
                    "probability": scores,
                }
            )
            live.reset_peak(pid)
            before = live.rss_mb(pid)
            reports_s.append(_post(server, f"{path}/reports", body, "accepted"))
            body = _arrow({"association_id": ids, "value": [str(v) for v in outcomes]})
            actuals_s.append(_post(server, f"{path}/actuals", body, "matched"))
            growth.append(live.peak_mb(pid) - before)
    share = statistics.median(p / r for p, r in zip(plain_s, reports_s, strict=True))
    yield Figure(
        "reports, rows/s",
        f"{ROWS / statistics.median(reports_s):,.0f} / executemany "
        f"{ROWS / statistics.median(plain_s):,.0f} = {share:.2f}",
        "at least 0.60",
        share >= 0.6,
    )
    rate = ROWS / statistics.median(actuals_s)
    yield Figure(
        "actuals matching them, rows/s", f"{rate:,.0f}", "at least 100,000", rate >= 100_000
    )
    yield Figure(
        "server memory grew by, at its peak",
        f"{max(growth):.0f} MB (first round {growth[0]:.0f} MB)",
        "under 300 MB",
        max(growth) < 300,
    )


def _executemany(ids: list[str], stamps: np.ndarray, scores: np.ndarray) -> float:
    """Seconds to insert the rows, sorted, into the same table with the same unique index."""
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateIndex, CreateTable

    from jupyter_registry.store.log_tables import prediction

    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "plain.db")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA cache_size=-262144")
        dialect = sqlite.dialect()
        connection.execute(str(CreateTable(prediction).compile(dialect=dialect)))
        for index in prediction.indexes:
            connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
        labels = (scores >= 0.5).astype(int).tolist()
        rows = sorted(
            (
                (1, 1, i, t, v, lab)
                for i, t, v, lab in zip(ids, stamps.tolist(), scores.tolist(), labels, strict=True)
            ),
            key=lambda row: row[2],
        )
        started = time.perf_counter()
        with connection:
            connection.executemany(
                "INSERT INTO prediction (deployment_id, package_id, association_id, timestamp,"
                " value, label) VALUES (?,?,?,?,?,?)",
                rows,
            )
        seconds = time.perf_counter() - started
        connection.close()
        return seconds


def _deployment(server: live.Live, turn: int) -> str:
    package = server.call(
        "POST",
        "/packages",
        {
            "name": f"outside-{turn}",
            "kind": "external",
            "target_name": "y",
            "target_type": "binary",
            "class_labels": ["0", "1"],
        },
    )
    made = server.call(
        "POST", "/deployments", {"package_id": package["id"], "label": f"outside-{turn}"}
    )
    return f"/deployments/{made['id']}"


def _arrow(columns: dict) -> bytes:
    table = pa.table(columns)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=65_536)
    return sink.getvalue()


def _post(server: live.Live, path: str, body: bytes, expect: str) -> float:
    started = time.perf_counter()
    answer = server.call("POST", path, body, Content_Type=ARROW)
    seconds = time.perf_counter() - started
    if answer[expect] != ROWS:
        raise RuntimeError(f"expected {ROWS} {expect}: {answer}")
    return seconds
