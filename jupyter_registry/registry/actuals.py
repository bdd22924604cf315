"""Actuals: what really happened, matched with predictions by association ID."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..domain.entities import ActualsResult, RowRejected
from ..domain.frames import Values
from ..domain.kinds import TargetType
from ..monitoring.rows import ActualRows
from . import columns
from .batches import Read, id_column, in_whole, recorded
from .champions import Champion
from .columns import Reasons, Table
from .services import Services


def record(
    services: Services,
    champion: Champion,
    read: Read,
    *,
    association_id_column: str | None = None,
    value_column: str | None = None,
    timestamp_column: str | None = None,
) -> ActualsResult:
    """Record what really happened. Blocks: to be run beside the event loop.

    A row that cannot be taken is rejected, with its reason; the others are recorded. Of an anomaly
    the value is true or false, or 1 or 0: whether the row was one.

    Raises
    ------
    DeploymentInactive
        when the deployment takes none.
    InvalidInput
        when a column is missing, or the body cannot be read to its end; nothing is then
        recorded.

    """
    champion.check_active()
    champion.check_rows()
    rejected = 0
    rejections: list[RowRejected] = []

    def good() -> Iterator[ActualRows]:
        nonlocal rejected
        start = 0
        for table in in_whole(read):
            rows, reasons = _actuals(
                champion, table, association_id_column, value_column, timestamp_column
            )
            rejected += len(reasons)
            room = columns.LISTED - len(rejections)
            rejections.extend(
                RowRejected.model_validate(item) for item in columns.listed(reasons, start)[:room]
            )
            start += table.n
            yield rows

    outcome = recorded(services, champion, good())
    return ActualsResult(
        accepted=outcome.accepted,
        matched=outcome.matched,
        replaced=outcome.replaced,
        waiting=outcome.waiting,
        rejected=rejected,
        rejections=rejections,
    )


def _actuals(
    champion: Champion,
    table: Table,
    given_id: str | None,
    value_column: str | None,
    timestamp_column: str | None,
) -> tuple[ActualRows, Reasons]:
    target, reasons = champion.target, Reasons()
    id_name = id_column(champion, table, given_id)
    ids = columns.association_ids(
        columns.named(table, id_name, "association_id_column"), reasons, required=True
    )
    name = value_column or ("value" if "value" in table.columns else None)
    if name is None:
        name = target.name if target.name in table.columns else "value"
    given = columns.named(table, name, "value_column")
    if target.type.is_classification:
        values = columns.class_indices(given, target, reasons, "value", required=True).astype(
            np.float64
        )
    elif target.type is TargetType.ANOMALY:
        values = columns.yes_or_no(given, reasons, "value")
    else:
        values = columns.numbers(given, reasons, "value", required=True)
    moments = None
    if timestamp_column is not None or "timestamp" in table.columns:
        when = columns.named(table, timestamp_column or "timestamp", "timestamp_column")
        moments = _moments_or_none(when, reasons)
    rows = ActualRows(ids, values, moments)  # type: ignore[arg-type]  # refused rows are dropped
    if reasons:
        good = np.setdiff1d(np.arange(table.n), np.fromiter(reasons, np.int64, len(reasons)))
        rows = rows.take(good)
    return rows, reasons


def _moments_or_none(values: Values, reasons: Reasons) -> list[int | None]:
    own: Reasons = {}
    moments = columns.timestamps(values, own).tolist()
    missing = np.iinfo(np.int64).min  # how NaT is written
    for row, reason in own.items():
        if moments[row] != missing or "no timestamp" not in reason:
            reasons.setdefault(row, reason)
    return [None if moment == missing else moment for moment in moments]
