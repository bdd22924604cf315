"""What `torch.save` wrote, as a module: weights need a class, which lies in a `.py` beside them.

Weights are loaded as weights alone. A file that holds more than that, such as a whole module, is a
pickle like any other: the registry has scanned it before, and loading it imports what it names.
"""

from __future__ import annotations

import ast
import inspect
import pickle
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from ..domain.errors import ModelFailed
from .custom_module import CodeFolder

#: Under which a checkpoint keeps its weights, among other things.
_IN_CHECKPOINTS = ("state_dict", "model_state_dict", "model")


def load_saved(torch: Any, path: Path) -> tuple[Any, CodeFolder]:
    """The module that a file holds or has the weights of, and the code that it runs with.

    Raises
    ------
    ModelFailed
        when it holds neither, or no class beside it is the one of its weights.

    """
    code = CodeFolder(path.parent)
    with code:
        saved = _load(torch, path)
        if isinstance(saved, torch.nn.Module):
            return saved, code
        weights = _weights(torch, saved)
        if weights is None:
            raise ModelFailed(
                f"{path.name} holds an object of type {type(saved).__name__}, which is neither "
                "weights nor a module.",
                advice="Save model.state_dict(), or export the model (torch.jit.save, "
                "torch.export.save).",
            )
        module = _made(torch, path, code, weights)
        module.load_state_dict(weights)
    return module, code


def _load(torch: Any, path: Path) -> Any:
    where = {"map_location": "cpu"}
    known = "weights_only" in inspect.signature(torch.load).parameters
    try:
        return torch.load(path, **where, **({"weights_only": True} if known else {}))
    except pickle.UnpicklingError:
        pass  # more than weights
    try:
        return torch.load(path, **where, weights_only=False)
    except (ModuleNotFoundError, AttributeError) as error:
        raise ModelFailed(
            f"{path.name} refers to code that is not here: {error}.",
            advice="Put the .py of its classes beside it, or save model.state_dict(), or export "
            "the model, which needs no class.",
        ) from error


def _weights(torch: Any, saved: Any) -> Mapping[str, Any] | None:
    """The names and tensors of a state dict, or of the one in a checkpoint."""
    if not isinstance(saved, Mapping):
        return None
    if saved and all(isinstance(value, torch.Tensor) for value in saved.values()):
        return saved
    for name in _IN_CHECKPOINTS:
        inner = saved.get(name)
        if isinstance(inner, Mapping) and (found := _weights(torch, inner)) is not None:
            return found
    return None


def _made(torch: Any, path: Path, code: CodeFolder, weights: Mapping[str, Any]) -> Any:
    """An object of the one class beside the file that such weights are of."""
    wanted = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    fitting, others = [], []
    for kind in _classes(torch, path.parent, code):
        try:
            module = kind()
        except Exception as error:
            others.append(f"{kind.__name__} cannot be made without arguments ({error})")
            continue
        of_class = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
        if of_class == wanted:
            fitting.append(module)
        else:
            others.append(f"{kind.__name__} has others ({_difference(of_class, wanted)})")
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(type(module).__name__ for module in fitting)
        detail = f"{path.name} holds weights that several classes beside it have: {names}."
    elif others:
        detail = f"{path.name} holds weights of no class beside it: {'; '.join(others[:5])}."
    else:
        detail = f"{path.name} holds weights, and no .py beside it has a class of theirs."
    raise ModelFailed(
        detail,
        advice="Put a .py beside it with the module's class, which can be made without arguments; "
        "or a custom.py whose load_model(code_dir) makes it; or export the model "
        "(torch.jit.save, torch.export.save), which needs no class.",
        fields={"weights": sorted(weights)[:20]},
    )


def _difference(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    for name in sorted({*found, *wanted}):
        if name not in found:
            return f"it lacks {name}"
        if name not in wanted:
            return f"the file lacks {name}"
        if found[name] != wanted[name]:
            return f"its {name} is of shape {found[name]}, the file's of {wanted[name]}"
    return "none differs"


def _classes(torch: Any, folder: Path, code: CodeFolder) -> Iterator[type]:
    """The modules' classes that the folder's files define."""
    for file in sorted(folder.glob("*.py")):
        if not _has_classes(file):
            continue
        module = _running(file) or code.run(file)
        for kind in list(vars(module).values()):
            is_own = isinstance(kind, type) and kind.__module__ == module.__name__
            if is_own and issubclass(kind, torch.nn.Module):
                yield kind


def _has_classes(file: Path) -> bool:
    """Whether its text defines a class of another: only such files are run."""
    try:
        body = ast.parse(file.read_bytes()).body
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(statement, ast.ClassDef) and statement.bases for statement in body)


def _running(file: Path) -> ModuleType | None:
    """The module that the file was run as already, as a ``custom.py`` is; the last one."""
    modules = [one for name, one in list(sys.modules.items()) if name.startswith("_jupyter_reg")]
    return next(
        (one for one in reversed(modules) if getattr(one, "__file__", None) == str(file)), None
    )
