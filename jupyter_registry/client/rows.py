"""Rows on their way to a deployment: predictions asked for, reports and actuals sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domain import entities
from ..domain.errors import InvalidInput, RegistryError, nearest
from . import tables
from .progress import Progress, bar
from .shown import Shown, Table

if TYPE_CHECKING:
    import pyarrow as pa

    from .connection import Connection

#: Rows per request.
PREDICTION_ROWS = 20_000
REPORT_ROWS = 100_000
#: Rejections of actuals that a result lists, and that it shows.
_LISTED, _SHOWN = 100, 10

Send = Callable[["pa.Table"], Any]


class ReportResult(Shown, entities.ReportResult):
    """What became of reported predictions."""

    def _parts(self) -> list[Table]:
        return [Table(title=f"Report: {_counts(self)}.")]


class ActualsResult(Shown, entities.ActualsResult):
    """What became of uploaded actuals, and why some were rejected."""

    def _parts(self) -> list[Table]:
        listed = [(item.row, item.reason) for item in self.rejections[:_SHOWN]]
        hidden = self.rejected - len(listed)
        return [
            Table(
                ("row", "reason") if listed else (),
                listed,
                title=f"Actuals: {_counts(self)}.",
                note=f"{hidden:,} more were rejected." if listed and hidden > 0 else "",
            )
        ]


def _counts(result: entities.ReportResult | entities.ActualsResult) -> str:
    counts = result.model_dump(exclude={"rejections"})
    return ", ".join(f"{n:,} {what}" for what, n in counts.items())


def predict(
    connection: Connection,
    path: str,
    data: Any,
    params: Mapping[str, Any],
    *,
    progress: Progress,
) -> Any:
    """Predictions for a table, in its order and in its library."""
    source = tables.read(data)

    def send(part: pa.Table) -> pa.Table:
        answer = connection.raw(
            "POST",
            path,
            params=params,
            content=tables.to_stream(part),
            headers={"Content-Type": tables.ARROW_STREAM, "Accept": tables.ARROW_STREAM},
        )
        return tables.from_stream(answer.content)

    parts = _in_parts(
        source.table, PREDICTION_ROWS, send, "Predict", "predicted and recorded", progress
    )
    return source.give_back(_joined(parts))


def report(
    connection: Connection, path: str, data: Any, params: Mapping[str, Any], *, progress: Progress
) -> ReportResult:
    """Report a table of predictions."""
    table = tables.read(data).table

    def send(part: pa.Table) -> ReportResult:
        return ReportResult.model_validate(_post(connection, path, part, params))

    parts = _in_parts(table, REPORT_ROWS, send, "Report", "recorded", progress)
    return ReportResult(
        accepted=sum(part.accepted for _, part in parts),
        replaced=sum(part.replaced for _, part in parts),
        matched=sum(part.matched for _, part in parts),
    )


def actuals(
    connection: Connection,
    path: str,
    data: Any,
    columns: Mapping[str, str | None],
    *,
    progress: Progress,
) -> ActualsResult:
    """Send the columns named (``association_id_column``, ``value_column`` …) of a table."""
    table = tables.read(data).table
    wanted = [name for name in columns.values() if name is not None]
    for name in wanted:
        if name not in table.column_names:
            raise InvalidInput(
                f"The data has no column {name!r}.",
                advice=f"{nearest(name, table.column_names)} Say which columns hold the "
                "association ID and the value: association_id_column=… and value_column=… "
                "(in a shell --association-id-column and --value-column).".strip(),
                fields={"column": name, "known": table.column_names},
            )
    table = table.select(list(dict.fromkeys(wanted)))

    def send(part: pa.Table) -> ActualsResult:
        return ActualsResult.model_validate(_post(connection, path, part, columns))

    parts = _in_parts(table, REPORT_ROWS, send, "Actuals", "recorded", progress)
    rejections = [
        item.model_copy(update={"row": item.row + start})
        for start, part in parts
        for item in part.rejections
    ]
    return ActualsResult(
        accepted=sum(part.accepted for _, part in parts),
        matched=sum(part.matched for _, part in parts),
        replaced=sum(part.replaced for _, part in parts),
        waiting=sum(part.waiting for _, part in parts),
        rejected=sum(part.rejected for _, part in parts),
        rejections=rejections[:_LISTED],
    )


def _post(
    connection: Connection, path: str, part: pa.Table, params: Mapping[str, Any]
) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = connection.call(
        "POST",
        path,
        params=params,
        content=tables.to_stream(part),
        headers={"Content-Type": tables.ARROW_STREAM},
    )
    return answer


def _in_parts(
    table: pa.Table, rows: int, send: Send, title: str, done: str, progress: Progress
) -> list[tuple[int, Any]]:
    """Send slice after slice; the answers, each with the number of its first row."""
    answers = []
    # a bar is for several batches; who wants to be told is told of a single one too
    shown = progress if callable(progress) else progress and table.num_rows > rows
    with bar(title, table.num_rows, "rows", show=shown) as advance:
        for start, part in tables.batches(table, rows) if table.num_rows else [(0, table)]:
            try:
                answers.append((start, send(part)))
            except RegistryError as error:
                raise _moved(error, start, done) from error.__cause__
            advance(part.num_rows)
    return answers


def _moved(error: RegistryError, start: int, done: str) -> RegistryError:
    """The error of a later slice, its row counted from the table's first."""
    if start == 0:
        return error
    row = error.fields.get("row")
    if isinstance(row, int):
        error.detail = re.sub(rf"\brow {row}\b", f"row {row + start}", error.detail)
        error.fields["row"] = row + start
    rejected = error.fields.get("rejected")
    if isinstance(rejected, list):
        error.fields["rejected"] = [
            item | {"row": item["row"] + start}
            if isinstance(item, dict) and isinstance(item.get("row"), int)
            else item
            for item in rejected
        ]
    error.advice = f"{error.advice} The first {start:,} rows were {done}.".strip()
    error.fields["rows_done"] = start
    error.args = (error.detail,)
    return error


def _joined(parts: Sequence[tuple[int, pa.Table]]) -> pa.Table:
    """One answer of several, ``row`` counted through."""
    if len(parts) == 1:
        return parts[0][1]
    import pyarrow as pa
    import pyarrow.compute as pc

    moved = []
    for start, part in parts:
        position = part.schema.get_field_index("row")
        if position >= 0:
            counted = pc.add(part.column(position).cast(pa.int64()), start)
            part = part.set_column(position, "row", counted)
        moved.append(part)
    return tables.concat(moved)
