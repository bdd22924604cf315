"""Runs a notebook of the repository as a user does: in a kernel that a real server started."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from tests.live_server import ROOT, LiveServer

NOTEBOOKS = ROOT / "notebooks"
#: Seconds that a cell has.
CELL_SECONDS = 120
#: A cell's tag that gives its figure a name, under which the README shows it.
PICTURE = "picture:"
WIDGET = "application/vnd.jupyter.widget-view+json"


class NotebookServer(LiveServer):
    """A server whose kernels have no start-up files of the user's."""

    @property
    def environment(self) -> dict[str, str]:
        """As a server's, with IPython's folder beside its own."""
        return super().environment | {
            "IPYTHONDIR": str(self.folder / "ipython"),
            "MPLCONFIGDIR": str(self.folder / "matplotlib"),
        }


class _ServersKernel(AsyncKernelManager):
    """A kernel that the server started: ours is the connection alone."""

    @property
    def has_kernel(self) -> bool:
        return True

    async def is_alive(self) -> bool:
        return True

    def client(self, **options: Any) -> Any:
        client = super().client(**options)
        client.parent = None  # whether the kernel lives is told by its heartbeat
        # which has not begun yet where a busy machine starts it slowly
        client.hb_channel.time_to_dead = CELL_SECONDS
        return client


@dataclass(frozen=True)
class Cell:
    """A cell after the run."""

    id: str
    kind: str
    source: str
    outputs: list[dict[str, Any]]
    tags: list[str]

    @property
    def stdout(self) -> str:
        """What it printed."""
        return self._stream("stdout")

    @property
    def stderr(self) -> str:
        """What it printed on standard error."""
        return self._stream("stderr")

    @property
    def data(self) -> list[dict[str, Any]]:
        """What it displayed, each by MIME type; the last one may be its value."""
        return [output["data"] for output in self.outputs if "data" in output]

    @property
    def text(self) -> str:
        """The plain text of what it displayed last; a widget's is that of its table."""
        texts = [str(data["text/plain"]) for data in self.data]
        return next((text for text in reversed(texts) if text), "")

    @property
    def html(self) -> str:
        """The HTML of all that it displayed."""
        return "".join(str(data.get("text/html", "")) for data in self.data)

    @property
    def pngs(self) -> list[bytes]:
        """The pictures."""
        return [base64.b64decode(data["image/png"]) for data in self.data if "image/png" in data]

    @property
    def widgets(self) -> list[str]:
        """The model IDs of the widgets shown."""
        return [data[WIDGET]["model_id"] for data in self.data if WIDGET in data]

    def _stream(self, name: str) -> str:
        return "".join(output["text"] for output in self.outputs if output.get("name") == name)


@dataclass(frozen=True)
class Finished:
    """A notebook that ran from top to bottom."""

    server: LiveServer
    cells: list[Cell]
    widget_state: dict[str, Any]

    def __getitem__(self, cell_id: str) -> Cell:
        return self._by_id[cell_id]

    @cached_property
    def code(self) -> list[Cell]:
        """The cells that were executed."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @cached_property
    def _by_id(self) -> dict[str, Cell]:
        return {cell.id: cell for cell in self.cells}


def run(server: LiveServer, name: str, changes: dict[str, str] | None = None) -> Finished:
    """Run a notebook on the server; raises nbclient's `CellExecutionError` where a cell fails.

    ``changes`` replaces texts of its source before, each of which must be there.
    """
    path = server.folder / name
    shutil.copy(NOTEBOOKS / name, path)
    notebook = nbformat.read(path, as_version=4)
    for old, new in (changes or {}).items():
        (cell,) = [cell for cell in notebook.cells if old in cell.source]
        cell.source = cell.source.replace(old, new)
    session = _call(
        server,
        "POST",
        "api/sessions",
        {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}},
    )
    try:
        runtime = Path(server.environment["JUPYTER_RUNTIME_DIR"])
        manager = _ServersKernel()
        manager.load_connection_file(str(runtime / f"kernel-{session['kernel']['id']}.json"))
        client = NotebookClient(notebook, km=manager, timeout=CELL_SECONDS)
        try:
            client.execute()
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
    finally:
        _call(server, "DELETE", f"api/sessions/{session['id']}")
    cells = [
        Cell(
            cell.id,
            cell.cell_type,
            cell.source,
            cell.get("outputs", []),
            cell.metadata.get("tags", []),
        )
        for cell in notebook.cells
    ]
    widgets = notebook.metadata.get("widgets", {})
    state = widgets.get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    return Finished(server, cells, state)


def pictures_of(path: Path) -> dict[int, str]:
    """The names of a notebook's pictures, by the number of the code cell."""
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    return {
        number: tag.removeprefix(PICTURE)
        for number, cell in enumerate(code)
        for tag in cell.metadata.get("tags", [])
        if tag.startswith(PICTURE)
    }


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG image; raises ``ValueError`` for anything else."""
    if not png.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("This is no PNG image.")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _call(server: LiveServer, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        server.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {server.token}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None
