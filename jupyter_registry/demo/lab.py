"""JupyterLab on the job's result."""

from __future__ import annotations

import os
import subprocess
import sys

from ..domain.errors import NotFound
from .folder import DemoFolder
from .live_server import allow_root, server_environment


def open_lab(folder: DemoFolder, extra: list[str]) -> int:
    """Run JupyterLab with the run's database and artifacts until it is stopped.

    ``extra`` are further arguments for JupyterLab, such as ``--no-browser``.

    Raises
    ------
    NotFound
        if no run has finished in the folder.

    """
    if not (folder.is_ours and folder.summary.is_file()):
        raise NotFound(
            f"There is no finished run in {folder.root}.",
            advice="Run the job first: make demo.",
            fields={"folder": str(folder.root)},
        )
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder.root}",
        f"--LabApp.default_url=/lab/tree/{folder.notebook.name}",
        *allow_root(),
        *extra,
    ]
    environment = os.environ | server_environment(folder)
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # JupyterLab has it too, asks whether to stop, and decides.
            continue
