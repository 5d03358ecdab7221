"""The samples of a dataset as cells of a grid, each made when somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import overload

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import manifest_key
from tlstudio.gui.kit.image_edits import note_of
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.thumbnail_grid import GridItem


class SampleItems(Sequence[GridItem]):
    """Cells for some samples of `index`. A hundred thousand cost nothing until they are seen.

    Args:
        positions: of the samples in the index.
    """

    def __init__(self, index: DatasetIndex, positions: Sequence[int]) -> None:
        self._samples = index.samples
        self._manifest, self._root = index.manifest, index.root
        self._positions = positions
        self._words = {
            (number, split): f"{name} · {core_text(SPLIT_TITLES[split])}"
            for number, name in enumerate(index.classes)
            for split in Split
        }

    lines = 2

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, number: int) -> GridItem: ...
    @overload
    def __getitem__(self, number: slice) -> list[GridItem]: ...
    def __getitem__(self, number: int | slice) -> GridItem | list[GridItem]:
        if isinstance(number, slice):
            return [self._item(position) for position in self._positions[number]]
        return self._item(self._positions[number])

    def places_of(self, images: Sequence[ImageRef]) -> set[int]:
        """The cells of these images, of those that have one.

        Looked for by what is compared fastest: a million names would be hashed for seconds.
        """
        wanted = {id(image) for image in images}
        found = {n for n, sample in enumerate(self._shown()) if id(sample.image) in wanted}
        ours = self._samples[0].image.container if self._samples else None
        # Another look at the folder made other references; within one, what is missing is gone.
        others = {image.key: image for image in images if image.container is not ours}
        if others and len(found) < len(wanted):
            again = [n for n, sample in enumerate(self._shown()) if sample.image.key in others]
            found.update(n for n in again if (image := self.image_at(n)) == others[image.key])
        return found

    def _shown(self) -> Iterator[Sample]:
        return map(self._samples.__getitem__, self._positions)

    def image_at(self, number: int) -> ImageRef:
        """Return the image of a cell, without making the cell."""
        return self._samples[self._positions[number]].image

    def _item(self, position: int) -> GridItem:
        sample = self._samples[position]
        words = self._words[sample.class_index, sample.split]
        note = ""
        if self._manifest:
            note = note_of(self._manifest, manifest_key(self._root, sample.image))
        return GridItem(sample.image, sample.image.name, words, key=sample, note=note)


def positions_of(
    index: DatasetIndex, split: Split | None = None, class_index: int | None = None
) -> Sequence[int]:
    """Return the positions of the samples of a split and a class; None means all."""
    if split is None and class_index is None:
        return range(len(index.samples))
    ranges = _ranges(index)
    if class_index is None:
        of_split = [ranges[wanted, number] for wanted, number in ranges if wanted is split]
        return range(of_split[0].start, of_split[-1].stop) if of_split else range(0)
    if split is not None:
        return ranges[split, class_index]
    return list(chain.from_iterable(ranges[each, class_index] for each in Split))


def folded_names(index: DatasetIndex) -> tuple[DatasetIndex, list[str]]:
    """The file names for a search that takes no notice of case. For a worker: it takes a while."""
    return index, [sample.image.name.casefold() for sample in index.samples]


def _ranges(index: DatasetIndex) -> dict[tuple[Split, int], range]:
    """Return where each split's classes begin and end, as samples lie by split and class."""
    keys = [(split, number) for split in Split for number in range(len(index.classes))]
    ends = accumulate((index.counts[split][number] for split, number in keys), initial=0)
    return {key: range(*bounds) for key, bounds in zip(keys, pairwise(ends), strict=True)}
