"""Names are text, never markup: a dataset, classes, files and models whose names look like it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index, play
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.windows import show_window
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.app import dialogs
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.model_page import ModelPage, ModelTab
from tlstudio.gui.app.train_page import TrainPage, TrainTab
from tlstudio.gui.kit.basics import (
    WORD_JOINER,
    Fold,
    IconButton,
    label,
    message_box,
    no_mnemonic,
    plain_tip,
)
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.session import Session, Step

DATASET = "Cats & Dogs <i>v2</i> {n}[*]"
CLASSES = ("<b>bold</b>", "100% %n %1 {0}", "A & B &amp; C", "<i>two\nlines")
FILE = "<u>&file</u> {x}.png"
MODEL = "Net <i>&</i> {model} 50%"
SLASH = "\u2215"  # what a file system has in place of one
ROWS = 40


@pytest.fixture
def window(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> MainWindow:
    """A window that has been through everything with such a dataset."""
    no_engine(monkeypatch)
    window = show_window(session, qtbot)
    make_ready(session, qtbot)
    session.network.models = tuple(replace(spec, title=MODEL) for spec in session.network.models)
    session.network.models_changed.emit()
    root = tmp_path / DATASET.replace("/", SLASH)
    paths = [
        path.rename(path.with_name(f"{path.stem}{FILE}".replace("/", SLASH)))
        for path in make_images(root, 4, [name.replace("/", SLASH) for name in CLASSES])
    ]
    index = replace(make_index(root, paths), name=DATASET, classes=tuple(sorted(CLASSES)))
    session.datasets.index = index
    session.datasets.changed.emit(index)
    wait_for_plan(session, qtbot)
    play(session, index, epochs=3, planned=3, reason=RunEndReason.FINISHED)
    session.classifier.info = ClassifierInfo(MODEL, index.classes, FILE, 0.8, 3, (DATASET,))
    session.classifier.changed.emit(session.classifier.info)
    session.notifications.warning(DATASET, FILE)
    session.preferences.add_recent_dataset(root)
    for step in Step:
        session.go_to(step)
        page = window.pages[step]
        tabs: tuple[type[ModelTab] | type[TrainTab], ...] = ()
        if isinstance(page, ModelPage):
            tabs = (ModelTab,)
        elif isinstance(page, TrainPage):
            tabs = (TrainTab,)
        for tab in [tab for kind in tabs for tab in kind if tab is not ModelTab.FEATURES]:
            page.show_tab(tab)  # type: ignore[union-attr]
            QApplication.processEvents()
        QApplication.processEvents()
    return window


def texts_of_models(view: QAbstractItemView) -> Iterator[str]:
    """The tooltips of what a view shows."""
    model: QAbstractItemModel = view.model()
    for row in range(min(ROWS, model.rowCount(QModelIndex()))):
        is_list = isinstance(model, QAbstractListModel)
        for column in range(1 if is_list else model.columnCount(QModelIndex())):
            tip = model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
            if tip:
                yield str(tip)


def test_no_widget_takes_a_name_for_markup(window: MainWindow) -> None:
    seen = 0
    for widget in window.findChildren(QWidget):
        where = f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        assert not QtGui.Qt.mightBeRichText(widget.toolTip()), (where, widget.toolTip())
        if isinstance(widget, QLabel):
            auto = widget.textFormat() is Qt.TextFormat.AutoText
            is_markup = auto and QtGui.Qt.mightBeRichText(widget.text())
            assert not is_markup, (where, widget.text())
            assert widget.textFormat() is not Qt.TextFormat.RichText or not widget.text(), where
            seen += any(name in widget.text() for name in (DATASET, *CLASSES, MODEL))
        if isinstance(widget, QAbstractButton):
            text = QAbstractButton.text(widget)  # what Qt has, not what `IconButton` says of it
            assert not re.search("(?<!&)&(?!&)", text.replace("&&", "")), (where, text)
        for said in (widget.accessibleName(), widget.accessibleDescription()):
            assert "&&" not in said and WORD_JOINER not in said, (where, said)
        if isinstance(widget, QAbstractItemView):
            for tip in texts_of_models(widget):
                assert not QtGui.Qt.mightBeRichText(tip), (where, tip)
    assert seen >= 3  # they are shown at all


def test_titles_and_menus_show_names_as_they_are(window: MainWindow, session: Session) -> None:
    assert window.windowTitle().replace("[*][*]", "[*]") == f"{DATASET} – TLStudio"
    recent = next(menu for menu in window.findChildren(QMenu) if "cent" in menu.title())
    recent.aboutToShow.emit()
    shown = [action.text().replace("&&", "\0") for action in recent.actions()]
    assert "&" not in "".join(shown)
    assert any(text.replace("\0", "&").startswith("Cats & Dogs <i>v2") for text in shown)


def test_dialogs_show_names_as_they_are(window: MainWindow, session: Session) -> None:
    messages = dialogs.messages(window, session.notifications)
    box = message_box(window, DATASET, FILE)
    for label_ in (*messages.findChildren(QLabel), *box.findChildren(QLabel)):
        if label_.text():
            assert label_.textFormat() is Qt.TextFormat.PlainText, label_.text()
    messages.close()
    box.deleteLater()


@pytest.mark.parametrize("name", [DATASET, *CLASSES, FILE, MODEL, "a &lt;b", "\n<b>x</b>", "plain"])
def test_the_pieces_show_any_name(app: QApplication, qtbot: QtBot, name: str) -> None:
    tip = plain_tip(name)
    assert not QtGui.Qt.mightBeRichText(tip) and tip.replace(WORD_JOINER, "") == name
    assert no_mnemonic(name).replace("&&", "&") == name
    button, fold, short = IconButton(name), Fold(name, QWidget()), ElidedLabel(name)
    for widget in (button, fold, short):
        qtbot.addWidget(widget)
    assert button.text() == name and fold.title == name and short.text == name
    assert QAbstractButton.text(button) == QAbstractButton.text(fold.button) == no_mnemonic(name)
    button.setText(f"{name}!")
    assert button.text() == f"{name}!"
    assert label(name).textFormat() is Qt.TextFormat.PlainText
