"""A client of WebSockets (RFC 6455) for a browser on this machine: text messages, nothing more."""

from __future__ import annotations

import base64
import os
import secrets
import socket
import struct
import time

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_LONGEST = 64 << 20  # bytes of a message; a browser that sends more is not listened to


class WebSocketError(OSError):
    """The other side does not talk as it should, or has gone."""


class WebSocket:
    """A connection to ``ws://127.0.0.1:port/path``.

    Args:
        deadline: of everything on it, by `time.monotonic`.

    Raises:
        OSError: nobody answers; of every method likewise, `TimeoutError` at the deadline.
    """

    def __init__(self, port: int, path: str, deadline: float) -> None:
        self._deadline = deadline
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=self._left())
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self._socket.sendall(request.encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self._receive(1)
            if len(answer) > 1 << 16:
                raise WebSocketError("no end of the answer")
        if not answer.startswith(b"HTTP/1.1 101"):
            raise WebSocketError("refused")

    def close(self) -> None:
        self._socket.close()

    def send(self, text: str) -> None:
        self._send(_TEXT, text.encode())

    def receive(self) -> str:
        """The next message; waits for it."""
        message = b""
        while True:
            first, second = self._receive(2)
            size = second & 127
            if size >= 126:
                size = int.from_bytes(self._receive(2 if size == 126 else 8), "big")
            if len(message) + size > _LONGEST:
                raise WebSocketError("too long")
            payload = self._receive(size)
            kind = first & 15
            if kind == _CLOSE:
                raise WebSocketError("closed")
            if kind == _PING:
                self._send(_PONG, payload)
            elif kind != _PONG:
                message += payload
                if first & 128:
                    return message.decode()

    def _send(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        head = bytes([128 | kind])
        if size < 126:
            head += bytes([128 | size])
        elif size < 1 << 16:
            head += struct.pack("!BH", 128 | 126, size)
        else:
            head += struct.pack("!BQ", 128 | 127, size)
        mask = os.urandom(4)
        repeated = (mask * (size // 4 + 1))[:size]
        number = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
        self._socket.settimeout(self._left())
        self._socket.sendall(head + mask + number.to_bytes(size, "big"))

    def _receive(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._socket.settimeout(self._left())
            piece = self._socket.recv(min(size - len(data), 1 << 20))
            if not piece:
                raise WebSocketError("gone")
            data += piece
        return bytes(data)

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
