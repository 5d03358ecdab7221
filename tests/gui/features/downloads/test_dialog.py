"""The manager of pretrained weights, with downloads and files that are only told of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.networks import no_engine
from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.downloads import (
    DownloadProgress,
    DownloadStatus,
    PartialDownload,
    StoredWeights,
    WeightsGuess,
    WeightsName,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.app.actions import ACTIONS
from tlstudio.gui.features.downloads.dialog import WeightsDialog, WhichDialog
from tlstudio.gui.features.downloads.stored_weights_model import StoredColumn, StoredWeightsModel
from tlstudio.gui.kit import language, theme
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session, Step

RESNET = WeightsName("resnet18", "IMAGENET1K_V1")
VGG = WeightsName("vgg11_bn", "IMAGENET1K_V1")
ON_BOARD = StoredWeights(
    (WeightsName("tf_efficientnet_lite0", "ImageNet-1k"),),
    "EfficientNet-Lite0",
    WeightsPlace.ON_BOARD,
    Path("lite0.pth"),
    18_700_000,
    3e8,
)
LEFT = PartialDownload(VGG, "VGG-11", Path("vgg.pth.part"), 50_000_000, 200_000_000)


def cached(path: Path) -> StoredWeights:
    names = (RESNET, WeightsName("other", "x"))
    return StoredWeights(names, "ResNet-18", WeightsPlace.CACHED, path, 46_800_000, 1.7e9)


@pytest.fixture
def opened(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., WeightsDialog]:
    """Opens the manager over what it is told of."""
    no_engine(monkeypatch)

    def show(
        stored: tuple[StoredWeights, ...] = (), left: tuple[PartialDownload, ...] = ()
    ) -> WeightsDialog:
        monkeypatch.setattr(jobs, "stored_weights", lambda: (stored, left, Path.home()))
        dialog = WeightsDialog(session)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        with qtbot.waitSignal(session.downloads.stored_changed):
            dialog.show()
        return dialog

    return show


def test_what_is_here_and_how_much(
    opened: Callable[..., WeightsDialog], tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = opened((ON_BOARD, cached(tmp_path / "r.pth")), (LEFT,))
    model = dialog.order
    texts = [[model.index(r, c).data() for c in StoredColumn] for r in range(model.rowCount())]
    assert texts[0][StoredColumn.MODEL].startswith("ResNet-18 and 1 other")
    assert texts[1][StoredColumn.MODEL] == "EfficientNet-Lite0"
    assert texts[0][StoredColumn.SIZE] == "46.8 MB"
    assert texts[1][StoredColumn.USED] == "On board"
    assert dialog.total.text() == "96.8 MB downloaded"
    dialog.table.sortByColumn(StoredColumn.SIZE, Qt.SortOrder.AscendingOrder)
    assert model.index(0, 0).data() == "EfficientNet-Lite0"


def test_the_table_keeps_qts_rules(app: QApplication, qtbot: QtBot) -> None:
    model = StoredWeightsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows((ON_BOARD, cached(Path("r.pth"))))
    model.set_rows(())
    assert tester.model() is model


def test_nothing_here_says_what_to_do(
    opened: Callable[..., WeightsDialog], session: Session, qtbot: QtBot
) -> None:
    dialog = opened()
    assert dialog.nothing.isVisible() and not dialog.table.isVisible()
    assert not dialog.list.isVisible() and not dialog.total.isVisible()
    (choose,) = dialog.nothing.findChildren(QPushButton)
    qtbot.mouseClick(choose, Qt.MouseButton.LeftButton)
    assert session.step is Step.MODEL and not dialog.isVisible()


def test_a_stopped_download_goes_on_and_can_be_cancelled(
    opened: Callable[..., WeightsDialog],
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []

    def download(
        *_: str,
        restart: bool,
        stop: StopToken,
        on_progress: Callable[[DownloadProgress], None],
    ) -> None:
        asked.append(restart)
        on_progress(DownloadProgress(100_000_000, 200_000_000, 1e7, is_resumed=True))
        while not stop.stopped:
            threading.Event().wait(0.01)
        raise WeightsError("It was stopped.")

    monkeypatch.setattr(jobs, "download_weights", download)
    dialog = opened((ON_BOARD,), (LEFT,))
    row = dialog.list.rows[VGG]
    assert row.status.text() == "Stopped at 50.0 MB of 200.0 MB"
    assert row.bar.value() == 250 and not row.cancel.isVisible()
    qtbot.mouseClick(row.resume, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.bar.value() == 500)
    assert row.status.text() == "100.0 MB of 200.0 MB · 10.0 MB/s · 10 s left"
    assert row.cancel.isVisible() and not row.resume.isVisible()
    qtbot.mouseClick(row.cancel, Qt.MouseButton.LeftButton)
    assert row.resume.isVisible()
    qtbot.mouseClick(row.restart, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked == [False, True]
    session.downloads.cancel(VGG)


def test_no_network_is_said_in_the_row(
    opened: Callable[..., WeightsDialog],
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def download(*_: str, **__: object) -> None:
        raise WeightsError("No network: {host} cannot be reached.", "Check it.", host="h")

    monkeypatch.setattr(jobs, "download_weights", download)
    dialog = opened((ON_BOARD,))
    session.downloads.fetch(RESNET, "ResNet-18", 100)
    qtbot.waitUntil(lambda: "No network" in dialog.list.rows[RESNET].status.text())
    row = dialog.list.rows[RESNET]
    assert row.status.text() == "No network: h cannot be reached. Check it."
    assert row.resume.text() == "Try again" and not row.restart.isVisible()
    monkeypatch.setattr(jobs, "discard_partial", lambda *_: None)
    qtbot.mouseClick(row.discard, Qt.MouseButton.LeftButton)
    assert not dialog.list.isVisible() and not dialog.coming.isVisible()


def test_removing_asks_first_and_spares_what_is_on_board(
    opened: Callable[..., WeightsDialog],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    removed: list[WeightsName] = []
    monkeypatch.setattr(jobs, "remove_weights", lambda *name: removed.append(WeightsName(*name)))
    dialog = opened((ON_BOARD, cached(tmp_path / "r.pth")))
    assert not dialog.remove_button.isEnabled()
    dialog.table.selectRow(1)
    assert not dialog.remove_button.isEnabled() and dialog.remove_button.toolTip()
    dialog.table.selectRow(0)
    assert dialog.remove_button.isEnabled() and dialog.place.text.endswith("r.pth")
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    box = dialog.findChild(QMessageBox)
    assert box is not None and "ResNet-18" in box.text() and "46.8 MB" in box.informativeText()
    assert box.defaultButton().text() == "Keep"
    button = box.findChild(QPushButton, "remove")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: removed == [RESNET])


def test_a_file_that_may_be_several_is_asked_about(
    opened: Callable[..., WeightsDialog],
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guess = WeightsGuess((RESNET, VGG), is_certain=False)
    imported: list[WeightsName] = []

    def take(path: Path, *name: str) -> WeightsName:
        imported.append(WeightsName(*name))
        return imported[-1]

    monkeypatch.setattr(jobs, "recognise_weights", lambda path: (path, guess))
    monkeypatch.setattr(jobs, "import_weights", take)
    dialog = opened((ON_BOARD,))
    session.downloads.import_file(Path("x.pth"))
    assert not dialog.import_button.isEnabled()
    qtbot.waitUntil(lambda: dialog.findChild(WhichDialog) is not None)
    which = dialog.findChild(WhichDialog)
    assert which is not None and which.choice.count() == 2
    which.choice.setCurrentIndex(1)
    qtbot.mouseClick(which.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: imported == [VGG])
    qtbot.waitUntil(dialog.import_button.isEnabled)


def test_the_folder_opens(
    opened: Callable[..., WeightsDialog],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    dialog = opened((cached(tmp_path / "r.pth"),))
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown) == 1)
    dialog.table.selectRow(0)
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert [Path(path) for path in shown] == [Path.home(), tmp_path]


def test_in_the_dark_and_in_korean(
    opened: Callable[..., WeightsDialog], app: QApplication, session: Session, qtbot: QtBot
) -> None:
    dialog = opened((ON_BOARD,), (LEFT,))
    theme.apply(app, theme.Scheme.DARK)
    assert dialog.grab().width() == dialog.width()
    theme.apply(app, theme.Scheme.LIGHT)
    language.install("ko")
    korean = WeightsDialog(session)
    qtbot.addWidget(korean)
    assert korean.minimumSizeHint().width() <= 780
    language.install("en")


def test_it_is_in_the_menu() -> None:
    assert any(spec.name == "manage_weights" for spec in ACTIONS)


def test_every_status_has_a_text() -> None:
    from tlstudio.core.networks.downloads import Download
    from tlstudio.gui.kit.weights_texts import download_text

    for status in DownloadStatus:
        error = WeightsError("It failed.")
        assert download_text(Download(RESNET, "x", status, DownloadProgress(1, 2), error))
