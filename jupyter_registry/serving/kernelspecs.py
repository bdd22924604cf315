"""Kernelspecs as environments for models: from a kernelspec's name to the interpreter it runs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Template
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput, nearest

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpecManager

#: Kernelspecs that mean the server's own Python.
_BARE_PYTHON = re.compile(r"python(3(\.\d+)?)?(\.exe)?")
_PYTHON_COMMAND = re.compile(r"pypy[\d.]*|python[\d.]*(\.exe)?")


@dataclass(frozen=True)
class Environment:
    """An interpreter that models can run in: the command that starts it, and variables to set."""

    name: str
    display_name: str
    interpreter: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


def own_environment() -> Environment:
    """The server's own Python."""
    version = ".".join(map(str, sys.version_info[:2]))
    return Environment("", f"Python {version} (the server's own)", (sys.executable,))


def environment(name: str | None, manager: KernelSpecManager | None = None) -> Environment:
    """The environment of a kernelspec; of the server itself when no name is given.

    Raises
    ------
    InvalidInput
        when there is no kernelspec of that name, or its kernel is not a Python one.

    """
    if not name:
        return own_environment()
    from jupyter_client.kernelspec import NoSuchKernel

    held = manager or _manager()
    try:
        spec = held.get_kernel_spec(name)
    except (NoSuchKernel, ValueError):
        known = [found.name for found in environments(held)]
        raise InvalidInput(
            f"There is no kernelspec {name!r}. {nearest(name, known)}".strip(),
            advice=f"Known Python kernelspecs: {', '.join(known) or 'none'}.",
            fields={"kernelspec": f"unknown: {name}", "known": known},
        ) from None
    found = _environment_of(name, spec)
    if found is None:
        known = [other.name for other in environments(held)]
        raise InvalidInput(
            f"The kernelspec {name!r} is for {spec.language or 'an unknown language'}; models "
            "run in Python.",
            advice=f"Known Python kernelspecs: {', '.join(known) or 'none'}.",
            fields={"kernelspec": f"not Python: {name}", "known": known},
        )
    return found


def environments(manager: KernelSpecManager | None = None) -> list[Environment]:
    """The environments of all Python kernelspecs, by name."""
    from jupyter_client.kernelspec import NoSuchKernel

    held = manager or _manager()
    found = []
    for name in sorted(held.find_kernel_specs()):
        try:
            one = _environment_of(name, held.get_kernel_spec(name))
        except (NoSuchKernel, ValueError):
            continue  # removed meanwhile, or its file is broken
        if one is not None:
            found.append(one)
    return found


def _manager() -> KernelSpecManager:
    from jupyter_client.kernelspec import KernelSpecManager

    return KernelSpecManager()


def _environment_of(name: str, spec: Any) -> Environment | None:
    command = _interpreter(list(spec.argv))
    if command is None or (spec.language or "python").lower() != "python":
        return None
    if _BARE_PYTHON.fullmatch(command[0]):
        command[0] = sys.executable
    env = {key: Template(str(value)).safe_substitute(os.environ) for key, value in spec.env.items()}
    return Environment(name, spec.display_name or name, tuple(command), env)


def _interpreter(argv: list[str]) -> list[str] | None:
    """What comes before the kernel's own module in the command, if it runs Python."""
    command: list[str] = []
    for word in argv:
        if word in ("-m", "-c") or word.endswith(".py") or "{connection_file}" in word:
            break
        if word in ("-f", "--existing"):
            break
        command.append(word)
    if any(_PYTHON_COMMAND.fullmatch(os.path.basename(word)) for word in command):
        return command
    return None
