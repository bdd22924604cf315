"""What an `MLmodel` file says of its folder, read without MLflow.

See "MLflow Models" in MLflow's documentation: a YAML file with flavors, each a way to load the
model, the signature and an input example.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..domain.errors import UnsupportedFormat
from ..domain.signature import Column, Dtype, Signature
from .arrow_tables import json_value
from .base import Libraries

FILE_NAME = "MLmodel"

LIBRARIES = Libraries("mlflow", frozenset({"mlflow", "yaml"}))

#: MLflow's types of columns, and what they are here.
DTYPES = {
    "boolean": Dtype.BOOLEAN,
    "integer": Dtype.INTEGER,
    "long": Dtype.INTEGER,
    "float": Dtype.NUMBER,
    "double": Dtype.NUMBER,
    "string": Dtype.STRING,
    "datetime": Dtype.DATETIME,
}
#: Flavors whose files formats here load, and the key that names the file.
FLAVORS = {
    "sklearn": "pickled_model",
    "xgboost": "data",
    "lightgbm": "data",
    "catboost": "data",
    "onnx": "data",
    "statsmodels": "data",
}
_GENERIC = "python_function"
#: Fields that are kept of it beside the flavors.
_KEPT = ("mlflow_version", "run_id", "model_id", "model_uuid", "utc_time_created", "metadata")
_EXAMPLE_ROWS = 5
_REQUIREMENTS = 500


@dataclass(frozen=True)
class MLmodel:
    """What the file says.

    ``types`` are MLflow's own of the signature's columns. ``file`` is what a format here loads,
    of ``flavor``; ``None`` where only MLflow can. ``code``: the folder of modules that it needs.
    """

    folder: Path
    flavors: tuple[str, ...]
    flavor: str
    file: Path | None
    signature: Signature | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    code: Path | None = None
    example: list[dict[str, Any]] | None = None
    requirements: tuple[str, ...] = ()
    known: Mapping[str, Any] = field(default_factory=dict)


def read_mlmodel(path: Path) -> MLmodel:
    """Read the file.

    Raises
    ------
    UnsupportedFormat
        when it is no such file, has no flavor that is a model of rows, or names a file that is
        not in its folder.
    MissingExtra
        when PyYAML is absent.

    """
    said = _load(path)
    flavors = said.get("flavors")
    if not isinstance(flavors, dict) or not flavors:
        raise _wrong("it has no flavors")
    folder = path.parent
    flavor, file = _choose(folder, flavors)
    conf = flavors[flavor]
    columns, types = _columns(said)
    return MLmodel(
        folder,
        tuple(flavors),
        flavor,
        file,
        None if columns is None else Signature(tuple(columns)),
        types,
        _inside(folder, conf.get("code")) if isinstance(conf.get("code"), str) else None,
        _example(folder, said.get("saved_input_example_info")),
        _requirements(folder),
        {name: _plain(said[name]) for name in _KEPT if said.get(name)} | {"flavor": flavor},
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        import yaml  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise LIBRARIES.absent(error, "An MLflow model") from error
    try:
        said = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _wrong(str(error)[:300]) from error
    if not isinstance(said, dict):
        raise _wrong("it is no mapping")
    return said


def _wrong(why: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"{FILE_NAME} does not describe a model: {why}.",
        advice="Register the folder as mlflow.<flavor>.save_model wrote it.",
        fields={"file": FILE_NAME},
    )


def _choose(folder: Path, flavors: dict[str, Any]) -> tuple[str, Path | None]:
    """The flavor that a format here loads, and its file; MLflow's generic one otherwise.

    Code of a user's own (`mlflow.pyfunc`) may have a flavor beside it: what it answers counts.
    """
    for conf in flavors.values():
        if not isinstance(conf, dict):
            raise _wrong("a flavor is no mapping")
    loader = str(flavors.get(_GENERIC, {}).get("loader_module") or "")
    for name, key in FLAVORS.items():
        if name not in flavors or loader not in ("", f"mlflow.{name}"):
            continue
        where = flavors[name].get(key)
        if isinstance(where, str) and (file := _inside(folder, where)).is_file():
            return name, file
    if _GENERIC not in flavors:
        raise UnsupportedFormat(
            f"The MLflow model has the flavors {', '.join(flavors)}, none of which scores rows.",
            advice=f"Save it with the flavor {_GENERIC}, or one of: {', '.join(FLAVORS)}.",
            fields={"flavors": list(flavors)},
        )
    return _GENERIC, None


def _inside(folder: Path, name: str) -> Path:
    """A path that the file names; it must not lead out of the folder."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise _wrong(f"it names {name!r}, which is not in its folder")
    return path


def _columns(said: dict[str, Any]) -> tuple[list[Column] | None, dict[str, str]]:
    """The columns of the signature; ``None`` without one, or where it is of tensors."""
    signature = said.get("signature")
    if not isinstance(signature, dict) or not isinstance(signature.get("inputs"), str):
        return None, {}
    try:
        inputs = json.loads(signature["inputs"])
        columns, types = [], {}
        for item in inputs:
            kind = item["type"]
            if kind not in DTYPES or "name" not in item:
                return None, {}
            types[str(item["name"])] = kind
            nullable = not item.get("required", True)
            columns.append(Column(str(item["name"]), DTYPES[kind], nullable))
    except (ValueError, TypeError, KeyError) as error:
        raise _wrong(f"its signature cannot be read ({error})") from error
    return columns, types


def _example(folder: Path, info: Any) -> list[dict[str, Any]] | None:
    """The first rows of the input example of a table; ``None`` where there is none."""
    if not isinstance(info, dict) or info.get("type") != "dataframe":
        return None
    file = _inside(folder, str(info.get("artifact_path")))
    if not file.is_file():
        return None
    try:
        held = json.loads(file.read_text("utf-8"))
        if isinstance(held, dict):
            names = [str(name) for name in held["columns"]]
            rows = [dict(zip(names, row, strict=True)) for row in held["data"][:_EXAMPLE_ROWS]]
        else:
            rows = [{str(k): v for k, v in row.items()} for row in held[:_EXAMPLE_ROWS]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return [{name: json_value(value) for name, value in row.items()} for row in rows]


def _requirements(folder: Path) -> tuple[str, ...]:
    file = folder / "requirements.txt"
    if not file.is_file():
        return ()
    lines = (line.strip() for line in file.read_text("utf-8", "replace").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))[:_REQUIREMENTS]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else json_value(value)
