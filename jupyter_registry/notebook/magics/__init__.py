"""The magics of ``%load_ext jupyter_registry``; what they need loads when they are first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load", "unload"]


def load(shell: InteractiveShell) -> None:
    """Give a shell the magics, their completion, and errors in one line."""
    from ..failures import tell_in_one_line
    from .completion import Completer
    from .registry_magics import RegistryMagics

    unload(shell)
    magics = RegistryMagics(shell)
    shell.register_magics(magics)
    shell.Completer.custom_matchers.append(Completer(magics).matcher())
    tell_in_one_line(shell)


def unload(shell: InteractiveShell) -> None:
    """Take away what `load` gave."""
    from ..failures import tell_as_before
    from .completion import is_matcher
    from .registry_magics import COMMANDS, RegistryMagics

    matchers = shell.Completer.custom_matchers
    matchers[:] = [matcher for matcher in matchers if not is_matcher(matcher)]
    shell.configurables[:] = [
        one for one in shell.configurables if type(one).__name__ != RegistryMagics.__name__
    ]
    known = shell.magics_manager
    if known.registry.pop(RegistryMagics.__name__, None) is not None:
        for name in COMMANDS:
            for kind in ("line", "cell"):
                known.magics[kind].pop(name, None)
    tell_as_before(shell)
