"""Rows of a deployment: predictions asked for, reports and actuals sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.prometheus.log_functions import prometheus_log_method
from tornado import web

from ...domain.errors import InvalidInput, ModelFailed, RegistryError, UnsupportedMediaType
from .base import RegistryHandler

if TYPE_CHECKING:
    from ...registry.champions import Champion
    from ...registry.predict import Answer
    from ...registry.services import Services
    from ..tabular import Rows

#: Bytes of a JSON body that are parsed on the event loop: it takes well under a millisecond.
_SMALL_BODY = 16_384
#: Rows of an answer that are written on the event loop.
_SMALL_ANSWER = 64
#: Rows recorded as one batch.
_BATCH_ROWS = 16_384
#: How much larger than its limit a body may become when it is unpacked.
_UNPACKED = 16


class RowsHandler(RegistryHandler):
    """What the three have in common; a prediction key opens them."""

    open_to_keys = True
    # applications ask all the time; that says nothing of whether the server is in use by people
    _track_activity = False
    #: Whether requests count in the deployment's service health.
    counted = False
    #: What was asked, once it is known that it may be; rows taken, and milliseconds of the model.
    _asked: tuple[Services, Champion] | None = None
    _rows = 0
    _model_ms: float | None = None

    def set_signed_cookie(self, name: str, value: Any, *_: Any, **__: Any) -> None:
        """Keep no session: applications send their token or key with every request."""

    set_secure_cookie = set_signed_cookie

    def _log(self) -> None:
        """Count a success, and write a line only of what failed: they come by the thousand."""
        if self.get_status() < 400:
            prometheus_log_method(self)
        else:
            super()._log()

    @property
    def content_type(self) -> str | None:
        """The type that the body is said to have."""
        value: str | None = self.request.headers.get("Content-Type")
        return value

    @property
    def unpacked_limit(self) -> int:
        """Bytes that a body may have once it is unpacked."""
        return _UNPACKED * self.max_body_bytes

    async def champion(self, deployment: str) -> tuple[Services, Champion]:
        """The parts, and what the deployment serves."""
        services = await self.services()
        self._asked = services, await services.champions.get(services, deployment)
        return self._asked

    def on_finish(self) -> None:
        """Count the request, however it ended."""
        if self.counted and self._asked is not None:
            services, champion = self._asked
            services.health.count(
                champion.deployment_id,
                champion.package_id,
                self.get_status(),
                self._rows,
                max(0.0, 1000 * self.request.request_time()),
                self._model_ms,
            )
        super().on_finish()


class PredictionsHandler(RowsHandler):
    """Asking a hosted model."""

    counted = True
    #: Done when who asked has closed the connection; of a large body alone.
    _gone: asyncio.Future[None] | None = None

    def on_connection_close(self) -> None:
        """Have a model work no further for who has gone."""
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)
        super().on_connection_close()

    @web.authenticated
    @authorized
    async def post(self, deployment: str) -> None:
        """Predict the body's rows."""
        services, champion = await self.champion(deployment)
        from ...domain.unstructured import Body
        from ...registry.predict import CallerGone, Wishes, predict, predict_body
        from ..tabular import answer_type, is_for_machines, write_rows

        query = self.query() if self.request.query else {}
        try:
            wanted = answer_type(self.request.headers.get("Accept"))
        except UnsupportedMediaType as error:
            raise _NotAcceptable(error.detail, advice=error.advice, fields=error.fields) from None
        passthrough = tuple(filter(None, query.pop("passthrough", "").split(",")))
        champion.check_active()
        body = self.content
        # a model's own code may read bodies as they were sent, but no tables of machines'
        reader = None
        if body and not is_for_machines(body, self.content_type):
            reader = await services.champions.reader_of(services, champion)
        rows = await self._rows_in(services, champion, body, may_be_none=reader is not None)

        async def write(answer: Answer) -> bytes:
            n = len(answer["row"])
            if n <= _SMALL_ANSWER and wanted == "application/json":
                return write_rows(answer, wanted)
            written: bytes = await services.in_bulk(100 * n, write_rows, answer, wanted)
            return written

        wishes = Wishes(passthrough=passthrough, **query)
        try:
            if reader is None:
                assert rows is not None
                written, n = (
                    await predict(services, champion, rows, wishes, write, self._gone),
                    rows.n,
                )
            else:
                sent = Body.of(body, self.content_type)
                written, n = await predict_body(
                    services, champion, reader, sent, rows, wishes, write, self._gone
                )
        except CallerGone:
            self._asked = None  # neither answered nor refused
            self.set_status(499, "Client Closed Request")
            self.finish()
            return
        self._rows, self._model_ms = n, written.model_ms
        self.finish(written.body, set_content_type=wanted)

    async def _rows_in(
        self, services: Services, champion: Champion, body: bytes, *, may_be_none: bool
    ) -> Rows | None:
        """The rows of the body; ``None`` for one that is no table of all inputs, if it may be."""
        from ..tabular import read_rows

        reading: tuple[Any, ...] = (body, self.content_type, champion.signature)
        try:
            if len(body) <= _SMALL_BODY and body[:1] in (b"{", b"["):
                rows = read_rows(*reading, limit=self.unpacked_limit)
            else:
                self._gone = asyncio.get_running_loop().create_future()
                rows = await services.in_bulk(
                    len(body), read_rows, *reading, limit=self.unpacked_limit
                )
        except (InvalidInput, UnsupportedMediaType):
            if may_be_none:
                return None
            raise
        if may_be_none and not rows.columns.keys() >= set(champion.signature.names):
            return None
        return rows

    def operation_status(self, error: RegistryError) -> int:
        """A model that fails is no fault of the request."""
        if isinstance(error, _NotAcceptable):
            return 406
        return 500 if type(error) is ModelFailed else super().operation_status(error)


class UnstructuredHandler(RowsHandler):
    """Asking an unstructured model: the whole request is passed on, and its answer back."""

    counted = True

    @property
    def content_security_policy(self) -> str:
        """An answer is a model's, and none of this server's pages: it must run nothing here."""
        return "sandbox; default-src 'none'"

    @web.authenticated
    @authorized
    async def post(self, deployment: str) -> None:
        """Answer as the model does."""
        services, champion = await self.champion(deployment)
        from ...domain.unstructured import Body
        from ...registry.unstructured import answer

        given = Body.of(self.content, self.content_type, self.any_query())
        answered, self._model_ms = await answer(services, champion, given)
        if answered.content is None:
            self.done()
        else:
            self.finish(answered.content, set_content_type=answered.content_type)

    def operation_status(self, error: RegistryError) -> int:
        """A model that fails is no fault of the request."""
        return 500 if type(error) is ModelFailed else super().operation_status(error)


class RecordingHandler(RowsHandler):
    """Taking rows in, in batches."""

    async def record(self, deployment: str, use_case: Callable[..., Any]) -> None:
        """Record the body's rows, and answer what became of them."""
        services, champion = await self.champion(deployment)
        from ..tabular import read_batches

        body, kind, limit = self.content, self.content_type, self.unpacked_limit
        result = await services.in_bulk(
            len(body),
            use_case,
            services,
            champion,
            lambda: read_batches(body, kind, _BATCH_ROWS, limit=limit),
            **self.query(),
        )
        self._rows = result.accepted
        self.answer(result)


class ReportsHandler(RecordingHandler):
    """Predictions made elsewhere."""

    counted = True

    @web.authenticated
    @authorized
    async def post(self, deployment: str) -> None:
        """Record the body's rows."""
        from ...registry import reports

        await self.record(deployment, reports.report)


class ActualsHandler(RecordingHandler):
    """What really happened."""

    @web.authenticated
    @authorized
    async def post(self, deployment: str) -> None:
        """Record the body's rows."""
        from ...registry import actuals

        await self.record(deployment, actuals.record)


class _NotAcceptable(UnsupportedMediaType):
    """No format that the caller accepts can be given."""
