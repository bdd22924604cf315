"""Bodies of many rows: gone through in batches, recorded while the next one is prepared."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress

from ..domain.errors import StorageUnavailable
from ..monitoring.rows import NOTHING, ActualRows, Outcome, PredictionRows
from .champions import Champion
from .columns import Table
from .services import Services

#: Batches of a body, anew at each call.
Read = Callable[[], Iterable[Table]]
#: A body of at most so many rows is kept instead of read again.
KEPT_ROWS = 65_536


def recorded(
    services: Services, champion: Champion, batches: Iterable[PredictionRows | ActualRows]
) -> Outcome:
    """Record batch after batch, preparing the next while one is written.

    Raises
    ------
    StorageUnavailable
        when the database fails on the way; what was recorded before stays, and the error says
        how many rows that are (``fields["recorded"]``).

    """
    outcome = NOTHING
    pending: deque[Future[Outcome]] = deque()
    try:
        for rows in batches:
            if len(rows):
                pending.append(services.recorder.record(champion.tracked, rows))
            if len(pending) > 1:
                outcome += pending.popleft().result()
        while pending:
            outcome += pending.popleft().result()
    except StorageUnavailable as error:
        raise _in_part(error, outcome, pending) from error.__cause__
    return outcome


def _in_part(
    error: StorageUnavailable, outcome: Outcome, pending: Iterable[Future[Outcome]]
) -> StorageUnavailable:
    """The error of a batch, saying what of the body was recorded all the same."""
    for future in pending:
        with suppress(StorageUnavailable):
            outcome += future.result()
    if not outcome.accepted:
        return error
    advice = (
        f"{error.advice} {outcome.accepted:,} of the rows are recorded already; send all of them "
        "again: the same association ID replaces, so that no row counts twice."
    )
    fields = error.fields | {"recorded": outcome.accepted}
    return type(error)(error.detail, advice=advice.strip(), fields=fields)


def in_whole(read: Read) -> Iterator[Table]:
    """The batches of a body, once all of it could be read: what is malformed far down gives none.

    A body of more than `KEPT_ROWS` is read a second time rather than kept.
    """
    kept: list[Table] | None = []
    n = 0
    for table in filled(read()):
        n += table.n
        if kept is not None:
            kept.append(table)
            if n > KEPT_ROWS:
                kept = None
    return iter(kept) if kept is not None else filled(read())


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
