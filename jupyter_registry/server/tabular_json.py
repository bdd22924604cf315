"""Rows in JSON bodies, and results written as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from ..domain.errors import InvalidInput
from .tabular_rows import (
    ROWS_AT_ONCE,
    Columns,
    Rows,
    check_names,
    decoded,
    first_where,
    is_unicode,
    plain_column,
    repeated,
    too_large,
)

if TYPE_CHECKING:
    from ..domain.frames import Values

_FORMS = (
    "Send a list of records [{…}], one record {…}, {'data': […]}, or split "
    "{'columns': […], 'data': [[…]]}."
)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        raise repeated(next(name for name in names if names.count(name) > 1))
    return record


_DECODER = json.JSONDecoder(object_pairs_hook=_distinct)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(
    body: bytes, charset: str | None, batch_rows: int, limit: int | None
) -> Iterator[Rows]:
    """The rows of a JSON body, in slices; a limit holds for what absent keys are filled with."""
    text = decoded(body, charset)
    try:
        document = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError):
            where = f"{error.msg} at line {error.lineno}, column {error.colno}"
        else:
            where = str(error) or "nested too deep"
        raise InvalidInput(
            f"The body is not JSON: {where}.", advice=_FORMS, fields={"body": "not JSON"}
        ) from None
    # only an escape can smuggle half of a surrogate pair into a UTF-8 body
    halves = _SURROGATE.search(text) is not None
    names, rows = _unwrapped(document)
    if names is None:
        names = _names_of(rows)
        if limit is not None and 8 * len(names) * len(rows) > max(limit, 8 * len(text)):
            raise too_large(limit)
        take: Callable[[Sequence[str], Sequence[Any]], Columns] = _from_records
    else:
        _check_split(names, rows)
        take = _from_split
    check_names(names)
    for start in range(0, len(rows), batch_rows) if len(rows) > batch_rows else (0,):
        part = rows[start : start + batch_rows] if len(rows) > batch_rows else rows
        columns = take(names, part)
        _check_cells(columns, start, halves)
        yield Rows(columns, len(part))


def _unwrapped(document: Any) -> tuple[list[str] | None, list[Any]]:
    """The names of split's columns, or None for records, and the rows."""
    if isinstance(document, list):
        return None, document
    if not isinstance(document, dict):
        raise _not_rows("The body", "a list or an object")
    if "dataframe_records" in document:
        key = "dataframe_records"
    elif "dataframe_split" in document:
        split = document["dataframe_split"]
        if not isinstance(split, dict):
            raise _not_rows("'dataframe_split'", "an object")
        return _split(split)
    elif "data" in document:
        if "columns" in document:
            return _split(document)
        key = "data"
    else:
        return None, [document]
    rows = document[key]
    if not isinstance(rows, list):
        raise _not_rows(f"{key!r}", "a list of records (a column of that name needs a list [{…}])")
    return None, rows


def _split(split: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    names, rows = split.get("columns"), split.get("data")
    if not isinstance(names, list) or not isinstance(rows, list):
        wrong = "data" if isinstance(names, list) else "columns"
        raise _not_rows(f"{wrong!r} of the split form", "a list")
    if not all(isinstance(name, str) or type(name) is int for name in names):
        raise _not_rows("'columns' of the split form", "a list of names")
    return [str(name) for name in names], rows


def _not_rows(what: str, wanted: str) -> InvalidInput:
    return InvalidInput(f"{what} is not {wanted}.", advice=_FORMS, fields={"body": "not rows"})


def _names_of(records: list[Any]) -> list[str]:
    for row, record in enumerate(records):
        if type(record) is not dict:
            raise InvalidInput(
                f"Row {row} is {_kind(record)}, not an object of columns and values.",
                advice=_FORMS,
                fields={"row": row},
            )
    if not records:
        return []
    keys = records[0].keys()
    if all(record.keys() == keys for record in records):
        return list(keys)
    return list(dict.fromkeys(chain.from_iterable(records)))


def _from_records(names: Sequence[str], records: Sequence[dict[str, Any]]) -> Columns:
    return {name: [record.get(name) for record in records] for name in names}


def _check_split(names: Sequence[str], rows: Sequence[Any]) -> None:
    for row, cells in enumerate(rows):
        if type(cells) is not list:
            raise InvalidInput(
                f"Row {row} is {_kind(cells)}, not a list of values.",
                advice=_FORMS,
                fields={"row": row},
            )
        if len(cells) != len(names):
            raise InvalidInput(
                f"Row {row} has {len(cells)} values for {len(names)} columns.",
                advice="Give every row a value, or null, for every column.",
                fields={"row": row},
            )


def _from_split(names: Sequence[str], rows: Sequence[list[Any]]) -> Columns:
    if not rows:
        return {name: [] for name in names}
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


_NESTED = frozenset({list, dict})


def _check_cells(columns: Columns, start: int, halves: bool) -> None:
    if not halves and _NESTED.isdisjoint(map(type, chain.from_iterable(columns.values()))):
        return
    for name, values in columns.items():
        if not _NESTED.isdisjoint(map(type, values)):
            row = first_where(lambda value: type(value) in _NESTED, values)
            raise InvalidInput(
                f"Column {name!r}, row {start + row}: {_kind(values[row])} is not a value.",
                advice="Give a number, a text, true, false or null.",
                fields={"column": name, "row": start + row},
            )
        if halves and not is_unicode("".join(v for v in values if type(v) is str)):
            row = first_where(lambda v: type(v) is str and not is_unicode(v), values)
            raise InvalidInput(
                f"Column {name!r}, row {start + row}: the text has half of a surrogate pair.",
                advice="Send whole characters.",
                fields={"column": name, "row": start + row},
            )


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else json.dumps(value)[:80]


# --- out ---------------------------------------------------------------------------------

_LITERALS = {None: "null", True: "true", False: "false"}


def write_json(columns: Mapping[str, Values]) -> bytes:
    """``{"data": [{column: value, …}, …]}``; NaN and infinities are null."""
    # column by column, then rows from a template: half the time of dicts through an encoder
    cells = [_encoded(plain_column(values, finite=True)) for values in columns.values()]
    keys = ",".join(f"{encode_basestring(name)}:\0" for name in columns)
    template = "{" + keys.replace("%", "%%").replace("\0", "%s") + "}"
    rows = map(template.__mod__, zip(*cells, strict=True))
    # some at a time: one long call would keep Python's lock from the event loop
    parts = iter(lambda: ",".join(islice(rows, ROWS_AT_ONCE)), "")
    return f'{{"data":[{",".join(parts)}]}}'.encode("utf-8", "replace")


def _encoded(items: list[Any]) -> Iterable[str]:
    types = set(map(type, items))
    if types == {str}:
        return map(encode_basestring, items)
    if types == {float} or types == {int}:
        return map(repr, items)
    return map(_encoded_value, items)


def _encoded_value(value: Any) -> str:
    if value is None or value is True or value is False:
        return _LITERALS[value]
    if isinstance(value, str):
        return encode_basestring(value)
    return int.__repr__(value) if isinstance(value, int) else float.__repr__(value)
