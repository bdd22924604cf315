"""Predicting: rows in, scores from a worker, recorded, then answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..domain.baseline import predicted_labels
from ..domain.errors import InvalidInput, InvalidRows, ModelFailed, PredictsElsewhere
from ..domain.frames import Frame, Values, conform
from ..domain.kinds import TargetType
from ..domain.target import Target
from ..domain.unstructured import Body
from ..monitoring.rows import PredictionRows, Segments
from ..serving.specs import Scores, WorkerSpec
from . import columns, segments
from .champions import Champion
from .columns import Table
from .services import Services

#: Rows that are recorded as one batch.
BATCH_ROWS = 16_384
#: From so many rows on, checking them is not left to the event loop.
_MANY_ROWS = 256


#: Columns of equal length by name.
Answer = dict[str, Values]


@dataclass(frozen=True)
class Wishes:
    """What a caller may say about a request."""

    timestamp_column: str | None = None
    association_id_column: str | None = None
    passthrough: Sequence[str] = ()
    first_row: int = 0
    """What the answer counts its rows from."""


class Written(NamedTuple):
    """An answer's body, and the milliseconds that its scores took, if a model was asked."""

    body: bytes
    model_ms: float | None = None


class CallerGone(Exception):
    """Who asked waits no more, and nothing was recorded yet."""


@dataclass(frozen=True)
class _Prepared:
    frame: Frame
    association_ids: list[str | None] | None
    timestamps: Any
    passed: dict[str, Values]
    segments: Segments | None = None
    first_row: int = 0


async def predict(
    services: Services,
    champion: Champion,
    table: Table,
    wishes: Wishes,
    write: Callable[[Answer], Awaitable[bytes]],
    gone: asyncio.Future[None] | None = None,
) -> Written:
    """Predictions for the rows, in their order, as ``write`` gives them.

    Every one is recorded when this returns; ``write`` works while that is done. It is given
    columns of n values: ``row``, ``prediction``, ``probability_<label>`` …, ``threshold``
    (binary), ``association_id``, ``timestamp``, ``package``, ``deployment``, and what was to be
    passed through. ``gone`` is done when the caller waits no more: many rows are then predicted no
    further than the part that the model is at. All rows are recorded, or none.

    Raises
    ------
    CallerGone
        when ``gone`` was done before the rows began to be recorded.
    DeploymentInactive, PredictsElsewhere
        when the deployment does not predict.
    SignatureMismatch
        when a column is missing or a value has the wrong type; ``column`` and ``row``.
    WrongTargetType
        when its model answers whole requests.
    InvalidInput, InvalidRows
        when a named column is missing, or an association ID or timestamp cannot be taken.
    ModelRejectedInput, ModelFailed, WorkerUnavailable
        as `serving.pool.WorkerPool.predict`.

    """
    champion.check_active()
    champion.check_rows()
    check_hosted(champion)
    if not table.n and not table.columns:
        prepared = _Prepared({}, None, np.empty(0, np.int64), {})
    elif table.n > _MANY_ROWS:
        prepared = await services.in_bulk(100 * table.n, _prepare, champion, table, wishes)
    else:
        prepared = _prepare(champion, table, wishes)
    if table.n == 0:
        none = _no_probabilities(champion.target)
        return Written(await write(_answer(champion, prepared, np.empty(0), none, None)))
    spec = await services.champions.spec_of(services, champion)
    assert spec is not None
    began = time.perf_counter()

    def follow(scores: Scores) -> tuple[Answer, float]:
        latency = 1000 * (time.perf_counter() - began)
        rows, answer = _scored(champion, prepared, scores, latency)
        services.recorder.write(champion.tracked, rows)
        return answer, latency

    few = table.n <= _MANY_ROWS
    asked = services.pool.predict(
        spec, prepared.frame, follow if few else None, champion.predict_seconds
    )
    made = await asked if few or gone is None else await _unless(gone, asked)
    if not isinstance(made, Scores):
        answer, latency = made
        return Written(await write(answer), latency)
    latency = 1000 * (time.perf_counter() - began)
    return await _record(services, champion, prepared, made, latency, write, gone)


async def predict_body(
    services: Services,
    champion: Champion,
    spec: WorkerSpec,
    body: Body,
    table: Table | None,
    wishes: Wishes,
    write: Callable[[Answer], Awaitable[bytes]],
    gone: asyncio.Future[None] | None = None,
) -> tuple[Written, int]:
    """Predictions for the rows of a body that the model's own code reads as it was sent.

    ``table`` is what is known of the rows: they are checked, tied to what happens later and
    tracked as `predict` does it, which this raises as. Without it nothing is known but what the
    model answers: as many rows are recorded, each without association ID and inputs. How many
    rows there were comes with the answer.

    Raises
    ------
    InvalidRows
        when nothing is known of rows that must have association IDs.

    """
    if table is None:
        _check_unread(champion, wishes)
        known = None
    elif table.n > _MANY_ROWS:
        known = await services.in_bulk(100 * table.n, _prepare, champion, table, wishes)
    else:
        known = _prepare(champion, table, wishes)
    began = time.perf_counter()
    rows = None if table is None else table.n
    asked = services.pool.predict_body(spec, body, rows, champion.predict_seconds)
    made = await asked if gone is None else await _unless(gone, asked)
    latency = 1000 * (time.perf_counter() - began)
    prepared = _unread(champion, len(made), wishes) if known is None else known
    if len(made) == 0:
        none = _no_probabilities(champion.target)
        return Written(
            await write(_answer(champion, prepared, np.empty(0), none, None)), latency
        ), 0
    written = await _record(services, champion, prepared, made, latency, write, gone)
    return written, len(made)


@dataclass(frozen=True)
class _NoColumns:
    """Rows of which nothing is known."""

    n: int
    columns: Mapping[str, Values] = field(default_factory=dict)


def _check_unread(champion: Champion, wishes: Wishes) -> None:
    """Refuse what cannot be done for rows that only the model's code can read."""
    nothing = _NoColumns(0)
    for name, parameter in (
        (wishes.association_id_column, "association_id_column"),
        (wishes.timestamp_column, "timestamp_column"),
        *((name, "passthrough") for name in wishes.passthrough),
    ):
        if name is not None:
            columns.named(nothing, name, parameter)
    _association_ids(champion, nothing, wishes, {})


def _unread(champion: Champion, n: int, wishes: Wishes) -> _Prepared:
    return _Prepared(
        {},
        None,
        np.full(n, columns.now(), np.int64),
        {},
        segments.values_of(champion, _NoColumns(n)),
        wishes.first_row,
    )


async def _record(
    services: Services,
    champion: Champion,
    prepared: _Prepared,
    made: Scores,
    latency: float,
    write: Callable[[Answer], Awaitable[bytes]],
    gone: asyncio.Future[None] | None,
) -> Written:
    """Record the predictions, and give the answer's body when they are."""
    n = len(made)
    if n <= _MANY_ROWS:
        rows, answer = _scored(champion, prepared, made, latency)
        parts = [rows]
    else:
        parts, answer = await services.in_bulk(
            100 * n, _in_parts, champion, prepared, made, latency
        )
        if gone is not None and gone.done():
            raise CallerGone
    futures = [services.recorder.recording(champion.tracked, part, counted=False) for part in parts]
    try:
        return Written(await write(answer), latency)
    finally:
        await (futures[0] if len(futures) == 1 else asyncio.gather(*futures))


def check_hosted(champion: Champion) -> None:
    """Refuse to ask a model that is hosted elsewhere; raises `PredictsElsewhere`."""
    if champion.served is None:
        raise PredictsElsewhere(
            f"The model {champion.package} of {champion.label!r} is hosted elsewhere; it is not "
            "asked here.",
            advice="Ask its host, then report what it predicted: POST "
            f"deployments/{champion.deployment_id}/reports, Deployment.report(), or the Reporter "
            "on the host.",
            fields={"deployment": champion.label, "reports": f"{champion.deployment_id}/reports"},
        )


async def _unless(gone: asyncio.Future[None], asked: Coroutine[Any, Any, Scores]) -> Scores:
    """What is asked of a model, which is let go when the caller is."""
    task = asyncio.ensure_future(asked)

    def let_go(_: asyncio.Future[None]) -> None:
        task.cancel()

    gone.add_done_callback(let_go)
    try:
        return await task
    except asyncio.CancelledError:
        if gone.done():
            raise CallerGone from None
        raise
    finally:
        gone.remove_done_callback(let_go)


def _in_parts(
    champion: Champion, prepared: _Prepared, scores: Scores, latency: float
) -> tuple[list[PredictionRows], Answer]:
    """What to record, in batches, and what to answer."""
    rows, answer = _scored(champion, prepared, scores, latency)
    return [rows.take(slice(i, i + BATCH_ROWS)) for i in range(0, len(rows), BATCH_ROWS)], answer


def _scored(
    champion: Champion, prepared: _Prepared, scores: Scores, latency: float
) -> tuple[PredictionRows, Answer]:
    """What to record, and what to answer."""
    n = len(prepared.timestamps)
    values, probabilities = _in_target_order(champion, scores)
    labels = predicted_labels(champion.target, values, probabilities)
    plan = champion.plan
    rows = PredictionRows(
        package_id=champion.package_id,
        timestamps=prepared.timestamps,
        values=values,
        labels=np.zeros(n, np.int64) if labels is None else labels,
        association_ids=prepared.association_ids,
        probabilities=probabilities if champion.target.type is TargetType.MULTICLASS else None,
        latency_ms=np.full(n, latency),
        features=columns.feature_texts(prepared.frame, n) if champion.store_features else None,
        bins=None
        if plan is None
        else plan.bins(prepared.frame, n, values if labels is None else labels),
        plan=plan,
        segments=prepared.segments,
    )
    return rows, _answer(champion, prepared, values, probabilities, labels)


def _prepare(champion: Champion, table: Table, wishes: Wishes) -> _Prepared:
    reasons: columns.Reasons = {}
    ids = _association_ids(champion, table, wishes, reasons)
    if wishes.timestamp_column is None:
        moments = np.full(table.n, columns.now(), np.int64)
    else:
        given = columns.named(table, wishes.timestamp_column, "timestamp_column")
        moments = columns.timestamps(given, reasons)
    columns.refuse(reasons, "rows")
    passed = {}
    for name in wishes.passthrough:
        if name in _reserved(champion.target):
            raise InvalidInput(
                f"The column {name!r} cannot be passed through: the answer has one of that name.",
                advice="Rename it.",
                fields={"passthrough": f"reserved: {name}"},
            )
        passed[name] = columns.named(table, name, "passthrough")
    frame = conform(champion.signature, table.columns, table.n)
    return _Prepared(
        frame,
        ids,
        moments,
        passed,
        segments.values_of(champion, table, frame),
        wishes.first_row,
    )


def _association_ids(
    champion: Champion, table: Table, wishes: Wishes, reasons: columns.Reasons
) -> list[str | None] | None:
    if wishes.association_id_column is not None:
        given: Values = columns.named(table, wishes.association_id_column, "association_id_column")
    elif champion.association_id_column in table.columns:
        given = table.columns[str(champion.association_id_column)]
    elif champion.association_id_required:
        raise InvalidRows(
            f"The deployment {champion.label!r} requires association IDs, and the rows have no "
            f"column {champion.association_id_column!r}.",
            advice="Send it, or name another with association_id_column.",
            fields={"column": champion.association_id_column},
        )
    else:
        return None
    return columns.association_ids(given, reasons, required=champion.association_id_required)


def _in_target_order(champion: Champion, scores: Scores) -> tuple[Any, Any]:
    """Values (numbers, or the positive class's probabilities) and probabilities, shape (n, K)."""
    if scores.values is not None:
        _check_finite(champion, scores.values)
        return scores.values, None
    probabilities = scores.probabilities
    assert probabilities is not None
    _check_finite(champion, probabilities)
    if champion.order is not None:
        probabilities = probabilities[:, champion.order]
    if champion.target.type is TargetType.BINARY:
        positive = champion.target.positive_index
        return np.ascontiguousarray(probabilities[:, positive]), probabilities
    return np.full(len(probabilities), np.nan), probabilities


def _check_finite(champion: Champion, scores: Any) -> None:
    if np.isfinite(scores).all():
        return
    bad = ~np.isfinite(scores)
    row = int(np.argmax(bad if bad.ndim == 1 else bad.any(axis=1)))
    raise ModelFailed(
        f"The model {champion.package} answered no finite number for row {row}.",
        advice="Look at that row's values; the model may not know what to do with them.",
        fields={"row": row},
    )


def _no_probabilities(target: Target) -> Any:
    return np.empty((0, len(target.class_labels))) if target.type.is_classification else None


def _answer(
    champion: Champion, prepared: _Prepared, values: Any, probabilities: Any, labels: Any
) -> Answer:
    target, n = champion.target, len(prepared.timestamps)
    answer: Answer = {"row": np.arange(prepared.first_row, prepared.first_row + n)}
    if probabilities is None:
        answer["prediction"] = values
    else:
        names = target.class_labels
        positions = [] if labels is None else labels.tolist()
        answer["prediction"] = [names[i] for i in positions]
        for i, label in enumerate(names):
            answer[f"probability_{label}"] = probabilities[:, i]
    if target.type is TargetType.BINARY:
        answer["threshold"] = np.full(n, target.threshold)
    answer["association_id"] = prepared.association_ids or [None] * n
    answer["timestamp"] = prepared.timestamps.astype("datetime64[us]")
    answer["package"] = [champion.package] * n
    answer["deployment"] = [champion.label] * n
    return answer | prepared.passed


def _reserved(target: Target) -> set[str]:
    return {
        "row",
        "prediction",
        "threshold",
        "association_id",
        "timestamp",
        "package",
        "deployment",
        *(f"probability_{label}" for label in target.class_labels),
    }
