"""Heat maps in the viewer: asked for, shown, tested, refused, saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.helpers import make_photos, tiny_classifier
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.kept import RunEntry
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.understanding.heat_maps import AverageRequest, MapMethod, MapRequest
from tlstudio.gui.kit.predictions.gallery import AVERAGED, PredictionGallery
from tlstudio.gui.kit.predictions.why_bar import WhyChoice
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.explanations import GalleryExplanations
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session

CLASSES = ("green", "red")


@pytest.fixture
def gallery(session: Session, qtbot: QtBot, tmp_path: Path) -> PredictionGallery:
    make_photos(tmp_path, CLASSES, 3)
    gallery = PredictionGallery(session.thumbnails)
    qtbot.addWidget(gallery)
    GalleryExplanations(session, gallery, made_by=lambda: session.run.record.run_id)
    records = [
        PredictionRecord(ImageRef.of_file(path), (0.4, 0.6), CLASSES.index(path.parent.name))
        for path in sorted(tmp_path.rglob("*.png"))
    ]
    gallery.set_records(records, CLASSES)
    gallery.resize(1000, 700)
    with qtbot.waitExposed(gallery):
        gallery.show()
    gallery.open_viewer(0)
    return gallery


def take(session: Session) -> None:
    session.classifier.take(tiny_classifier(CLASSES), ClassifierInfo("tiny", CLASSES))


def choose(gallery: PredictionGallery, kind: WhyChoice) -> None:
    gallery.viewer.why.choice.buttons()[list(WhyChoice).index(kind)].click()


@pytest.mark.parametrize("kind", [WhyChoice.GRAD_CAM, WhyChoice.OCCLUSION, WhyChoice.AVERAGE])
def test_a_map_comes_with_a_sentence(
    session: Session, gallery: PredictionGallery, qtbot: QtBot, kind: WhyChoice
) -> None:
    take(session)
    viewer = gallery.viewer
    assert not viewer.heat.isVisible() and not viewer.heat.has_map
    choose(gallery, kind)
    assert viewer.heat.isVisible()
    qtbot.waitUntil(lambda: viewer.heat.has_map, timeout=20_000)
    qtbot.waitUntil(lambda: viewer.why.words.text() not in ("", "Testing the map…"), timeout=20_000)
    assert viewer.why.save_button.isEnabled() and not viewer.why.progress.isVisible()
    saved: list[QImage] = []
    viewer.save_wanted.connect(lambda image, _name: saved.append(image))
    gallery.save_wanted.disconnect()  # no dialog
    qtbot.waitUntil(lambda: viewer.heat.pair("why") is not None)
    viewer.why.save_button.click()
    assert saved[0].width() > saved[0].height()
    choose(gallery, WhyChoice.OFF)
    assert not viewer.heat.isVisible() and not viewer.heat.has_map


def test_what_is_asked_follows_image_and_class(gallery: PredictionGallery) -> None:
    asked: list[object] = []
    gallery.why_wanted.connect(asked.append)
    choose(gallery, WhyChoice.GRAD_CAM)
    first, second = (record.image for record in gallery._records[:2])
    assert asked[-1] == MapRequest(first, MapMethod.GRAD_CAM, 1)
    gallery.open_viewer(1)
    assert asked[-1] == MapRequest(second, MapMethod.GRAD_CAM, 1)
    field = gallery.viewer.why.class_field
    field.setCurrentIndex(1)
    field.activated.emit(1)
    assert asked[-1] == MapRequest(second, MapMethod.GRAD_CAM, 0)
    choose(gallery, WhyChoice.AVERAGE)
    assert asked[-1] == AverageRequest(gallery.images_of(0), 0)
    assert len(gallery.images_of(0)) == 3 <= AVERAGED
    gallery.close_viewer()
    assert asked[-1] is None


def test_without_the_network_of_the_answers_a_sentence_says_so(
    session: Session, gallery: PredictionGallery, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = gallery.viewer.why.words
    choose(gallery, WhyChoice.GRAD_CAM)
    assert "no trained network" in words.text()
    other = ClassifierInfo("tiny", ("a", "b"))
    session.classifier.take(tiny_classifier(("a", "b")), other)
    assert "another network" in words.text()
    monkeypatch.setattr(session.run, "status", RunStatus.RUNNING)
    gallery.viewer.ask_why_again()
    assert "when the run is over" in words.text()
    monkeypatch.undo()
    take(session)  # asks again by itself
    qtbot.waitUntil(lambda: gallery.viewer.heat.has_map, timeout=20_000)


def test_answers_of_another_run_are_not_explained_by_the_network_in_hand(
    session: Session, qtbot: QtBot
) -> None:
    """Its classes are the same, and still it never gave these answers."""
    gallery, made_by = PredictionGallery(session.thumbnails), ["id2"]
    qtbot.addWidget(gallery)
    explanations = GalleryExplanations(session, gallery, made_by=lambda: made_by[0])
    gallery.set_records([], CLASSES)
    take(session)
    session.runs._set_current(RunEntry("id1", Path()))
    assert "another network" in explanations.refusal
    made_by[0] = "id1"
    assert not explanations.refusal
    made_by[0] = ""  # other images, which the network in hand was asked about
    assert not explanations.refusal


def test_an_image_that_cannot_be_read_has_no_map(
    session: Session, gallery: PredictionGallery, qtbot: QtBot
) -> None:
    take(session)
    path = gallery._records[0].image.path
    assert path is not None
    path.write_bytes(b"no image")
    choose(gallery, WhyChoice.GRAD_CAM)
    words = gallery.viewer.why.words
    qtbot.waitUntil(lambda: "not an image" in words.text(), timeout=20_000)
    assert not gallery.viewer.heat.has_map
