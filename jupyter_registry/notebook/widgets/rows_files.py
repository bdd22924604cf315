"""Tables as files: look at what the browser sent, give back what it saves."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ...client import tables
from ...client.html import size
from ...domain.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa

#: What file choosers offer.
ACCEPTED = ".csv,.gz,.parquet,.pq,.arrow,.feather,.ipc"
#: Bytes of a file that is read as soon as it is there, so that what is wrong with it is said.
_READ_AT_ONCE = 8_000_000


def looked_at(path: Path) -> tuple[list[str], str]:
    """The columns of a file that has come, and a line on it; raises `InvalidInput`.

    A large file is not read whole: the form would stand still meanwhile.
    """
    n_bytes = path.stat().st_size
    if n_bytes <= _READ_AT_ONCE:
        table = tables.read_file(path)
        return (
            list(table.column_names),
            f"{path.name}: {table.num_rows:,} rows, {table.num_columns} columns.",
        )
    names = columns_of(path)
    return names, f"{path.name}: {size(n_bytes)}, {len(names)} columns."


def columns_of(path: Path) -> list[str]:
    """The names of a file's columns, without reading its rows where its kind allows."""
    import pyarrow as pa

    suffixes = {suffix.lower() for suffix in path.suffixes}
    try:
        if path.is_file() and suffixes & {".parquet", ".pq"}:
            import pyarrow.parquet

            return list(pyarrow.parquet.read_schema(path).names)
        if path.is_file() and ".csv" in suffixes:
            import pyarrow.csv

            with pyarrow.csv.open_csv(path) as reader:
                return list(reader.schema.names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InvalidInput(
            f"{path.name!r} cannot be read: {error}",
            advice="Check that the file is what its suffix says.",
            fields={"path": f"cannot be read: {error}"},
        ) from error
    return list(tables.read_file(path).column_names)


def csv(table: pa.Table) -> bytes:
    """A table as CSV."""
    import pyarrow.csv

    out = BytesIO()
    pyarrow.csv.write_csv(table, out)
    return out.getvalue()


def link(content: bytes, name: str, kind: str) -> str:
    """A link that saves the content under a name, without asking the kernel."""
    data = b64encode(content).decode()
    return (
        f'<a href="data:{kind};base64,{data}" download="{escape(name, quote=True)}" '
        'style="color: var(--jr-link); text-decoration: underline">'
        f"{escape(name)}</a>"
    )
