"""Formats that installed distributions add: real ones on the path, good and broken."""

from __future__ import annotations

import importlib
import json
import pickle
import sys
from pathlib import Path

import pytest

from jupyter_registry.domain.errors import InvalidInput, UnsupportedFormat
from jupyter_registry.formats import (
    FORMAT_NAMES,
    added,
    find_model,
    format_for,
    format_named,
    format_names,
    model_file,
    save_model,
)
from jupyter_registry.formats.infer import infer_signature, infer_target
from jupyter_registry.formats.inspection import Asked, inspect

CODE = """
import json

import numpy as np

from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.formats.base import ModelDescription, Prediction


class Line:
    def __init__(self, slope):
        self.slope = slope

    def predict(self, table):
        return np.asarray(table)[:, 0] * self.slope


class LinePredictor:
    def __init__(self, native):
        self.native = native

    def describe(self):
        return ModelDescription("lines", "1.0", TargetType.REGRESSION, None, ("x",), 1)

    def prepare(self, signature, target):
        pass

    def limit_threads(self):
        pass

    def predict(self, frame):
        return Prediction(values=frame["x"] * self.native.slope)

    def predict_table(self, table):
        return Prediction(values=self.native.predict(table))


class LineFormat:
    name, extra, file_name = "line", "line", "model.line"

    def sniff(self, path):
        return path.read_bytes()[:5] == b"LINE "

    def recognises(self, model):
        return isinstance(model, Line)

    def wrap(self, model):
        return LinePredictor(model)

    def check(self, path):
        # of its own: what is of one file is not asked before it is loaded
        raise OSError("cannot check")

    def read(self, path):
        return Line(json.loads(path.read_text()[5:]))

    def load(self, path):
        return LinePredictor(self.read(path))

    def save(self, model, path):
        path.write_text("LINE " + json.dumps(model.slope))


class Folder(LineFormat):
    name, file_name, is_of_folders = "line_folder", "LINES", True

    def sniff(self, path):
        return path.name == self.file_name

    def recognises(self, model):
        return False

    def check(self, path):
        json.loads(path.read_text()[5:])


class Raising(LineFormat):
    name = "raising"

    def sniff(self, path):
        raise OSError("cannot look")


class Pickle(LineFormat):
    name = "pickle"


class Unchecked(LineFormat):
    name, is_of_folders, check = "unchecked", True, None


class Half:
    name, extra, file_name = "half", "half", "model.half"
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution of formats on the path: entry points as name → object."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def made(name: str, formats: dict[str, str]) -> Path:
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "INSTALLER").write_text("pip\n")
        lines = "".join(f"{key} = {value}\n" for key, value in formats.items())
        (info / "entry_points.txt").write_text(f"[{added.GROUP}]\n{lines}")
        (site / f"{name}.py").write_text(CODE)
        importlib.invalidate_caches()
        return site

    yield made
    for module in ("lines", "broken"):
        sys.modules.pop(module, None)


def test_a_distribution_adds_formats(install, tmp_path, recwarn):
    before = format_names()
    site = install("lines", {"line": "lines:LineFormat", "line_folder": "lines:Folder"})
    assert format_names() == (*before, "line", "line_folder")
    assert format_names()[: len(FORMAT_NAMES)] == FORMAT_NAMES
    assert "lines" not in sys.modules  # the names are known without its code
    folder = tmp_path / "model"
    folder.mkdir()
    model = importlib.import_module("lines").Line(2.5)
    kind, file = save_model(model, folder)  # before the formats of any object that predicts
    assert (kind.name, file.name, format_for(model).name) == ("line", "model.line", "line")
    assert find_model(folder) == (kind, file)
    predictor = format_named("line").load(model_file(folder, "line"))
    assert infer_target(predictor, "y").type == "regression"
    assert infer_signature(None, predictor).names == ["x"]
    found = inspect(Asked(model=folder, target_name="y"), lambda *_: None)
    assert (found.package["format"], found.framework) == ("line", "lines")
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "LINES").write_text("LINE " + json.dumps(3.0))
    (whole / "weights.line").write_text("LINE 1")
    assert find_model(whole)[0].name == "line_folder"
    assert model_file(whole, "line_folder") == whole / "LINES"
    assert not [w for w in recwarn if issubclass(w.category, added.FormatUnavailable)]
    assert site.is_dir()


def test_a_broken_one_is_told_and_hinders_no_other(install, tmp_path):
    install(
        "broken",
        {
            "absent": "nowhere_to_be:FORMAT",
            "half": "broken:Half",
            "other_name": "broken:LineFormat",
            "pickle": "broken:Pickle",
            "raising": "broken:Raising",
            "unchecked": "broken:Unchecked",
        },
    )
    install("lines", {"line": "lines:LineFormat"})
    (tmp_path / "m.bin").write_text("LINE 2")
    with pytest.warns(added.FormatUnavailable) as told:
        assert find_model(tmp_path / "m.bin")[0].name == "line"
    texts = " | ".join(str(warning.message) for warning in told)
    for text in (
        "'absent' of broken is left out: ModuleNotFoundError",
        "'half' of broken is left out: TypeError: it lacks sniff",
        "'unchecked' of broken is left out: TypeError: it lacks check",
        "its name is 'line', the entry point's 'other_name'",
        "'pickle' of broken is left out: a format 'pickle' is there already",
    ):
        assert text in texts
    (tmp_path / "m.pkl").write_bytes(pickle.dumps(1))
    with pytest.warns(added.FormatUnavailable, match="'raising' failed at sniff: OSError: cannot"):
        assert find_model(tmp_path / "m.pkl")[0].name == "pickle"
    assert type(format_named("pickle")).__module__ == "jupyter_registry.formats.sklearn_pickle"
    with pytest.raises(UnsupportedFormat, match="'half' of broken cannot be used"):
        format_named("half")
    with pytest.raises(InvalidInput, match="Did you mean 'line'"):
        format_named("lin")


def test_own_formats_are_named_without_a_look_at_what_is_installed(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("metadata were read")

    monkeypatch.setattr(added, "entry_points", refuse)
    added._entries.cache_clear()
    for name in FORMAT_NAMES:
        assert format_named(name).name == name
