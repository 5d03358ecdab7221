"""The features of the open dataset: on request, once, and never beside a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.helpers import tiny_classifier
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.errors import DatasetError
from tlstudio.engine.probing import dataset_features as module
from tlstudio.gui.state.dataset_features import DatasetFeaturesState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each time that a network is built for it."""
    times: list[object] = []

    def build(_config: object, names: tuple[str, ...]) -> object:
        times.append(names)
        return tiny_classifier(names)

    monkeypatch.setattr(module, "build_classifier", build)
    return times


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return make_index(tmp_path, make_images(tmp_path))


def open_dataset(session: Session, index: DatasetIndex | None) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)


def test_they_are_computed_once_when_somebody_asks(
    ready_session: Session, index: DatasetIndex, built: list[object], qtbot: QtBot
) -> None:
    state = ready_session.feature(DatasetFeaturesState)
    open_dataset(ready_session, index)
    assert not built and not state.status
    state.ask()
    assert "being compared" in state.status
    qtbot.waitUntil(lambda: state.features is not None)
    assert state.features is not None and not state.status
    assert set(state.features.images) == {sample.image for sample in index.samples}
    state.ask()
    key = manifest_key(index.root, index.samples[0].image)
    open_dataset(ready_session, index.edited(index.manifest.leaving_out([key])))
    assert state.features is not None and len(built) == 1  # a change by hand changes no image
    open_dataset(ready_session, None)
    assert state.features is None


def test_a_run_goes_before_and_they_follow_when_it_is_over(
    ready_session: Session, index: DatasetIndex, built: list[object], qtbot: QtBot
) -> None:
    state, run = ready_session.feature(DatasetFeaturesState), ready_session.run
    open_dataset(ready_session, index)
    run.status = RunStatus.RUNNING
    run.status_changed.emit(run.status)
    state.ask()
    assert not built and "when what is running now is over" in state.status
    run.status = RunStatus.IDLE
    run.status_changed.emit(run.status)
    qtbot.waitUntil(lambda: state.features is not None)


def test_what_goes_wrong_is_said_and_can_be_asked_again(
    ready_session: Session,
    index: DatasetIndex,
    built: list[object],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = ready_session.feature(DatasetFeaturesState)
    open_dataset(ready_session, index)

    def fail(*_: object) -> object:
        raise DatasetError("The disk is gone.")

    with monkeypatch.context() as broken:
        broken.setattr(module, "build_classifier", fail)
        state.ask()
        qtbot.waitUntil(lambda: state.error is not None)
    assert "The disk is gone." in state.status and not state.is_wanted
    state.ask()
    qtbot.waitUntil(lambda: state.features is not None)
