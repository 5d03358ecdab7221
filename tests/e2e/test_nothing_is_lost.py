"""A click loses nothing: what was trained is there after loading, stopping and closing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from tests.e2e.test_whole_way import ENDLESS, click, open_photos, train
from tlstudio.core.errors import StorageError
from tlstudio.gui.app import Studio
from tlstudio.gui.app.menus import ModelsMenu
from tlstudio.gui.app.toasts import Toast
from tlstudio.gui.app.train_page import TrainPage, TrainTab
from tlstudio.gui.features.training.view import RunView
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Step


def rows(studio: Studio) -> list[QAction]:
    """The entries of File → Models of this session."""
    menu = next(m for m in studio.window.findChildren(ModelsMenu) if isinstance(m.parent(), QMenu))
    menu.aboutToShow.emit()
    return menu.actions()


def run_view(studio: Studio) -> RunView:
    page = studio.window.pages[Step.TRAIN]
    assert isinstance(page, TrainPage)
    view = page.view(TrainTab.RUN)
    assert isinstance(view, RunView)
    return view


def answer(qtbot: QtBot, studio: Studio, name: str) -> None:
    """Press a button of the closing question."""
    question = studio.window.findChildren(QMessageBox)[-1]
    button = question.findChild(QAbstractButton, name)
    assert button is not None
    click(qtbot, button)
    qtbot.waitUntil(lambda: question not in studio.window.findChildren(QMessageBox))


def shows(studio: Studio) -> tuple[object, ...]:
    """What a person sees of a run, on the pages."""
    session, view = studio.session, run_view(studio)
    charts = view.history.charts
    return (
        charts.history if charts is not None else None,
        session.run.record.shown_predictions,
        view.sentence.text(),
        view.strip.items,
    )


def test_loaded_weights_leave_the_trained_model_to_go_back_to(
    qtbot: QtBot,
    studio: Studio,
    photos: Path,
    tmp_path: Path,
    accept_file: Callable[..., None],
) -> None:
    session = studio.session
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    session.classifier.save_weights(tmp_path / "old.pth")
    qtbot.waitUntil(lambda: session.classifier.is_saved)
    train(qtbot, studio, epochs=2, learning_rate=0.01)
    second = session.models.current
    assert second is not None and second.number == 2
    qtbot.waitUntil(lambda: shows(studio)[0] == session.run.record.history)
    seen = shows(studio)
    [photo] = list((photos / "val" / "plum").glob("*0.jpg"))

    def said() -> tuple[float, ...]:
        session.classifier.clear_answers()
        session.classifier.predict([photo])
        qtbot.waitUntil(lambda: len(session.classifier.answers) == 1)
        qtbot.waitUntil(lambda: not session.classifier.predicting)
        return session.classifier.answers[0].probabilities

    probabilities = said()
    accept_file(tmp_path / "old.pth")
    with qtbot.waitSignal(session.classifier.loaded):
        studio.window.actions_by_name["load_weights"].trigger()
    assert [row.isChecked() for row in rows(studio)] == [False, False, True]
    assert rows(studio)[2].text() == "old.pth"
    assert said() != probabilities
    qtbot.waitUntil(lambda: not session.models._in_memory)  # both lie in files

    [toast] = [t for t in studio.window.findChildren(Toast) if t.notification.action]
    assert "Run 2" in toast.notification.text and "not saved" in toast.notification.text
    click(qtbot, toast.action)
    qtbot.waitUntil(lambda: session.models.current is second)
    assert said() == probabilities
    assert shows(studio) == seen
    rows(studio)[0].trigger()
    qtbot.waitUntil(lambda: session.models.current is session.models.models[0])
    assert len(session.run.record.history.epochs) == 1
    assert "Run 1" in studio.window.pages[Step.TRAIN].models.text()  # type: ignore[attr-defined]


def test_train_again_and_stop_at_once_changes_nothing(
    qtbot: QtBot, studio: Studio, photos: Path
) -> None:
    session = studio.session
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=2, batch_size=8, learning_rate=0.01)
    view, info = run_view(studio), session.classifier.info
    qtbot.waitUntil(lambda: shows(studio)[0] == session.run.record.history)
    seen, classifier = shows(studio), session.classifier.classifier
    with qtbot.waitSignal(session.run.ended):
        click(qtbot, view.again_button)
        click(qtbot, studio.window.header.action)  # Stop
    assert shows(studio) == seen
    assert session.classifier.classifier is classifier and session.classifier.info is info
    assert len(session.models.models) == 1 and not view.again_button.isHidden()
    assert studio.window.header.action.text() == "See the results"


def test_save_in_the_closing_question_saves_each_and_closes(
    qtbot: QtBot,
    studio: Studio,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, window = studio.session, studio.window
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    train(qtbot, studio, epochs=2)
    targets: list[Path] = []

    def accept(dialog: object, preferences: object, chosen: Callable[..., object]) -> None:
        targets.append(tmp_path / f"{len(targets)}.safetensors")
        chosen([targets[-1]])

    monkeypatch.setattr(file_dialogs, "_open", accept)
    assert not window.close()
    question = window.findChildren(QMessageBox)[-1]
    assert "Run 1" in question.informativeText() and "Run 2" in question.informativeText()
    answer(qtbot, studio, "save_first")
    qtbot.waitUntil(lambda: len(window.findChildren(QMessageBox)) == 1)  # one is left
    assert window.isVisible() and [m.number for m in session.models.unsaved] == [1]
    folder = session.models._folder
    with qtbot.waitSignal(window.closed):
        answer(qtbot, studio, "save_first")
    assert not window.isVisible() and [target.exists() for target in targets] == [True, True]
    loaded = [jobs.load_weights(target, None)[1].classifier for target in targets]
    assert [len(classifier.history.epochs) for classifier in loaded] == [2, 1]
    assert not folder.exists()


@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_the_window_stays_where_nothing_was_saved(
    qtbot: QtBot,
    studio: Studio,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    accept_file: Callable[..., None],
    how: str,
) -> None:
    session, window = studio.session, studio.window
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    if how == "cancelled":
        monkeypatch.setattr(file_dialogs, "_open", lambda *_: None)
    else:
        accept_file(tmp_path / "kept.pth")

        def fail(*_: object) -> None:
            raise StorageError("The disk is full.")

        monkeypatch.setattr(jobs, "save_weights", fail)
    assert not window.close()
    answer(qtbot, studio, "save_first")
    if how == "failed":
        qtbot.waitUntil(lambda: any("full" in n.text for n in session.notifications.kept))
    assert window.isVisible() and len(session.models.unsaved) == 1
    session.notifications.info("Later.")  # nothing is armed that would close the window now
    assert window.isVisible()
    assert not window.close()
    with qtbot.waitSignal(window.closed):
        answer(qtbot, studio, "quit_without_saving")


def test_the_models_menu_waits_for_the_run(qtbot: QtBot, studio: Studio, photos: Path) -> None:
    session = studio.session
    assert [row.text() for row in rows(studio)] == ["None yet"]
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    assert [row.isEnabled() for row in rows(studio)] == [True]
    session.network.change(**ENDLESS)
    with qtbot.waitSignal(session.run.started):
        click(qtbot, studio.window.header.action)
    assert [row.isEnabled() for row in rows(studio)] == [False]
