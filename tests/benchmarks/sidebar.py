"""What the extension adds to JupyterLab's start; how the sidebar scrolls and follows changes."""

from __future__ import annotations

import contextlib
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_registry.client import Registry
from tests.browser.chromium import find_browser
from tests.browser.conftest import _FLAGS
from tests.browser.lab import Lab
from tests.browser.samples import FEATURES, churn_model, visits

from . import search
from .figure import Figure

ROUNDS = 15
#: Changes of each sort, and the seconds between two.
CHANGES = 20
REST = (0.7, 1.5)
JUMPS = (0.5, 1.0, 0.25, 0.75, 0.1, 0.9, 0.6, 0.3)
#: Notes when Lab has restored its layout, in milliseconds since the page was asked for.
NOTE_START = """
let app;
Object.defineProperty(window, 'jupyterapp', {
  get: () => app,
  set: value => {
    app = value;
    value.restored.then(() => (window.restoredAt = performance.now()));
  }
});
"""
#: Scrolls to a share of the list; milliseconds until no row in sight waits for its content.
JUMP = """async share => {
  const list = document.querySelector('[role=listbox][aria-label=Packages]');
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  const began = performance.now();
  list.scrollTop = share * (list.scrollHeight - list.clientHeight);
  const { top, bottom } = list.getBoundingClientRect();
  for (;;) {
    await frame();
    const rows = [...list.querySelectorAll('[role=option]')].filter(row => {
      const box = row.getBoundingClientRect();
      return box.bottom > top && box.top < bottom;
    });
    const due = Math.floor(list.scrollTop / 46) + 1;
    if (rows.some(row => Number(row.getAttribute('aria-posinset')) === due)
        && !rows.some(row => row.querySelector('.jp-Registry-waiting'))) {
      return performance.now() - began;
    }
  }
}"""
#: Scrolls by 120 pixels a frame for 120 frames; the time from frame to frame in milliseconds.
GLIDE = """async () => {
  const list = document.querySelector('[role=listbox][aria-label=Packages]');
  const times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let turn = 0; turn < 120; turn++) {
    list.scrollTop += 120;
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}"""
#: Notes when a row first has a text, or a picture that is described by it: milliseconds since
#: 1970, in the frame in which it is painted.
WATCH = """text => {
  window.seenAt = undefined;
  const sidebar = document.querySelector('#jupyter-registry-sidebar');
  const has = () => [...sidebar.querySelectorAll('[role=option]')].some(row =>
    row.textContent.includes(text)
    || [...row.querySelectorAll('[aria-label]')].some(part =>
      part.getAttribute('aria-label').startsWith(text)));
  if (has()) throw new Error(`It is there already: ${text}`);
  const observer = new MutationObserver(() => {
    if (has()) {
      observer.disconnect();
      requestAnimationFrame(() => (window.seenAt = Date.now()));
    }
  });
  observer.observe(sidebar, {
    subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: ['aria-label'],
  });
}"""


class ConfiguredLab(Lab):
    """A JupyterLab that reads its configuration folder."""

    @property
    def environment(self) -> dict[str, str]:
        """As ever, but for the switch that leaves all configuration out."""
        return {k: v for k, v in super().environment.items() if k != "JUPYTER_NO_CONFIG"}


def run() -> Iterator[Figure]:
    """Median over starts in turn, with the extension and without; one long list, then changes."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, _labs() as (with_it, without):
        browser = playwright.chromium.launch(executable_path=find_browser(), args=_FLAGS)
        yield from _start(browser, with_it, without)
        yield from _scrolling(browser, with_it)
        yield from _following(browser, with_it)
        browser.close()


@contextlib.contextmanager
def _labs() -> Iterator[tuple[Lab, Lab]]:
    """Two JupyterLabs; in the second the extension of the browser is disabled."""
    with tempfile.TemporaryDirectory() as folder:
        labs = []
        for name in ("with", "without"):
            (Path(folder) / name).mkdir()
            labs.append(ConfiguredLab(Path(folder) / name))
        disabled = labs[1].folder / "config" / "labconfig" / "page_config.json"
        disabled.parent.mkdir(parents=True)
        disabled.write_text(json.dumps({"disabledExtensions": {"jupyter-registry": True}}))
        try:
            for lab in labs:
                lab.start()
            yield labs[0], labs[1]
        finally:
            for lab in labs:
                lab.stop()


def _start(browser: Any, with_it: Lab, without: Lab) -> Iterator[Figure]:
    contexts = {lab: browser.new_context() for lab in (with_it, without)}
    waits: dict[Lab, list[float]] = {with_it: [], without: []}
    works: dict[Lab, list[float]] = {with_it: [], without: []}
    for turn in range(ROUNDS + 1):
        for lab, context in list(contexts.items())[:: 1 if turn % 2 else -1]:
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Performance.enable")
            page.add_init_script(NOTE_START)
            page.goto(f"{lab.url}lab?token={lab.token}&reset")
            page.wait_for_function("window.restoredAt", timeout=120_000)
            metrics = session.send("Performance.getMetrics")["metrics"]
            present = page.evaluate("window.jupyterapp.hasPlugin('jupyter-registry:sidebar')")
            assert present == (lab is with_it)
            if turn:  # the first fills the browser's cache
                waits[lab].append(page.evaluate("window.restoredAt"))
                work = {metric["name"]: metric["value"] for metric in metrics}["ThreadTime"]
                works[lab].append(1000 * work)
            page.close()
    for name, times in (
        ("added to JupyterLab's start in the browser", waits),
        ("… to the processor time of the page's main thread", works),
    ):
        added = statistics.median(times[with_it]) - statistics.median(times[without])
        yield Figure(
            name,
            f"{added:.0f} ms on {statistics.median(times[without]):.0f} ms",
            "under 100 ms",
            added < 100,
        )
    for context in contexts.values():
        context.close()


def _scrolling(browser: Any, lab: Lab) -> Iterator[Figure]:
    search._fill(f"sqlite:///{lab.folder / 'data' / 'registry' / 'registry.db'}")
    page = browser.new_page(viewport={"width": 1180, "height": 900})
    page.goto(f"{lab.url}lab?token={lab.token}&reset")
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')", timeout=120_000)
    page.get_by_role("tab", name="Model Registry").click()
    sidebar = page.locator("#jupyter-registry-sidebar")
    packages = sidebar.get_by_role("region", name="Packages")
    packages.get_by_role("button", name="Filters and order").click()
    packages.get_by_label("Versions", exact=True).select_option("all")
    row = packages.locator(f"[role=option][aria-setsize='{search.PACKAGES}']").first
    row.wait_for(timeout=60_000)
    page.wait_for_timeout(2000)
    times = [page.evaluate(JUMP, share) for share in JUMPS for _ in range(2)]
    jumps, again = times[::2], times[1::2]  # the second time it is loaded already
    middle = statistics.median(jumps)
    yield Figure(
        f"sidebar of {search.PACKAGES:,} packages, a far page",
        f"{middle:.0f} ms (most {max(jumps):.0f}); loaded before {statistics.median(again):.0f} ms",
        "under 100 ms",
        middle < 100,
    )
    page.evaluate(JUMP, 0.4)
    frames = sorted(page.evaluate(GLIDE))
    usual, worst = frames[len(frames) // 2], frames[int(len(frames) * 0.99)]
    yield Figure(
        "… scrolling on, from frame to frame",
        f"{usual:.0f} ms (p99 {worst:.0f} ms)",
        "p99 under 50 ms",
        worst < 50,
    )
    page.close()


def _following(browser: Any, lab: Lab) -> Iterator[Figure]:
    """From the request that changes something to its painted row, with the long list open."""
    page = browser.new_page(viewport={"width": 1180, "height": 900})
    page.goto(f"{lab.url}lab?token={lab.token}&reset")
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')", timeout=120_000)
    page.get_by_role("tab", name="Model Registry").click()
    sidebar = page.locator("#jupyter-registry-sidebar")
    sidebar.get_by_role("listbox", name="Packages").get_by_role("option").first.wait_for()
    with Registry(lab.url, lab.token) as registry:
        package = registry.register("followed", churn_model(), target="left", progress=False)
        deployment = package.deploy("followed")
        sidebar.get_by_role("option", name="followed").last.wait_for()
        row = visits(1, 0)[FEATURES]
        deployment.predict(row, progress=False)
        sidebar.get_by_role("img", name="1 prediction in 7 days").wait_for()
        changes: dict[str, tuple[str, Callable[[int], object]]] = {
            "a new label": ("relabelled {}", lambda n: deployment.update(label=f"relabelled {n}")),
            "a new package": (
                "announced-{}/1",
                lambda n: registry.register(
                    f"announced-{n}", target="left", target_type="binary",
                    class_labels=["no", "yes"], progress=False,
                ),
            ),
            "a prediction": (
                "{} predictions in 7 days",
                lambda n: deployment.predict(row, progress=False),
            ),
        }  # fmt: skip
        for name, (text, change) in changes.items():
            times = [
                _follow(page, text.format(n), partial(change, n)) for n in range(2, CHANGES + 2)
            ]
            usual, most = statistics.median(times), max(times)
            yield Figure(
                f"{name}, from the request to its row in the sidebar, p50",
                f"{usual:.0f} ms (most {most:.0f} ms)",
                "most under 1,000 ms",
                most < 1000,
            )
    page.close()


def _follow(page: Any, text: str, change: Callable[[], object]) -> float:
    """Milliseconds from before a change until the sidebar shows it."""
    page.wait_for_timeout(1000 * random.uniform(*REST))  # at any phase of what is throttled
    page.evaluate(WATCH, text)
    began = time.time()
    change()
    page.wait_for_function("window.seenAt !== undefined", timeout=30_000)
    return float(page.evaluate("window.seenAt")) - 1000 * began
