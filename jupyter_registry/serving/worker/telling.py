"""What an interpreter is and which libraries it has, told as JSON on standard output."""

from __future__ import annotations

import json
import platform
import sys
import sysconfig
from collections.abc import Sequence

from ...formats.libraries import installed, present


def main(arguments: Sequence[str]) -> int:
    """Tell it; takes no arguments."""
    told = {
        "executable": sys.executable,
        # of an environment, the interpreter that it was made with
        "base": getattr(sys, "_base_executable", sys.executable),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": f"{sysconfig.get_platform()}-{'-'.join(platform.libc_ver())}",
        "libraries": present(),
        "folders": installed(),
    }
    json.dump(told, sys.stdout)
    return 0
