"""The diagnostics, which are only told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tlstudio.core.diagnostics import Diagnostics, Fact, FactGroup
from tlstudio.core.errors import StorageError
from tlstudio.gui.features.diagnostics import jobs
from tlstudio.gui.features.diagnostics.dialog import DiagnosticsDialog
from tlstudio.gui.state.session import Session

MADE = FactGroup("Versions", (Fact("torch", "9.9"),))
Open = Callable[[str], DiagnosticsDialog]


@pytest.fixture
def opened(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Open:
    def show(crash: str) -> DiagnosticsDialog:
        def gather_all(more: Sequence[FactGroup]) -> Diagnostics:
            return Diagnostics((MADE, *more), ("one line", "another"), crash)

        monkeypatch.setattr(jobs, "gather_all", gather_all)
        dialog = DiagnosticsDialog(session)
        qtbot.addWidget(dialog)
        dialog.show()
        assert dialog.stack.currentWidget() is dialog.reading
        assert not dialog.copy_button.isEnabled()
        qtbot.waitUntil(lambda: dialog.found is not None)
        return dialog

    return show


def test_facts_of_machine_and_window_are_shown_and_copied(opened: Open) -> None:
    dialog = opened("")
    shown = [one.text() for one in dialog.facts.findChildren(QLabel)]
    assert "9.9" in shown and any("offscreen" in text for text in shown)
    assert len(dialog.choice.buttons()) == 2, "nothing crashed"
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "\u200b" not in copied  # where a long path may go on in the next line
    assert "torch: 9.9" in copied and copied.endswith("one line\nanother\n")


def test_log_and_last_crash_have_pages_of_their_own(opened: Open) -> None:
    dialog = opened("Fatal Python error: Aborted\n")
    _, log, crash = dialog.choice.buttons()
    log.click()
    assert dialog.stack.currentWidget() is dialog.log
    assert dialog.log.toPlainText() == "one line\nanother" and dialog.log.isReadOnly()
    crash.click()
    assert dialog.stack.currentWidget() is dialog.crash
    assert "Aborted" in dialog.crash.toPlainText()


def test_what_fails_is_said(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gather_all(more: Sequence[FactGroup]) -> Diagnostics:
        raise StorageError("The resources are gone.")

    monkeypatch.setattr(jobs, "gather_all", gather_all)
    dialog = DiagnosticsDialog(session)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.stack.currentWidget() is dialog.failure)
    assert "resources are gone" in dialog.failure.title.text()
    assert not dialog.save_button.isEnabled()
