"""Targets: what is filled in, what is refused, and labels as text."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.target import Target, label_text


def test_a_binary_target_s_positive_class_is_the_second_label():
    target = Target.make("left", "binary", ["no", "yes"])
    assert (target.positive_class, target.positive_index, target.threshold) == ("yes", 1, 0.5)
    other = Target.make("left", TargetType.BINARY, ["no", "yes"], "no", 0)
    assert (other.positive_class, other.positive_index, other.threshold) == ("no", 0, 0.0)


def test_labels_become_text():
    target = Target.make("y", "binary", np.array([0, 1]), np.int64(1), 1)
    assert (target.class_labels, target.positive_class) == (("0", "1"), "1")
    assert Target.make("y", "binary", [False, True], True).positive_class == "True"
    assert Target.make("y", "multiclass", [1.0, 2.0, "x"]).class_labels == ("1", "2", "x")


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (True, "True"),
        (1, "1"),
        (1.0, "1"),
        (1.5, "1.5"),
        (np.float64(2.0), "2"),
        (np.bool_(False), "False"),
        (np.str_("a"), "a"),
        ("1.0", "1.0"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_label_text(label, text):
    assert label_text(label) == text


def test_a_regression_target_has_a_name_alone():
    target = Target.make("price", "regression", [], threshold=0.7)
    assert target == Target("price", TargetType.REGRESSION)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("", "regression"), "target_name"),
        (("  ", "regression"), "target_name"),
        (("y", "ranking"), "target_type"),
        (("y", "regression", ["a"]), "class_labels"),
        (("y", "regression", None, "a"), "class_labels"),
        (("y", "binary"), "class_labels"),
        (("y", "binary", ["a", "b", "c"]), "class_labels"),
        (("y", "binary", ["a", "a"]), "class_labels"),
        (("y", "binary", [1, 1.0]), "class_labels"),
        (("y", "binary", ["a", "b"], "c"), "positive_class"),
        (("y", "binary", ["a", "b"], None, 1.01), "prediction_threshold"),
        (("y", "binary", ["a", "b"], None, -0.01), "prediction_threshold"),
        (("y", "binary", ["a", "b"], None, float("nan")), "prediction_threshold"),
        (("y", "multiclass", ["a", "b"]), "class_labels"),
        (("y", "multiclass", ["a", "b", "b"]), "class_labels"),
        (("y", "multiclass", ["a", "b", "c"], "a"), "positive_class"),
    ],
)
def test_a_wrong_target_names_the_field(arguments, field):
    with pytest.raises(InvalidInput) as refused:
        Target.make(*arguments)
    assert list(refused.value.fields) == [field]
    assert refused.value.advice
