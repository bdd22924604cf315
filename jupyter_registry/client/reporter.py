"""`Reporter`: predictions and actuals from a model's host, through a spool on disk.

It needs the standard library alone. A row that `Reporter.report` took is on disk; a background
thread sends what waits, in order, again and again until the server has recorded it. Each row has
an association ID, by which a row that is sent twice has its effect once.
"""

from __future__ import annotations

import atexit
import json
import logging
import math
import os
import random
import threading
import time
import uuid
import weakref
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..domain.errors import InvalidInput
from .plain import association_id, plain_row, rows_of
from .sending import Delivered, Later, Sender
from .spool import Entry, Spool

log = logging.getLogger("jupyter_registry.reporter")

#: Seconds before the first retry, and the longest between two; each is jittered.
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
#: Bytes of JSON in one request, at most (unless one row is larger).
_BATCH_BYTES = 4_000_000

Rows = Mapping[str, Any] | Iterable[Mapping[str, Any]]


class Reporter:
    """Reports to one deployment.

    Parameters
    ----------
    url:
        The address of the Jupyter server, its base URL included.
    key:
        A prediction key of the deployment (``deployment.create_key("host").key``).
    deployment:
        The deployment's label or id.
    spool_dir:
        A folder on a local disk, for the rows that wait. Several processes may share it.
    batch_rows:
        Rows per request, at most.
    max_bytes:
        What the spool may take on disk; `SpoolFull` is raised when rows would not fit.
    interval:
        Seconds between a report and its sending, at most, while all goes well.
    timeout:
        Seconds that one request may take.

    """

    def __init__(
        self,
        url: str,
        key: str,
        deployment: str | int,
        spool_dir: str | os.PathLike[str],
        *,
        batch_rows: int = 1000,
        max_bytes: int = 1_000_000_000,
        interval: float = 1.0,
        timeout: float = 60.0,
    ) -> None:
        if batch_rows < 1 or max_bytes < 1 or interval <= 0 or timeout <= 0:
            raise InvalidInput(
                "batch_rows, max_bytes, interval and timeout must be greater than 0.",
                advice="Leave them out to have the defaults.",
            )
        self._sender = Sender(url, key, deployment, timeout)
        self._spool = Spool(Path(spool_dir), self._sender.address, max_bytes)
        self._batch_rows = batch_rows
        self._interval = interval
        self._problem = ""
        self._told = ""
        self._closed = False
        self._start()
        _living.add(self)

    def report(self, rows: Rows) -> list[str]:
        """Take predictions; on return they are on disk.

        Parameters
        ----------
        rows:
            One row or several, as mappings (or a pandas or polars DataFrame): ``prediction``
            (number or class label), ``probability`` (of the positive class) or
            ``probability_<label>``, and optionally ``association_id``, ``timestamp``
            (default: now), ``latency_ms``; every other key is a feature. A row counts for the
            package that was in service at its timestamp, whenever it arrives.

        Returns
        -------
        list of str
            The rows' association IDs, made up for rows without one.

        Raises
        ------
        InvalidInput
            when a row cannot be sent, naming it; none is taken.
        SpoolFull
            when the spool is at its limit; none is taken.

        """
        now = datetime.now(UTC).isoformat()
        prepared, ids = [], []
        for position, given in enumerate(rows_of(rows)):
            row = plain_row(given, position)
            row["association_id"] = association_id(row.get("association_id")) or uuid.uuid4().hex
            if row.get("timestamp") is None:
                row["timestamp"] = now
            ids.append(row["association_id"])
            prepared.append(json.dumps(row, ensure_ascii=False))
        self._take("reports", prepared)
        return ids

    def actuals(self, rows: Rows) -> int:
        """Take what really happened: ``association_id``, ``value``, optionally ``timestamp``.

        Returns how many rows were taken; otherwise as `report`.
        """
        now = datetime.now(UTC).isoformat()
        prepared = []
        for position, given in enumerate(rows_of(rows)):
            row = plain_row(given, position)
            row["association_id"] = association_id(row.get("association_id"))
            for name in ("association_id", "value"):
                if row.get(name) is None:
                    raise InvalidInput(
                        f"Row {position} of the actuals has no {name}.",
                        advice="Give association_id and value; leave out what is not known yet.",
                        fields={"row": position, "column": name},
                    )
            if row.get("timestamp") is None:
                row["timestamp"] = now
            prepared.append(json.dumps(row, ensure_ascii=False))
        self._take("actuals", prepared)
        return len(prepared)

    @property
    def waiting(self) -> int:
        """How many rows are on disk and not yet sent."""
        return self._spool.count()

    def rejected(self) -> list[dict[str, Any]]:
        """The rows that the server refused: ``kind``, ``row``, ``problem``, ``at`` (epoch)."""
        return self._spool.rejected()

    def retry_rejected(self) -> int:
        """Send the refused rows once more, behind those that wait; returns how many."""
        moved = self._spool.requeue()
        self._wake.set()
        return moved

    def discard_rejected(self) -> int:
        """Forget the refused rows; returns how many."""
        return self._spool.discard_rejected()

    def flush(self, timeout: float | None = None) -> bool:
        """Send now and wait until nothing waits; whether that came true within the time.

        Rows that the server refused do not wait: look at `rejected`.
        """
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        self._ensure_started()
        with self._flushing:
            self._wake.set()
            while True:
                # Cleared before looking, so that what ends in between is not missed.
                self._progress.clear()
                if self._spool.count() == 0:
                    return True
                left = deadline - time.monotonic()
                if left <= 0 or not self._thread.is_alive():
                    return False
                # Another process may be the one that sends, so look again in a while.
                self._progress.wait(min(left, 0.1))

    def close(self, timeout: float = 30.0) -> bool:
        """Send what waits, for at most so long, and stop; whether everything was sent.

        What is left stays on disk for the next `Reporter` of the same deployment and folder.
        """
        if self._closed:
            return True
        sent = self.flush(timeout)
        self._closed = True
        _living.discard(self)
        self._stop.set()
        self._wake.set()
        self._thread.join(5.0)
        if not sent:
            log.warning(
                "%s rows wait in %s for the next reporter. %s",
                self._spool.count(), self._spool.path, self._problem,
            )  # fmt: skip
        if not self._thread.is_alive():
            self._spool.close()
        return sent

    def __enter__(self) -> Reporter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Reporter to {self._sender.address}>"

    # --- the background ---------------------------------------------------------------------

    def _start(self) -> None:
        self._process = os.getpid()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._flushing = _Hurry()
        self._progress = threading.Event()
        self._starting = threading.Lock()
        self._thread = threading.Thread(
            target=self._run, name="jupyter-registry-reporter", daemon=True
        )
        self._thread.start()

    def _forked(self) -> None:
        """In a child process: the thread stayed behind, and files belong to the parent."""
        self._spool.forked()
        self._process = 0
        self._starting = threading.Lock()

    def _ensure_started(self) -> None:
        if self._process != os.getpid():
            with self._starting:
                if self._process != os.getpid():
                    self._start()

    def _take(self, kind: str, bodies: Sequence[str]) -> None:
        if self._closed:
            raise InvalidInput("This reporter is closed.", advice="Make a new one.")
        if not bodies:
            return
        self._ensure_started()
        self._spool.append(kind, bodies, why_waiting=self._problem)
        if len(bodies) >= self._batch_rows:
            self._wake.set()

    def _run(self) -> None:
        failures = 0
        limit = self._batch_rows
        next_try = time.monotonic()  # what an earlier process left is sent at once
        while True:
            self._wait_until(next_try, failing=failures > 0)
            if self._stop.is_set():
                return
            try:
                later, limit = self._send_all(limit)
            except Exception as error:
                # The disk or the file: as temporary as a lost connection, and said alike.
                later = Later(f"The spool cannot be used: {error}")
            if later is None:
                failures = 0
                next_try = time.monotonic() + self._interval
                continue
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(failures, 20))
            wait = max(wait * random.uniform(0.5, 1.0), min(later.after or 0.0, 3600.0))
            next_try = time.monotonic() + wait
            failures += 1
            self._problem = later.problem
            log.log(
                logging.WARNING if failures in (1, 10) else logging.INFO,
                "Reporting is interrupted, next try in %.1f s: %s", wait, later.problem,
            )  # fmt: skip

    def _wait_until(self, moment: float, *, failing: bool) -> None:
        """Wait for a time, for a full batch, or for a flush.

        After a failure a full batch waits too, and a flush tries again twice a second.
        """
        started = time.monotonic()
        while not self._stop.is_set():
            now = time.monotonic()
            if self._flushing and (not failing or now >= started + _FIRST_WAIT):
                return
            if now >= moment:
                return
            until = min(moment, started + _FIRST_WAIT) if self._flushing else moment
            woken = self._wake.wait(max(0.0, until - now))
            self._wake.clear()
            if woken and not failing:
                return

    def _send_all(self, limit: int) -> tuple[Later | None, int]:
        """Send until nothing waits; what stopped it, and the present size of a batch."""
        if self._spool.count() == 0:
            self._progress.set()
            return None, limit
        with self._spool.sole_sender() as free:
            while free and not self._stop.is_set():
                entries = self._spool.head(limit, _BATCH_BYTES)
                if not entries:
                    break
                outcome = self._sender.send(entries[0].kind, [entry.body for entry in entries])
                if isinstance(outcome, Later):
                    return outcome, limit
                self._problem = ""
                if isinstance(outcome, Delivered):
                    self._settle(entries, outcome)
                    limit = min(self._batch_rows, 2 * limit)
                elif outcome.rows:
                    self._set_aside([(entries[row], why) for row, why in outcome.rows.items()])
                elif outcome.alike or len(entries) == 1:
                    self._set_aside([(entry, outcome.problem) for entry in entries])
                else:
                    # Some row of these is refused and not named: find it by halving.
                    limit = len(entries) // 2
            self._progress.set()
        return None, limit

    def _settle(self, entries: Sequence[Entry], outcome: Delivered) -> None:
        if outcome.unnamed and outcome.refused:
            # Rows behind the last one named may be refused too; they are sent again.
            entries = entries[: max(outcome.refused) + 1]
        refused = [(entries[row], why) for row, why in outcome.refused.items()]
        self._warn(refused)
        self._spool.done(
            [entry for row, entry in enumerate(entries) if row not in outcome.refused], refused
        )

    def _set_aside(self, refused: Sequence[tuple[Entry, str]]) -> None:
        self._warn(refused)
        self._spool.done([], refused)

    def _warn(self, refused: Sequence[tuple[Entry, str]]) -> None:
        if not refused:
            return
        # the same trouble is told loudly once, not once per batch
        first = refused[0][1]
        level = logging.INFO if first == self._told else logging.WARNING
        self._told = first
        log.log(
            level, "The server refused %s rows for %s (%s); they are in rejected(). First: %s",
            len(refused), refused[0][0].kind, self._sender.address, first,
        )  # fmt: skip


class _Hurry:
    """How many callers wait in `Reporter.flush`; true while any does."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._count -= 1

    def __bool__(self) -> bool:
        return self._count > 0


_living: weakref.WeakSet[Reporter] = weakref.WeakSet()
#: Seconds that the end of the process waits for each reporter that was not closed.
_EXIT_SECONDS = 5.0


@atexit.register
def _close_all() -> None:
    for reporter in list(_living):
        if reporter._process == os.getpid():
            reporter.close(_EXIT_SECONDS)


def _after_fork() -> None:
    for reporter in list(_living):
        reporter._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
