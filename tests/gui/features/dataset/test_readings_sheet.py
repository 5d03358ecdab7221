"""A folder that can be read in two ways: the window asks with a picture of both, and remembers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.helpers import make_photos
from tlstudio.core.data.dataset import Layout, Split
from tlstudio.engine.data.sources import stored_options
from tlstudio.gui.app.data_page import DataPage
from tlstudio.gui.features.dataset.readings_sheet import ReadingsSheet
from tlstudio.gui.state.notifications import Notification
from tlstudio.gui.state.session import Session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_photos(tmp_path / "data" / "train", ("a", "b"), 3)
    make_photos(tmp_path / "data" / "dev", ("c", "d"), 3)
    return tmp_path / "data"


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> DataPage:
    page = DataPage(session)
    qtbot.addWidget(page)
    page.resize(1192, 700)
    page.show()
    return page


def asked(page: DataPage, session: Session, qtbot: QtBot, folder: Path) -> ReadingsSheet:
    with qtbot.waitSignal(session.datasets.missed):
        session.datasets.open(folder)
    return page.findChild(ReadingsSheet)


def words(sheet: ReadingsSheet, card: int) -> str:
    return " ".join(label.text() for label in sheet.cards[card].findChildren(QLabel))


def test_it_asks_and_the_choice_is_remembered(
    page: DataPage, session: Session, qtbot: QtBot, folder: Path
) -> None:
    sheet = asked(page, session, qtbot, folder)
    assert sheet.isVisible() and not sheet.isModal()
    assert not session.notifications.kept  # the question is enough
    assert [card.reading.id for card in sheet.cards] == ["splits", "classes"]
    assert "“train”, “dev” are splits of the same classes." in words(sheet, 0)
    assert "Train 6 · Validation 6" in words(sheet, 0) and "4 class" in words(sheet, 0)
    assert "12 images, which the studio splits" in words(sheet, 1)
    with qtbot.waitSignal(session.datasets.changed):
        sheet.cards[1].button.click()
    index = session.datasets.index
    assert index.classes == ("dev", "train") and index.layout is Layout.CLASS_FOLDERS
    qtbot.waitUntil(lambda: stored_options(folder).reading == "classes")
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(folder)
    assert session.datasets.index.classes == ("dev", "train")


def test_the_reading_can_be_changed_later(
    page: DataPage, session: Session, qtbot: QtBot, folder: Path
) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        asked(page, session, qtbot, folder).cards[0].button.click()
    browser = page.browser
    assert browser.reading.isVisible() and "splits of the same classes" in browser.reading.text
    browser.change_button.click()
    sheet = next(s for s in page.findChildren(ReadingsSheet) if s.isVisible())
    assert not sheet.cards[0].button.isEnabled()
    with qtbot.waitSignal(session.datasets.changed):
        sheet.cards[1].button.click()
    assert session.datasets.index.classes == ("dev", "train")
    assert "Each folder is a class" in browser.reading.text


def test_where_there_is_one_reading_nothing_is_offered(
    page: DataPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    make_photos(tmp_path / "plain", ("cat", "dog"), 3)
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(tmp_path / "plain")
    assert not page.browser.change_button.isVisible()


def test_a_folder_too_low_offers_the_dataset_around_it(
    page: DataPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    make_photos(tmp_path / "plain", ("cat", "dog"), 3)
    told: list[Notification] = []
    session.notifications.posted.connect(told.append)
    with qtbot.waitSignal(session.datasets.missed):
        session.datasets.open(tmp_path / "plain" / "cat")
    assert told[0].action == "Open “plain” instead"
    with qtbot.waitSignal(session.datasets.changed):
        told[0].act()
    assert session.datasets.index.classes == ("cat", "dog")
    assert session.datasets.index.counts[Split.TRAIN] == (2, 2)
