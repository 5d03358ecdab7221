"""What can be done about a finding: each an edit of the manifest, never of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import Manifest, manifest_key
from tlstudio.core.health.finding import Finding
from tlstudio.core.texts import QT_TRANSLATE_NOOP

Apply = Callable[[Finding, DatasetIndex, Manifest], Manifest]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A remedy: a row of the table.

    Attributes:
        id: its name on the terminal.
        title: what a button says.
        apply: ``(finding, index, manifest)`` to the manifest in which it is done; pure. What is
            given to it is what `HealthReport.open_in` left of the finding.
    """

    id: str
    title: str
    apply: Apply


def _leave_out(finding: Finding, index: DatasetIndex, manifest: Manifest) -> Manifest:
    return manifest.leaving_out(_keys(index, finding.images), finding.id)


def _leave_out_of_training(finding: Finding, index: DatasetIndex, manifest: Manifest) -> Manifest:
    """Leave out the training images, so that the images that are measured stay the same ones."""
    split_of = {sample.image: sample.split for sample in index.samples}
    images = [image for image in finding.images if split_of.get(image) is Split.TRAIN]
    if not images:  # copies in validation and test: the ones in validation go
        images = [image for image in finding.images if split_of.get(image) is Split.VAL]
    return manifest.leaving_out(_keys(index, images), finding.id)


def _keep_one(finding: Finding, index: DatasetIndex, manifest: Manifest) -> Manifest:
    return manifest.leaving_out(_keys(index, finding.images[1:]), finding.id)


def _keep_together(finding: Finding, index: DatasetIndex, manifest: Manifest) -> Manifest:
    return manifest.grouping(_keys(index, finding.images), finding.id)


def _move(finding: Finding, index: DatasetIndex, manifest: Manifest) -> Manifest:
    """Move to the class that looks likelier; of a picture in two classes, to that of the first."""
    class_of = {sample.image: index.classes[sample.class_index] for sample in index.samples}
    target = finding.values.get("suggested") or class_of.get(finding.images[0])
    return manifest.moving(_keys(index, finding.images), str(target))


def _accept(finding: Finding, index: DatasetIndex, manifest: Manifest) -> Manifest:
    return manifest.accepting((finding.id,))


def _keys(index: DatasetIndex, images: Iterable[ImageRef]) -> list[str]:
    return [manifest_key(index.root, image) for image in images]


ACCEPT = Remedy("accept", QT_TRANSLATE_NOOP("core", "This is fine"), _accept)  # for any finding

_ROWS = (
    Remedy("leave_out", QT_TRANSLATE_NOOP("core", "Leave out"), _leave_out),
    Remedy(
        "leave_out_of_training",
        QT_TRANSLATE_NOOP("core", "Leave out of training"),
        _leave_out_of_training,
    ),
    Remedy("keep_one", QT_TRANSLATE_NOOP("core", "Keep one of them"), _keep_one),
    Remedy("keep_together", QT_TRANSLATE_NOOP("core", "Keep in one split"), _keep_together),
    Remedy("move", QT_TRANSLATE_NOOP("core", "Move to the likelier class"), _move),
    ACCEPT,
)

REMEDIES: Mapping[str, Remedy] = {remedy.id: remedy for remedy in _ROWS}


def remedies_for(finding: Finding, index: DatasetIndex | None = None) -> tuple[Remedy, ...]:
    """What can be done about it, the recommended one first; accepting it last.

    Args:
        index: where the dataset says its split itself, images cannot be kept in one split.
    """
    is_split_by_us = index is None or index.split_config is not None
    names = [name for name in finding.spec.remedies if is_split_by_us or name != "keep_together"]
    return (*(REMEDIES[name] for name in names), ACCEPT)


def applied(
    remedy: Remedy, findings: Iterable[Finding], index: DatasetIndex, manifest: Manifest
) -> Manifest:
    """`manifest` with `remedy` done about each of these findings that it is meant for."""
    findings = tuple(findings)
    wanted = {image for finding in findings for image in finding.images}
    placed = {sample.image: sample for sample in index.samples if sample.image in wanted}
    for finding in findings:
        if remedy is ACCEPT or remedy.id in finding.spec.remedies:
            samples = (placed[image] for image in finding.images if image in placed)
            manifest = remedy.apply(finding, only(index, samples), manifest)
    return manifest


def only(index: DatasetIndex, samples: Iterable[Sample]) -> DatasetIndex:
    """`index` with these samples alone: what a remedy for one finding needs to look at."""
    return replace(index, samples=tuple(samples))
