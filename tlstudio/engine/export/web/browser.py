"""Opens a web page in a browser of this machine, unseen, and asks it about images.

Chromium, Chrome, Edge and Brave understand the Chrome DevTools Protocol
(https://chromedevtools.github.io/devtools-protocol/). The browser gets a profile of its own, which
is deleted afterwards, and no page but ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tlstudio.core.runs.events import StopToken
from tlstudio.engine.export.web.websocket import WebSocket, WebSocketError

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "brave-browser",
    "chrome",
    "msedge",
)
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
_FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
)
_PORT_FILE = "DevToolsActivePort"
_POLL_S = 0.05
_ENDING_S = 5.0
LOCAL_SCHEMES = frozenset({"file", "blob", "data", "about", ""})


class BrowserError(Exception):
    """The browser could not be started or driven, or the page did not answer in time."""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What the page says of an image.

    Attributes:
        probabilities: in the order of the classes; empty where it cannot be read.
        distance: to the training images; None where the page has no "none of these".
        is_none: whether it says "none of these".
    """

    probabilities: tuple[float, ...]
    distance: float | None = None
    is_none: bool = False


def find_browser() -> Path | None:
    """A browser of this machine that can be asked; None where there is none."""
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    places = [Path(place) for place in _MAC] if sys.platform == "darwin" else []
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)")]
        places = [Path(root) / name for root in roots if root for name in _WINDOWS]
    return next((place for place in places if place.is_file()), None)


@dataclass
class Browser:
    """A page that is open in a browser.

    Attributes:
        version: name and version of the browser.
        requests: the addresses that the page has asked for since it was opened.
    """

    version: str
    _socket: WebSocket
    requests: list[str] = field(default_factory=list)
    _last: int = 0

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command of the protocol and wait for its result.

        Raises:
            BrowserError: it failed, or the time is over.
        """
        self._last += 1
        try:
            self._socket.send(
                json.dumps({"id": self._last, "method": method, "params": parameters})
            )
            while True:
                message = json.loads(self._socket.receive())
                if message.get("method") == "Network.requestWillBeSent":
                    self.requests.append(message["params"]["request"]["url"])
                if message.get("id") == self._last:
                    break
        except (OSError, ValueError) as error:
            raise BrowserError(str(error) or type(error).__name__) from error
        if "error" in message:
            raise BrowserError(str(message["error"].get("message")))
        result: dict[str, Any] = message.get("result", {})
        return result

    def evaluate(self, expression: str, *, by_value: bool = True) -> Any:
        """The value of a JavaScript expression, awaited.

        Raises:
            BrowserError: it throws, or the time is over.
        """
        told = self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=by_value
        )
        if "exceptionDetails" in told:
            raise BrowserError(str(told["exceptionDetails"].get("exception", told)))
        return told["result"].get("value") if by_value else told["result"]["objectId"]

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression is true; returns its value."""
        while True:
            value = self.evaluate(expression)
            if value:
                return value
            time.sleep(_POLL_S)

    def answers(
        self, images: Sequence[Path], stop: StopToken | None = None
    ) -> Iterator[PageAnswer]:
        """Ask the page about image files, one after another.

        Raises:
            BrowserError: the page has no network, or the time is over.
        """
        if self.wait_for("document.body && document.body.dataset.ready") != "yes":
            raise BrowserError("the page could not start its network")
        made = "Object.assign(document.createElement('input'), {type: 'file', multiple: true})"
        chooser = self.evaluate(f"window.chooser = {made}", by_value=False)
        self.command(
            "DOM.setFileInputFiles", objectId=chooser, files=[str(path) for path in images]
        )
        for number in range(len(images)):
            if stop is not None and stop.stopped:
                return
            told = self.evaluate(f"classify(chooser.files[{number}]).catch(() => null)")
            yield _answer(told)


@contextlib.contextmanager
def opened_page(page: Path, browser: Path, timeout_s: float) -> Iterator[Browser]:
    """Open a page from its file, until the block ends; the browser ends with it in any case.

    Args:
        timeout_s: for all of it.

    Raises:
        BrowserError: the browser cannot be started or driven in time.
    """
    deadline = time.monotonic() + timeout_s
    with tempfile.TemporaryDirectory(prefix="tlstudio-page-", ignore_cleanup_errors=True) as folder:
        flags = [*_FLAGS, f"--user-data-dir={folder}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # it refuses to start as root otherwise
        try:
            process = subprocess.Popen(
                [str(browser), *flags, "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise BrowserError(str(error)) from error
        socket: WebSocket | None = None
        try:
            port = _port(Path(folder), process, deadline)
            version, path = _page_of(port, deadline)
            socket = WebSocket(port, path, deadline)
            driven = Browser(version, socket)
            driven.command("Network.enable")
            driven.command("Page.enable")
            driven.command("Page.navigate", url=page.resolve().as_uri())
            yield driven
        except (OSError, WebSocketError) as error:
            raise BrowserError(str(error) or type(error).__name__) from error
        finally:
            if socket is not None:
                socket.close()
            _end(process)


def _port(profile: Path, process: subprocess.Popen[bytes], deadline: float) -> int:
    """Wait until the browser has written down where it listens."""
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((profile / _PORT_FILE).read_text().split()[0])
        if process.poll() is not None:
            raise BrowserError(f"the browser ended with {process.returncode}")
        time.sleep(_POLL_S)
    raise BrowserError("the browser did not start in time")


def _page_of(port: int, deadline: float) -> tuple[str, str]:
    """The browser's version, and the path of its one page's socket."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    address = f"http://127.0.0.1:{port}/json"
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError, KeyError):
            with opener.open(f"{address}/version", timeout=_ENDING_S) as response:
                version = str(json.load(response)["Browser"])
            with opener.open(f"{address}/list", timeout=_ENDING_S) as response:
                for target in json.load(response):
                    if target.get("type") == "page":
                        return version, urlsplit(target["webSocketDebuggerUrl"]).path
        time.sleep(_POLL_S)
    raise BrowserError("the browser did not answer in time")


def _answer(told: Any) -> PageAnswer:
    if not isinstance(told, dict):
        return PageAnswer(())
    return PageAnswer(
        tuple(map(float, told["probabilities"])), told["distance"], bool(told["isNone"])
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the browser and the helpers that it started."""
    if sys.platform == "win32":
        subprocess.run(
            ["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False
        )
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # its own group
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_ENDING_S)
