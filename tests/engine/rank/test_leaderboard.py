"""Ranking networks: rows come one by one, are kept, and go stale when anything changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import ON_BOARD_MODEL
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import DatasetError
from tlstudio.core.rank import (
    UNREAD,
    Candidate,
    RankEnded,
    RankEvent,
    RankProgressed,
    RankStage,
    RankStarted,
    RowFailed,
    RowRanked,
)
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.rank import leaderboard
from tlstudio.engine.rank.files import RankedImages
from tlstudio.engine.rank.leaderboard import known_leaderboard, rank, ready_candidates

TINY = Candidate("squeezenet1_1", initialisation="random")
OTHER = Candidate("lenet5", initialisation="random")
CONFIG = RunConfig(image_px=64, precision="float32", device="cpu")


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return opened(make_split_photos(tmp_path / "photos", train=8))


def opened(folder: Path) -> DatasetIndex:
    return open_dataset(folder)


def ranked(
    index: DatasetIndex, *candidates: Candidate, config: RunConfig = CONFIG
) -> list[RankEvent]:
    return list(rank(candidates, config, index, StopToken()))


def test_a_row_says_what_a_network_is_worth(index: DatasetIndex) -> None:
    begun, *events, ended = ranked(index, TINY)
    assert isinstance(begun, RankStarted)
    assert begun.candidates == (TINY,)
    assert begun.record.rows == ()
    assert isinstance(ended, RankEnded)
    assert ended.is_complete
    (row,) = ended.record.rows
    assert RowRanked(row) in events
    assert (row.images, row.features, row.image_px, row.weights_bytes) == (16, 512, 64, 0)
    assert row.accuracy > 0.9  # red and green
    assert row.knn_accuracy > 0.9
    assert row.images_per_s > 0
    assert row.parameters == 723_522
    stages = [event.stage for event in events if isinstance(event, RankProgressed)]
    assert list(dict.fromkeys(stages)) == list(RankStage)


def test_rows_are_kept_and_come_back_at_once(
    index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert known_leaderboard(CONFIG, index) is None
    first = ranked(index, TINY)[-1]
    assert isinstance(first, RankEnded)
    assert known_leaderboard(CONFIG, index) == first.record

    monkeypatch.setattr(leaderboard, "build_classifier", None)
    begun, row, ended = ranked(index, TINY)
    assert isinstance(begun, RankStarted)
    assert begun.record == first.record
    assert row == RowRanked(first.record.rows[0], is_kept=True)
    assert ended == first


def test_other_images_seeds_and_sizes_make_rows_stale(index: DatasetIndex) -> None:
    ranked(index, TINY)
    for changes in ({"seed": 5}, {"image_px": 48}, {"colours": "grey"}):
        assert known_leaderboard(CONFIG.changed(**changes), index) is None
    assert known_leaderboard(CONFIG.changed(model="resnet18", epochs=3), index) is not None
    one, two = sorted((index.root / "train" / "red").iterdir())[:2]
    one.write_bytes(two.read_bytes())
    assert known_leaderboard(CONFIG, opened(index.root)) is None


def test_validation_is_never_looked_at(index: DatasetIndex) -> None:
    ranked(index, TINY)
    for path in (index.root / "val" / "red").iterdir():
        path.unlink()
    assert known_leaderboard(CONFIG, opened(index.root)) is not None


def test_one_failure_does_not_end_the_others(index: DatasetIndex) -> None:
    missing, fixed = Candidate("resnet50", "IMAGENET1K_V2"), Candidate("resnet51")
    events = ranked(index, missing, fixed, TINY)
    failures = [event.failure for event in events if isinstance(event, RowFailed)]
    assert [failure.candidate for failure in failures] == [missing, fixed]
    assert "not on this machine" in str(failures[0].error)
    assert "no model called" in str(failures[1].error)
    assert failures[0].title == "ResNet-50"
    assert isinstance(events[-1], RankEnded)
    assert [row.candidate for row in events[-1].record.rows] == [TINY]


def test_stopped_it_keeps_the_rows_that_are_whole(index: DatasetIndex) -> None:
    stop, events = StopToken(), list[RankEvent]()
    config = CONFIG.changed(image_px=0)  # LeNet-5 takes no other
    for event in rank([TINY, OTHER], config, index, stop):
        events.append(event)
        if isinstance(event, RankProgressed) and event.candidate == OTHER:
            stop.stop()
    ended = events[-1]
    assert isinstance(ended, RankEnded)
    assert not ended.is_complete
    assert [row.candidate for row in ended.record.rows] == [TINY]
    found = known_leaderboard(config, index)
    assert found is not None
    assert found.rows == ended.record.rows


def test_unreadable_images_are_told_of_once_and_count_nowhere(index: DatasetIndex) -> None:
    broken = index.root / "train" / "red" / "red_003.png"
    broken.write_bytes(b"no image any more")
    events = ranked(index, TINY, Candidate("resnet18", initialisation="random"))
    skipped = [event for event in events if isinstance(event, SampleSkipped)]
    assert [Path(event.path) for event in skipped] == [broken]
    assert isinstance(events[-1], RankEnded)
    for row in events[-1].record.rows:
        assert (row.images, row.answers.count(UNREAD)) == (15, 1)


def test_too_small_a_dataset_is_refused_before_anything_runs(tmp_path: Path) -> None:
    index = opened(make_split_photos(tmp_path / "few", train={"red": 6, "green": 1}))
    with pytest.raises(DatasetError, match="too few images"):
        ranked(index, TINY)
    assert known_leaderboard(CONFIG, index) is None


def test_a_lonely_class_is_told_of(tmp_path: Path) -> None:
    classes = ("red", "green", "blue")
    train = {"red": 4, "green": 4, "blue": 1}
    index = opened(make_split_photos(tmp_path / "three", classes, train))
    record = RankedImages.of(index).empty
    assert record.lonely == ("blue",)
    assert (record.images, record.of_images, record.classes) == (9, 9, 3)


def test_a_damaged_file_is_made_again(index: DatasetIndex, own_home: Path) -> None:
    ranked(index, TINY)
    (file,) = (own_home / "cache" / "leaderboards").iterdir()
    file.write_text('{"version": 1, "rows": [{"candidate"', encoding="utf-8")
    assert known_leaderboard(CONFIG, index) is None
    ended = ranked(index, TINY)[-1]
    assert isinstance(ended, RankEnded)
    assert known_leaderboard(CONFIG, index) == ended.record


def test_pretrained_weights_on_board_can_be_ranked(index: DatasetIndex) -> None:
    candidates = ready_candidates()
    assert candidates[0] == Candidate(ON_BOARD_MODEL, "ImageNet-1k")
    ended = ranked(index, candidates[0])[-1]
    assert isinstance(ended, RankEnded)
    (row,) = ended.record.rows
    assert row.weights_bytes > 10_000_000
    assert known_leaderboard(CONFIG.changed(seed=5), index) is not None  # nothing random in it
