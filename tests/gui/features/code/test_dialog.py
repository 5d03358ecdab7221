"""The window with the code of a run, of which the engine only tells."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.leaderboards import open_photos
from tlstudio.core.errors import ModelError
from tlstudio.gui.app.actions import ACTIONS
from tlstudio.gui.features.code import jobs as export
from tlstudio.gui.features.code.dialog import CodeDialog, CodeForm, open_code
from tlstudio.gui.state.session import Session, Step


@dataclass
class FakeCode:
    """What the engine's `CodeExport` says of itself."""

    title: str
    script: str
    cells: str
    notebook: str = "{}"
    packages: tuple[str, ...] = ("torch", "weights-of-it")
    weights_from: str = "package"
    is_rounded: bool = False
    install: str = "pip install torch weights-of-it"


class Engine:
    """Writes code that says of which settings it is."""

    def __init__(self) -> None:
        self.walks = 0
        self.error: ModelError | None = None
        self.may_write = threading.Event()
        self.may_write.set()
        self.code = FakeCode("", "", "")

    def data_part(self, index: Any) -> tuple[Any, str]:
        self.walks += 1
        return index, "files"

    def export_code(self, settings: Any, index: Any, data: Any) -> FakeCode:
        assert data == "files"
        self.may_write.wait(60)
        if self.error is not None:
            raise self.error
        self.code.title = f"{settings.config.strategy} on {index.name}"
        self.code.script = f"EPOCHS = {settings.config.epochs}\n"
        self.code.cells = f"# %% Settings\nEPOCHS = {settings.config.epochs}\n"
        return self.code


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    for name in ("data_part", "export_code"):
        monkeypatch.setattr(export, name, getattr(engine, name))
    return engine


@pytest.fixture
def dialog(ready_session: Session, engine: Engine, qtbot: QtBot) -> CodeDialog:
    """Over a session without a dataset."""
    dialog = CodeDialog(ready_session)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def wait_for_code(dialog: CodeDialog, qtbot: QtBot, piece: str) -> None:
    qtbot.waitUntil(lambda: piece in dialog.view.toPlainText() and dialog.code is not None)


def test_without_a_dataset_it_says_what_is_missing(
    dialog: CodeDialog, ready_session: Session, qtbot: QtBot
) -> None:
    assert dialog.empty.isVisible() and not dialog.view.isVisible()
    assert not dialog.copy_button.isEnabled() and not dialog.save_button.isEnabled()
    assert dialog.save_button.toolTip()
    ready_session.go_to(Step.TRAIN)
    qtbot.mouseClick(dialog.empty.findChild(QWidget, "go_to_data"), Qt.MouseButton.LeftButton)
    assert ready_session.step is Step.DATA


def test_it_follows_dataset_and_settings(
    dialog: CodeDialog, ready_session: Session, engine: Engine, tmp_path: Path, qtbot: QtBot
) -> None:
    open_photos(ready_session, tmp_path)
    ready_session.network.use_preset("tutorial")
    wait_for_code(dialog, qtbot, "EPOCHS = 25")
    assert dialog.install.text() == "pip install torch weights-of-it"
    assert "weights-of-it" in dialog.note.text() and "bfloat16" not in dialog.note.text()
    ready_session.network.change(epochs=7)
    wait_for_code(dialog, qtbot, "EPOCHS = 7")
    assert engine.walks == 1
    engine.code.is_rounded, engine.code.weights_from = True, "download"
    ready_session.network.change(epochs=8)
    wait_for_code(dialog, qtbot, "EPOCHS = 8")
    assert "bfloat16" in dialog.note.text() and "download" in dialog.note.text()
    ready_session.datasets.index = None
    ready_session.datasets.changed.emit(None)
    qtbot.waitUntil(dialog.empty.isVisible)
    assert dialog.code is None and not dialog.install.isVisible()


def test_code_of_older_settings_never_shows(
    dialog: CodeDialog, ready_session: Session, engine: Engine, tmp_path: Path, qtbot: QtBot
) -> None:
    engine.may_write.clear()
    open_photos(ready_session, tmp_path)
    qtbot.waitUntil(lambda: engine.walks == 1)
    assert dialog.waiting.isVisible()
    ready_session.network.change(epochs=3)
    ready_session.network.change(epochs=4)
    engine.may_write.set()
    wait_for_code(dialog, qtbot, "EPOCHS = 4")


def test_settings_that_make_no_run_are_told_and_mended(
    dialog: CodeDialog, ready_session: Session, engine: Engine, tmp_path: Path, qtbot: QtBot
) -> None:
    engine.error = ModelError("It cannot be.", "Choose another.")
    open_photos(ready_session, tmp_path)
    qtbot.waitUntil(dialog.failure.isVisible)
    assert dialog.failure.text.text() == "It cannot be. Choose another."
    assert not dialog.copy_button.isEnabled()
    engine.error = None
    ready_session.network.change(epochs=9)
    wait_for_code(dialog, qtbot, "EPOCHS = 9")
    assert dialog.copy_button.isEnabled()


def test_what_is_seen_is_copied(
    dialog: CodeDialog, ready_session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    open_photos(ready_session, tmp_path)
    wait_for_code(dialog, qtbot, "EPOCHS = 30")
    qtbot.mouseClick(dialog.forms.buttons()[1], Qt.MouseButton.LeftButton)
    assert dialog.form is CodeForm.NOTEBOOK
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("# %% Settings")
    assert dialog.copy_button.text() == "Copied"
    qtbot.waitUntil(lambda: dialog.copy_button.text() == "Copy")


@pytest.mark.parametrize(("form", "suffix"), [(0, ".py"), (1, ".ipynb")])
def test_it_is_saved_in_the_form_that_is_seen(
    dialog: CodeDialog, ready_session: Session, tmp_path: Path, qtbot: QtBot, form: int, suffix: str
) -> None:
    open_photos(ready_session, tmp_path)
    wait_for_code(dialog, qtbot, "EPOCHS = 30")
    qtbot.mouseClick(dialog.forms.buttons()[form], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.findChild(QFileDialog) is not None)
    chooser = dialog.findChild(QFileDialog)
    assert chooser.defaultSuffix() == suffix[1:]
    chooser.setDirectory(str(tmp_path))
    with qtbot.waitSignal(ready_session.notifications.posted):
        chooser.accept()
    dataset = "_".join(ready_session.dataset_name.split())
    assert dataset
    saved = tmp_path / f"train_{dataset}_tf_efficientnet_lite0{suffix}"
    assert saved.read_text() == (dialog.code.script if form == 0 else "{}")


def test_there_is_one_for_each_window(ready_session: Session, engine: Engine, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button = QWidget(window)
    first = open_code(ready_session, window)
    assert open_code(ready_session, button) is first
    assert any(row.name == "show_code" for row in ACTIONS)
    first.close()
