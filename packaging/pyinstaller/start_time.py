"""Seconds from the start of a program until its window is painted, on a screen that nobody sees.

    python packaging/pyinstaller/start_time.py dist/TLStudio/tlstudio

Prints the median of a few starts after a first one, which reads the files from the disk. Needs
Xvfb.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STARTS = 3
LIMIT_S = 60.0
COLOURS = 100  # an empty window has a handful


def seconds_to_window(program: Path, frame: Path, environment: dict[str, str]) -> float:
    """Start the program once, and end it when something is to be seen.

    Raises:
        RuntimeError: it ended by itself, or nothing was seen.
    """
    begin_s = time.perf_counter()
    process = subprocess.Popen(
        [program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - begin_s < LIMIT_S:
            if process.poll() is not None:
                raise RuntimeError(f"{program.name} ended with {process.returncode}")
            if len(set(memoryview(frame.read_bytes()).cast("I")[::11])) > COLOURS:
                return time.perf_counter() - begin_s
            time.sleep(0.005)
    finally:
        process.kill()
        process.wait()
        time.sleep(0.5)  # the screen is cleared
    raise RuntimeError(f"{program.name} showed nothing")


def measure(program: Path) -> float:
    """The median of some starts with folders of the user's that are new."""
    with tempfile.TemporaryDirectory() as folder:
        read, write = os.pipe()
        screen = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24"),
                *("-fbdir", folder, "-nolisten", "tcp", "-noreset"),
            ],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        try:
            with os.fdopen(read) as lines:
                number = lines.readline().strip()
            environment = {**os.environ, "DISPLAY": f":{number}", "TLSTUDIO_HOME": f"{folder}/home"}
            for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
                environment.pop(name, None)
            frame = Path(folder) / "Xvfb_screen0"
            times = [seconds_to_window(program, frame, environment) for _ in range(STARTS + 1)]
        finally:
            screen.terminate()
            screen.wait()
    return statistics.median(times[1:])


if __name__ == "__main__":
    print(f"{measure(Path(sys.argv[1]).resolve()):.2f}")
