"""Errors: every class has a title of its own, carries facts, and says what to do."""

from __future__ import annotations

import inspect
import pickle

import pytest

from jupyter_registry.domain import errors
from jupyter_registry.domain.errors import RegistryError, missing_extra, nearest

CLASSES = [
    item
    for item in vars(errors).values()
    if inspect.isclass(item) and issubclass(item, RegistryError)
]


@pytest.mark.parametrize("kind", CLASSES)
def test_each_class_has_its_title_and_carries_facts(kind):
    assert "title" in vars(kind)
    facts = {"row": 3}
    error = kind("It broke.", advice="Mend it.", fields=facts)
    facts["row"] = 4
    assert (error.detail, error.advice, error.fields) == ("It broke.", "Mend it.", {"row": 3})
    assert str(error) == "It broke. Mend it."
    assert str(kind("It broke.")) == "It broke."
    assert (
        str(kind("It raised KeyError: 'a'", advice="Mend it."))
        == "It raised KeyError: 'a'. Mend it."
    )
    assert kind.__doc__


def test_titles_are_distinct():
    titles = [kind.title for kind in CLASSES]
    assert len(CLASSES) > 20
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("kind", CLASSES)
def test_errors_cross_processes_whole(kind):
    again = pickle.loads(pickle.dumps(kind("a", advice="b", fields={"c": 1})))
    assert type(again) is kind
    assert (again.detail, again.advice, again.fields) == ("a", "b", {"c": 1})


def test_a_missing_extra_is_named():
    error = missing_extra("onnxruntime", "onnx", "Scoring an ONNX model")
    assert error.fields == {"module": "onnxruntime", "extra": "onnx"}
    assert "pip install 'jupyter_registry[onnx]'" in error.advice
    assert "Scoring an ONNX model needs onnxruntime" in error.detail


def test_the_nearest_name_is_proposed():
    assert nearest("acuracy", ["accuracy", "auc"]) == "Did you mean 'accuracy'?"
    assert nearest("zzz", ["accuracy", "auc"]) == ""
