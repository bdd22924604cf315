"""The folder of the job's results: made afresh, and only ever cleared if the job made it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ..domain.errors import InvalidInput

MARKER = ".made-by-jupyter-registry-demo"


@dataclass(frozen=True)
class DemoFolder:
    """Where everything of one run lives; all paths are absolute."""

    root: Path

    @classmethod
    def fresh(cls, path: Path | str) -> DemoFolder:
        """Make the folder, or clear the one that an earlier run made.

        Raises
        ------
        InvalidInput
            if the path holds something that the job did not make.

        """
        folder = cls(Path(path).resolve())
        root = folder.root
        if root.exists() and not root.is_dir():
            raise InvalidInput(
                f"{root} is a file.", advice="Choose another --folder.", fields={"folder": "file"}
            )
        if root.is_dir() and any(root.iterdir()) and not folder.is_ours:
            raise InvalidInput(
                f"{root} was not made by this job, so it is not cleared.",
                advice="Choose another --folder, or empty this one yourself.",
                fields={"folder": "not empty"},
            )
        if root.is_dir():
            for entry in root.iterdir():
                # The marker goes last: a clearing that was cut off can be taken up again.
                if entry.name == MARKER:
                    continue
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
        root.mkdir(parents=True, exist_ok=True)
        folder.marker.write_text("`python -m jupyter_registry.demo` clears this folder.\n")
        for made in (folder.outside, folder.server):
            made.mkdir()
        return folder

    @property
    def is_ours(self) -> bool:
        """Whether a run of the job made this folder."""
        return self.marker.is_file()

    @property
    def marker(self) -> Path:
        """The file that says so."""
        return self.root / MARKER

    @property
    def database_url(self) -> str:
        """The embedded database."""
        return f"sqlite:///{self.root / 'registry.sqlite'}"

    @property
    def artifacts(self) -> Path:
        """The models' files."""
        return self.root / "artifacts"

    @property
    def server(self) -> Path:
        """The server's own configuration and runtime files."""
        return self.root / "server"

    @property
    def server_log(self) -> Path:
        """What the server printed."""
        return self.root / "server.log"

    @property
    def outside(self) -> Path:
        """The files of the scoring process outside the server."""
        return self.root / "outside"

    @property
    def summary(self) -> Path:
        """All numbers of the run."""
        return self.root / "summary.json"

    @property
    def picture(self) -> Path:
        """Accuracy over time."""
        return self.root / "accuracy.png"

    @property
    def notebook(self) -> Path:
        """Where to start reading in JupyterLab."""
        return self.root / "flights.ipynb"
