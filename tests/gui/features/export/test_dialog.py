"""The export dialog: files with their receipts, the hub, and the page on this computer."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.clipping import clipped
from tests.gui.spoken import unspoken
from tests.helpers import tiny_classifier
from tlstudio.core.data.dataset import DatasetIndex, Layout
from tlstudio.core.errors import HubError, HubNameTakenError, WebRuntimeMissingError
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.export.formats import (
    EXPORT_FORMATS,
    WEB,
    Exported,
    ExportOption,
    ExportOptions,
    ExportPart,
    ExportProgressed,
)
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.hub import HubProgressed, Pulled, Pushed, PushOptions
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.app.main_window import LEAST
from tlstudio.gui.features.export import jobs
from tlstudio.gui.features.export.dialog import HUB, SERVING, ExportDialog, open_export
from tlstudio.gui.features.export.pull_dialog import open_pull
from tlstudio.gui.features.export.state import ExportState
from tlstudio.gui.kit import language
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.loading import LoadingState
from tlstudio.gui.state.notifications import Level
from tlstudio.gui.state.session import Session

RECEIPT = Receipt(
    format="onnx",
    file="x.onnx",
    sha256="ab" * 32,
    runtime="onnxruntime",
    versions={"onnxruntime": "1.22", "torch": "2.14"},
    cpu_flags=("AVX2",),
    int8=False,
    dataset="food4",
    images=148,
    same=148,
    largest_difference=1.3e-6,
    accuracy_before=Share(118, 148),
    accuracy_after=Share(117, 148),
)


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> QWidget:
    """A window, and a classifier in hand."""
    classifier = tiny_classifier()
    info = ClassifierInfo("tiny", classifier.classes, source="leaves.pth")
    session.classifier.take(classifier, info)
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def dialog(session: Session, window: QWidget, monkeypatch: pytest.MonkeyPatch) -> ExportDialog:
    monkeypatch.setattr(jobs, "has_token", lambda: True)
    return open_export(session, window)


class Exports:
    """Stands for the engine: remembers what it was asked, and writes a file."""

    def __init__(self, receipt: Receipt = RECEIPT) -> None:
        self.receipt = receipt
        self.asked: list[ExportOptions] = []
        self.waits = False

    def __call__(
        self, source: object, options: ExportOptions, out: Path, stop: StopToken, **_: object
    ) -> Iterator[ExportProgressed | Exported]:
        self.asked.append(options)
        yield ExportProgressed(ExportPart.COMPARE, 3, 148)
        while self.waits and not stop.stopped:
            pass
        if not stop.stopped:
            out.write_text("new")
            yield Exported((out,), replace(self.receipt, format=options.format))


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> Exports:
    made = Exports()
    monkeypatch.setattr(jobs, "export_elsewhere", made)
    return made


def test_each_format_has_a_card_with_its_options(dialog: ExportDialog) -> None:
    for row in EXPORT_FORMATS:
        dialog.cards[row.id].click()
        assert dialog.chosen == row.id and dialog.formats.title.text()
        for option, tick in dialog.formats.ticks.items():
            assert tick.isVisible() == (option in row.options)
        assert dialog.formats.opset_row.isVisible() == (ExportOption.OPSET in row.options)
        assert Path(dialog.formats.place.text()).suffix in (row.suffix, ".pth")
    assert set(dialog.cards) == {HUB, SERVING, *(row.id for row in EXPORT_FORMATS)}


def test_the_arrow_keys_go_from_card_to_card(dialog: ExportDialog, qtbot: QtBot) -> None:
    ids = list(dialog.cards)
    dialog.cards[ids[0]].setFocus()
    for card in ids[1:]:
        qtbot.keyClick(dialog.cards[dialog.chosen], Qt.Key.Key_Down)
        assert dialog.chosen == card
        shown = dialog.cards[card].visibleRegion().boundingRect()
        assert shown.height() == dialog.cards[card].height()  # it is scrolled to


def test_an_export_shows_its_receipt(
    dialog: ExportDialog, exports: Exports, qtbot: QtBot, tmp_path: Path
) -> None:
    page = dialog.formats
    page.ticks[ExportOption.INT8].box.click()
    page.place.setText(str(tmp_path / "leaves"))  # a suffix is added
    page.go_button.click()
    qtbot.waitUntil(page.show_button.isVisible)
    assert exports.asked == [ExportOptions("onnx", int8=True)]
    assert (tmp_path / "leaves.onnx").read_text() == "new"
    told = _facts(dialog)
    assert told["Compared on"] == "148 validation images of food4"
    assert told["Same answer"] == "148 of 148"
    assert told["Accuracy of the export"].startswith("79.1")
    assert told["Opened by"].startswith("onnxruntime 1.22") and told["Processor"] == "AVX2"
    dialog.cards["safetensors"].click()
    assert not page.receipt.isVisible() and not page.outcome.isVisible()
    dialog.cards["onnx"].click()
    assert page.receipt.isVisible()


def test_what_runs_a_web_page_is_downloaded_after_a_click(
    dialog: ExportDialog, exports: Exports, qtbot: QtBot, tmp_path: Path, monkeypatch
) -> None:
    fetched: list[object] = []

    def export(*arguments: object, **options: object) -> Iterator[ExportProgressed | Exported]:
        if not fetched:
            raise WebRuntimeMissingError("33 MB are missing.")
        yield from exports(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "export_elsewhere", export)
    monkeypatch.setattr(jobs, "download_runtime", lambda **options: fetched.append(options))
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    page = dialog.formats
    dialog.cards[WEB].click()
    page.place.setText(str(tmp_path / "leaves.html"))
    page.go_button.click()
    qtbot.waitUntil(page.download_button.isVisible)
    assert not fetched and page.replace_button.isHidden()
    page.download_button.click()
    qtbot.waitUntil(page.open_button.isVisible)
    assert len(fetched) == 1 and page.download_button.isHidden()
    page.open_button.click()
    assert opened == [str(tmp_path / "leaves.html")]


def test_a_failed_receipt_is_red_and_says_so(
    dialog: ExportDialog, exports: Exports, qtbot: QtBot, tmp_path: Path
) -> None:
    exports.receipt = replace(RECEIPT, same=91, largest_difference=0.34)
    dialog.formats.place.setText(str(tmp_path / "x.onnx"))
    dialog.formats.go_button.click()
    qtbot.waitUntil(dialog.formats.show_button.isVisible)
    outcome = dialog.formats.outcome
    assert outcome.text.property("tone") == "wrong"
    assert "computes something else" in outcome.text.text()
    assert "Do not use this file" in outcome.hint.text()
    assert _facts(dialog)["Same answer"] == "91 of 148"


def test_an_export_that_ends_unseen_is_told_of(
    session: Session, dialog: ExportDialog, exports: Exports, qtbot: QtBot, tmp_path: Path
) -> None:
    exports.waits = True
    dialog.formats.place.setText(str(tmp_path / "x.onnx"))
    dialog.formats.go_button.click()
    dialog.cards["safetensors"].click()
    dialog.close()
    exports.waits = False
    qtbot.waitUntil(lambda: len(session.notifications.kept) == 1)
    told = session.notifications.kept[0]
    assert told.level is Level.SUCCESS and "x.onnx" in told.text and told.act is not None
    told.act()
    assert dialog.isVisible() and dialog.chosen == "onnx"
    assert dialog.formats.receipt.isVisible()


def test_an_export_of_another_network_is_not_shown_as_this_ones(
    session: Session, dialog: ExportDialog, exports: Exports, qtbot: QtBot, tmp_path: Path
) -> None:
    subject = session.feature(ExportState).subject
    assert subject is not None
    exports.waits = True
    dialog.formats.place.setText(str(tmp_path / "x.onnx"))
    dialog.formats.go_button.click()
    dialog.show_subject(replace(subject, title="another"))
    exports.receipt = replace(RECEIPT, same=91)
    exports.waits = False
    qtbot.waitUntil(lambda: len(session.notifications.kept) == 1)
    assert not dialog.formats.receipt.isVisible() and not dialog.formats.outcome.isVisible()
    told = session.notifications.kept[0]
    assert told.level is Level.ERROR and told.act is not None
    told.act()
    assert subject.title in dialog.heading.text()
    assert _facts(dialog)["Same answer"] == "91 of 148"


def test_the_receipt_calls_a_sample_as_the_window_does(
    session: Session, dialog: ExportDialog, exports: Exports, qtbot: QtBot, tmp_path: Path
) -> None:
    subject = session.feature(ExportState).subject
    assert subject is not None
    root = tmp_path / "autumn_table"
    index = DatasetIndex(root, "Autumn table", Layout.CLASS_FOLDERS, ("acorn", "leaf"), ())
    dialog.show_subject(replace(subject, index=index))
    exports.receipt = replace(RECEIPT, dataset="autumn_table")
    dialog.formats.place.setText(str(tmp_path / "x.onnx"))
    dialog.formats.go_button.click()
    qtbot.waitUntil(dialog.formats.show_button.isVisible)
    assert _facts(dialog)["Compared on"] == "148 validation images of Autumn table"


def test_no_file_is_replaced_unasked(
    dialog: ExportDialog, exports: Exports, qtbot: QtBot, tmp_path: Path
) -> None:
    page, path = dialog.formats, tmp_path / "x.onnx"
    path.write_text("mine")
    page.place.setText(str(path))
    page.go_button.click()
    qtbot.waitUntil(page.replace_button.isVisible)
    assert path.read_text() == "mine" and not exports.asked
    page.replace_button.click()
    qtbot.waitUntil(page.show_button.isVisible)
    assert path.read_text() == "new" and page.replace_button.isHidden()


def test_stopped_there_is_no_receipt(
    dialog: ExportDialog, exports: Exports, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    exports.waits = True
    page, state = dialog.formats, session.feature(ExportState)
    page.place.setText(str(tmp_path / "x.onnx"))
    page.go_button.click()
    qtbot.waitUntil(lambda: page.progress.text.text().endswith("3 / 148"))
    assert not page.go_button.isEnabled() and not page.place.isEnabled()
    page.stop_button.click()
    qtbot.waitUntil(lambda: not state.active)
    assert page.go_button.isEnabled() and not page.outcome.isVisible()
    assert not (tmp_path / "x.onnx").exists()


def test_another_model_has_another_name_and_no_receipt(
    dialog: ExportDialog, session: Session, window: QWidget, exports: Exports, qtbot: QtBot,
    tmp_path: Path,
) -> None:  # fmt: skip
    dialog.formats.place.setText(str(tmp_path / "x.onnx"))
    dialog.formats.go_button.click()
    qtbot.waitUntil(dialog.formats.show_button.isVisible)
    info = ClassifierInfo("tiny", ("green", "red"), source="others.pth")
    session.classifier.take(tiny_classifier(seed=1), info)
    assert open_export(session, window) is dialog
    assert "others" in dialog.heading.text() and "others" in dialog.formats.place.text()
    assert not dialog.formats.receipt.isVisible()


def test_the_hub_asks_for_a_login_once(
    session: Session, window: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens: list[str] = []

    def log_in(token: str, stop: StopToken) -> Iterator[None]:
        if token != "right":
            raise HubError("This token is wrong.")
        tokens.append(token)
        yield None

    monkeypatch.setattr(jobs, "log_in", log_in)
    monkeypatch.setattr(jobs, "has_token", lambda: bool(tokens))
    page = open_export(session, window, card=HUB).hub
    qtbot.waitUntil(page.login.isVisible)
    assert page.token.echoMode() is QLineEdit.EchoMode.Password
    assert not page.go_button.isEnabled()
    for token in ("wrong", "right"):
        page.token.setText(token)
        page.login_button.click()
        assert page.token.text() == ""
        qtbot.waitUntil(lambda: page.outcome.isVisible() or page.go_button.isEnabled())
    qtbot.waitUntil(page.go_button.isEnabled)
    assert page.login.isHidden()


def test_pushing(dialog: ExportDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[PushOptions] = []

    def push(
        subject: object, options: PushOptions, stop: StopToken
    ) -> Iterator[HubProgressed | Pushed]:
        asked.append(options)
        yield HubProgressed(1, 2)
        if not options.update:
            raise HubNameTakenError("There is one.")
        yield Pushed("mina/leaves", "https://hub/mina/leaves", ())

    monkeypatch.setattr(jobs, "push", push)
    dialog.cards[HUB].click()
    page = dialog.hub
    qtbot.waitUntil(page.go_button.isEnabled)
    assert page.name.text() == "leaves.pth" and page.private_box.isChecked()
    page.name.setText("no name")
    page.go_button.click()
    assert "not the name of a repository" in page.outcome.text.text() and not asked
    page.name.setText("leaves")
    page.name.textEdited.emit("leaves")
    page.go_button.click()
    qtbot.waitUntil(page.update_button.isVisible)
    page.update_button.click()
    qtbot.waitUntil(page.open_button.isVisible)
    assert asked == [PushOptions("leaves"), PushOptions("leaves", update=True)]
    assert page.outcome.hint.text().replace("\u200b", "") == "https://hub/mina/leaves"


def test_the_page_on_this_computer(
    dialog: ExportDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    dialog.cards[SERVING].click()
    page = dialog.serving
    page.port.setMinimum(0)
    page.port.setValue(0)
    page.go_button.click()
    qtbot.waitUntil(page.running.isVisible)
    dialog.close()  # it goes on
    with urllib.request.urlopen(page.address.text() + "about", timeout=60) as reply:
        assert json.load(reply)["classes"] == ["green", "red"]
    page.copy_button.click()
    dialog.show()
    page.stop_button.click()
    qtbot.waitUntil(page.go_button.isVisible)
    assert page.running.isHidden() and page.outcome.isHidden()


def test_loading_from_the_hub(
    session: Session, window: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    loaded: list[Path] = []
    monkeypatch.setattr(session.feature(LoadingState), "open", loaded.append)
    monkeypatch.setattr(
        jobs, "pull", lambda name, _: iter([Pulled(name, "model.safetensors", tmp_path)])
    )
    monkeypatch.setattr(session.network, "is_ready", True)
    dialog = open_pull(session, window)
    dialog.name.setText("leaves")
    dialog.name.textEdited.emit("leaves")
    dialog.go_button.click()
    assert "not the name of a repository" in dialog.outcome.text.text()
    dialog.name.setText("mina/leaves")
    dialog.go_button.click()
    qtbot.waitUntil(lambda: loaded == [tmp_path])
    assert dialog.isHidden()


@pytest.mark.parametrize("code", ["en", "ko"])
def test_all_of_it_is_seen_in_a_small_window(
    session: Session, window: QWidget, exports: Exports, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(jobs, "has_token", lambda: False)
    language.install(code)
    try:
        dialog = open_export(session, window)
        dialog.resize(dialog.size().boundedTo(LEAST))
        dialog.formats.place.setText(str(tmp_path / "x.onnx"))
        dialog.formats.go_button.click()
        qtbot.waitUntil(dialog.formats.show_button.isVisible)
        for card in dialog.cards.values():
            card.click()
            QApplication.processEvents()  # the layout
            assert not [*clipped(dialog), *unspoken(dialog)]
        qtbot.waitUntil(lambda: not dialog.hub.login.isHidden())
        dialog.cards[HUB].click()
        pull = open_pull(session, window)
        for shown in (dialog, pull):
            assert not [*clipped(shown), *unspoken(shown)]
    finally:
        language.install("en")


def _facts(dialog: ExportDialog) -> dict[str, str]:
    rows = [(title.text(), value.text()) for title, value in dialog.formats.receipt._rows]
    return dict(rows)
