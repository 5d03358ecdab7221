"""The space that the studio takes on the disk: functions for worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from pathlib import Path

    from tlstudio.engine.space import CacheSize as CacheSize
    from tlstudio.engine.space import Kept as Kept
    from tlstudio.engine.space import Moved as Moved
    from tlstudio.engine.space import cache_size as cache_size
    from tlstudio.engine.space import empty_features as empty_features
    from tlstudio.engine.space import move as move
    from tlstudio.engine.space import remove as remove
else:
    cache_size = later("tlstudio.engine.space", "cache_size")
    empty_features = later("tlstudio.engine.space", "empty_features")
    move = later("tlstudio.engine.space", "move")
    remove = later("tlstudio.engine.space", "remove")


def usable(kind: Kept, chosen: Path | None, old: Path | None) -> tuple[Kept, Path | None, bool]:
    """The folder that takes what is kept where a person chose `chosen`, and whether old has any.

    Args:
        kind: what is kept.
        chosen: None for the usual place.
        old: the folder until now; None for the usual one.
    """
    from tlstudio.engine.space import has_any, own_folder

    return kind, own_folder(kind, chosen) if chosen is not None else None, has_any(kind, old)


def runs_to_clean(limit_bytes: int) -> tuple[tuple[str, ...], int]:
    """Old runs without a star that are too much for the space given to runs, and their bytes."""
    from tlstudio.engine.runs.store import RunStore

    found = RunStore().over_budget(limit_bytes)
    return tuple(entry.id for entry in found), sum(entry.size_bytes for entry in found)
