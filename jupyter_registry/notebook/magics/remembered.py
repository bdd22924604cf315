"""What the server lists, asked in the background and kept for a moment: for completion.

Waiting has an end: what the server does not answer in time is there for the next time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...client.connection import Connection

#: Seconds that an answer is good for, and that a failure is believed.
_FRESH = 5.0
#: Requests under way at once; further ones are not made.
_AT_ONCE = 4


@dataclass
class _Asked:
    """One request: its answer once there is one (``None`` after a failure)."""

    answer: Any = None
    at: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def is_fresh(self) -> bool:
        return not self.done.is_set() or time.monotonic() - self.at < _FRESH


class Remembered:
    """Answers of the server by what was asked."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._asked: dict[Any, _Asked] = {}

    def forget(self) -> None:
        """Ask anew from now on: something was changed, or the server is another."""
        self._asked = {}

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, deadline: float
    ) -> Any | None:
        """The JSON at a path; ``None`` where there is none, or none in time.

        Parameters
        ----------
        deadline:
            The `time.monotonic` until which to wait.

        """
        key = (path, tuple(sorted((params or {}).items())))
        known = self._asked.get(key)
        if known is None or not known.is_fresh:
            under_way = sum(not one.done.is_set() for one in list(self._asked.values()))
            if under_way >= _AT_ONCE:
                return known.answer if known else None
            stale = known.answer if known else None
            known = self._asked[key] = _Asked(stale)
            threading.Thread(
                target=self._ask, args=(known, path, params), daemon=True, name="registry-names"
            ).start()
        known.done.wait(max(0.0, deadline - time.monotonic()))
        return known.answer

    def _ask(self, asked: _Asked, path: str, params: Mapping[str, Any] | None) -> None:
        try:
            asked.answer = self._connect().get(path, params)
        except Exception:
            asked.answer = None  # completion has nothing to offer; the magic will say why
        finally:
            asked.at = time.monotonic()
            asked.done.set()
