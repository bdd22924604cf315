"""Telling Jupyter's event bus of changes: the one place where it is done.

A change is told after it is committed. Telling never keeps a request waiting and never fails
one: it is done on the event loop afterwards, and what goes wrong is logged.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from logging import Logger
from pathlib import Path
from typing import Any

CHANGE = "https://events.jupyter.org/jupyter_registry/change/v1"
_SCHEMA = Path(__file__).with_name("event_schemas") / "change" / "v1.yaml"
#: Rows of a deployment are told of no more often.
ROWS_SECONDS = 0.5

Change = dict[str, Any]


class ChangeEvents:
    """The registry's events.

    Parameters
    ----------
    logger:
        Jupyter's event logger (`jupyter_events.EventLogger`); the schema is registered with it.

    """

    def __init__(self, logger: Any, log: Logger) -> None:
        self._logger = logger
        self._log = log
        #: Told every change made here, besides the bus: for other servers.
        self.also: Callable[[Change], None] | None = None
        logger.register_event_schema(_SCHEMA)

    def changed(
        self,
        action: str,
        entity: str,
        id: int,
        name: str,
        *,
        version: int | None = None,
        user: str | None = None,
        **counts: int,
    ) -> None:
        """Tell of a change made here; fields as in the schema. Called on the event loop."""
        change: Change = {"action": action, "entity": entity, "id": id, "name": name, **counts}
        if version is not None:
            change["version"] = version
        if user is not None:
            change["user"] = user
        loop = asyncio.get_running_loop()
        loop.call_soon(self.emit, change)
        if self.also is not None:
            loop.call_soon(self.also, change)

    def emit(self, change: Change) -> None:
        """Put a change, whoever made it, on the bus. Called on the event loop."""
        try:
            self._logger.emit(schema_id=CHANGE, data=change)
        except Exception:  # nobody who asked for something else is to suffer from it
            self._log.exception("A change in the registry could not be told: %s", change)


class RecordedRows:
    """Counts of recorded rows, told of now and then.

    Parameters
    ----------
    tell:
        Called on the event loop with a deployment's id and what was recorded since the last
        time: rows predicted, rows matched.

    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        tell: Callable[[int, int, int], Awaitable[None]],
        *,
        seconds: float = ROWS_SECONDS,
    ) -> None:
        self._loop = loop
        self._tell = tell
        self._seconds = seconds
        self._lock = threading.Lock()
        self._counts: dict[int, tuple[int, int]] = {}
        self._told: dict[int, float] = {}
        self._telling: set[asyncio.Future[None]] = set()

    def add(self, deployment_id: int, predicted: int, matched: int) -> None:
        """Count rows that were committed; in any thread, in about a microsecond.

        Only the first since the last time wakes the event loop.
        """
        with self._lock:
            known = self._counts.get(deployment_id)
            if known is not None:
                self._counts[deployment_id] = (known[0] + predicted, known[1] + matched)
                return
            self._counts[deployment_id] = (predicted, matched)
        try:
            self._loop.call_soon_threadsafe(self._begin, deployment_id)
        except RuntimeError:
            return  # the loop is closed: no one listens any more

    def _begin(self, deployment_id: int) -> None:
        told = self._told.get(deployment_id)
        wait = 0.0 if told is None else told + self._seconds - self._loop.time()
        if wait > 0:
            self._loop.call_later(wait, self._now, deployment_id)
        else:
            self._now(deployment_id)

    def _now(self, deployment_id: int) -> None:
        self._told[deployment_id] = self._loop.time()
        with self._lock:
            counts = self._counts.pop(deployment_id)
        telling = asyncio.ensure_future(self._tell(deployment_id, *counts))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
