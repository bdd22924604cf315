"""A `custom.py` that cannot be served: told before it is run, when it loads, or by its answer."""

from __future__ import annotations

import re
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from jupyter_registry.domain.errors import (
    InvalidInput,
    MissingExtra,
    ModelFailed,
    RegistryError,
    UnsupportedFormat,
)
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import find_model, format_named, model_file, save_artifact
from jupyter_registry.formats.custom_hooks import read_hooks
from jupyter_registry.formats.infer import columns_of, infer_signature
from jupyter_registry.formats.scoring import Scorer

ROWS = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.5, 0.25, 0.125]})
NUMBER = Target.make("y", "regression")
BINARY = Target.make("y", "binary", ["no", "yes"])
MULTI = Target.make("y", "multiclass", ["a", "b", "c"])

#: Needs no model.
ALONE = "def load_model(code_dir):\n    return None\n"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "package"
    made.mkdir()
    joblib.dump(LinearRegression().fit(ROWS, [1.0, 2.0, 3.0]), made / "m.joblib")
    return made


@pytest.fixture
def score(tmp_path):
    def run(code, target=NUMBER, rows=ROWS):
        (tmp_path / "custom.py").write_text(ALONE + code)
        predictor = format_named("custom_code").load(tmp_path / "custom.py")
        signature = infer_signature(rows)
        scorer = Scorer(predictor, signature, target)
        return scorer.score(conform(signature, columns_of(rows), len(rows)))

    return run


# --- before anything is run -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "told", "line"),
    [
        ("def score(data model):\n    pass\n", "line 1: invalid syntax", 1),
        ("x = 1\n  y = 2\n", "line 2: unexpected indent", 2),
        ("x = 1\n%matplotlib inline\n", "Lines of IPython do not work there", 2),
        ("x = 1\0", "line 1: there are null bytes", 1),
        ("x = 1\ny = 2\0", "line 2: there are null bytes", 2),
        ("import pandas\n", "none of the hooks init, load_model, read_input_data,", None),
        ("def scores(data, model): pass\n", "none of the hooks", None),
        ("class A:\n    def score(self, data, model): pass\n", "none of the hooks", None),
        ("def read_input_data(data, model): pass\n", "asks for model too", 1),
        ("def score_unstructured(data): pass\n", "called as score_unstructured(model, data)", 1),
        (
            "def score_unstructured(model, data, *, headers): pass\n",
            "asks for headers too",
            1,
        ),
        ("x = 1\ndef score(data): pass\n", "line 2: score takes data; it is called as", 2),
        ("def score(data, model, more): pass\n", "asks for more too", 1),
        ("def score(data, model, *, more): pass\n", "asks for more too", 1),
        ("def load_model(): pass\n", "load_model takes nothing; it is called as load_model", 1),
        ("def init(what): pass\n", "asks for what too", 1),
        ("async def score(data, model): pass\n", "score is asynchronous", 1),
    ],
)
def test_the_text_is_refused(code, told, line, folder):
    (folder / "custom.py").write_text(code)
    with pytest.raises(InvalidInput, match=re.escape(told)) as caught:
        find_model(folder)
    assert caught.value.fields.get("line") == line
    assert caught.value.advice
    with pytest.raises(InvalidInput):
        format_named("custom_code").load(folder / "custom.py")


@pytest.mark.parametrize(
    "code",
    [
        "from helper import score\n",
        "from helper import *\n",
        "import helper as score\n",
        "score = lambda data, model: data\n",
        "transform, score = None, None\n",
        "try:\n    import x\nexcept ImportError:\n    def score(data, model): pass\n",
        "if True:\n    def score(data, model, **kwargs): pass\n",
        "def score(data, model, threshold=0.5): pass\n",
        "def score(*args, **kwargs): pass\n",
        "def score(data, model, positive_class_label, negative_class_label): pass\n",
        "def init(code_dir): pass\n",
        "def init(): pass\n",
        "@wrapped\ndef score(): pass\n",
        "def score(data, model): pass\ndef read_input_data(data): pass\n",
        "# coding: latin-1\ndef score(data, model): '\xe9'\n".encode("latin-1"),
    ],
)
def test_hooks_may_be_defined_in_many_ways(code):
    hooks = read_hooks(code)
    assert hooks.open or hooks.names & {"score", "init"}


def test_lines_above_count():
    with pytest.raises(InvalidInput, match=r"The cell, line 4: score takes data;") as caught:
        read_hooks("\ndef score(data): pass\n", "The cell", 2)
    assert caught.value.fields["line"] == 4
    with pytest.raises(InvalidInput, match="line 3: "):
        read_hooks("def", above=2)


def test_nothing_is_run_to_find_out(folder):
    (folder / "custom.py").write_text("raise SystemExit\ndef score(data, model): pass\n")
    assert find_model(folder)[0].name == "custom_code"


def test_a_model_is_needed_and_only_one(folder):
    (folder / "custom.py").write_text("def score(data, model): pass\n")
    assert find_model(folder)[0].name == "custom_code"
    joblib.dump(LinearRegression().fit(ROWS, [1, 2, 3]), folder / "n.joblib")
    with pytest.raises(UnsupportedFormat, match=r"several models: m\.joblib, n\.joblib") as caught:
        find_model(folder)
    assert "load_model" in caught.value.advice
    for file in folder.glob("*.joblib"):
        file.unlink()
    (folder / "README.md").write_text("nothing")
    with pytest.raises(UnsupportedFormat, match="no model of a known format") as caught:
        find_model(folder)
    assert "load_model" in caught.value.advice
    with pytest.raises(UnsupportedFormat):
        format_named("custom_code").load(folder / "custom.py")
    (folder / "custom.py").write_text(ALONE)
    assert find_model(folder)[0].name == "custom_code"


@pytest.mark.parametrize("content", [b"yes\n", b"no\nyes\nno\n", b"", b"\xff\xfe"])
def test_class_labels_that_are_none(content, folder):
    (folder / "custom.py").write_text("def score(data, model): pass\n")
    (folder / "class_labels.txt").write_bytes(content)
    with pytest.raises(UnsupportedFormat, match=r"class_labels\.txt is no list"):
        find_model(folder)


def test_code_deeper_in_a_folder_is_no_package(folder):
    (folder / "inner").mkdir()
    (folder / "inner" / "custom.py").write_text(ALONE)
    assert find_model(folder)[0].name == "joblib"
    with pytest.raises(UnsupportedFormat, match=r"no custom\.py at its root"):
        model_file(folder, "custom_code")


def test_a_folder_can_be_told_to_be_of_the_model_alone(folder):
    (folder / "custom.py").write_text("def scores(data, model): pass\n")
    assert find_model(folder, "joblib")[1] == folder / "m.joblib"
    with pytest.raises(InvalidInput, match="none of the hooks"):
        find_model(folder, "custom_code")


def test_objects_are_no_code(tmp_path):
    kind = format_named("custom_code")
    assert not kind.recognises(LinearRegression())
    with pytest.raises(UnsupportedFormat, match=r"register its folder"):
        kind.save(LinearRegression(), tmp_path / "custom.py")
    with pytest.raises(UnsupportedFormat, match="no folder"):
        kind.wrap(LinearRegression())
    assert save_artifact({"a": 1}, tmp_path)[0].name == "pickle"
    assert save_artifact(LinearRegression(), tmp_path)[0].name == "skops"
    with pytest.raises(UnsupportedFormat):
        save_artifact((i for i in "ab"), tmp_path)


# --- when it loads ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (f"{ALONE}x = 1 / 0\n", "failed when it was imported: ZeroDivisionError: division by zero"),
        (f"{ALONE}import nowhere_to_be\n", "No module named 'nowhere_to_be'"),
        (f"{ALONE}import sys\nsys.exit(3)\n", "SystemExit: 3"),
        ("def init(**kwargs):\n    raise KeyError('x')\n", "failed when init ran: KeyError"),
        ("def init(**kwargs):\n    raise SystemExit(2)\n", "init called sys.exit(2)"),
        (
            "def load_model(code_dir):\n    open('/nowhere/at/all')\n",
            "load_model ran: FileNotFound",
        ),
        ("def load_model(code_dir):\n    return {}\n", "type dict, which has no predict method"),
        ("score = 3\n", "score of custom.py is no function"),
        ("from os import *\n", "defines none of the hooks"),
    ],
)
def test_code_that_fails_to_load(code, told, folder):
    (folder / "custom.py").write_text(code)
    with pytest.raises(ModelFailed, match=re.escape(told)) as caught:
        format_named("custom_code").load(folder / "custom.py")
    if "traceback" in caught.value.fields:
        assert "custom.py" in caught.value.fields["traceback"]
    assert str(folder) not in sys.path


def test_pandas_that_is_absent_is_named(tmp_path, monkeypatch):
    (tmp_path / "custom.py").write_text(f"{ALONE}def score(data, model):\n    return 1\n")
    signature = infer_signature(ROWS)
    predictor = format_named("custom_code").load(tmp_path / "custom.py")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"custom\.py needs pandas") as caught:
        predictor.prepare(signature, NUMBER)
    assert "jupyter_registry[pandas]" in caught.value.advice


# --- its answer -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("None", "score of custom.py returned None; expected was a DataFrame of 3 rows"),
        ("data", "a DataFrame of shape (3, 2) with the columns ['a', 'b']"),
        ("data[['a']].iloc[:2]", "a DataFrame of shape (2, 1) with the columns ['a']"),
        ("data['a'].to_numpy()[:2]", "an array of shape (2,) of float64"),
        ("data.to_numpy()", "an array of shape (3, 2) of float64"),
        ("[1.0, 2.0]", "a list of length 2 of float"),
        ("['1', '2', '3']", "a list of length 3 of str"),
        ("pd.Series(['x', 'y', 'z'])", "a Series of shape (3,)"),
        ("3.5", "a float"),
        ("{'a': [1, 2, 3], 'b': [1, 2, 3]}", "a dict with the keys ['a', 'b']"),
        ("(x for x in data['a'])", "a generator"),
        ("[[1], [1, 2], [3]]", "a list of length 3 of list"),
        ("data['a'].where(data['a'] > 1)", "no finite number for row 0: nan"),
        ("[1.0, float('inf'), 2.0]", "no finite number for row 1: inf"),
        ("[1.0, None, 2.0]", "no finite number for row 1: nan"),
        ("data['a'].sort_values(ascending=False)", "rows in another order"),
    ],
)
def test_answers_that_are_no_numbers(returned, told, score):
    with pytest.raises(ModelFailed, match=re.escape(told)) as caught:
        score(f"import pandas as pd\ndef score(data, model):\n    return {returned}\n")
    assert caught.value.advice


FRAME = "pd.DataFrame({'no': [0.25, 0.5, 1.0], 'yes': [0.75, 0.5, 0.0]})"


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (f"{FRAME}.rename(columns={{'no': 'nein'}})", "with the columns ['nein', 'yes']; expected"),
        (f"{FRAME}.assign(maybe=0.0)", "with the columns ['no', 'yes', 'maybe']"),
        (f"{FRAME}[['yes']]", "with the columns ['yes']"),
        (f"{FRAME}[['no', 'no']]", "with the columns ['no', 'no']"),
        (f"{FRAME} * 2", "{'no': 0.5, 'yes': 1.5}, outside 0 to 1"),
        (f"{FRAME} / 2", "{'no': 0.125, 'yes': 0.375}, with the sum 0.5"),
        (f"{FRAME} - 1", "row 0 {'no': -0.75, 'yes': -0.25}, outside 0 to 1"),
        (f"{FRAME}.sort_values('no', ascending=False)", "rows in another order"),
        (f"{FRAME}.head(2)", "shape (2, 2)"),
        ("['no', 'yes', 'no']", "a list of length 3 of str; expected was a DataFrame of 3 rows "),
        ("[0.5, 0.5, 1.5]", "{'no': -0.5, 'yes': 1.5}, outside"),
        ("[[0.5, 0.5, 0.0]] * 3", "a list of length 3 of list"),
        ("[[0.5, 0.6]] * 3", "with the sum 1.1"),
        (f"{FRAME}.where({FRAME} > 0.3)", "no finite number for row 0"),
    ],
)
def test_answers_that_are_no_probabilities(returned, told, score):
    with pytest.raises(ModelFailed, match=re.escape(told)):
        score(f"import pandas as pd\ndef score(data, model):\n    return {returned}\n", BINARY)


def test_what_is_expected_is_told(score):
    code = "def score(data, model):\n    return data\n"
    with pytest.raises(ModelFailed) as caught:
        score(code, BINARY)
    assert caught.value.fields == {
        "returned": "a DataFrame of shape (3, 2) with the columns ['a', 'b']",
        "expected": "a DataFrame of 3 rows with the columns ['no', 'yes'] in any order, or an "
        "array of shape (3, 2) in this order, or of shape (3,) with the probabilities of 'yes'",
    }
    with pytest.raises(ModelFailed, match=r"or an array of shape \(3, 3\) in this order\."):
        score(code, MULTI)
    with pytest.raises(ModelFailed, match=r"post_process of custom\.py returned None"):
        score(f"{code}def post_process(predictions, model): pass\n", MULTI)
    with pytest.raises(ModelFailed, match=r"transform of custom\.py returned None"):
        score(f"{code}def transform(data, model): pass\n", MULTI)


def test_what_hooks_raise_passes_through(score):
    with pytest.raises(KeyError, match="nowhere"):
        score("def score(data, model):\n    return data['nowhere']\n")
    with pytest.raises(Exception, match=r"score called sys\.exit\(4\)") as caught:
        score("import sys\ndef score(data, model):\n    sys.exit(4)\n")
    assert not isinstance(caught.value, RegistryError)
    assert str(sys.path[0]) != "custom.py"


def test_rounded_probabilities_are_taken(score):
    code = "def score(data, model):\n    return [[0.333, 0.333, 0.333]] * 3\n"
    assert score(code, MULTI).probabilities.shape == (3, 3)
    np.testing.assert_array_equal(score(code, MULTI).labels, [0, 0, 0])
