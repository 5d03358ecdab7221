"""The server: HTTP of the standard library on the loopback address, bounded in every way.

A page of another site in the same browser can send requests here, too. So a request must name this
server as its host (else a stranger's name could be made to mean this machine: DNS rebinding), no
other origin may post or read, and nothing that a request names is ever looked for on the disk:
what there is stands in one table.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, cast

from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.serving import PORT, ServingProgressed, ServingStarted
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.core.translations import Translations
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.serving.answers import Answerer, RefusedError
from tlstudio.engine.serving.limits import Rate, ServingLimits
from tlstudio.engine.serving.page import page_html

LOOPBACK = "127.0.0.1"
HOSTS = (LOOPBACK, "localhost")

_POLL_S = 0.1
_LINGER_S = 1.0
_CHUNK_BYTES = 64 * 1024
_LANGUAGES = ("ko", "en")
_OWN_SITE = ("same-origin", "none")  # of Sec-Fetch-Site: this page, or a person
_HEADERS = {
    "Cache-Control": "no-store",
    "Connection": "close",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_log = logging.getLogger(__name__)


class ServingError(TLStudioError):
    """The server cannot listen."""


def serve(
    classifier: Classifier,
    name: str,
    *,
    port: int = PORT,
    stop: StopToken,
    limits: ServingLimits | None = None,
) -> Iterator[ServingStarted | ServingProgressed]:
    """Answer requests of this machine until it is stopped.

    Args:
        name: of the classifier, for people.
        port: 0 takes any that is free.

    Raises:
        ServingError: the port is taken, or may not be used.
    """
    limits = limits or ServingLimits()
    server = _Server(Answerer(classifier, name, limits), port, limits)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": _POLL_S}, name="serving"
    )
    thread.start()
    try:
        yield ServingStarted(server.address)
        told = ServingProgressed(0, 0)
        while not stop.stopped:
            time.sleep(_POLL_S)
            now = ServingProgressed(server.answered, server.refused)
            if now != told:
                told = now
                yield now
    finally:
        server.shutdown()
        server.hang_up(0.0)
        server.server_close()
        thread.join()


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Lets so many connections in, and hangs up on those that take too long."""

    allow_reuse_address = os.name != "nt"  # there it would share the port with others
    request_queue_size = 32

    def __init__(self, answerer: Answerer, port: int, limits: ServingLimits) -> None:
        self.answerer, self.limits = answerer, limits
        self.answered = self.refused = 0
        self._lock = threading.Lock()
        self._rate = Rate(limits.per_second, limits.burst)
        self._open: dict[socket.socket, float] = {}  # since when
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as error:
            raise ServingError(
                QT_TRANSLATE_NOOP("core", "Port {port} cannot be used: {why}."),
                QT_TRANSLATE_NOOP("core", "Another program has it. Choose another port, or 0."),
                port=port,
                why=getattr(error, "strerror", None) or str(error),
            ) from error

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a request may call this server."""
        return tuple(f"{host}:{self.port}" for host in HOSTS)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            has_room = len(self._open) < self.limits.connections
            if has_room:
                self._open[request] = time.monotonic()
        if has_room:
            super().process_request(request, client_address)
        else:
            self.count(is_answered=False)
            with contextlib.suppress(OSError):
                request.send(b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n")
            self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        self.hang_up(self.limits.request_s)

    def hang_up(self, after_s: float) -> None:
        """End the connections that have been open for longer."""
        latest = time.monotonic() - after_s
        with self._lock:
            for connected, since in self._open.items():
                if since <= latest:
                    with contextlib.suppress(OSError):
                        connected.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news, and nobody's data goes into a log."""

    def is_within_rate(self) -> bool:
        with self._lock:
            return self._rate.take()

    def count(self, *, is_answered: bool) -> None:
        with self._lock:
            self.answered += is_answered
            self.refused += not is_answered


class _Handler(BaseHTTPRequestHandler):
    """One request; the connection ends with it."""

    protocol_version = "HTTP/1.1"  # or curl would wait before it sends a photo
    server_version, sys_version = "TLStudio", ""

    @property
    def owner(self) -> _Server:
        return cast(_Server, self.server)

    def setup(self) -> None:
        self.request.settimeout(self.owner.limits.idle_s)
        super().setup()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: see `_Server.handle_error`."""

    def handle_expect_100(self) -> bool:
        """Go on only with what will be read."""
        try:
            self._check("POST")
            self._length()
        except RefusedError as refusal:
            self._refuse(refusal)
            return False
        return super().handle_expect_100()

    def do_GET(self) -> None:
        self._answered("GET")

    def do_POST(self) -> None:
        self._answered("POST")

    def _answered(self, method: str) -> None:
        self.close_connection = True
        try:
            self._check(method)
            if not self.owner.is_within_rate():
                raise RefusedError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    QT_TRANSLATE_NOOP("core", "Too many requests in a short time."),
                    QT_TRANSLATE_NOOP("core", "Try again in a moment."),
                )
            _ROUTES[method, self.path.partition("?")[0]](self)
        except RefusedError as refusal:
            self._refuse(refusal)
        except OSError:
            raise  # of the connection
        except Exception:  # the edge of the worker: whoever asks hears of it
            _log.exception("a request failed")
            self._refuse(
                RefusedError(
                    HTTPStatus.INTERNAL_SERVER_ERROR,
                    QT_TRANSLATE_NOOP("core", "Something unexpected went wrong."),
                    QT_TRANSLATE_NOOP("core", "The details are in the log (Help menu)."),
                )
            )

    def _check(self, method: str) -> None:
        """Whether a request is one of ours.

        Raises:
            RefusedError: it is not.
        """
        asked = self.headers.get_all("Host", [])
        if len(asked) != 1 or asked[0].strip().lower() not in self.owner.hosts:
            raise RefusedError(
                HTTPStatus.MISDIRECTED_REQUEST,
                QT_TRANSLATE_NOOP("core", "This server is called {name} only."),
                name=self.owner.hosts[0],
            )
        if method == "POST":
            origin = self.headers.get("Origin")
            site = self.headers.get("Sec-Fetch-Site", "none")
            own = [f"http://{host}" for host in self.owner.hosts]
            if site not in _OWN_SITE or (origin is not None and origin.lower() not in own):
                raise RefusedError(
                    HTTPStatus.FORBIDDEN,
                    QT_TRANSLATE_NOOP("core", "Pages of other sites may not ask this server."),
                )
        path = self.path.partition("?")[0]
        if (method, path) not in _ROUTES:
            is_other = any(path == known for _, known in _ROUTES)
            raise RefusedError(
                HTTPStatus.METHOD_NOT_ALLOWED if is_other else HTTPStatus.NOT_FOUND,
                QT_TRANSLATE_NOOP("core", "There is nothing of this name here."),
                QT_TRANSLATE_NOOP("core", "There are / and /about to read, and /predict to post."),
            )

    def _length(self) -> int:
        """The length of the body.

        Raises:
            RefusedError: it is not said, nothing, or too much.
        """
        text = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (text.isascii() and text.isdecimal()):
            raise RefusedError(
                HTTPStatus.LENGTH_REQUIRED,
                QT_TRANSLATE_NOOP("core", "A request must say how long its photo is."),
            )
        length = int(text) if len(text) < 16 else self.owner.limits.body_bytes + 1
        if length > self.owner.limits.body_bytes:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                QT_TRANSLATE_NOOP("core", "The photo has more than {most} MB."),
                QT_TRANSLATE_NOOP("core", "Make it smaller first."),
                most=self.owner.limits.body_bytes // 1_000_000,
            )
        return length

    def _page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        text = page_html(self.owner.answerer.about(), self._language, self.owner.address, nonce)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            "img-src blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        self._send(HTTPStatus.OK, text.encode(), "text/html", {"Content-Security-Policy": policy})

    def _about(self) -> None:
        self._send_values(HTTPStatus.OK, self.owner.answerer.about())

    def _predict(self) -> None:
        length = self._length()
        content = self.rfile.read(length)
        if len(content) < length:
            self.owner.count(is_answered=False)
            return  # the client went away, or was hung up on
        answer = self.owner.answerer.answer(content)
        self.owner.count(is_answered=True)  # first: who has the answer may ask for the count
        self._send_values(HTTPStatus.OK, answer)

    @property
    def _language(self) -> str:
        """The first of the languages that a browser asks for and the studio speaks."""
        asked = self.headers.get("Accept-Language", "").lower().split(",")
        spoken = (one.strip()[:2] for one in asked)
        return next((one for one in spoken if one in _LANGUAGES), "en")

    def _refuse(self, refusal: RefusedError) -> None:
        """Say why not; what the client is still sending is dropped, so that it reads this."""
        self.close_connection = True
        self.owner.count(is_answered=False)
        say, error = Translations.of(self._language), refusal.error
        values = {
            "error": say(error.sentence, **error.values),
            "hint": say(error.hint, **error.values) if error.hint else "",
        }
        self._send_values(refusal.status, values)
        if self.command == "POST":
            self._drop_the_rest()

    def _drop_the_rest(self) -> None:
        until = time.monotonic() + _LINGER_S
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER_S)
            while time.monotonic() < until and self.connection.recv(_CHUNK_BYTES):
                pass

    def _send_values(self, status: HTTPStatus, values: dict[str, Any]) -> None:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False)
        self._send(status, text.encode(), "application/json", {})

    def _send(self, status: HTTPStatus, body: bytes, kind: str, headers: dict[str, str]) -> None:
        with contextlib.suppress(OSError):  # the client went away
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in {**_HEADERS, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)


_ROUTES: dict[tuple[str, str], Callable[[_Handler], None]] = {
    ("GET", "/"): _Handler._page,
    ("GET", "/about"): _Handler._about,
    ("POST", "/predict"): _Handler._predict,
}
