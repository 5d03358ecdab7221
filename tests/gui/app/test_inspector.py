"""The inspector in the whole window: how much of it is seen, and how it is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.networks import make_ready, no_engine
from tlstudio.core.runs.events import RunEnded, RunEndReason
from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.model_page import ModelPage, ModelTab
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step

# at least so many rows of the tree
ROWS = {(960, 540): 6, (960, 600): 8, (1280, 800): 15, (1366, 768): 15, (1920, 1080): 27}
FIELDS = ("epochs", "learning_rate", "batch_size", "optimizer", "schedule")


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    session.go_to(Step.MODEL)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    window.resize(1280, 800)
    with qtbot.waitSignal(window.completed):
        window.show()
    assert window.menuBar().isVisible() and window.statusBar().isVisible()
    return window


def rows_seen(window: MainWindow) -> float:
    view = window.inspector.fill().layers.view
    row = view.visualRect(view.model().index(0, 0))
    return view.viewport().height() / row.height()


def is_seen(widget: QWidget, window: MainWindow) -> bool:
    """Whether all of it can be seen without scrolling."""
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    return widget.visibleRegion().boundingRect() == widget.rect() and window.rect().contains(place)


def before(session: Session) -> None:
    """No run yet."""


def during(session: Session) -> None:
    session.run._set_status(RunStatus.RUNNING)


def after(session: Session) -> None:
    proof = FreezeProof(7, 4, "3fa2b1c9" * 8, (), {"head": 0.25})
    end = RunEnded(RunEndReason.FINISHED, 3, 2, 0.8, 1.0, proof=proof)
    session.run.record = RunRecord(session.network.settings, end=end)
    session.run.ended.emit(end)


@pytest.mark.parametrize("moment", [before, during, after], ids=lambda moment: moment.__name__)
@pytest.mark.parametrize("size", ROWS, ids=lambda size: "{}x{}".format(*size))
def test_how_much_is_seen_without_scrolling(
    window: MainWindow,
    session: Session,
    size: tuple[int, int],
    moment: Callable[[Session], None],
) -> None:
    window.resize(*size)
    assert window.size().toTuple() == size
    window.inspector.drawer.set_open(window.inspector.is_drawer)
    moment(session)
    QApplication.processEvents()
    settings = window.inspector.fill().settings
    assert rows_seen(window) >= ROWS[size]
    for field in (*(settings.rows[name] for name in FIELDS), settings.views):
        assert is_seen(field.editor, window) and is_seen(field.title, window)
    for widget in (settings.strategies, settings.more, settings.reset):
        assert is_seen(widget, window)
    assert is_seen(settings.model_line, window) or size[1] <= 600  # the header says it, too
    session.run._set_status(RunStatus.IDLE)


def test_a_setting_is_found_from_any_page(window: MainWindow, session: Session) -> None:
    settings = window.inspector.fill().settings
    window.inspector.shown_action.setChecked(False)
    session.go_to(Step.DATA)
    session.network.show_field("label_smoothing")
    assert session.step is Step.MODEL and window.inspector.isVisible()
    assert session.preferences.shows_inspector
    assert settings.popup.focusWidget() is settings.popup.rows["label_smoothing"].editor
    settings.popup.close()
    session.network.show_field("batch_size")
    assert settings.focusWidget() is settings.rows["batch_size"].editor
    assert not settings.popup.isVisible()


def test_change_leads_to_the_choice_of_models(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    page = window.pages[Step.MODEL]
    assert isinstance(page, ModelPage)
    page.show_tab(ModelTab.LAYERS)
    button = window.inspector.fill().settings.model_line.button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.model_tab == ModelTab.CHOOSE
    page.show_tab(ModelTab.COMPARE)
    session.go_to(Step.TRAIN)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.step is Step.MODEL and session.model_tab == ModelTab.CHOOSE
