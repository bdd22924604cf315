"""The building of an environment: commands run in turn, all ended when the server ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from .main import hold_lifeline

#: Kernels, and the models that serve, go before.
_NICENESS = 5


def main(arguments: Sequence[str]) -> int:
    """Run the commands that the argument lists, as JSON, until one fails; its exit code.

    They run in the working folder, and write to this process's output.
    """
    # not tied to the thread that started it: that ends this process, but not what it started
    hold_lifeline()
    with suppress(OSError):
        os.nice(_NICENESS)
    for command in json.loads(arguments[0]):
        try:
            code = subprocess.run(command, check=False).returncode
        except OSError as error:
            sys.stderr.write(f"{command[0]}: {error.strerror}\n")
            return 1
        if code:
            return code if code > 0 else 1
    return 0
