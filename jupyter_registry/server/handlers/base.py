"""What all handlers share: parts, bodies and parameters in, answers and problems out."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.base.handlers import APIHandler
from tornado import web

from ...domain.errors import InvalidInput, NotAuthenticated, RegistryError, TooLarge, nearest
from .. import problems
from ..auth import KeyAuthorizer, KeyIdentity, key_in

if TYPE_CHECKING:
    from ...registry.services import Services
    from ..opening import Opening
    from ..parameters import Parse
    from ..routing import Operation, Route

#: Where everything is, below the server's base URL.
API = "jupyter-registry/api/v1"
RESOURCE = "jupyter_registry"
_NO_LIMIT = 1 << 62
#: Bytes of a refused body that are let pass by, so that its sender comes to read the answer.
_DRAINED = 64 * 1024**2

_KEYS = KeyIdentity()
_KEY_AUTHORIZER = KeyAuthorizer()
#: Parameters that Jupyter Server itself takes.
_FOREIGN = frozenset({"token", "no_track_activity", "_xsrf", "_"})


class RegistryHandler(APIHandler):
    """A handler of one route; it knows who asks before it takes more than a small body."""

    auth_resource = RESOURCE
    #: Whether a prediction key may be used.
    open_to_keys = False
    #: Whether this class takes the body piece by piece; `server.mounting` makes those that do.
    streams = False
    #: Whether even a small body is taken so.
    always_streams = False
    prediction_key: str | None = None
    key_opens: int | None = None

    def initialize(self, opening: Opening, route: Route) -> None:
        """Take the parts; called by tornado."""
        self.opening = opening
        self.route = route
        self._pieces: list[bytes] = []
        self._received = 0
        self._refusal: RegistryError | web.HTTPError | None = None
        if self.open_to_keys:
            self.prediction_key = key_in(self.request.headers.get("Authorization"))

    async def prepare(self) -> None:
        """Admit the request, or refuse it without keeping any of a body that streams."""
        if not self.streams:
            await self.admit()
            return
        connection: Any = self.request.connection
        connection.set_max_body_size(_NO_LIMIT)  # tornado's own would end without an answer
        try:
            await self.admit()
        except (RegistryError, web.HTTPError) as error:
            if self._declared_size() > _DRAINED:
                raise
            # the body is let pass by: who is still sending would not read an answer
            self._refusal = error
            setattr(self, str(self.request.method).lower(), self._refused)

    async def admit(self) -> None:
        """Refuse who is not known, and what is too large, before the body is taken."""
        await super().prepare()
        if self.request.method == "OPTIONS":
            return
        if self.current_user is None:
            raise self._not_authenticated()
        if not self.route.operations:
            raise web.HTTPError(404, f"There is nothing at {self.request.path}")
        if self.request.method not in self.route.operations:
            raise web.HTTPError(405, f"{self.request.method} cannot be done here")
        self.check_size(self._declared_size())

    def check_xsrf_cookie(self) -> None:
        """Ask for the cookie; who is not known at all is told that first."""
        if getattr(self, "_jupyter_current_user", self) is None:
            raise self._not_authenticated()
        super().check_xsrf_cookie()

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Take a piece of the body."""
        self._received += len(chunk)
        if self._refusal is not None:
            if self._received > _DRAINED:
                self.refuse(self._refusal)
            return None
        try:
            self.check_size(self._received)
        except TooLarge as error:
            self.refuse(error)
            return None
        return self.take(chunk)

    def take(self, chunk: bytes) -> Awaitable[None] | None:
        """Keep a piece of the body."""
        self._pieces.append(chunk)
        return None

    def refuse(self, error: RegistryError | web.HTTPError) -> None:
        """Answer with a problem while the body is still coming; the rest of it is not taken."""
        info = (type(error), error, error.__traceback__)
        self.log_exception(*info)
        self.send_error(getattr(error, "status_code", 500), exc_info=info)

    async def _refused(self, *_: str, **__: str) -> None:
        """What is done in place of the method that was asked for."""
        assert self._refusal is not None
        raise self._refusal

    def _declared_size(self) -> int:
        declared = self.request.headers.get("Content-Length", "")
        return int(declared) if declared.isascii() and declared.isdigit() else 0

    def check_size(self, size: int) -> None:
        """Raise `TooLarge` for a body of more bytes than are taken."""
        most = self.max_body_bytes
        if size > most:
            raise TooLarge(
                f"The body has more than {most:,} bytes.",
                advice="Send less at once, or have the server's limit raised.",
                fields={"limit": most},
            )

    @property
    def content(self) -> bytes:
        """The body, whole."""
        if not self.streams:
            return self.request.body
        if len(self._pieces) > 1:
            self._pieces = [b"".join(self._pieces)]
        return self._pieces[0] if self._pieces else b""

    @property
    def identity_provider(self) -> Any:
        """Jupyter's, unless the request has a prediction key."""
        return _KEYS if self.prediction_key else super().identity_provider

    @property
    def authorizer(self) -> Any:
        """Jupyter's, unless the request has a prediction key."""
        return _KEY_AUTHORIZER if self.prediction_key else super().authorizer

    def get_login_url(self) -> str:
        """Where to log in: nowhere, an API says that it is not authenticated."""
        raise self._not_authenticated()

    def _not_authenticated(self) -> NotAuthenticated:
        if key_in(self.request.headers.get("Authorization")):
            return NotAuthenticated(
                "A prediction key opens its deployment's predictions, reports and actuals alone, "
                "and this address is none of them.",
                advice="Send the server's token: Authorization: token …",
            )
        return NotAuthenticated(
            "The request says not who it comes from.",
            advice="Send the server's token (Authorization: token …), or, for predictions, "
            "reports and actuals, a prediction key of the deployment (Authorization: Bearer "
            "jrk_…).",
        )

    @property
    def user(self) -> str:
        """The name of whoever asks.

        Jupyter's own token and password make up a new name for each session; whoever has them
        acts for the server's owner, whose name says more.
        """
        if type(self.identity_provider) in (IdentityProvider, PasswordIdentityProvider):
            return _owner()
        return str(self.current_user.username)

    async def services(self) -> Services:
        """The registry's parts, opened when they are first needed; none when the server ends."""
        if self.opening.is_closed:
            self.hang_up()
        return self.opening.services or await self.opening.open()

    async def in_thread(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a use case that blocks beside the event loop."""
        services = await self.services()
        return await services.in_thread(function, *args, **kwargs)

    def hang_up(self) -> NoReturn:
        """End without an answer, as the server does: its next start may be asked again."""
        connection: Any = self.request.connection
        connection.stream.close()
        raise web.Finish

    @property
    def max_body_bytes(self) -> int:
        """Bytes that are taken in one body."""
        assert self.serverapp is not None
        return int(self.serverapp.max_body_size)

    def changed(
        self, action: str, entity: str, id: int, name: str, version: int | None = None
    ) -> None:
        """Tell who listens to the server's events of a change that was committed."""
        if self.opening.events is not None:
            self.opening.events.changed(action, entity, id, name, version=version, user=self.user)

    # --- in -----------------------------------------------------------------------------------

    @property
    def operation(self) -> Operation:
        """What the route says of this method."""
        return self.route.operations[str(self.request.method)]

    def body(self) -> Any:
        """The JSON body as the entity that the route names; raises `InvalidInput`."""
        from pydantic import ValidationError

        from ...domain import entities
        from ...registry.validation import invalid_input

        assert self.operation.body is not None
        entity = getattr(entities, self.operation.body)
        try:
            return entity.model_validate_json(self.content or b"{}")
        except ValidationError as error:
            raise invalid_input(error) from None

    def query(self) -> dict[str, Any]:
        """The query's parameters as the route declares them; absent ones are left out."""
        declared = self.operation.parameters
        found: dict[str, Any] = {}
        for name, values in self.request.query_arguments.items():
            parameter = declared.get(name)
            if parameter is None:
                if name in _FOREIGN:
                    continue
                raise InvalidInput(
                    f"There is no parameter {name!r} here.",
                    advice=nearest(name, list(declared))
                    or f"Known: {', '.join(declared) or 'none'}.",
                    fields={name: "unknown parameter"},
                )
            texts = [value.decode(errors="replace") for value in values]
            if not parameter.repeated and len(texts) > 1:
                raise _bad_parameter(name, "given more than once")
            parsed = [_parsed(name, parameter.parse, text) for text in texts]
            found[name] = parsed if parameter.repeated else parsed[0]
        return found

    def any_query(self) -> dict[str, str | list[str]]:
        """The query's parameters, whatever they are called; a list where one comes repeatedly.

        Those that Jupyter Server takes are left out: a token is no one else's business.
        """
        found: dict[str, str | list[str]] = {}
        for name, values in self.request.query_arguments.items():
            if name not in _FOREIGN:
                texts = [value.decode(errors="replace") for value in values]
                found[name] = texts if len(texts) > 1 else texts[0]
        return found

    # --- out ----------------------------------------------------------------------------------

    def answer(self, result: Any, status: int | None = None) -> None:
        """Finish with an entity, a list of them, or what is ready for JSON."""
        self.set_status(status or self.operation.status)
        self.finish(result if isinstance(result, str) else to_json(result))

    async def answer_with(self, use_case: Callable[..., Any], *parts: Any) -> None:
        """Finish with what a use case reads, as the query wants it; in a thread.

        There it is written, too: many buckets take a while.
        """
        wanted = self.query()
        for name in ("metric", "bucket_metric"):
            if name in wanted:
                wanted[f"{name}s"] = wanted.pop(name)
        self.answer(await self.in_thread(lambda: to_json(use_case(*parts, **wanted))))

    def created(self, result: Any, *path: object) -> None:
        """Finish with something made, and its address."""
        address = "/".join(quote(str(part), safe="") for part in path)
        self.set_header("Location", f"{self.base_url}{API}/{address}")
        self.answer(result)

    def done(self) -> None:
        """Finish with nothing to say."""
        self.set_status(204)
        self.clear_header("Content-Type")
        self.finish()

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Finish with a problem; the status is its class's."""
        error = _exception(kwargs)
        if isinstance(error, RegistryError):
            status_code = self.operation_status(error)
        super().send_error(status_code, **kwargs)

    def operation_status(self, error: RegistryError) -> int:
        """The status of an exception in this handler."""
        return problems.status_of(error)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write the problem document."""
        problem = problems.error_of(_exception(kwargs), status_code)
        self.set_header("Cache-Control", "no-store")
        if self.streams and not self.request._body_future.done():
            self.set_header("Connection", "close")  # nobody reads the rest of the body
        if status_code == 503:
            self.set_header("Retry-After", "1")
        if status_code == 405:
            self.set_header("Allow", ", ".join([*self.route.operations, "OPTIONS"]))
        self.finish(problems.document(problem, status_code), set_content_type=problems.PROBLEM_JSON)

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """What the registry refuses is no failure of the server."""
        if isinstance(value, RegistryError):
            level = self.log.warning if self.operation_status(value) >= 500 else self.log.info
            level(
                "%s %s: %s %s%s", self.request.method, self.request.path, value.title,
                value.detail, problems.detail_for_log(value.fields),
            )  # fmt: skip
        else:
            super().log_exception(kind, value, trace)


class UnknownAddress(RegistryHandler):
    """Every address below the API's that is none of its routes: 404."""


@cache
def _owner() -> str:
    """The name of the account that the server runs as."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "owner"


def _exception(kwargs: Mapping[str, Any]) -> BaseException | None:
    info = kwargs.get("exc_info")
    return info[1] if info else None


def to_json(result: Any) -> str:
    """An entity, a list of them, or what is ready for JSON, as JSON; NaN becomes null."""
    from pydantic_core import to_json as write

    return write(result, inf_nan_mode="null").decode()


def _parsed(name: str, parse: Parse, text: str) -> Any:
    try:
        return parse(text)
    except (ValueError, OverflowError) as error:
        raise _bad_parameter(name, str(error) or "not understood") from None


def _bad_parameter(name: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"The parameter {name!r} is not understood: {why}.".replace("..", "."),
        advice="openapi.json says what it may be.",
        fields={name: why},
    )
