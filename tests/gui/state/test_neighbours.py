"""The nearest training images beside an answer: found without measuring, or it says why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import CLASSES, make_images, make_index
from tests.helpers import tiny_classifier
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.kit.predictions.neighbours import HEIGHT_PX, NeighbourStrip
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.neighbours import GalleryNeighbours, NeighboursState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return make_index(tmp_path, make_images(tmp_path))


@pytest.fixture
def gallery(session: Session, qtbot: QtBot, index: DatasetIndex) -> PredictionGallery:
    session.classifier.take(tiny_classifier(CLASSES), ClassifierInfo("tiny", CLASSES))
    gallery = PredictionGallery(session.thumbnails)
    qtbot.addWidget(gallery)
    GalleryNeighbours(session, gallery)
    records = [PredictionRecord(s.image, (0.2, 0.3, 0.5), s.class_index) for s in index.samples]
    gallery.set_records(records, CLASSES)
    gallery.resize(1000, 700)
    with qtbot.waitExposed(gallery):
        gallery.show()
    return gallery


def names(strip: NeighbourStrip) -> list[str]:
    return [name.text for name in strip.names if name.isVisible()]


def open_dataset(session: Session, index: DatasetIndex | None) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)


def test_they_are_found_when_somebody_looks_and_for_every_image(
    session: Session, gallery: PredictionGallery, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(session, index)
    state, strip = session.feature(NeighboursState), gallery.viewer.neighbours
    assert not state.has_features  # it costs nothing until then
    gallery.open_viewer(0)
    assert "Looking for them" in strip.words.text
    qtbot.waitUntil(lambda: len(names(strip)) == 5)
    assert set(names(strip)) <= set(CLASSES)
    assert strip.words.text == "Nearest training images"
    assert strip.height() <= HEIGHT_PX <= 96
    room = gallery.viewer.photo.size()
    gallery.open_viewer(1)
    assert names(strip) == [""] * 5  # those of the image before are gone, and nothing moves
    assert gallery.viewer.photo.size() == room
    qtbot.waitUntil(lambda: "" not in names(strip))


def test_without_the_dataset_it_says_so_and_follows_when_it_is_opened(
    session: Session, gallery: PredictionGallery, index: DatasetIndex, qtbot: QtBot
) -> None:
    strip = gallery.viewer.neighbours
    gallery.open_viewer(0)
    assert "dataset that the model was trained on is open" in strip.words.text
    assert not names(strip)
    open_dataset(session, index)
    qtbot.waitUntil(lambda: len(names(strip)) == 5)
    open_dataset(session, None)
    assert not names(strip)


def test_a_run_goes_before(
    session: Session, gallery: PredictionGallery, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(session, index)
    strip = gallery.viewer.neighbours
    session.run._set_status(RunStatus.RUNNING)
    gallery.open_viewer(0)
    assert "what is running now is over" in strip.words.text
    session.run._set_status(RunStatus.IDLE)
    qtbot.waitUntil(lambda: len(names(strip)) == 5)


def test_another_network_is_asked_anew(
    session: Session, gallery: PredictionGallery, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(session, index)
    strip = gallery.viewer.neighbours
    gallery.open_viewer(0)
    qtbot.waitUntil(lambda: len(names(strip)) == 5)
    session.classifier.take(tiny_classifier(CLASSES, seed=1), ClassifierInfo("tiny", CLASSES))
    assert "Looking for them" in strip.words.text
    qtbot.waitUntil(lambda: len(names(strip)) == 5)
    two = CLASSES[:2]  # the answers that are shown are of another one
    session.classifier.take(tiny_classifier(two), ClassifierInfo("tiny", two))
    assert not names(strip)


def test_what_cannot_be_computed_says_why(
    session: Session,
    gallery: PredictionGallery,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tlstudio.core.errors import ModelError

    def fails(*_: object) -> object:
        raise ModelError("no vector")

    monkeypatch.setattr("tlstudio.gui.state.novelty_jobs.training_features", fails)
    open_dataset(session, index)
    gallery.open_viewer(0)
    strip = gallery.viewer.neighbours
    qtbot.waitUntil(lambda: "no vector" in strip.words.text)
    gallery.open_viewer(1)
    assert "no vector" in strip.words.text


def test_nothing_goes_on_when_nobody_looks(
    session: Session, gallery: PredictionGallery, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(session, index)
    gallery.open_viewer(0)
    gallery.close_viewer()
    state = session.feature(NeighboursState)
    assert state._worker.stop.stopped
    qtbot.waitUntil(lambda: not state._worker.active)
    assert not state.has_features
