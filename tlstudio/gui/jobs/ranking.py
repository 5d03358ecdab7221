"""What the window asks of the engine for the leaderboard; on a study's thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.dataset import DatasetIndex
    from tlstudio.core.events import StopToken
    from tlstudio.core.leaderboard import Candidate, LeaderboardRecord, RankEvent


def rank(
    candidates: Sequence[Candidate], config: RunConfig, index: DatasetIndex, stop: StopToken
) -> Iterator[RankEvent]:
    """Rank `candidates` with the device, precision and inputs of `config`."""
    from tlstudio.engine.leaderboard import rank

    return rank(candidates, config, index, stop)


def known_leaderboard(config: RunConfig, index: DatasetIndex) -> LeaderboardRecord | None:
    """The rows of exactly these images from before; None if there are none."""
    from tlstudio.engine.leaderboard import known_leaderboard

    return known_leaderboard(config, index)
