"""An HTTP server that answers a reporter as the test says: failures on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, Any] | str, dict[str, str]]


class Host:
    """An HTTP server; `answer` decides, `batches` keeps what was accepted."""

    def __init__(self, port: int = 0) -> None:
        host = self
        self.answer: Callable[[str, list[dict[str, Any]]], Answer | None] = lambda *_: None
        self.requests: list[tuple[str, list[dict[str, Any]], dict[str, str]]] = []
        self.accepted: list[tuple[str, dict[str, Any]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                rows = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                kind = self.path.rsplit("/", 1)[-1]
                host.requests.append((self.path, rows, dict(self.headers)))
                status, body, headers = host.answer(kind, rows) or (
                    200,
                    {"accepted": len(rows), "replaced": 0, "matched": 0},
                    {},
                )
                if status == 200 and isinstance(body, dict):
                    refused = {item["row"] for item in body.get("rejections", ())}
                    host.accepted += [(kind, row) for i, row in enumerate(rows) if i not in refused]
                data = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/base"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def problem(kind: str, status: int, detail: str, **fields: Any) -> Answer:
    document = {"type": f"/problems/{kind}", "title": kind, "status": status, "detail": detail}
    return status, document | {"advice": "", "fields": fields}, {}
