"""Notices between servers on one PostgreSQL database, by its LISTEN and NOTIFY.

A notice is a hint: it is lost to who is not connected, and to all while the database is away.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from logging import Logger
from typing import Any

from sqlalchemy import text

from .database import Database

CHANNEL = "jupyter_registry_change"
#: Seconds that the listening thread waits before it looks whether it is to end.
_LOOK_SECONDS = 0.5
#: Seconds after a lost connection until the next is tried.
_RETRY_SECONDS = 1.0

Notice = dict[str, Any]


class Notices:
    """Sends notices, and hears those of other servers; one per process and database.

    Parameters
    ----------
    database:
        One on PostgreSQL.
    heard:
        Called with each notice of another server, in a thread of this object's own.

    """

    def __init__(self, database: Database, heard: Callable[[Notice], None], log: Logger) -> None:
        self._engine = database.engine
        self._heard = heard
        self._log = log
        self._origin = uuid.uuid4().hex
        self._stop = threading.Event()
        #: One thread, so that notices keep their order.
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="notices")
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
        self._thread.start()

    def send(self, notice: Notice) -> None:
        """Tell the other servers, in a moment; waits for nothing and never fails."""
        if not self._stop.is_set():
            self._sender.submit(self._send, notice)

    def close(self) -> None:
        """Send what waits, and hear no more."""
        self._stop.set()
        self._sender.shutdown()
        self._thread.join()

    def _send(self, notice: Notice) -> None:
        payload = json.dumps({"origin": self._origin, "notice": notice})
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    text("SELECT pg_notify(:channel, :payload)"),
                    {"channel": CHANNEL, "payload": payload},
                )
        except Exception as error:
            self._log.warning("Other servers were not told of a change: %s", _line(error))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except Exception as error:
                if self._stop.is_set():
                    return
                self._log.warning("Changes by other servers are not heard: %s", _line(error))
                self._stop.wait(_RETRY_SECONDS)

    def _listen(self) -> None:
        """Hear notices until told to stop, or the connection is lost."""
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()  # it stays out, so it must not take the place of one that is returned
        try:
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            while not self._stop.is_set():
                for notification in connection.notifies(timeout=_LOOK_SECONDS):
                    self._take(notification.payload)
        finally:
            connection.close()

    def _take(self, payload: str) -> None:
        try:
            sent = json.loads(payload)
            if sent["origin"] != self._origin:
                self._heard(sent["notice"])
        except Exception as error:
            self._log.warning("A notice of another server was not understood: %s", _line(error))


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
