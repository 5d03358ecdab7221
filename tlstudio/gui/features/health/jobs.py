"""Writing a clean copy, on a worker's thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.health import HealthProgressed
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.health.clean_copy import CleanCopy as CleanCopy


def write_clean_copy(
    index: DatasetIndex, folder: Path, by_split: bool, links: bool, stop: StopToken
) -> Iterator[HealthProgressed | CleanCopy]:
    """Write the images that are used, where they belong."""
    from tlstudio.engine.health.clean_copy import write_clean_copy

    yield from write_clean_copy(index, folder, stop, by_split=by_split, links=links)
