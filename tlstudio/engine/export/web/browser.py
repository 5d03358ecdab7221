"""Opens a web page in a browser of this machine, unseen, and asks it about images.

Chromium, Chrome, Edge and Brave understand the Chrome DevTools Protocol
(https://chromedevtools.github.io/devtools-protocol/) over two pipes. They are what keeps the
browser running: it ends with this process, whatever happens to that. Its profile is a folder of its
own, deleted afterwards, and it opens no page but ours. Windows has no such pipes.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "brave-browser",
)
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
)
_BROWSER_READS, _BROWSER_WRITES = 3, 4  # the file descriptors of --remote-debugging-pipe
_ABOVE = 10  # where ours lie meanwhile
_POLL_S = 0.05
_ENDING_S = 5.0
_LONGEST = 64 << 20  # bytes of a message
TIMEOUT_S = 60.0  # for one answer of the browser
LOCAL_SCHEMES = frozenset({"file", "blob", "data", "about"})


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
    if not hasattr(os, "posix_spawn"):
        return None
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    places = [Path(place) for place in _MAC] if sys.platform == "darwin" else []
    return next((place for place in places if place.is_file()), None)


class _Pipes:
    """Messages to and from a browser, ended by a zero byte."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self.theirs = [_out_of_the_way(fd) for fd in self._make()]
        self._received = bytearray()

    def _make(self) -> tuple[int, int]:
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        return their_in, their_out

    def leave_theirs(self) -> None:
        """Close the browser's ends, which it has by now."""
        for fd in self.theirs:
            os.close(fd)
        self.theirs.clear()

    def close(self) -> None:
        self.leave_theirs()
        os.close(self._out)
        os.close(self._in)

    def send(self, text: str) -> None:
        left = memoryview(text.encode() + b"\0")
        while left:
            left = left[os.write(self._out, left) :]

    def receive(self) -> str:
        """The next message; waits for it.

        Raises:
            OSError: the browser has gone, or says nothing for too long.
        """
        deadline = time.monotonic() + self.timeout_s
        searched = 0
        while (end := self._received.find(0, searched)) < 0:
            searched = len(self._received)
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                raise TimeoutError("no answer in time")
            piece = os.read(self._in, 1 << 16)
            if not piece or searched > _LONGEST:
                raise ConnectionError("the browser has ended")
            self._received += piece
        message = self._received[:end].decode()
        del self._received[: end + 1]
        return message


def _out_of_the_way(fd: int) -> int:
    """The same pipe under a number that the browser's own do not take."""
    import fcntl

    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _ABOVE)
    os.close(fd)
    return moved


@dataclass
class Browser:
    """A page that is open in a browser; what is said to it is answered in turn.

    Attributes:
        version: name and version of the browser.
        requests: the addresses that the page has asked for since it was opened.
    """

    version: str
    _pipes: _Pipes
    _session: str
    requests: list[str] = field(default_factory=list)
    _last: int = 0

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command of the protocol and wait for its result.

        Raises:
            BrowserError: it failed, or the time is over.
        """
        self._last += 1
        told = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            told["sessionId"] = self._session
        try:
            self._pipes.send(json.dumps(told))
            while True:
                message = json.loads(self._pipes.receive())
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
        """Wait until an expression is true; returns its value.

        Raises:
            BrowserError: it is not in time.
        """
        deadline = time.monotonic() + self._pipes.timeout_s
        while time.monotonic() < deadline:
            value = self.evaluate(expression)
            if value:
                return value
            time.sleep(_POLL_S)
        raise BrowserError("the page was not ready in time")

    def has_network(self) -> bool:
        """Whether the page could start its network; waits until it can be told.

        Raises:
            BrowserError: the time is over.
        """
        return bool(self.wait_for("document.body && document.body.dataset.ready") == "yes")

    def answers(self, images: Sequence[Path]) -> Iterator[PageAnswer]:
        """Ask the page about image files, one after another.

        Raises:
            BrowserError: the page has no network, or the time is over.
        """
        if not self.has_network():
            raise BrowserError("the page could not start its network")
        made = "Object.assign(document.createElement('input'), {type: 'file', multiple: true})"
        chooser = self.evaluate(f"window.chooser = {made}", by_value=False)
        self.command(
            "DOM.setFileInputFiles", objectId=chooser, files=[str(path) for path in images]
        )
        for number in range(len(images)):
            told = self.evaluate(f"classify(chooser.files[{number}]).catch(() => null)")
            yield page_answer(told)


@contextlib.contextmanager
def opened_page(page: Path, browser: Path, timeout_s: float = TIMEOUT_S) -> Iterator[Browser]:
    """Open a page from its file, until the block ends.

    Args:
        timeout_s: for each answer of the browser.

    Raises:
        BrowserError: the browser cannot be started, or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="tlstudio-page-", ignore_cleanup_errors=True) as folder:
        pipes = _Pipes(timeout_s)
        process: int | None = None
        try:
            process = _start(browser, Path(folder), pipes)
            driven = Browser("", pipes, "")
            driven.version = str(driven.command("Browser.getVersion")["product"])
            target = driven.command("Target.createTarget", url="about:blank")["targetId"]
            attached = driven.command("Target.attachToTarget", targetId=target, flatten=True)
            driven._session = attached["sessionId"]
            driven.command("Network.enable")
            driven.command("Page.enable")
            driven.command("Page.navigate", url=page.resolve().as_uri())
            yield driven
            with contextlib.suppress(BrowserError):  # else it leaves folders behind
                driven.command("Browser.close")
        except OSError as error:
            raise BrowserError(str(error) or type(error).__name__) from error
        finally:
            pipes.close()
            if process is not None:
                _end(process)


def _start(browser: Path, profile: Path, pipes: _Pipes) -> int:
    """Start the browser in a group of its own; returns its process id."""
    flags = [*_FLAGS, f"--user-data-dir={profile}"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # it refuses to start as root otherwise
    actions: list[tuple[Any, ...]] = [
        (os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)
    ]
    for fd, own in zip(pipes.theirs, (_BROWSER_READS, _BROWSER_WRITES), strict=True):
        actions.append((os.POSIX_SPAWN_DUP2, fd, own))
    command = [str(browser), *flags]
    # Chromium leaves the folder of its socket among the temporary ones where it is ended.
    environment = {**os.environ, "TMPDIR": str(profile)}
    process = os.posix_spawn(command[0], command, environment, file_actions=actions, setpgroup=0)
    pipes.leave_theirs()
    return process


def page_answer(told: Any) -> PageAnswer:
    if not isinstance(told, dict):
        return PageAnswer(())
    return PageAnswer(
        tuple(map(float, told["probabilities"])), told["distance"], bool(told["isNone"])
    )


def _end(process: int) -> None:
    """Wait for the browser, which ends with its pipes; it and its helpers get no more than that."""
    deadline = time.monotonic() + _ENDING_S
    while time.monotonic() < deadline:
        if os.waitpid(process, os.WNOHANG)[0]:
            return
        time.sleep(_POLL_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
