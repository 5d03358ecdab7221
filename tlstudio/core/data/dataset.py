"""The index of a dataset: classes, samples, splits, and files that were left out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import BY_FINDING, BY_HAND, Manifest, manifest_key
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.sample import Sample as Sample
from tlstudio.core.data.sample import Split as Split
from tlstudio.core.data.values import ValueFacts, ValueRange
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class Layout(StrEnum):
    """The layouts of datasets on disk."""

    SPLIT_FOLDERS = "split_folders"  # train/ val/ [test/], a folder per class in each
    CLASS_FOLDERS = "class_folders"  # one folder per class; the studio splits
    PACKED = "packed"  # files of bare pixels: CIFAR, MNIST and their like


LAYOUT_TITLES = {
    Layout.SPLIT_FOLDERS: QT_TRANSLATE_NOOP("core", "train / val folders"),
    Layout.CLASS_FOLDERS: QT_TRANSLATE_NOOP("core", "one folder per class, split by the studio"),
    Layout.PACKED: QT_TRANSLATE_NOOP("core", "images packed in files, as in CIFAR or MNIST"),
}

SPLIT_TITLES = {
    Split.TRAIN: QT_TRANSLATE_NOOP("core", "Train"),
    Split.VAL: QT_TRANSLATE_NOOP("core", "Validation"),
    Split.TEST: QT_TRANSLATE_NOOP("core", "Test"),
}


_TEXT = ("utf-8", "backslashreplace")  # names may be no Unicode


@dataclass(frozen=True, slots=True)
class SplitConfig:
    """The settings by which the studio splits a folder of class folders.

    Attributes:
        val_fraction: share of each class for validation, 0.05 to 0.5.
        test_fraction: share of each class for the test split, 0 to 0.4.
        seed: the same seed, fractions and files give the same split.
    """

    val_fraction: float = 0.2
    test_fraction: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ImagesGlance:
    """The usual size and colour of a dataset's images, from a few of them.

    Attributes:
        short_side_px: median of their shorter sides.
        is_grey: whether all of them are stored without colour.
    """

    short_side_px: int
    is_grey: bool


@dataclass(frozen=True, slots=True)
class ExcludedFile:
    """An image that was left out. `reason` is a sentence marked for translation in context core."""

    image: ImageRef
    reason: str

    @property
    def path(self) -> Path | None:
        """The image's own file; None where it lies in something else."""
        return self.image.path


@dataclass(frozen=True)
class DatasetIndex:
    """Classes and samples of one folder, the result of one look at the disk.

    Attributes:
        root: the folder or file that was opened.
        name: what the window calls it.
        layout: how it lies on disk.
        classes: class names; a sample's `class_index` counts into them.
        samples: every readable image, ordered by split, class and key.
        excluded: files that look like images but cannot be used.
        warnings: e.g. a class with one image, a missing val split.
        split_config: how it was split; None where the dataset says it.
        folders: those that hold samples or could, e.g. a class folder that is still empty.
        options: how it was read, where a person chose.
        values: what is shown as black and white of its deep images, chosen or by the studio's rule;
            None without such images.
        value_facts: of a sample of them.
        manifest: what a person changed of what lies on the disk; `samples` follow it.
        unedited: the index without these changes; None where there are none.
    """

    root: Path
    name: str
    layout: Layout
    classes: tuple[str, ...]
    samples: tuple[Sample, ...]
    excluded: tuple[ExcludedFile, ...] = ()
    warnings: tuple[Note, ...] = ()
    split_config: SplitConfig | None = None
    folders: tuple[Path, ...] = ()
    options: ReadOptions = field(default_factory=ReadOptions)
    values: ValueRange | None = None
    value_facts: ValueFacts | None = None
    manifest: Manifest = field(default_factory=Manifest)
    unedited: DatasetIndex | None = field(default=None, repr=False, compare=False)

    @cached_property
    def by_split(self) -> dict[Split, tuple[Sample, ...]]:
        """Samples of each split, all three always present."""
        found: dict[Split, list[Sample]] = {split: [] for split in Split}
        for sample in self.samples:
            found[sample.split].append(sample)
        return {split: tuple(samples) for split, samples in found.items()}

    @cached_property
    def counts(self) -> dict[Split, tuple[int, ...]]:
        """Number of samples of each class, per split: ``counts[split][class_index]``."""
        counts = {split: [0] * len(self.classes) for split in Split}
        for sample in self.samples:
            counts[sample.split][sample.class_index] += 1
        return {split: tuple(values) for split, values in counts.items()}

    @property
    def splits(self) -> tuple[Split, ...]:
        """The splits that have samples."""
        return tuple(split for split in Split if self.by_split[split])

    @cached_property
    def fingerprint(self) -> str:
        """The identity of the content, 32 hex digits: classes, and each image's name, class, split.

        With deep images also the values that are black and white. Wherever the folder lies, and
        whatever it was called when it was opened. What is in the images is another matter: content
        digests (`engine.data.digests`) tell that, and cost a look into each file.
        """
        digest = hashlib.blake2b(repr(self.classes).encode(*_TEXT), digest_size=16)
        for split in Split:
            rows = [
                f"{s.image.key if s.image.container.id == self._home else self.key_of(s.image)}\0"
                f"{s.class_index}\0"
                for s in self.by_split[split]
            ]
            digest.update(f"\n{split}\n{''.join(rows)}".encode(*_TEXT))
        if self.values is not None:
            digest.update(f"\n{self.values!r}".encode())
        return digest.hexdigest()

    @cached_property
    def _home(self) -> str:
        """The one container of all samples, e.g. the folder around a list; the root without one."""
        ids = {sample.image.container.id for sample in self.samples}
        return ids.pop() if len(ids) == 1 else str(self.root)

    def edited(self, manifest: Manifest) -> DatasetIndex:
        """This dataset with `manifest` in place of its own.

        An image keeps its split when its class changes. The fingerprint follows, so that a run on
        the dataset before is out of date.
        """
        read = self if self.unedited is None else replace(self.unedited, name=self.name)
        if not manifest:
            return read
        class_of = {name: number for number, name in enumerate(read.classes)}
        samples, excluded = [], list(read.excluded)
        for sample in read.samples:
            key = manifest_key(read.root, sample.image)
            if key in manifest.left_out:
                excluded.append(
                    ExcludedFile(sample.image, BY_FINDING if manifest.left_out[key] else BY_HAND)
                )
                continue
            class_index = class_of.get(manifest.moved.get(key, ""), sample.class_index)
            split = manifest.splits.get(key, sample.split)
            if (class_index, split) != (sample.class_index, sample.split):
                sample = replace(sample, class_index=class_index, split=split)
            samples.append(sample)
        if manifest.moved or manifest.splits:
            places = {split: place for place, split in enumerate(Split)}
            samples.sort(key=lambda s: (places[s.split], s.class_index, s.image.sort_key))
        return replace(
            read,
            samples=tuple(samples),
            excluded=tuple(excluded),
            manifest=manifest,
            unedited=read,
        )

    def is_same_as(self, other: DatasetIndex | None) -> bool:
        """Whether `other` is another look at this dataset: the same place, and nothing changed.

        Another split or another file makes it another dataset; what holds for a folder however it
        is split (where it is watched, what its filters are set to) goes by `root` alone.
        """
        if other is None or self.root != other.root:
            return False
        return self is other or self.fingerprint == other.fingerprint

    def key_of(self, image: ImageRef) -> str:
        """Return the path of `image` within the dataset, with ``/``; its whole name if outside."""
        if image.container.id == self._home:
            return image.key
        path = image.path
        if path is not None and path.is_relative_to(self._home):
            return path.relative_to(self._home).as_posix()
        return str(image)

    def samples_of(
        self, split: Split | None = None, class_index: int | None = None
    ) -> tuple[Sample, ...]:
        """Samples of one split and one class; None means all."""
        samples = self.samples if split is None else self.by_split[split]
        if class_index is None:
            return samples
        return tuple(sample for sample in samples if sample.class_index == class_index)
