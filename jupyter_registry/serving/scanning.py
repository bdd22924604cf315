"""Scanning a model's files in a process of its own: a hostile one may take its memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..formats.scan import Finding
from ..formats.scan_rules import UNREADABLE
from .process import RUN_MODULE
from .variables import own_variables

#: Seconds that a scan may take; a forest of 5 GB takes about ten.
SECONDS = 600.0


def scan(
    files: Mapping[str, Path], trusted: Sequence[str] = (), *, seconds: float = SECONDS
) -> list[Finding]:
    """What is found in files, by their paths in the package; see `formats.scan`. Blocks.

    A scan that does not come to an end is a finding, too.
    """
    asked = json.dumps({"files": {path: str(file) for path, file in files.items()},
                        "trusted": list(trusted)})  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, RUN_MODULE, "jupyter_registry.formats.scan", "-"],
            input=asked,
            capture_output=True,
            text=True,
            timeout=seconds,
            env=own_variables(),
            check=True,
        )
        return [Finding(**one) for one in json.loads(done.stdout)]
    except subprocess.TimeoutExpired:
        why = f"it took longer than {seconds:g} seconds"
    except subprocess.CalledProcessError as error:
        why = (error.stderr.strip().splitlines() or [f"it exited with {error.returncode}"])[-1]
    return [Finding(", ".join(files)[:200], UNREADABLE, "the scan did not end", why)]
