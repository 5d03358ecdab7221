"""A server on this machine with the manners, good and bad, of those that weights come from."""

from __future__ import annotations

import hashlib
import http.server
import threading
from dataclasses import dataclass, field

REVISION = "1234567890" * 4


@dataclass
class Served:
    """One file and how it is served.

    Attributes:
        body: all its bytes.
        status: anything but 200 is all that is answered.
        kind: of the content.
        ranges: whether the server goes on in the middle.
        etag: with its quotes; empty for none.
        cut_bytes: the connection breaks after so many bytes of an answer; 0 for never.
        stalls: after `cut_bytes` nothing more is said, but the connection stays.
        has_length: whether the server says how much is to come.
        location: where it sends everybody instead.
        is_hub: a file of a repository, with the hub's own headers.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "application/octet-stream"
    ranges: bool = True
    etag: str = '"one"'
    cut_bytes: int = 0
    stalls: bool = False
    has_length: bool = True
    location: str = ""
    is_hub: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)


class FileServer(http.server.ThreadingHTTPServer):
    """Serves `files` by path and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, Served] = {}
        self.asked: list[Asked] = []
        self.requests_refused: list[str] = []  # to connect to another server, as a proxy does
        self.release = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, path: str, body: bytes, **manners: object) -> Served:
        """Serve `body` at `path`."""
        self.files[path] = served = Served(body, **manners)  # type: ignore[arg-type]
        return served

    def put_hub(self, repository: str, name: str, body: bytes, **manners: object) -> Served:
        """Serve `body` as the hub does: a redirect with its own headers, then a storage."""
        stored = self.put(f"/storage/{repository}/{name}", body, etag='"storage"', **manners)
        # another host: the hub's own secrets must not go there
        location = f"http://localhost:{self.server_address[1]}/storage/{repository}/{name}"
        self.put(
            f"/{repository}/resolve/main/{name}",
            body,
            location=location,
            is_hub=True,
            etag=f'"{stored.sha256}"',
        )
        return stored

    def ranges_asked(self) -> list[str]:
        """The ``Range`` of each GET for a file; empty where all of it was asked for.

        The hub's library has questions of its own now and then, which do not count.
        """
        gets = (asked for asked in self.asked if asked.method == "GET" and asked.path in self.files)
        return [asked.headers.get("Range", "") for asked in gets]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: FileServer

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_CONNECT(self) -> None:
        self.server.requests_refused.append(f"{self.command} {self.path}")
        self.send_error(403)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, *, with_body: bool) -> None:
        self.server.asked.append(Asked(self.command, self.path, dict(self.headers.items())))
        served = self.server.files.get(self.path)
        if served is None or served.status != 200:
            self.send_response(404 if served is None else served.status)
            if "/resolve/" in self.path:
                self.send_header("X-Error-Code", "EntryNotFound" if served is None else "")
                self.send_header("X-Repo-Commit", REVISION)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if served.location:
            self._redirect(served)
            return
        start = self._start(served)
        if start >= len(served.body) > 0:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(served.body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            end, size = len(served.body) - 1, len(served.body)
            self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Content-Type", served.kind)
        if served.etag:
            self.send_header("ETag", served.etag)
        if served.has_length:
            self.send_header("Content-Length", str(len(served.body) - start))
        self.end_headers()
        if with_body:
            self._send(served, served.body[start:])

    def _redirect(self, served: Served) -> None:
        self.send_response(302)
        self.send_header("Location", served.location)
        if served.is_hub:
            self.send_header("X-Repo-Commit", REVISION)
            self.send_header("X-Linked-Etag", served.etag)
            self.send_header("X-Linked-Size", str(len(served.body)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _start(self, served: Served) -> int:
        wanted = self.headers.get("Range", "")
        condition = self.headers.get("If-Range", "")
        if not served.ranges or not wanted or condition not in ("", served.etag):
            return 0
        return int(wanted.removeprefix("bytes=").removesuffix("-"))

    def _send(self, served: Served, body: bytes) -> None:
        try:
            self.wfile.write(body[: served.cut_bytes] if served.cut_bytes else body)
            if served.stalls:
                self.wfile.flush()
                self.server.release.wait(600)
        except OSError:
            pass  # whoever asked has hung up
        self.close_connection = True
