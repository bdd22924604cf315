"""Write `src/api/types.ts` from the server's OpenAPI document; `--check` only looks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from jupyter_registry.server.openapi import document

FRONT_END = Path(__file__).parents[1]
TYPES = FRONT_END / "src" / "api" / "types.ts"


def environment() -> dict[str, str]:
    """One in which this Python's `node` and `jlpm` are found first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return os.environ | {"PATH": path}


def types() -> str:
    """What the file has to say. Raises `RuntimeError` when the generator fails."""
    node = shutil.which("node", path=environment()["PATH"])
    if node is None:
        raise RuntimeError("There is no node: pip install 'jupyter_registry[dev]'.")
    made = subprocess.run(
        [node, "scripts/make-types.mjs"],
        cwd=FRONT_END, input=json.dumps(document("/")).encode(), capture_output=True,
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(made.stderr.decode())
    return made.stdout.decode()


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if TYPES.read_text() == types() else f"{TYPES} is out of date: make types")
    TYPES.write_text(types())
