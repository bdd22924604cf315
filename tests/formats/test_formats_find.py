"""Formats are told by content, not by name."""

from __future__ import annotations

import gzip
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from jupyter_registry.domain.errors import InvalidInput, MissingExtra, UnsupportedFormat
from jupyter_registry.formats import (
    FORMAT_NAMES,
    find_format,
    find_model,
    format_for,
    format_named,
    model_file,
    save_model,
)


@pytest.fixture(scope="module")
def model():
    rows = np.arange(40.0).reshape(20, 2)
    return LinearRegression().fit(rows, rows[:, 0])


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pickles_of_every_protocol(protocol, model, tmp_path):
    (tmp_path / "thing.bin").write_bytes(pickle.dumps(model, protocol))
    assert find_format(tmp_path).name == "pickle"
    assert find_format(tmp_path / "thing.bin").name == "pickle"


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("bz2", 3), ("xz", 1), ("lzma", 1)])
def test_joblib_dumps_of_every_compression(compress, model, tmp_path):
    joblib.dump(model, tmp_path / "thing", compress=compress)
    assert find_format(tmp_path).name == "joblib"
    assert find_format(tmp_path).load(tmp_path / "thing").describe().n_features == 2


def test_skops_whatever_its_name(model, tmp_path):
    skops.io.dump(model, tmp_path / "thing.zip")
    assert find_format(tmp_path).name == "skops"


def test_what_lies_beside_a_model_is_no_hindrance(model, tmp_path):
    (tmp_path / "inner").mkdir()
    joblib.dump(model, tmp_path / "inner" / "m")
    (tmp_path / "README.md").write_text("# A model")
    (tmp_path / "data.parquet").write_bytes(b"PAR1 no model PAR1")
    kind, file = find_model(tmp_path)
    assert kind.name == "joblib"
    assert file == tmp_path / "inner" / "m"
    assert model_file(tmp_path, "joblib") == file


def test_several_models_are_refused_by_name(model, tmp_path):
    joblib.dump(model, tmp_path / "one.joblib")
    skops.io.dump(model, tmp_path / "two.skops")
    with pytest.raises(UnsupportedFormat, match=r"one\.joblib, two\.skops"):
        find_model(tmp_path)
    assert model_file(tmp_path, "skops").name == "two.skops"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80", b"plain text", b"\x08\x07 not onnx at all, really", b"PK\x03\x04 broken zip"],
)
def test_no_model(content, tmp_path):
    (tmp_path / "thing").write_bytes(content)
    with pytest.raises(UnsupportedFormat, match="no known model format"):
        find_model(tmp_path)


def test_a_compressed_text_is_no_model(tmp_path):
    (tmp_path / "notes.gz").write_bytes(gzip.compress(b"some text"))
    with pytest.raises(UnsupportedFormat):
        find_model(tmp_path)
    with pytest.raises(UnsupportedFormat, match="no file or folder"):
        find_model(tmp_path / "absent")


def test_names_of_formats():
    assert [format_named(name).name for name in FORMAT_NAMES] == list(FORMAT_NAMES)
    with pytest.raises(InvalidInput, match="Did you mean 'joblib'"):
        format_named("jobli")


def test_format_for_objects(model, tmp_path):
    assert format_for(model).name == "skops"
    with pytest.raises(UnsupportedFormat, match="dict"):
        format_for({})
    with pytest.raises(UnsupportedFormat):
        save_model(object(), tmp_path)


def test_importing_the_formats_imports_no_library():
    code = (
        "import sys, jupyter_registry.formats as f\n"
        "[f.format_named(name) for name in f.FORMAT_NAMES]\n"
        "import jupyter_registry.formats.infer, jupyter_registry.formats.scoring\n"
        "heavy = {'sklearn', 'pandas', 'skops', 'joblib', 'onnxruntime', 'sqlmodel', 'tornado'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_model_of_its_own_code_imports_no_scikit_learn(tmp_path):
    (tmp_path / "custom.py").write_text(
        "class Sum:\n"
        "    n_features_in_ = 2\n"
        "    def predict(self, rows):\n"
        "        return rows.sum(axis=1)\n"
        "def load_model(code_dir):\n"
        "    return Sum()\n"
    )
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from jupyter_registry.domain.frames import conform\n"
        "from jupyter_registry.domain.signature import Column, Dtype, Signature\n"
        "from jupyter_registry.domain.target import Target\n"
        "from jupyter_registry.formats import find_model\n"
        "from jupyter_registry.formats.scoring import Scorer\n"
        f"kind, file = find_model(Path({str(tmp_path)!r}))\n"
        "signature = Signature((Column('a', Dtype.NUMBER), Column('b', Dtype.NUMBER)))\n"
        "scorer = Scorer(kind.load(file), signature, Target.make('y', 'regression'))\n"
        "frame = conform(signature, {'a': [1.0, 2.0], 'b': [3.0, 5.0]}, 2)\n"
        "print(*scorer.score(frame).values, 'sklearn' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["4.0", "7.0", "False"]


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [
        ("skops", "skops", "sklearn"),
        ("joblib", "joblib", "sklearn"),
        ("pickle", "sklearn", "sklearn"),
        ("onnx", "onnxruntime", "onnx"),
        ("xgboost", "xgboost", "xgboost"),
        ("lightgbm", "lightgbm", "lightgbm"),
        ("catboost", "catboost", "catboost"),
    ],
)
def test_a_missing_library_is_told_by_its_extra(name, module, extra, model, tmp_path, monkeypatch):
    file = tmp_path / "model"
    if name in ("onnx", "xgboost", "lightgbm", "catboost"):
        file.write_bytes(b"\x08\x07")
    else:
        format_named(name).save(model, file)
    blocked = [held for held in sys.modules if held.partition(".")[0] == module]
    for held in blocked:
        monkeypatch.delitem(sys.modules, held)
    monkeypatch.setattr(sys, "meta_path", [_Without(module), *sys.meta_path])
    with pytest.raises(MissingExtra, match=module) as caught:
        format_named(name).load(file)
    assert caught.value.fields["extra"] == extra
    assert f"jupyter_registry[{extra}]" in caught.value.advice


class _Without:
    """An importer of an environment that lacks one library."""

    def __init__(self, module):
        self.module = module

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == self.module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None
