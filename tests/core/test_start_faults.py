"""A start that fails says what is missing and what to do."""

from __future__ import annotations

import ctypes
import io
import sys
from types import SimpleNamespace

import pytest

from tlstudio.core.errors import StartError
from tlstudio.core.start_faults import import_fault, in_own_language, own_language, qt_fault, tell
from tlstudio.core.storage import atomic_write, preferences_path

GIVES_UP = (
    "This application failed to start because no Qt platform plugin could be initialized. "
    "Reinstalling the application may fix this problem.\n\nAvailable platform plugins are: "
    "minimal, xcb, offscreen.\n"
)
NO_SCREEN = ("could not connect to display ", "From 6.5.0, xcb-cursor0 is needed", GIVES_UP)


def test_without_a_screen_there_is_the_terminal() -> None:
    error = qt_fault(NO_SCREEN, {}, lambda: ())
    assert "no screen" in str(error)
    assert "tlstudio-cli" in error.hint_text and "QT_QPA_PLATFORM=offscreen" in error.hint_text


def test_a_screen_that_does_not_answer_is_named() -> None:
    assert "“:77”" in str(qt_fault(NO_SCREEN, {"DISPLAY": ":77"}, lambda: ()))


def test_missing_libraries_come_before_the_screen_and_name_their_packages() -> None:
    lacks = ("libxcb-cursor.so.0", "libgthread-2.0.so.0", "libglib-2.0.so.0")
    error = qt_fault(NO_SCREEN, {"DISPLAY": ":0"}, lambda: lacks)
    assert "libxcb-cursor.so.0" in str(error)
    assert "apt install libxcb-cursor0 libglib2.0-0." in error.hint_text


def test_an_unknown_platform_names_those_that_there_are() -> None:
    error = qt_fault(('Could not find the Qt platform plugin "bogus" in ""', GIVES_UP))
    assert "“bogus”" in str(error)
    assert error.hint_text.endswith("one of these: xcb, offscreen.")


def test_what_else_qt_says_is_repeated() -> None:
    assert "QThread is broken" in str(qt_fault(("QThread is broken",)))


@pytest.mark.parametrize(
    ("problem", "words", "remedy"),
    [
        (ModuleNotFoundError("", name="PySide6.QtCore"), "Qt for Python", "PySide6-Essentials"),
        (ModuleNotFoundError("", name="pyqtgraph"), "“pyqtgraph”", "Install TLStudio again"),
        (ImportError("broken in the middle"), "broken in the middle", "Install TLStudio again"),
    ],
)
def test_what_cannot_be_imported_is_named(problem: ImportError, words: str, remedy: str) -> None:
    error = import_fault(problem)
    assert words in str(error) and remedy in error.hint_text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lacks libraries")
def test_a_library_that_an_import_lacks_names_its_package() -> None:
    lacks = "libEGL.so.1: cannot open shared object file: No such file or directory"
    error = import_fault(ImportError(lacks))
    assert "libEGL.so.1" in str(error) and "libegl1" in error.hint_text


def test_it_is_said_on_the_terminal_or_on_windows_in_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    error = StartError("There is no screen.", "Get one.")
    terminal, boxes = io.StringIO(), []
    monkeypatch.setattr(sys, "stderr", terminal)
    tell(error)
    assert terminal.getvalue() == "TLStudio: There is no screen. Get one.\n"

    box = SimpleNamespace(MessageBoxW=lambda *arguments: boxes.append(arguments))
    windll = SimpleNamespace(user32=box)
    monkeypatch.setattr(ctypes, "windll", windll, raising=False)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "platform", "win32")
    tell(error)
    assert [text for _, text, *_ in boxes] == ["TLStudio: There is no screen. Get one."]


def test_it_speaks_the_language_of_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    error = qt_fault(NO_SCREEN, {}, lambda: ())
    assert own_language() == "ko" and "창" in in_own_language(error)
    atomic_write(preferences_path(), '{"language": "en"}')
    assert own_language() == "en" and "no screen" in in_own_language(error)
