"""Ranking on request: what is asked, what comes back, and what stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tests.gui.leaderboards import (
    ALEXNET,
    LITE0,
    RANDOM_ALEXNET,
    RANDOM_LITE0,
    Ranker,
    make_record,
    open_photos,
)
from tlstudio.core.rank import Candidate
from tlstudio.gui.features.rank.state import RankingState, RowStage
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.state.session import Session


@pytest.fixture
def ranker(monkeypatch: pytest.MonkeyPatch) -> Ranker:
    return Ranker(monkeypatch)


def rank(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.feature(RankingState).ended):
        session.feature(RankingState).rank()


def test_candidates_are_the_weights_on_this_machine(ready_session: Session, ranker: Ranker) -> None:
    ranking = ready_session.feature(RankingState)
    assert ranking.candidates == (LITE0, ALEXNET)
    ranking.set_with_random(True)
    assert ranking.candidates == (LITE0, ALEXNET, RANDOM_LITE0, RANDOM_ALEXNET)


def test_without_a_dataset_nothing_begins(ready_session: Session, ranker: Ranker) -> None:
    assert not ready_session.feature(RankingState).can_rank
    ready_session.feature(RankingState).rank()
    assert not ranker.asked


def test_rows_come_in_and_stay(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker
) -> None:
    open_photos(ready_session, tmp_path)
    ranking = ready_session.feature(RankingState)
    ranker.fails = {ALEXNET}
    busy: list[bool] = []
    ready_session.busy_changed.connect(busy.append)
    rank(ready_session, qtbot)
    assert busy == [True, False]
    assert ranking.stage_of(LITE0) is RowStage.RANKED
    assert ranking.stage_of(ALEXNET) is RowStage.FAILED
    assert ranking.skipped == ("a/broken.jpg",)
    assert not ranking.was_cancelled and ranking.error is None


def test_cancelled_half_way_keeps_what_is_there(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker
) -> None:
    open_photos(ready_session, tmp_path)
    ranking = ready_session.feature(RankingState)
    ranker.may_go.clear()
    ranking.rank()
    qtbot.waitUntil(lambda: ranking.stage_of(ALEXNET) is RowStage.WORKING)
    assert ranking.stage_of(LITE0) is RowStage.RANKED
    with qtbot.waitSignal(ranking.ended):
        ranking.cancel()
    assert ranking.was_cancelled
    assert ranking.stage_of(LITE0) is RowStage.RANKED
    assert ranking.stage_of(ALEXNET) is RowStage.UNKNOWN


def test_what_was_ranked_before_is_there_at_once(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker
) -> None:
    ranker.known = make_record(ALEXNET)
    open_photos(ready_session, tmp_path)
    assert ready_session.feature(RankingState).record is None  # nobody has looked yet
    ready_session.feature(RankingState).load()
    qtbot.waitUntil(lambda: ready_session.feature(RankingState).record is ranker.known)
    assert ready_session.feature(RankingState).stage_of(ALEXNET) is RowStage.RANKED


def test_other_images_make_the_rows_stale_and_another_dataset_drops_them(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker
) -> None:
    open_photos(ready_session, tmp_path / "one")
    rank(ready_session, qtbot)
    ranking = ready_session.feature(RankingState)
    open_photos(ready_session, tmp_path / "one")
    qtbot.waitUntil(lambda: ranking.is_stale)
    assert ranking.record is not None and ranking.missing == ranking.candidates
    rank(ready_session, qtbot)
    assert not ranking.is_stale
    open_photos(ready_session, tmp_path / "two")
    assert ranking.record is None and not ranking.is_stale


def test_another_image_size_makes_the_rows_stale(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker
) -> None:
    open_photos(ready_session, tmp_path)
    rank(ready_session, qtbot)
    ranker.known = make_record(LITE0, ALEXNET)
    ready_session.network.change(epochs=3)
    assert (
        not ready_session.feature(RankingState).is_stale
        and not ready_session.feature(RankingState).missing
    )
    ranker.known = None
    ready_session.network.change(image_px=64)
    qtbot.waitUntil(lambda: ready_session.feature(RankingState).is_stale)


def test_another_dataset_ends_the_ranking_of_the_first(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker
) -> None:
    open_photos(ready_session, tmp_path / "one")
    ranking = ready_session.feature(RankingState)
    ranker.may_go.clear()
    ranking.rank()
    qtbot.waitUntil(lambda: ranking.stage_of(ALEXNET) is RowStage.WORKING)
    with qtbot.waitSignal(ranking.ended):
        open_photos(ready_session, tmp_path / "two")
    assert ranking.record is None and ranking.can_rank


def test_using_a_pretrained_network_ends_training_from_scratch(
    ready_session: Session, ranker: Ranker
) -> None:
    network = ready_session.network
    network.set_strategy("from_scratch")
    assert network.config.initialisation == "random"
    ready_session.feature(RankingState).use(ALEXNET)
    config = network.config
    assert (config.model, config.weights) == ("alexnet", "IMAGENET1K_V1")
    assert config.initialisation == "pretrained" and config.strategy != "from_scratch"


def test_the_engine_ranks_for_the_window(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    make_images(tmp_path)
    with qtbot.waitSignal(session.network.engine_ready):
        session.network.load_engine()
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(tmp_path)
    session.network.change(image_px=64)
    ranking = session.feature(RankingState)
    on_board = Candidate("tf_efficientnet_lite0", "ImageNet-1k")
    assert on_board in ranking.candidates
    with qtbot.waitSignal(ranking.ended):
        ranking.rank()
    assert ranking.error is None and ranking.is_complete and not ranking.failures
    assert ranking.stage_of(on_board) is RowStage.RANKED and not ranking.missing

    again = Session(Preferences(tmp_path / "preferences.ini"))
    again.network.models, again.network.is_ready = session.network.models, True
    again.network.change(image_px=64)
    again.datasets.index = session.datasets.index
    again.feature(RankingState).load()
    qtbot.waitUntil(lambda: again.feature(RankingState).record is not None)
    assert again.feature(RankingState).record == ranking.record
    assert again.close()


def test_another_look_at_the_same_folder_goes_on_with_it(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker
) -> None:
    open_photos(ready_session, tmp_path / "one")
    ranking = ready_session.feature(RankingState)
    ranker.may_go.clear()
    ranking.rank()
    qtbot.waitUntil(lambda: ranking.stage_of(ALEXNET) is RowStage.WORKING)
    index = ready_session.datasets.index
    assert index is not None
    again = replace(index)
    ready_session.datasets.index = again
    ready_session.datasets.changed.emit(again)
    ranker.known = make_record(LITE0, ALEXNET)
    with qtbot.waitSignal(ranking.ended):
        ranker.may_go.set()
    assert ranking.is_complete and not ranking.was_cancelled and not ranking.missing
    qtbot.waitUntil(lambda: ranking.record is ranker.known)  # the images were looked into anew
    fewer = replace(index, samples=index.samples[1:])
    ranker.known = None
    ready_session.datasets.index = fewer
    ready_session.datasets.changed.emit(fewer)
    qtbot.waitUntil(lambda: ranking.is_stale)
