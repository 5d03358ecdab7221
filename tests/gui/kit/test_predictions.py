"""The pieces that show predictions: bars, class list, filter, strip, gallery with viewer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.fakes import CLASSES, make_images, make_predictions
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.predictions import GalleryOrder, PredictionRecord
from tlstudio.gui.features.training.prediction_strip import PredictionStrip
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.kit.predictions.gallery_filter import GalleryFilter
from tlstudio.gui.kit.predictions.items import grid_item, spread_sample
from tlstudio.gui.kit.predictions.viewer import SHOWN, ProbabilityBars
from tlstudio.gui.kit.thumbnail_grid import Mark
from tlstudio.gui.kit.thumbnails import ThumbnailCache
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


def record(name: str, probabilities: tuple[float, ...], target: int | None) -> PredictionRecord:
    return PredictionRecord(ImageRef.of_file(Path(name)), probabilities, target)


@pytest.fixture
def predictions(tmp_path: Path) -> tuple[PredictionRecord, ...]:
    return make_predictions(make_images(tmp_path / "val"), CLASSES)


@pytest.fixture
def gallery(
    session: Session, qtbot: QtBot, predictions: tuple[PredictionRecord, ...]
) -> PredictionGallery:
    gallery = PredictionGallery(ThumbnailCache(session.disk_pool, jobs.thumbnail, parent=session))
    qtbot.addWidget(gallery)
    gallery.resize(1000, 600)
    gallery.set_records(predictions, CLASSES)
    with qtbot.waitExposed(gallery):
        gallery.show()
    return gallery


def test_right_and_wrong_are_told_in_words() -> None:
    right = grid_item(record("a.png", (0.07, 0.93), 1), ("leaf", "mushroom"))
    assert (right.caption, right.detail, right.mark) == ("mushroom 93%", "", Mark.RIGHT)
    wrong = grid_item(record("a.png", (0.07, 0.93), 0), ("leaf", "mushroom"))
    assert (wrong.caption, wrong.detail, wrong.mark) == ("mushroom 93%", "is: leaf", Mark.WRONG)
    unknown = grid_item(record("a.png", (0.07, 0.93), None), ("leaf", "mushroom"))
    assert (unknown.detail, unknown.mark) == ("", Mark.NONE)


def test_the_sample_has_all_classes_and_is_always_the_same(
    predictions: tuple[PredictionRecord, ...],
) -> None:
    sample = spread_sample(predictions, 7)
    assert [r.target for r in sample] == [0, 1, 2, 0, 1, 2, 0]
    assert len({r.image for r in sample}) == 7
    assert [r.image for r in spread_sample(predictions[::-1][::-1], 7)] == [r.image for r in sample]
    assert len(spread_sample(predictions, 100)) == len(predictions)
    assert spread_sample((), 5) == ()


def test_bars_are_sorted_and_hold_the_true_class(app: QApplication, qtbot: QtBot) -> None:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    count = SHOWN + 5
    probabilities = tuple(np.arange(count, 0, -1) / (count * (count + 1) / 2))
    bars.set_record(record("a", probabilities, count - 1), [f"class {i}" for i in range(count)])
    assert [index for index, _ in bars.rows] == [*range(SHOWN - 1), count - 1]
    assert "class 14" in bars.accessibleDescription()
    bars.resize(300, bars.sizeHint().height())
    bars.show()
    assert not bars.grab().isNull()


def test_the_filter_offers_every_order_and_class(app: QApplication, qtbot: QtBot) -> None:
    choice = GalleryFilter()
    qtbot.addWidget(choice)
    choice.set_classes(CLASSES)
    assert choice.order_box.count() == len(GalleryOrder)
    with qtbot.waitSignal(choice.changed):
        choice.set_order(GalleryOrder.LEAST_SURE)
    with qtbot.waitSignal(choice.changed):
        choice.set_true_class(2)
    assert (choice.order, choice.true_class, choice.predicted_class) == (
        GalleryOrder.LEAST_SURE,
        2,
        None,
    )
    choice.set_classes(CLASSES)  # the same classes: the choice stays
    assert choice.true_class == 2
    choice.reset()
    assert (choice.order, choice.true_class) == (GalleryOrder.DATASET, None)


def test_the_strip_fills_one_row(
    session: Session, qtbot: QtBot, predictions: tuple[PredictionRecord, ...]
) -> None:
    strip = PredictionStrip(ThumbnailCache(session.disk_pool, jobs.thumbnail, parent=session))
    qtbot.addWidget(strip)
    strip.resize(360, strip.height())
    strip.show()
    strip.set_predictions(predictions, CLASSES)
    few = len(strip.items)
    strip.resize(800, strip.height())
    assert few < len(strip.items) < len(predictions)
    assert strip.verticalScrollBar().maximum() == 0


def test_a_click_opens_the_viewer_and_keys_lead_on(
    gallery: PredictionGallery, qtbot: QtBot, predictions: tuple[PredictionRecord, ...]
) -> None:
    wanted: list[ImageRef] = []
    gallery.network_view_wanted.connect(wanted.append)
    qtbot.mouseClick(gallery.grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert gallery.viewing and gallery.viewer.isVisible()
    assert gallery.viewer.record == predictions[0]
    assert not gallery.viewer.previous_button.isEnabled()

    qtbot.keyClick(gallery.grid, Qt.Key.Key_Right)
    assert gallery.viewer.record == predictions[1]
    qtbot.mouseClick(gallery.viewer.next_button, Qt.MouseButton.LeftButton)
    assert gallery.viewer.record == predictions[2]
    assert gallery.grid.current_index == 2
    assert wanted == [p.image for p in predictions[:3]]

    qtbot.keyClick(gallery.grid, Qt.Key.Key_Escape)
    assert not gallery.viewing


def test_the_keyboard_chooses_first_and_opens_with_enter(
    gallery: PredictionGallery, qtbot: QtBot
) -> None:
    qtbot.keyClick(gallery.grid, Qt.Key.Key_Right)
    assert not gallery.viewing
    qtbot.keyClick(gallery.grid, Qt.Key.Key_Return)
    assert gallery.viewing


def test_new_predictions_keep_the_choice_and_its_viewer(
    gallery: PredictionGallery, predictions: tuple[PredictionRecord, ...], tmp_path: Path
) -> None:
    gallery.open_viewer(5)
    paths = [p.image.path for p in predictions]
    later = make_predictions(paths, CLASSES, skill=0.1)
    gallery.set_records(later, CLASSES)
    assert gallery.viewer.record == later[5]
    gallery.set_records(later[:3], CLASSES)  # filtered away
    assert not gallery.viewing


def test_only_the_view_of_the_shown_image_is_shown(
    gallery: PredictionGallery, predictions: tuple[PredictionRecord, ...]
) -> None:
    gallery.open_viewer(0)
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    gallery.set_network_view(predictions[1].image, pixels)
    assert gallery.viewer._network_part.isHidden()
    gallery.set_network_view(predictions[0].image, pixels)
    assert not gallery.viewer._network_part.isHidden()
