"""The few endpoints of the Hugging Face hub that pushing and pulling ask, on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_ofthetest"  # what the server takes
OWNER = "mina"
COMMIT = "1234567890" * 4


class Repository:
    """A repository: files by name."""

    def __init__(self, *, private: bool = False) -> None:
        self.private = private
        self.files: dict[str, bytes] = {".gitattributes": b""}
        self.commits = 0


class HubServer(ThreadingHTTPServer):
    """Keeps repositories in memory, and what it was asked.

    Attributes:
        status: anything but 0 is the answer to whatever comes.
        on_upload: called while a large file comes.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repositories: dict[str, Repository] = {}
        self.stored: dict[str, bytes] = {}  # large files by their SHA-256
        self.asked: list[str] = []
        self.status = 0
        self.on_upload = lambda: None
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, name: str, **files: bytes) -> Repository:
        """A repository with files; ``__`` in their names stands for a dot."""
        made = self.repositories[name] = Repository()
        made.files |= {file.replace("__", "."): body for file, body in files.items()}
        return made


class _Handler(BaseHTTPRequestHandler):
    server: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer("GET")

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def _answer(self, method: str) -> None:
        path = self.path.partition("?")[0].strip("/")
        self.server.asked.append(f"{method} {path}")
        if self.server.status:
            self._send(self.server.status)
        elif method == "PUT":
            self._take(path)
        else:
            body = self._body()
            told = self.headers.get("Authorization")
            if told is not None and told != f"Bearer {TOKEN}":
                self._send(401, {"error": "Invalid credentials in Authorization header"})
            else:
                self._route(method, path.split("/"), body)

    def _route(self, method: str, parts: list[str], body: bytes) -> None:
        match (method, *parts):
            case ("GET", "api", "whoami-v2"):
                auth = {"accessToken": {"displayName": "test", "role": "write"}}
                self._send(200, {"type": "user", "name": OWNER, "auth": auth})
            case ("POST", "api", "validate-yaml"):
                self._send(200, {"errors": [], "warnings": []})
            case ("POST", "api", "repos", "create"):
                self._create(json.loads(body))
            case ("GET", "api", "models", owner, name, "tree", _):
                self._list(f"{owner}/{name}")
            case ("POST", "api", "models", _, _, "preupload", _):
                files = json.loads(body)["files"]
                modes = [self._mode(file["path"]) for file in files]
                self._send(200, {"files": modes})
            case ("POST", _, _, "info", "lfs", "objects", "batch"):
                self._send(
                    200, {"objects": [self._place(one) for one in json.loads(body)["objects"]]}
                )
            case ("POST", "api", "models", owner, name, "commit", _):
                self._commit(f"{owner}/{name}", body)
            case ("GET" | "HEAD", owner, name, "resolve", _, *file):
                self._file(f"{owner}/{name}", "/".join(file), with_body=method == "GET")
            case _:
                self._send(404)

    def _create(self, values: dict[str, Any]) -> None:
        owner = values.get("organization") or OWNER
        name = f"{owner}/{values['name']}"
        if owner != OWNER:
            self._send(403, {"error": "You don't have the rights"})
        elif name in self.server.repositories:
            url = {"url": f"{self.server.address}/{name}"}
            self._send(409, {"error": "You already created this model repo", **url})
        else:
            private = values.get("private") or values.get("visibility") == "private"
            self.server.repositories[name] = Repository(private=bool(private))
            self._send(200, {"url": f"{self.server.address}/{name}"})

    def _list(self, name: str) -> None:
        found = self.server.repositories.get(name)
        if found is None:
            self._send(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
            return
        kind = {"type": "file", "oid": COMMIT}
        self._send(200, [{**kind, "path": path, "size": len(b)} for path, b in found.files.items()])

    def _mode(self, path: str) -> dict[str, object]:
        is_large = path.endswith(".safetensors")
        mode = "lfs" if is_large else "regular"
        return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": None}

    def _place(self, wanted: dict[str, Any]) -> dict[str, object]:
        href = f"{self.server.address}/store/{wanted['oid']}"
        return {**wanted, "authenticated": True, "actions": {"upload": {"href": href}}}

    def _take(self, path: str) -> None:
        self.server.on_upload()
        body = self._body()
        digest = hashlib.sha256(body).hexdigest()
        assert path == f"store/{digest}" and "Authorization" not in self.headers
        self.server.stored[digest] = body
        self._send(200)

    def _commit(self, name: str, body: bytes) -> None:
        repository = self.server.repositories[name]
        for line in body.splitlines():
            told = json.loads(line)
            value = told["value"]
            if told["key"] == "file":
                repository.files[value["path"]] = base64.b64decode(value["content"])
            elif told["key"] == "lfsFile":
                repository.files[value["path"]] = self.server.stored[value["oid"]]
        repository.commits += 1
        url = f"{self.server.address}/{name}/commit/{COMMIT}"
        self._send(200, {"commitUrl": url, "commitOid": COMMIT})

    def _file(self, name: str, file: str, *, with_body: bool) -> None:
        found = self.server.repositories.get(name)
        if found is None or file not in found.files:
            code = "RepoNotFound" if found is None else "EntryNotFound"
            self._send(404, {}, {"X-Error-Code": code, "X-Repo-Commit": COMMIT})
            return
        body = found.files[file]
        self.send_response(200)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send(
        self, status: int, values: object = None, headers: dict[str, str] | None = None
    ) -> None:
        body = json.dumps({} if values is None else values).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
