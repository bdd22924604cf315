"""Bodies of many rows: gone through in batches, recorded while the next one is prepared."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future

from ..monitoring.rows import NOTHING, ActualRows, Outcome, PredictionRows
from .champions import Champion
from .columns import Table
from .services import Services

#: Batches of a body, anew at each call.
Read = Callable[[], Iterable[Table]]


def recorded(
    services: Services, champion: Champion, batches: Iterable[PredictionRows | ActualRows]
) -> Outcome:
    """Record batch after batch, preparing the next while one is written."""
    outcome = NOTHING
    pending: deque[Future[Outcome]] = deque()
    for rows in batches:
        if len(rows):
            pending.append(services.recorder.record(champion.tracked, rows))
        if len(pending) > 1:
            outcome += pending.popleft().result()
    for future in pending:
        outcome += future.result()
    return outcome


def filled(batches: Iterable[Table]) -> Iterator[Table]:
    """Batches but for the one of an empty list, which has not even columns."""
    return (table for table in batches if table.n or table.columns)


def id_column(champion: Champion, table: Table, given: str | None) -> str:
    """The column with the association IDs: as given, ``association_id``, or the deployment's."""
    if given is not None:
        return given
    own = champion.association_id_column
    if "association_id" not in table.columns and own is not None and own in table.columns:
        return own
    return "association_id"
