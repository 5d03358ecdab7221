"""A screen in memory with a person in front of it: it is looked at, clicked and typed on.

Xvfb draws into a file, openbox gives the window focus, xdotool moves the mouse and presses keys,
and what is where is told as a screen reader is told it: through AT-SPI on D-Bus. Nothing here knows
the program that is tested.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import struct
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse

TOOLS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "dbus-daemon": "dbus-daemon"}
A11Y_SERVICE = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
WAIT_S = 60.0
LOOK_EVERY_S = 0.1
SETTLED_S = 0.4  # a page that moves is not clicked on

ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
ENABLED, SHOWING = 1 << 8, 1 << 25  # of AT-SPI's states

# One window fills the screen, and all that is painted is the program's own.
OPENBOX = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <applications>
    <application class="*" type="normal"><decor>no</decor><maximized>yes</maximized></application>
    <application class="*" type="dialog"><decor>no</decor></application>
  </applications>
</openbox_config>
"""

Box = tuple[int, int, int, int]  # x, y, width, height


def missing_tools() -> list[str]:
    """Names of Debian's packages that are needed here and not installed."""
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    return missing + ([] if A11Y_SERVICE.exists() else ["at-spi2-core"])


def wait_until(
    holds: Callable[[], object], what: str, limit_s: float = WAIT_S, every_s: float = LOOK_EVERY_S
) -> float:
    """Wait for something to hold; returns the seconds that it took.

    Raises:
        TimeoutError: it does not within the limit.
    """
    begin = time.monotonic()
    while not holds():
        if time.monotonic() - begin > limit_s:
            raise TimeoutError(f"not within {limit_s:.0f} s: {what}")
        time.sleep(every_s)
    return time.monotonic() - begin


@dataclass(frozen=True)
class Picture:
    """What was on the screen. `rows` hold four bytes a pixel: blue, green, red, nothing."""

    width: int
    height: int
    rows: tuple[bytes, ...]

    def crop(self, box: Box) -> Picture:
        x, y, width, height = box
        rows = tuple(row[4 * x : 4 * (x + width)] for row in self.rows[y : y + height])
        return Picture(width, height, rows)

    @cached_property
    def colours(self) -> int:
        """How many different colours there are."""
        return len(set().union(*(memoryview(row).cast("I") for row in self.rows)))

    def save(self, target: Path) -> None:
        """Write it as PNG."""
        lines = []
        for row in self.rows:
            line = bytearray(3 * self.width + 1)  # the first byte: this line is not filtered
            line[1::3], line[2::3], line[3::3] = row[2::4], row[1::4], row[0::4]
            lines.append(bytes(line))
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        chunks = (b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines), 6)), (b"IEND", b"")
        data = b"\x89PNG\r\n\x1a\n"
        for kind, content in chunks:
            checksum = struct.pack(">I", zlib.crc32(kind + content))
            data += struct.pack(">I", len(content)) + kind + content + checksum
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


@dataclass(frozen=True)
class Thing:
    """Something on the screen as a screen reader knows it."""

    role: str
    name: str
    box: Box
    is_enabled: bool

    @property
    def middle(self) -> tuple[int, int]:
        x, y, width, height = self.box
        return x + width // 2, y + height // 2


class Screen:
    """A screen of its own with a window manager and the two buses of a desktop.

    Args:
        folder: for the files of screen and buses.
        environment: of everything that is started here.
    """

    def __init__(
        self, folder: Path, environment: dict[str, str], size: tuple[int, int] = (1280, 800)
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._started: list[subprocess.Popen[bytes]] = []
        self._frame = folder / "Xvfb_screen0"
        self._log = (folder / "screen.log").open("wb")
        self.environment = dict(environment)
        self._a11y: DBusConnection | None = None
        try:
            number = self._start_and_read(
                *("Xvfb", "-displayfd", "{fd}", "-screen", "0", "{}x{}x24".format(*size)),
                *("-fbdir", str(folder), "-nolisten", "tcp", "-noreset"),
            )
            self.environment["DISPLAY"] = f":{number}"
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_and_read(
                "dbus-daemon", "--session", "--nofork", "--print-address={fd}"
            )
            settings = folder / "openbox.xml"
            settings.write_text(OPENBOX, encoding="utf-8")
            self._start("openbox", "--sm-disable", "--config-file", str(settings))
            self._a11y = self._open_a11y()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End what was started here."""
        if self._a11y is not None:
            self._a11y.close()
        for process in reversed(self._started):
            end(process)
        self._log.close()

    # Looking

    def picture(self) -> Picture:
        """What is on the screen now."""
        data = self._frame.read_bytes()  # an X window dump
        head = struct.unpack(">25I", data[:100])
        width, height, line, colours = head[4], head[5], head[12], head[19]
        begin = head[0] + 12 * colours
        rows = (begin + y * line for y in range(height))
        return Picture(width, height, tuple(data[at : at + 4 * width] for at in rows))

    def colours(self) -> int:
        """Roughly how many colours there are; quick."""
        pixels = memoryview(self._frame.read_bytes()).cast("I")
        return len(set(pixels[::11]))

    def things(self) -> Iterator[Thing]:
        """All that is shown, from the outside to the inside."""
        for name, path in self._children(*ROOT):
            for window in self._children(name, path):
                yield from self._walk(*window)

    def find(self, name: str, role: str = "", *, enabled: bool = True) -> Thing | None:
        """The first thing whose whole name matches a regular expression."""
        matches = re.compile(name).fullmatch
        for thing in self.things():
            if matches(thing.name) and role in ("", thing.role):
                return thing if thing.is_enabled or not enabled else None
        return None

    def wait_for(self, name: str, role: str = "", limit_s: float = WAIT_S) -> Thing:
        """The thing of this name as soon as it is there, enabled, and stands still.

        Raises:
            TimeoutError: it is not within the limit.
        """
        found: list[Thing | None] = [None]

        def stands_still() -> bool:
            found.append(self.find(name, role))
            return found[-1] is not None and found[-1] == found[-2]

        wait_until(stands_still, f"{role or 'something'} called {name!r}", limit_s, SETTLED_S)
        thing = found[-1]
        assert thing is not None
        return thing

    # Acting

    def click(self, name: str, role: str = "", limit_s: float = WAIT_S) -> Thing:
        """Click into the middle of the thing of this name, once it can be clicked."""
        thing = self.wait_for(name, role, limit_s)
        x, y = thing.middle
        self._do("mousemove", "--sync", str(x), str(y))
        self._do("click", "1")
        return thing

    def press(self, keys: str) -> None:
        """Press keys together, e.g. ``ctrl+s``."""
        self._do("key", "--clearmodifiers", keys)

    def type(self, text: str) -> None:
        self._do("type", "--delay", "20", text)

    # How it is done

    def _do(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments], env=self.environment, check=True, timeout=30, stderr=self._log
        )

    def _start(self, *command: str, pass_fds: tuple[int, ...] = ()) -> None:
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            pass_fds=pass_fds,
            start_new_session=True,
        )
        self._started.append(process)

    def _start_and_read(self, *command: str) -> str:
        """Start a program that writes its address to a file descriptor; returns the address."""
        reading, writing = os.pipe()
        try:
            arguments = [part.replace("{fd}", str(writing)) for part in command]
            self._start(*arguments, pass_fds=(writing,))
        finally:
            os.close(writing)
        with os.fdopen(reading, encoding="ascii") as stream:
            address = stream.readline().strip()
        if not address:
            raise RuntimeError(f"{command[0]} does not start; see {self._log.name}")
        return address

    def _open_a11y(self) -> DBusConnection:
        session = open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"])
        try:
            place = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            answer = session.send_and_get_reply(
                new_method_call(place, "GetAddress"), timeout=WAIT_S
            )
            return open_dbus_connection(answer.body[0])
        finally:
            session.close()

    def _ask(self, name: str, path: str, method: str, interface: str = ACCESSIBLE, *args: object):
        assert self._a11y is not None
        signature, body = (args[0], args[1:]) if args else (None, ())
        call = new_method_call(DBusAddress(path, name, interface), method, signature, body)
        answer = self._a11y.send_and_get_reply(call, timeout=WAIT_S)
        if answer.header.message_type.name == "error":
            raise DBusErrorResponse(answer)
        return answer.body[0]

    def _children(self, name: str, path: str) -> list[tuple[str, str]]:
        with contextlib.suppress(DBusErrorResponse):  # it is gone meanwhile
            return list(self._ask(name, path, "GetChildren"))
        return []

    def _walk(self, name: str, path: str) -> Iterator[Thing]:
        try:
            low, _ = self._ask(name, path, "GetState")
            if not low & SHOWING:
                return
            title = self._ask(
                *(name, path, "Get", "org.freedesktop.DBus.Properties", "ss", ACCESSIBLE, "Name")
            )[1]
            box = self._ask(name, path, "GetExtents", "org.a11y.atspi.Component", "u", 0)
            role = self._ask(name, path, "GetRoleName")
        except DBusErrorResponse:
            return
        yield Thing(role, title, tuple(box), bool(low & ENABLED))
        for child in self._children(name, path):
            yield from self._walk(*child)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started in a session of its own, and all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(5)
