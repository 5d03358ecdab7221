"""Evidence on request: what is kept is there at once, and it goes with what it was measured of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.evidence import Measurer, make_record, open_photos
from tests.gui.networks import wait_for_plan
from tlstudio.core.advice import AdviceCase
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.session import Session


@pytest.fixture
def measurer(monkeypatch: pytest.MonkeyPatch) -> Measurer:
    return Measurer(monkeypatch)


def test_without_a_dataset_there_is_nothing_to_say(
    ready_session: Session, measurer: Measurer
) -> None:
    evidence = ready_session.feature(EvidenceState)
    assert not evidence.can_measure and evidence.advice is None
    evidence.measure()
    assert not evidence.active


def test_measuring_makes_the_advice_better(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    evidence = ready_session.feature(EvidenceState)
    open_photos(ready_session, qtbot, tmp_path)
    assert evidence.advice is not None and evidence.advice.case is AdviceCase.UNMEASURED
    busy: list[bool] = []
    ready_session.busy_changed.connect(busy.append)
    with qtbot.waitSignal(evidence.ended):
        evidence.measure()
    assert busy == [True, False] and evidence.progress is None
    assert evidence.record is measurer.record
    assert evidence.advice.case is AdviceCase.SMALL_SIMILAR


def test_what_is_kept_is_there_at_once(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    measurer.kept = make_record(body=90, head=70)
    open_photos(ready_session, qtbot, tmp_path)
    qtbot.waitUntil(lambda: ready_session.feature(EvidenceState).record is measurer.kept)
    advice = ready_session.feature(EvidenceState).advice
    assert advice is not None and advice.case is AdviceCase.SMALL_DIFFERENT


def test_another_network_has_other_evidence(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    evidence = ready_session.feature(EvidenceState)
    measurer.kept = make_record()
    open_photos(ready_session, qtbot, tmp_path)
    qtbot.waitUntil(lambda: evidence.record is not None)
    with qtbot.waitSignal(evidence.changed):
        ready_session.network.change(epochs=3)
    assert evidence.record is measurer.kept  # of no matter for the stages
    measurer.kept = None
    ready_session.network.set_model("alexnet")
    wait_for_plan(ready_session, qtbot)
    qtbot.waitUntil(lambda: evidence.record is None)


def test_cancelling_keeps_nothing_and_can_be_repeated(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    evidence = ready_session.feature(EvidenceState)
    open_photos(ready_session, qtbot, tmp_path)
    measurer.may_end.clear()
    evidence.measure()
    qtbot.waitUntil(lambda: evidence.progress is not None and evidence.progress.stage == "body")
    assert not evidence.can_measure
    with qtbot.waitSignal(evidence.ended):
        evidence.cancel()
    assert evidence.record is None and evidence.error is None and evidence.can_measure


def test_another_network_ends_the_measuring(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    evidence = ready_session.feature(EvidenceState)
    open_photos(ready_session, qtbot, tmp_path)
    measurer.may_end.clear()
    evidence.measure()
    with qtbot.waitSignal(evidence.ended):
        ready_session.network.set_model("alexnet")
    assert evidence.record is None


def test_failing_says_why(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    evidence = ready_session.feature(EvidenceState)
    open_photos(ready_session, qtbot, tmp_path)
    measurer.fails = True
    with qtbot.waitSignal(evidence.ended):
        evidence.measure()
    assert evidence.error is not None and "too few" in str(evidence.error)


def test_using_the_advice_sets_all_it_names(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    evidence, network = ready_session.feature(EvidenceState), ready_session.network
    network.change(strategy="fine_tuning", learning_rate=0.3)
    measurer.kept = make_record()
    open_photos(ready_session, qtbot, tmp_path)
    qtbot.waitUntil(lambda: evidence.record is not None)
    assert evidence.advice is not None and not evidence.advice.is_followed_by(network.config)
    evidence.use_advice()
    assert evidence.advice.is_followed_by(network.config)
    assert network.config.strategy == "feature_extraction"


def show_again(session: Session, index: DatasetIndex) -> None:
    """Another look at the folder, with all that it tells."""
    session.datasets.loading_changed.emit(True)
    session.datasets.index = index
    session.datasets.loading_changed.emit(False)
    session.datasets.changed.emit(index)


def test_another_look_at_the_same_folder_goes_on_with_it(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    evidence = ready_session.feature(EvidenceState)
    open_photos(ready_session, qtbot, tmp_path)
    index = ready_session.datasets.index
    assert index is not None
    measurer.may_end.clear()
    evidence.measure()
    qtbot.waitUntil(lambda: evidence.progress is not None and evidence.progress.stage == "body")
    with qtbot.waitSignal(evidence.changed):  # it has looked at what is open now
        show_again(ready_session, replace(index))
    assert evidence.active
    measurer.may_end.set()
    qtbot.waitUntil(lambda: evidence.record is measurer.record)
    show_again(ready_session, replace(index, samples=index.samples[1:]))
    qtbot.waitUntil(lambda: evidence.record is None)


def test_other_content_under_the_same_names_is_noticed(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    evidence = ready_session.feature(EvidenceState)
    measurer.kept = make_record()
    open_photos(ready_session, qtbot, tmp_path)
    qtbot.waitUntil(lambda: evidence.record is measurer.kept)
    index = ready_session.datasets.index
    assert index is not None
    measurer.kept = None
    show_again(ready_session, replace(index))
    qtbot.waitUntil(lambda: evidence.record is None)
