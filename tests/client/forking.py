"""The command line in processes forked from one that has its libraries: a second saved each.

What a new process does by itself, such as importing little, is tested with new processes.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Seconds that a command has.
_PATIENCE = 120

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.client.preloaded"])


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: str = ""
) -> tuple[int, str, str]:
    """Run a command to its end: its exit code, what it printed, and what on standard error."""
    with tempfile.TemporaryDirectory() as printed:
        outputs = [Path(printed) / name for name in ("out", "err")]
        process = _context.Process(
            target=_command, args=(arguments, folder, dict(environment), stdin, outputs)
        )
        process.start()
        process.join(_PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{arguments} does not end.")
        out, err = (path.read_text() for path in outputs)
        return process.exitcode, out, err


def _command(
    arguments: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    stdin: str,
    outputs: list[Path],
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(outputs, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.stdin = io.StringIO(stdin)
    sys.argv = ["jupyter-registry", *arguments]
    from jupyter_registry.client.cli import main

    sys.exit(main())
