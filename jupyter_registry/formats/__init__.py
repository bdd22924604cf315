"""Model formats: one module per format, imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput, RegistryError, UnsupportedFormat, nearest

if TYPE_CHECKING:
    from .base import ModelFormat

#: Names in the order in which they are tried; each lives in the module beside it.
_MODULES = {
    "skops": "sklearn_skops",
    "onnx": "onnx",
    "joblib": "sklearn_joblib",
    "pickle": "sklearn_pickle",
}

FORMAT_NAMES = tuple(_MODULES)

#: Files that commonly lie beside a model and are none.
_NOT_MODELS = frozenset({".md", ".txt", ".json", ".yaml", ".yml", ".py", ".toml", ".csv"})


def format_named(name: str) -> ModelFormat:
    """The format of that name.

    Raises
    ------
    InvalidInput
        when there is none.

    """
    if name not in _MODULES:
        raise InvalidInput(
            f"Unknown model format {name!r}. {nearest(name, FORMAT_NAMES)}".strip(),
            advice=f"Use one of: {', '.join(FORMAT_NAMES)}.",
            fields={"format": f"unknown: {name}"},
        )
    chosen: ModelFormat = import_module(f".{_MODULES[name]}", __name__).FORMAT
    return chosen


def find_model(path: Path) -> tuple[ModelFormat, Path]:
    """The format and the model file of a folder, or of a file, found by content.

    Raises
    ------
    UnsupportedFormat
        when no file is a model of a known format, or several are.

    """
    path = Path(path)
    if path.is_dir():
        files = [
            file
            for file in sorted(path.rglob("*"))
            if file.is_file() and file.suffix.lower() not in _NOT_MODELS
        ]
    elif path.is_file():
        files = [path]
    else:
        raise UnsupportedFormat(
            f"There is no file or folder {path.name!r}.",
            advice="Give the path of a model file or of a folder with one.",
        )
    found = [(kind, file) for file in files if (kind := _sniff(file)) is not None]
    if len(found) == 1:
        return found[0]
    if found:
        names = [file.relative_to(path).as_posix() for _, file in found]
        raise UnsupportedFormat(
            f"The folder holds several models: {', '.join(names)}.",
            advice="Register each as a package of its own.",
            fields={"files": names},
        )
    raise UnsupportedFormat(
        f"{path.name!r} is of no known model format.",
        advice=f"Known formats, told by content: {', '.join(FORMAT_NAMES)}.",
        fields={"files": [file.name for file in files[:20]]},
    )


def _sniff(file: Path) -> ModelFormat | None:
    for name in FORMAT_NAMES:
        candidate = format_named(name)
        if candidate.sniff(file):
            return candidate
    return None


def find_format(path: Path) -> ModelFormat:
    """The format of a model file, or of the one model file in a folder; see `find_model`."""
    return find_model(path)[0]


def model_file(path: Path, name: str) -> Path:
    """The file of the named format in a folder (or the file itself).

    Raises
    ------
    UnsupportedFormat
        when the folder has no such file, or several.

    """
    path = Path(path)
    if path.is_file():
        return path
    wanted = format_named(name)
    files = [file for file in sorted(path.rglob("*")) if file.is_file() and wanted.sniff(file)]
    if not files and name in ("joblib", "pickle"):
        # a joblib dump without arrays is a plain pickle, and joblib reads pickles
        other = format_named("pickle" if name == "joblib" else "joblib")
        files = [file for file in sorted(path.rglob("*")) if file.is_file() and other.sniff(file)]
    if len(files) == 1:
        return files[0]
    raise UnsupportedFormat(
        f"The package holds {'no' if not files else 'more than one'} {name} model.",
        advice="Register one model file, whole.",
        fields={"format": name, "files": [file.name for file in files]},
    )


def format_for(model: Any) -> ModelFormat:
    """The first format that can save the object.

    Raises
    ------
    UnsupportedFormat
        when none can.

    """
    for name in FORMAT_NAMES:
        candidate = format_named(name)
        if candidate.recognises(model):
            return candidate
    raise UnsupportedFormat(
        f"An object of type {type(model).__module__}.{type(model).__qualname__} is no model of a "
        "known format.",
        advice="Register a scikit-learn estimator or pipeline, an ONNX model, or a model file.",
    )


def save_model(model: Any, folder: Path, name: str | None = None) -> tuple[ModelFormat, Path]:
    """Save the model into the folder, in the named format or the first that can keep it.

    Raises
    ------
    UnsupportedFormat
        when the named format, or every format, cannot keep it.
    MissingExtra
        when the libraries for it are absent.

    """
    if name is not None:
        chosen = format_named(name)
        file = Path(folder) / chosen.file_name
        chosen.save(model, file)
        return chosen, file
    format_for(model)
    refused: RegistryError | None = None
    for candidate in map(format_named, FORMAT_NAMES):
        if not candidate.recognises(model):
            continue
        file = Path(folder) / candidate.file_name
        try:
            candidate.save(model, file)
        except RegistryError as error:
            file.unlink(missing_ok=True)
            refused = refused or error
        else:
            return candidate, file
    assert refused is not None
    raise refused
