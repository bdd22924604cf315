"""Model formats: one module per format, imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..domain.errors import (
    InvalidInput,
    RegistryError,
    StorageUnavailable,
    UnsupportedFormat,
    is_full,
    nearest,
)

if TYPE_CHECKING:
    from .base import FolderFormat, ModelFormat

#: Names in the order in which they are tried; each lives in the module beside it.
_MODULES = {
    "skops": "sklearn_skops",
    "onnx": "onnx",
    "joblib": "sklearn_joblib",
    "pickle": "sklearn_pickle",
    "custom_code": "custom_code",
}

#: Files that, at a folder's root, make the whole folder one model, and of which format.
_WHOLE_FOLDERS = {"custom.py": "custom_code"}

FORMAT_NAMES = tuple(_MODULES)
_OF_ONE_FILE = tuple(name for name in FORMAT_NAMES if name not in _WHOLE_FOLDERS.values())

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


def find_model(path: Path, name: str | None = None) -> tuple[ModelFormat, Path]:
    """The format and the model file of a folder, or of a file, found by content or by its name.

    A folder whose root has the file of a format of whole folders is of that format, whatever else
    lies in it; it is checked as far as can be without running it.

    Raises
    ------
    UnsupportedFormat
        when no file is a model of a known format, or several are.
    InvalidInput
        when a folder's code could not be run.

    """
    path = Path(path)
    whole = whole_folder(path)
    if whole is not None and name in (None, whole[0].name):
        chosen, file = whole
        chosen.check(file)
        return whole
    if name is not None:
        return format_named(name), model_file(path, name)
    if not path.exists():
        raise UnsupportedFormat(
            f"There is no file or folder {path.name!r}.",
            advice="Give the path of a model file or of a folder with one.",
        )
    found = models_in(path)
    if len(found) == 1:
        return found[0]
    if found:
        names = [file.relative_to(path).as_posix() for _, file in found]
        raise UnsupportedFormat(
            f"The folder holds several models: {', '.join(names)}.",
            advice="Register each as a package of its own, or put a custom.py beside them that "
            "loads them.",
            fields={"files": names},
        )
    raise UnsupportedFormat(
        f"{path.name!r} is of no known model format.",
        advice=f"Known formats, told by content: {', '.join(FORMAT_NAMES)}.",
        fields={"files": [file.name for file in _candidates(path)[:20]]},
    )


def whole_folder(path: Path) -> tuple[FolderFormat, Path] | None:
    """The format of whole folders that a folder is of, or such a file is for, and that file."""
    for file_name, name in _WHOLE_FOLDERS.items():
        file = path / file_name if path.is_dir() else path
        if file.name == file_name and file.is_file():
            return cast("FolderFormat", format_named(name)), file
    return None


def models_in(path: Path) -> list[tuple[ModelFormat, Path]]:
    """The files that are models of formats of one file, in a folder (or the file itself)."""
    return [(kind, file) for file in _candidates(path) if (kind := _sniff(file)) is not None]


def _candidates(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.suffix.lower() not in _NOT_MODELS
    ]


def _sniff(file: Path) -> ModelFormat | None:
    for name in _OF_ONE_FILE:
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
    wanted = format_named(name)
    if path.is_file():
        return path
    if name in _WHOLE_FOLDERS.values():
        whole = whole_folder(path)
        if whole is not None and whole[0] is wanted:
            return whole[1]
        raise UnsupportedFormat(
            f"The package has no {wanted.file_name} at its root.",
            advice=f"Register the folder that {wanted.file_name} lies in.",
            fields={"format": name},
        )
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


def save_artifact(model: Any, folder: Path) -> tuple[ModelFormat, Path]:
    """Save whatever a user's own code takes for its model: no need that it can predict.

    Raises
    ------
    UnsupportedFormat
        when it cannot be kept at all.
    MissingExtra
        when the libraries for it are absent.

    """
    if any(format_named(name).recognises(model) for name in FORMAT_NAMES):
        return save_model(model, folder)
    return save_model(model, folder, "pickle")


def save_model(model: Any, folder: Path, name: str | None = None) -> tuple[ModelFormat, Path]:
    """Save the model into the folder, in the named format or the first that can keep it.

    Raises
    ------
    UnsupportedFormat
        when the named format, or every format, cannot keep it.
    MissingExtra
        when the libraries for it are absent.
    StorageUnavailable
        when the disk has no room for it.

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
            if is_full(error):  # another format is no better for that
                raise StorageUnavailable(
                    f"The disk of {folder} is full: the model cannot be written.",
                    advice="Free some room there, then try again.",
                    fields={"folder": str(folder)},
                ) from error
            refused = refused or error
        else:
            return candidate, file
    assert refused is not None
    raise refused
