"""A window that was not closed is noticed once, and its last words are kept."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from tlstudio.core.crashes import KEPT, RunningMark, collect_crashes, last_crash
from tlstudio.core.storage import data_dir

WINDOW = """
import logging, os, sys
from tlstudio.core.crashes import RunningMark
from tlstudio.core.log import start_log
start_log("the window")
mark = RunningMark()
mark.begin()
logging.getLogger("tlstudio").warning("a tree fell")
print("runs", flush=True)
sys.stdin.readline()
{end}
"""


class Window:
    """A process with the mark of a window, which ends as it is told to."""

    def __init__(self, end: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WINDOW.format(end=end)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == b"runs"

    def end(self) -> None:
        self._process.communicate(b"\n", timeout=300)


def test_a_crash_is_found_once_with_what_was_going_on() -> None:
    window = Window("os.abort()")
    assert collect_crashes() is None, "it runs"
    window.end()
    logging.getLogger("tlstudio").warning("of this process")
    found = collect_crashes()
    assert found is not None
    assert "Fatal Python error: Aborted" in found.text
    assert "a tree fell" in found.text and "of this process" not in found.text
    assert collect_crashes() is None
    assert last_crash() == found


@pytest.mark.parametrize(("end", "is_crash"), [("os._exit(0)", True), ("mark.end()", False)])
def test_only_a_window_that_was_not_closed_is_told_of(end: str, is_crash: bool) -> None:
    window = Window(end)
    window.end()
    assert (collect_crashes() is not None) is is_crash
    assert list((data_dir() / "running").iterdir()) == []


def test_the_windows_of_one_person_do_not_take_each_other_for_dead() -> None:
    mark, other = RunningMark(), RunningMark()
    assert mark.begin() and other.begin()
    assert collect_crashes() is None
    mark.end()
    other.end()


def test_few_crashes_are_kept() -> None:
    running = data_dir() / "running"
    running.mkdir(parents=True)
    for number in range(KEPT + 2):
        (running / f"{number}.txt").write_text(f"TLStudio 1, process {number}\n", encoding="utf-8")
    collect_crashes()
    assert len(list((data_dir() / "crashes").iterdir())) == KEPT


def test_a_folder_that_takes_no_files_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path / "home"))
    mark = RunningMark()
    assert not mark.begin()
    mark.end()
    assert collect_crashes() is None and last_crash() is None
