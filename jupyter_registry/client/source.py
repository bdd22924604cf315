"""A function or class given as ``module:name``, as a folder: its source, and a `custom.py`."""

from __future__ import annotations

import importlib.util
import os
import re
import sysconfig
from pathlib import Path

from ..domain.errors import InvalidInput
from .uploads import together

_NAMED = re.compile(
    r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*|.+\.py):(?P<name>[A-Za-z_]\w*)", re.ASCII
)

_CODE = '''"""The model is {name} of {module}."""

from {module} import {name}


def load_model(code_dir):
    return {name}
'''


def names_source(model: str) -> bool:
    """Whether a text is ``module:name`` or ``path/file.py:name``, and no path that is there."""
    return _NAMED.fullmatch(model) is not None and not Path(model).expanduser().exists()


def source_folder(model: str, folder: Path) -> Path:
    """A folder, made in ``folder``, that has the source, and code that takes the name from it.

    Of a package's module that is the whole package; an installed one is imported where the model
    runs. Nothing is run here.

    Raises
    ------
    InvalidInput
        when there is no such module or file, or it cannot lie beside `custom.py`.

    """
    found = _NAMED.fullmatch(model)
    assert found is not None
    where, name = found["module"], found["name"]
    if where.endswith(".py"):
        path: Path | None = Path(where).expanduser()
        module = Path(where).stem
    else:
        path, module = _source_of(where.partition(".")[0], model), where
    if path is not None and not path.exists():
        raise InvalidInput(
            f"There is no file {where!r}.",
            advice="Check the path; relative ones start at the working folder.",
            fields={"model": f"no such path: {where}"},
        )
    if module == "custom" or not all(part.isidentifier() for part in module.split(".")):
        raise InvalidInput(
            f"{where!r} cannot be imported by its name beside custom.py.",
            advice="Give the file the name of a module, other than custom.",
            fields={"model": model},
        )
    code = folder / "custom.py"
    code.write_text(_CODE.format(module=module, name=name), encoding="utf-8")
    return together([code] if path is None else [path, code], folder)


def _source_of(top: str, model: str) -> Path | None:
    """The file or folder of a module at the top; ``None`` if it is installed."""
    here = Path.cwd()
    for path in (here / top / "__init__.py", here / f"{top}.py"):
        if path.is_file():
            return path.parent if path.name == "__init__.py" else path
    spec = importlib.util.find_spec(top)
    origin = None if spec is None else spec.origin
    if spec is None:
        raise InvalidInput(
            f"There is no module {top!r}, so {model!r} names nothing.",
            advice="Check the name, or give the path of its file: path/file.py:name.",
            fields={"model": f"no such module: {top}"},
        )
    installed = [sysconfig.get_path(kind) for kind in ("stdlib", "purelib", "platlib")]
    if origin is None or not os.path.isabs(origin):
        return None  # built in
    path = Path(origin)
    if any(path.is_relative_to(folder) for folder in installed):
        return None
    return path.parent if path.name == "__init__.py" else path


__all__ = ["names_source", "source_folder"]
