"""A light HTTP load from a process of its own: keep-alive clients over raw sockets.

Run as ``python -m tests.benchmarks.load HOST PORT CLIENTS SECONDS`` with the raw request on
standard input; prints ``{"rps", "p50_ms", "p99_ms", "requests", "errors"}``.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from typing import Any

from .live import ROOT


def request_bytes(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A complete HTTP/1.1 request; header names use ``_`` for ``-``."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: keep-alive"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def measure(port: int, request: bytes, clients: int, seconds: float) -> dict[str, Any]:
    """Load a server on loopback from a separate process; see the module's text."""
    out = subprocess.run(
        [sys.executable, "-m", __name__, "127.0.0.1", str(port), str(clients), str(seconds)],
        input=request, stdout=subprocess.PIPE, check=True, cwd=ROOT,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(out.stdout)
    if result["errors"]:
        raise RuntimeError(f"errors under load: {result}")
    return result


def _drive(host: str, port: int, clients: int, seconds: float, request: bytes) -> dict[str, Any]:
    selector = selectors.DefaultSelector()
    sent: dict[socket.socket, float] = {}
    buffers: dict[socket.socket, bytes] = {}
    times: list[float] = []
    errors = 0
    for _ in range(clients):
        connection = socket.create_connection((host, port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        buffers[connection] = b""
        sent[connection] = time.perf_counter()
        connection.sendall(request)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in selector.select(1.0):
            connection = key.fileobj  # type: ignore[assignment]
            chunk = connection.recv(65536)
            if not chunk:
                raise ConnectionError("the server closed a connection")
            data = buffers[connection] + chunk
            head, mark, rest = data.partition(b"\r\n\r\n")
            length = _content_length(head) if mark else None
            if length is None or len(rest) < length:
                buffers[connection] = data
                continue
            buffers[connection] = b""
            arrived = time.perf_counter()
            times.append(arrived - sent[connection])
            errors += not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201"))
            sent[connection] = arrived
            connection.sendall(request)
    times.sort()
    return {
        "rps": len(times) / seconds,
        "p50_ms": 1000 * times[len(times) // 2],
        "p99_ms": 1000 * times[int(len(times) * 0.99)],
        "requests": len(times),
        "errors": errors,
    }


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    raise ValueError("no Content-Length in the answer")


if __name__ == "__main__":
    host, port, clients, seconds = sys.argv[1:5]
    print(
        json.dumps(_drive(host, int(port), int(clients), float(seconds), sys.stdin.buffer.read()))
    )
