"""What all handlers share: parts, bodies and parameters in, answers and problems out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyter_server.base.handlers import APIHandler
from tornado import web

from ...domain.errors import InvalidInput, NotAuthenticated, RegistryError, nearest
from .. import problems
from ..auth import KeyAuthorizer, KeyIdentity, key_in

if TYPE_CHECKING:
    from ...registry.services import Services
    from ..opening import Opening
    from ..routes import Operation, Route

#: Where everything is, below the server's base URL.
API = "jupyter-registry/api/v1"
RESOURCE = "jupyter_registry"

_KEYS = KeyIdentity()
_KEY_AUTHORIZER = KeyAuthorizer()
#: Parameters that Jupyter Server itself takes.
_FOREIGN = frozenset({"token", "no_track_activity", "_xsrf", "_"})

Parse = Callable[[str], Any]


class RegistryHandler(APIHandler):
    """A handler of one route."""

    auth_resource = RESOURCE
    #: Whether a prediction key may be used.
    open_to_keys = False
    prediction_key: str | None = None
    key_opens: int | None = None

    def initialize(self, opening: Opening, route: Route) -> None:
        """Take the parts; called by tornado."""
        self.opening = opening
        self.route = route
        if self.open_to_keys:
            self.prediction_key = key_in(self.request.headers.get("Authorization"))

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
        raise _not_authenticated()

    @property
    def user(self) -> str:
        """The name of whoever asks."""
        return str(self.current_user.username)

    async def services(self) -> Services:
        """The registry's parts, opened when they are first needed."""
        return self.opening.services or await self.opening.open()

    async def in_thread(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a use case that blocks beside the event loop."""
        services = await self.services()
        return await services.in_thread(function, *args, **kwargs)

    @property
    def max_body_bytes(self) -> int:
        """Bytes that the server takes in one body (uploads of files excepted)."""
        assert self.serverapp is not None
        return int(self.serverapp.max_body_size)

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
            return entity.model_validate_json(self.request.body or b"{}")
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

    # --- out ----------------------------------------------------------------------------------

    def answer(self, result: Any, status: int | None = None) -> None:
        """Finish with an entity, a list of them, or what is ready for JSON."""
        self.set_status(status or self.operation.status)
        dump = getattr(result, "model_dump_json", None)
        text = dump() if dump is not None else json.dumps(result, default=_to_json)
        self.finish(text)

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
        elif status_code == 403 and not self.current_user:
            kwargs["problem"] = _not_authenticated()
            status_code = 401
        super().send_error(status_code, **kwargs)

    def operation_status(self, error: RegistryError) -> int:
        """The status of an exception in this handler."""
        return problems.status_of(error)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write the problem document."""
        given = kwargs.get("problem") or _exception(kwargs)
        problem = problems.error_of(given, status_code)
        self.set_header("Cache-Control", "no-store")
        if status_code == 503:
            self.set_header("Retry-After", "1")
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
    """Every address below the API's that is none of its routes."""

    async def prepare(self) -> None:
        """Answer 404, or 401 to who is not known."""
        await super().prepare()
        raise web.HTTPError(404, f"There is nothing at {self.request.path}")


def _exception(kwargs: Mapping[str, Any]) -> BaseException | None:
    info = kwargs.get("exc_info")
    return info[1] if info else None


def _not_authenticated() -> NotAuthenticated:
    return NotAuthenticated(
        "The request says not who it comes from.",
        advice="Send the server's token (Authorization: token …), or, for predictions, reports "
        "and actuals, a prediction key of the deployment (Authorization: Bearer jrk_…).",
    )


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.model_dump(mode="json")


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


def choice(kind: str, text: str) -> Any:
    """A parameter that is one of an enumeration of `domain.kinds`."""
    from ...domain import kinds

    known = getattr(kinds, kind)
    try:
        return known(text)
    except ValueError:
        raise ValueError(f"{text!r} is none of {', '.join(known)}") from None


def one_of(kind: str) -> Parse:
    """Parser of an enumeration's values."""
    return partial(choice, kind)


def yes_or_no(text: str) -> bool:
    """Parser of ``true`` and ``false``."""
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError("true or false is needed")
    return known[text.lower()]


def yes_no_or_any(text: str) -> bool | None:
    """Parser of ``true``, ``false`` and ``any``."""
    return None if text.lower() == "any" else yes_or_no(text)


def whole_number(text: str) -> int:
    """Parser of integers."""
    try:
        return int(text)
    except ValueError:
        raise ValueError("a whole number is needed") from None


def moment(text: str) -> datetime:
    """Parser of times; naive ones mean UTC."""
    try:
        # a "+" that was not escaped arrives as a space
        parsed = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise ValueError("a date or time in ISO 8601 is needed") from None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
