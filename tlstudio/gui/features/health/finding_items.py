"""Findings as cells of a grid: their images with class, split, and what was done about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import overload

from PySide6.QtCore import QCoreApplication

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Sample
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import Manifest, manifest_key
from tlstudio.core.health import Finding
from tlstudio.core.health.remedies import only, remedies_for
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.thumbnail_grid import GridItem, Mark


class FindingItems(Sequence[GridItem]):
    """Cells of findings, one after the other, each made when somebody looks at it.

    Args:
        index: the dataset as it lies on the disk.
        samples: its samples by image.
        manifest: what is changed by hand now.
    """

    lines = 2

    def __init__(
        self,
        findings: Sequence[Finding],
        index: DatasetIndex,
        samples: Mapping[ImageRef, Sample],
        manifest: Callable[[], Manifest],
    ) -> None:
        self._findings, self._index, self._samples = findings, index, samples
        self._manifest = manifest
        self._cells = [(one, image) for one in findings for image in one.images]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of cells of each finding."""
        return tuple(len(finding.images) for finding in self._findings)

    def __len__(self) -> int:
        return len(self._cells)

    @overload
    def __getitem__(self, number: int) -> GridItem: ...
    @overload
    def __getitem__(self, number: slice) -> list[GridItem]: ...
    def __getitem__(self, number: int | slice) -> GridItem | list[GridItem]:
        if isinstance(number, slice):
            return [self._item(*cell) for cell in self._cells[number]]
        return self._item(*self._cells[number])

    def places_of(self, images: Sequence[ImageRef]) -> set[int]:
        """The first cell of each of these images, of those that have one."""
        return {self._places[image] for image in images if image in self._places}

    def image_at(self, number: int) -> ImageRef:
        return self._cells[number][1]

    @cached_property
    def _places(self) -> dict[ImageRef, int]:
        cells = reversed(list(enumerate(self._cells)))
        return {image: place for place, (_, image) in cells}

    def _item(self, finding: Finding, image: ImageRef) -> GridItem:
        sample, values = self._samples.get(image), finding.values
        name = self._index.classes[sample.class_index] if sample is not None else image.name
        split = core_text(SPLIT_TITLES[sample.split]) if sample is not None else ""
        caption, detail = name, split
        if "suggested" in values:
            caption = f"{name} → {values['suggested']}"
            detail = f"{values['suggested_percent']} % · {split}"
        key = manifest_key(self._index.root, image)
        mark = Mark.KEPT if self._would_keep(finding, key) else Mark.NONE
        note = done_about(finding, key, self._manifest())
        return GridItem(image, caption, detail, mark, key=sample, note=note)

    def _would_keep(self, finding: Finding, key: str) -> bool:
        """Whether what is recommended leaves out some of the images, and not this one."""
        if len(finding.images) < 2:
            return False
        samples = [self._samples[image] for image in finding.images if image in self._samples]
        recommended = remedies_for(finding, self._index)[0]
        left_out = recommended.apply(finding, only(self._index, samples), Manifest()).left_out
        return 0 < len(left_out) < len(finding.images) and key not in left_out


def done_about(finding: Finding, key: str, manifest: Manifest) -> str:
    """What was done about an image, in a word or two; empty for nothing."""
    translate = QCoreApplication.translate
    if key in manifest.left_out:
        return translate("finding", "Left out")
    if key in manifest.moved:
        return f"→ {manifest.moved[key]}"
    if manifest.groups.get(key) == finding.id:
        return translate("finding", "Kept together")
    if finding.id in manifest.accepted:
        return translate("finding", "Fine")
    return ""
