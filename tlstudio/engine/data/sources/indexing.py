"""Makes an index from the images of any source: classes, split and warnings."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import chain
from operator import attrgetter
from pathlib import Path

from tlstudio.core.data.dataset import (
    SPLIT_TITLES,
    DatasetIndex,
    ExcludedFile,
    Layout,
    Sample,
    Split,
    SplitConfig,
)
from tlstudio.core.data.groups import joined_groups
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.data.options import TableReading
from tlstudio.core.data.reading import Reading
from tlstudio.core.data.splits import stratified_split
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import name_of
from tlstudio.engine.data.groups import groups_by_rule
from tlstudio.engine.data.sources.folder_layout import quoted
from tlstudio.engine.data.sources.source import Progress

_PROGRESS_EVERY_S = 0.1
_NAMED = 3  # classes that get a note each

NO_TRAINING_IMAGES = QT_TRANSLATE_NOOP("core", "Its class has no training images.")

Images = Mapping[Split, Mapping[str, Sequence[ImageRef]]]
Listed = Mapping[Split, AbstractSet[str]]


def make_index(
    root: Path,
    layout: Layout,
    readable: Images,
    split: SplitConfig,
    *,
    excluded: Sequence[ExcludedFile] = (),
    unused: Sequence[ExcludedFile] = (),
    other_files: Sequence[ExcludedFile] = (),
    listed: Listed | None = None,
    warnings: Sequence[Note] = (),
    folders: Sequence[Path] = (),
    groups: Mapping[str, str] | None = None,
    readings: Sequence[Reading] = (),
    table: TableReading | None = None,
) -> DatasetIndex:
    """Choose the classes, split where the dataset does not say, and warn of what is odd.

    Args:
        root: what was opened.
        layout: how the images lie in it.
        readable: the images of each class, per split that the dataset names. Without an entry for
            `Split.VAL` the studio takes validation images from the training ones. Class names
            without images are told of.
        split: how it does so.
        excluded: images that cannot be read.
        unused: images that have no place in it; the source warns of them itself.
        other_files: see `DatasetIndex`; likewise.
        listed: the classes of each split that have images at all, readable or not; None takes
            those of `readable`.
        warnings: what the source has noticed itself.
        folders, readings, table: see `DatasetIndex`.
        groups: of images that the dataset itself says, by `manifest_key`.

    Raises:
        DatasetError: there are not two classes with readable training images.
        SplitError: the images or groups are too few to be split so.
    """
    if listed is None:
        listed = {s: {name for name, found in c.items() if found} for s, c in readable.items()}
    classes, odd = _classes(root, listed, readable, excluded)
    own_groups = groups or {}
    samples, kept_whole = _split(root, readable, classes, split, own_groups)
    studio_split = Split.VAL not in readable or split.anew
    index = DatasetIndex(
        root=root,
        name=name_of(root),
        layout=layout,
        classes=classes,
        samples=samples,
        excluded=(*excluded, *_without_class(readable, classes), *unused),
        other_files=tuple(other_files),
        split_config=split if studio_split else None,
        own_splits=tuple(readable),
        own_groups=own_groups,
        groups=kept_whole,
        folders=tuple(folders),
        readings=tuple(readings),
        table=table,
    )
    counted = _count_warnings(index, len(excluded))
    return replace(index, warnings=(*warnings, *odd, *counted, *_gif_note(samples)))


def _gif_note(samples: Sequence[Sample]) -> tuple[Note, ...]:
    """Explain a count that differs from torchvision's, e.g. by a placeholder among photos."""
    count = sum(sample.image.key.lower().endswith(".gif") for sample in samples)
    if count in (0, len(samples)):
        return ()
    sentence = QT_TRANSLATE_NOOP(
        "core", "GIF files among the images: {count}. ImageFolder of torchvision leaves them out."
    )
    return (Note(sentence, {"count": count}),)


def one_class(name: str, hint: str) -> DatasetError:
    """There is nothing to tell apart."""
    sentence = QT_TRANSLATE_NOOP("core", "There is only one class with images, “{name}”.")
    return DatasetError(sentence, hint, name=name)


def cannot_be_read(path: Path, error: OSError) -> DatasetError:
    """The system does not let us read what was opened."""
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "“{name}” cannot be read: {why}."),
        name=name_of(path),
        why=error.strerror or str(error),
    )


def raise_if_stopped(stop: StopToken | None) -> None:
    """Raises `DatasetError` where a person does not want to wait any longer."""
    if stop is not None and stop.stopped:
        raise DatasetError(QT_TRANSLATE_NOOP("core", "Opening the folder was stopped."))


class ProgressReport:
    """Tells how far it is, at most ten times a second and at the end."""

    def __init__(self, total: int, tell: Progress | None) -> None:
        self._total, self._tell = total, tell
        self._done, self._told_s = 0, -math.inf

    def add(self, count: int) -> None:
        self._done += count
        if self._tell is None:
            return
        now = time.perf_counter()
        if self._done == self._total or now - self._told_s >= _PROGRESS_EVERY_S:
            self._told_s = now
            self._tell(self._done, self._total)


def _classes(
    root: Path, listed: Listed, readable: Images, excluded: Sequence[ExcludedFile]
) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """The classes with training images, and what is odd about the others."""
    train = readable[Split.TRAIN]
    classes = tuple(sorted(name for name, images in train.items() if images))
    reasons = Counter(file.reason for file in excluded)
    why = max(reasons, key=reasons.__getitem__) if reasons else ""
    if not classes:
        hint = QT_TRANSLATE_NOOP(
            "core", "The images must be JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF or the like."
        )
        sentence = QT_TRANSLATE_NOOP("core", "No image in “{name}” can be read.")
        raise DatasetError(sentence, why or hint, name=name_of(root))
    if len(classes) == 1:
        if why and len(listed[Split.TRAIN]) > 1:
            sentence = QT_TRANSLATE_NOOP(
                "core", "Only the class “{name}” has images that can be read."
            )
            raise DatasetError(sentence, why, name=classes[0])
        hint = QT_TRANSLATE_NOOP("core", "Telling apart needs two classes or more with images.")
        raise one_class(classes[0], hint)
    warnings = _of_classes(
        QT_TRANSLATE_NOOP("core", "The class “{name}” has no readable image and is left out."),
        QT_TRANSLATE_NOOP("core", "{count} classes have no readable image: {names}."),
        [name for name in train if name not in classes],
    )
    for split in (Split.VAL, Split.TEST):
        warnings += _of_classes(
            QT_TRANSLATE_NOOP(
                "core",
                "The class “{name}” has no training images, so its {split} images are left out.",
            ),
            QT_TRANSLATE_NOOP(
                "core",
                "{count} classes have no training images, so their {split} images are left out: "
                "{names}.",
            ),
            [
                name
                for name in readable.get(split, {})
                if name not in classes and name in listed[split] and name not in train
            ],
            split=SPLIT_TITLES[split],
        )
    return classes, tuple(warnings)


def _split(
    root: Path,
    readable: Images,
    classes: tuple[str, ...],
    config: SplitConfig,
    own_groups: Mapping[str, str],
) -> tuple[tuple[Sample, ...], dict[str, str]]:
    """Samples ordered by split, class and key, and the groups that stay in one split."""
    if Split.VAL in readable and not config.anew:
        return _samples(readable, classes, Split), {}
    parts = [readable.get(split, {}) for split in (Split.TRAIN, Split.VAL)]
    images = [[image for part in parts for image in part.get(name, ())] for name in classes]
    tested = _samples(readable, classes, (Split.TEST,))
    if Split.TEST in readable:
        config = config.without_test
    named = chain(
        ((image, name) for name, found in zip(classes, images, strict=True) for image in found),
        ((s.image, classes[s.class_index]) for s in tested),
    )
    groups = joined_groups(own_groups, groups_by_rule(named, config, root))
    image_groups = {}
    if groups:
        keys = ((image, manifest_key(root, image)) for found in images for image in found)
        image_groups = {image: groups[key] for image, key in keys if key in groups}
    return (*stratified_split(images, config, image_groups), *tested), groups


def _samples(
    readable: Images, classes: tuple[str, ...], splits: Iterable[Split]
) -> tuple[Sample, ...]:
    return tuple(
        Sample(image, class_index, split)
        for split in splits
        for class_index, name in enumerate(classes)
        for image in sorted(readable.get(split, {}).get(name, ()), key=attrgetter("sort_key"))
    )


def _of_classes(one: str, many: str, names: Sequence[str], **values: str) -> list[Note]:
    """A note for each class, or one for all where they are many."""
    if len(names) > _NAMED:
        return [Note(many, {"count": len(names), "names": quoted(names), **values})]
    return [Note(one, {"name": name, **values}) for name in names]


def _without_class(readable: Images, classes: tuple[str, ...]) -> list[ExcludedFile]:
    """The images of classes that nothing can be learnt of."""
    return [
        ExcludedFile(image, NO_TRAINING_IMAGES)
        for by_class in readable.values()
        for name, images in by_class.items()
        if name not in classes
        for image in images
    ]


def _count_warnings(index: DatasetIndex, unreadable: int) -> tuple[Note, ...]:
    warnings = []
    train, val = index.counts[Split.TRAIN], index.counts[Split.VAL]
    if not any(val):
        warnings.append(
            Note(
                QT_TRANSLATE_NOOP(
                    "core",
                    "There are no validation images, so the best epoch is chosen by training "
                    "accuracy.",
                )
            )
        )
    warnings += _of_classes(
        QT_TRANSLATE_NOOP("core", "The class “{name}” has a single training image."),
        QT_TRANSLATE_NOOP("core", "{count} classes have a single training image: {names}."),
        [name for name, count in zip(index.classes, train, strict=True) if count == 1],
    )
    if any(val):
        warnings += _of_classes(
            QT_TRANSLATE_NOOP("core", "The class “{name}” has no validation images."),
            QT_TRANSLATE_NOOP("core", "{count} classes have no validation images: {names}."),
            [name for name, count in zip(index.classes, val, strict=True) if not count],
        )
    if unreadable == 1:
        warnings.append(
            Note(QT_TRANSLATE_NOOP("core", "One file cannot be read and is left out."), {})
        )
    elif unreadable:
        warnings.append(
            Note(
                QT_TRANSLATE_NOOP("core", "{count} files cannot be read and are left out."),
                {"count": unreadable},
            )
        )
    return tuple(warnings)
