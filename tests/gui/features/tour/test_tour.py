"""The guided tour over the real window: it follows what a person does, and points at controls."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index, play
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.windows import show_window
from tlstudio import __version__
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.features.dataset.offer_line import OfferLine
from tlstudio.gui.features.tour.state import TourState
from tlstudio.gui.features.tour.steps import STEPS
from tlstudio.gui.features.tour.view import Tour
from tlstudio.gui.kit import language
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.session import Dialog, Session, Step


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    no_engine(monkeypatch)
    window = show_window(session, qtbot, (1280, 800))
    make_ready(session, qtbot)
    return window


def take(window: MainWindow) -> Tour:
    window.actions_by_name["take_tour"].trigger()
    tour = window.findChild(Tour)
    assert isinstance(tour, Tour)
    return tour


def open_images(session: Session, folder: Path) -> DatasetIndex:
    index = make_index(folder, make_images(folder, 4))
    session.datasets.index = index
    session.datasets.changed.emit(index)
    return index


def name_of(session: Session) -> str:
    step = session.feature(TourState).step
    return step.name if step is not None else ""


def ringed(tour: Tour) -> list[QWidget]:
    """What the rings that are seen lie around."""
    shown = [ring.geometry().center() for ring in tour.rings if ring.isVisible()]
    return [widget for at in shown if (widget := tour.card.parentWidget().childAt(at))]


def test_every_control_that_it_points_at_is_in_the_window(window: MainWindow) -> None:
    for step in Step:
        window.pages[step]
    window.inspector.fill()
    for row in STEPS:
        groups = [*row.targets, *(group for one in row.remarks for group in one.targets or ())]
        for name in [name for group in groups for name in group]:
            assert window.findChild(QWidget, name) is not None, (row.name, name)


def test_it_follows_what_a_person_does(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    tour = take(window)
    card = tour.card
    assert (
        tour.rings[0]
        .geometry()
        .contains(
            window.findChild(QWidget, "sample_autumn_table").mapTo(
                window, window.findChild(QWidget, "sample_autumn_table").rect().center()
            )
        )
    )
    index = open_images(session, tmp_path / "photos")  # any folder will do
    assert name_of(session) == "model" and session.step is Step.DATA
    assert window.rail.buttons[Step.MODEL] in ringed(tour)  # the way there
    assert card.text.text().startswith("Click the ringed page")
    wait_for_plan(session, qtbot)
    qtbot.mouseClick(window.rail.buttons[Step.MODEL], Qt.MouseButton.LeftButton)
    assert card.text.text().startswith("The network")
    qtbot.mouseClick(card.next, Qt.MouseButton.LeftButton)
    assert name_of(session) == "train" and session.step is Step.TRAIN
    play(session, index, epochs=2, planned=2, reason=RunEndReason.FINISHED)
    assert name_of(session) == "results"
    session.go_to(Step.RESULTS)
    session.go_to(Step.USE)
    assert name_of(session) == "use" and card.next.text() == "Done"
    session.classifier.info = ClassifierInfo("resnet18", index.classes)
    session.classifier.changed.emit(session.classifier.info)
    assert "Help, Learn" in card.text.text()  # where its menu and its entry are
    assert window.actions_by_name["learn"].text().replace("&", "").startswith("Learn")
    qtbot.mouseClick(card.next, Qt.MouseButton.LeftButton)
    assert not card.isVisible() and not any(ring.isVisible() for ring in tour.rings)
    assert not session.preferences.offers_tour


def test_going_back_stays_there(window: MainWindow, session: Session, tmp_path: Path) -> None:
    open_images(session, tmp_path / "photos")
    tour = take(window)
    assert name_of(session) == "data" and "photos is open" in tour.card.text.text()
    assert not tour.card.back.isEnabled()
    tour.card.next.click()
    tour.card.back.click()
    session.datasets.changed.emit(session.datasets.index)
    assert name_of(session) == "data"


def test_a_failed_run_is_spoken_of(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    index = open_images(session, tmp_path / "photos")
    tour = take(window)
    state = session.feature(TourState)
    state.next()
    state.next()
    wait_for_plan(session, qtbot)
    play(session, index, epochs=0, planned=2, reason=RunEndReason.FAILED)
    assert "failed" in tour.card.text.text() and name_of(session) == "train"
    tour.card.next.click()
    assert name_of(session) == "results" and "once a run is over" in tour.card.text.text()


def test_escape_leaves_it_for_now_and_skip_for_good(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    tour = take(window)
    assert tour.card.next.hasFocus()
    card = QAccessible.queryAccessibleInterface(tour.card)
    assert "Tour: 1 of 5" in card.text(QAccessible.Text.Name)
    button = QAccessible.queryAccessibleInterface(tour.card.next)  # what the keyboard comes to
    for spoken in (card, button):
        assert "sample dataset" in spoken.text(QAccessible.Text.Description)
    qtbot.keyClick(tour.card.next, Qt.Key.Key_Escape)
    assert not tour.card.isVisible() and session.preferences.offers_tour
    assert take(window) is tour and tour.card.isVisible()
    qtbot.mouseClick(tour.card.skip, Qt.MouseButton.LeftButton)
    assert not tour.card.isVisible() and not session.preferences.offers_tour
    take(window)  # from the menu it comes back
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not tour.card.isVisible()


def test_it_lives_on_in_a_window_in_another_language(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    take(window)
    open_images(session, tmp_path / "photos")
    language.install("ko")
    other = show_window(session, qtbot)
    qtbot.waitUntil(lambda: other.findChild(Tour) is not None)
    card = other.findChild(Tour).card  # type: ignore[attr-defined]
    assert card.isVisible() and "2/5" in card.count.text()
    card.skip.click()


def test_card_and_controls_are_seen_in_every_window(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    tour = take(window)
    index = open_images(session, tmp_path / "photos")
    wait_for_plan(session, qtbot)
    play(session, index, epochs=2, planned=2, reason=RunEndReason.FINISHED)
    session.classifier.info = ClassifierInfo("net", index.classes, "net.pth", 0.8, 3, ())
    session.classifier.changed.emit(session.classifier.info)
    state, train = session.feature(TourState), window.header.action
    for size in ((800, 480), (1024, 600), (3840, 2160)):
        window.resize(*size)
        while state.place:
            state.back()
        for place, step in enumerate(STEPS):
            assert state.place == place
            session.go_to(step.page)
            QApplication.processEvents()  # what was shown is laid out
            tour.arrange()
            card = tour.card.geometry()
            assert window.rect().contains(card), (size, step.name)
            assert card.height() >= tour.card.minimumSizeHint().height(), (size, step.name)
            if train.isVisible():
                at = train.mapTo(window, train.rect().center())
                assert not card.contains(at), (size, step.name)
            if place + 1 < len(STEPS):
                state.next()


def test_the_start_page_offers_it_until_it_is_declined(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    offer = window.findChild(OfferLine)
    assert isinstance(offer, OfferLine) and "tour" in offer.link.text()
    offer.link.click()
    tour = window.findChild(Tour)
    assert isinstance(tour, Tour) and tour.card.isVisible()
    tour.card.left.emit()
    offer.refresh()
    assert not offer.isHidden()
    offer.dismiss.click()
    assert offer.isHidden() and not session.preferences.offers_tour
    assert OfferLine(session, window).isHidden()


def test_an_update_offers_its_news_once(session: Session, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    OfferLine(session, page)
    assert session.preferences.version_seen == __version__  # nothing is new to who is new
    session.preferences.version_seen = "0.0.1"
    offer = OfferLine(session, page)
    assert __version__ in offer.link.text()
    with qtbot.waitSignal(session.dialog_requested) as asked:
        offer.link.click()
    assert asked.args == [Dialog.NEWS] and session.preferences.version_seen == __version__
    assert "tour" in offer.link.text()
