"""The index of a dataset: classes, samples, splits, and files that were left out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.data.groups import joined_groups
from tlstudio.core.data.image_ref import ImageContainer, ImageRef
from tlstudio.core.data.manifest import BY_FINDING, BY_HAND, Manifest, manifest_key
from tlstudio.core.data.options import ReadOptions, TableReading
from tlstudio.core.data.sample import Sample as Sample
from tlstudio.core.data.sample import Split as Split
from tlstudio.core.data.split_config import SplitConfig as SplitConfig
from tlstudio.core.data.splits import split_again
from tlstudio.core.data.values import ValueFacts, ValueRange
from tlstudio.core.errors import SplitError
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.data.reading import Reading


class Layout(StrEnum):
    """The layouts of datasets on disk."""

    SPLIT_FOLDERS = "split_folders"  # train/ val/ [test/], a folder per class in each
    CLASS_FOLDERS = "class_folders"  # one folder per class; the studio splits
    PACKED = "packed"  # files of bare pixels: CIFAR, MNIST and their like
    TABLE = "table"  # a table of images and classes


LAYOUT_TITLES = {
    Layout.SPLIT_FOLDERS: QT_TRANSLATE_NOOP("core", "train / val folders"),
    Layout.CLASS_FOLDERS: QT_TRANSLATE_NOOP("core", "one folder per class, split by the studio"),
    Layout.PACKED: QT_TRANSLATE_NOOP("core", "images packed in files, as in CIFAR or MNIST"),
    Layout.TABLE: QT_TRANSLATE_NOOP("core", "a table of images and their classes"),
}

SPLIT_TITLES = {
    Split.TRAIN: QT_TRANSLATE_NOOP("core", "Train"),
    Split.VAL: QT_TRANSLATE_NOOP("core", "Validation"),
    Split.TEST: QT_TRANSLATE_NOOP("core", "Test"),
}


GROUPS_TOO_LARGE = QT_TRANSLATE_NOOP(
    "core", "The groups are too large to be kept in one split each; they are split."
)

_TEXT = ("utf-8", "backslashreplace")  # names may be no Unicode


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
    """A file that was left out. `reason` is a sentence marked for translation in context core."""

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
        other_files: files that are no images, or of a kind that is not read, with the reason;
            samples, `excluded` and these are all files that a person would count.
        warnings: e.g. a class with one image, a missing val split.
        split_config: how it was split; None where the dataset says it.
        own_splits: those that the dataset itself says.
        own_groups: the groups of images that the dataset itself says, by `manifest_key`.
        groups: those that stay in one split: its own and those of `SplitConfig.group_by`. The
            manifest may say more.
        folders: those that hold samples or could, e.g. a class folder that is still empty.
        options: how it was read, where a person chose.
        values: what is shown as black and white of its deep images, chosen or by the studio's rule;
            None without such images.
        value_facts: of a sample of them.
        readings: the ways in which its folders can be understood, the one taken first; empty where
            there is only one.
        manifest: what a person changed of what lies on the disk; `samples` follow it.
        table: the table that says the classes, as it was read; None without one.
        unedited: the index without these changes; None where there are none.
    """

    root: Path
    name: str
    layout: Layout
    classes: tuple[str, ...]
    samples: tuple[Sample, ...]
    excluded: tuple[ExcludedFile, ...] = ()
    other_files: tuple[ExcludedFile, ...] = ()
    warnings: tuple[Note, ...] = ()
    split_config: SplitConfig | None = None
    own_splits: tuple[Split, ...] = ()
    own_groups: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    options: ReadOptions = field(default_factory=ReadOptions)
    values: ValueRange | None = None
    value_facts: ValueFacts | None = None
    readings: tuple[Reading, ...] = field(default=(), repr=False)
    table: TableReading | None = None
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
        home = next((c for c in self._containers if c.id == self._home), None)
        for split in Split:
            rows = [
                f"{s.image.key if s.image.container is home else self.key_of(s.image)}\0"
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
        ids = {container.id for container in self._containers}
        return ids.pop() if len(ids) == 1 else str(self.root)

    @cached_property
    def _containers(self) -> tuple[ImageContainer, ...]:
        """Those of all samples; nearly always one object that all of them share."""
        containers = (sample.image.container for sample in self.samples)
        return tuple({id(container): container for container in containers}.values())

    def edited(self, manifest: Manifest) -> DatasetIndex:
        """This dataset with `manifest` in place of its own.

        An image keeps its split when its class changes. The fingerprint follows, so that a run on
        the dataset before is out of date.
        """
        read = self if self.unedited is None else replace(self.unedited, name=self.name)
        if not manifest:
            return read
        unedited, read = read, read._grouped(manifest)
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
            unedited=unedited,
        )

    def split_by(self, config: SplitConfig) -> DatasetIndex:
        """This dataset split by other settings, with its manifest; no file is looked at.

        With folds every image that isn't put aside for testing is once validated with: those placed
        by hand as well, but for those placed in the test split.

        Raises:
            SplitError: the images or groups are too few for it.
        """
        read, manifest = self.unedited or self, self.manifest
        if config.folds:
            tested = {key: s for key, s in manifest.splits.items() if s is Split.TEST}
            manifest = replace(manifest, splits=tested)
        again = replace(
            read,
            name=self.name,
            split_config=config,
            samples=split_again(
                read.samples,
                len(read.classes),
                config,
                read.image_groups(manifest),
                keeps_test=Split.TEST in read.own_splits,
            ),
        )
        return again.edited(manifest)

    def image_groups(self, manifest: Manifest | None = None) -> dict[ImageRef, str]:
        """The group of every image that is in one, with those of a manifest, its own by default."""
        found = (self.manifest if manifest is None else manifest).groups
        groups = joined_groups(self.groups, found)
        if not groups:
            return {}
        read = self.unedited or self
        keys = ((sample.image, manifest_key(self.root, sample.image)) for sample in read.samples)
        return {image: groups[key] for image, key in keys if key in groups}

    def _grouped(self, manifest: Manifest) -> DatasetIndex:
        """This dataset with the groups of a manifest kept whole, where the studio splits it."""
        if not manifest.groups or self.split_config is None:
            return self
        with suppress(SplitError):
            return replace(
                self,
                samples=split_again(
                    self.samples,
                    len(self.classes),
                    self.split_config,
                    self.image_groups(manifest),
                    keeps_test=Split.TEST in self.own_splits,
                ),
            )
        return replace(self, warnings=(*self.warnings, Note(GROUPS_TOO_LARGE)))

    def is_same_as(self, other: DatasetIndex | None) -> bool:
        """Whether `other` is another look at this dataset: the same place, and nothing changed.

        Another split or another file makes it another dataset; what holds for a folder however it
        is split (where it is watched, what its filters are set to) goes by `root` alone.
        """
        if other is None or self.root != other.root:
            return False
        return self is other or self.fingerprint == other.fingerprint

    def is_same_look(self, other: DatasetIndex | None) -> bool:
        """Whether `other` comes from the same look at the disk, whatever was changed by hand."""
        mine, others = self.unedited or self, other and (other.unedited or other)
        return others is not None and mine.samples is others.samples

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
