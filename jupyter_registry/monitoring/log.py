"""The raw log's narrow interface: append a batch, match by association ID, scan a range.

Small batches are inserted by ``executemany``; large ones in the order of their association IDs,
on SQLite with many rows to a statement, on PostgreSQL through a temporary table. A batch's
association IDs are looked up as one parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cursor import Cursor, Row, listed
from .rows import ActualRows, Floats, Ints, PredictionRows

#: From this many rows on, a batch is large.
LARGE = 300

#: What a batch gives per prediction.
_PREDICTION = (
    "association_id",
    "timestamp",
    "value",
    "label",
    "probabilities",
    "latency_ms",
    "features",
    "segments",
)
_UNLESS_KNOWN = "ON CONFLICT (deployment_id, association_id) DO NOTHING"
_ACTUAL = "deployment_id, association_id, value, timestamp"

#: What is read of found rows, and how it is held; the position in the batch comes first.
_FOUND: dict[str, Any] = {
    "id": np.int64,
    "package_id": np.int64,
    "timestamp": np.int64,
    "value": np.float64,
    "label": np.int64,
    "probabilities": object,
    "segments": object,
}


@dataclass
class Found:
    """Rows of the log that were found for some of a batch's association IDs.

    ``at`` is the position in the batch; ``segments`` are ids, shape (n, columns), 0 where there
    is none; the other columns are as in `PredictionRows`.
    """

    at: Ints
    ids: Ints
    packages: Ints
    timestamps: Ints
    values: Floats
    labels: Ints
    probabilities: Floats | None
    segments: Ints | None = None

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
            None if self.segments is None else self.segments[rows],
        )


class Batch:
    """A batch's association IDs, ready to be looked up in the log."""

    def __init__(self, cursor: Cursor, deployment_id: int, ids: Sequence[str | None]) -> None:
        if "\0" in "".join(filter(None, ids)):
            raise ValueError("an association ID has a NUL")
        self._cursor = cursor
        self._deployment_id = deployment_id
        self._ids = ids
        self._listed: str | None = None

    def predictions(
        self, classes: int, up_to: int | None = None, *, segmented: bool = False
    ) -> Found:
        """The predictions with the batch's IDs, with ``id <= up_to`` where given.

        ``segmented``: whether any can have segments, so that they are read.
        """
        left_out = set() if classes > 2 else {"probabilities"}
        if not segmented:
            left_out.add("segments")
        columns = [name for name in _FOUND if name not in left_out]
        rows = self._look_up("prediction", columns, up_to)
        n, ids, packages, stamps, values, labels = (
            np.ascontiguousarray(rows[name]) for name in ("n", *columns[:5])
        )
        probabilities = unpack(rows["probabilities"], classes) if classes > 2 else None
        segments = unpack_segments(rows["segments"]) if segmented else None
        return Found(n, ids, packages, stamps, values, labels, probabilities, segments)

    def actuals(self) -> tuple[Ints, Floats]:
        """Positions in the batch whose actual is known, and their values."""
        rows = self._look_up("actual", ["value"], None)
        return np.ascontiguousarray(rows["n"]), np.ascontiguousarray(rows["value"])

    def _look_up(self, table: str, columns: Sequence[str], up_to: int | None) -> NDArray[Any]:
        """Records of position and columns of the table's rows with the batch's IDs."""
        if self._listed is None:
            self._listed = listed(self._ids)
        limit = "" if up_to is None else " AND p.id <= ?"
        same = "{0}.deployment_id = ? AND {0}.association_id = s.name"
        # both spellings keep the database from scanning the log instead of the batch
        if self._cursor.sqlite:
            rows = f"{table} p WHERE {same.format('p')}"
        else:
            rows = (
                f"LATERAL (SELECT * FROM {table} t WHERE {same.format('t')} LIMIT 1) p WHERE true"
            )
        return self._cursor.columns(
            f"SELECT s.n, {', '.join(f'p.{name}' for name in columns)} "
            f"FROM {self._cursor.names} s CROSS JOIN {rows}{limit}",
            (self._listed, self._deployment_id, *(() if up_to is None else (up_to,))),
            [("n", np.int64), *((name, _FOUND[name]) for name in columns)],
        )


def _insert(
    cursor: Cursor,
    table: str,
    columns: Mapping[str, Sequence[Any]],
    ids: Sequence[str | None] | None,
) -> int:
    """Insert rows whose association ID is new; returns how many."""
    rows: Iterable[Row] = zip(*columns.values(), strict=True)
    if len(columns["value"]) < LARGE:
        marks = ", ".join("?" * len(columns))
        return cursor.run_many(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {_UNLESS_KNOWN}", rows
        )
    rows = list(rows)
    if ids is not None:  # in the index's order, pages are written once
        place = list(columns).index("association_id")
        rows.sort(key=lambda row: row[place] or "")
    return cursor.insert(table, tuple(columns), rows, _UNLESS_KNOWN)


def _stage(cursor: Cursor, name: str, columns: str) -> None:
    """An empty temporary table of this connection to PostgreSQL."""
    cursor.run(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DELETE ROWS")
    cursor.run(f"DELETE FROM {name}")


def unpack(blobs: Iterable[bytes | None], classes: int) -> Floats:
    """Probabilities, shape (n, classes); rows of NaN where none were stored."""
    unknown = np.full(classes, np.nan).tobytes()
    joined = b"".join(unknown if blob is None else blob for blob in blobs)
    return np.frombuffer(joined, "<f8").reshape(-1, classes)


def pack_segment(segment: int) -> bytes:
    """How one segment's id stands among those of a row."""
    return segment.to_bytes(4, "little")


def pack_segments(ids: Ints) -> list[bytes | None]:
    """Each row's segments for the log, from ids of shape (n, columns), 0 where there is none."""
    width = 4 * ids.shape[1]
    joined = ids.astype("<i4").tobytes()
    some = ids.any(axis=1).tolist()
    return [joined[i * width : (i + 1) * width] if there else None for i, there in enumerate(some)]


def unpack_segments(blobs: Iterable[bytes | None]) -> Ints | None:
    """What `pack_segments` wrote, perhaps with other columns at other times; ``None`` of none."""
    blobs = [blob or b"" for blob in blobs]
    width = max(map(len, blobs), default=0)
    if not width:
        return None
    joined = b"".join(blob.ljust(width, b"\0") for blob in blobs)
    return np.frombuffer(joined, "<i4").reshape(len(blobs), -1).astype(np.int64)


def append_predictions(cursor: Cursor, deployment_id: int, rows: PredictionRows) -> int:
    """Insert the predictions whose association ID is new; returns how many were inserted."""
    columns = _prediction_columns(rows)
    names = ", ".join(columns)
    if cursor.sqlite or len(rows) < LARGE:
        fixed = {
            "deployment_id": [deployment_id] * len(rows),
            "package_id": [rows.package_id] * len(rows),
        }
        return _insert(cursor, "prediction", fixed | columns, rows.association_ids)
    _stage(
        cursor,
        "stage_prediction",
        "association_id TEXT, timestamp BIGINT, value DOUBLE PRECISION, label INTEGER, "
        "probabilities BYTEA, latency_ms DOUBLE PRECISION, features TEXT, segments BYTEA",
    )
    cursor.load("stage_prediction", tuple(columns), zip(*columns.values(), strict=True))
    return cursor.run(
        f"INSERT INTO prediction (deployment_id, package_id, {names}) "
        f"SELECT ?, ?, {names} FROM stage_prediction ORDER BY association_id {_UNLESS_KNOWN}",
        (deployment_id, rows.package_id),
    )


def overwrite_predictions(cursor: Cursor, rows: PredictionRows, at: Ints, ids: Ints) -> None:
    """Replace the predictions with the given row ids by the batch's rows ``at``."""
    columns = dict.fromkeys(_PREDICTION, [None] * len(at)) | _prediction_columns(rows.take(at))
    sets = ", ".join(f"{name} = ?" for name in columns)
    cursor.run_many(
        f"UPDATE prediction SET package_id = ?, {sets} WHERE id = ?",
        zip([rows.package_id] * len(at), *columns.values(), ids.tolist(), strict=True),
    )


def append_actuals(cursor: Cursor, deployment_id: int, rows: ActualRows) -> int:
    """Insert the actuals whose association ID is new; returns how many were inserted."""
    values = rows.values.tolist()
    stamps: Sequence[int | None] = rows.timestamps or [None] * len(rows)
    if not cursor.sqlite:
        return cursor.run(
            f"INSERT INTO actual ({_ACTUAL}) SELECT ?, s.* "
            "FROM ROWS FROM (json_array_elements_text(?::json), unnest(?::float8[]), "
            f"unnest(?::bigint[])) s ORDER BY 2 {_UNLESS_KNOWN}",
            (deployment_id, listed(rows.association_ids), _array(values), _array(stamps)),
        )
    columns: dict[str, Sequence[Any]] = {
        "deployment_id": [deployment_id] * len(rows),
        "association_id": rows.association_ids,
        "value": values,
        "timestamp": stamps,
    }
    return _insert(cursor, "actual", columns, rows.association_ids)


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
    latency_ms, features, actual value, actual timestamp, segments).
    """
    # "+" keeps the databases from sorting the whole deployment for every page
    where, parameters = ["+deployment_id = ?", "id > ?"], [deployment_id, after_id]
    if start is not None:
        where.append("timestamp >= ?")
        parameters.append(start)
    if end is not None:
        where.append("timestamp < ?")
        parameters.append(end)
    same = "{0}.deployment_id = p.deployment_id AND {0}.association_id = p.association_id"
    if cursor.sqlite:
        actuals = f"actual a ON {same.format('a')}"
    else:  # without LIMIT the planner can choose to read all actuals for every page
        actuals = f"LATERAL (SELECT * FROM actual t WHERE {same.format('t')} LIMIT 1) a ON true"
    return cursor.all(
        "SELECT p.id, p.package_id, p.association_id, p.timestamp, p.value, p.label, "
        "p.probabilities, p.latency_ms, p.features, a.value, a.timestamp, p.segments "
        f"FROM (SELECT * FROM prediction WHERE {' AND '.join(where)} ORDER BY id LIMIT ?) p "
        f"LEFT JOIN {actuals} ORDER BY p.id",
        (*parameters, limit),
    )


def _array(numbers: Sequence[float | None]) -> str:
    """Numbers as PostgreSQL reads an array; the driver takes ten times as long to write one."""
    return "{" + str(list(numbers))[1:-1].replace("None", "NULL") + "}"


def _prediction_columns(rows: PredictionRows) -> dict[str, Sequence[Any]]:
    """The values of `_PREDICTION`, without columns that are all null."""
    values: Sequence[Any] = rows.values.tolist()
    if np.isnan(rows.values).any():
        values = [None if value != value else value for value in values]
    columns: dict[str, Sequence[Any]] = {
        "timestamp": rows.timestamps.tolist(),
        "value": values,
        "label": rows.labels.tolist(),
    }
    if rows.association_ids is not None:
        columns["association_id"] = rows.association_ids
    if rows.probabilities is not None:
        width = 8 * rows.probabilities.shape[1]
        joined = rows.probabilities.astype("<f8").tobytes()
        unknown: Any = np.isnan(rows.probabilities).any(axis=1).tolist()
        columns["probabilities"] = [
            None if unknown[i] else joined[i * width : (i + 1) * width] for i in range(len(rows))
        ]
    if rows.latency_ms is not None:
        latencies = rows.latency_ms.tolist()
        columns["latency_ms"] = [None if value != value else value for value in latencies]
    if rows.features is not None:
        columns["features"] = rows.features
    if rows.segment_ids is not None:
        columns["segments"] = pack_segments(rows.segment_ids)
    return columns
