"""The leaderboard's functions of the engine, for worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.rank.leaderboard import known_leaderboard as known_leaderboard
    from tlstudio.engine.rank.leaderboard import rank as rank
else:
    known_leaderboard = later("tlstudio.engine.rank.leaderboard", "known_leaderboard")
    rank = later("tlstudio.engine.rank.leaderboard", "rank")
