"""Opens a page in Firefox, unseen, by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/)."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.websocket import WebSocket
from tlstudio.engine.export.web.browser import PageAnswer, page_answer

STARTING_S = 60.0


class Firefox:
    """A page that is open in Firefox."""

    def __init__(self, connection: WebSocket) -> None:
        self._socket = connection
        self._last = 0
        capabilities = self.command("session.new", capabilities={})["capabilities"]
        self.version = f"Firefox {capabilities['browserVersion']}"
        self._page = self.command("browsingContext.getTree")["contexts"][0]["context"]

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.receive())
            if message.get("id") == self._last:
                break
        if message["type"] == "error":
            raise RuntimeError(message["message"])
        return message["result"]

    def open(self, page: Path) -> None:
        self.command("browsingContext.navigate", context=self._page, url=page.resolve().as_uri())

    def evaluate(self, expression: str) -> Any:
        """The result of the protocol for a JavaScript expression, awaited."""
        told = self.command(
            "script.evaluate",
            expression=expression,
            target={"context": self._page},
            awaitPromise=True,
        )
        if told["type"] != "success":
            raise RuntimeError(str(told["exceptionDetails"]["text"]))
        return told["result"]

    def text(self, expression: str) -> str:
        return str(self.evaluate(f"String({expression})")["value"])

    def wait_for(self, expression: str) -> None:
        while self.text(f"!!({expression})") != "true":
            time.sleep(0.1)

    def answers(self, images: Sequence[Path]) -> Iterator[PageAnswer]:
        self.wait_for("document.body && document.body.dataset.ready")
        made = "Object.assign(document.createElement('input'), {type: 'file', multiple: true})"
        chooser = self.evaluate(f"window.chooser = document.body.appendChild({made})")
        self.command(
            "input.setFiles",
            context=self._page,
            element={"sharedId": chooser["sharedId"]},
            files=[str(path) for path in images],
        )
        for number in range(len(images)):
            asked = f"classify(chooser.files[{number}]).catch(() => null).then(JSON.stringify)"
            yield page_answer(json.loads(self.evaluate(asked)["value"]))


@contextlib.contextmanager
def opened_in_firefox(page: Path, program: str, timeout_s: float = 600) -> Iterator[Firefox]:
    with socket.socket() as free, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        process = subprocess.Popen(
            [program, "--headless", f"--remote-debugging-port={port}", "--profile", home],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            firefox = Firefox(_connected(port, time.monotonic() + timeout_s))
            firefox.open(page)
            yield firefox
        finally:
            process.terminate()
            process.wait(30)


def _connected(port: int, deadline: float) -> WebSocket:
    end = time.monotonic() + STARTING_S
    while True:
        try:
            return WebSocket(port, "/session", deadline)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
