"""What accuracy says of a deployment: its main metric against the baseline's.

The rule: a deployment fails when the main metric is worse than the baseline by 10 % of the
baseline or more, and warns from 5 % on. The main metric is AUC of two classes, RMSE of numbers,
accuracy of more classes, AUC of anomalies; where it is not known with its baseline, the next of
`MAIN_METRICS`. Nothing is said of fewer than 100 rows with their actual, or without a baseline.
"""

from __future__ import annotations

from collections.abc import Mapping

from .entities import MetricValue
from .kinds import Status, TargetType
from .metrics import METRICS, Metric

#: Worse than the baseline by this share of it, from which on a deployment warns, or fails.
WARNING, FAILING = 0.05, 0.10
#: Rows with their actual that are needed to tell.
LEAST_ROWS = 100
#: The metrics that decide: the first that is known with its baseline.
MAIN_METRICS: Mapping[TargetType, tuple[str, ...]] = {
    TargetType.REGRESSION: ("rmse", "mae"),
    TargetType.BINARY: ("auc", "accuracy"),
    TargetType.MULTICLASS: ("accuracy", "log_loss"),
    TargetType.ANOMALY: ("auc", "ks"),
    TargetType.UNSTRUCTURED: (),
}
#: What is said where nothing is predicted that could be compared.
NO_ROWS = (
    "An unstructured model answers whole requests: there are no rows, so neither accuracy nor "
    "drift. Its requests, errors and times are in the service health."
)
#: Shares are compared to so many digits: 0.72 is 10 % below 0.8, whatever binary fractions say.
_DIGITS = 9


def judged(target_type: TargetType, metrics: Mapping[str, MetricValue]) -> tuple[Status, str]:
    """The status, and why, in a sentence.

    Parameters
    ----------
    metrics
        By name: of all rows that are to be judged by, as in `entities.Accuracy.overall`.

    """
    if not target_type.has_rows:
        return Status.UNKNOWN, NO_ROWS
    titles = {metric.name: metric for metric in METRICS[target_type]}
    names = MAIN_METRICS[target_type]
    valued = [name for name in names if name in metrics and metrics[name].value is not None]
    if not valued:
        return Status.UNKNOWN, "No prediction has met its actual yet."
    name = next((name for name in valued if metrics[name].baseline is not None), valued[0])
    found = metrics[name]
    if found.n < LEAST_ROWS:
        counted = f"{found.n:,} {'has' if found.n == 1 else 'have'} it"
        return Status.UNKNOWN, f"{LEAST_ROWS} rows with actual are needed to tell; {counted}."
    return _compared(titles[name], found)


def _compared(metric: Metric, found: MetricValue) -> tuple[Status, str]:
    assert found.value is not None
    said = f"{metric.title} {found.value:.4g}"
    if found.baseline is None:
        return Status.UNKNOWN, (
            f"{said} of {found.n:,} rows has no baseline: register the package with holdout data."
        )
    if not found.baseline and found.value:
        return Status.UNKNOWN, f"{said} cannot be compared in percent with a baseline of 0."
    change = (found.value - found.baseline) / abs(found.baseline) if found.baseline else 0.0
    worse = round(-change if metric.greater_is_better else change, _DIGITS)
    against = f"the baseline {found.baseline:.4g}, over {found.n:,} rows"
    if not worse:
        return Status.PASSING, f"{said} is as good as {against}."
    if worse < 0:
        return Status.PASSING, f"{said} is {-100 * worse:.3g} % better than {against}."
    said = f"{said} is {100 * worse:.3g} % worse than {against}"
    if worse >= FAILING:
        return Status.FAILING, f"{said}; {100 * FAILING:g} % is too much."
    if worse >= WARNING:
        return Status.WARNING, f"{said}; from {100 * WARNING:g} % on is much."
    return Status.PASSING, f"{said}."
