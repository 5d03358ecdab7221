"""The program starts or says why not, and ends in an orderly way when it is asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tlstudio.core.ending import END_SIGNALS
from tlstudio.core.preferences import PreferencesConfig
from tlstudio.core.storage import data_dir, preferences_path, write_preferences
from tlstudio.gui.app.end_signals import EndSignals
from tlstudio.gui.app.studio import SIZES

ROOT = Path(__file__).parents[3]
NO_QT = """
import sys
class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("PySide6"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, NoQt())
sys.argv = ["tlstudio"]
from tlstudio.__main__ import run
run()
"""


def start(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": "en", **environ},
    )


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        (("-m", "tlstudio"), {"QT_QPA_PLATFORM": "bogus"}, "“bogus”"),
        (("-c", NO_QT), {}, "Qt for Python is not installed"),
    ],
)
def test_a_start_that_fails_says_so_in_one_line(
    arguments: tuple[str, ...], environ: dict[str, str], words: str
) -> None:
    process = start(*arguments, **environ)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 3, errors
    assert words in errors and len(errors.splitlines()) == 1


SIZE = """
import sys
from tlstudio.gui.app import studio
studio._start = lambda app: sys.exit(str(app.devicePixelRatio()))
studio.main(["tlstudio"])
"""


@pytest.mark.parametrize(
    ("preferred", "environ", "ratio"),
    [
        ("150", {}, "1.5"),
        ("100", {}, "1.0"),
        ("9", {}, "1.0"),
        ("150", {"QT_SCALE_FACTOR": "2"}, "2.0"),
    ],
)
def test_the_preferred_size_enlarges_the_window(
    preferred: str, environ: dict[str, str], ratio: str
) -> None:
    write_preferences({"size": preferred}, preferences_path())
    _, told = start("-c", SIZE, **environ).communicate(timeout=300)
    assert told.split()[-1] == ratio


def test_every_size_to_prefer_is_one_that_a_start_knows() -> None:
    sizes = get_args(get_type_hints(PreferencesConfig)["size"])
    assert sizes == ("100", *SIZES)


@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
def test_ctrl_c_closes_a_window(qtbot: QtBot) -> None:
    process = start("-m", "tlstudio")
    running = data_dir() / "running"
    qtbot.waitUntil(lambda: running.is_dir() and any(running.iterdir()))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130, errors
    assert errors == "" and list(running.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
def test_signals_reach_the_event_loop_and_are_left_as_they_were(qtbot: QtBot) -> None:
    before = [signal.getsignal(number) for number in END_SIGNALS]
    owner = QObject()
    signals = EndSignals(owner)
    try:
        for number in END_SIGNALS:
            with qtbot.waitSignal(signals.came) as came:
                os.kill(os.getpid(), number)
            assert came.args == [number]
    finally:
        signals.close()
    assert [signal.getsignal(number) for number in END_SIGNALS] == before
