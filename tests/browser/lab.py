"""A real JupyterLab and Notebook 7 with the extension, driven through a real browser."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, TimeoutError

from tests.browser.panels import ready
from tests.live_server import START_SECONDS, LiveServer

#: Milliseconds that the page has to show what is waited for.
PATIENCE = 60_000
#: Milliseconds that a cell has to end: the first one imports much.
RUN_PATIENCE = 120_000
#: The prompt of the cell at ``position``: ``[ ]:`` before it runs, ``[*]:`` while, ``[1]:`` after.
_PROMPT = (
    "document.querySelectorAll('.jp-Notebook .jp-CodeCell')[position]"
    ".querySelector('.jp-InputPrompt').innerText"
)
_THEMES = "apputils-extension/themes"
_SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # all cells are on the page, also those that are scrolled away
    "notebook-extension/tracker": {"windowingMode": "none"},
}
#: Whether JupyterLab is loaded at one of these addresses, with nothing open.
_IS_BARE = """
addresses => !!window.jupyterapp
  && addresses.some(address => location.href.startsWith(address))
  && [...window.jupyterapp.shell.widgets("main")].every(open => open.id.startsWith("launcher"))
"""


class Lab(LiveServer):
    """JupyterLab under a prefix, with a token, without news and extension manager."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, base_url="/user/ada/")
        self.settings = folder / "settings"
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir()
        self.settle()

    def settle(self, theme: str = "JupyterLab Light") -> None:
        """Have the settings that these tests begin with; a theme that was chosen is kept there."""
        for name, values in (_SETTINGS | {_THEMES: {"theme": theme}}).items():
            path = self.settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))

    @property
    def environment(self) -> dict[str, str]:
        """As a server's, with Lab's own settings and workspaces."""
        return super().environment | {
            "JUPYTERLAB_SETTINGS_DIR": str(self.settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            "IPYTHONDIR": str(self.folder / "ipython"),
        }

    def start(self) -> None:
        """Start it and wait until the registry answers."""
        # else each load of the page asks whether JupyterLab is to be built, and Node.js is started
        settings = {"page_config_data": {"buildAvailable": False, "buildCheck": False}}
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0", f"--ServerApp.base_url={self.base_url}",
            f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.notebooks}",
            "--ServerApp.jpserver_extensions={'jupyter_registry': True, 'notebook': True}",
            f"--ServerApp.tornado_settings={settings}",
            "--JupyterNotebookApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly", "--LabApp.expose_app_in_browser=True",
        ]  # fmt: skip
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers("jupyter-registry/api/v1/info"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"JupyterLab did not start:\n{self.log[-5000:]}")
            time.sleep(0.1)

    def kernels(self) -> str:
        """What the server says of its kernels."""
        address = f"{self.url}api/kernels?token={self.token}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())


#: Opens a notebook with the kernel that is there, whose variables and widgets are forgotten.
_JOIN = """
async path => {
  const { commands, serviceManager, shell } = window.jupyterapp;
  await serviceManager.kernels.refreshRunning();
  const [kernel] = serviceManager.kernels.running();
  const opened = await commands.execute("docmanager:open", {
    path, factory: "Notebook", kernel: kernel ? { id: kernel.id } : { name: "python3" } });
  await opened.sessionContext.ready;
  await opened.sessionContext.session.kernel.requestExecute({
    code: "from ipywidgets import Widget; Widget.close_all(); get_ipython().reset()",
    store_history: false,
  }).done;
}
"""


class Notebook:
    """A notebook that is open in JupyterLab; cells are run one after the other.

    In a JupyterLab that is loaded already it is opened there, and takes over the kernel of the
    one before: to start another takes seconds, and to import all that the cells need.
    """

    #: Where notebooks are under the server's address.
    folder = "doc/tree/"

    def __init__(self, lab: Lab, page: Any, name: str, cells: Sequence[str]) -> None:
        self.lab, self.page = lab, page
        self.path = lab.notebooks / f"{name}.ipynb"
        self.path.write_text(json.dumps(_document(cells)))
        loaded = [f"{lab.url}doc", f"{lab.url}lab"]
        if self.folder == Notebook.folder and is_bare(page, *loaded):
            page.evaluate(_JOIN, self.path.name)
            self._wait()
            self._select(0)
        else:
            lab.settle()
            self.open()

    def open(self) -> None:
        """Open it, or open it again: the kernel that it has goes on, else there is a new one."""
        self.page.goto(f"{self.lab.url}{self.folder}{self.path.name}?token={self.lab.token}")
        self._wait()
        self._select(0)

    def _wait(self) -> None:
        """Wait until the kernel is there and idle."""
        self.page.get_by_text("Python 3 (ipykernel) | Idle").first.wait_for()
        self.page.wait_for_function("!document.querySelector('#jupyterlab-splash')")

    def output(self, position: int) -> Any:
        """All that a cell has shown."""
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").nth(position)
        return cell.locator(".jp-OutputArea").first

    def shown(self, position: int) -> Any:
        """What a cell has shown last: of a widget its view, not the table that stands behind."""
        return self.output(position).locator("> .jp-OutputArea-child").last

    def run(self, position: int) -> Any:
        """Run a cell to its end; what it shows last."""
        self._begin(position)
        try:
            self.page.wait_for_function(
                f"position => /\\[\\d+\\]/.test({_PROMPT})", arg=position, timeout=RUN_PATIENCE
            )
        except TimeoutError as error:
            raise AssertionError(
                f"Cell {position} does not end. It shows: {self.output(position).inner_text()!r}\n"
                f"Kernels: {self.lab.kernels()}\nThe server's log:\n{self.lab.log[-6000:]}"
            ) from error
        return self.shown(position)

    def _begin(self, position: int) -> None:
        """Run a cell; again if a notebook that is being opened did not hear of it."""
        for _ in range(4):
            self._select(position)
            self.command("notebook:run-cell")
            try:
                self.page.wait_for_function(
                    f"position => !/\\[ \\]/.test({_PROMPT})", arg=position, timeout=15_000
                )
                return
            except TimeoutError:
                continue

    def shut_down(self) -> None:
        """End its kernel, as one who leaves for the day."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.get_by_text("No Kernel").first.wait_for()

    def end_kernel(self) -> None:
        """Choose to have no kernel, and read the file anew."""
        self.page.get_by_role("button", name="Python 3 (ipykernel)").first.click()
        dialog = self.page.locator(".jp-Dialog")
        dialog.locator("select").select_option(label="No Kernel")
        dialog.get_by_role("button", name="Select Kernel").click()
        self.page.get_by_text("No Kernel", exact=False).first.wait_for()
        self.command("docmanager:reload")

    def theme(self, name: str) -> None:
        """Change the theme: ``Light`` or ``Dark``."""
        self.command("apputils:change-theme", {"theme": f"JupyterLab {name}"})
        light = "true" if name == "Light" else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        self.page.wait_for_function(  # its style sheet is there
            "paper => getComputedStyle(document.body).getPropertyValue('--jp-layout-color0')"
            ".trim().startsWith(paper)",
            arg="white" if name == "Light" else "#1",
        )

    def save(self) -> dict[str, Any]:
        """Save it; what the file has."""
        self.command("docmanager:save")
        document: dict[str, Any] = json.loads(self.path.read_text())
        return document

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        """Carry out one of Lab's commands."""
        self.page.evaluate(
            "([name, args]) => Promise.race([window.jupyterapp.commands.execute(name, args),"
            " new Promise(done => setTimeout(done, 60000))]).then(() => null)",
            [name, arguments or {}],
        )

    def _select(self, position: int) -> None:
        prompt = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").nth(position)
        prompt.click()  # which tries again while the notebook is drawn anew
        # an output that grows at that moment may have brought another cell below the mouse
        self.page.evaluate(
            "at => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = at; }",
            position,
        )


class Notebook7(Notebook):
    """The same in Notebook 7."""

    folder = "notebooks/"

    def _wait(self) -> None:
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

    def shut_down(self) -> None:
        """End its kernel, and wait until no other notebook would find it."""
        self.page.evaluate(
            """async () => {
              const app = window.jupyterapp, kernels = app.serviceManager.kernels;
              await app.shell.currentWidget.sessionContext.shutdown();
              for (let turn = 0; turn < 50; turn++) {
                await kernels.refreshRunning();
                if (![...kernels.running()].length) return;
                await new Promise(done => setTimeout(done, 100));
              }
            }"""
        )


def have_bare(lab: Lab, page: Page) -> None:
    """Have JupyterLab without open documents: the one that is there, or it is loaded."""
    if not is_bare(page, f"{lab.url}lab"):
        lab.settle()
        page.goto(f"{lab.url}lab?token={lab.token}&reset")
        ready(page)


def is_bare(page: Page, *addresses: str) -> bool:
    """Whether JupyterLab is loaded from one of the addresses already, without open documents."""
    return bool(page.evaluate(_IS_BARE, addresses))


def _document(cells: Sequence[str]) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{position}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for position, source in enumerate(cells)
        ],
    }
