"""Requests to the registry's API: JSON in and out, problem documents back to exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from ..domain.errors import NotAuthenticated, RegistryError
from .problems import error_of, error_of_status, is_problem
from .sending import is_loopback

API = "jupyter-registry/api/v1"
#: Seconds to connect, and to wait for an answer: loading a model may take its time.
_TIMEOUT = httpx.Timeout(600.0, connect=10.0)


class CannotConnect(RegistryError):
    """No server is known, or the one known does not answer."""

    title = "Cannot connect to the registry"


class Connection:
    """Keep-alive HTTP to one server, for any number of threads."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url.rstrip("/") + "/"
        self.token = token or ""
        parts = urlsplit(self.url)
        transport = None
        base = self.url
        if parts.scheme == "http+unix":
            transport = httpx.HTTPTransport(uds=unquote(parts.netloc))
            base = urlunsplit(("http", "localhost", parts.path, "", ""))
        elif parts.scheme not in ("http", "https") or not parts.netloc:
            raise CannotConnect(
                f"{url!r} is not the address of a server.",
                advice="Give it as http://host:port/ with the server's base URL, if it has one.",
            )
        self._client = httpx.Client(
            base_url=f"{base}{API}",
            headers={"Authorization": f"token {self.token}"} if self.token else {},
            timeout=_TIMEOUT,
            transport=transport,
            trust_env=not is_loopback(base),
        )

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """GET, parsed JSON back."""
        return self.call("GET", path, params=params)

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        content: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Make a request; parsed JSON back, ``None`` for an empty answer.

        Raises
        ------
        CannotConnect
            when nobody answers.
        RegistryError
            of the class that the server names.

        """
        answer = self.raw(method, path, json=json, params=params, content=content, headers=headers)
        return _parsed(answer) if answer.content else None

    def raw(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        content: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """As `call`, the response back; it is a success."""
        with self._errors():
            answer = self._client.request(
                method, path, json=json, params=_given(params), content=content, headers=headers
            )
        _check(answer)
        return answer

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        """GET a body in pieces."""
        with self._errors(), self._client.stream("GET", path) as answer:
            if answer.status_code != 200:
                answer.read()
                _check(answer)
            yield answer.iter_bytes(1 << 20)

    def kernel_name(self, kernel_id: str) -> str | None:
        """The kernelspec of a kernel of this server; ``None`` if it is not its kernel."""
        base = str(self._client.base_url).removesuffix("/").removesuffix(API)
        try:
            answer = self._client.get(f"{base}api/kernels/{kernel_id}")
            return str(answer.json()["name"]) if answer.is_success else None
        except (httpx.HTTPError, ValueError, KeyError):
            return None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except httpx.ConnectError as error:
            raise CannotConnect(
                f"No server answers at {self.url} ({error}).",
                advice="Start one with: jupyter registry serve — or give url and token of one "
                "that runs: Registry(url, token).",
                fields={"url": self.url},
            ) from error
        except httpx.TransportError as error:
            raise CannotConnect(
                f"The connection to {self.url} broke: {error or type(error).__name__}.",
                advice="Look into the server's log and try again.",
                fields={"url": self.url},
            ) from error


def _given(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The parameters that are not ``None``, as texts."""
    if params is None:
        return None
    return {
        name: [str(item) for item in value] if isinstance(value, list | tuple) else _text(value)
        for name, value in params.items()
        if value is not None
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if callable(isoformat) else str(value)


def _check(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    try:
        document = answer.json()
    except ValueError:
        document = None
    if is_problem(document):
        raise error_of(document, answer.status_code)
    if answer.is_redirect:
        raise NotAuthenticated(
            f"{answer.url} redirects to {answer.headers.get('location')}.",
            advice="Give the server's token.",
        )
    text = document.get("message", "") if isinstance(document, dict) else answer.text
    raise error_of_status(answer.status_code, str(text or answer.reason_phrase), str(answer.url))


def _parsed(answer: httpx.Response) -> Any:
    from pydantic_core import from_json  # three times as fast as json on large answers

    try:
        return from_json(answer.content)
    except ValueError as error:
        raise CannotConnect(
            f"{answer.url} does not answer as the registry does.",
            advice="Check the address; it may be a login page or another program.",
        ) from error
