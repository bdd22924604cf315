"""Reading the accuracy of 90 days by day, and the same with thirty times the rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from . import live
from .figure import Figure
from .load import measure, request_bytes
from .reports import ARROW, _arrow

DAYS = 90
PER_DAY = (1_000, 30_000)
START = 1_704_067_200_000_000  # 2024-01-01
DAY = 86_400_000_000


def run() -> Iterator[Figure]:
    """Two deployments in one server, read in turn over HTTP."""
    with live.jupyter_server() as server:
        requests = [_fill(server, per_day) for per_day in PER_DAY]
        for request in requests:
            measure(server.port, request, 1, 1.0)
        pairs = []
        for _ in range(9):
            small, large = (measure(server.port, request, 1, 1.5) for request in requests)
            pairs.append((small["p50_ms"], large["p50_ms"]))
    small, large = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(b / a for a, b in pairs)
    yield Figure(
        "90 days by day, 2,700,000 rows, p50", f"{large:.1f} ms", "under 50 ms", large < 50
    )
    yield Figure(
        "… against 90,000 rows",
        f"{large:.1f} / {small:.1f} ms = {ratio:.2f}",
        "at most 1.20",
        ratio <= 1.2,
    )


def _fill(server: live.Live, per_day: int) -> bytes:
    package = server.call(
        "POST",
        "/packages",
        {
            "name": f"days-{per_day}",
            "kind": "external",
            "target_name": "y",
            "target_type": "binary",
            "class_labels": ["0", "1"],
        },
    )
    made = server.call(
        "POST", "/deployments", {"package_id": package["id"], "label": f"days-{per_day}"}
    )
    path = f"/deployments/{made['id']}"
    rng = np.random.default_rng(per_day)
    started = time.perf_counter()
    for first in range(0, DAYS, 10):
        n = 10 * per_day
        ids = [f"{first:03d}-{i:08d}" for i in range(n)]
        stamps = START + first * DAY + np.sort(rng.integers(0, 10 * DAY, n))
        scores = 1 / (1 + np.exp(-rng.normal(-1, 1.2, n)))
        outcomes = (rng.random(n) < scores).astype(int)
        server.call(
            "POST",
            f"{path}/reports",
            _arrow(
                {
                    "association_id": ids,
                    "timestamp": pa.array(stamps, pa.timestamp("us", "UTC")),
                    "probability": scores,
                }
            ),
            Content_Type=ARROW,
        )
        server.call(
            "POST",
            f"{path}/actuals",
            _arrow({"association_id": ids, "value": [str(v) for v in outcomes]}),
            Content_Type=ARROW,
        )
    print(f"  ({DAYS * per_day:,} rows in {time.perf_counter() - started:.0f} s)", flush=True)
    return request_bytes(
        "GET",
        f"/jupyter-registry/api/v1{path}/accuracy?bucket=day",
        Authorization=f"token {live.TOKEN}",
    )
