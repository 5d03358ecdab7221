"""The facts about images as the window asks for them, on a worker's thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tlstudio.core.data.sample import Split
from tlstudio.core.statistics.quantities import QUANTITIES, Bins

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.data.image_ref import ImageRef
    from tlstudio.core.health import HealthProgressed
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.health.image_facts import FactsTable as FactsTable


def image_facts(
    images: Sequence[ImageRef], stop: StopToken
) -> Iterator[HealthProgressed | FactsTable]:
    """The facts about images; at once where they were looked at before."""
    from tlstudio.engine.health.image_facts import image_facts

    yield from image_facts(images, stop)


@dataclass(frozen=True, eq=False)
class CountedFacts:
    """The facts about the images of a dataset as it is used, counted.

    Attributes:
        images, rows, classes, splits: of its samples, in their order: references, facts, class
            indices, and the place of the split in `Split`.
        bins: the bins of each quantity of which something is known, by its id.
    """

    images: tuple[ImageRef, ...]
    rows: NDArray[Any]
    classes: NDArray[np.int64]
    splits: NDArray[np.int64]
    bins: dict[str, Bins]


def counted(table: FactsTable, index: DatasetIndex) -> CountedFacts:
    """Count the facts about the images that `index` uses."""
    row_of = {image: row for row, image in enumerate(table.images)}
    known = [sample for sample in index.samples if sample.image in row_of]
    rows = table.rows[np.array([row_of[sample.image] for sample in known], dtype=np.int64)]
    place_of = {split: place for place, split in enumerate(Split)}
    found = {quantity.id: quantity.binned(rows) for quantity in QUANTITIES}
    return CountedFacts(
        images=tuple([sample.image for sample in known]),
        rows=rows,
        classes=np.array([sample.class_index for sample in known], dtype=np.int64),
        splits=np.array([place_of[sample.split] for sample in known], dtype=np.int64),
        bins={name: bins for name, bins in found.items() if bins.count},
    )
