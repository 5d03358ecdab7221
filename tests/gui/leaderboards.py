"""A leaderboard of small numbers, and ranking without an engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.gui.fakes import make_index
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import ModelError
from tlstudio.core.rank import (
    Candidate,
    LeaderboardRecord,
    RankEnded,
    RankEvent,
    RankFailure,
    RankProgressed,
    RankRow,
    RankStage,
    RankStarted,
    RowFailed,
    RowRanked,
)
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.gui.features.rank import jobs as ranking
from tlstudio.gui.state.session import Session

IMAGES = 200
LITE0 = Candidate("tf_efficientnet_lite0", "IMAGENET1K_V1")
ALEXNET = Candidate("alexnet", "IMAGENET1K_V1")
RANDOM_LITE0 = Candidate("tf_efficientnet_lite0", initialisation="random")
RANDOM_ALEXNET = Candidate("alexnet", initialisation="random")
# how many of the images each tells, and its LogME, images a second and parameters
WORTH = {
    LITE0: (164, 0.31, 80.0, 4_000_000),
    ALEXNET: (160, 0.24, 200.0, 57_000_000),
    RANDOM_LITE0: (104, -0.95, 80.0, 4_000_000),
    RANDOM_ALEXNET: (96, -1.1, 200.0, 57_000_000),
}


def open_photos(session: Session, root: Path) -> None:
    """A dataset of one image for each class is open, as if it had been read."""
    paths = [root / name / "1.jpg" for name in ("acorn", "leaf")]
    index = make_index(root, paths)
    session.datasets.index = index
    session.datasets.changed.emit(index)


def make_row(candidate: Candidate) -> RankRow:
    right, logme, speed, parameters = WORTH[candidate]
    return RankRow(
        candidate=candidate,
        title=candidate.model,
        network="fingerprint",
        answers="1" * right + "0" * (IMAGES - right),
        knn_accuracy=0.7,
        logme=logme,
        features=1280,
        parameters=parameters,
        weights_bytes=0 if candidate.is_random else 4 * parameters,
        image_px=224,
        images_per_s=speed,
        memory_bytes=None,
        elapsed_s=1.5,
    )


def make_record(*candidates: Candidate) -> LeaderboardRecord:
    rows = tuple(make_row(candidate) for candidate in candidates)
    return LeaderboardRecord("images", "food", IMAGES, IMAGES, 4, 5, rows=rows)


class Ranker:
    """Stands for the engine.

    Attributes:
        known: what was ranked before.
        fails: candidates that cannot be ranked.
        may_go: cleared, the second candidate waits.
        asked: the candidates of each request.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known: LeaderboardRecord | None = None
        self.fails: set[Candidate] = set()
        self.may_go = threading.Event()
        self.may_go.set()
        self.asked: list[tuple[Candidate, ...]] = []
        monkeypatch.setattr(ranking, "rank", self.rank)
        monkeypatch.setattr(ranking, "known_leaderboard", self.look_up)

    def look_up(self, config: RunConfig, index: DatasetIndex) -> LeaderboardRecord | None:
        return self.known

    def rank(
        self,
        candidates: Sequence[Candidate],
        config: RunConfig,
        index: DatasetIndex,
        stop: StopToken,
    ) -> Iterator[RankEvent]:
        self.asked.append(tuple(candidates))
        record = make_record()
        yield RankStarted(record, tuple(candidates))
        yield SampleSkipped("a/broken.jpg", "truncated")
        for number, candidate in enumerate(candidates, 1):
            yield RankProgressed(candidate, number, RankStage.FEATURES, 50, IMAGES)
            while number > 1 and not self.may_go.wait(0.02):
                if stop.stopped:
                    yield RankEnded(record, is_complete=False)
                    return
            if candidate in self.fails:
                error = ModelError("{model} does not fit.", "Take another.", model=candidate.model)
                yield RowFailed(RankFailure(candidate, candidate.model, error))
                continue
            record = record.with_row(make_row(candidate))
            yield RowRanked(make_row(candidate))
        yield RankEnded(record)
