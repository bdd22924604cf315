"""A real JupyterLab and a real Chromium; where none can be had the tests fail and say how."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pytest
from playwright.sync_api import expect

from jupyter_registry.client import Registry
from tests.browser.chromium import NoBrowser, find_browser
from tests.browser.lab import PATIENCE, Lab, Notebook, have_bare
from tests.browser.window import VIEWPORT, Window

_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

#: Errors that Notebook 7.6 throws by itself when it opens any notebook.
_NOTEBOOKS_OWN = ("reading 'schema'", "'filebrowser:open-path' not registered")

_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests have time for a `turn`, and their files stand between those of other rooms.

    So processes that take file after file have a browser at work now and then, not all at once.
    Files of the training come first: they are long, and by their name would end last, alone.
    """
    browsers: dict[Path, list[pytest.Item]] = {}
    others: dict[Path, list[pytest.Item]] = {}
    for item in items:
        is_browser = item.path.is_relative_to(Path(__file__).parent)
        (browsers if is_browser else others).setdefault(item.path, []).append(item)
        if is_browser:
            item.add_marker(pytest.mark.timeout(900))
    # the last quarter has none, so that no long file is left for the end
    first = sorted(others, key=lambda path: path.parent.name != "training")
    others = {path: others[path] for path in first}
    gap = max(1.0, 0.75 * len(others) / max(1, len(browsers)))
    placed = [(gap * number - 0.5, tests) for number, tests in enumerate(browsers.values())]
    placed += [(float(number), tests) for number, tests in enumerate(others.values())]
    placed.sort(key=lambda one: one[0])
    items[:] = [item for _, tests in placed for item in tests]


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """None of pytest-jupyter's: Playwright has its own."""


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """As above."""


@pytest.fixture(scope="module")
def turn() -> Iterator[None]:
    """One of as many turns as there are processors.

    More browsers, each with a JupyterLab, wait for one another longer than a test has patience;
    the tests of other rooms, which run beside them, wait less.
    """
    places = [_place(number) for number in range(max(2, os.cpu_count() or 2))]
    try:
        while not any(_taken(place) for place in places):
            time.sleep(0.5)
        yield
    finally:
        for place in places:
            place.close()


def _place(number: int) -> IO[str]:
    name = f"jupyter-registry-browser-{os.getuid()}-{number}.turn"
    return (Path(tempfile.gettempdir()) / name).open("a")


def _taken(place: IO[str]) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def browser(turn: None) -> Iterator[Any]:
    """Chromium or Chrome, without a window.

    Of a file: while Playwright is there, its event loop runs, and tests of other files that run
    one of their own would fail.
    """
    from playwright.sync_api import sync_playwright

    try:
        path = find_browser()
    except NoBrowser as error:
        pytest.fail(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The JupyterLab of a file's tests: what others registered is not in its lists."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.start()
    yield lab
    for context in browser.contexts:  # else its page looks for the server that has gone
        context.close()
    lab.stop()


@pytest.fixture(scope="module")
def registry(lab: Lab) -> Iterator[Registry]:
    """The registry of that JupyterLab, seen from outside."""
    with Registry(lab.url, lab.token) as registry:
        yield registry


@pytest.fixture
def another_kernel(lab: Lab) -> Iterator[str]:
    """The name of a kernelspec beside the one that there is, of the same Python."""
    kernel: Path = lab.folder / "data" / "kernels" / "another"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Another Python", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    yield kernel.name
    shutil.rmtree(kernel)


@pytest.fixture
def tolerated() -> list[str]:
    """Parts of errors that do not fail the test: to be added to."""
    return list(_NOTEBOOKS_OWN)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Remember that a test has failed: its page is not for the next one."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="module")
def window(browser: Any) -> Iterator[Window]:
    """The window of a file's tests."""
    expect.set_options(timeout=PATIENCE)
    window = Window(browser)
    yield window
    window.close()


@pytest.fixture
def page(window: Window, tolerated: list[str], request: pytest.FixtureRequest) -> Iterator[Any]:
    """The page of the file's tests, in which nothing is open; errors of its scripts fail the test.

    A test that failed, or that expects errors, leaves it to nobody.
    """
    page = window.page
    errors: list[str] = []

    def remember(error: Any) -> None:
        errors.append(str(error))

    page.on("pageerror", remember)
    expected = list(tolerated)
    yield page
    # what Lab says of what is closed while it still begins is not the test's
    page.remove_listener("pageerror", remember)
    if request.node.stash.get(_FAILED, False) or tolerated != expected:
        window.close()
    else:
        window.tidy()
    assert not [error for error in errors if not any(known in error for known in tolerated)]


@pytest.fixture
def notebook(lab: Lab, page: Any, request: pytest.FixtureRequest) -> Callable[..., Notebook]:
    """Opens a notebook of the given cells in the page."""

    def open_notebook(cells: Sequence[str]) -> Notebook:
        return Notebook(lab, page, request.node.name, cells)

    return open_notebook


@pytest.fixture
def picture(page: Any, tmp_path: Path) -> Callable[..., Path]:
    """Takes a picture of a part of the page, into the test's own folder."""

    def take(part: Any, name: str) -> Path:
        path = tmp_path / f"{name}.png"
        # an output that is higher than the window is seen as a whole
        page.set_viewport_size({"width": 1180, "height": 2400})
        part.screenshot(path=str(path))
        page.set_viewport_size(VIEWPORT)
        return path

    return take


@pytest.fixture
def opened(lab: Lab, page: Any) -> Any:
    """JupyterLab without open documents."""
    have_bare(lab, page)
    return page


@pytest.fixture
def sidebar(lab: Lab, page: Any) -> Any:
    """The sidebar, opened by its icon in a JupyterLab that was loaded anew."""
    lab.settle()
    page.goto(f"{lab.url}lab?token={lab.token}&reset")
    page.wait_for_function("!document.querySelector('#jupyterlab-splash')")
    page.get_by_role("tab", name="Model Registry").click()
    found = page.locator("#jupyter-registry-sidebar")
    found.get_by_role("heading", name="Model Registry").wait_for()
    return found
