"""One delivery of the reporter: a batch over HTTP with the standard library, and its outcome."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from ipaddress import ip_address
from typing import IO, Any
from urllib.parse import quote, urlsplit

from .problems import is_problem

#: Answers of 4xx that say nothing about the rows: trying again may help.
_TEMPORARY = frozenset({408, 425, 429})
#: Refusals of every row alike, when the registry itself says so.
_ALL_ALIKE = frozenset({401, 403, 404, 405, 409, 410, 415})


@dataclass(frozen=True)
class Delivered:
    """The server recorded the batch, but for the ``refused`` rows (index → reason).

    ``unnamed`` more rows were refused than are named.
    """

    refused: dict[int, str] = field(default_factory=dict)
    unnamed: int = 0


@dataclass(frozen=True)
class Refused:
    """Nothing was recorded, because of the ``rows`` (index → reason) if any are named.

    ``alike`` says that no row of the batch can be taken.
    """

    problem: str
    rows: dict[int, str] = field(default_factory=dict)
    alike: bool = False


@dataclass(frozen=True)
class Later:
    """The server could not be reached or cannot answer now; ``after`` is its wish, in seconds."""

    problem: str
    after: float | None = None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would turn the POST into a GET of a login page."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Sender:
    """Posts batches to one deployment with a prediction key."""

    def __init__(self, url: str, key: str, deployment: str | int, timeout: float) -> None:
        reference = quote(str(deployment), safe="")
        self.address = f"{url.rstrip('/')}/jupyter-registry/api/v1/deployments/{reference}"
        self._key = key
        self._timeout = timeout
        handlers: list[Any] = [_NoRedirects()]
        if is_loopback(url):
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def send(self, kind: str, bodies: Sequence[str]) -> Delivered | Refused | Later:
        """Post rows (JSON texts); the kind is ``reports`` or ``actuals``."""
        request = urllib.request.Request(
            f"{self.address}/{kind}",
            data=f"[{','.join(bodies)}]".encode(),
            method="POST",
            headers={
                "Authorization": f"Bearer {self._key}",
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return _delivered(answer, len(bodies))
        except urllib.error.HTTPError as error:
            with error:
                return _refusal(error, len(bodies))
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            return Later(f"{self.address} cannot be reached: {reason}")


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, so that no proxy is asked for it."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _delivered(answer: IO[bytes], n: int) -> Delivered | Later:
    result = _json(answer)
    if not isinstance(result, dict) or "accepted" not in result:
        return Later("The address answers, but not as the registry does; check the url.")
    refused = _rows(result.get("rejections"), n)
    return Delivered(refused, max(0, int(result.get("rejected") or 0) - len(refused)))


def _refusal(error: urllib.error.HTTPError, n: int) -> Refused | Later:
    document = _json(error)
    known = is_problem(document)
    if known:
        problem = f"{document['detail']} {document.get('advice') or ''}".strip()
    else:
        problem = f"{error.url} answered {error.code} {error.reason}"
    # Login pages, proxies, and a server without the extension answer for themselves.
    foreign = not known and error.code in _ALL_ALIKE
    if error.code < 400 or error.code >= 500 or error.code in _TEMPORARY or foreign:
        return Later(problem, _seconds(error.headers.get("Retry-After")))
    fields = document.get("fields") if known else None
    fields = fields if isinstance(fields, dict) else {}
    rows = _rows(fields.get("rejected"), n)
    if not rows and _is_row(fields.get("row"), n):
        rows = {fields["row"]: problem}
    return Refused(problem, rows, alike=known and error.code in _ALL_ALIKE)


def _rows(items: Any, n: int) -> dict[int, str]:
    """Row index → reason, of a list of ``{"row", "reason"}``."""
    if not isinstance(items, list):
        return {}
    return {
        item["row"]: str(item.get("reason", ""))
        for item in items
        if isinstance(item, dict) and _is_row(item.get("row"), n)
    }


def _is_row(value: Any, n: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < n


def _json(answer: IO[bytes]) -> Any:
    try:
        return json.loads(answer.read())
    except (ValueError, OSError, HTTPException):
        return None


def _seconds(value: str | None) -> float | None:
    try:
        return max(0.0, float(value)) if value else None
    except ValueError:
        return None
