"""`RowsSource`: where rows come from: a table of the notebook, a file, or the user's computer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from ...client import tables
from ...domain.errors import InvalidInput
from .. import namespace
from . import rows_files
from .arrival import Hold
from .common import namespace_values
from .fields import Field, Fields, after_pause
from .file_drop import FileDrop
from .segments import Segments

_UPLOAD_HINT = "CSV or Parquet, of any size; it is sent to the kernel."
_GIVEN = "as given"


class RowsSource(widgets.VBox):
    """A choice of rows.

    Parameters
    ----------
    given:
        A table to begin with; it is offered beside the notebook's.
    changed:
        Called when other rows are chosen.
    failed:
        Called with the exception when those chosen cannot be read.

    """

    def __init__(
        self,
        given: Any,
        changed: Callable[[], object],
        failed: Callable[[Exception], object],
    ) -> None:
        self._given, self._changed, self._failed = given, changed, failed
        #: the columns of the file that the browser sent
        self._sent: list[str] = []
        self.kind = Segments(
            "Rows from",
            [("Notebook", "table"), ("File", "path"), ("This computer", "upload")],
            tips={
                "table": "a DataFrame in the notebook",
                "path": "a path on the server",
                "upload": "a file that the browser sends",
            },
        )
        self.fields = Fields(
            table=Field("DataFrame", widgets.Dropdown(), "The notebook's tables."),
            path=Field("Path", widgets.Text(placeholder="data/visits.parquet"), "CSV or Parquet."),
            upload=Field(
                "File",
                FileDrop(accept=rows_files.ACCEPTED),
                _UPLOAD_HINT,
            ),
        )
        super().__init__(
            [self.kind, *self.fields.values()], layout=widgets.Layout(overflow="visible")
        )
        self.list_tables()
        if isinstance(given, str | Path):
            self.fields["path"].input.value = str(given)
            self.kind.value = "path"
        self._arrange()
        self.kind.observe(lambda _: self._chosen(), "value")
        self.fields["table"].input.observe(lambda _: self._changed(), "value")
        self.fields["path"].input.observe(after_pause(self._chosen), "value")
        self.fields["upload"].input.observe(lambda _: self._uploaded(), "files")

    def list_tables(self) -> None:
        """Offer the notebook's present tables; what was chosen stays, if it is there."""
        found = namespace_values("table")
        options = [(f"{name} · {_shape(value)}", name) for name, value in found.items()]
        if self._given is not None and not any(one is self._given for one in found.values()):
            options.insert(0, (f"{_GIVEN} · {_shape(self._given)}", _GIVEN))
        chosen = self.fields["table"].input
        kept = chosen.value
        given = next((name for name, one in found.items() if one is self._given), None)
        chosen.options = options or [("No DataFrame in the notebook", "")]
        names = [name for _, name in chosen.options]
        wanted = kept if kept in names else given
        chosen.index = names.index(wanted) if wanted in names else 0

    def columns(self) -> list[str]:
        """The names of the chosen rows' columns; none when nothing is chosen."""
        if self.kind.value == "table":
            table = self._table()
            if table is None:
                return []
            if namespace.is_table(table):
                return namespace.columns_of(table)
            return list(tables.read(table).table.column_names)
        if self.kind.value == "upload":
            return list(self._sent)
        path = self.fields["path"].value
        return rows_files.columns_of(Path(path).expanduser()) if path else []

    def opened(self) -> Callable[[], tables.Source]:
        """What reads the chosen rows, to be called in a thread; raises `InvalidInput`."""
        if self.kind.value == "table":
            table = self._table()
            if table is None:
                raise _missing("table", "Choose a DataFrame.")
            return lambda: tables.read(table)
        if self.kind.value == "upload":
            sent = self.fields["upload"].input
            sent.check_complete("upload")
            if (held := sent.hold()) is None:
                raise _missing("upload", "Choose a file.")
            return lambda: _read(held)
        path = self.fields["path"].value
        if not path:
            raise _missing("path", "Give the path of a file.")
        return lambda: tables.read(Path(path).expanduser())

    def _table(self) -> Any:
        name = self.fields["table"].input.value
        return self._given if name == _GIVEN else namespace_values("table").get(name)

    def _uploaded(self) -> None:
        field = self.fields["upload"]
        self._sent, problem = [], None
        field.say(_UPLOAD_HINT)
        if (held := field.input.hold()) is not None:
            with held as path:
                try:
                    self._sent, said = rows_files.looked_at(path)
                except InvalidInput as error:
                    problem = error
                else:
                    field.say(said)
        self._changed()
        if problem is not None:
            field.error(problem.detail)
            self._failed(problem)

    def _chosen(self) -> None:
        self._arrange()
        self._changed()

    def _arrange(self) -> None:
        for name, field in self.fields.items():
            field.layout.display = None if name == self.kind.value else "none"


def _read(held: Hold) -> tables.Source:
    """The rows of a file that the browser sent, which may go then."""
    with held as path:
        return tables.read(path)


def _shape(table: Any) -> str:
    """A table's size, where it is known without work."""
    shape = getattr(table, "shape", None)
    if isinstance(shape, tuple) and len(shape) == 2:
        return f"{shape[0]:,} rows, {shape[1]} columns"
    return type(table).__name__


def _missing(field: str, advice: str) -> InvalidInput:
    return InvalidInput("No rows are chosen.", advice=advice, fields={field: "missing"})
