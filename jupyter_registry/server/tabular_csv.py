"""Rows in CSV bodies, and results written as CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from ..domain.errors import InvalidInput
from ..domain.signature import Dtype
from .tabular_rows import ROWS_AT_ONCE, Rows, check_names, decoded, is_unicode, plain_column

if TYPE_CHECKING:
    import pyarrow as pa

    from ..domain.frames import Values
    from ..domain.signature import Signature

#: Bytes that pyarrow parses at a time; no row can be longer.
_BLOCK = 1 << 24


def read_csv(
    body: bytes, charset: str | None, batch_rows: int, signature: Signature | None
) -> Iterator[Rows]:
    """The rows of a CSV body with a header; columns of the signature by its dtypes, else text."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    if charset not in (None, "utf-8", "utf8"):
        body = decoded(body, charset).encode("utf-8", "replace")
    names, more = _header(body)
    check_names(names)
    dtypes = {column.name: column.dtype for column in signature.columns} if signature else {}
    if not more:
        yield Rows({name: [] for name in names}, 0)
        return
    try:
        # one thread: only then are rows numbered in errors
        reader = arrow_csv.open_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        if reader.schema.names != names:
            raise _bad_csv("its header is not understood", None)
        for batch in reader:
            for start in range(0, batch.num_rows, batch_rows):
                part = batch.slice(start, batch_rows)
                columns = {
                    name: _CONVERT.get(dtypes.get(name), _text)(column)
                    for name, column in zip(names, part.columns, strict=True)
                }
                yield Rows(columns, part.num_rows)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _refused(str(error)) from None


def _refused(message: str) -> InvalidInput:
    """The error for what pyarrow says, with rows counted from 0 after the header."""
    found = re.search(r"Row #(\d+): (?:Expected (\d+) columns, got (\d+))?", message)
    if found:
        row, wanted, got = int(found[1]) - 2, found[2], found[3]
        if wanted:
            return _bad_csv(f"row {row} has {got} fields for {wanted} columns", row)
        if "UTF8" in message:
            return _bad_csv(f"row {row} is not UTF-8", row)
    if "straddling" in message:
        return _bad_csv(f"a row is longer than {_BLOCK:,} bytes", None)
    return _bad_csv(message.partition("\n")[0], None)


def _header(body: bytes) -> tuple[list[str], bool]:
    """The column names, and whether rows follow."""
    import csv
    import io

    def lines() -> io.TextIOWrapper:
        return io.TextIOWrapper(
            io.BytesIO(body), encoding="utf-8-sig", errors="surrogateescape", newline=""
        )

    try:
        reader = filter(None, csv.reader(lines()))
        names = next(reader, [])
    except csv.Error as error:
        raise _bad_csv(f"its header is not understood ({error})", None) from None
    if not names:
        raise _bad_csv("it has no header row", None)
    if not is_unicode("".join(names)):
        raise _bad_csv("its header is not UTF-8", None)
    try:
        more = next(reader, None) is not None
        if body.count(b'"') % 2:
            # quotes in pairs can only be whole; an odd one may be a quoted field cut off
            for _ in csv.reader(lines(), strict=True):
                pass
    except csv.Error as error:
        more = True
        if "end of data" in str(error):
            raise _bad_csv("it ends within a quoted field", None) from None
    return names, more


def _bad_csv(why: str, row: int | None) -> InvalidInput:
    return InvalidInput(
        f"The body is not CSV that can be read: {why}.",
        advice="Send a header row and as many fields in every row, separated by commas, in UTF-8.",
        fields={"body": "not CSV"} | ({} if row is None else {"row": row}),
    )


def _text(column: pa.Array) -> Values:
    values: list[str | None] = column.to_pylist()
    return values


# What does not fit stays text: `conform` then names the row and the value.


def _number(column: pa.Array) -> Values:
    import pyarrow as pa

    from .tabular_arrow import floats

    try:
        return floats(column.cast(pa.float64()))
    except pa.ArrowInvalid:
        return [_float(text) for text in column.to_pylist()]


def _float(text: str | None) -> float | str | None:
    if text is None or "_" in text:
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _integer(column: pa.Array) -> Values:
    return [_int(text) for text in column.to_pylist()]


def _int(text: str | None) -> int | float | str | None:
    if text is None or "_" in text:
        return text
    try:
        return int(text)
    except ValueError:
        return _float(text)


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _boolean(column: pa.Array) -> Values:
    return [
        None if text is None else _BOOLEANS.get(text.strip().lower(), text)
        for text in column.to_pylist()
    ]


def _datetime(column: pa.Array) -> Values:
    import pyarrow as pa

    from .tabular_arrow import moments

    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            return moments(column.cast(kind), "")
        except pa.ArrowInvalid:
            continue
    return _text(column)


_CONVERT: Mapping[Dtype | None, Callable[[pa.Array], Values]] = {
    Dtype.NUMBER: _number,
    Dtype.INTEGER: _integer,
    Dtype.BOOLEAN: _boolean,
    Dtype.DATETIME: _datetime,
}


# --- out ---------------------------------------------------------------------------------


def write_csv(columns: Mapping[str, Values]) -> bytes:
    """A header and the rows, quoted by RFC 4180; null is an empty field."""
    import csv
    import io

    if not columns:
        return b""
    cells = [plain_column(values) for values in columns.values()]
    for position, values in enumerate(cells):
        if bool in set(map(type, values)):
            cells[position] = [str(v).lower() if type(v) is bool else v for v in values]
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(columns)
    rows = zip(*cells, strict=True)
    while some := list(islice(rows, ROWS_AT_ONCE)):  # see write_json
        writer.writerows(some)
    return sink.getvalue().encode("utf-8", "replace")
