"""What the extension adds to the server's start and memory, and the package's import time."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from . import live
from .figure import Figure

ROUNDS = 9
SETTLE_SECONDS = 3.0


def run() -> Iterator[Figure]:
    """Start with and without the extension in turn; medians of the differences."""
    seconds, memory = [], []
    for _ in range(ROUNDS):
        with live.jupyter_server(extension=False) as without:
            time.sleep(SETTLE_SECONDS)
            before = live.rss_mb(without.process.pid)
        with live.jupyter_server() as with_it:
            time.sleep(SETTLE_SECONDS)
            with_it.call("GET", "/info")
            memory.append(live.rss_mb(with_it.process.pid) - before)
        seconds.append((with_it.ready_seconds, without.ready_seconds))
    added = 1000 * (
        statistics.median(a for a, _ in seconds) - statistics.median(b for _, b in seconds)
    )
    base = 1000 * statistics.median(b for _, b in seconds)
    yield Figure(
        "added to the server's start",
        f"{added:.0f} ms on {base:.0f} ms",
        "under 150 ms",
        added < 150,
    )
    grown = statistics.median(memory)
    yield Figure("added to its memory, store open", f"{grown:.0f} MB", "under 60 MB", grown < 60)
    imports = [_import_ms("import jupyter_registry") - _import_ms("pass") for _ in range(ROUNDS)]
    middle = statistics.median(imports)
    yield Figure("import jupyter_registry", f"{middle:.1f} ms", "under 100 ms", middle < 100)


def _import_ms(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=live.ROOT)
    return 1000 * (time.perf_counter() - started)
