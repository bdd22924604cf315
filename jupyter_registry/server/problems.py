"""From exceptions to HTTP: one status per class, one shape for all (RFC 9457)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError

from ..domain import errors
from ..domain.errors import RegistryError

if TYPE_CHECKING:
    from ..domain.entities import Problem

PROBLEM_JSON = "application/problem+json"

#: The status of a class and of those below it that are not listed themselves.
STATUS: Mapping[type[RegistryError], int] = {
    errors.InvalidInput: 400,
    errors.NotAuthenticated: 401,
    errors.NotAuthorised: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.SignatureMismatch: 422,
    errors.InvalidRows: 422,
    errors.ModelRejectedInput: 422,
    errors.ModelFailed: 422,
    errors.UnsupportedFormat: 422,
    errors.ContentsRefused: 422,
    errors.ArchiveRefused: 422,
    errors.UnsafeContent: 422,
    errors.SignatureRefused: 422,
    errors.IntegrityFailure: 422,
    errors.RequirementsRefused: 422,
    errors.EnvironmentFailed: 422,
    errors.MissingExtra: 422,
    errors.WorkerUnavailable: 503,
    errors.PredictionTimeout: 504,
    errors.SchemaTooNew: 503,
    errors.StorageUnavailable: 503,
}

#: What Jupyter Server and tornado refuse by a bare status.
_OF_HTTP: Mapping[int, tuple[type[RegistryError], str]] = {
    400: (errors.InvalidInput, "Look at the request; the server's log says more."),
    401: (errors.NotAuthenticated, "Send the server's token: Authorization: token …"),
    403: (errors.NotAuthorised, "Ask the server's administrator for the right to do this."),
    404: (errors.NotFound, "Check the address; openapi.json lists all there are."),
    405: (errors.InvalidInput, "The header Allow lists the methods of this address."),
    413: (errors.TooLarge, "Send less at once, or have the server's limit raised."),
}


def status_of(error: RegistryError) -> int:
    """The HTTP status of an exception."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def document(error: RegistryError, status: int) -> bytes:
    """The problem document of an exception, as JSON."""
    problem = {
        "type": f"urn:jupyter-registry:{type(error).__name__}",
        "title": error.title,
        "status": status,
        "detail": error.detail,
        "advice": error.advice,
        "fields": error.fields,
    }
    try:
        text = json.dumps(problem, default=str, ensure_ascii=False, allow_nan=False)
    except ValueError:  # a field has NaN or an infinity, which JSON has not
        problem["fields"] = {name: str(value) for name, value in error.fields.items()}
        text = json.dumps(problem, ensure_ascii=False)
    # a name that the caller sent may have lone surrogates
    return text.encode(errors="replace")


def entity(error: RegistryError) -> Problem:
    """The same as part of an answer."""
    from ..domain.entities import Problem

    return Problem.model_validate_json(document(error, status_of(error)))


def error_of(error: BaseException | None, status: int) -> RegistryError:
    """The exception to tell of, for one that came from elsewhere."""
    if isinstance(error, RegistryError):
        return error
    if isinstance(error, HTTPError):
        kind, advice = _OF_HTTP.get(status, (RegistryError, ""))
        return kind(f"{_message(error) or kind.title}.", advice=advice)
    return RegistryError(
        "The server failed at this; nothing is known to be wrong with the request.",
        advice="Look into the server's log, and report it with what is there.",
    )


def _message(error: HTTPError) -> str:
    text = error.log_message or error.reason or ""
    if error.log_message:
        with contextlib.suppress(TypeError, ValueError):
            text %= error.args  # tornado doubles each % of a message without arguments
    return text.rstrip(".")


def detail_for_log(fields: Mapping[str, Any]) -> str:
    """A traceback that came from a worker, for the server's log."""
    trace = fields.get("traceback")
    return f"\n{trace}" if trace else ""
