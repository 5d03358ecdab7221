"""The map of the open dataset: made when it is quick, kept, coloured, and edited from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import CLASSES, make_images, make_predictions
from tests.helpers import tiny_classifier
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.health import Finding, HealthReport
from tlstudio.core.runs.events import PredictionsReady
from tlstudio.engine.data.sources import open_dataset as read
from tlstudio.engine.map import dataset_map
from tlstudio.engine.probing import dataset_features
from tlstudio.gui.features.map.colouring import COLOUR_BY, coloured
from tlstudio.gui.features.map.state import MapState
from tlstudio.gui.features.map.view import MapView
from tlstudio.gui.state.browsing import BrowsingState, ChosenImages
from tlstudio.gui.state.dataset_features import DatasetFeaturesState
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatasetIndex:
    monkeypatch.setattr(
        dataset_features, "build_classifier", lambda _config, names: tiny_classifier(names)
    )
    monkeypatch.setattr(dataset_map, "FEWEST", 1000)  # t-SNE has its own tests
    make_images(tmp_path / "photos")
    return read(tmp_path / "photos")


@pytest.fixture
def view(ready_session: Session, index: DatasetIndex, qtbot: QtBot) -> MapView:
    view = MapView(ready_session)
    qtbot.addWidget(view)
    view.resize(1100, 600)
    open_index(ready_session, view, index)
    with qtbot.waitExposed(view):
        view.show()
    return view


def open_index(session: Session, view: MapView, index: DatasetIndex) -> None:
    session.datasets.index = index
    session.datasets.manifest = index.manifest
    session.datasets.changed.emit(index)
    view.set_index(index)


def wait_for_map(view: MapView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.state.map is not None and not view.state.is_active)


def test_a_small_dataset_has_its_map_when_somebody_looks(view: MapView, qtbot: QtBot) -> None:
    wait_for_map(view, qtbot)
    assert view.canvas.spoken_count() == 18
    assert [text.split("  ·  ") for text in view.canvas_groups()] == [[n, "6"] for n in CLASSES]
    assert "18 image" in view.about.text


def test_a_large_one_asks_first_and_says_how_long_it_takes(
    ready_session: Session, index: DatasetIndex, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DatasetFeaturesState, "is_quick", False)
    view = MapView(ready_session)
    qtbot.addWidget(view)
    open_index(ready_session, view, index)
    with qtbot.waitExposed(view):
        view.show()
    qtbot.waitUntil(lambda: not view.state.is_looking_up)
    assert view.state.map is None and view.start_button.isVisible()
    assert "about 0.5 s" in view.waiting.text()
    view.start_button.click()
    wait_for_map(view, qtbot)


def test_a_kept_map_is_there_without_a_look_at_the_images(
    view: MapView, ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_map(view, qtbot)
    assert view.state.map is not None and view._index is not None
    before = view.state.map.positions

    def fail(*_: object) -> object:
        raise AssertionError("no network is needed")

    monkeypatch.setattr(dataset_features, "build_classifier", fail)
    open_index(ready_session, view, read(view._index.root))
    assert ready_session.feature(MapState).map is None
    wait_for_map(view, qtbot)
    np.testing.assert_array_equal(view.state.map.positions, before)


def test_what_is_chosen_stands_beside_it_and_can_be_left_out_and_taken_back(
    view: MapView, ready_session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    wait_for_map(view, qtbot)
    view.canvas.select([2, 5])
    chosen = [view.canvas._images[number] for number in (2, 5)]
    assert [item.image for item in view.selection.grid.items] == chosen
    assert view.selection.isVisible() and not view.hint.isVisible()
    view.edits.leave_out()
    keys = {manifest_key(index.root, image) for image in chosen}
    assert set(ready_session.datasets.manifest.left_out) == keys
    qtbot.waitUntil(lambda: len(ready_session.datasets.index.samples) == 16)  # type: ignore[union-attr]
    assert ready_session.datasets.index is not None
    view.set_index(ready_session.datasets.index)
    assert view.canvas_groups()[-1] == "Left out  ·  2"
    assert view.canvas.selection == [2, 5]  # so that it can be taken back
    view.edits.restore()
    assert not ready_session.datasets.manifest
    view.edits.move_to("leaf")
    assert set(ready_session.datasets.manifest.moved.values()) == {"leaf"}


def test_the_gallery_and_the_map_choose_the_same_images(
    view: MapView, ready_session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    wait_for_map(view, qtbot)
    browsing = ready_session.feature(BrowsingState)
    view.canvas.select([0, 1, 2])
    assert browsing.chosen is not None
    assert browsing.chosen.images == {view.canvas._images[number] for number in (0, 1, 2)}
    wanted = frozenset(sample.image for sample in index.samples[:4])
    browsing.choose(ChosenImages("some bar", wanted))
    assert {view.canvas._images[number] for number in view.canvas.selection} == wanted
    assert browsing.chosen.images == wanted
    view.canvas.select(())
    assert browsing.chosen is None
    browsing.select((index.samples[3].image,))  # in the gallery
    assert [view.canvas._images[n] for n in view.canvas.selection] == [index.samples[3].image]
    assert browsing.chosen is None  # the gallery goes on to show all


def test_colours_say_class_split_or_what_the_run_answered(
    view: MapView, ready_session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    wait_for_map(view, qtbot)
    values = [view.colour_by.itemData(row) for row in range(view.colour_by.count())]
    assert values == ["class", "split"]  # there is no run, and nothing was checked
    view.colour_by.set_value("split")
    view.recolour()
    counts = {split: len(index.by_split[split]) for split in Split}
    assert [text.split("  ·  ")[1] for text in view.canvas_groups()] == [
        str(counts[split]) for split in Split
    ]
    paths = [sample.path for sample in index.by_split[Split.VAL] if sample.path is not None]
    told = make_predictions(paths, CLASSES)
    image_of = {sample.path: sample.image for sample in index.samples}
    told = tuple(replace(record, image=image_of[record.path]) for record in told)
    ready = PredictionsReady(1, told)
    run = ready_session.run
    run.show(replace(run.record, predictions=ready, best_predictions=ready))
    view.colour_by.set_value("answer")
    view.recolour()
    right = sum(record.is_right is True for record in told)
    assert view.canvas_groups()[0] == f"Right  ·  {right}"


def test_kinds_of_findings_that_no_point_has_are_not_in_the_legend(
    ready_session: Session, index: DatasetIndex
) -> None:
    images = [sample.image for sample in index.samples]
    findings = (
        Finding.of("leaks", index, (images[0], images[1]), {"count": 2, "splits": "train, val"}),
        Finding.of("dark", index, (images[1],), {"name": images[1].name}),  # a copy, above all
        Finding.of("imbalance", index, (), {}),
    )
    ready_session.feature(HealthState).open = HealthReport("", findings, len(images), ())
    shown = coloured(COLOUR_BY[-1], ready_session, index, images)
    assert [group.title for group in shown.groups] == ["Copies in several splits", "Nothing found"]
    assert list(shown.codes) == [0, 0] + [1] * (len(images) - 2)
