"""The loading report: seen before anything is applied, and only what is chosen is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.clipping import clipped
from tests.gui.fakes import make_index
from tests.gui.loadings import PATH, make_report, reads
from tests.gui.spoken import unspoken
from tlstudio.core.weights.report import EntryState, LoadingReport, LoadingWay
from tlstudio.gui.app.main_window import LEAST, MainWindow
from tlstudio.gui.features.load_weights.dialog import LoadingDialog, open_loading
from tlstudio.gui.kit import file_dialogs, language
from tlstudio.gui.state.loading import LoadingState
from tlstudio.gui.state.session import Dialog, Session, Step

STRANGE = (EntryState.MISSING, EntryState.UNEXPECTED, EntryState.OTHER_SHAPE)
Open = Callable[..., LoadingDialog]


@pytest.fixture
def open_report(
    ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens a file with this report and returns the dialog that asks about it."""
    window = QWidget()
    qtbot.addWidget(window)

    def opened(
        report: LoadingReport,
        wanted: LoadingWay = LoadingWay.EVERYTHING,
    ) -> LoadingDialog:
        found = reads(monkeypatch, report)
        with qtbot.waitSignal(ready_session.dialog_requested) as asked:
            ready_session.feature(LoadingState).open(PATH, wanted)
        assert asked.args == [Dialog.LOADING]
        dialog = open_loading(ready_session, window)
        dialog.found = found  # type: ignore[attr-defined]
        return dialog

    yield opened


def loads_of(dialog: LoadingDialog) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = dialog.found  # type: ignore[attr-defined]
    return found


def test_what_leaves_no_question_is_used_at_once(
    ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ready_session.dialog_requested.connect(asked.append)
    loaded = reads(monkeypatch, make_report())
    loading = ready_session.feature(LoadingState)
    loading.open(PATH)
    qtbot.waitUntil(lambda: bool(loaded))
    loading.open(PATH, LoadingWay.BACKBONE)
    qtbot.waitUntil(lambda: ready_session.network.config.start_from == str(PATH))
    assert ready_session.network.config.model == "resnet18"
    assert asked == []


def test_all_entries_are_counted_and_filtered(open_report: Open) -> None:
    dialog = open_report(make_report(strange=STRANGE))
    assert "3 classes" in dialog.heading.text()
    texts = [button.text() for button in dialog.filters.buttons()]
    assert texts == ["All 42", "Matched 39", "Missing 1", "Other shape 1", "Unexpected 1"]
    assert dialog.rows.rowCount() == 42
    dialog.filters.buttons()[2].click()
    assert dialog.rows.rowCount() == 1
    dialog.filters.buttons()[0].click()
    dialog.search.setText("layer1")
    assert dialog.rows.rowCount() == 11
    dialog.close()


def test_nothing_is_applied_before_a_person_says_so(
    open_report: Open, ready_session: Session, qtbot: QtBot
) -> None:
    before = ready_session.network.config
    dialog = open_report(make_report(class_names=()))
    dialog.cancel_button.click()
    assert ready_session.network.config == before
    assert ready_session.classifier.info is None
    assert not loads_of(dialog)

    dialog = open_report(make_report(class_names=()))
    dialog.apply_button.click()
    qtbot.waitUntil(lambda: bool(loads_of(dialog)))
    assert loads_of(dialog) == [()]  # numbered


def test_a_backbone_alone_starts_training(open_report: Open, ready_session: Session) -> None:
    dialog = open_report(make_report(ways=(LoadingWay.BACKBONE,), strange=STRANGE[:2]))
    assert "without a head" in dialog.heading.text()
    assert not dialog.ways.buttons()[0].isEnabled()
    assert dialog.way is LoadingWay.BACKBONE
    dialog.apply_button.click()
    config = ready_session.network.config
    assert (config.model, config.initialisation) == ("resnet18", "file")
    assert config.start_from == str(PATH)
    assert ready_session.step is Step.MODEL


def test_an_average_can_be_chosen(open_report: Open, ready_session: Session, qtbot: QtBot) -> None:
    dialog = open_report(make_report(copies=("model", "model_ema")))
    assert dialog.copies.itemText(1) == "model_ema (average)"
    with qtbot.waitSignal(ready_session.feature(LoadingState).changed):
        dialog.copies.setCurrentIndex(1)
        dialog.copies.activated.emit(1)
    dialog.ways.buttons()[1].click()
    dialog.apply_button.click()
    assert ready_session.network.config.start_from == f"{PATH}#model_ema"


def test_what_fits_nothing_says_why(open_report: Open) -> None:
    dialog = open_report(make_report(ways=(), strange=STRANGE))
    assert "does not fit" in dialog.heading.text()
    assert dialog.way_hint.text() == "It does not fit."
    assert not dialog.apply_button.isEnabled()
    dialog.close()


def test_names_come_from_the_dataset_or_a_text_file(
    open_report: Open,
    ready_session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = tmp_path / "names.txt"
    monkeypatch.setattr(file_dialogs, "ask_files", lambda *given, **_: given[4]([names]))
    dialog = open_report(make_report(strange=STRANGE[1:2]))
    assert dialog.names.text == "a, b, c"
    loading = ready_session.feature(LoadingState)
    names.write_text("one\ntwo\n", encoding="utf-8")
    with qtbot.waitSignal(loading.names_read):
        dialog._on_naming("text")
    assert "2 names" in dialog.way_hint.text()
    assert dialog.names.text == "a, b, c"
    names.write_text("", encoding="utf-8")
    with qtbot.waitSignal(loading.names_failed):
        dialog._on_naming("text")
    names.write_text("하나\n둘\n셋\n", encoding="utf-8")
    with qtbot.waitSignal(loading.names_read):
        dialog._on_naming("text")
    assert dialog.names.text == "하나, 둘, 셋"
    dialog.apply_button.click()
    qtbot.waitUntil(lambda: bool(loads_of(dialog)))
    assert loads_of(dialog) == [("하나", "둘", "셋")]


def test_another_number_of_classes_than_the_dataset_s_is_told(
    open_report: Open, ready_session: Session, tmp_path: Path
) -> None:
    images = [tmp_path / name / "1.png" for name in ("x", "y")]
    ready_session.datasets.index = make_index(tmp_path, images)
    dialog = open_report(make_report())
    assert "3 classes; the open dataset has 2" in dialog.way_hint.text()
    assert dialog.naming.findData("dataset") < 0
    dialog.close()


def test_a_file_that_is_dropped_is_opened(
    ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow(ready_session)
    qtbot.addWidget(window)
    reads(monkeypatch, make_report(strange=STRANGE))
    with qtbot.waitSignal(ready_session.dialog_requested):
        window.commands.take_dropped([PATH])
    [dialog] = window.findChildren(LoadingDialog)
    assert dialog.file.text == PATH.name
    dialog.close()


@pytest.mark.parametrize("code", ["en", "ko"])
def test_all_of_it_is_seen_in_a_small_window(open_report: Open, code: str) -> None:
    language.install(code)
    try:
        kinds = (
            make_report(strange=tuple(EntryState), copies=("a", "b"), twins=("resnet50",)),
            make_report(ways=(LoadingWay.BACKBONE,), strange=STRANGE),
            make_report(ways=(), strange=STRANGE),
        )
        for report in kinds:
            dialog = open_report(report)
            dialog.resize(dialog.size().boundedTo(LEAST))
            assert not [*clipped(dialog), *unspoken(dialog)]
            dialog.close()
    finally:
        language.install("en")
