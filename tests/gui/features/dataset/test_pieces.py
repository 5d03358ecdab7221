"""The small pieces of the Data page: segments, split editor, warnings, loading, cards, pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.fields import type_number
from tests.gui.showing import on_screen
from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.data.groups import GroupsFound
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.split_config import GroupBy
from tlstudio.gui.features.dataset.loading_view import LoadingView
from tlstudio.gui.features.dataset.picture_grid import Picture, PictureGrid
from tlstudio.gui.features.dataset.picture_strip import PictureStrip
from tlstudio.gui.features.dataset.split_editor import SplitEditor
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.card_button import CardButton
from tlstudio.gui.kit.quiet_warnings import QuietWarnings
from tlstudio.gui.kit.segmented import Segmented


def test_segments_keep_their_choice(app: QApplication, qtbot: QtBot) -> None:
    segments = Segmented("Split")
    qtbot.addWidget(segments)
    segments.set_options([(None, "All 3"), ("a", "A 1"), ("b", "B 2")])
    assert segments.value is None
    with qtbot.waitSignal(segments.chosen) as chosen:
        segments.buttons()[2].click()
    assert chosen.args == ["b"]
    segments.set_options([(None, "All 9"), ("a", "A 4"), ("b", "B 5")])
    assert segments.value == "b"
    assert segments.buttons()[2].text() == "B 5"
    segments.show()
    gone = segments.buttons()
    segments.set_options([(None, "All 4"), ("a", "A 4")])
    assert not any(button.isVisible() for button in gone)
    assert segments.value is None
    segments.set_value("a")
    assert segments.value == "a"


def test_split_editor_asks_for_what_is_new(app: QApplication, qtbot: QtBot) -> None:
    editor = SplitEditor()
    qtbot.addWidget(editor)
    config = SplitConfig(0.25, 0.1, 7)
    editor.set_config(config)
    assert editor.config == config
    assert not editor.button.isEnabled()
    type_number(qtbot, editor.val_percent, "30")
    with qtbot.waitSignal(editor.split_requested) as requested:
        editor.button.click()
    assert requested.args == [SplitConfig(0.30, 0.1, 7)]


def test_many_warnings_stay_few_lines(app: QApplication, qtbot: QtBot) -> None:
    warnings = QuietWarnings()
    qtbot.addWidget(warnings)
    assert warnings.isHidden()
    warnings.set_texts(["one", "two"])
    assert warnings.texts == ("one", "two")
    warnings.set_texts([f"w{n}" for n in range(10)])
    assert warnings.texts[:2] == ("w0", "w1")
    assert warnings.texts[2].startswith("8")


def test_loading_shows_numbers_and_cancels(app: QApplication, qtbot: QtBot) -> None:
    for slim in (False, True):
        view = LoadingView("Reading", slim=slim)
        qtbot.addWidget(view)
        view.show_progress(1200, 2400)
        assert view.bar.value() * 2 == view.bar.maximum()
        assert "1,200" in view.numbers.text()
        view.restart()
        assert view.bar.maximum() == 0
        with qtbot.waitSignal(view.cancelled):
            view.cancel_button.click()


def test_a_card_is_a_button(app: QApplication, qtbot: QtBot) -> None:
    card = CardButton("Open it")
    qtbot.addWidget(card)
    card.add(label("A long sentence that needs several lines in a narrow card.", wrap=True))
    assert card.heightForWidth(100) > card.heightForWidth(600)
    with qtbot.waitSignal(card.clicked):
        qtbot.keyClick(card, Qt.Key.Key_Space)


def test_pictures_are_painted(app: QApplication, qtbot: QtBot) -> None:
    pixmap = QPixmap(8, 8)
    pixmap.fill(Qt.GlobalColor.red)
    strip, grid = PictureStrip(5), PictureGrid()
    for widget in (strip, grid):
        qtbot.addWidget(widget)
        widget.resize(500, 300)
    strip.set_pixmaps([pixmap])
    assert strip.grab().toImage().pixelColor(40, 40).name() == "#ff0000"
    grid.set_pictures([Picture(pixmap, ImageRef.of_file(Path("a.png")), "a")] * 24)
    assert grid.verticalScrollBar().maximum() > 0
    assert grid.grab().toImage().pixelColor(80, 80).name() == "#ff0000"
    grid.set_text("Loading")
    assert not grid.pictures
    grid.grab()


def test_a_split_waits_for_its_fields(app: QApplication, qtbot: QtBot) -> None:
    editor = on_screen(SplitEditor(), qtbot, 300, 300)
    editor.set_config(SplitConfig(0.25, 0.1, 7))
    type_number(qtbot, editor.seed, "8")
    assert editor.button.isEnabled()
    type_number(qtbot, editor.val_percent, "1,000", leaves=True)
    assert not editor.button.isEnabled()
    assert "Validation: “1,000” can be read in two ways." in editor.problem.text()
    type_number(qtbot, editor.val_percent, "30,0 %")
    assert editor.button.isEnabled() and editor.problem.isHidden()
    assert editor.config == SplitConfig(0.3, 0.1, 8)


def test_a_split_by_number_and_groups(app: QApplication, qtbot: QtBot) -> None:
    editor = on_screen(SplitEditor(), qtbot, 300, 500)
    editor.set_config(SplitConfig(0.25, 0.1, 7), 20, 8)
    assert editor.val_percent.isVisible() and not editor.val_images.isVisible()
    editor.by.buttons()[1].click()
    assert editor.val_images.isVisible() and not editor.val_percent.isVisible()
    assert editor.config == SplitConfig(0.25, 0.1, 7, val_images=20, test_images=8)
    type_number(qtbot, editor.val_images, "0", leaves=True)
    assert not editor.button.isEnabled() and "Validation:" in editor.problem.text()
    type_number(qtbot, editor.val_images, "30")
    assert not editor.gap_s.isVisible()
    with qtbot.waitSignal(editor.groups_wanted) as wanted:
        editor.group_by.set_value("time")
        editor.group_by.activated.emit(editor.group_by.currentIndex())
    assert editor.gap_s.isVisible()
    asked = SplitConfig(0.25, 0.1, 7, 30, 8, GroupBy.TIME)
    assert wanted.args == [asked]
    editor.show_groups(None)
    editor.show_groups(GroupsFound(38, 12, 0))
    assert "38 group" in editor.groups.text() and "12 image" in editor.groups.text()
    editor.show_groups(GroupsFound(0, 0, 5))
    assert "No images belong together" in editor.groups.text()
    with qtbot.waitSignal(editor.split_requested) as requested:
        editor.button.click()
    assert requested.args == [asked]
