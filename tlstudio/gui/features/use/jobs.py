"""Sorting images by their answers, and looking through a camera, for the window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.core.runs.events import StopToken
    from tlstudio.core.runs.predictions import PredictionRecord
    from tlstudio.core.use.sorting import Sorted, SortFolders, SortProgressed
    from tlstudio.engine.inference import Predictor as Predictor
    from tlstudio.engine.use.live import look as look
    from tlstudio.engine.use.sorting import undo_sort as undo_sort
else:
    Predictor = later("tlstudio.engine.inference", "Predictor")
    look = later("tlstudio.engine.use.live", "look")
    undo_sort = later("tlstudio.engine.use.sorting", "undo_sort")


def sort_into(
    records: Sequence[PredictionRecord], folders: SortFolders, target: Path, stop: StopToken
) -> Iterator[SortProgressed | Sorted]:
    """Copy each image into the folder of its answer."""
    from tlstudio.engine.use.sorting import sort_into

    return sort_into(records, folders, target, stop)
