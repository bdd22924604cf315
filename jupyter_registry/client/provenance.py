"""Where a package comes from: notebook, interpreter, libraries, git, user, time."""

from __future__ import annotations

import getpass
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..formats.libraries import libraries

#: Seconds that git has for all questions together: a large working tree may be slow.
_GIT_SECONDS = 2.0


def capture(folder: Path | None = None) -> dict[str, Any]:
    """What can be known now, as JSON-able data; what cannot be known is absent.

    ``folder`` is where git is asked (default: the working folder).
    """
    known = {
        "registered_at": datetime.now(UTC).isoformat(),
        "user": _user(),
        "notebook": notebook(),
        "kernelspec": kernelspec(),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "libraries": libraries(),
        "git": git(folder or Path.cwd()),
    }
    return {name: value for name, value in known.items() if value}


def notebook() -> str | None:
    """The path of the notebook that this kernel belongs to, as far as it can be known."""
    path = os.environ.get("JPY_SESSION_NAME")
    if path:
        return path
    shell = _shell()
    if shell is not None:
        # Visual Studio Code puts the path into the kernel's namespace
        found = shell.user_ns.get("__vsc_ipynb_file__")
        return str(found) if found else None
    return None


def kernelspec() -> str | None:
    """The name of the kernelspec whose interpreter this is, in a kernel; ``None`` if several."""
    if _shell() is None or "ipykernel" not in sys.modules:
        return None
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        specs = KernelSpecManager().get_all_specs()
    except (ImportError, OSError, ValueError):
        return None
    own = os.path.normcase(sys.executable)
    names = []
    for name, found in specs.items():
        argv = found.get("spec", {}).get("argv") or [""]
        if os.path.normcase(argv[0]) == own:
            names.append(name)
    if not names and sys.prefix != sys.base_prefix and "python3" in specs:
        # the environment's own kernelspec names a bare ``python``
        names = ["python3"] if specs["python3"]["resource_dir"].startswith(sys.prefix) else []
    return names[0] if len(names) == 1 else None


def git(folder: Path) -> dict[str, Any] | None:
    """Commit, branch and whether tracked files are changed; ``None`` without git or in no time."""
    try:
        answer = subprocess.run(
            ["git", "status", "--porcelain=v2", "--branch", "--untracked-files=no"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"},
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = answer.stdout.splitlines()
    heads = dict(
        line.removeprefix("# branch.").split(" ", 1)
        for line in lines
        if line.startswith("# branch.")
    )
    commit = heads.get("oid", "(initial)")
    if commit == "(initial)":
        return None
    branch = heads.get("head")
    return {
        "commit": commit,
        "branch": None if branch == "(detached)" else branch,
        "dirty": any(not line.startswith("#") for line in lines),
    }


def _user() -> str | None:
    hub = os.environ.get("JUPYTERHUB_USER")
    if hub:
        return hub
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container whose user has no name
        return None


def _shell() -> Any:
    """The running IPython shell, without importing IPython."""
    ipython = sys.modules.get("IPython")
    get = getattr(ipython, "get_ipython", None)
    return get() if callable(get) else None
