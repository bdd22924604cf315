"""Running the code of a folder: under a name of its own, with the folder importable meanwhile.

A kernel may run one version of a package's code after another. So the modules that lie in the
folder are known by their names only while its code runs, and never to the code of another.
"""

from __future__ import annotations

import importlib
import itertools
import sys
from pathlib import Path
from types import ModuleType

_numbers = itertools.count(1)


class CodeFolder:
    """A folder whose modules can be imported inside of ``with``; it may be entered again inside."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self._entry = str(folder)
        self._names = _module_names(folder)
        #: Modules of the folder while nothing of it runs, and others of their names while it does.
        self._own: dict[str, ModuleType] = {}
        self._others: dict[str, ModuleType] = {}
        self._depth = 0
        self._count = 0
        self._wrote_bytecode = False

    def run(self, file: Path) -> ModuleType:
        """Run a file of the folder as a module of a name that nothing else has."""
        module = ModuleType(f"_jupyter_registry_custom_{next(_numbers)}")
        module.__file__ = str(file)
        source = file.read_bytes()
        importlib.invalidate_caches()  # files may be younger than what Python knows of them
        # classes are looked up by their module's name, by pickle and dataclasses for instance
        sys.modules[module.__name__] = module
        try:
            with self:
                exec(compile(source, str(file), "exec", dont_inherit=True), module.__dict__)
        except BaseException:
            del sys.modules[module.__name__]
            raise
        return module

    def __enter__(self) -> CodeFolder:
        self._depth += 1
        if self._depth > 1:
            return self
        sys.path.insert(0, self._entry)
        # a folder of the user's is left as it was
        self._wrote_bytecode = not sys.dont_write_bytecode
        sys.dont_write_bytecode = True
        if self._names:
            loaded = not self._names.isdisjoint(sys.modules)
            self._others = self._take(self._scan()) if loaded else {}
            sys.modules.update(self._own)
            self._count = len(sys.modules)
        return self

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if self._depth:
            return
        if self._entry in sys.path:
            sys.path.remove(self._entry)
        sys.dont_write_bytecode = not self._wrote_bytecode
        if self._names:
            imported = len(sys.modules) != self._count
            self._own = self._take(self._scan() if imported else list(self._own))
            sys.modules.update(self._others)

    def _scan(self) -> list[str]:
        return [name for name in list(sys.modules) if name.partition(".")[0] in self._names]

    @staticmethod
    def _take(names: list[str]) -> dict[str, ModuleType]:
        return {name: sys.modules.pop(name) for name in names if name in sys.modules}


def _module_names(folder: Path) -> frozenset[str]:
    """Modules and packages at the folder's root; those of Python's own names stay Python's."""
    names = {path.stem for path in folder.glob("*.py")}
    names |= {path.parent.name for path in folder.glob("*/__init__.py")}
    return frozenset(name for name in names if name not in sys.stdlib_module_names)
