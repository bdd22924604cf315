"""Counting the requests of deployments: in memory, and every few seconds into the database."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from logging import Logger, getLogger

from ..domain.errors import StorageUnavailable
from ..domain.health import Requests
from ..store.database import Database
from .buckets import DAY_LEVEL, HOUR, HOUR_LEVEL, HOURS_OF_DAY
from .cursor import Cursor, Writer
from .keys import Key as BucketKey

HEALTH = "health_bucket"
#: Seconds that counts stay in memory.
FLUSH_SECONDS = 5.0
#: Most hours of deployments and packages that are kept while the database is away.
MOST_KEPT = 4096
#: Buckets read, merged and written by one statement each.
_KEYS_AT_ONCE = 100

#: (deployment, package, hour since 1970).
Hour = tuple[int, int, int]
_Counts = defaultdict[Hour, Requests]


class HealthCounter:
    """The requests of this server's deployments; one per process and database.

    This is operational data, not the record of predictions: what was counted in the last
    `FLUSH_SECONDS` is lost when the server is killed, and while the database is away, counts wait
    in memory, those of `MOST_KEPT` hours at most. Where the connection breaks at the very moment
    of a commit, a few requests may be counted twice.
    """

    def __init__(
        self, database: Database, log: Logger | None = None, *, flush_seconds: float = FLUSH_SECONDS
    ) -> None:
        self._writer = Writer(database.log_engine)
        self._log = log or getLogger(__name__)
        self._flush_seconds = flush_seconds
        self._counts: _Counts = defaultdict(Requests)
        #: Held for as long as one count takes, or an exchange of ``_counts``.
        self._lock = threading.Lock()
        #: Held while counts are on their way to the database.
        self._flushing = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)
        self._thread.start()

    def count(
        self,
        deployment_id: int,
        package_id: int,
        status: int,
        rows: int,
        response_ms: float,
        model_ms: float | None = None,
    ) -> None:
        """Count a request that was finished now; takes microseconds and waits for nothing.

        Parameters
        ----------
        status:
            The HTTP status of its answer.
        rows:
            Rows predicted or recorded; 0 of what was refused.
        response_ms, model_ms:
            Milliseconds from its arrival to its answer, and those of the model, if it was asked.

        """
        moment = time.time_ns() // 1000
        with self._lock:
            self._counts[deployment_id, package_id, moment // HOUR].add(
                status, rows, response_ms, model_ms, moment
            )

    def flush(self) -> None:
        """Write what was counted so far; blocks until it is read by everyone.

        Raises
        ------
        StorageUnavailable
            when the database cannot be used; the counts are kept, and tried again.

        """
        with self._flushing:
            with self._lock:
                taken, self._counts = self._counts, defaultdict(Requests)
            if not taken:
                return
            try:
                with self._writer.transaction() as cursor:
                    add(cursor, taken)
            except BaseException:
                self._give_back(taken)
                raise
            finally:
                # the log's few connections are for those who read and write it all the time
                self._writer.close()

    def close(self) -> None:
        """Write what was counted, then stop; what cannot be written now is lost."""
        self._stop.set()
        self._thread.join()
        self._try_to_flush()

    def _run(self) -> None:
        while not self._stop.wait(self._flush_seconds):
            self._try_to_flush()

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except StorageUnavailable as error:
            self._log.warning("Counts of requests wait to be written: %s", error.detail)
        except Exception:  # the thread goes on: the next time may do better
            self._log.exception("Counts of requests could not be written")

    def _give_back(self, taken: Mapping[Hour, Requests]) -> None:
        """Keep what could not be written, but of too many hours only the latest."""
        with self._lock:
            for key, requests in taken.items():
                self._counts[key] = self._counts[key].merged(requests)
            excess = len(self._counts) - MOST_KEPT
            if excess > 0:
                for key in sorted(self._counts, key=lambda key: key[2])[:excess]:
                    del self._counts[key]


def add(cursor: Cursor, counts: Mapping[Hour, Requests]) -> None:
    """Add requests to the buckets of their hours and days, inside a transaction."""
    by_deployment: dict[int, dict[BucketKey, Requests]] = {}
    for (deployment, package, hour), requests in counts.items():
        buckets = by_deployment.setdefault(deployment, {})
        for level, start in ((HOUR_LEVEL, hour), (DAY_LEVEL, hour // HOURS_OF_DAY)):
            key = (package, level, start)
            known = buckets.get(key)
            buckets[key] = requests if known is None else known.merged(requests)
    # every server takes the rows in this order, so none waits for one that waits for it
    for deployment in sorted(by_deployment):
        buckets = by_deployment[deployment]
        keys = sorted(buckets)
        for first in range(0, len(keys), _KEYS_AT_ONCE):
            part = {key: buckets[key] for key in keys[first : first + _KEYS_AT_ONCE]}
            _add(cursor, deployment, part)


def _add(cursor: Cursor, deployment: int, buckets: Mapping[BucketKey, Requests]) -> None:
    known = _held(cursor, deployment, buckets)
    merged = {
        key: requests if key not in known else known[key].merged(requests)
        for key, requests in buckets.items()
    }
    cursor.run_many(
        f"INSERT INTO {HEALTH} (deployment_id, package_id, level, start, n, data) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (deployment_id, package_id, level, start) "
        "DO UPDATE SET n = excluded.n, data = excluded.data",
        [(deployment, *key, requests.n, requests.to_bytes()) for key, requests in merged.items()],
    )


def _held(
    cursor: Cursor, deployment: int, buckets: Mapping[BucketKey, Requests]
) -> dict[BucketKey, Requests]:
    """What the buckets hold, locked until the transaction ends.

    SQLite has one writer at a time. In PostgreSQL a row must be there to be locked, so empty ones
    are put where there are none; a server that does so at the same time waits for this one.
    """
    lock = ""
    if not cursor.sqlite:
        lock = " ORDER BY package_id, level, start FOR UPDATE"
        nothing = Requests().to_bytes()
        cursor.run_many(
            f"INSERT INTO {HEALTH} (deployment_id, package_id, level, start, n, data) "
            "VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
            [(deployment, *key, nothing) for key in buckets],
        )
    where = " OR ".join(["(package_id = ? AND level = ? AND start = ?)"] * len(buckets))
    rows = cursor.all(
        f"SELECT package_id, level, start, data FROM {HEALTH} "
        f"WHERE deployment_id = ? AND ({where}){lock}",
        (deployment, *(item for key in buckets for item in key)),
    )
    return {
        (package, level, start): Requests.from_bytes(data) for package, level, start, data in rows
    }
