"""Every metric, picked up by name, against scikit-learn on the raw rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from jupyter_registry.domain.accumulators import Accumulator, matched_by_group, merge
from jupyter_registry.domain.baseline import predicted_labels
from jupyter_registry.domain.errors import InvalidInput
from jupyter_registry.domain.kinds import TargetType
from jupyter_registry.domain.metrics import METRICS, check_names, compute, confusion_matrix, rows
from jupyter_registry.domain.target import Target

REGRESSION = Target.make("y", "regression")
COLOURS = Target.make("y", "multiclass", ["red", "green", "blue", "grey"])

#: How far from scikit-learn a metric may be; relative 1e-9 where not named.
LOOSE = {"auc": 1e-3, "ks": 1e-3, "gini": 2e-3}


def _ks(y, p):
    fpr, tpr, _ = sk.roc_curve(y, p, drop_intermediate=False)
    return np.max(np.abs(tpr - fpr))


#: Metric → value from (actuals, predicted numbers).
OF_NUMBERS = {
    "rmse": sk.root_mean_squared_error,
    "mae": sk.mean_absolute_error,
    "mape": sk.mean_absolute_percentage_error,
    "r2": sk.r2_score,
}
#: Metric → value from (is positive, is predicted positive, probability).
OF_TWO_CLASSES = {
    "log_loss": lambda y, _, p: sk.log_loss(y, p, labels=[False, True]),
    "auc": lambda y, _, p: sk.roc_auc_score(y, p),
    "accuracy": lambda y, z, _: sk.accuracy_score(y, z),
    "balanced_accuracy": lambda y, z, _: sk.balanced_accuracy_score(y, z),
    "precision": lambda y, z, _: sk.precision_score(y, z, zero_division=0),
    "recall": lambda y, z, _: sk.recall_score(y, z, zero_division=0),
    "f1": lambda y, z, _: sk.f1_score(y, z, zero_division=0),
    "fpr": lambda y, z, _: 1 - sk.recall_score(~y, ~z),
    "mcc": lambda y, z, _: sk.matthews_corrcoef(y, z),
    "brier": lambda y, _, p: sk.brier_score_loss(y, p, pos_label=True),
    "gini": lambda y, _, p: 2 * sk.roc_auc_score(y, p) - 1,
    "ks": lambda y, _, p: _ks(y, p),
}
#: Metric → value from (class indices, predicted ones, probabilities).
OF_CLASSES = {
    "log_loss": lambda y, _, p: sk.log_loss(y, p, labels=range(p.shape[1])),
    "accuracy": lambda y, z, _: sk.accuracy_score(y, z),
    "balanced_accuracy": lambda y, z, _: sk.balanced_accuracy_score(y, z),
    "macro_f1": lambda y, z, _: sk.f1_score(y, z, average="macro", zero_division=0),
}


def expect(target, accumulator, reference, *arguments, n):
    """Each metric of the target's type equals the reference of its name."""
    found = compute(target, accumulator)
    assert list(found) == [metric.name for metric in METRICS[target.type]]
    for name, (value, count) in found.items():
        wanted = reference[name](*arguments)
        loose = {"abs": LOOSE[name]} if name in LOOSE else {"rel": 1e-9, "abs": 1e-15}
        assert value == pytest.approx(wanted, **loose), name
        assert count == n, name


def whole(target, actual, values=None, labels=None, probabilities=None):
    groups = np.zeros(len(actual), np.int64)
    return matched_by_group(
        target, np.asarray(actual, np.float64), values, labels, probabilities, groups, 1
    )[0]


def in_pieces(rng, target, actual, values, labels, probabilities, wrong):
    """The same rows as they come in life: shuffled, in batches and hours, some corrected.

    ``wrong`` has the actuals as first told of a tenth of the rows, which are taken away later.
    """
    n = len(actual)

    def batch(at, outcomes):
        hours = rng.integers(0, 5, len(at))
        return matched_by_group(
            target,
            outcomes[at],
            None if values is None else values[at],
            None if labels is None else labels[at],
            None if probabilities is None else probabilities[at],
            hours,
            5,
        )

    corrected = rng.choice(n, n // 10, replace=False)
    steps = [(at, actual, 1) for at in np.array_split(rng.permutation(n), 7)]
    steps += [(corrected, wrong, 1), (corrected, wrong, -1)]
    # addition before what takes it away; everything else in any order
    hours: list[Accumulator] = [batch(np.zeros(0, np.int64), actual)[0] for _ in range(5)]
    first_told = None
    for at, outcomes, sign in steps:
        made = batch(at, outcomes) if sign > 0 else first_told
        first_told = made
        hours = [h.merged(m, sign=sign) for h, m in zip(hours, made, strict=True)]
        hours = [Accumulator.from_bytes(h.to_bytes()) for h in hours]
    together = merge(hours)
    assert together is not None
    return together


@pytest.mark.parametrize("n", [2, 3, 50, 4000])
@pytest.mark.parametrize("seed", range(4))
def test_regression(seed, n):
    rng = np.random.default_rng(100 * n + seed)
    actual = rng.normal(5, 3, n) * 10.0 ** rng.integers(-3, 4)
    actual[rng.random(n) < 0.2] = 0.0
    predicted = actual + rng.normal(0, 2, n)
    accumulator = in_pieces(rng, REGRESSION, actual, predicted, None, None, actual + 1.5)
    expect(REGRESSION, accumulator, OF_NUMBERS, actual, predicted, n=n)
    assert rows(REGRESSION, accumulator) == n
    assert accumulator.to_bytes() == whole(REGRESSION, actual, predicted).to_bytes()


@pytest.mark.parametrize("positive", ["no", "yes"])
@pytest.mark.parametrize("threshold", [0.5, 0.2, 0.0, 1.0])
@pytest.mark.parametrize("n", [40, 5000])
def test_binary(positive, threshold, n):
    rng = np.random.default_rng(n)
    target = Target.make("y", "binary", ["no", "yes"], positive, threshold)
    p = rng.beta(0.4, 1.5, n)
    p[:6] = 0.0, 1.0, threshold, threshold, 0.0, 1.0
    hit = rng.random(n) < p
    hit[:6] = False, True, True, False, True, False  # clipped losses among them
    actual = np.where(hit, target.positive_index, 1 - target.positive_index).astype(float)
    labels = predicted_labels(target, p, None)
    accumulator = in_pieces(rng, target, actual, p, labels, None, 1 - actual)
    expect(target, accumulator, OF_TWO_CLASSES, hit, p >= threshold, p, n=n)
    assert accumulator.to_bytes() == whole(target, actual, p, labels).to_bytes()


def test_a_hundred_thousand_rows_of_a_rare_class():
    rng = np.random.default_rng(11)
    n = 120_000
    target = Target.make("y", "binary", ["0", "1"], threshold=0.05)
    p = 1 / (1 + np.exp(-rng.normal(-6, 1.5, n)))
    hit = rng.random(n) < p
    labels = predicted_labels(target, p, None)
    accumulator = in_pieces(rng, target, hit.astype(float), p, labels, None, 1.0 - hit)
    expect(target, accumulator, OF_TWO_CLASSES, hit, p >= 0.05, p, n=n)


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.parametrize("present", [[0, 1, 2, 3], [0, 2], [3], [1, 2, 3]])
@pytest.mark.parametrize("n", [30, 3000])
def test_multiclass(present, n):
    rng = np.random.default_rng(n + len(present))
    probabilities = rng.dirichlet([0.5, 1, 0.3, 0.1], n)
    probabilities[0] = 1.0, 0.0, 0.0, 0.0
    actual = rng.choice(present, n).astype(float)
    wrong = rng.choice(present, n).astype(float)
    labels = predicted_labels(COLOURS, None, probabilities)
    accumulator = in_pieces(rng, COLOURS, actual, None, labels, probabilities, wrong)
    expect(COLOURS, accumulator, OF_CLASSES, actual.astype(int), labels, probabilities, n=n)
    wanted = sk.confusion_matrix(actual, labels, labels=range(4))
    assert confusion_matrix(COLOURS, accumulator).tolist() == wanted.tolist()
    assert rows(COLOURS, accumulator) == n


def test_classes_neither_seen_nor_predicted_do_not_count():
    y, z = np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0])
    found = compute(COLOURS, whole(COLOURS, y, labels=z))
    assert found["macro_f1"][0] == pytest.approx(sk.f1_score(y, z, average="macro"), rel=1e-12)
    assert found["balanced_accuracy"][0] == pytest.approx((1 / 2 + 2 / 3) / 2, rel=1e-12)
    assert found["log_loss"] == (None, 0)


@pytest.mark.parametrize("hit", [True, False])
def test_one_class_leaves_some_metrics_undefined(hit):
    target = Target.make("y", "binary", ["a", "b"])
    p = np.array([0.1, 0.7, 0.9])
    accumulator = whole(target, np.full(3, float(hit)), p, predicted_labels(target, p, None))
    found = {name: value for name, (value, _) in compute(target, accumulator).items()}
    undefined = {"auc", "gini", "ks"} | ({"fpr"} if hit else set())
    assert {name for name, value in found.items() if value is None} == undefined
    y = np.full(3, hit)
    assert found["log_loss"] == pytest.approx(sk.log_loss(y, p, labels=[False, True]), rel=1e-12)
    assert found["recall"] == pytest.approx(2 / 3 if hit else 0.0)
    assert found["balanced_accuracy"] == pytest.approx(2 / 3 if hit else 1 / 3)
    assert found["mcc"] == 0.0


def test_labels_without_probabilities_give_what_labels_can():
    target = Target.make("y", "binary", ["a", "b"])
    actual, labels = np.array([0.0, 1, 1, 0]), np.array([0, 1, 0, 0])
    values = np.array([np.nan, np.nan, 0.3, 0.2])
    found = compute(target, whole(target, actual, values, labels))
    assert found["accuracy"] == (0.75, 4)
    assert found["auc"] == (1.0, 2)
    assert found["brier"] == (pytest.approx((0.7**2 + 0.2**2) / 2), 2)
    none = compute(target, whole(target, actual, None, labels))
    assert none["accuracy"] == (0.75, 4)
    assert none["log_loss"] == (None, 0)


@pytest.mark.parametrize("target", [REGRESSION, COLOURS, Target.make("y", "binary", ["a", "b"])])
def test_of_no_rows_nothing_is_defined(target):
    none = np.zeros(0)
    empty = whole(target, none, none, np.zeros(0, np.int64))
    assert set(compute(target, empty).values()) == {(None, 0)}
    assert rows(target, empty) == 0


@pytest.mark.parametrize(
    ("actual", "predicted", "wanted"),
    [
        ([3.0], [2.0], None),
        ([0.1, 0.1, 0.1], [0.1, 0.1, 0.1], 1.0),
        ([0.1, 0.1, 0.1], [0.1, 0.1, 0.2], 0.0),
        ([0.0, 1e-200], [1e200, 0.0], None),
    ],
)
def test_r2_at_its_edges(actual, predicted, wanted):
    found = compute(REGRESSION, whole(REGRESSION, actual, np.array(predicted)))
    assert found["r2"] == (wanted, len(actual))


def test_errors_beyond_float64_do_not_stop_the_count():
    big = 1.5e308
    actual, predicted = np.array([-big, 0.0, 1.0]), np.array([big, 1e300, 1.0])
    accumulator = whole(REGRESSION, actual, predicted)
    found = {name: value for name, (value, _) in compute(REGRESSION, accumulator).items()}
    assert all(math.isfinite(value) for value in found.values())
    largest = np.finfo(float).max
    assert found["rmse"] == pytest.approx(largest / math.sqrt(3), rel=1e-9)
    left = accumulator.merged(whole(REGRESSION, actual[:2], predicted[:2]), sign=-1)
    assert left.to_bytes() == whole(REGRESSION, [1.0], np.array([1.0])).to_bytes()


@given(st.data())
def test_any_numbers_in_any_order(data):
    number = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 3))
    pairs = data.draw(st.lists(st.tuples(number, number), min_size=2, max_size=30))
    y, p = (np.array(column) for column in zip(*pairs, strict=True))
    shuffled = data.draw(st.permutations(pairs))
    cut = data.draw(st.integers(0, len(pairs)))
    parts = [
        whole(REGRESSION, [a for a, _ in part], np.array([b for _, b in part], np.float64))
        for part in (shuffled[:cut], shuffled[cut:])
    ]
    found = {name: value for name, (value, _) in compute(REGRESSION, merge(parts)).items()}
    for name in ("rmse", "mae", "mape"):
        assert found[name] == pytest.approx(OF_NUMBERS[name](y, p), rel=1e-9), name
    if np.ptp(y) > 1e-3:
        assert found["r2"] == pytest.approx(sk.r2_score(y, p), rel=1e-9, abs=1e-9)


def test_names_are_checked_with_the_nearest():
    check_names(TargetType.BINARY, ["auc", "ks"])
    with pytest.raises(InvalidInput, match="Did you mean 'balanced_accuracy'") as refused:
        check_names(TargetType.BINARY, ["balanced_acuracy"])
    assert "log_loss" in refused.value.advice
    with pytest.raises(InvalidInput):
        check_names(TargetType.REGRESSION, ["auc"])


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (TargetType.REGRESSION, "rmse mae mape r2"),
        (
            TargetType.BINARY,
            "log_loss auc accuracy balanced_accuracy precision recall f1 fpr mcc brier gini ks",
        ),
        (TargetType.MULTICLASS, "log_loss accuracy balanced_accuracy macro_f1"),
    ],
)
def test_the_metrics_there_are(kind, names):
    assert [metric.name for metric in METRICS[kind]] == names.split()
    lower = {"rmse", "mae", "mape", "log_loss", "fpr", "brier"}
    assert {m.name for m in METRICS[kind] if not m.greater_is_better} == lower & set(names.split())
