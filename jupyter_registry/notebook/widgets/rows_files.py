"""Tables as files: read what the browser sent, give back what it saves."""

from __future__ import annotations

import tempfile
from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...client import tables
from ...domain.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa

#: What file choosers offer.
ACCEPTED = ".csv,.gz,.parquet,.pq,.arrow,.feather,.ipc"


def read_uploaded(name: str, content: Any) -> pa.Table:
    """The table in a file that the browser sent; raises `InvalidInput` as `tables.read_file`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        return tables.read_file(path)


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
