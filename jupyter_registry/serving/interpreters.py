"""What interpreters are and have: each is asked once, and again when something was installed."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from ..domain.errors import EnvironmentFailed
from .kernelspecs import Environment
from .process import RUN_MODULE
from .variables import own_variables

#: Seconds that an interpreter has to tell; a cold disk may be slow.
_SECONDS = 60.0
_REMEMBERED = 200


@dataclass(frozen=True)
class Told:
    """What an interpreter told of itself.

    ``executable`` is its own path, ``base`` that of the interpreter below an environment.
    ``libraries`` are versions by import name, of those that models are commonly made with.
    """

    executable: str
    base: str
    python: str
    implementation: str
    platform: str
    libraries: Mapping[str, str]
    #: The folders that it imports from, and when each was last changed.
    folders: tuple[tuple[str, int], ...]

    @property
    def is_current(self) -> bool:
        """Whether nothing was installed there since."""
        return all(_changed(folder) == when for folder, when in self.folders)


class Interpreters:
    """What was told, by command; for any thread."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Told] = {}
        self._lock = threading.Lock()

    def ask(self, where: Environment) -> Told:
        """What an interpreter is and has; blocks for some 0.2 s when it is not known yet.

        Raises
        ------
        EnvironmentFailed
            when it cannot be started, or tells nothing.

        """
        key = (where.interpreter, *sorted(where.env.items()))
        known = self._known.get(key)
        if known is not None and known.is_current:
            return known
        told = _ask(where)
        with self._lock:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = told
        return told


def _ask(where: Environment) -> Told:
    command = [*where.interpreter, RUN_MODULE, "jupyter_registry.serving.worker.telling"]
    said = ""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env=own_variables() | dict(where.env),
            check=True,
        )
        # what a start-up file of the environment prints comes first
        told = json.loads(done.stdout[done.stdout.index("{") :])
        told["folders"] = tuple((folder, when) for folder, when in told["folders"])
        return Told(**told)
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip()
        why = (said.splitlines() or [f"it exited with {error.returncode}"])[-1]
    except subprocess.TimeoutExpired:
        why = f"it took longer than {_SECONDS:g} seconds"
    except (OSError, ValueError, TypeError, KeyError) as error:
        why = str(error)
    raise EnvironmentFailed(
        f"The interpreter {where.interpreter[0]!r} could not be asked: {why}.",
        advice="Choose another kernelspec, or repair this one.",
        fields={"traceback": said or why},
    )


def _changed(folder: str) -> int:
    try:
        return os.stat(folder or ".").st_mtime_ns
    except OSError:
        return 0
