"""The rule that says of accuracy whether a deployment passes, warns or fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_registry.domain.accuracy_status import MAIN_METRICS, judged
from jupyter_registry.domain.entities import MetricValue
from jupyter_registry.domain.kinds import Status, TargetType
from jupyter_registry.domain.metrics import METRICS

ORDER = [Status.PASSING, Status.WARNING, Status.FAILING]


def of(value: float | None, baseline: float | None = 0.8, n: int = 500) -> MetricValue:
    return MetricValue(value=value, n=n, baseline=baseline)


@pytest.mark.parametrize(
    ("auc", "status"),
    [
        (0.85, "passing"),
        (0.8, "passing"),
        (0.761, "passing"),
        (0.76, "warning"),
        (0.7201, "warning"),
        (0.72, "failing"),
        (0.5, "failing"),
    ],
)
def test_auc_is_better_the_higher(auc: float, status: str) -> None:
    assert judged(TargetType.BINARY, {"auc": of(auc)})[0] == status


@pytest.mark.parametrize(
    ("rmse", "status"),
    [(7.0, "passing"), (8.39, "passing"), (8.4, "warning"), (8.8, "failing")],
)
def test_rmse_is_better_the_lower(rmse: float, status: str) -> None:
    assert judged(TargetType.REGRESSION, {"rmse": of(rmse, 8.0)})[0] == status


def test_why_is_said_in_words() -> None:
    assert judged(TargetType.BINARY, {"auc": of(0.7)}) == (
        Status.FAILING,
        "AUC 0.7 is 12.5 % worse than the baseline 0.8, over 500 rows; 10 % is too much.",
    )
    assert judged(TargetType.REGRESSION, {"rmse": of(6, 8.0)})[1] == (
        "RMSE 6 is 25 % better than the baseline 8, over 500 rows."
    )
    assert "as good as the baseline 0.8" in judged(TargetType.BINARY, {"auc": of(0.8)})[1]


def test_what_cannot_be_told_is_unknown() -> None:
    assert "answers whole requests" in judged(TargetType.UNSTRUCTURED, {})[1]
    for target_type in set(TargetType) - {TargetType.UNSTRUCTURED}:
        status, reason = judged(target_type, {})
        assert (status, reason) == (Status.UNKNOWN, "No prediction has met its actual yet.")
    few = judged(TargetType.BINARY, {"auc": of(0.1, n=99)})
    assert few == (Status.UNKNOWN, "100 rows with actual are needed to tell; 99 have it.")
    assert judged(TargetType.BINARY, {"auc": of(0.1, n=100)})[0] is Status.FAILING
    status, reason = judged(TargetType.BINARY, {"auc": of(0.7, None)})
    assert status is Status.UNKNOWN
    assert "no baseline: register the package with holdout data" in reason
    status, reason = judged(TargetType.REGRESSION, {"rmse": of(1.0, 0.0)})
    assert status is Status.UNKNOWN
    assert "baseline of 0" in reason
    assert judged(TargetType.REGRESSION, {"rmse": of(0.0, 0.0)})[0] is Status.PASSING


def test_the_next_metric_decides_where_the_first_is_not_known() -> None:
    reported = {"auc": of(None), "accuracy": of(0.6)}  # without probabilities
    assert "Accuracy 0.6 is 25 % worse" in judged(TargetType.BINARY, reported)[1]
    classes = {"accuracy": of(0.6, None), "log_loss": of(1.0, 0.95)}
    assert judged(TargetType.MULTICLASS, classes)[0] is Status.WARNING
    for target_type, names in MAIN_METRICS.items():
        assert set(names) <= {metric.name for metric in METRICS[target_type]}


@given(
    st.sampled_from(["auc", "log_loss"]),
    st.floats(0.05, 1.0),
    st.lists(st.floats(0.05, 1.0), min_size=2, max_size=2),
)
def test_worse_is_never_judged_better(name: str, baseline: float, values: list[float]) -> None:
    greater = name == "auc"
    target_type = TargetType.BINARY if greater else TargetType.MULTICLASS
    worse, better = sorted(values, reverse=not greater)
    statuses = [judged(target_type, {name: of(value, baseline)})[0] for value in (worse, better)]
    assert ORDER.index(statuses[0]) >= ORDER.index(statuses[1])
