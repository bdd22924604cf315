"""Whose a reported prediction is: the package that is named, or the one in service at its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..domain.frames import Values
from ..monitoring.rows import Ints, PredictionRows
from . import deployment_rows
from .champions import Champion
from .columns import Table
from .packages import get as get_package
from .packages import target_of
from .services import Services


class Part:
    """Some rows of a table, in its order: its columns by name, and ``n`` of them."""

    def __init__(self, table: Table, at: Ints) -> None:
        chosen = at.tolist()
        self.n = len(at)
        self.columns: dict[str, Values] = {
            name: values[at] if isinstance(values, np.ndarray) else [values[row] for row in chosen]
            for name, values in table.columns.items()
        }


class Attribution:
    """Who made the rows of a report.

    A row with the package in service at its timestamp, ``[start, end)``; one from before the
    deployment's first period with its first package. ``package_id`` names the package of all
    rows instead; it must be one of the history.

    Raises
    ------
    InvalidInput
        when the package named was never in service of the deployment.

    """

    def __init__(
        self, services: Services, champion: Champion, package_id: int | None = None
    ) -> None:
        self._services = services
        self._champion = champion
        self._named = champion
        self._is_named = package_id is not None
        #: Starts of all periods in order, and their packages; read when a row needs them.
        self._history: tuple[Ints, Ints] | None = None
        if package_id is not None:
            with services.database.connect() as connection:
                known = deployment_rows.packages_of(connection, champion.deployment_id)
            deployment_rows.check_served(
                package_id, known, otherwise="the one in service at each row's time"
            )
            self._named = self._as_made_by(package_id)

    def parts(self, moments: Ints) -> Iterator[tuple[Champion, Ints | None]]:
        """The deployment as it was with each package, and its rows; ``None`` for all rows.

        ``moments``: when each was made, UTC microseconds since 1970.
        """
        if self._is_named or not len(moments) or int(moments.min()) >= self._champion.since:
            yield self._named, None
            return
        starts, packages = self._periods()
        period = np.maximum(np.searchsorted(starts, moments, side="right") - 1, 0)
        makers = packages[period]
        for package_id in np.unique(makers).tolist():
            at = np.flatnonzero(makers == package_id)
            yield self._as_made_by(package_id), None if len(at) == len(moments) else at

    def _periods(self) -> tuple[Ints, Ints]:
        if self._history is None:
            with self._services.database.connect() as connection:
                periods = deployment_rows.starts_of(connection, self._champion.deployment_id)
            starts, packages = zip(*periods, strict=True)
            self._history = np.array(starts, np.int64), np.array(packages, np.int64)
        return self._history

    def _as_made_by(self, package_id: int) -> Champion:
        if package_id == self._champion.package_id:
            return self._champion
        package = get_package(self._services.database, package_id)
        given = self._champion.prediction_threshold
        threshold = target_of(package).threshold if given is None else given
        return replace(
            self._champion,
            package_id=package_id,
            target=replace(self._champion.target, threshold=threshold),
            plan=self._services.champions.plan_of(package, self._champion.tracked.target),
        )


def without_superseded(
    parts: Sequence[tuple[PredictionRows, Ints]],
) -> tuple[list[PredictionRows], int]:
    """Parts of one table without the rows whose association ID comes again in another part.

    Each part comes with its rows' positions in the table: the last row of an ID counts, whoever
    made it. Returns what is left, and how many rows are not.
    """
    last: dict[str, int] = {}
    for rows, at in parts:
        for name, position in zip(rows.association_ids or (), at.tolist(), strict=True):
            if name is not None and last.get(name, -1) < position:
                last[name] = position
    left, dropped = [], 0
    for rows, at in parts:
        ends = [last.get(name or "", -1) for name in rows.association_ids or ()]
        counts: NDArray[np.bool_] = np.array(ends, np.int64) <= at
        if not counts.all():
            dropped += int((~counts).sum())
            rows = rows.take(np.flatnonzero(counts))
        left.append(rows)
    return left, dropped
