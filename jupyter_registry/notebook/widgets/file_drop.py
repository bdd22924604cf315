"""`FileDrop`: files and folders of the user's computer, chosen or dropped, of any size.

The browser sends them in pieces, each only after the kernel has written the one before: neither
side ever has more than one in memory, and clicks and cells are served in between. What travels,
as custom messages of the widget:

========== ===================================================================================
``begin``  ``transfer``: a name for it; ``files``: path and size of each; ``left_out``: a count
``piece``  ``transfer``; ``file``: its number; ``at``: its offset in bytes; a buffer
``failed`` ``transfer``, ``path``, ``why``: the browser cannot read a file any more
``cancel`` ``transfer``: stop, and remove what is half there
``remove`` remove what is there; with ``path`` that file alone, once all are there
========== ===================================================================================

The answer to ``begin`` and to each ``piece`` is the trait ``progress``.
"""

from __future__ import annotations

import contextlib
import errno
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, Enum, Int, List, Tuple, Unicode

from ...client.html import size
from ...domain.errors import InvalidInput
from .arrival import MAX_FILES, Arrival, Hold
from .turns import in_turn

#: Bytes of a piece: little enough for any limit on messages, enough to be fast.
PIECE = 1 << 20
#: Files that are listed by name.
LISTED = 200


class FileDrop(anywidget.AnyWidget):
    """An area to drop files on, with buttons that choose them; what comes is in ``files``.

    Parameters
    ----------
    label:
        What the files are, for those who hear the page.
    multiple:
        Whether several files may be chosen.
    folders:
        Whether a folder may be; hidden files in it are left out by the browser.
    accept:
        Suffixes that the chooser offers, with commas between; others may be dropped still.

    """

    _esm = Path(__file__).with_name("file_drop.js")

    #: not told to the browser: ipywidgets' view fails on that of a widget without description
    tooltip = Unicode(None, allow_none=True)
    label = Unicode("Files").tag(sync=True)
    multiple = Bool(False).tag(sync=True)
    folders = Bool(False).tag(sync=True)
    accept = Unicode("").tag(sync=True)
    piece = Int(PIECE).tag(sync=True)
    most = Int(MAX_FILES).tag(sync=True)
    #: whether nothing is there, files are coming, or they are all there
    state = Enum(["empty", "coming", "here"], "empty").tag(sync=True)
    #: the transfer's name and the bytes that have come
    progress = List(["", 0]).tag(sync=True)
    #: bytes and number of all files, path and size of the first `LISTED`, files left out
    total = Int(0).tag(sync=True)
    n_files = Int(0).tag(sync=True)
    listed = List().tag(sync=True)
    left_out = Int(0).tag(sync=True)
    #: what went wrong
    problem = Unicode("").tag(sync=True)
    #: The paths of the files, once all are there; observe it to be told. Else empty.
    files = Tuple()

    def __init__(self, label: str = "Files", **traits: Any) -> None:
        self._arrival: Arrival | None = None
        super().__init__(label=label, **traits)
        self.on_msg(self._receive)

    @property
    def value(self) -> tuple[Path, ...]:
        """The same as ``files``."""
        return tuple(self.files)

    @property
    def folder(self) -> Path | None:
        """The temporary folder that the files are in."""
        return self._arrival.folder if self._arrival is not None else None

    @property
    def names(self) -> list[str]:
        """The files' paths as they were chosen, parts divided by ``/``."""
        return list(self._arrival.sizes) if self._arrival is not None and self.files else []

    @property
    def is_coming(self) -> bool:
        """Whether files are under way."""
        return self.state == "coming"

    def hold(self) -> Hold | None:
        """Keep the files while they are used, even if others are chosen; ``None`` without any.

        Its ``path`` is the file, or the folder, that was chosen, or the folder of several files.
        """
        return self._arrival.hold() if self._arrival is not None and self.files else None

    @in_turn
    def clear(self) -> None:
        """Remove what is there, or half there."""
        self._drop("")

    def check_complete(self, field: str) -> None:
        """Raise `InvalidInput`, for the field of that name, while files are still coming."""
        if self.is_coming:
            came = f"{size(self.progress[1])} of {size(self.total)}"
            raise InvalidInput(
                f"The files are still coming: {came}.",
                advice="Wait until they are all there, or cancel.",
                fields={field: "still coming"},
            )

    def close(self) -> None:
        """Take the widget away, with the files."""
        # no turn is awaited: this may run wherever memory is tidied up
        arrival, self._arrival = getattr(self, "_arrival", None), None
        if arrival is not None:
            arrival.abandon()
        super().close()

    # --- what the browser says ------------------------------------------------------------------

    @in_turn
    def _receive(self, _: Any, content: Any, buffers: Any) -> None:
        said = content if isinstance(content, dict) else {}
        do, transfer = said.get("do"), said.get("transfer")
        if do == "begin":
            self._begin(str(transfer), said)
        elif do == "remove":
            self._drop("") if said.get("path") is None else self._remove(said["path"])
        elif not self.is_coming or transfer != self.progress[0]:
            return  # of a transfer that is over
        elif do == "cancel":
            self._drop("")
        elif do == "failed":
            self._drop(f"{said.get('path')} cannot be read: {said.get('why')} Choose it again.")
        elif do == "piece":
            self._take(transfer, said, buffers)

    def _begin(self, transfer: str, said: dict[str, Any]) -> None:
        self._drop("")
        with self._problems():
            announced = said.get("files")
            if not self.multiple and isinstance(announced, list) and len(announced) > 1:
                raise InvalidInput("These are several files.", advice="Choose one.")
            self._arrival = arrival = Arrival(announced)
            if not self.folders and any("/" in path for path in arrival.sizes):
                raise InvalidInput("This is a folder.", advice="Choose a file.")
            left_out = said.get("left_out")
            with self.hold_sync():
                self._count(arrival)
                self.left_out = left_out if isinstance(left_out, int) else 0
                self.state, self.progress = "coming", [transfer, 0]
        self._look_whether_complete()

    def _count(self, arrival: Arrival) -> None:
        self.total, self.n_files = arrival.total, len(arrival.sizes)
        self.listed = [list(item) for item in list(arrival.sizes.items())[:LISTED]]

    def _remove(self, path: Any) -> None:
        arrival = self._arrival
        if arrival is None or self.state != "here" or path not in self.names:
            return  # it has gone already
        if len(arrival.sizes) == 1:
            self._drop("")
            return
        with self._problems():
            self._arrival = rest = arrival.without(path)
            arrival.abandon()
            with self.hold_sync():
                self._count(rest)
                self.progress = [self.progress[0], rest.received]
            self.files = rest.files

    def _take(self, transfer: str, said: dict[str, Any], buffers: Any) -> None:
        arrival = self._arrival
        assert arrival is not None
        with self._problems():
            arrival.write(said.get("file"), said.get("at"), buffers[0] if buffers else b"")
            self.progress = [transfer, arrival.received]
        self._look_whether_complete()

    def _look_whether_complete(self) -> None:
        arrival = self._arrival
        if arrival is not None and arrival.is_complete:
            self.state = "here"
            self.files = arrival.files

    @contextlib.contextmanager
    def _problems(self) -> Any:
        """Say what goes wrong inside, and keep nothing."""
        try:
            yield
        except InvalidInput as error:
            self._drop(f"{error.detail} {error.advice or ''}".strip())
        except OSError as error:
            self._drop(_why(error))

    def _drop(self, problem: str) -> None:
        arrival, self._arrival = self._arrival, None
        if arrival is not None:
            arrival.abandon()
        with self.hold_sync():
            self.state, self.problem = "empty", problem
            self.total, self.n_files, self.left_out = 0, 0, 0
            self.listed, self.progress = [], ["", 0]
        if self.files:
            self.files = ()


def _why(error: OSError) -> str:
    """What is wrong with the kernel's disk, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            "The disk of the kernel's machine is full; nothing was kept. "
            "Free some room, then choose the files again."
        )
    if error.errno in (errno.ENAMETOOLONG, errno.EINVAL, errno.EEXIST, errno.ENOTDIR):
        return f"A file of this name cannot be made there: {error.strerror}. Rename it."
    return f"The kernel cannot write the files: {error.strerror or error}. Nothing was kept."
