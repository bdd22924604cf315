"""Folders with a `custom.py` around real models: what is predicted is the library's own."""

from __future__ import annotations

import itertools
import pickle
import re
import sys
import textwrap

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_registry.domain.errors import ModelFailed, UnsupportedFormat
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import find_model, format_named, model_file, save_model
from jupyter_registry.formats.from_data import TargetSaid, find_target
from jupyter_registry.formats.infer import columns_of, infer_signature
from jupyter_registry.formats.scoring import Scorer

N = 60
CLOSE = {"rtol": 1e-9, "atol": 1e-12}
BINARY = Target.make("left", "binary", ["no", "yes"])
AGAINST = Target.make("left", "binary", ["no", "yes"], "no")
MULTI = Target.make("kind", "multiclass", ["c", "a", "b"])
NUMBER = Target.make("spent", "regression")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, N),
            "income": rng.normal(50, 9, N),
            "city": rng.choice(["Oslo", "Bergen"], N),
        }
    )


@pytest.fixture(scope="module")
def models(table):
    rows = table[["age", "income"]]
    levels = np.array(["a", "b", "c"])[np.digitize(table.income, [46, 54])]
    return {
        NUMBER: LinearRegression().fit(rows, table.income * 3 + table.age),
        BINARY: make_pipeline(StandardScaler(), LogisticRegression()).fit(
            rows, np.where(table.income > 50, "yes", "no")
        ),
        MULTI: LogisticRegression(max_iter=1000).fit(rows, levels),
    }


@pytest.fixture
def scored(tmp_path, table):
    """Write a folder, find and load it, and score the table's rows (or the given columns)."""

    def run(code, model=None, target=BINARY, rows=None, **files):
        folder = tmp_path / "package"
        folder.mkdir(exist_ok=True)
        (folder / "custom.py").write_text(textwrap.dedent(code))
        if model is not None:
            save_model(model, folder)
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text)
        data = table[["age", "income"]] if rows is None else rows
        kind, file = find_model(folder)
        assert (kind.name, file) == ("custom_code", folder / "custom.py")
        assert model_file(folder, "custom_code") == file
        predictor = kind.load(file)
        signature = infer_signature(data, predictor)
        assert signature is not None
        scorer = Scorer(predictor, signature, target)
        frame = conform(signature, columns_of(data), len(data))
        scores = scorer.score(frame)
        return scores.values if target is NUMBER else scores.probabilities

    return run


def own(models, table, target):
    """What the library says, in the order of the target's labels."""
    model, rows = models[target], table[["age", "income"]]
    if target is NUMBER:
        return model.predict(rows)
    order = [list(model.classes_).index(label) for label in target.class_labels]
    return model.predict_proba(rows)[:, order]


HOOKS = {
    "init": "def init(**kwargs):\n    SEEN.append(kwargs['code_dir'])\n",
    "load_model": "def load_model(code_dir):\n    import skops.io, pathlib\n"
    "    assert SEEN in ([], [code_dir])\n"
    "    file = pathlib.Path(code_dir) / 'model.skops'\n"
    "    return skops.io.load(file, trusted=skops.io.get_untrusted_types(file=file))\n",
    "transform": "def transform(data, model):\n    assert hasattr(model, 'predict')\n"
    "    return data.rename(columns={'years': 'age'})\n",
    "score": "def score(data, model):\n    ask = getattr(model, 'predict_proba', None)\n"
    "    return pd.DataFrame(ask(data), columns=model.classes_) if ask else model.predict(data)\n",
    "post_process": "def post_process(predictions, model):\n"
    "    if not isinstance(predictions, pd.DataFrame):\n"
    "        return pd.DataFrame({'Predictions': predictions})\n"
    "    return predictions[sorted(predictions, reverse=True)]\n",
}
COMBINATIONS = [
    chosen for n in range(1, len(HOOKS) + 1) for chosen in itertools.combinations(HOOKS, n)
]
COMBINATIONS += [
    ("read_input_data",),
    ("read_input_data", "transform"),
    ("read_input_data", *HOOKS),
]
HOOKS["read_input_data"] = (
    "def read_input_data(input_binary_data):\n    import io\n"
    "    return pd.read_csv(io.BytesIO(input_binary_data))\n"
)


@pytest.mark.parametrize("target", [NUMBER, BINARY, MULTI], ids=lambda target: target.type.value)
@pytest.mark.parametrize("chosen", COMBINATIONS, ids="+".join)
def test_hooks_in_all_combinations(chosen, target, scored, models, table):
    code = "import pandas as pd\nSEEN = []\n" + "".join(HOOKS[name] for name in chosen)
    rows = table[["age", "income"]]
    if "transform" in chosen:
        rows = rows.rename(columns={"age": "years"})
    answer = scored(code, models[target], target, rows)
    np.testing.assert_allclose(answer, own(models, table, target), **CLOSE)


READING = """
import io
import pandas as pd

def read_input_data(input_binary_data):
    head, *lines = input_binary_data.decode().splitlines()
    assert head == 'name,n,x,yes,at'
    assert lines == ['"Ås, B",1,0.1,True,2024-03-01 12:30:00', ',9007199254740993,,False,']
    data = pd.read_csv(io.BytesIO(input_binary_data), parse_dates=["at"])
    return data.assign(hour=data["at"].dt.hour.fillna(0))
"""


def test_the_bytes_that_are_read_are_the_rows(scored):
    rows = pd.DataFrame(
        {"name": ["Ås, B", None], "n": [1, 2**53 + 1], "x": [0.1, None], "yes": [True, False],
         "at": pd.to_datetime(["2024-03-01T12:30", None])}
    )  # fmt: skip
    code = READING + "def score(data, model):\n    return data['hour']\n"
    code += "def load_model(code_dir):\n    return None\n"
    assert scored(code, target=NUMBER, rows=rows).tolist() == [12.0, 0.0]


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("None", "read_input_data of custom.py returned None"),
        ("[1.0]", "returned a list of length 1 of float; it was given 60 rows"),
        ("pd.DataFrame({'a': [1]})", r"DataFrame of shape (1, 1) with the columns ['a']; it was"),
    ],
)
def test_what_reads_must_return_the_rows(returned, told, scored, models):
    code = f"import pandas as pd\ndef read_input_data(data):\n    return {returned}\n"
    with pytest.raises(ModelFailed, match=re.escape(told)):
        scored(code, models[NUMBER], NUMBER)


@pytest.mark.parametrize(
    "returned",
    [
        "pd.DataFrame({'Predictions': model.predict(data)})",
        "pd.DataFrame({'whatever': model.predict(data)})",
        "pd.Series(model.predict(data))",
        "pd.Series(model.predict(data), index=[f'r{i}' for i in range(len(data))])",
        "model.predict(data)",
        "model.predict(data)[:, None]",
        "list(model.predict(data))",
        "pl.DataFrame({'Predictions': model.predict(data)})",
        "pl.Series(model.predict(data))",
        "pd.Series(model.predict(data), dtype='Float64')",
        "{'Predictions': model.predict(data)}",
    ],
)
def test_forms_of_a_regression(returned, scored, models, table):
    code = f"import pandas as pd, polars as pl\ndef score(data, model):\n    return {returned}\n"
    answer = scored(code, models[NUMBER], NUMBER)
    np.testing.assert_allclose(answer, own(models, table, NUMBER), **CLOSE)


@pytest.mark.parametrize(
    "returned",
    [
        "pd.DataFrame(p, columns=['no', 'yes'])",
        "pd.DataFrame(p[:, ::-1], columns=['yes', 'no'])",
        "pl.DataFrame({'yes': p[:, 1], 'no': p[:, 0]})",
        "{'yes': p[:, 1], 'no': p[:, 0]}",
        "p",
        "p.tolist()",
        "p[:, 1]",
        "p[:, 1:]",
        "pd.Series(p[:, 1])",
    ],
)
def test_forms_of_two_classes(returned, scored, models, table):
    code = (
        "import pandas as pd, polars as pl\n"
        f"def score(data, model):\n    p = model.predict_proba(data)\n    return {returned}\n"
    )
    np.testing.assert_allclose(scored(code, models[BINARY]), own(models, table, BINARY), **CLOSE)


def test_the_positive_class_may_be_the_first(scored, models, table):
    code = "def score(data, model):\n    return model.predict_proba(data)[:, 0]\n"
    answer = scored(code, models[BINARY], AGAINST)
    np.testing.assert_allclose(answer, own(models, table, BINARY), **CLOSE)


@pytest.mark.parametrize(
    "columns", ["model.classes_", "['a', 'b', 'c'][::-1]", "list('bca')"], ids=str
)
def test_columns_of_many_classes_come_in_any_order(columns, scored, models, table):
    code = (
        "import pandas as pd\n"
        "def score(data, model):\n"
        "    p = pd.DataFrame(model.predict_proba(data), columns=model.classes_)\n"
        f"    return p[list({columns})]\n"
    )
    answer = scored(code, models[MULTI], MULTI)
    np.testing.assert_allclose(answer, own(models, table, MULTI), **CLOSE)


def test_labels_that_are_numbers_or_booleans(scored, table):
    rows = table[["age", "income"]]
    model = LogisticRegression().fit(rows, table.income > 50)
    code = (
        "import pandas as pd\n"
        "def score(data, model):\n"
        "    return pd.DataFrame(model.predict_proba(data), columns=model.classes_)\n"
    )
    target = Target.make("rich", "binary", [False, True])
    np.testing.assert_allclose(scored(code, model, target), model.predict_proba(rows), **CLOSE)
    counted = LogisticRegression().fit(rows, (table.income > 50).astype(int))
    target = Target.make("rich", "binary", [0, 1])
    np.testing.assert_allclose(scored(code, counted, target), counted.predict_proba(rows), **CLOSE)


def test_class_labels_of_a_file_give_the_order_of_arrays(scored, models, table):
    code = "def score(data, model):\n    return model.predict_proba(data)\n"
    files = {"class_labels__txt": "a\nb\n\nc\n"}
    answer = scored(code, models[MULTI], MULTI, **files)
    np.testing.assert_allclose(answer, own(models, table, MULTI), **CLOSE)
    with pytest.raises(ModelFailed, match=r"class_labels\.txt has \['x', 'y', 'z'\]"):
        scored(code, models[MULTI], MULTI, class_labels__txt="x\ny\nz\n")
    with pytest.raises(ModelFailed, match="the model predicts the classes"):
        scored("def init(**k): pass\n", models[MULTI], MULTI, class_labels__txt="a\nb\n")


def test_what_hooks_may_ask_for_by_name(scored, models, table):
    named = (
        "def score(data, model, positive_class_label, *, negative_class_label='?'):\n"
        "    assert (positive_class_label, negative_class_label) == ('no', 'yes')\n"
        "    return model.predict_proba(data)[:, 0]\n"
        "def transform(data, model, **given):\n"
        "    assert sorted(given) == ['negative_class_label', 'positive_class_label']\n"
        "    return data\n"
        "def post_process(predictions, model):\n    return predictions\n"
    )
    answer = scored(named, models[BINARY], AGAINST)
    np.testing.assert_allclose(answer, own(models, table, BINARY), **CLOSE)
    many = (
        "def score(data, model, class_labels):\n"
        "    order = [list(model.classes_).index(one) for one in class_labels]\n"
        "    return model.predict_proba(data)[:, order]\n"
    )
    answer = scored(many, models[MULTI], MULTI)
    np.testing.assert_allclose(answer, own(models, table, MULTI), **CLOSE)


def test_data_is_a_dataframe_of_the_signatures_dtypes(scored):
    rows = pd.DataFrame(
        {
            "number": [1.5, np.nan, 3.0],
            "count": [1, 2, 3],
            "flag": [True, False, True],
            "city": ["Oslo", None, "Ü"],
            "when": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]),
        }
    )
    code = """
        def load_model(code_dir):
            return None

        def score(data, model):
            assert list(data) == ["number", "count", "flag", "city", "when"]
            assert [kind.kind for kind in data.dtypes][:3] == ["f", "i", "b"]
            assert data.dtypes["when"].kind == "M"
            assert data["city"].isna().tolist() == [False, True, False]
            data["number"] = 0.0  # the rows are the hook's own
            return data["count"] * 2
    """
    assert scored(code, target=NUMBER, rows=rows).tolist() == [2.0, 4.0, 6.0]
    assert rows["number"].tolist()[0] == 1.5


def test_transform_may_return_what_the_model_takes(scored, table, models):
    rows = table.assign(income=table.income.where(table.index % 5 > 0))
    model = LinearRegression().fit(table[["age", "income"]].to_numpy(), table.income)
    code = """
        def transform(data, model):
            return data[["age", "income"]].fillna(0.0).to_numpy()
    """
    answer = scored(code, model, NUMBER, rows)
    expected = model.predict(rows[["age", "income"]].fillna(0.0).to_numpy())
    np.testing.assert_allclose(answer, expected, **CLOSE)


def test_around_an_onnx_model(scored, table, models):
    import skl2onnx

    rows = table[["age", "income"]].astype(np.float32)
    saved = skl2onnx.to_onnx(models[BINARY], rows.to_numpy()[:1])
    expected = models[BINARY].predict_proba(rows.astype(float))
    renamed = "def transform(data, model):\n    return data[['age', 'income']]\n"
    answer = scored(renamed, saved, rows=table)
    np.testing.assert_allclose(answer, expected, atol=1e-5)
    session = (
        "import numpy as np\n"
        "def score(data, model):\n"
        "    given = {model.get_inputs()[0].name: data.to_numpy(np.float32)}\n"
        "    rows = model.run(None, given)[1]\n"
        "    return np.array([[row['no'], row['yes']] for row in rows])\n"
    )
    np.testing.assert_allclose(scored(session, saved), expected, atol=1e-5)


def test_a_model_that_gives_labels_alone(scored, table):
    rows = table[["age", "income"]]
    model = make_pipeline(StandardScaler(), Perceptron()).fit(
        rows, np.where(table.income > 50, "yes", "no")
    )
    code = "def post_process(predictions, model):\n    return predictions * 0.8 + 0.1\n"
    answer = scored(code, model)
    assert set(np.round(answer[:, 1], 9)) == {0.1, 0.9}
    np.testing.assert_array_equal(answer[:, 1] > 0.5, model.predict(rows) == "yes")


def test_any_object_may_be_what_score_takes(scored, table, tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "weights.bin").write_bytes(pickle.dumps({"age": 2.0}))
    code = "def score(data, model):\n    return data['age'] * model['age']\n"
    np.testing.assert_allclose(scored(code, target=NUMBER), table.age * 2.0, **CLOSE)


def test_post_process_may_mend_what_score_returns(scored, models, table):
    code = (
        "import numpy as np\n"
        "def score(data, model):\n    return np.exp(model.predict_log_proba(data)) * 7\n"
        "def post_process(predictions, model):\n"
        "    return predictions / predictions.sum(axis=1, keepdims=True)\n"
    )
    np.testing.assert_allclose(scored(code, models[BINARY]), own(models, table, BINARY), **CLOSE)


def test_modules_beside_it_are_each_versions_own(scored, models, table, tmp_path):
    sys.modules.pop("helper", None)
    code = (
        "from helper import FACTOR\n"
        "def score(data, model):\n"
        "    from inner import late\n"
        "    import helper\n"
        "    assert helper.FACTOR == FACTOR\n"
        "    return model.predict(data) * FACTOR + late.MORE\n"
    )
    inner = tmp_path / "package" / "inner"
    inner.mkdir(parents=True)
    (inner / "__init__.py").touch()
    expected = own(models, table, NUMBER)
    path = list(sys.path)
    for factor, more in ((2, 5), (3, 6)):
        (inner / "late.py").write_text(f"MORE = {more}\n")
        answer = scored(code, models[NUMBER], NUMBER, helper__py=f"FACTOR = {factor}\n")
        np.testing.assert_allclose(answer, expected * factor + more, **CLOSE)
        assert not {"helper", "inner", "inner.late", "custom"} & set(sys.modules)
    assert sys.path == path
    assert not list((tmp_path / "package").rglob("__pycache__"))


def test_a_module_of_the_notebook_is_not_taken_for_one_beside_it(scored, models, table):
    import types

    mine = sys.modules["helper"] = types.ModuleType("helper")
    mine.FACTOR = 1000
    try:
        code = "import helper\ndef score(data, model):\n    return data['age'] * helper.FACTOR\n"
        answer = scored(code, models[NUMBER], NUMBER, helper__py="FACTOR = 2\n")
        np.testing.assert_allclose(answer, table.age * 2.0, **CLOSE)
        assert sys.modules["helper"] is mine
    finally:
        sys.modules.pop("helper", None)


def test_what_a_folder_says_of_itself(tmp_path, models):
    joblib.dump(models[BINARY], tmp_path / "m.joblib")
    (tmp_path / "custom.py").write_text("def init(**kwargs): pass\n")
    load = format_named("custom_code").load
    described = load(tmp_path / "custom.py").describe()
    assert (described.target_type, described.class_labels) == ("binary", ("no", "yes"))
    assert described.feature_names == ("age", "income")
    signature = infer_signature(None, load(tmp_path / "custom.py"))
    assert signature is not None
    assert signature.names == ["age", "income"]
    (tmp_path / "custom.py").write_text("def transform(data, model): return data\n")
    described = load(tmp_path / "custom.py").describe()
    assert (described.class_labels, described.feature_names) == (("no", "yes"), None)
    (tmp_path / "custom.py").write_text("def score(data, model): return data\n")
    described = load(tmp_path / "custom.py").describe()
    assert (described.target_type, described.class_labels) == (None, None)
    assert described.framework == "scikit-learn"
    assert infer_signature(None, load(tmp_path / "custom.py")) is None


def test_an_array_in_the_models_own_order_is_warned_of(scored, models, table):
    code = "def score(data, model):\n    return model.predict_proba(data)\n"
    with pytest.warns(UserWarning, match=r"taken as \['c', 'a', 'b'\], while the model's own"):
        scored(code, models[MULTI], MULTI)


def test_code_has_its_own_features_of_the_future(scored):
    code = (
        "def load_model(code_dir): pass\ndef score(data: int, model):\n"
        "    assert score.__annotations__ == {'data': int}\n    return data.age\n"
    )
    assert len(scored(code, target=NUMBER)) == N


METADATA = """
name: churn of homes
targetType: binary
inferenceModel:
  targetName: left
  positiveClassLabel: yes
  negativeClassLabel: no
  predictionThreshold: 0.25
"""


def said_of(folder, text, **files):
    (folder / "custom.py").write_text(
        "def load_model(code_dir):\n    return None\n\n\ndef score(data, model):\n    return None\n"
    )
    for name, content in files.items():
        (folder / name.replace("_txt", ".txt")).write_text(content)
    (folder / "model-metadata.yaml").write_text(text)
    kind, file = find_model(folder)
    return kind.load(file)


def test_metadata_says_what_is_predicted(tmp_path):
    model = said_of(tmp_path, METADATA)
    target = find_target("", TargetSaid(), lambda: model, ())
    assert target == Target.make("left", "binary", ["no", "yes"], "yes", 0.25)
    # what is said when it is registered goes before it
    said = TargetSaid("binary", ["yes", "no"], positive_class="no")
    assert find_target("gone", said, lambda: model, ()) == Target.make(
        "gone", "binary", ["yes", "no"], "no", 0.5
    )
    assert find_target("", said, lambda: model, ()).name == "left"
    model = said_of(tmp_path, "targetType: multiclass\nclassLabels: [b, 1.0, a]\n")
    target = find_target("kind", TargetSaid(), lambda: model, ())
    assert target == Target.make("kind", "multiclass", ["b", "1.0", "a"])
    for wrong in ("classLabels: a", "predictionThreshold: much", "targetName: [a]"):
        with pytest.raises(UnsupportedFormat, match=wrong.partition(":")[0]):
            said_of(tmp_path, wrong)


def test_the_list_of_classes_says_that_it_predicts_classes(tmp_path):
    model = said_of(tmp_path, "", class_labels_txt="low\nmid\nhigh\n")
    data = pa.table({"x": [1.0, 2.0], "y": ["high", "low"]})  # none of it is of the third
    target = find_target("y", TargetSaid(), lambda: model, [data])
    assert target == Target.make("y", "multiclass", ["low", "mid", "high"])
