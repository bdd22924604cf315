"""The sink that is a registry: a run's board, its models and their files over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .. import processes
from ..client.bodies import body
from ..client.connection import CannotConnect
from ..client.discovery import kernel_id
from ..client.uploads import upload
from ..domain.errors import LeaderboardEnded, RegistryError, StorageUnavailable
from ..domain.leaderboards import BoardModelCreate, LeaderboardCreate

if TYPE_CHECKING:
    from ..client.registry import Registry

#: Seconds between tries where the server does not answer: it may be restarted.
_PAUSES = (1.0, 2.0, 4.0, 8.0)

_Answer = TypeVar("_Answer")


class HttpSink:
    """Tells the registry of this kernel's server, or the given one."""

    def __init__(self, registry: Registry | None = None) -> None:
        if registry is None:
            from ..client.registry import Registry as Client

            registry = Client()
        self.registry = registry
        self.id: int | None = None
        """The board's, once it has begun."""
        self._stop = False

    def begin(self, board: dict[str, Any]) -> None:
        """Make the board; the server may know better than this kernel what its kernelspec is."""
        kernel = kernel_id()
        name = None if kernel is None else self.registry.connection.kernel_name(kernel)
        if name:
            board["provenance"]["kernelspec"] = name
        wanted = body(LeaderboardCreate, **board, trainer=processes.identity())
        self.id = int(self._call("POST", "/leaderboards", wanted)["id"])

    def progress(self, progress: dict[str, Any]) -> None:
        """Say how far it is; the answer says whether somebody asks to stop."""
        # the next one may arrive, or be written down
        with suppress(CannotConnect, StorageUnavailable), self._until_ended():
            answer = self._call("PATCH", self._path, {"progress": progress})
            self._stop = bool(answer.get("stop_requested"))

    def model(self, model: dict[str, Any], files: dict[str, Path]) -> None:
        """Upload the files and add the model; again where the server did not answer."""
        with self._until_ended():
            _insist(lambda: self._add(model, files))

    def incumbents(self, measured: list[dict[str, Any]]) -> None:
        """Say how the predecessor's models did."""
        with self._until_ended():
            _insist(lambda: self._call("PATCH", self._path, {"incumbents": measured}))

    def end(self, state: str, error: str | None) -> None:
        """End the board."""
        update = {"state": state} if error is None else {"state": state, "error": error[:20_000]}
        with self._until_ended():
            _insist(lambda: self._call("PATCH", self._path, update))

    def should_stop(self) -> bool:
        """Whether the board was asked to stop when progress was last told."""
        return self._stop

    def board(self) -> Any:
        """The client's board."""
        return self.registry.leaderboard(self._begun)

    @property
    def _begun(self) -> int:
        if self.id is None:
            raise RegistryError("The leaderboard has not begun.", advice="Begin it first.")
        return self.id

    @property
    def _path(self) -> str:
        return f"/leaderboards/{self._begun}"

    @contextmanager
    def _until_ended(self) -> Iterator[None]:
        """Take a board that somebody has ended meanwhile for one that is asked to stop."""
        try:
            yield
        except LeaderboardEnded:
            self._stop = True

    def _add(self, model: dict[str, Any], files: dict[str, Path]) -> None:
        wanted = body(BoardModelCreate, **model)
        if not files:
            self._call("POST", f"{self._path}/models", wanted)
            return
        with upload(self.registry.connection, files, progress=False) as upload_id:
            self._call("POST", f"{self._path}/models", wanted | {"upload": upload_id})

    def _call(self, method: str, path: str, json: dict[str, Any]) -> Any:
        return self.registry.connection.call(method, path, json=json)


def _insist(call: Callable[[], _Answer]) -> _Answer:
    """Try again a few times where nobody answers."""
    for pause in _PAUSES:
        try:
            return call()
        except CannotConnect:
            time.sleep(pause)
    return call()
