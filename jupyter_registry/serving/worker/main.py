"""The life of a worker process: tied to the server's, load one model, answer until told to stop.

Nothing heavy is imported before the socket is read, so that even an environment without numpy
can say what it lacks.
"""

from __future__ import annotations

import faulthandler
import gc
import hashlib
import json
import os
import platform
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...domain.errors import IntegrityFailure, ModelFailed, RegistryError
from ...run_module import end_with_parent
from ..wire import Header, Unpacker, pack
from .limits import confine
from .scope import keep_to_itself

_RECEIVE = 1 << 18
#: Bytes taken in before the rows are scored; more can wait for the next turn.
_TAKE = 1 << 23


def main(arguments: Sequence[str]) -> None:
    """Serve the socket until the server closes it, or inspect what it says, once.

    The arguments are the socket's descriptor, and limits as JSON, see `limits.confine`.
    """
    keep_to_itself()  # first, as it is for threads that begin later
    tie_to_server()
    confine(json.loads(arguments[1]))
    # prints of the model go where errors go
    os.dup2(2, 1)
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel(socket.socket(fileno=int(arguments[0])))
    header, _ = channel.receive()[0]
    if header["op"] == "inspect":
        from .inspection import answer

        answer(header, channel)
        return
    try:
        service, told = _load(header)
    except BaseException as error:
        channel.send(pack({"op": "failed", **describe_failure(error)}))
        raise SystemExit(1) from None
    channel.send(pack({"op": "loaded", **told}))
    gc.collect()
    gc.freeze()
    while True:
        channel.send(service.answer(channel.receive()))


def tie_to_server() -> None:
    """End this process, and what it started, when the server ends, however that happens."""
    hold_lifeline()
    # the kernel's own word, should a model hold the interpreter's lock for good
    end_with_parent()


def hold_lifeline() -> None:
    """End this process and its group when the other end of standard input is closed."""
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch() -> None:
        os.read(lifeline, 1)  # returns when the server's end is closed
        _end_group()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _end_group() -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


class Channel:
    """The worker's end of the socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._unpacker = Unpacker()
        sock.setblocking(True)
        # what the model starts must not hold it open: the server waits for its end
        sock.set_inheritable(False)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=sock.close)

    def receive(self) -> list[tuple[Header, memoryview]]:
        """Wait for a message; all that have arrived, in order."""
        messages: list[tuple[Header, memoryview]] = []
        taken = 0
        while True:
            try:
                data = self._socket.recv(_RECEIVE, socket.MSG_DONTWAIT if messages else 0)
            except BlockingIOError:
                return messages
            except ConnectionError:
                data = b""
            if not data:
                _end_group()
            taken += len(data)
            messages.extend(self._unpacker.feed(data))
            if messages and (len(data) < _RECEIVE or taken > _TAKE):
                return messages

    def send(self, data: bytes) -> None:
        """Write all of it."""
        try:
            self._socket.sendall(data)
        except ConnectionError:
            _end_group()


def _load(order: Header) -> tuple[Any, Header]:
    began = time.perf_counter()
    from ...domain.kinds import TargetType
    from ...domain.signature import Signature
    from ...domain.target import Target

    target = Target(
        order["target"]["name"],
        TargetType(order["target"]["type"]),
        tuple(order["target"]["class_labels"]),
        order["target"]["positive_class"],
        order["target"]["threshold"],
    )
    try:
        from ...formats import format_named, model_file
        from ...formats.scoring import Scorer
        from ...formats.sklearn_skops import trust
        from .service import Service
    except ModuleNotFoundError as error:
        raise lacks(error) from error
    check_files(Path(order["files"]), order["hashes"])
    trust(order["trusted"])
    chosen = format_named(order["format"])
    predictor = chosen.load(model_file(Path(order["files"]), order["format"]))
    predictor.limit_threads()
    if target.type.has_rows:
        signature = Signature.from_json(order["signature"])
        scorer = Scorer(predictor, signature, target)
        described = scorer.description
        service: Any = Service(scorer, signature)
    else:
        from .unstructured import UnstructuredService

        described = predictor.describe()
        service = UnstructuredService(predictor)
    return service, {
        "framework": described.framework,
        "framework_version": described.framework_version,
        "class_labels": described.class_labels,
        "python": platform.python_version(),
        "prefix": sys.prefix,
        "seconds": time.perf_counter() - began,
    }


def check_files(folder: Path, hashes: dict[str, str]) -> None:
    """Refuse files that are not those that were registered; raises `IntegrityFailure`."""
    for path, sha256 in hashes.items():
        with (folder / path).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            raise IntegrityFailure(
                f"The model's file {path!r} has SHA-256 {found}, not {sha256} as registered.",
                advice="Something changed it on this disk; it is copied anew when you try again.",
                fields={"path": path, "sha256": sha256, "found": found},
            )


def lacks(error: ModuleNotFoundError) -> ModelFailed:
    """The error of an environment without what all that is done here needs."""
    return ModelFailed(
        f"The environment {sys.prefix} lacks {error.name!r}, which every model needs.",
        advice="Install it there, or choose another kernelspec.",
        fields={"module": error.name},
    )


def describe_failure(error: BaseException, what: str = "The model could not be loaded") -> Header:
    """The fields of a failure message; ``what`` is told of an exception that is not ours."""
    if isinstance(error, RegistryError):
        cause = error.__cause__ or error
        return {
            "error": type(error).__name__,
            "detail": error.detail,
            "advice": error.advice,
            "fields": {**error.fields, "traceback": trace(cause)},
        }
    return {
        "error": "ModelFailed",
        "detail": f"{what}: {one_line(error)}",
        "advice": "The traceback shows where; try loading the file in that environment.",
        "fields": {"traceback": trace(error), "exception": type(error).__name__},
    }


def trace(error: BaseException) -> str:
    """The traceback as text, its last 8,000 characters."""
    text = "".join(traceback.format_exception(error))
    return text if len(text) <= 8000 else "…" + text[-8000:]


def one_line(error: BaseException) -> str:
    """The exception's class and message, shortened."""
    text = f"{type(error).__name__}: {error}".strip().rstrip(":")
    return text if len(text) <= 400 else text[:399] + "…"
