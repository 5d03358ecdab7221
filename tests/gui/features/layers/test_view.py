"""The layers view bound to a session."""

from __future__ import annotations

import csv
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.gui.beside import PAIR, small_beside
from tests.gui.networks import failing_at_first, make_ready, no_engine, small_tree, waiting_for
from tests.gui.showing import on_screen
from tests.gui.tables import small_table
from tlstudio.gui.features.layers.beside_model import DIFFERS_ROLE, BesideModel
from tlstudio.gui.features.layers.table_model import SHARE_ROLE, TableColumn
from tlstudio.gui.features.layers.view import LayersView
from tlstudio.gui.kit import theme
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


@pytest.fixture
def view(ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> LayersView:
    monkeypatch.setattr(jobs, "catalog_layer_table", small_table)
    view = show(ready_session, qtbot)
    qtbot.waitUntil(lambda: view.model.table is not None)
    return view


def show(session: Session, qtbot: QtBot) -> LayersView:
    return on_screen(LayersView(session), qtbot, 760, 600)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_waits_for_the_library_and_then_for_the_table(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    may_go = threading.Event()
    monkeypatch.setattr(jobs, "catalog_layer_table", waiting_for(may_go, small_table))
    view = show(session, qtbot)
    assert view.waiting.busy.isVisible() and "library" in view.waiting.text.text()
    assert not view.copy_button.isEnabled()
    make_ready(session, qtbot)
    assert "Looking into" in view.waiting.text.text()
    may_go.set()
    qtbot.waitUntil(view.view.isVisible)
    assert view.copy_button.isEnabled() and not view.waiting.busy.isVisible()
    assert view.totals.isVisible()


def test_a_failure_is_a_sentence_and_can_be_tried_again(
    ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        jobs, "catalog_layer_table", failing_at_first(small_table, "It does not fit.")
    )
    view = show(ready_session, qtbot)
    qtbot.waitUntil(view.waiting.retry.isVisible)
    assert view.waiting.text.text() == "It does not fit."
    view.waiting.retry.click()
    qtbot.waitUntil(view.view.isVisible)


def test_the_layer_that_is_looked_at_is_shared(view: LayersView, session: Session) -> None:
    index = view.filter.mapFromSource(view.model.index_of("head"))
    view.view.setCurrentIndex(index)
    assert session.network.selected_layer == "head"
    view.view.collapseAll()
    session.network.select_layer("body.1.conv")
    record = view.current()
    assert record is not None and record.path == "body.1.conv"
    session.network.select_layer("no.such.layer")
    assert view.current() is record


def test_stages_at_first_and_open_rows_stay_open(
    view: LayersView, session: Session, qtbot: QtBot
) -> None:
    assert [record.path for record in view.open_records()] == ["stem", "relu", "body", "head"]
    view.expand_all.trigger()
    assert len(view.open_records()) == 10
    view.collapse_all.trigger()
    view.view.expand(view.filter.mapFromSource(view.model.index_of("body")))
    session.network.set_num_classes(5)
    qtbot.waitUntil(lambda: view.model.table is not None and view.model.table.parameters == 677)
    assert len(view.open_records()) == 6


def test_search_finds_and_gives_back(view: LayersView) -> None:
    view.search.setText("batchnorm")
    paths = [record.path for record in view.open_records()]
    assert paths == ["body", "body.0", "body.0.bn", "body.1", "body.1.bn"]
    view.search.setText("nothing like it")
    assert view.empty.isVisible() and not view.view.isVisible()
    view.search.clear()
    assert len(view.open_records()) == 4
    view.only_parameters.setChecked(True)
    assert [record.path for record in view.open_records()] == ["stem", "body", "head"]


def test_markdown_is_of_the_open_rows_and_csv_of_all(view: LayersView, session: Session) -> None:
    view.copy_markdown.trigger()
    lines = clipboard().splitlines()
    assert len(lines) == 2 + 4 + 1
    assert lines[2].startswith("| `stem` | Conv2d | 3×3 | 2 | 1 |")
    assert lines[-1].startswith("| **Total** |")
    assert "4 row" in session.notifications.kept[-1].text
    view.copy_csv.trigger()
    rows = list(csv.DictReader(clipboard().splitlines()))
    assert len(rows) == 10
    assert rows[0]["groups"] == "4"
    session.network.select_layer("body.0")
    view.copy_path.trigger()
    assert clipboard() == "body.0"


def test_the_keyboard_copies_too(view: LayersView, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("")
    view.view.setFocus()
    qtbot.keyClick(view.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard().startswith("| Layer |")


def test_the_share_can_be_of_the_parameters(view: LayersView, qtbot: QtBot) -> None:
    index = view.filter.index(0, TableColumn.SHARE)
    before = index.data(SHARE_ROLE)
    qtbot.mouseClick(view.shares.buttons()[1], Qt.MouseButton.LeftButton)
    assert index.data(SHARE_ROLE) < before


def test_the_original_head_is_there_to_compare(
    view: LayersView, session: Session, qtbot: QtBot
) -> None:
    assert not view.original_head.isVisible()  # it is the one that is shown
    session.network.set_num_classes(3)
    qtbot.waitUntil(lambda: view.model.table is not None and view.model.table.parameters == 669)
    assert view.original_head.isVisible()
    assert "1,000" in view.original_head.text()
    view.original_head.setChecked(True)
    qtbot.waitUntil(lambda: view.model.table is not None and view.model.table.parameters == 4657)
    assert session.network.tree == small_tree(num_classes=3)


def test_it_fits_narrow_and_wide(view: LayersView, qtbot: QtBot) -> None:
    assert view.view.isColumnHidden(TableColumn.TYPE)
    for width in (700, 1400):
        view.resize(width, 600)
        widths = sum(view.view.columnWidth(column) for column in TableColumn)
        assert widths <= view.view.viewport().width()
        assert view.view.columnWidth(TableColumn.LAYER) > 100
    assert not view.view.isColumnHidden(TableColumn.TYPE)
    assert not view.totals.grab().isNull()


def test_follows_the_theme(view: LayersView, app: QApplication) -> None:
    icon = view.menu_button.icon()
    before = icon.pixmap(16, 16).toImage()
    theme.apply(app, theme.Scheme.DARK)
    assert icon.pixmap(16, 16).toImage() != before


def test_in_a_narrow_window_names_and_shares_stay(view: LayersView) -> None:
    view.resize(480, 500)
    table = view.view
    assert table.columnWidth(TableColumn.LAYER) >= 140
    assert not table.isColumnHidden(TableColumn.SHARE)
    assert table.isColumnHidden(TableColumn.PADDING)
    assert table.header().length() <= table.viewport().width()
    view.resize(900, 500)
    assert not any(table.isColumnHidden(c) for c in TableColumn if c is not TableColumn.TYPE)


def test_networks_stand_side_by_side_in_one_table(
    view: LayersView, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "side_by_side", small_beside)
    session.beside.show(PAIR)
    table = view.beside
    assert table is not None
    qtbot.waitUntil(table.view.isVisible)
    model = table.model
    assert not view.view.isVisible()
    stage = model.index(2, 0)
    assert [stage.siblingAtColumn(n).data() for n in range(3)] == [
        "7×7",
        "2 × residual block",
        "3 × residual block",
    ]
    assert [stage.siblingAtColumn(n).data(DIFFERS_ROLE) for n in range(3)] == [False, False, True]
    added = model.index(2, 0, stage)
    assert added.siblingAtColumn(1).data() == "–"
    assert added.siblingAtColumn(2).data() == "residual block"
    qtbot.mouseClick(table.shown.buttons()[2], Qt.MouseButton.LeftButton)
    assert model.index(1, 1).data() == "100"
    table.expand.click()
    table.copy.click()
    assert clipboard().startswith("| Map | ResNet-18 | AlexNet |\n| :-- | :-- | :-- |\n")
    assert len(clipboard().splitlines()) == 2 + len(table.open_rows())
    session.beside.end()
    assert view.view.isVisible()


def test_the_model_of_networks_side_by_side_is_a_model(
    app: QApplication, qtmodeltester: ModelTester
) -> None:
    model = BesideModel()
    model.set_value(small_beside(PAIR), PAIR)
    qtmodeltester.check(model)
