"""The start view: samples, recent datasets, loading and its cancelling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tlstudio.gui.app.data_page import DataPage
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> DataPage:
    page = DataPage(session)
    qtbot.addWidget(page)
    page.resize(1192, 720)
    page.show()
    return page


def test_one_click_opens_a_sample(
    session: Session,
    page: DataPage,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    make_images(tmp_path / "sample")
    monkeypatch.setattr(jobs, "sample_dataset_folder", lambda name: tmp_path / "sample")
    name, card = next(iter(page.start.samples.cards.items()))
    assert card.name == name
    with qtbot.waitSignal(session.datasets.changed):
        card.click()
    assert page.browser.isVisible()
    assert not session.datasets.recent  # samples are always in sight anyway


def test_cards_show_their_pictures(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def previews(name: str, count: int, size_px: int) -> list[np.ndarray]:
        return [np.zeros((4, 4, 3), np.uint8)] * count

    monkeypatch.setattr(jobs, "sample_previews", previews)
    page = DataPage(session)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    for card in page.start.samples.cards.values():
        qtbot.waitUntil(lambda card=card: len(card.strip._pixmaps) == 5)


def test_the_real_previews(session: Session) -> None:
    for row in jobs.sample_datasets():
        pictures = jobs.sample_previews(row.name, 3, 96)
        assert len(pictures) == 3
        assert all(p.dtype == np.uint8 and p.shape[2] == 3 for p in pictures)


def test_recent_datasets_open_and_can_be_forgotten(
    session: Session, page: DataPage, qtbot: QtBot, tmp_path: Path
) -> None:
    recent = page.start.recent
    assert recent.isHidden()
    make_images(tmp_path / "photos")
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(tmp_path / "photos")
    session.datasets.close()
    assert [row.folder.name for row in recent.rows] == ["photos"]
    with qtbot.waitSignal(session.datasets.changed):
        recent.rows[0].click()
    session.datasets.close()
    recent.clear_button.click()
    assert recent.isHidden() and not recent.rows
    assert page.start._before.isHidden()  # the drop zone takes the room


def test_loading_shows_and_can_be_cancelled(
    session: Session, page: DataPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(root, split=None, options=None, *, stop=None, on_progress=None):  # type: ignore[no-untyped-def]
        on_progress(3, 10)
        while not stop.stopped:
            pass
        raise AssertionError("its result is not wanted")

    monkeypatch.setattr(jobs, "open_dataset", slow)
    start = page.start
    session.datasets.open(Path("somewhere"))
    assert start.loading.isVisible() and not start.samples.isEnabled()
    qtbot.waitUntil(lambda: start.loading.bar.value() == 3)
    start.loading.cancel_button.click()
    assert start.drop_zone.isVisible() and start.samples.isEnabled()
    assert not session.datasets.loading


def test_a_folder_that_is_no_dataset_is_explained(
    session: Session, page: DataPage, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(session.notifications.posted):
        session.datasets.open(tmp_path)
    assert page.start.drop_zone.isVisible()


def test_open_asks_for_a_folder(
    session: Session, page: DataPage, qtbot: QtBot, tmp_path: Path
) -> None:
    make_images(tmp_path / "photos")
    page.start.open_button.click()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    dialog = page.findChild(QFileDialog)
    dialog.close()
