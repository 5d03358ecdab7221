"""The list of datasets that can be downloaded, with downloads that are only told of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tlstudio.core.data.catalog import CATALOG, CatalogProgress
from tlstudio.core.errors import WeightsError
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.features.catalog import jobs
from tlstudio.gui.features.catalog.dialog import CatalogDialog
from tlstudio.gui.features.catalog.state import CatalogState
from tlstudio.gui.state.session import Session


class Server:
    """Tells half of a download, waits, and then does what it is told to."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.go_on = threading.Event()
        self.error: WeightsError | None = None
        self.asked: list[str] = []

    def download(
        self, name: str, stop: StopToken, on_progress: Callable[[CatalogProgress], None]
    ) -> Path:
        self.asked.append(name)
        on_progress(CatalogProgress(False, 24_000_000, 47_000_000, 2e6))
        while not self.go_on.wait(0.01):
            if stop.stopped:
                raise WeightsError("The download of {model} was stopped.", model=name)
        if self.error is not None:
            raise self.error
        return self.place


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    make_images(tmp_path / "ants_bees")
    served = Server(tmp_path / "ants_bees")
    monkeypatch.setattr(jobs, "download_dataset", served.download)
    monkeypatch.setattr(jobs, "present_datasets", dict)
    return served


@pytest.fixture
def dialog(session: Session, server: Server, qtbot: QtBot) -> CatalogDialog:
    shown = CatalogDialog(session)
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitUntil(lambda: session.feature(CatalogState).places is not None)
    return shown


def test_every_dataset_says_size_and_licence(dialog: CatalogDialog) -> None:
    assert set(dialog.rows) == {row.name for row in CATALOG}
    facts = dialog.rows["fashion_mnist"].facts.text()
    assert "70,000" in facts and "MIT" in facts and "MB" in facts


def test_a_dataset_comes_and_is_opened(
    dialog: CatalogDialog, session: Session, server: Server, qtbot: QtBot
) -> None:
    row = dialog.rows["ants_bees"]
    assert row.open_button.isHidden()
    row.fetch_button.click()
    qtbot.waitUntil(lambda: "24" in row.status.text())
    assert row.bar.isVisible() and row.bar.value() == 511
    assert not dialog.rows["cifar10"].fetch_button.isEnabled()  # one after another
    server.go_on.set()
    qtbot.waitUntil(row.open_button.isVisible)
    assert row.bar.isHidden()
    with qtbot.waitSignal(session.datasets.changed):
        row.open_button.click()
    assert session.datasets.index is not None
    assert session.datasets.index.name == "Ants & Bees"
    assert dialog.isHidden()


def test_stopping_is_no_failure(dialog: CatalogDialog, session: Session, qtbot: QtBot) -> None:
    row, posted = dialog.rows["ants_bees"], []
    session.notifications.posted.connect(posted.append)
    row.fetch_button.click()
    qtbot.waitUntil(row.cancel_button.isVisible)
    row.cancel_button.click()
    qtbot.waitUntil(row.fetch_button.isVisible)
    assert row.status.text() == ""
    assert not posted


def test_a_failure_is_told_where_it_happened(
    dialog: CatalogDialog, server: Server, qtbot: QtBot
) -> None:
    server.error = WeightsError("No connection to {host}.", "Check the network.", host="here")
    server.go_on.set()
    row = dialog.rows["eurosat"]
    row.fetch_button.click()
    qtbot.waitUntil(lambda: "No connection to here" in row.status.text())
    assert "Check the network." in row.status.text()
    assert row.fetch_button.isEnabled()


def test_a_download_outlives_the_dialog(
    dialog: CatalogDialog, session: Session, server: Server, qtbot: QtBot
) -> None:
    dialog.rows["ants_bees"].fetch_button.click()
    qtbot.waitUntil(lambda: bool(server.asked))
    dialog.close()
    server.go_on.set()
    qtbot.waitUntil(lambda: session.feature(CatalogState).places == {"ants_bees": server.place})


def test_removing_asks_first(
    session: Session, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, removed = {"ants_bees": server.place}, []
    monkeypatch.setattr(jobs, "present_datasets", lambda: dict(here))

    def remove(name: str) -> None:
        removed.append(here.pop(name))

    monkeypatch.setattr(jobs, "remove_dataset", remove)
    dialog = CatalogDialog(session)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    row = dialog.rows["ants_bees"]
    qtbot.waitUntil(row.remove_button.isVisible)
    for answer in ("keep", "remove"):
        row.remove_button.click()
        [box] = [box for box in row.findChildren(QMessageBox) if box.isVisible()]
        button = box.findChild(QPushButton, "remove") if answer == "remove" else box.defaultButton()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not (removed and answer == "keep")
        box.deleteLater()
    qtbot.waitUntil(row.fetch_button.isVisible)
    assert removed == [server.place]
