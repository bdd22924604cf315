"""The server's end of a worker's socket: written by the event loop, read by a thread.

The thread goes on with what it read: it decodes scores and has them recorded. Were the socket read
by the event loop, each answer would wake the loop, then the recorder's thread, then the loop
again; waking costs more than all the rest of a small prediction.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Any, Protocol

from .wire import Message, Unpacker

#: Bytes read at once.
_RECEIVE = 1 << 16


class End(Protocol):
    """Who a link belongs to."""

    def arrived(self, messages: list[Message]) -> list[Any]:
        """Work on messages in the reading thread; what it made of each, for `received`."""

    def received(self, messages: list[Message], made: list[Any]) -> None:
        """Messages have come; on the event loop."""

    def nonsense(self, error: Exception) -> None:
        """What has come is no message; in the reading thread."""

    def lost(self) -> None:
        """The socket is closed; on the event loop, after all that was received."""


class Link:
    """A connected socket of the running event loop's; it is closed with the link."""

    def __init__(self, sock: socket.socket, end: End, name: str) -> None:
        sock.setblocking(True)
        self._socket = sock
        self._end = end
        self._loop = asyncio.get_running_loop()
        self._unsent = bytearray()
        self._closed = False
        threading.Thread(target=self._read, name=name, daemon=True).start()

    def send(self, data: bytes) -> None:
        """Send, now or as soon as the other end takes it; never blocks.

        What cannot be sent any more is dropped: the reading thread learns of the end.
        """
        if self._closed:
            return
        if self._unsent:
            self._unsent += data
            return
        sent = self._send(data)
        if sent < len(data):
            self._unsent += memoryview(data)[sent:]
            self._loop.add_writer(self._socket, self._send_on)

    def close(self) -> None:
        """Stop; `End.lost` is called when the thread has noticed."""
        if not self._closed:
            self._closed = True
            self._drop_unsent()
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _send(self, data: bytes | bytearray) -> int:
        try:
            return self._socket.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)

    def _send_on(self) -> None:
        del self._unsent[: self._send(self._unsent)]
        if not self._unsent:
            self._loop.remove_writer(self._socket)

    def _drop_unsent(self) -> None:
        if self._unsent:
            self._loop.remove_writer(self._socket)
            self._unsent.clear()

    def _read(self) -> None:
        unpacker = Unpacker()
        try:
            while True:
                try:
                    data = self._socket.recv(_RECEIVE)
                except OSError:
                    data = b""
                if not data:
                    break
                try:
                    messages = list(unpacker.feed(data))
                    made = self._end.arrived(messages) if messages else []
                except Exception as error:  # whatever it is, its sender cannot be served
                    self._end.nonsense(error)
                    continue
                if messages:
                    self._loop.call_soon_threadsafe(self._end.received, messages, made)
            self._loop.call_soon_threadsafe(self._gone)
        except RuntimeError:  # the loop is closed: no one waits any more
            self._socket.close()

    def _gone(self) -> None:
        self._closed = True
        self._drop_unsent()
        self._socket.close()
        self._end.lost()
