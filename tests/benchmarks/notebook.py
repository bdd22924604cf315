"""What a notebook feels: `%load_ext`, the first page of a browser, redraws of an accuracy view.

All is timed inside a real kernel, from the choice to the last message that left for the page.
"""

from __future__ import annotations

import os
import queue
import statistics
from collections.abc import Iterator
from pathlib import Path

from . import accuracy, live, search
from .figure import Figure

#: 90 days of so many make 3,000,060 predictions with their actuals.
PER_DAY = 33_334
ROUNDS = 7
CELL_SECONDS = 120

#: What is chosen, and to and fro between which values; `start` moves a range of 30 days.
REDRAWS = {
    "another metric": ("view.controls.metric", ["log_loss", "auc"]),
    "by hour": ("view.controls.bucket", ["hour", "week"]),
    "by day": ("view.controls.bucket", ["day", "month"]),
    "another range, 30 days by hour": (
        "view.controls.start",
        ["datetime(2024, 1, 10)", "datetime(2024, 2, 10)"],
    ),
    "another threshold": ("view.threshold", [0.4, 0.6]),
}
#: What has to be chosen beforehand, by the name of the redraw.
BEFORE = {
    "another range, 30 days by hour": (
        "view.controls.bucket.value = 'hour'; view.controls.end.value = datetime(2024, 3, 10);"
        "view.controls.start.value = datetime(2024, 2, 9); view.controls.time.value = CUSTOM"
    ),
    "another threshold": (
        "view.controls.time.value = 'all'; view.controls.bucket.value = 'day';"
        "view.tabs.selected_index = 3"
    ),
}
#: The first value is the one that is timed.
TIMED = """
import time
def timed(act):
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)
"""


class Kernel:
    """A kernel of ipykernel whose cells print numbers."""

    def __init__(self, folder: Path) -> None:
        from jupyter_client.manager import KernelManager

        self._manager = KernelManager(kernel_name="python3")
        environment = os.environ | {
            "PYTHONPATH": str(live.ROOT),
            "IPYTHONDIR": str(folder / "ipython"),
            "MPLCONFIGDIR": str(folder / "matplotlib"),
        }
        self._manager.start_kernel(cwd=str(folder), env=environment)
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=CELL_SECONDS)

    def numbers(self, code: str) -> list[float]:
        """Run a cell; the numbers that it printed."""
        asked = self._client.execute(code)
        printed = ""
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=CELL_SECONDS)
            except queue.Empty:
                raise TimeoutError(code) from None
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            if kind == "stream" and content["name"] == "stdout":
                printed += content["text"]
            if kind == "status" and content["execution_state"] == "idle":
                return [float(word) for word in printed.split()]

    def stop(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


def run() -> Iterator[Figure]:
    """Median and least of several; others may work on the machine meanwhile."""
    with live.jupyter_server() as server:
        server.call("GET", "/info")
        yield _loading(server)
        search._fill(server.database_url)
        yield _browsing(server)
        accuracy._fill(server, PER_DAY)
        yield from _redrawing(server)


def _loading(server: live.Live) -> Figure:
    """`%load_ext` in new kernels, ipywidgets imported before."""
    times = []
    for _ in range(ROUNDS):
        kernel = Kernel(server.folder)
        try:
            kernel.numbers(f"{TIMED}\nimport ipywidgets")
            times += kernel.numbers(
                "print(timed(lambda: get_ipython().run_line_magic('load_ext', 'jupyter_registry')))"
            )
        finally:
            kernel.stop()
    return _figure("%load_ext, ipywidgets imported", times, 100)


def _browsing(server: live.Live) -> Figure:
    """`RegistryBrowser()` and its display, all that is imported once being there."""
    kernel = Kernel(server.folder)
    try:
        kernel.numbers(_prepared(server, "RegistryBrowser"))
        times = kernel.numbers(
            f"for _ in range({ROUNDS}): print(timed(lambda: display(RegistryBrowser(registry))))"
        )
    finally:
        kernel.stop()
    return _figure(f"RegistryBrowser(), {search.PACKAGES:,} packages", times[1:], 300)


def _redrawing(server: live.Live) -> Iterator[Figure]:
    kernel = Kernel(server.folder)
    try:
        kernel.numbers(_prepared(server, "AccuracyView"))
        kernel.numbers(
            "from datetime import datetime\n"
            "from jupyter_registry.notebook.widgets.accuracy_controls import CUSTOM\n"
            f"view = AccuracyView(registry.deployment('days-{PER_DAY}'))\n"
            "display(view)"
        )
        for name, (picker, (there, back)) in REDRAWS.items():
            there, back = (
                value if name.startswith("another range") else repr(value)
                for value in (there, back)
            )
            kernel.numbers(
                f"{BEFORE.get(name, '')}\nassert not view.notice.value, view.notice.value"
            )
            times = kernel.numbers(
                f"for _ in range({ROUNDS + 1}):\n"
                f"    {picker}.value = {back}\n"
                f"    print(timed(lambda: setattr({picker}, 'value', {there})))\n"
                "    assert not view.notice.value, view.notice.value"
            )
            yield _figure(f"AccuracyView, 3 million rows, {name}", times[1:], 300)
    finally:
        kernel.stop()


def _prepared(server: live.Live, widget: str) -> str:
    return (
        f"{TIMED}\nfrom jupyter_registry import Registry\n"
        f"from jupyter_registry.notebook import {widget}\n"
        f"registry = Registry({server.url + '/'!r}, {live.TOKEN!r})"
    )


def _figure(what: str, times: list[float], most: float) -> Figure:
    middle = statistics.median(times)
    return Figure(
        what, f"{middle:.0f} ms (least {min(times):.0f})", f"under {most:.0f} ms", middle < most
    )
