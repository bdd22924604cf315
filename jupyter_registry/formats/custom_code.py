"""Folders with a `custom.py`: the user's own code about a model. Loading one runs it.

At the folder's root lies ``custom.py`` with one or more of these hooks; beside it the one model
file that a format here knows, unless ``load_model`` is defined, and whatever the code reads or
imports.

- ``init(**kwargs)``: once, before all others; ``code_dir``, the folder's path, by name.
- ``load_model(code_dir)``: returns the model, anything at all.
- ``read_input_data(input_binary_data)``: returns the DataFrame of the rows that the others are
  given. It is given the body of one request as it was sent, byte for byte, whatever its type:
  ``mimetype`` and ``charset`` (``None`` unless the request says it) by name tell which. Rows that
  came in no such body (Arrow and Parquet, as the Python client sends them, the input example, the
  data of a baseline) are given as a CSV file in UTF-8: a header with the signature's columns in
  order, a line per row, nothing for a null, times in UTC; rows of several requests may come at
  once. Of a CSV file, of a body in JSON that has all of the signature's columns, and of rows, it
  returns as many rows; of any other body as many as it finds.
- ``transform(data, model)``: returns what the model is to score. ``data`` is a DataFrame, the
  hook's own, of n rows with the signature's columns: float64, int64 (float64 with NaN for nulls),
  bool, text (NaN for null), datetime64 in UTC.
- ``score(data, model)``: returns the predictions. Without it the model's ``predict_proba`` or
  ``predict`` is asked.
- ``post_process(predictions, model)``: returns the predictions, of what ``score`` returned, or of
  a DataFrame of the model's own answer.
- ``score_unstructured(model, data)``: answers a whole request, of a target that is unstructured;
  see `unstructured`. Of a folder without hooks about rows the target is proposed to be.

``model-metadata.yaml`` may say what is predicted: see `custom_metadata`.

What comes out last is checked: see `custom_output.read_answer`. Hooks about
rows may take, by name or in ``**kwargs``, of a binary target
``positive_class_label`` and ``negative_class_label``, of a multiclass one ``class_labels``.
``class_labels.txt``, one label a line, gives the order in which the columns of arrays stand; it
is the target's otherwise.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from ..domain.errors import ModelFailed, RegistryError, UnsupportedFormat
from .base import Predictor
from .custom_hooks import CODE_FORMAT, FILE_NAME, HOOKS, LABELS_FILE, hooks_of
from .custom_metadata import read_target
from .custom_module import CodeFolder
from .custom_predictor import CustomPredictor, Hook, called, is_unstructured, taken
from .folder_formats import WholeFolder


class CustomCodeFormat(WholeFolder):
    """``custom_code``: a folder with ``custom.py``, and a model file or ``load_model``."""

    name = CODE_FORMAT
    extra = "pandas"
    file_name = FILE_NAME
    instead = f"write {FILE_NAME}, and register its folder"

    def check(self, path: Path) -> None:
        """Refuse a folder whose code has no hook, or that lacks a model; runs nothing."""
        hooks = hooks_of(path)
        if "load_model" not in hooks and not hooks.open:
            find_artifact(path.parent)
        read_labels(path.parent)

    def load(self, path: Path) -> Predictor:
        """Run the code of a folder, and let it load its model.

        Raises
        ------
        InvalidInput, UnsupportedFormat
            as `check`.
        ModelFailed
            when the code or the model raises; ``fields`` has the traceback.
        MissingExtra
            when a library of the model's format is absent.

        """
        hooks_of(path)  # refuses what cannot be called as hooks are
        folder = path.parent
        code = CodeFolder(folder)
        with code:
            found = _functions(_guarded("it was imported", code.run, path))
            if "init" in found:
                keywords = taken(found["init"], {"code_dir": str(folder)})
                _guarded("init ran", called, "init", found["init"], **keywords)
            native, inner = _model(folder, found)
        said = read_target(folder)
        return CustomPredictor(code, found, native, inner, read_labels(folder), said)


def _model(folder: Path, hooks: Mapping[str, Hook]) -> tuple[Any, Predictor | None]:
    """The model's own object, and what scores with it where `score` does not."""
    scores = "score" in hooks or is_unstructured(hooks)
    if "load_model" not in hooks:
        kind, file = find_artifact(folder)
        if scores:
            return kind.read(file), None
        inner = kind.load(file)
        return inner.native, inner
    native = _guarded("load_model ran", called, "load_model", hooks["load_model"], str(folder))
    if scores:
        return native, None
    from . import format_for

    try:
        return native, format_for(native).wrap(native)
    except UnsupportedFormat as error:
        if "score_unstructured" in hooks:
            return native, None
        raise ModelFailed(
            f"load_model of {FILE_NAME} returned an object of type "
            f"{type(native).__qualname__}, which has no predict method.",
            advice="Return a model that has one, or define score(data, model).",
            fields={"returned": type(native).__qualname__},
        ) from error


def find_artifact(folder: Path) -> tuple[Any, Path]:
    """The format and the file of the one model beside the code.

    Raises
    ------
    UnsupportedFormat
        when there is none, or several.

    """
    from . import FORMAT_NAMES, models_in
    from .first_bytes import WHOLE_FOLDERS

    found = models_in(folder)
    if len(found) == 1:
        return found[0]
    names = [file.relative_to(folder).as_posix() for _, file in found]
    others = sorted(file.name for file in folder.rglob("*") if file.is_file())
    known = ", ".join(name for name in FORMAT_NAMES if name not in WHOLE_FOLDERS.values())
    raise UnsupportedFormat(
        f"Beside {FILE_NAME} lie several models: {', '.join(names)}."
        if names
        else f"Beside {FILE_NAME} lies no model of a known format ({known}).",
        advice="Keep one, or define load_model(code_dir) that says which."
        if names
        else "Put its file there, or define load_model(code_dir); it may return None when score "
        "needs no model.",
        fields={"files": names or others[:20]},
    )


def _functions(module: ModuleType) -> dict[str, Hook]:
    found = {name: getattr(module, name) for name in HOOKS if hasattr(module, name)}
    for name, hook in found.items():
        if not callable(hook):
            raise ModelFailed(
                f"{name} of {FILE_NAME} is no function, but an object of type "
                f"{type(hook).__name__}.",
                advice="Define it as a function, or give the variable another name.",
                fields={"hook": name},
            )
    if not found:
        raise ModelFailed(
            f"{FILE_NAME} defines none of the hooks {', '.join(HOOKS)}.",
            advice="Define at least one, such as score(data, model).",
            fields={"missing": list(HOOKS)},
        )
    return found


def _guarded(when: str, run: Callable[..., Any], *given: Any, **keywords: Any) -> Any:
    """Run code of the user's that is no scoring of rows; raises `ModelFailed`."""
    try:
        return run(*given, **keywords)
    except RegistryError:
        raise
    except (Exception, SystemExit) as error:
        text = f"{type(error).__name__}: {error}".rstrip(": ")
        detail = f"{FILE_NAME} failed when {when}: {text}."
        advice = "The traceback shows where."
        if isinstance(error, ModuleNotFoundError):
            advice = (
                "Put the module beside it, install it in the environment the model runs in, or "
                "choose the kernelspec of an environment that has it."
            )
        fields = {"traceback": "".join(traceback.format_exception(error))[-8000:]}
        raise ModelFailed(detail, advice=advice, fields=fields) from error


def read_labels(folder: Path) -> tuple[str, ...] | None:
    """The class labels beside the code, one a line, in the order of arrays; ``None`` without.

    Raises
    ------
    UnsupportedFormat
        when the file is no text in UTF-8, or has fewer than two labels, or one twice.

    """
    path = folder / LABELS_FILE
    if not path.is_file():
        return None
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        lines = []
    labels = tuple(line for line in lines if line)
    if len(labels) < 2 or len(set(labels)) < len(labels):
        raise UnsupportedFormat(
            f"{LABELS_FILE} is no list of class labels: {list(labels)[:20]}.",
            advice="Give two or more labels, each once, one a line, in UTF-8.",
            fields={"class_labels": list(labels)[:20]},
        )
    return labels


FORMAT = CustomCodeFormat()
