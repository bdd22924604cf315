"""What a magic works with: the registry, the settings, the namespace it was called in."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import namespace
from .arguments import code_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ...client.registry import Registry
    from .registry_magics import RegistryMagics


@dataclass(frozen=True)
class Cell:
    """What stands below a cell magic's line, and how many lines are above it."""

    source: str
    above: int


class Context:
    """One call of a magic."""

    def __init__(
        self, magics: RegistryMagics, local: Mapping[str, Any] | None, cell: Cell | None = None
    ) -> None:
        self.settings = magics
        self.cell = cell
        self._local = dict(local or {})

    @property
    def shell(self) -> InteractiveShell:
        """IPython."""
        shell = self.settings.shell
        assert shell is not None
        return shell

    @property
    def registry(self) -> Registry:
        """The registry; raises `CannotConnect` when none is found."""
        return self.settings.session.registry

    def table(self, text: str) -> Any:
        """The table that a text stands for: a DataFrame, or a file's path."""
        return self._resolve(text, namespace.is_table, "table")

    def model(self, text: str) -> Any:
        """The model that a text stands for: an object, a path, or ``module:name``."""
        from ...client.source import names_source

        if names_source(text):
            return text
        return self._resolve(text, namespace.is_fitted, "model")

    def variable(self, text: str) -> Any:
        """The value of a variable, or else the text."""
        return self._names.get(text, text)

    def assign(self, name: str, value: Any) -> None:
        """Let a variable of the notebook have a value."""
        namespace.assign(self.shell.user_ns, name, value)

    def check_name(self, name: str) -> None:
        """Raise `InvalidInput` unless a variable can have the name."""
        namespace.checked_name(name)

    @property
    def _names(self) -> ChainMap[str, Any]:
        return ChainMap(self._local, self.shell.user_ns)

    def _resolve(self, text: str, test: Any, what: str) -> Any:
        return namespace.resolve(text, code_of(text), self._names, self._evaluate, test, what)

    def _evaluate(self, text: str) -> Any:
        return eval(text, self.shell.user_global_ns, dict(self._names))
