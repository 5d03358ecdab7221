"""Cross-validation, for the window's worker threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.folds import FoldsEvent
    from tlstudio.core.runs.events import StopToken


def cross_validate(
    config: RunConfig, index: DatasetIndex, folds: int, stop: StopToken
) -> Iterator[FoldsEvent]:
    from tlstudio.engine.folds import cross_validate

    return cross_validate(config, index, folds, stop)
