"""Model formats: one module per format, imported when it is first used.

What an entry point of another distribution adds (see `added`) is asked before what is here, as it
knows its own; only its own name is never looked for among the added ones, so that a worker, which
is told the name, starts quickly.
"""

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
from .first_bytes import WHOLE_FOLDERS

if TYPE_CHECKING:
    from .base import FolderFormat, ModelFormat

#: Names in the order in which they are tried; each lives in the module beside it.
_MODULES = {
    "xgboost": "boosted_xgboost",
    "lightgbm": "boosted_lightgbm",
    "catboost": "boosted_catboost",
    "skops": "sklearn_skops",
    "onnx": "onnx",
    "keras": "keras_model",
    "torch": "torch_model",
    "pmml": "pmml",
    "joblib": "sklearn_joblib",
    "pickle": "sklearn_pickle",
    "mlflow": "mlflow_folder",
    "custom_code": "custom_code",
}

#: The formats of this project; `format_names` has all.
FORMAT_NAMES = tuple(_MODULES)

#: Files that commonly lie beside a model and are none.
_NOT_MODELS = frozenset({".md", ".yaml", ".yml", ".py", ".toml", ".csv"})


def format_names() -> tuple[str, ...]:
    """Names of all formats, those that installed distributions add last; imports none."""
    from .added import added_names

    return (*FORMAT_NAMES, *added_names(FORMAT_NAMES))


def format_named(name: str) -> ModelFormat:
    """The format of that name.

    Raises
    ------
    InvalidInput
        when there is none.
    UnsupportedFormat
        when a distribution adds it, but it cannot be used.

    """
    if name not in _MODULES:
        known = format_names()
        if name in known:
            from .added import added_format

            return added_format(name)
        raise InvalidInput(
            f"Unknown model format {name!r}. {nearest(name, known)}".strip(),
            advice=f"Use one of: {', '.join(known)}; or install the distribution that adds it, "
            "in the environment the model runs in too.",
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
        advice=f"Known formats, told by content: {', '.join(format_names())}.",
        fields={"files": [file.name for file in _candidates(path)[:20]]},
    )


def whole_folder(path: Path) -> tuple[FolderFormat, Path] | None:
    """The format of whole folders that a folder is of, or such a file is for, and that file."""
    for file_name, name in WHOLE_FOLDERS.items():
        if (file := _root_file(path, file_name)) is not None:
            return cast("FolderFormat", format_named(name)), file
    from .added import added_formats

    for added in added_formats(FORMAT_NAMES):
        if _is_of_folders(added) and (file := _root_file(path, added.file_name)) is not None:
            return cast("FolderFormat", added), file
    return None


def _root_file(path: Path, file_name: str) -> Path | None:
    file = path / file_name if path.is_dir() else path
    return file if file.name == file_name and file.is_file() else None


def _is_of_folders(kind: ModelFormat) -> bool:
    return bool(getattr(kind, "is_of_folders", False))


def models_in(path: Path) -> list[tuple[ModelFormat, Path]]:
    """The files that are models of formats of one file, in a folder (or the file itself)."""
    from .added import added_formats

    kinds = [*added_formats(FORMAT_NAMES), *map(format_named, FORMAT_NAMES)]
    of_one_file = [kind for kind in kinds if not _is_of_folders(kind)]
    found = ((_sniff(of_one_file, file), file) for file in _candidates(path))
    return [(kind, file) for kind, file in found if kind is not None]


def _candidates(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.suffix.lower() not in _NOT_MODELS
    ]


def _sniff(kinds: list[ModelFormat], file: Path) -> ModelFormat | None:
    return next((kind for kind in kinds if _says(kind, "sniff", file)), None)


def _says(kind: ModelFormat, question: str, given: Any) -> bool:
    """What a format's ``sniff`` or ``recognises`` answers; an added one may fail at it."""
    if kind.name in _MODULES:
        return bool(getattr(kind, question)(given))
    from .added import asked

    return asked(kind, question, given)


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
    if _is_of_folders(wanted):
        file = _root_file(path, wanted.file_name)
        if file is not None:
            return file
        raise UnsupportedFormat(
            f"The package has no {wanted.file_name} at its root.",
            advice=f"Register the folder that {wanted.file_name} lies in.",
            fields={"format": name},
        )
    files = [
        file for file in sorted(path.rglob("*")) if file.is_file() and _says(wanted, "sniff", file)
    ]
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
    recognising = _recognising(model)
    if recognising:
        return recognising[0]
    raise UnsupportedFormat(
        f"An object of type {type(model).__module__}.{type(model).__qualname__} is no model of a "
        "known format.",
        advice="Register a scikit-learn estimator or pipeline, an ONNX model, or a model file.",
    )


def _recognising(model: Any) -> list[ModelFormat]:
    from .added import added_formats

    kinds = [*added_formats(FORMAT_NAMES), *map(format_named, FORMAT_NAMES)]
    return [kind for kind in kinds if _says(kind, "recognises", model)]


def save_artifact(model: Any, folder: Path) -> tuple[ModelFormat, Path]:
    """Save whatever a user's own code takes for its model: no need that it can predict.

    Raises
    ------
    UnsupportedFormat
        when it cannot be kept at all.
    MissingExtra
        when the libraries for it are absent.

    """
    if _recognising(model):
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
        try:
            chosen.save(model, file)
        except RegistryError:
            file.unlink(missing_ok=True)
            raise
        return chosen, file
    format_for(model)
    refused: RegistryError | None = None
    for candidate in _recognising(model):
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
