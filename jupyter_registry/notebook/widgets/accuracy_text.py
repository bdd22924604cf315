"""The words and tables of `AccuracyView`: summary, empty states, the metrics at a threshold."""

from __future__ import annotations

from html import escape
from math import sqrt
from typing import TYPE_CHECKING

from ...client import html
from ...domain.kinds import TargetType
from ...domain.metrics import METRICS, Metric

if TYPE_CHECKING:
    from ...client.accuracy import Accuracy
    from ...client.accuracy_details import AccuracyDetails
    from ...client.deployments import Deployment


def metric_of(target_type: TargetType, name: str) -> Metric:
    """A metric of a target type by its name."""
    return next(one for one in METRICS[target_type] if one.name == name)


def summary(accuracy: Accuracy, metric: Metric) -> str:
    """One line: the metric over all, its baseline, and the rows that it rests on."""
    overall = accuracy.overall
    predicted = overall.n_predicted if overall else 0
    matched = overall.n if overall else 0
    found = overall.metrics.get(metric.name) if overall else None
    parts = [escape(accuracy.segment_words)] if accuracy.segment is not None else []
    if found is not None and found.value is not None:
        parts.append(f"{escape(metric.title)} <strong>{html.text(found.value)}</strong>")
        parts.append(_compared(found.value, found.baseline, found.change_percent, metric))
    rows = f"{matched:,} of {predicted:,} predictions have their actual"
    parts.append(rows if predicted else "No predictions")
    return f"<div>{' · '.join(parts)}</div>"


def in_words(accuracy: Accuracy | None, metric: Metric) -> str:
    """The same without markup, short."""
    found = accuracy.overall.metrics.get(metric.name) if accuracy and accuracy.overall else None
    if accuracy is None or found is None or found.value is None:
        return "no actuals yet"
    part = f" with {accuracy.segment_words}" if accuracy.segment is not None else ""
    return f"{metric.title} {html.text(found.value)} of {found.n:,} rows{part}"


def _compared(value: float, baseline: float | None, change: float | None, metric: Metric) -> str:
    if baseline is None:
        return "no baseline"
    if value == baseline:
        return f"as the baseline {html.text(baseline)}"
    word = "better" if (value > baseline) == metric.greater_is_better else "worse"
    much = "" if change is None else f"{abs(change):.3g} % "
    return f"{much}{word} than the baseline {html.text(baseline)}"


def nothing(accuracy: Accuracy, deployment: Deployment, *, all_time: bool) -> tuple[str, str]:
    """Why there is nothing to draw, and what to do about it; two empty texts if there is."""
    predicted = accuracy.overall.n_predicted if accuracy.overall else 0
    if accuracy.overall is not None and accuracy.overall.n:
        return "", ""
    if not predicted and accuracy.segment is not None:
        return (
            f"No prediction here has {accuracy.segment_words}.",
            "Choose another segment or time.",
        )
    if not predicted and not all_time:
        return "No prediction was made in this time by these packages.", "Choose another time."
    if predicted:
        id_column = deployment.association_id_column or "id"
        code = (
            f"deployment.actuals(data, association_id_column={id_column!r}, "
            f"value_column={deployment.target_name!r})"
        )
        return "No actual has arrived yet.", f"Send them with <code>{escape(code)}</code>"
    if deployment.kind.is_hosted:
        return "No prediction has been made yet.", "Ask with <code>deployment.predict(data)</code>"
    return (
        "No prediction has been reported yet.",
        "Report them with <code>deployment.report(data)</code>",
    )


def empty(title: str, advice: str, style: str) -> str:
    """The box in a picture's place; ``advice`` is HTML."""
    return (
        f'<div class="jr-empty" role="status" style="{style}">'
        f'<strong>{escape(title)}</strong><div class="jr-muted">{advice}</div></div>'
    )


# --- the threshold ------------------------------------------------------------------------


_RATES = ("precision", "recall", "f1", "fpr", "accuracy", "balanced_accuracy", "mcc")


def rates(matrix: list[list[int]], positive: int) -> dict[str, float | None]:
    """Metrics of a binary confusion matrix, by the names and definitions of `domain.metrics`."""
    tp, fn = matrix[positive][positive], matrix[positive][1 - positive]
    fp, tn = matrix[1 - positive][positive], matrix[1 - positive][1 - positive]
    n = tp + fn + fp + tn

    def ratio(part: float, whole: float) -> float | None:
        return None if not n else part / whole if whole else 0.0

    recalls = [part / whole for part, whole in ((tp, tp + fn), (tn, tn + fp)) if whole]
    scale = sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return {
        "accuracy": ratio(tp + tn, n),
        "balanced_accuracy": sum(recalls) / len(recalls) if recalls else None,
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
        "fpr": fp / (fp + tn) if fp + tn else None,
        "mcc": ratio(tp * tn - fp * fn, scale),
    }


def threshold_table(details: AccuracyDetails, threshold: float) -> str:
    """The metrics at a threshold beside those at the one in force; columns keep their places."""
    assert details.positive_class is not None
    positive = details.class_labels.index(details.positive_class)
    columns = {f"at {threshold:.3f}": rates(details.confusion_at(threshold), positive)}
    if details.threshold is not None:
        in_force = rates(details.confusion_at(details.threshold), positive)
        columns[f"in force, {details.threshold:g}"] = in_force
    heads = "".join(f'<th class="jr-num" scope="col">{name}</th>' for name in columns)
    rows = [
        f'<th scope="row">{escape(metric_of(TargetType.BINARY, name).title)}</th>'
        + "".join(f'<td class="jr-num">{_rate(column[name])}</td>' for column in columns.values())
        for name in _RATES
    ]
    return (
        f'<table class="jr-table"><thead><tr><td></td>{heads}</tr></thead><tbody>'
        + "".join(f"<tr>{row}</tr>" for row in rows)
        + "</tbody></table>"
    )


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


# --- without a kernel -----------------------------------------------------------------------


def static(deployment: Deployment, accuracy: Accuracy | None, line: str, image: str) -> str:
    """What a saved notebook shows: title, summary, picture, and the metrics over all."""
    title = f"<div><strong>Accuracy of {escape(deployment.label)}</strong></div>"
    if accuracy is None:
        return f"{title}<div>Run the cell to see it.</div>"
    rows = accuracy.overall_rows()
    numbers = html.table(("metric", "value", "n", "baseline", "change %"), rows) if rows else ""
    return f"{title}{line}{image}{numbers}"
