"""Rows sent batch by batch, counted and stopped between batches.

The client sends a table in batches, one request each. A connection that passes everything on
to the one behind it sees them go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...client.connection import Connection
from ...client.registry import Registry

if TYPE_CHECKING:
    import httpx

    from ...client.deployments import Deployment


class _CountedConnection(Connection):
    def __init__(
        self, connection: Connection, before: Callable[[], object], after: Callable[[], object]
    ) -> None:
        self.__dict__.update(connection.__dict__)
        self._before, self._after = before, after

    def raw(self, method: str, path: str, **rest: Any) -> httpx.Response:
        self._before()
        answer = super().raw(method, path, **rest)
        self._after()
        return answer


class _CountedRegistry(Registry):
    def __init__(self, connection: Connection) -> None:
        self.connection = connection


def counted(
    deployment: Deployment,
    rows: int,
    total: int,
    check: Callable[[], None],
    done: Callable[[int], object],
) -> Deployment:
    """The same deployment over the same connections, its batches counted.

    Parameters
    ----------
    rows, total:
        Rows of a batch, and of all.
    check:
        Called before each batch; raises to stop.
    done:
        Called after each batch with the rows sent until then.

    """
    sent = 0

    def after() -> None:
        nonlocal sent
        sent = min(total, sent + rows)
        done(sent)

    connection = _CountedConnection(deployment._registry.connection, check, after)
    return type(deployment).of(_CountedRegistry(connection), deployment.model_dump())
