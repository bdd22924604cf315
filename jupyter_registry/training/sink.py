"""Whom a training run tells what happens, and the sink that is a folder and lines on stdout."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Protocol, TextIO

from .room import in_room


class Sink(Protocol):
    """Who is told; all dictionaries are JSON-able and have the fields of `domain.leaderboards`."""

    def begin(self, board: dict[str, Any]) -> None:
        """The data are checked and training begins: the fields of ``LeaderboardCreate``."""
        ...

    def progress(self, progress: dict[str, Any]) -> None:
        """How far it is: ``stage``, ``done``, ``total``, ``seconds_left``, ``text``."""
        ...

    def model(self, model: dict[str, Any], files: dict[str, Path]) -> None:
        """A candidate is finished or has failed: the fields of ``BoardModelCreate``.

        ``files`` maps paths in the package to files here, which may be gone afterwards.
        """
        ...

    def end(self, state: str, error: str | None) -> None:
        """The run is over: ``done``, ``stopped`` or ``failed``, with why it failed."""
        ...

    def incumbents(self, measured: list[dict[str, Any]]) -> None:
        """How the predecessor's models did on the holdout: the fields of ``Incumbent`` each.

        Told once, before the first model, and only where there is a predecessor with models.
        """
        ...

    def should_stop(self) -> bool:
        """Whether it is asked to stop, keeping what is there; asked a few times a second."""
        ...


class FolderSink:
    """Lines of JSON on a stream, model files in a folder: what a job's starter reads.

    A line has ``event`` (``begin``, ``incumbents``, ``progress``, ``model``, ``end``) and

    - ``board``, ``incumbents``, ``progress`` or ``model`` with what the sink is told;
    - of a model ``files``, paths in the package → paths relative to the folder, whole by then;
    - of the end ``state`` and ``error``.

    The run is asked to stop by a file ``stop`` in the folder.
    """

    def __init__(self, folder: Path, stream: TextIO | None = None) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stream = stream or sys.stdout
        self._models = 0

    def begin(self, board: dict[str, Any]) -> None:
        """Write the board's line."""
        self._write({"event": "begin", "board": board})

    def progress(self, progress: dict[str, Any]) -> None:
        """Write the progress' line."""
        self._write({"event": "progress", "progress": progress})

    def model(self, model: dict[str, Any], files: dict[str, Path]) -> None:
        """Put the files into the folder, and write the model's line."""
        self._models += 1
        kept = {}
        with in_room(self.folder, f"{model['label']} cannot be kept"):
            for name, file in files.items():
                place = Path("models") / str(self._models) / name
                (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
                _link(file, self.folder / place)
                kept[name] = place.as_posix()
        self._write({"event": "model", "model": model, "files": kept})

    def incumbents(self, measured: list[dict[str, Any]]) -> None:
        """Write their line."""
        self._write({"event": "incumbents", "incumbents": measured})

    def end(self, state: str, error: str | None) -> None:
        """Write the last line."""
        self._write({"event": "end", "state": state, "error": error})

    def should_stop(self) -> bool:
        """Whether the file ``stop`` is there."""
        return os.path.exists(self.folder / "stop")

    def _write(self, line: dict[str, Any]) -> None:
        self._stream.write(json.dumps(line, allow_nan=False) + "\n")
        self._stream.flush()


def _link(file: Path, place: Path) -> None:
    """The same file in another place; a copy where links cannot be."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)
