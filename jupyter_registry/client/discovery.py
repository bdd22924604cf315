"""Finding the Jupyter server: by arguments, by the environment, by whose kernel this is.

In a kernel the server is the process that started it, which every Jupyter server writes down
in the runtime folder; elsewhere it is the only running one with the registry.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from .connection import API, CannotConnect
from .sending import is_loopback

#: Seconds that a server on this machine has to say whether it is the one: it lives, and a busy one
#: may take its time. They are asked at once.
_PATIENCE = 30.0
#: Seconds that the others have from when one said so; one of them may be stopped, or hang.
_OTHERS_SECONDS = 5.0


@dataclass(frozen=True)
class Address:
    """Where a server is, and the token that opens it (empty when none is needed)."""

    url: str
    token: str = ""


def find_server(url: str | None = None, token: str | None = None) -> Address:
    """The server to talk to.

    In this order: the arguments; ``JUPYTER_REGISTRY_URL`` and ``JUPYTER_REGISTRY_TOKEN``; the
    server that started this kernel; the user's server on a JupyterHub; the only running server
    with the registry on this machine.

    Raises
    ------
    CannotConnect
        when there is none, or several could be meant.

    """
    environment = os.environ
    token = token or environment.get("JUPYTER_REGISTRY_TOKEN")
    url = url or environment.get("JUPYTER_REGISTRY_URL")
    if url:
        return Address(url, token if token is not None else _token_of(url))
    running = running_servers()
    own = _of_kernel(running, environment)
    if own is not None:
        return Address(own.url, token or own.token or environment.get("JUPYTERHUB_API_TOKEN", ""))
    hub = _of_hub(environment)
    if hub is not None:
        return Address(hub.url, token or hub.token)
    # one whose database is out of reach (503) says so itself
    usable = (200, 503)
    statuses = _statuses(running, f"{API}/info", usable, others=_OTHERS_SECONDS)
    with_registry = [found for found in running if statuses[found] in usable]
    if len(with_registry) == 1:
        return Address(with_registry[0].url, token or with_registry[0].token)
    silent = [found for found in running if statuses[found] is None]
    raise _nothing_found(running, with_registry, silent)


@dataclass(frozen=True)
class Running(Address):
    """A server that runs on this machine, as it wrote itself down."""

    pid: int = 0


def running_servers() -> list[Running]:
    """The Jupyter servers that run on this machine as this user."""
    try:
        from jupyter_core.paths import jupyter_runtime_dir
    except ModuleNotFoundError:
        return []
    found = []
    folder = Path(jupyter_runtime_dir())
    for file in sorted(folder.glob("jpserver-*.json")):
        try:
            info = json.loads(file.read_text(encoding="utf-8"))
            server = Running(str(info["url"]), str(info.get("token") or ""), int(info["pid"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # being written, or of another program
        if _is_alive(server.pid):
            found.append(server)
    return found


def kernel_id() -> str | None:
    """The id of the kernel that this code runs in; ``None`` outside of kernels."""
    ipykernel = sys.modules.get("ipykernel.connect") or sys.modules.get("ipykernel")
    get_file = getattr(ipykernel, "get_connection_file", None)
    if callable(get_file):
        try:
            found = re.search(r"kernel-([0-9a-fA-F-]{36})\.json$", str(get_file()))
        except RuntimeError:  # ipykernel is imported, but no kernel runs here
            return None
        return found.group(1) if found else None
    return None


def _of_kernel(running: Sequence[Running], environment: Mapping[str, str]) -> Running | None:
    """The server whose kernel this is: its parent process, else the one that lists its id."""
    parent = environment.get("JPY_PARENT_PID", "")
    for server in running:
        if parent.isdigit() and server.pid == int(parent):
            return server
    kernel = kernel_id()
    if kernel is not None:
        statuses = _statuses(running, f"api/kernels/{kernel}", (200,), others=0)
        return next((server for server in running if statuses[server] == 200), None)
    return None


def _of_hub(environment: Mapping[str, str]) -> Address | None:
    """The single-user server on a JupyterHub."""
    token = environment.get("JUPYTERHUB_API_TOKEN", "")
    service = environment.get("JUPYTERHUB_SERVICE_URL", "")
    if not (token and service):
        return None
    # The server listens on all interfaces; from inside the same host loopback reaches it.
    return Address(
        re.sub(r"//(0\.0\.0\.0|\[::\]|\*)?(?=[:/])", "//127.0.0.1", service, count=1), token
    )


def _token_of(url: str) -> str:
    """The token of a server on this machine whose address was given without one."""
    for server in running_servers():
        if server.url.rstrip("/") == url.rstrip("/"):
            return server.token
    return ""


def _statuses(
    servers: Sequence[Running], path: str, wanted: Sequence[int], *, others: float
) -> dict[Running, int | None]:
    """The statuses of what servers answer, who are asked at once; ``None`` of those who do not.

    Each has `_PATIENCE`; once one answered with a status that is wanted, only ``others`` seconds.
    """
    import httpx  # noqa: F401 (by one thread, for all those that need it)

    answers: SimpleQueue[tuple[Running, int | None]] = SimpleQueue()

    def ask(server: Running) -> None:
        answers.put((server, _status(server, path)))

    for server in servers:
        threading.Thread(target=ask, args=(server,), daemon=True).start()
    statuses: dict[Running, int | None] = dict.fromkeys(servers)
    deadline = time.monotonic() + _PATIENCE
    for _ in statuses:
        try:
            server, status = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            break
        statuses[server] = status
        if status in wanted:
            deadline = min(deadline, time.monotonic() + others)
    return statuses


def _status(server: Running, path: str) -> int | None:
    """The status of what a server answers; ``None`` when it does not."""
    import httpx

    if server.url.startswith("http+unix:"):
        return 404
    try:
        answer = httpx.get(
            f"{server.url.rstrip('/')}/{path}",
            headers={"Authorization": f"token {server.token}"} if server.token else {},
            timeout=_PATIENCE,
            trust_env=not is_loopback(server.url),
        )
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    return answer.status_code


def _is_alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # asking would need more than the standard library; requests will tell
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _nothing_found(
    running: Sequence[Running], usable: Sequence[Running], silent: Sequence[Running]
) -> CannotConnect:
    if usable:
        listed = ", ".join(server.url for server in usable)
        return CannotConnect(
            f"Several servers with the registry run here: {listed}.",
            advice="Say which: Registry(url), or set JUPYTER_REGISTRY_URL.",
            fields={"urls": [server.url for server in usable]},
        )
    advice = (
        "Start one with: jupyter registry serve — or give url and token of one that runs: "
        "Registry(url, token), or set JUPYTER_REGISTRY_URL and JUPYTER_REGISTRY_TOKEN."
    )
    if silent:
        listed = ", ".join(server.url for server in silent)
        return CannotConnect(
            f"The Jupyter server that runs here does not answer: {listed}.",
            advice="If it was started just now, try again in a moment.",
            fields={"urls": [server.url for server in silent]},
        )
    if running:
        listed = ", ".join(server.url for server in running)
        return CannotConnect(
            f"The Jupyter servers that run here have no registry: {listed}.",
            advice="Enable it there (jupyter server extension enable jupyter_registry) and "
            f"restart. {advice}",
        )
    return CannotConnect("No Jupyter server runs here.", advice=advice)
