"""From a problem document back to the exception class that the server raised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..domain import errors
from ..domain.errors import RegistryError

#: What an answer means that is no problem document of the registry's own.
_BY_STATUS: Mapping[int, type[RegistryError]] = {
    400: errors.InvalidInput,
    401: errors.NotAuthenticated,
    403: errors.NotAuthorised,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    415: errors.UnsupportedMediaType,
    422: errors.InvalidInput,
    503: errors.StorageUnavailable,
}


def _family(kind: type[RegistryError]) -> Iterator[type[RegistryError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)


def _key(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def is_problem(document: Any) -> bool:
    """Whether parsed JSON is a problem document of the registry."""
    return isinstance(document, Mapping) and "title" in document and "detail" in document


def error_of(document: Mapping[str, Any], status: int) -> RegistryError:
    """The exception that a problem document describes, of the class it names."""
    named = _key(re.split(r"[/#:]", str(document.get("type", "")))[-1])
    title = str(document.get("title", ""))
    chosen = None
    for kind in _family(RegistryError):
        if _key(kind.__name__) == named:
            chosen = kind
            break
        if chosen is None and kind.title == title:
            chosen = kind
    fields = document.get("fields")
    return (chosen or _BY_STATUS.get(status, RegistryError))(
        str(document.get("detail", "")) or title,
        advice=str(document.get("advice", "")),
        fields=fields if isinstance(fields, Mapping) else {},
    )


def error_of_status(status: int, text: str, url: str) -> RegistryError:
    """The exception for an answer that is no problem document: Jupyter's own, or a proxy's."""
    kind = _BY_STATUS.get(status, RegistryError)
    advice = {
        401: "Give the server's token.",
        403: "Give the server's token; it may be missing, wrong or without this right.",
        404: "Check the address, and that the extension jupyter_registry is enabled there: "
        "jupyter server extension list",
    }.get(status, "Look into the server's log.")
    # a page made for browsers says nothing to readers of errors
    shown = "" if "<html" in text.lower() else " ".join(text.split())[:300]
    return kind(f"{url} answered {status}{f': {shown}' if shown else ''}.", advice=advice)
