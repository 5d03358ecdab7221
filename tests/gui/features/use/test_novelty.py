"""None of these on the Use page: measured, switched, judged anew, and the nearest images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.fakes import CLASSES, make_images, make_index
from tests.helpers import run_record, tiny_classifier
from tlstudio.core.evaluation.novelty import NoveltyDetector
from tlstudio.gui.features.use.page import UsePage, UseView
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.neighbours import NeighboursState
from tlstudio.gui.state.novelty import NoveltyState
from tlstudio.gui.state.runs import entry_of
from tlstudio.gui.state.session import Session


@pytest.fixture
def measuring(session: Session, tmp_path: Path) -> Session:
    """A tiny network in hand, and a dataset of its classes: 24 images of each, all of noise."""
    root = tmp_path / "photos"
    index = make_index(root, make_images(root, 24))
    session.datasets.index = index
    classifier = tiny_classifier(CLASSES)
    session.classifier.take(classifier, ClassifierInfo("net", CLASSES))
    session.datasets.index = index
    return session


@pytest.fixture
def page(measuring: Session, qtbot: QtBot) -> UsePage:
    page = UsePage(measuring)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    page.view_choice.set_value(UseView.NOVELTY)
    page.view_choice.chosen.emit(UseView.NOVELTY)
    return page


def flat(folder: Path, count: int = 3) -> Path:
    """Photos of one colour, which no noise is like."""
    from PIL import Image

    folder.mkdir()
    for number in range(count):
        pixels = np.full((24, 32, 3), (0, 0, 255), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def test_it_is_measured_on_request_and_refuses_what_is_foreign(
    measuring: Session, page: UsePage, tmp_path: Path, qtbot: QtBot
) -> None:
    view, state = page.novelty_view, measuring.feature(NoveltyState)
    foreign = flat(tmp_path / "flat")
    paths = [*sorted(foreign.iterdir()), next(measuring.datasets.index.root.rglob("*.png"))]  # type: ignore[union-attr]
    measuring.classifier.predict(paths)
    qtbot.waitUntil(lambda: not measuring.classifier.predicting)
    assert all(answer.novelty is None for answer in measuring.classifier.answers)
    assert view.measure_button.isVisible()
    qtbot.mouseClick(view.measure_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not state.active)
    qtbot.waitUntil(lambda: not measuring.classifier.predicting)
    # what was answered before is asked again
    assert [answer.is_known for answer in measuring.classifier.answers] == [False] * 3 + [True]
    assert view.promise.text() == "At most 5% of your kind of photos are refused."
    assert "72 validation images" in view.notes.text()
    qtbot.waitUntil(lambda: len(page.gallery.grid.items) == 4)
    assert page.gallery.grid.items[0].caption == "None of these"

    page.gallery.open_viewer(0)
    assert "further from the training images than" in page.gallery.viewer.truth.text()
    strip = page.gallery.viewer.neighbours
    qtbot.waitUntil(lambda: bool(strip.names[0].text))
    assert set(CLASSES) >= {name.text for name in strip.names}


def test_switching_it_off_names_a_class_again(
    measuring: Session, page: UsePage, tmp_path: Path, qtbot: QtBot
) -> None:
    state, view = measuring.feature(NoveltyState), page.novelty_view
    state.measure()
    qtbot.waitUntil(lambda: not state.active)
    measuring.classifier.predict([flat(tmp_path / "flat", 1)])
    qtbot.waitUntil(lambda: not measuring.classifier.predicting)
    (answer,) = measuring.classifier.answers
    assert not answer.is_known
    view.on_box.click()
    assert measuring.classifier.answers[0].is_known
    view.on_box.click()
    qtbot.waitUntil(lambda: not measuring.classifier.predicting)
    assert not measuring.classifier.answers[0].is_known


def test_the_level_says_what_it_needs(measuring: Session, page: UsePage, qtbot: QtBot) -> None:
    state, view = measuring.feature(NoveltyState), page.novelty_view
    state.measure()
    qtbot.waitUntil(lambda: not state.active)
    view.level_slider.setValue(1)
    assert state.detector is not None
    assert state.detector.level == 0.01
    assert "99 are needed" in view.notes.text()
    view.level_slider.setValue(20)
    assert "20%" in view.promise.text()


def test_a_level_is_written_once_when_it_rests_and_before_anything_else(
    measuring: Session, page: UsePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[str, float, int]] = []

    def keep(run_id: str, detector: NoveltyDetector, epochs: int) -> None:
        written.append((run_id, detector.level, epochs))

    monkeypatch.setattr("tlstudio.gui.state.novelty_jobs.keep_novelty", keep)
    state, slider = measuring.feature(NoveltyState), page.novelty_view.level_slider
    run = entry_of(replace(run_record(), run_id="run-1"))
    measuring.runs.current = run
    state.measure()
    qtbot.waitUntil(lambda: not state.active)
    qtbot.waitUntil(lambda: len(written) == 1)
    for value in (6, 7, 8):
        slider.setValue(value)
    assert state.detector is not None
    assert state.detector.level == 0.08  # answers follow at once
    qtbot.waitUntil(lambda: len(written) == 2)
    assert written[-1] == ("run-1", 0.08, 0)

    slider.setValue(9)
    measuring.classifier.take(tiny_classifier(CLASSES), ClassifierInfo("net", CLASSES))
    qtbot.waitUntil(lambda: len(written) == 3)
    assert written[-1] == ("run-1", 0.09, 0)

    measuring.runs.current = run
    state.measure()
    qtbot.waitUntil(lambda: not state.active)
    slider.setValue(10)
    state.close()
    qtbot.waitUntil(lambda: written[-1] == ("run-1", 0.1, 0))
    assert len(written) == 4


def test_foreign_photos_show_the_rates(
    measuring: Session, page: UsePage, tmp_path: Path, qtbot: QtBot
) -> None:
    state, view = measuring.feature(NoveltyState), page.novelty_view
    state.set_foreign(flat(tmp_path / "flat", 4))
    qtbot.waitUntil(lambda: not state.active)
    assert state.report is not None
    assert view.rates.isVisible()
    assert "flat" in view.rates_title.text()
    page.grab()  # paints both kinds of bars


def test_another_dataset_takes_it_away(measuring: Session, page: UsePage, qtbot: QtBot) -> None:
    state, view = measuring.feature(NoveltyState), page.novelty_view
    state.measure()
    qtbot.waitUntil(lambda: not state.active)
    assert measuring.feature(NeighboursState).has_features
    measuring.datasets.index = None
    measuring.datasets.changed.emit(None)
    assert not measuring.feature(NeighboursState).has_features
    assert not view.again_button.isEnabled()
    assert state.detector is not None  # the limits still hold
    measuring.classifier.set_novelty(None)
    assert "dataset" in view.missing.text()
