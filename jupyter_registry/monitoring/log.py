"""The raw log's narrow interface: append a batch, match by association ID, scan a range.

Small batches go by ``executemany`` and ``IN`` lists; large ones through a temporary table, so
that the database does the probing and inserting in one statement each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cursor import Cursor, Row
from .rows import ActualRows, Floats, Ints, PredictionRows

#: From this many rows on, a temporary table is faster.
STAGED_FROM = 300

_PREDICTION = (
    "deployment_id",
    "package_id",
    "association_id",
    "timestamp",
    "value",
    "label",
    "probabilities",
    "latency_ms",
    "features",
)
_INSERT_PREDICTION = (
    f"INSERT INTO prediction ({', '.join(_PREDICTION)}) "
    f"VALUES ({', '.join('?' * len(_PREDICTION))}) "
    "ON CONFLICT (deployment_id, association_id) DO NOTHING"
)
_INSERT_ACTUAL = (
    "INSERT INTO actual (deployment_id, association_id, value, timestamp) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (deployment_id, association_id) DO NOTHING"
)


@dataclass
class Found:
    """Rows of the log that were found for some of a batch's association IDs.

    ``at`` is the position in the batch; the other columns are as in `PredictionRows`.
    """

    at: Ints
    ids: Ints
    packages: Ints
    timestamps: Ints
    values: Floats
    labels: Ints
    probabilities: Floats | None

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: Ints | NDArray[np.bool_]) -> Found:
        """The chosen rows."""
        return Found(
            self.at[rows],
            self.ids[rows],
            self.packages[rows],
            self.timestamps[rows],
            self.values[rows],
            self.labels[rows],
            None if self.probabilities is None else self.probabilities[rows],
        )


class Batch:
    """A batch's association IDs, ready to be looked up in the log."""

    def __init__(self, cursor: Cursor, deployment_id: int, ids: Sequence[str | None]) -> None:
        self._cursor = cursor
        self._deployment_id = deployment_id
        self._ids = ids
        self._staged = len(ids) >= STAGED_FROM
        self._places: dict[str, int] = {}
        self._is_loaded = False

    def predictions(self, classes: int, up_to: int | None = None) -> Found:
        """The predictions with the batch's IDs, with ``id <= up_to`` where given."""
        columns = "p.id, p.package_id, p.timestamp, p.value, p.label, p.probabilities"
        limit = "" if up_to is None else f" AND p.id <= {int(up_to)}"
        rows = self._look_up("prediction", columns, limit)
        return found(rows, classes)

    def actuals(self) -> tuple[Ints, Floats]:
        """Positions in the batch whose actual is known, and their values."""
        rows = self._look_up("actual", "p.value", "")
        at = np.array([row[0] for row in rows], np.int64)
        return at, np.array([row[1] for row in rows], np.float64)

    def _look_up(self, table: str, columns: str, condition: str) -> list[Row]:
        """Rows of (position, columns…) of the table for the batch's IDs."""
        if self._staged:
            self._load()
            # CROSS JOIN keeps SQLite from scanning the log instead of the batch
            return self._cursor.all(
                f"SELECT s.n, {columns} FROM stage_ids s CROSS JOIN {table} p "
                f"WHERE p.deployment_id = ? AND p.association_id = s.association_id{condition}",
                (self._deployment_id,),
            )
        if not self._places:
            self._places = {name: n for n, name in enumerate(self._ids) if name is not None}
        if not self._places:
            return []
        marks = ", ".join("?" * len(self._places))
        rows = self._cursor.all(
            f"SELECT p.association_id, {columns} FROM {table} p "
            f"WHERE p.deployment_id = ? AND p.association_id IN ({marks}){condition}",
            (self._deployment_id, *self._places),
        )
        return [(self._places[row[0]], *row[1:]) for row in rows]

    def _load(self) -> None:
        if self._is_loaded:
            return
        stage(self._cursor, "stage_ids", "n INTEGER, association_id TEXT")
        self._cursor.load(
            "stage_ids",
            ("n", "association_id"),
            [(n, name) for n, name in enumerate(self._ids) if name is not None],
        )
        self._is_loaded = True


def stage(cursor: Cursor, name: str, columns: str) -> None:
    """An empty temporary table of this connection."""
    end = "" if cursor.sqlite else " ON COMMIT DELETE ROWS"
    cursor.run(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}){end}")
    cursor.run(f"DELETE FROM {name}")


def found(rows: list[Row], classes: int) -> Found:
    """Columns of rows (position, id, package, timestamp, value, label, probabilities)."""
    if not rows:
        none = np.zeros(0, np.int64)
        return Found(none, none, none, none, np.zeros(0), none, None)
    at, ids, packages, stamps, values, labels, blobs = zip(*rows, strict=True)
    return Found(
        np.array(at, np.int64),
        np.array(ids, np.int64),
        np.array(packages, np.int64),
        np.array(stamps, np.int64),
        np.array(values, np.float64),
        np.array(labels, np.int64),
        unpack(blobs, classes) if classes > 2 else None,
    )


def unpack(blobs: Sequence[bytes | None], classes: int) -> Floats:
    """Probabilities, shape (n, classes); rows of NaN where none were stored."""
    unknown = np.full(classes, np.nan).tobytes()
    joined = b"".join(unknown if blob is None else blob for blob in blobs)
    return np.frombuffer(joined, "<f8").reshape(len(blobs), classes)


def append_predictions(cursor: Cursor, deployment_id: int, rows: PredictionRows) -> int:
    """Insert the predictions whose association ID is new; returns how many were inserted."""
    records = _prediction_records(deployment_id, rows)
    if len(rows) < STAGED_FROM:
        return cursor.run_many(_INSERT_PREDICTION, records)
    blob, number = ("BLOB", "REAL") if cursor.sqlite else ("BYTEA", "DOUBLE PRECISION")
    stage(
        cursor,
        "stage_prediction",
        "deployment_id INTEGER, package_id INTEGER, association_id TEXT, timestamp BIGINT, "
        f"value {number}, label INTEGER, probabilities {blob}, latency_ms {number}, features TEXT",
    )
    cursor.load("stage_prediction", _PREDICTION, records)
    names = ", ".join(_PREDICTION)
    return cursor.run(
        f"INSERT INTO prediction ({names}) SELECT {names} FROM stage_prediction WHERE true "
        "ORDER BY association_id ON CONFLICT (deployment_id, association_id) DO NOTHING"
    )


def overwrite_predictions(
    cursor: Cursor, deployment_id: int, rows: PredictionRows, at: Ints, ids: Ints
) -> None:
    """Replace the predictions with the given row ids by the batch's rows ``at``."""
    names = _PREDICTION[1:]
    sets = ", ".join(f"{name} = ?" for name in names)
    records = list(_prediction_records(deployment_id, rows.take(at)))
    cursor.run_many(
        f"UPDATE prediction SET {sets} WHERE id = ?",
        [(*record[1:], row_id) for record, row_id in zip(records, ids.tolist(), strict=True)],
    )


def append_actuals(cursor: Cursor, deployment_id: int, rows: ActualRows) -> int:
    """Insert the actuals whose association ID is new; returns how many were inserted."""
    stamps: Sequence[int | None] = rows.timestamps or [None] * len(rows)
    records = [
        (deployment_id, name, value, stamp)
        for name, value, stamp in zip(
            rows.association_ids, rows.values.tolist(), stamps, strict=True
        )
    ]
    if len(rows) < STAGED_FROM:
        return cursor.run_many(_INSERT_ACTUAL, records)
    number = "REAL" if cursor.sqlite else "DOUBLE PRECISION"
    columns = ("deployment_id", "association_id", "value", "timestamp")
    stage(
        cursor,
        "stage_actual",
        f"deployment_id INTEGER, association_id TEXT, value {number}, timestamp BIGINT",
    )
    cursor.load("stage_actual", columns, records)
    names = ", ".join(columns)
    return cursor.run(
        f"INSERT INTO actual ({names}) SELECT {names} FROM stage_actual WHERE true "
        "ORDER BY association_id ON CONFLICT (deployment_id, association_id) DO NOTHING"
    )


def overwrite_actuals(cursor: Cursor, deployment_id: int, rows: ActualRows) -> None:
    """Replace the values of actuals that are known already."""
    stamps: Sequence[int | None] = rows.timestamps or [None] * len(rows)
    cursor.run_many(
        "UPDATE actual SET value = ?, timestamp = ? WHERE deployment_id = ? AND association_id = ?",
        [
            (value, stamp, deployment_id, name)
            for value, stamp, name in zip(
                rows.values.tolist(), stamps, rows.association_ids, strict=True
            )
        ],
    )


def newest_id(cursor: Cursor) -> int:
    """The highest row id of the log, 0 when it is empty."""
    row = cursor.one("SELECT max(id) FROM prediction")
    return int(row[0] or 0) if row else 0


def scan(
    cursor: Cursor,
    deployment_id: int,
    *,
    after_id: int = 0,
    limit: int = 10_000,
    start: int | None = None,
    end: int | None = None,
) -> list[Row]:
    """Predictions with their actuals, in the order of their row ids, a page at a time.

    ``start`` and ``end`` bound the prediction's timestamp, ``[start, end)`` in microseconds.
    Rows are (id, package_id, association_id, timestamp, value, label, probabilities,
    latency_ms, features, actual value, actual timestamp).
    """
    # "+" keeps SQLite from sorting the whole deployment for every page
    chosen = f"{'+' if cursor.sqlite else ''}p.deployment_id = ?"
    where, parameters = [chosen, "p.id > ?"], [deployment_id, after_id]
    if start is not None:
        where.append("p.timestamp >= ?")
        parameters.append(start)
    if end is not None:
        where.append("p.timestamp < ?")
        parameters.append(end)
    return cursor.all(
        "SELECT p.id, p.package_id, p.association_id, p.timestamp, p.value, p.label, "
        "p.probabilities, p.latency_ms, p.features, a.value, a.timestamp "
        "FROM prediction p LEFT JOIN actual a "
        "ON a.deployment_id = p.deployment_id AND a.association_id = p.association_id "
        f"WHERE {' AND '.join(where)} ORDER BY p.id LIMIT {int(limit)}",
        parameters,
    )


def _prediction_records(deployment_id: int, rows: PredictionRows) -> Iterator[tuple[Any, ...]]:
    n = len(rows)
    nothing: list[None] = [None] * n
    values: Sequence[Any] = rows.values.tolist()
    if np.isnan(rows.values).any():
        values = [None if value != value else value for value in values]
    blobs: Sequence[Any] = nothing
    if rows.probabilities is not None:
        width = 8 * rows.probabilities.shape[1]
        joined = rows.probabilities.astype("<f8").tobytes()
        unknown: list[bool] = list(np.isnan(rows.probabilities).any(axis=1))
        blobs = [None if unknown[i] else joined[i * width : (i + 1) * width] for i in range(n)]
    latencies: Sequence[Any] = nothing
    if rows.latency_ms is not None:
        latencies = [None if value != value else value for value in rows.latency_ms.tolist()]
    return zip(
        [deployment_id] * n,
        [rows.package_id] * n,
        rows.association_ids or nothing,
        rows.timestamps.tolist(),
        values,
        rows.labels.tolist(),
        blobs,
        latencies,
        rows.features or nothing,
        strict=True,
    )
