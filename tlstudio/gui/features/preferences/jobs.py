"""The space that the studio takes on the disk: functions for worker threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import told_preferences, write_preferences
from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from pathlib import Path

    from tlstudio.engine.space import CacheSize as CacheSize
    from tlstudio.engine.space import Kept as Kept
    from tlstudio.engine.space import Moved as Moved
    from tlstudio.engine.space import cache_size as cache_size
    from tlstudio.engine.space import empty_features as empty_features
else:
    cache_size = later("tlstudio.engine.space", "cache_size")
    empty_features = later("tlstudio.engine.space", "empty_features")


def usable(kind: Kept, chosen: Path | None, old: Path | None) -> tuple[Kept, Path | None, bool]:
    """The folder that takes what is kept where a person chose `chosen`, and whether old has any.

    Args:
        kind: what is kept.
        chosen: None for the usual place.
        old: the folder until now; None for the usual one.
    """
    from tlstudio.engine.space import has_any, own_folder

    return kind, own_folder(kind, chosen) if chosen is not None else None, has_any(kind, old)


def move(
    kind: Kept,
    old: Path | None,
    new: Path | None,
    file: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Moved:
    """Move what is kept in one folder to another, and let the preferences say so.

    All of it is done here, since the window may be closed meanwhile.

    Args:
        kind: what is kept.
        old, new: chosen folders; None for the usual place.
        file: of the preferences.
        on_progress: is told how many things are done, and of how many.

    Raises:
        StorageError: nothing was changed.
    """
    from tlstudio.engine import space

    moved = space.move(kind, old, new, on_progress=on_progress)
    try:
        write_preferences({**told_preferences(file), kind: str(new or "")}, file)
    except StorageError:
        space.move(kind, new, old)
        raise
    space.remove(moved.copied)
    return moved


def runs_to_clean(limit_bytes: int) -> tuple[tuple[str, ...], int]:
    """Old runs without a star that are too much for the space given to runs, and their bytes."""
    from tlstudio.engine.runs.store import RunStore

    found = RunStore().over_budget(limit_bytes)
    return tuple(entry.id for entry in found), sum(entry.size_bytes for entry in found)
