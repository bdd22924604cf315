"""What the server's process holds, and that its event loop is free, for Jupyter and small rows."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pyarrow as pa

Deploy = Callable[..., dict[str, Any]]

ARROW = {"Content-Type": "application/vnd.apache.arrow.stream"}


def arrow(data: pd.DataFrame) -> bytes:
    table = pa.Table.from_pandas(data, preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def test_no_model_library_is_in_the_servers_process(
    api: httpx.Client, server: Any, deploy: Deploy, rows: Any
) -> None:
    deployment = deploy("binary", association_id_column="id")
    url = f"/deployments/{deployment['id']}"
    data = rows(50, 1)
    for kind in ("text/csv", "application/vnd.apache.parquet", ARROW["Content-Type"]):
        answer = api.post(
            f"{url}/predictions", content=arrow(data), headers=ARROW | {"Accept": kind}
        )
        assert answer.status_code == 200, answer.text
    actuals = [{"id": f"v{i}", "value": "yes"} for i in range(50)]
    assert api.post(f"{url}/actuals", json=actuals).json()["matched"] == 50
    report = [{"association_id": "r", "probability": 0.5}]
    assert api.post(f"{url}/reports", json=report).status_code == 200
    assert api.get(f"{url}/accuracy").json()["overall"]["n"] == 50
    assert api.get("/openapi.json").status_code == 200
    forbidden = ("pandas", "sklearn", "matplotlib", "skops", "joblib", "onnxruntime", "scipy")
    modules = api.get(f"{server.root}probe").json()["modules"]
    assert "pyarrow" in modules
    assert not [name for name in modules if name.partition(".")[0] in forbidden]
    maps = Path(f"/proc/{server.pid}/maps").read_text()
    assert not [name for name in forbidden if f"/site-packages/{name}/" in maps]


def test_the_event_loop_stays_free(
    api: httpx.Client, server: Any, deploy: Deploy, rows: Any
) -> None:
    outside = deploy("external")
    hosted = deploy("binary", association_id_column="id", store_features=True)
    n = 100_000
    reported = pd.DataFrame({
        "association_id": [f"r{i}" for i in range(n)],
        "timestamp": pd.date_range("2026-01-01", periods=n, freq="min", tz="UTC"),
        "probability": [i / n for i in range(n)],
    })  # fmt: skip
    actual = pd.DataFrame({"association_id": reported["association_id"], "value": "yes"})
    asked = rows(20_000, 2)
    csv = {"Content-Type": "text/csv", "Accept": "text/csv"}
    calls: list[tuple[str, bytes, dict[str, str]]] = [
        (f"/deployments/{outside['id']}/reports", arrow(reported), ARROW),
        (f"/deployments/{hosted['id']}/predictions", arrow(asked), ARROW),
        (f"/deployments/{hosted['id']}/predictions", asked.to_csv(index=False).encode(), csv),
        (f"/deployments/{hosted['id']}/predictions", asked.to_json(orient="records").encode(), {}),
        (f"/deployments/{outside['id']}/actuals", arrow(actual), ARROW),
    ]
    failures: list[str] = []

    def call(path: str, body: bytes, headers: dict[str, str]) -> None:
        with server.client() as client:
            answer = client.post(path, content=body, headers=headers)
            if answer.status_code != 200:
                failures.append(answer.text)

    api.get(f"{server.root}probe")
    threads = [threading.Thread(target=call, args=arguments) for arguments in calls]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        url = f"/deployments/{outside['id']}/accuracy"
        assert api.get(url, params={"bucket": "hour"}).status_code == 200
    for thread in threads:
        thread.join()
    assert api.get("/openapi.json").status_code == 200
    found = api.get(f"{server.root}probe").json()
    assert failures == []
    # processor time of one callback: what others do on this machine does not count …
    assert found["busy"] < 0.1
    # … but for the time that they take away
    assert found["late"] < 1.0
    counts = api.get(f"/deployments/{hosted['id']}").json()
    assert counts["rows_predicted"] == 20_000


def test_small_predictions_get_through_beside_bulk_that_never_ends(
    api: httpx.Client, server: Any, deploy: Deploy, rows: Any
) -> None:
    """Reports and actuals of one deployment keep every bulk thread and the writer busy."""
    deployment = deploy("binary", association_id_column="id")
    url, n = f"/deployments/{deployment['id']}", 60_000
    ids = [f"r{i}" for i in range(n)]
    bodies = {
        "reports": arrow(pd.DataFrame({"association_id": ids, "probability": 0.5})),
        "actuals": arrow(pd.DataFrame({"association_id": ids, "value": "yes"})),
    }
    stop, failures = threading.Event(), list[str]()
    bulk: list[float] = []

    def send(kind: str) -> None:
        with server.client() as client:
            while not stop.is_set():
                started = time.monotonic()
                answer = client.post(f"{url}/{kind}", content=bodies[kind], headers=ARROW)
                bulk.append(time.monotonic() - started)
                if answer.status_code != 200:
                    failures.append(answer.text)

    threads = [threading.Thread(target=send, args=(kind,)) for kind in (*bodies, *bodies)]
    for thread in threads:
        thread.start()
    while not bulk and not failures:
        time.sleep(0.01)
    asked, small = rows(12, 5, prefix="small").to_dict("records"), []
    for row in asked:
        started = time.monotonic()
        answer = api.post(f"{url}/predictions", json=[row])
        small.append(time.monotonic() - started)
        assert answer.status_code == 200, answer.text
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    # no one waited for whole bodies before it: each waits for a turn of the writer at most
    assert statistics.median(small) < statistics.median(bulk)
    counts = api.get(url).json()
    assert (counts["rows_predicted"], counts["rows_matched"]) == (n + len(asked), n)
