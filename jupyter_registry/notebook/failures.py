"""What goes wrong in a magic, told in one line on standard error; the whole story by request.

The magic raises `MagicFailed`, so the cell fails and a run of all cells stops there. IPython is
asked to print its text instead of a traceback.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ..domain.errors import RegistryError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

#: What can be done in a notebook, by the class of the error.
_ADVICE = {
    "CannotConnect": "In a notebook: %config RegistryMagics.url = 'http://host:port/'.",
    "NotAuthenticated": "In a notebook: %config RegistryMagics.token = '…'.",
}


class MagicFailed(Exception):
    """A magic could not do what it was asked; ``__cause__`` is the error behind it."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows where `tell_in_one_line` is not in effect."""
        return [str(self)]


def one_line(error: Exception, options: str = "") -> str:
    """An error as one line: what, the facts, and what to do; ``options`` names the culprits."""
    if not isinstance(error, RegistryError):
        text = f"{type(error).__name__}: {error} (--debug shows the traceback.)"
        return " ".join(text.split())
    parts = [f"{error.title}: {error}", options, _ADVICE.get(type(error).__name__, "")]
    if error.fields.get("traceback"):
        parts.append("--debug shows the model's traceback.")
    return " ".join(" ".join(parts).split())


def tell_in_one_line(shell: InteractiveShell) -> None:
    """Let the shell print `MagicFailed` in one line; a handler that others set stays."""
    if not shell.custom_exceptions:
        shell.set_custom_exc((MagicFailed,), _print)


def tell_as_before(shell: InteractiveShell) -> None:
    """Undo `tell_in_one_line`."""
    if shell.custom_exceptions == (MagicFailed,):
        shell.set_custom_exc((), None)


def _print(
    shell: InteractiveShell, kind: type[Exception], error: Exception, trace: Any, tb_offset: Any
) -> None:
    print(error, file=sys.stderr)
