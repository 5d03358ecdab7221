"""The finder's state: one test at a time, the last result kept, stale when it should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.rates import Finder
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.rate_finder import RangeEnd
from tlstudio.engine.found_rates import keep_rate
from tlstudio.gui.features.rate_finder.state import RateState
from tlstudio.gui.features.rate_finder.texts import RateTexts
from tlstudio.gui.state.session import Session


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> Finder:
    return Finder(monkeypatch)


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    root = tmp_path / "photos"
    return make_index(root, make_images(root))


def show(session: Session, index: DatasetIndex | None) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)


@pytest.fixture
def ready(ready_session: Session, qtbot: QtBot, finder: Finder, index: DatasetIndex) -> Session:
    show(ready_session, index)
    qtbot.waitUntil(lambda: ready_session.feature(RateState).can_find)
    return ready_session


def find(session: Session, qtbot: QtBot) -> None:
    session.feature(RateState).find()
    qtbot.waitUntil(lambda: not session.feature(RateState).active)


def test_it_needs_a_dataset_and_a_network(session: Session) -> None:
    assert not session.feature(RateState).can_find
    session.feature(RateState).find()
    assert not session.feature(RateState).active


def test_it_finds_and_suggests(ready: Session, qtbot: QtBot, finder: Finder) -> None:
    rates = ready.feature(RateState)
    rates.find()
    assert rates.active and ready.is_busy and not rates.can_find and not ready.can_train
    qtbot.waitUntil(lambda: not rates.active)
    assert not ready.is_busy and ready.can_train
    assert finder.asked == [ready.network.settings]
    assert rates.found is not None and rates.chosen == rates.found.result.suggestion
    assert rates.points == [] and rates.started is None


def test_using_it_changes_the_settings(ready: Session, qtbot: QtBot) -> None:
    find(ready, qtbot)
    ready.feature(RateState).use()
    assert ready.network.config.learning_rate == ready.feature(RateState).chosen
    assert ready.feature(RateState).changed_since == ()
    ready.feature(RateState).choose(0.02)
    ready.feature(RateState).use()
    assert ready.network.config.learning_rate == 0.02
    ready.feature(RateState).choose_suggestion()
    assert ready.feature(RateState).found is not None
    assert ready.feature(RateState).chosen == ready.feature(RateState).found.result.suggestion


def test_cancelling_keeps_what_was_found_before(
    ready: Session, qtbot: QtBot, finder: Finder
) -> None:
    find(ready, qtbot)
    before = ready.feature(RateState).found
    finder.goes_on.clear()
    ready.feature(RateState).find()
    qtbot.waitUntil(lambda: len(ready.feature(RateState).points) == 10)
    ready.feature(RateState).cancel()
    qtbot.waitUntil(lambda: not ready.feature(RateState).active)
    assert ready.feature(RateState).found is before and ready.feature(RateState).error is None


def test_what_a_stopped_test_measured_is_shown(
    ready: Session, qtbot: QtBot, finder: Finder
) -> None:
    rates = ready.feature(RateState)
    finder.goes_on.clear()
    rates.find()
    qtbot.waitUntil(lambda: len(rates.points) == 10)
    rates.cancel()
    qtbot.waitUntil(lambda: not rates.active)
    assert rates.found is not None and len(rates.found.result.points) == 10
    assert rates.found.result.end is RangeEnd.STOPPED and rates.chosen is None
    words = RateTexts()
    assert words.headline(rates.found.result, None, is_used=False, is_stale=False) == (
        "The test was stopped"
    )
    assert "before it could tell" in words.reason(rates.found.result)


def test_the_last_test_comes_back_with_its_images(
    ready: Session, qtbot: QtBot, index: DatasetIndex
) -> None:
    find(ready, qtbot)
    rates = ready.feature(RateState)
    assert rates.found is not None
    keep_rate(ready.network.config, index, rates.found.result)
    result = rates.found.result
    show(ready, None)
    assert rates.found is None
    show(ready, index)
    qtbot.waitUntil(lambda: rates.found is not None)
    assert rates.found is not None and rates.found.result == result
    assert rates.chosen == result.suggestion and not rates.has_other_images


def test_it_tells_what_has_changed_since(ready: Session, qtbot: QtBot, index: DatasetIndex) -> None:
    find(ready, qtbot)
    rates = ready.feature(RateState)
    ready.network.change(epochs=3, schedule="cosine")
    assert rates.changed_since == ()
    ready.network.change(batch_size=4, optimizer="adam")
    assert rates.changed_since == ("Batch size", "Optimizer")
    assert not rates.has_other_images
    show(ready, replace(index, samples=index.samples[1:]))
    assert rates.has_other_images and rates.found is not None


def test_another_folder_ends_and_forgets_it(
    ready: Session, qtbot: QtBot, finder: Finder, tmp_path: Path
) -> None:
    find(ready, qtbot)
    finder.goes_on.clear()
    ready.feature(RateState).find()
    other = tmp_path / "other"
    show(ready, make_index(other, make_images(other)))
    finder.goes_on.set()
    qtbot.waitUntil(lambda: not ready.feature(RateState).active)
    assert ready.feature(RateState).found is None and ready.feature(RateState).chosen is None


def test_a_failure_is_kept_until_the_next_test(
    ready: Session, qtbot: QtBot, finder: Finder
) -> None:
    finder.fails = True
    find(ready, qtbot)
    assert (
        str(ready.feature(RateState).error) == "It broke."
        and ready.feature(RateState).found is None
    )
    finder.fails = False
    find(ready, qtbot)
    assert ready.feature(RateState).error is None and ready.feature(RateState).found is not None


def test_this_machine_is_not_measured_meanwhile(
    ready: Session, qtbot: QtBot, finder: Finder
) -> None:
    finder.goes_on.clear()
    ready.feature(RateState).find()
    ready.network.change(image_px=96)  # a forecast of its own
    qtbot.waitUntil(lambda: len(ready.feature(RateState).points) == 10)
    assert not ready.forecasts.is_coming
    finder.goes_on.set()
    qtbot.waitUntil(lambda: ready.forecasts.is_coming or ready.forecasts.forecast is not None)


def test_another_look_at_the_same_folder_goes_on_with_it(
    ready: Session, qtbot: QtBot, finder: Finder, index: DatasetIndex
) -> None:
    rates = ready.feature(RateState)
    finder.goes_on.clear()
    rates.find()
    qtbot.waitUntil(lambda: len(rates.points) == 10)
    show(ready, replace(index))
    finder.goes_on.set()
    qtbot.waitUntil(lambda: not rates.active)
    assert rates.found is not None and not rates.has_other_images
    first = index.samples[0]
    show(ready, replace(index, samples=(replace(first, split=Split.TEST), *index.samples[1:])))
    assert rates.has_other_images and rates.found is not None
    show(ready, replace(index))
    assert not rates.has_other_images
