"""The leaderboard's calls of the engine, on a study's thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.rank import Candidate, LeaderboardRecord, RankEvent
    from tlstudio.core.runs.events import StopToken


def rank(
    candidates: Sequence[Candidate], config: RunConfig, index: DatasetIndex, stop: StopToken
) -> Iterator[RankEvent]:
    """Rank `candidates` with the device, precision and inputs of `config`."""
    from tlstudio.engine.rank.leaderboard import rank

    return rank(candidates, config, index, stop)


def known_leaderboard(config: RunConfig, index: DatasetIndex) -> LeaderboardRecord | None:
    """The rows of exactly these images from before; None if there are none."""
    from tlstudio.engine.rank.leaderboard import known_leaderboard

    return known_leaderboard(config, index)
