"""Everything in the window that has an entry is explained where it is: by keys and by mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHeaderView,
    QLineEdit,
    QToolTip,
    QTreeView,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.windows import show_window
from tlstudio.core.config import FIELDS
from tlstudio.core.help import help_entry
from tlstudio.core.networks.blocks.graph import BlockKind
from tlstudio.core.runs.metrics import METRICS
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.parts import StepMark
from tlstudio.gui.features.help.card import HelpCard
from tlstudio.gui.features.help.window import HelpWindow
from tlstudio.gui.features.layers.layer_view import LayerView
from tlstudio.gui.features.layers.rows import LayerState
from tlstudio.gui.features.layers.tree_model import LayerColumn
from tlstudio.gui.features.strategy.panel import StrategyPanel
from tlstudio.gui.kit.help_mark import HELP_ROLE, explain, explained
from tlstudio.gui.kit.weights_texts import PLACE_ICONS
from tlstudio.gui.state.session import Session, Step

F1 = Qt.Key.Key_F1


@pytest.fixture
def window(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> MainWindow:
    no_engine(monkeypatch)
    window = show_window(session, qtbot, (780, 700))
    make_ready(session, qtbot)
    session.datasets.index = make_index(tmp_path, make_images(tmp_path))
    session.datasets.changed.emit(session.datasets.index)
    session.go_to(Step.MODEL)
    wait_for_plan(session, qtbot)
    window.activateWindow()
    return window


def panel_of(window: MainWindow) -> StrategyPanel:
    if window.inspector.content is None:
        window.inspector.fill()
    found = window.findChild(StrategyPanel)
    assert isinstance(found, StrategyPanel)
    window.inspector.button.setChecked(True)  # the drawer of a narrow window
    return found


def card_of(qtbot: QtBot) -> HelpCard:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), HelpCard))
    card = QApplication.activePopupWidget()
    assert isinstance(card, HelpCard)
    return card


def ask_about(window: MainWindow, qtbot: QtBot, widget: QWidget, at: QPoint) -> HelpCard:
    """Click the question mark, then a place."""
    window.header.what.click()
    assert QWhatsThis.inWhatsThisMode()
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)
    card = card_of(qtbot)
    assert not QWhatsThis.inWhatsThisMode()
    return card


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_mark_is_explained(language: str) -> None:
    names = [
        *(f"rail.{mark.value}" for mark in StepMark),
        *(f"layer.{state.value}" for state in LayerState if state.value),
        *(f"block.{kind.value}" for kind in BlockKind),
        *(f"metric.{metric.name}" for metric in METRICS),
        *(f"place.{icon}" for icon in PLACE_ICONS.values() if icon != "close"),
        *("norm.move", "norm.fixed", "proof", "proof.fails", "answer.right", "answer.wrong"),
        *("answer.unknown", "row.chosen", "field.changed", "strategy.picture", "family.award"),
    ]
    assert [name for name in names if help_entry(name, language) is None] == []


def test_every_field_and_every_column_of_the_window_leads_to_an_entry(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    """A walk of all pages: whatever names an entry names one that is there."""
    for step in window.pages:
        page = window.pages[step]
        if hasattr(page, "prepare"):
            page.prepare()
    panel = panel_of(window)
    named = {panel.popup: ""}  # what is open beside the window belongs to it
    found = set()
    for widget in [*window.findChildren(QWidget), *named, *panel.popup.findChildren(QWidget)]:
        name = widget.property("explained_by")
        if isinstance(name, str) and name:
            found.add(name)
        if isinstance(widget, QHeaderView) and widget.model() is not None:
            model, across = widget.model(), Qt.Orientation.Horizontal
            heads = (model.headerData(n, across, HELP_ROLE) for n in range(model.columnCount()))
            found |= {head for head in heads if head}
    assert [name for name in found if help_entry(name, "ko") is None] == []
    fields = {name.partition(".")[2] for name in found if name.startswith("config.")}
    assert {spec.name for spec in FIELDS} - fields == set()


def test_f1_explains_the_field_that_has_the_focus(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    panel = panel_of(window)
    editor = panel.rows["learning_rate"].editor
    editor.setFocus()
    qtbot.keyClick(editor, F1)
    card = card_of(qtbot)
    assert card.entry.id == "learning-rate" and card.entry.text in card.text.text()
    assert card.hasFocus() and card.accessibleName() == card.entry.title
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    assert QApplication.focusWidget() is editor

    panel.more.click()  # a popup, over which the card opens
    smoothing = panel.popup.rows["label_smoothing"].editor
    smoothing.setFocus()
    qtbot.keyClick(smoothing, F1)
    assert card_of(qtbot).entry.id == "label-smoothing"
    qtbot.keyClick(card_of(qtbot), F1)  # again: the glossary
    qtbot.waitUntil(lambda: window.findChild(HelpWindow) is not None)
    found = window.findChild(HelpWindow)
    assert isinstance(found, HelpWindow) and found.place == "term/label-smoothing"
    assert found.isVisible()
    panel.popup.close()
    found.close()
    QApplication.sendPostedEvents(found, QEvent.Type.DeferredDelete)

    window.setFocus()  # nothing is explained there
    qtbot.keyClick(window, F1)
    qtbot.waitUntil(lambda: window.findChild(HelpWindow) is not None)
    guide = window.findChild(HelpWindow)
    assert isinstance(guide, HelpWindow) and guide.place.startswith("guide/")  # not the last term


def test_f1_explains_what_a_tooltip_is_open_for(
    window: MainWindow, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever has the focus: the person is reading about that."""
    panel = panel_of(window)
    panel.rows["epochs"].editor.setFocus()
    title = panel.rows["batch_size"].title
    monkeypatch.setattr(QToolTip, "isVisible", lambda: True)
    monkeypatch.setattr(QApplication, "widgetAt", lambda at: title)
    qtbot.keyClick(panel.rows["epochs"].editor, F1)
    card = card_of(qtbot)
    assert card.entry.id == "batch"
    qtbot.keyClick(card, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(HelpWindow) is not None)


def test_f1_in_a_modal_dialog(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    """It holds back the keys of the menus, and has its own of this one."""
    dialog = QDialog(window)
    field = QLineEdit()
    explain(field, "config.seed")
    QVBoxLayout(dialog).addWidget(field)
    dialog.open()
    dialog.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, F1)
    card = card_of(qtbot)
    assert card.entry.id == "seed"
    card.close()
    dialog.close()


def test_a_click_explains_what_it_hits(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    """Marks of the rail, heads and marks of the tree; and does nothing else."""
    panel_of(window)
    button = window.rail.buttons[Step.DATA]
    card = ask_about(window, qtbot, button, button.rect().center())
    assert card.entry.id == "mark-done" and session.step is Step.MODEL
    card.close()

    tree = window.findChild(LayerView)
    assert isinstance(tree, QTreeView)
    head = tree.header()
    middle = head.sectionViewportPosition(LayerColumn.NAME) + 20
    card = ask_about(window, qtbot, head.viewport(), QPoint(middle, head.height() // 2))
    assert card.entry.id == "ticked-layers"
    card.close()

    index = tree.model().index(0, LayerColumn.STATE)
    tree.scrollTo(index)
    card = ask_about(window, qtbot, tree.viewport(), tree.visualRect(index).center())
    assert card.entry.id.startswith(("layer-", "statistics-"))
    card.close()

    tree.setCurrentIndex(tree.model().index(0, LayerColumn.PARAMETERS))
    thing = explained(tree)  # by the keyboard: the column that it is in
    assert thing is not None and thing.name == "parameters"

    window.header.what.click()
    bar = window.menuBar()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.rect().bottomRight() - QPoint(3, 3))
    assert not QWhatsThis.inWhatsThisMode()
    assert QApplication.activePopupWidget() is None
