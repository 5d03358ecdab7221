"""Class packs in the window: made by one dialog, dropped on another studio, and taken over."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.windows import show_window
from tests.helpers import make_photos
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.studio import Studio
from tlstudio.gui.features.classroom.make_dialog import MakePackDialog
from tlstudio.gui.features.classroom.open_dialog import OpenPackDialog
from tlstudio.gui.features.classroom.state import ClassroomState
from tlstudio.gui.state.quiz import QuizState
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def window(ready_session: Session, qtbot: QtBot) -> MainWindow:
    return show_window(ready_session, qtbot, (1280, 800))


def opened_dataset(session: Session, folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.datasets.glanced):
        session.datasets.open(folder)


def made(window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot) -> Path:
    """A pack of what is open, with a quiz, made by the dialog."""
    window.commands.make_pack()
    dialog = window.findChild(MakePackDialog)
    assert dialog is not None
    assert dialog.make_button.isEnabled()
    assert dialog.networks.isHidden() or dialog.no_networks.isHidden()  # never a list and its lack
    (tmp_path / "quiz.txt").write_text("Q: One.\nA: true\n")
    dialog._on_quiz_chosen([tmp_path / "quiz.txt"])
    dialog.note.setText("Bring <b>headphones</b>.")
    dialog.lesson.setCurrentIndex(dialog.lesson.findData("quiz"))
    state = session.feature(ClassroomState)
    with qtbot.waitSignal(state.changed, check_params_cb=lambda: state.made is not None):
        dialog._on_target_chosen(tmp_path / "week.tlspack")
    qtbot.waitUntil(lambda: not state.active)
    assert dialog.outcome.text().startswith("“week.tlspack” is made")
    dialog.close()
    return tmp_path / "week.tlspack"


def dropped(window: MainWindow, session: Session, path: Path, qtbot: QtBot) -> OpenPackDialog:
    state = session.feature(ClassroomState)
    window.commands.take_dropped([path])
    dialog = window.findChild(OpenPackDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: state.look is not None or state.error is not None)
    return dialog


def test_what_is_packed_is_taken_over(
    window: MainWindow, ready_session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    session = ready_session
    opened_dataset(session, make_photos(tmp_path / "photos", per_class=5), qtbot)
    session.network.change(epochs=7, augmentation="none")
    pack = made(window, session, tmp_path, qtbot)
    session.datasets.close()
    session.network.change(epochs=9, augmentation="crop_flip")
    opened_dataset(session, make_photos(tmp_path / "others", ("a", "b", "c"), 4), qtbot)

    dialog = dropped(window, session, pack, qtbot)
    assert dialog.title.text() == "photos"
    assert dialog.note.textFormat() is Qt.TextFormat.PlainText
    assert dialog.open_button.isEnabled()
    assert session.datasets.index.name == "others"  # type: ignore[union-attr]  # nothing yet
    places: list[str] = []
    session.learn_requested.connect(places.append)
    with qtbot.waitSignals([session.feature(ClassroomState).opened, session.datasets.glanced]):
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    index = session.datasets.index
    assert index is not None
    assert (index.name, index.classes, len(index.samples)) == ("photos", ("green", "red"), 10)
    assert (session.network.config.epochs, session.network.config.augmentation) == (7, "none")
    assert session.step is Step.DATA
    assert places == ["quiz"]
    quiz = session.feature(QuizState)
    qtbot.waitUntil(lambda: quiz.is_own and len(quiz.questions) == 1)
    assert not dialog.isVisible()
    session.undo.undo()
    assert session.network.config.epochs == 9  # a person's own settings come back


def test_a_pack_that_is_none_says_why(
    window: MainWindow, ready_session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "x.tlspack").write_bytes(b"no pack")
    dialog = dropped(window, ready_session, tmp_path / "x.tlspack", qtbot)
    assert "is no class pack" in dialog.outcome.text()
    assert not dialog.open_button.isEnabled()


def test_while_a_run_goes_on_it_waits(
    window: MainWindow,
    ready_session: Session,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened_dataset(ready_session, make_photos(tmp_path / "photos", per_class=3), qtbot)
    pack = made(window, ready_session, tmp_path, qtbot)
    monkeypatch.setattr(type(ready_session.run), "active", property(lambda _: True))
    dialog = dropped(window, ready_session, pack, qtbot)
    assert not dialog.open_button.isEnabled()
    assert dialog.outcome.text() == "It can be opened when the run is over."


def test_a_pack_that_the_command_line_names_is_asked_about_once_the_window_is_there(
    ready_session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "x.tlspack").write_bytes(b"no pack")
    window = show_window(ready_session, qtbot, (1280, 800))
    studio = SimpleNamespace(window=window, session=ready_session)
    Studio.open_named(studio, tmp_path / "x.tlspack")  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: window.findChild(OpenPackDialog) is not None)
