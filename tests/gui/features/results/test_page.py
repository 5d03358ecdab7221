"""The Results page: the gallery, live and filtered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.gui.fakes import CLASSES, make_images, make_index, make_predictions, play
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.health import Finding, HealthReport
from tlstudio.core.runs.events import PredictionsReady, RunEndReason
from tlstudio.core.runs.predictions import GalleryOrder, accuracy
from tlstudio.core.significance import wilson
from tlstudio.gui.features.results.page import ResultsPage
from tlstudio.gui.kit.confusion.view import Choice
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    root = tmp_path / "photos"
    return make_index(root, make_images(root, count=12))


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> ResultsPage:
    page = ResultsPage(session)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    return page


def test_it_is_empty_before_the_first_run(
    session: Session, page: ResultsPage, qtbot: QtBot
) -> None:
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty_button, Qt.MouseButton.LeftButton)
    assert session.step is Step.TRAIN


def test_all_predictions_with_their_accuracy(
    session: Session, page: ResultsPage, index: DatasetIndex
) -> None:
    play(session, index, epochs=25, reason=RunEndReason.FINISHED)
    predictions = session.run.record.shown_predictions.predictions
    right = sum(bool(p.is_right) for p in predictions)
    share = f"{100 * (accuracy(predictions) or 0):.1f}%"
    inside = wilson(right, 36)
    low, high = round(100 * inside.low), round(100 * inside.high)
    assert page.accuracy.text() == f"Validation accuracy {share} ({low}–{high})"
    assert f"{right} of 36" in page.summary.text
    assert len(page.gallery.grid.items) == 36
    assert sum(c.right for c in page.classes.rows) == right
    assert [c.name for c in page.classes.rows] == list(CLASSES)


def test_orders_and_class_filters(
    session: Session, page: ResultsPage, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index, epochs=3, reason=RunEndReason.STOPPED)
    page.filter.set_order(GalleryOrder.MOST_SURE_WRONG)
    shown = [item.key for item in page.gallery.grid.items]
    assert shown and all(r.is_right is False for r in shown)
    assert [r.confidence for r in shown] == sorted((r.confidence for r in shown), reverse=True)

    page.filter.reset()
    page.sides.buttons()[1].click()
    qtbot.mouseClick(page.classes.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 30))
    assert page.filter.true_class == 1
    assert {item.key.target for item in page.gallery.grid.items} == {1}
    page.filter.predicted_box.setCurrentIndex(3)
    assert all(item.key.predicted == 2 for item in page.gallery.grid.items)


def test_it_follows_a_run_without_losing_its_place(
    session: Session, page: ResultsPage, index: DatasetIndex
) -> None:
    play(session, index, epochs=1)
    page.gallery.grid.set_current_index(30)
    scrolled = page.gallery.grid.verticalScrollBar().value()
    assert scrolled > 0
    chosen = page.gallery.grid.items[30].image
    paths = [s.image.path for s in index.by_split[Split.VAL]]
    session.run._on_event(PredictionsReady(2, make_predictions(paths, CLASSES, 1.0)))
    assert page.accuracy.text() == "Validation accuracy 100.0% (90–100)"
    assert page.gallery.grid.items[page.gallery.grid.current_index].image == chosen
    assert page.gallery.grid.verticalScrollBar().value() == scrolled
    assert "training goes on" in page.summary.text
    session.run._set_status(RunStatus.IDLE)


def test_a_hidden_page_catches_up_when_it_is_shown(
    session: Session, page: ResultsPage, index: DatasetIndex
) -> None:
    page.hide()
    play(session, index, epochs=2, reason=RunEndReason.STOPPED)
    assert not page.gallery.grid.items
    page.show()
    assert len(page.gallery.grid.items) == 36


def test_the_matrix_gives_way_where_room_is_short(
    session: Session, page: ResultsPage, index: DatasetIndex
) -> None:
    play(session, index, epochs=2, reason=RunEndReason.STOPPED)
    page.resize(800, 600)
    assert page._side.isVisible()
    page.gallery.open_viewer(0)
    assert not page._side.isVisible()
    assert page.minimumSizeHint().width() <= 800
    page.gallery.close_viewer()
    assert page._side.isVisible()


def test_a_cell_of_the_matrix_shows_its_images(
    session: Session, page: ResultsPage, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index, epochs=3, reason=RunEndReason.STOPPED)
    counts = page.matrix.view._counts
    true, said = page.matrix.pairs.rows[0].true, page.matrix.pairs.rows[0].predicted
    place = page.matrix.view.cell_rect(true, said).center().toPoint()
    qtbot.mouseClick(page.matrix.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    keys = [item.key for item in page.gallery.grid.items]
    assert len(keys) == counts[true, said] > 0
    assert {(key.target, key.predicted) for key in keys} == {(true, said)}
    qtbot.mouseClick(page.matrix.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(page.gallery.grid.items) == 36


def test_the_most_confused_pair_is_a_link_to_its_images(
    session: Session, page: ResultsPage, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index, epochs=3, reason=RunEndReason.STOPPED)
    first = page.matrix.pairs.rows[0]
    at = page.matrix.pairs.visualRect(page.matrix.pairs.model().index(0, 0)).center()
    qtbot.mouseClick(page.matrix.pairs.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (page.filter.true_class, page.filter.predicted_class) == (first.true, first.predicted)
    assert page.filter.shown.text() == f"{first.number} images"
    assert page.matrix.view.choice == Choice(first.true, first.predicted)


def test_an_image_is_found_by_its_name_and_the_worst_come_first(
    session: Session, page: ResultsPage, index: DatasetIndex
) -> None:
    play(session, index, epochs=3, reason=RunEndReason.STOPPED)
    page.filter.name_field.setText("11.P")
    assert {item.image.name for item in page.gallery.grid.items} == {"11.png"}
    page.filter.reset()
    page.filter.set_order(GalleryOrder.HIGHEST_LOSS)
    shown = [item.key for item in page.gallery.grid.items]
    of_truth = [record.probabilities[record.target] for record in shown]
    assert len(shown) == 36 and of_truth == sorted(of_truth)


def test_a_window_made_narrow_while_an_image_is_open_does_not_scroll(
    session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index)
    pages, page = ScrolledPages(), ResultsPage(session)
    qtbot.addWidget(pages)
    pages.addWidget(page)
    pages.resize(1200, 700)
    with qtbot.waitExposed(pages):
        pages.show()
    page.gallery.open_viewer(0)
    assert page.matrix.isVisible()
    pages.resize(900, 540)
    qtbot.waitUntil(lambda: not page.matrix.isVisible())
    assert not pages.horizontalScrollBar().isVisible()


def test_what_copies_of_training_images_do_to_the_accuracy(
    session: Session, page: ResultsPage, index: DatasetIndex, qtbot: QtBot
) -> None:
    """Said where the health check found some, of the dataset as it was trained on."""
    half = index.by_split[Split.TRAIN][:20] + index.by_split[Split.VAL][20:]
    apart = replace(index, samples=half)
    train, val = (apart.by_split[split] for split in (Split.TRAIN, Split.VAL))
    play(session, apart, epochs=25, reason=RunEndReason.FINISHED)
    assert page.second.isHidden()
    pairs = [(train[n].image, val[n].image) for n in range(3)]
    leaks = [
        Finding.of("leaks", apart, pair, {"count": 2, "splits": "train, val"}) for pair in pairs
    ]
    health = session.feature(HealthState)
    health.report = HealthReport(apart.fingerprint, tuple(leaks))
    health.changed.emit()
    qtbot.waitUntil(page.second.isVisible)
    rest = session.run.record.shown_predictions.predictions[3:]
    share = f"{100 * (accuracy(rest) or 0):.1f}%"
    inside = wilson(sum(bool(p.is_right) for p in rest), len(rest))
    assert page.second.text() == (
        "3 of these images have copies among the training images; "
        f"without them {share} ({round(100 * inside.low)}–{round(100 * inside.high)})."
    )
    session.datasets.index = index  # other data than was trained on
    session.datasets.changed.emit(index)
    health.changed.emit()
    qtbot.waitUntil(page.second.isHidden)
