"""Would more photos help: answered when somebody looks, and anew after a change by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers import make_split_photos, tiny_classifier
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.manifest import manifest_key
from tlstudio.engine.data.sources import open_dataset as read
from tlstudio.engine.probing import dataset_features
from tlstudio.gui.features.learning_curve.view import LearningCurveView
from tlstudio.gui.state.dataset_features import DatasetFeaturesState
from tlstudio.gui.state.session import Session


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatasetIndex:
    monkeypatch.setattr(
        dataset_features, "build_classifier", lambda _config, names: tiny_classifier(names)
    )
    make_split_photos(tmp_path / "photos", train=12, val=10)
    return read(tmp_path / "photos")


def opened(session: Session, index: DatasetIndex, qtbot: QtBot) -> LearningCurveView:
    view = LearningCurveView(session)
    qtbot.addWidget(view)
    view.resize(900, 600)
    change(session, view, index)
    with qtbot.waitExposed(view):
        view.show()
    return view


def change(session: Session, view: LearningCurveView, index: DatasetIndex) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)
    view.set_index(index)


def test_the_answer_and_its_curve_follow_the_dataset(
    ready_session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    view = opened(ready_session, index, qtbot)
    qtbot.waitUntil(lambda: view.state.curve is not None)
    assert "10 more images of each class would bring" in view.answer.text()
    assert "24 training images" in view.about.text() and "20 others" in view.about.text()
    chart = view._built_chart()
    *measured, beyond = [chart.reading(place) for place in range(len(chart.places))]
    assert len(measured) == 6 and all(one is not None for one in measured)
    assert beyond is not None and [row.name for row in beyond.rows] == ["continued"]
    assert chart.places[-1] == pytest.approx(22)  # 12 of each class, and 10 more
    assert chart.csv().splitlines()[0] == "images_of_a_class,measured,curve,low,high"
    view.of_class.setCurrentIndex(1)
    view.of_class.activated.emit(1)
    assert "measured" in chart.accessibleDescription()
    keys = [manifest_key(index.root, sample.image) for sample in index.samples[:4]]
    change(ready_session, view, index.edited(index.manifest.leaving_out(keys)))
    assert view.state.curve is None
    qtbot.waitUntil(lambda: view.state.curve is not None)
    assert "20 training images" in view.about.text()


def test_a_large_dataset_is_asked_about_first(
    ready_session: Session, index: DatasetIndex, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DatasetFeaturesState, "is_quick", False)
    view = opened(ready_session, index, qtbot)
    assert view.start_button.isVisible() and "about 1.1 s" in view.waiting.text()
    view.start_button.click()
    assert view.cancel_button.isVisible() and not view.start_button.isVisible()
    qtbot.waitUntil(lambda: view.state.curve is not None)


def test_what_cannot_be_told_is_said(
    ready_session: Session, tmp_path: Path, index: DatasetIndex, qtbot: QtBot
) -> None:
    few = read(make_split_photos(tmp_path / "few", train=1, val=1))
    view = opened(ready_session, few, qtbot)
    qtbot.waitUntil(lambda: view.state.problem is not None)
    assert "too few images" in view.waiting.text()
    assert view.start_button.text() == "Try again"
