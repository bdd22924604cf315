"""A training job in a process of its own: tied to the server's life, then `training.job`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from .main import tie_to_server

#: Kernels, and the models that serve, go before.
_NICENESS = 5


def main(arguments: Sequence[str]) -> int:
    """Run the job of a folder, the argument; the exit code is the job's."""
    tie_to_server()
    with suppress(OSError):
        os.nice(_NICENESS)
    # by name: the training room is the kernel's side, which the server's process never imports
    job = import_module("jupyter_registry.training.job")
    return int(job.main(list(arguments)))
