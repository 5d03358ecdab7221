"""Looking through the network: only while somebody watches, and only at the last thing wanted."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.features_session import TIMEOUT_MS, classifier, make_image, set_up, take, wait
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.feature_maps.maps import (
    FeatureMaps,
    Filters,
    MapComparison,
    MapOrder,
    MapRequest,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.features.feature_maps.lens_worker import WeightsChoice
from tlstudio.gui.features.feature_maps.state import FeatureMapsState
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session

WATCHER = object()


@pytest.fixture
def ready(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Session:
    set_up(session, qtbot, monkeypatch)
    return session


def maps(session: Session) -> FeatureMaps:
    result = session.feature(FeatureMapsState).result
    assert result is not None and isinstance(result.seen, FeatureMaps)
    return result.seen


def test_nothing_is_computed_while_nobody_watches(
    ready: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    features = ready.feature(FeatureMapsState)
    features.set_image(ImageRef.of_file(make_image(tmp_path)))
    ready.network.select_layer("2")
    assert not features.busy and features.result is None
    features.watch(WATCHER)
    assert features.busy
    wait(ready, qtbot)
    assert maps(ready).path == "2"
    features.unwatch(WATCHER)
    ready.network.select_layer("0")
    assert not features.busy
    features.watch(WATCHER)
    wait(ready, qtbot)
    assert maps(ready).path == "0"


def test_layers_images_orders_and_pages(ready: Session, qtbot: QtBot, tmp_path: Path) -> None:
    features = ready.feature(FeatureMapsState)
    features.set_image(ImageRef.of_file(make_image(tmp_path)))
    features.watch(WATCHER)
    wait(ready, qtbot)
    assert maps(ready).path == features.stages[0].path
    assert [stage.layer.path for stage in features.strip] == [s.path for s in features.stages]
    ready.network.select_layer("2")
    features.set_order(MapOrder.NUMBER)
    features.set_first(64)
    wait(ready, qtbot)
    assert maps(ready).channels == tuple(range(64, 70))
    before = maps(ready).maps
    features.set_image(ImageRef.of_file(make_image(tmp_path, 1)))
    wait(ready, qtbot)
    assert maps(ready).channels == tuple(range(64, 70))
    assert not np.array_equal(before, maps(ready).maps)
    ready.network.select_layer("0")
    wait(ready, qtbot)
    assert maps(ready).first == 0
    features.set_shows_filters(True)
    wait(ready, qtbot)
    assert features.result is not None and isinstance(features.result.seen, Filters)
    ready.network.select_layer("2")  # whoever selects a layer wants to see its maps
    assert not features.shows_filters


class SlowLens:
    """Looks until it is stopped; only the layer ``0`` comes at once."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.begun = threading.Event()
        self.stopped: list[str] = []

    def maps(self, request: MapRequest, stop: StopToken) -> object:
        if request.layer == "0":
            return self.real.maps(request, stop)
        self.begun.set()
        while not stop.stopped:
            threading.Event().wait(0.005)
        self.stopped.append(request.layer)
        return None

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)


@pytest.fixture
def slow(ready: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[SlowLens]:
    lenses: list[SlowLens] = []
    real = jobs.open_lens

    def open_lens(*args: Any) -> SlowLens:
        lenses.append(SlowLens(real(*args)))
        return lenses[-1]

    monkeypatch.setattr(jobs, "open_lens", open_lens)
    ready.network.select_layer("2")
    ready.feature(FeatureMapsState).set_image(ImageRef.of_file(make_image(tmp_path)))
    return lenses


def test_a_newer_look_cancels_the_older(ready: Session, qtbot: QtBot, slow: list[SlowLens]) -> None:
    ready.feature(FeatureMapsState).watch(WATCHER)
    qtbot.waitUntil(lambda: bool(slow) and slow[0].begun.is_set())
    ready.network.select_layer("0")
    wait(ready, qtbot)
    assert slow[0].stopped == ["2"]
    assert maps(ready).path == "0"


def test_cancelled_by_hand_and_looked_at_again(
    ready: Session, qtbot: QtBot, slow: list[SlowLens]
) -> None:
    features = ready.feature(FeatureMapsState)
    features.watch(WATCHER)
    qtbot.waitUntil(lambda: bool(slow) and slow[0].begun.is_set())
    features.cancel()
    assert not features.busy
    qtbot.waitUntil(lambda: slow[0].stopped == ["2"])
    slow[0].begun.clear()
    features.refresh()
    qtbot.waitUntil(slow[0].begun.is_set)
    assert features.busy  # and the session ends it


def test_another_model_lets_the_networks_go(
    ready: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenses: list[weakref.ref[object]] = []
    real = jobs.open_lens

    def open_lens(*args: Any) -> Any:
        lens = real(*args)
        lenses.append(weakref.ref(lens))
        return lens

    monkeypatch.setattr(jobs, "open_lens", open_lens)
    features = ready.feature(FeatureMapsState)
    features.set_image(ImageRef.of_file(make_image(tmp_path)))
    features.watch(WATCHER)
    wait(ready, qtbot)
    features.unwatch(WATCHER)
    ready.network.set_model("alexnet")
    assert features.result is None and not features.strip
    qtbot.waitUntil(lambda: gc.collect() >= 0 and lenses[0]() is None, timeout=TIMEOUT_MS)


def test_another_classifier_is_looked_through(ready: Session, qtbot: QtBot, tmp_path: Path) -> None:
    features = ready.feature(FeatureMapsState)
    features.set_image(ImageRef.of_file(make_image(tmp_path)))
    features.set_order(MapOrder.NUMBER)
    features.watch(WATCHER)
    wait(ready, qtbot)
    before = maps(ready).maps
    take(ready, classifier(seed=1))
    wait(ready, qtbot)
    assert not np.array_equal(before, maps(ready).maps)
    assert features.can_compare
    take(ready, classifier(model="resnet18"))  # of another model
    assert not features.can_compare


def test_a_comparison_with_the_pretrained_network(
    ready: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    features = ready.feature(FeatureMapsState)
    features.set_image(ImageRef.of_file(make_image(tmp_path)))
    features.set_weights(WeightsChoice.DIFFERENCE)
    features.watch(WATCHER)
    wait(ready, qtbot)
    assert features.result is not None and isinstance(features.result.seen, MapComparison)
    assert features.result.seen.difference.high == 0  # nothing was trained
    take(ready, classifier(seed=1))
    wait(ready, qtbot)
    assert isinstance(features.result.seen, MapComparison)
    assert features.result.seen.difference.high > 0


def test_an_unreadable_image_is_told_and_forgotten(
    ready: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    features = ready.feature(FeatureMapsState)
    broken = tmp_path / "broken.png"
    broken.write_text("no image")
    features.watch(WATCHER)
    with qtbot.waitSignal(features.failed) as failed:
        features.set_image(ImageRef.of_file(broken))
    assert isinstance(failed.args[0], ImageError)
    assert features.result is None and not features.strip
    features.set_image(ImageRef.of_file(make_image(tmp_path)))
    wait(ready, qtbot)
    assert features.failure is None and features.result is not None


def test_a_layer_without_maps_leads_to_the_nearest(ready: Session) -> None:
    ready.network.select_layer("5")
    assert ready.feature(FeatureMapsState).map_layer is None
    assert ready.feature(FeatureMapsState).nearest_layer == "3"


def test_images_of_the_dataset_and_on_board(ready: Session, qtbot: QtBot, tmp_path: Path) -> None:
    features = ready.feature(FeatureMapsState)
    features.show_another()
    assert features.image is None  # there is no dataset
    features.show_sample()
    qtbot.waitUntil(lambda: features.image is not None)
    ready.datasets.index = make_index(tmp_path, make_images(tmp_path / "images", count=2))
    features.show_another()
    first = features.image
    features.show_another()
    assert first != features.image
    assert {first, features.image} < {sample.image for sample in ready.datasets.index.samples}


def test_a_new_window_looks_before_the_old_one_looks_away(
    ready: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    features, newer = ready.feature(FeatureMapsState), object()
    features.set_image(ImageRef.of_file(make_image(tmp_path)))
    features.watch(WATCHER)
    features.watch(newer)
    features.unwatch(WATCHER)
    assert features.busy
    wait(ready, qtbot)
    features.unwatch(newer)
    ready.network.select_layer("2")
    assert not features.busy


def test_what_was_on_its_way_when_it_was_cancelled_is_passed_over(
    ready: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    features = ready.feature(FeatureMapsState)
    features.set_image(ImageRef.of_file(make_image(tmp_path)))
    features.watch(WATCHER)
    wait(ready, qtbot)
    ready.network.select_layer("2")
    assert ready.engine_pool._pool.waitForDone(60_000)  # done, and not yet told
    ready.network.select_layer("3")
    wait(ready, qtbot)
    assert maps(ready).path == "3"
