"""Predictions made outside: checked all together, then recorded.

A body may have many rows, so it is gone through in batches, twice: all of it is checked before
any of it is recorded. A small body is kept from the first time. `attribution` says whose the
rows are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..domain.baseline import predicted_labels
from ..domain.entities import ReportResult
from ..domain.errors import InvalidInput
from ..domain.frames import Values
from ..domain.kinds import TargetType
from ..domain.target import Target
from ..monitoring.rows import Floats, Ints, PredictionRows
from . import columns, segments
from .attribution import Attribution, Part, without_superseded
from .batches import KEPT_ROWS, Read, filled, id_column, recorded
from .champions import Champion
from .columns import Reasons, Table
from .feature_columns import leniently
from .services import Services

#: The sum of a row's probabilities may differ from 1 by so much.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class _Batch:
    """Rows of a table, by the package that made them, and how many of it count no more."""

    parts: list[PredictionRows]
    superseded: int
    reasons: Reasons


def report(
    services: Services,
    champion: Champion,
    read: Read,
    *,
    association_id_column: str | None = None,
    timestamp_column: str | None = None,
    package_id: int | None = None,
) -> ReportResult:
    """Record predictions made outside. Blocks: to be run beside the event loop.

    Columns: the association ID (``association_id``, or the deployment's own column),
    ``timestamp`` (default: now), ``prediction`` (number or class label), ``probability`` (of
    the positive class) or ``probability_<label>`` for every label, ``latency_ms``; others are
    features. The same association ID again replaces.

    ``package_id``: the package that made them, one of the deployment's history. By default
    each row is the package's that was in service at its timestamp, or, from before there was
    any, the first one's.

    Raises
    ------
    DeploymentInactive
        when the deployment takes none.
    InvalidInput
        when a column is missing, or the package was never in service.
    InvalidRows
        when any row cannot be taken; none is then recorded.

    """
    champion.check_active()
    champion.check_rows()
    attribution = Attribution(services, champion, package_id)
    superseded = 0

    def make(table: Table) -> _Batch:
        return _batch(attribution, table, association_id_column, timestamp_column)

    def parts() -> Iterator[PredictionRows]:
        nonlocal superseded
        for batch in _checked(read, make, "reported rows"):
            superseded += batch.superseded
            yield from batch.parts

    outcome = recorded(services, champion, parts())
    return ReportResult(
        accepted=outcome.accepted + superseded,
        replaced=outcome.replaced + superseded,
        matched=outcome.matched,
    )


def _checked(read: Read, make: Callable[[Table], _Batch], what: str) -> Iterator[_Batch]:
    """The batches of a body, after all of it was found good."""
    kept: list[_Batch] | None = []
    reasons: Reasons = {}
    start = 0
    for table in filled(read()):
        batch = make(table)
        reasons.update({start + row: reason for row, reason in batch.reasons.items()})
        start += table.n
        if kept is not None:
            kept.append(batch)
            if start > KEPT_ROWS:
                kept = None
    columns.refuse(reasons, what)
    if kept is not None:
        yield from kept
        return
    for table in filled(read()):
        yield make(table)


def _batch(
    attribution: Attribution, table: Table, given_id: str | None, timestamp_column: str | None
) -> _Batch:
    """The rows of a table, by package."""
    reasons = Reasons()
    name = "timestamp" if timestamp_column is None else timestamp_column
    if timestamp_column is not None or "timestamp" in table.columns:
        moments = columns.timestamps(columns.named(table, name, "timestamp_column"), reasons)
    else:
        moments = np.full(table.n, columns.now(), np.int64)
    made: list[tuple[PredictionRows, Ints]] = []
    for champion, at in attribution.parts(moments):
        if at is None:
            rows, bad = _predictions(champion, table, given_id, name, moments)
            return _Batch([rows], 0, bad | reasons)
        rows, bad = _predictions(champion, Part(table, at), given_id, name, moments[at])
        made.append((rows, at))
        reasons = {int(at[row]): reason for row, reason in bad.items()} | reasons
    parts, superseded = without_superseded(made)
    return _Batch(parts, superseded, reasons)


def _predictions(
    champion: Champion, table: Table, given_id: str | None, timestamp_column: str, moments: Ints
) -> tuple[PredictionRows, Reasons]:
    """All rows of a table as made by one package."""
    target, reasons = champion.target, Reasons()
    id_name = id_column(champion, table, given_id)
    given = table.columns
    ids = columns.association_ids(
        columns.named(table, id_name, "association_id_column"), reasons, required=True
    )
    used = {id_name, timestamp_column, "prediction", "probability", "latency_ms"}
    values, labels, probabilities = _scores(target, table, reasons)
    latency = given.get("latency_ms")
    used.update(f"probability_{label}" for label in target.class_labels)
    others = {name: v for name, v in given.items() if name not in used}
    plan, bins = champion.plan, None
    if plan is not None:
        predicted = labels if target.type.is_classification else values
        bins = plan.bins(leniently(plan, others), table.n, predicted)
    return (
        PredictionRows(
            package_id=champion.package_id,
            timestamps=moments,
            values=values,
            labels=labels,
            association_ids=ids,
            probabilities=probabilities,
            latency_ms=None
            if latency is None
            else columns.numbers(latency, reasons, "latency_ms", required=False),
            features=columns.feature_texts(others, table.n) if champion.store_features else None,
            bins=bins,
            plan=plan,
            segments=segments.values_of(champion, table),
        ),
        reasons,
    )


def _scores(target: Target, table: Table, reasons: Reasons) -> tuple[Floats, Ints, Floats | None]:
    """Values, indices of predicted classes, and (multiclass) probabilities."""
    unknown = np.full(table.n, np.nan)
    if target.type.is_numeric:
        given = columns.named(table, "prediction", "prediction")
        values = columns.numbers(given, reasons, "prediction", required=True)
        return values, np.zeros(table.n, np.int64), None
    if target.type is TargetType.BINARY:
        positive = _positive(target, table, reasons)
        values = unknown if positive is None else positive
        by_threshold = predicted_labels(target, values, None)
        assert by_threshold is not None
        of_scores: Ints = by_threshold
        known: NDArray[np.bool_] = ~np.isnan(values)
        probabilities = None
        has_scores = positive is not None
    else:
        values = unknown
        probabilities = _probabilities(target, table, reasons)
        has_scores = probabilities is not None
        scores = np.full((table.n, 1), np.nan) if probabilities is None else probabilities
        known = np.logical_not(np.isnan(scores).any(axis=1))
        of_scores = np.argmax(scores, axis=1)
    labels = _labels(target, table, reasons, of_scores, known)
    if labels is None and not has_scores:
        raise InvalidInput(
            "The rows have neither a prediction nor probabilities.",
            advice=_expected(target),
            fields={"column": "prediction", "known": [str(c) for c in table.columns][:100]},
        )
    chosen = np.where(known, of_scores, -1) if labels is None else labels
    for row in np.flatnonzero(chosen < 0).tolist():
        reasons.setdefault(row, "It has neither a prediction nor a probability.")
    return values, np.maximum(chosen, 0), probabilities


def _labels(
    target: Target,
    table: Table,
    reasons: Reasons,
    of_scores: Ints,
    known: NDArray[np.bool_],
) -> Ints | None:
    """The reported classes, or where one is null, the one that the scores give."""
    given = table.columns.get("prediction")
    if given is None:
        return None
    reported = columns.class_indices(given, target, reasons, "prediction", required=False)
    return np.where((reported < 0) & known, of_scores, reported)


def _positive(target: Target, table: Table, reasons: Reasons) -> Floats | None:
    """The probability of the positive class, from whichever column says it."""
    negative = target.class_labels[1 - target.positive_index]
    for name, turned in (
        ("probability", False),
        (f"probability_{target.positive_class}", False),
        (f"probability_{negative}", True),
    ):
        given = table.columns.get(name)
        if given is not None:
            values = _unit(given, reasons, name)
            return 1.0 - values if turned else values
    return None


def _probabilities(target: Target, table: Table, reasons: Reasons) -> Floats | None:
    names = [f"probability_{label}" for label in target.class_labels]
    present = [name for name in names if name in table.columns]
    if not present:
        return None
    if len(present) < len(names):
        missing = [name for name in names if name not in table.columns]
        raise InvalidInput(
            f"The rows have probabilities of some classes only; {', '.join(missing)} are missing.",
            advice=_expected(target),
            fields={"column": missing[0], "missing": missing},
        )
    matrix = np.stack([_unit(table.columns[name], reasons, name) for name in names], axis=1)
    off = np.abs(matrix.sum(axis=1) - 1.0) > _TOLERANCE
    for row in np.flatnonzero(off).tolist():
        reasons.setdefault(row, f"Its probabilities sum to {matrix[row].sum():.6g}, not 1.")
    partly = np.isnan(matrix).any(axis=1) & ~np.isnan(matrix).all(axis=1)
    for row in np.flatnonzero(partly).tolist():
        reasons.setdefault(row, "It has probabilities of some classes only.")
    return matrix


def _unit(values: Values, reasons: Reasons, what: str) -> Floats:
    result = columns.numbers(values, reasons, what, required=False)
    outside = (result < 0.0) | (result > 1.0)
    for row in np.flatnonzero(outside).tolist():
        reasons.setdefault(row, f"Its {what} {result[row]:.6g} is outside 0 to 1.")
    return result


def _expected(target: Target) -> str:
    if target.type is TargetType.BINARY:
        return f"Send probability (of {target.positive_class!r}), or prediction (the class)."
    listed = ", ".join(f"probability_{label}" for label in target.class_labels[:10])
    return f"Send {listed}, or prediction (the class)."
