"""A finding as cells of a grid: its images with class, split, and what was done about them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Sample
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import Manifest, manifest_key
from tlstudio.core.health import Finding
from tlstudio.core.health.remedies import remedies_for
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.thumbnail_grid import GridItem, Mark


def cells_of(
    finding: Finding,
    index: DatasetIndex,
    samples: Mapping[ImageRef, Sample],
    manifest: Manifest,
) -> list[GridItem]:
    """Its images; where it would leave some of them out, the others are marked as kept.

    Args:
        samples: of the dataset as it lies on the disk, by image.
    """
    keys = {image: manifest_key(index.root, image) for image in finding.images}
    remedy = remedies_for(finding)[0]
    left_out = remedy.apply(finding, index, Manifest()).left_out
    some = 0 < sum(key in left_out for key in keys.values()) < len(keys)
    values = finding.values
    cells = []
    for image, key in keys.items():
        sample = samples.get(image)
        name = index.classes[sample.class_index] if sample is not None else image.name
        split = core_text(SPLIT_TITLES[sample.split]) if sample is not None else ""
        caption, detail = name, split
        if "suggested" in values:
            caption = f"{name} → {values['suggested']}"
            detail = f"{values['suggested_percent']} % · {split}"
        kept = some and key not in left_out
        cells.append(
            GridItem(
                image,
                caption,
                detail,
                Mark.KEPT if kept else Mark.NONE,
                key=sample,
                note=done_about(finding, key, manifest),
            )
        )
    return cells


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
