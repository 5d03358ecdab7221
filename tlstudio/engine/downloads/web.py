"""Asking a server for a file: through proxies, so that it can be cancelled, with plain errors."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, TypeVar
from urllib.parse import urljoin, urlparse

import tlstudio
from tlstudio.core.errors import WeightsError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.network import use_preferences

T = TypeVar("T")

TIMEOUT_S = 20.0

ERRORS = (OSError, http.client.HTTPException, ValueError)  # of connections, as urllib raises them

_STOP_POLL_S = 0.1
_IMPORT_HINT = QT_TRANSLATE_NOOP("core", "Or download it elsewhere and import the file: {address}")
_NETWORK_HINT = QT_TRANSLATE_NOOP(
    "core", "Check the network. Or download it elsewhere and import the file: {address}"
)


class _Line:
    """The sockets of one request, so that another thread can hang up."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._is_over = False

    def add(self, connected: socket.socket) -> None:
        self._sockets.append(connected)
        if self._is_over:
            self.hang_up()

    def hang_up(self) -> None:
        self._is_over = True
        for connected in self._sockets:
            # an SSL socket would drop its state, which the reading thread needs
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connected, socket.SHUT_RDWR)


class _GivenUpError(TimeoutError):
    """The request was stopped, and its answer is no longer wanted."""


def given_up_on_stop(call: Callable[[], T], stop: StopToken | None) -> T:
    """Return or raise what `call` does, but give up on it as soon as `stop` is set.

    Names are looked up and connections made by calls that nothing can end. They go on for a while
    on a thread of their own, which keeps neither the window nor the program from closing.

    Raises:
        TimeoutError: it was stopped.
    """
    if stop is None:
        return call()
    results: list[T] = []
    problems: list[BaseException] = []
    is_done = threading.Event()

    def work() -> None:
        try:
            results.append(call())
        except BaseException as error:  # raised again where it is waited for
            problems.append(error)
        finally:
            is_done.set()

    threading.Thread(target=work, daemon=True).start()
    while not is_done.wait(_STOP_POLL_S):
        if stop.stopped:
            raise _GivenUpError
    if problems:
        raise problems[0]
    return results[0]


def _opener(line: _Line) -> urllib.request.OpenerDirector:
    """Return urllib's opener with proxies and redirects; connections are noted in `line`."""

    class Connection(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            line.add(self.sock)

    class SecureConnection(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            line.add(self.sock)

    class Handler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Connection, req)

    class SecureHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(SecureConnection, req, context=_trust())

    opener = urllib.request.OpenerDirector()  # urllib's own would also know ftp, file and data
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
        Handler(),
        SecureHandler(),
    ):
        opener.add_handler(handler)
    return opener


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Goes where it is sent on to, as long as that is no step down."""

    def http_error_302(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> Any:
        to = urljoin(req.full_url, headers.get("location", headers.get("uri", "")))
        try:
            check_step(req.full_url, to)
        except WeightsError:
            fp.close()
            raise
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def check_step(address: str, to: str) -> None:
    """Make sure that a server that is asked for `address` may send on to `to`.

    Raises:
        WeightsError: that is no web address, or it is not encrypted any more.
    """
    kinds = ("https",) if urlparse(address).scheme == "https" else ("http", "https")
    if urlparse(to).scheme in kinds and urlparse(to).hostname:
        return
    raise WeightsError(
        QT_TRANSLATE_NOOP("core", "{host} sends the download on to “{kind}”, which is not safe."),
        _IMPORT_HINT,
        host=host_of(address),
        kind=f"{urlparse(to).scheme[:16]}:",
        address=address,
    )


def _trust() -> ssl.SSLContext:
    """The certificates of the system, which a bundled Python would not find by itself."""
    try:
        import truststore
    except ImportError:
        return ssl.create_default_context()
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextlib.contextmanager
def asked(
    address: str,
    headers: Mapping[str, str],
    *,
    secrets: Mapping[str, str],
    stop: StopToken | None,
) -> Iterator[Any]:
    """The open response to a GET request, an `http.client.HTTPResponse`.

    Args:
        address: http or https.
        headers: of the request.
        secrets: further headers, which no other server hears after a redirect.
        stop: ends all waiting within a moment, with an error of `ERRORS` or a short read.

    Raises:
        WeightsError: the preferences allow no downloads, or it was sent on to what is not safe.
        urllib.error.HTTPError: a status of 400 and more; to be closed by the caller.
        OSError, http.client.HTTPException, ValueError: no connection.
    """
    use_preferences(address)
    check_step(address, address)
    request = urllib.request.Request(address, headers=dict(headers))
    request.add_header("User-Agent", f"tlstudio/{tlstudio.__version__}")
    request.add_header("Accept-Encoding", "identity")  # the file's own bytes, and its true size
    for name, value in secrets.items():
        request.add_unredirected_header(name, value)
    line, is_done = _Line(), threading.Event()

    def watch(token: StopToken) -> None:
        while not is_done.wait(_STOP_POLL_S):
            if token.stopped:
                line.hang_up()
                return

    watcher = threading.Thread(target=watch, args=(stop,), daemon=True) if stop else None
    if watcher is not None:
        watcher.start()
    try:
        opener = _opener(line)
        with given_up_on_stop(lambda: opener.open(request, timeout=TIMEOUT_S), stop) as response:
            yield response
    except _GivenUpError:
        line.hang_up()
        raise
    finally:
        is_done.set()
        if watcher is not None:
            watcher.join()


def host_of(address: str) -> str:
    return urlparse(address).hostname or address


def connection_error(error: BaseException, address: str, model: str) -> WeightsError:
    """Return a typed error for an error of `ERRORS` that came before the first byte."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return refusal(error.code, address, model)
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    values: dict[str, object] = {"host": host_of(address), "address": address, "model": model}
    if "407" in str(cause):
        return refusal(407, address, model)
    if isinstance(cause, ssl.SSLError):
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "The connection to {host} is not trusted: {why}."),
            QT_TRANSLATE_NOOP(
                "core",
                "A proxy may be listening in: add its certificate to those of the system. "
                "Or download it elsewhere and import the file: {address}",
            ),
            **values,
            why=getattr(cause, "verify_message", "") or cause.reason or str(cause),
        )
    if isinstance(cause, TimeoutError):
        return no_answer(address)
    return no_network(address)


def no_network(address: str) -> WeightsError:
    """There is no way to the server."""
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "No network: {host} cannot be reached."),
        _NETWORK_HINT,
        host=host_of(address),
        address=address,
    )


def no_answer(address: str) -> WeightsError:
    """The server, or something on the way to it, says nothing."""
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "{host} does not answer."),
        _NETWORK_HINT,
        host=host_of(address),
        address=address,
    )


def refusal(status: int, address: str, model: str) -> WeightsError:
    """Return a typed error for a status of 400 or more."""
    values: dict[str, object] = {
        "host": host_of(address),
        "address": address,
        "model": model,
        "status": status,
    }
    if status in (404, 410):
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "{host} does not have the weights of {model} ({status})."),
            QT_TRANSLATE_NOOP("core", "Choose other weights, or import a file."),
            **values,
        )
    if status in (401, 403, 451):
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "{host} refuses the download ({status})."),
            QT_TRANSLATE_NOOP(
                "core",
                "It may want an account (set HF_TOKEN for the Hugging Face hub), or a proxy "
                "forbids it. Or download it elsewhere and import the file: {address}",
            ),
            **values,
        )
    if status in (407, 511):
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "The network wants a login first ({status})."),
            QT_TRANSLATE_NOOP(
                "core",
                "Log in with the browser, or give the proxy in the preferences as "
                "http://name:password@proxy:port",
            ),
            **values,
        )
    if status in (408, 425, 429) or status >= 500:
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "{host} is busy ({status})."),
            QT_TRANSLATE_NOOP("core", "Try again in a few minutes."),
            **values,
        )
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "{host} refuses the download ({status})."), _IMPORT_HINT, **values
    )


def page_instead(address: str) -> WeightsError:
    """A proxy or a login page answers everything with a page of its own."""
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "A web page came instead of the file, as from a login page."),
        QT_TRANSLATE_NOOP(
            "core",
            "Open {host} in the browser, log in, and try again. "
            "Or download it elsewhere and import the file: {address}",
        ),
        host=host_of(address),
        address=address,
    )
