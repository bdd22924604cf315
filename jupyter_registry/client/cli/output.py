"""What the commands print and write."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ...domain.errors import InvalidInput
from .. import tables, terminal
from ..registry import Registry

if TYPE_CHECKING:
    import pyarrow as pa


def registry_of(options: argparse.Namespace) -> Registry:
    """The registry that the options name, or that is found."""
    return Registry(options.url, options.token)


def as_json(value: Any) -> None:
    """Print a result, or a list of them, as JSON."""

    def plain(item: Any) -> Any:
        if isinstance(item, BaseModel):
            return item.model_dump(mode="json")
        return str(item)

    print(json.dumps(value, default=plain, indent=2, ensure_ascii=False))


def as_table(headings: Sequence[str], rows: Iterable[Sequence[Any]], none: str = "") -> None:
    """Print rows under headings."""
    listed = list(rows)
    print(terminal.table(headings, listed) if listed else none or "There are none.")


def as_facts(items: Mapping[str, Any]) -> None:
    """Print names and values; those without a value are left out."""
    print(terminal.facts(items))


def check_output(path: str | None) -> None:
    """Refuse an output file of no known kind before any work is done."""
    if path is not None and Path(path).suffix.lower() not in _WRITERS:
        raise InvalidInput(
            f"{path!r} is of no known kind.",
            advice=f"End it in one of: {', '.join(_WRITERS)}.",
            fields={"output": path},
        )


def write(table: pa.Table, path: str | None, *, in_json: bool = False) -> None:
    """Write a table to a file by its suffix, or to standard output as CSV or JSON."""
    if path is not None:
        check_output(path)
        _WRITERS[Path(path).suffix.lower()](table, Path(path))
    elif in_json:
        as_json(tables.records_of(table))
    else:
        import pyarrow.csv

        sys.stdout.flush()
        pyarrow.csv.write_csv(table, sys.stdout.buffer)


def _csv(table: pa.Table, path: Path) -> None:
    import pyarrow.csv

    pyarrow.csv.write_csv(table, path)


def _parquet(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, path)


def _arrow(table: pa.Table, path: Path) -> None:
    import pyarrow.feather

    pyarrow.feather.write_feather(table, path)


def _json(table: pa.Table, path: Path) -> None:
    records = tables.records_of(table)
    path.write_text(json.dumps(records, ensure_ascii=False) + "\n", encoding="utf-8")


_WRITERS = {".csv": _csv, ".parquet": _parquet, ".pq": _parquet, ".arrow": _arrow, ".json": _json}
