"""Opening a dataset: find its layout, look at every file once, split, and say what is odd."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from tlstudio.core.data.dataset import (
    SPLIT_TITLES,
    DatasetIndex,
    ExcludedFile,
    Sample,
    Split,
    SplitConfig,
)
from tlstudio.core.data.splits import stratified_split
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.checked_files import FINE, CheckedFiles, Verdict
from tlstudio.engine.data.files import FolderImages, FolderScan, is_folder, name_of
from tlstudio.engine.data.images import check_image
from tlstudio.engine.data.sources import class_folders, split_folders
from tlstudio.engine.data.sources.source import Listing, SourceSpec
from tlstudio.engine.data.stored_splits import check_split, stored_split
from tlstudio.engine.loading import collection_paused, leave_to_stay

SOURCES: tuple[SourceSpec, ...] = (split_folders.SOURCE, class_folders.SOURCE)

_MAX_WRAPPERS = 3
_PROGRESS_EVERY_S = 0.1
_MANY = 10_000  # samples

Progress = Callable[[int, int], None]
Files = Mapping[Split, Mapping[str, Sequence[Path]]]


def open_dataset(
    root: Path,
    split: SplitConfig | None = None,
    *,
    stop: StopToken | None = None,
    on_progress: Progress | None = None,
) -> DatasetIndex:
    """Look at a folder of images and make its index. Changes nothing in the folder.

    Files that were looked into before and have not changed are not opened again (`checked_files`).

    Args:
        root: ``train/ val/ [test/]`` or a folder of class folders, or a folder around such a one.
        split: how to split where the folders don't say; None takes the stored split, else the
            defaults. `store_split` remembers one.
        stop: ends the look early.
        on_progress: called with (files looked at, files) every now and then.

    Raises:
        DatasetError: the folder is not a dataset, or the look was stopped.
        ConfigError: `split` is out of bounds.
    """
    root = Path(root)
    if not is_folder(root):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There is no folder “{path}”."),
            QT_TRANSLATE_NOOP("core", "Choose a folder that holds one folder of images per class."),
            path=root,
        )
    config = check_split(split or stored_split(root) or SplitConfig())
    with collection_paused():
        index = _look(root, config, stop, on_progress)
        if len(index.samples) > _MANY:
            leave_to_stay()
    return index


def _look(
    root: Path, config: SplitConfig, stop: StopToken | None, on_progress: Progress | None
) -> DatasetIndex:
    scan = FolderScan()
    source, listing = _recognise(scan, root)
    readable, excluded = _check(root, listing, stop, on_progress)
    classes, warnings = _classes(root, listing, readable)
    samples, studio_split = _split(readable, classes, config)
    index = DatasetIndex(
        root=root,
        name=name_of(root),
        layout=source.layout,
        classes=classes,
        samples=samples,
        excluded=excluded,
        split_config=config if studio_split else None,
        folders=_folders(scan, listing),
    )
    return replace(index, warnings=(*listing.warnings, *warnings, *_count_warnings(index)))


def _folders(scan: FolderScan, listing: Listing) -> tuple[Path, ...]:
    """Where a file could come or go that matters, outermost first."""
    blocks = chain.from_iterable(chain.from_iterable(c.values()) for c in listing.files.values())
    holding = dict.fromkeys(block.folder for block in blocks)
    parents = dict.fromkeys(folder.parent for folder in holding)
    siblings = chain.from_iterable(map(scan.folders_in, parents))
    return tuple(dict.fromkeys(chain(parents, holding, siblings)))


def _recognise(scan: FolderScan, root: Path) -> tuple[SourceSpec, Listing]:
    """The source that reads `root`, or the only folder in it, and so on a few levels down."""
    folder = root
    for _ in range(_MAX_WRAPPERS):
        for source in SOURCES:
            listing = source.listing(scan, folder)
            if listing is not None:
                return source, listing
        folders = scan.folders_in(folder)
        if len(folders) != 1 or scan.has_loose_images(folder):
            break
        folder = folders[0]
    raise _not_a_dataset(scan, root)


def _not_a_dataset(scan: FolderScan, root: Path) -> DatasetError:
    files = class_folders.files_by_class(scan, root)
    with_images = [name for name, paths in files.items() if paths]
    hint = QT_TRANSLATE_NOOP(
        "core",
        "Make one folder per class with its images inside, or “train” and “val” folders that hold "
        "such class folders.",
    )
    if len(with_images) == 1:
        return _one_class(with_images[0], hint)
    if scan.has_loose_images(root):
        sentence = QT_TRANSLATE_NOOP(
            "core", "The images in “{name}” lie loose, without a folder for each class."
        )
    else:
        sentence = QT_TRANSLATE_NOOP("core", "There are no images in “{name}” to learn from.")
    return DatasetError(sentence, hint, name=name_of(root))


def _one_class(name: str, hint: str) -> DatasetError:
    sentence = QT_TRANSLATE_NOOP("core", "There is only one class with images, “{name}”.")
    return DatasetError(sentence, hint, name=name)


def _check(
    root: Path, listing: Listing, stop: StopToken | None, on_progress: Progress | None
) -> tuple[dict[Split, dict[str, list[Path]]], tuple[ExcludedFile, ...]]:
    """The files that can be used, and the others. What is known from before is not opened again."""
    blocks = [
        (split, name, block)
        for split, by_class in listing.files.items()
        for name, of_class in by_class.items()
        for block in of_class
    ]
    readable: dict[Split, dict[str, list[Path]]] = {
        split: {name: [] for name in by_class} for split, by_class in listing.files.items()
    }
    excluded: list[ExcludedFile] = []
    progress = _ProgressReport(sum(len(block.names) for _, _, block in blocks), on_progress)
    checked = CheckedFiles(root)
    try:
        for split, name, block in blocks:
            verdicts = checked.verdicts(block)
            try:
                _fill(verdicts, block, stop, progress)
            finally:
                checked.remember(block, verdicts)
            for path, verdict in zip(block.paths, verdicts, strict=True):
                if verdict:
                    excluded.append(ExcludedFile(path, verdict))
                else:
                    readable[split][name].append(path)
    finally:
        checked.save()
    return readable, tuple(excluded)


def _fill(
    verdicts: list[Verdict], block: FolderImages, stop: StopToken | None, progress: _ProgressReport
) -> None:
    """Look into the files of `block` whose verdict is open."""
    _raise_if_stopped(stop)
    if None not in verdicts:
        progress.add(len(verdicts))
        return
    for i, verdict in enumerate(verdicts):
        _raise_if_stopped(stop)
        if verdict is None:
            verdicts[i] = check_image(block.paths[i]) or FINE
        progress.add(1)


def _raise_if_stopped(stop: StopToken | None) -> None:
    if stop is not None and stop.stopped:
        raise DatasetError(QT_TRANSLATE_NOOP("core", "Opening the folder was stopped."))


class _ProgressReport:
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
    root: Path, listing: Listing, readable: Files
) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """The classes with training images, and what is odd about the others."""
    train = readable[Split.TRAIN]
    classes = tuple(sorted(name for name, paths in train.items() if paths))
    if not classes:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "No image in “{name}” can be read."),
            QT_TRANSLATE_NOOP("core", "The images must be JPEG, PNG, BMP, GIF, WebP or TIFF."),
            name=name_of(root),
        )
    if len(classes) == 1:
        hint = QT_TRANSLATE_NOOP("core", "Telling apart needs two classes or more with images.")
        raise _one_class(classes[0], hint)
    warnings = [
        Note(
            QT_TRANSLATE_NOOP("core", "The class “{name}” has no readable image and is left out."),
            {"name": name},
        )
        for name in train
        if name not in classes
    ]
    for split in (Split.VAL, Split.TEST):
        warnings += [
            Note(
                QT_TRANSLATE_NOOP(
                    "core",
                    "The class “{name}” has no training images, so its {split} images are left "
                    "out.",
                ),
                {"name": name, "split": SPLIT_TITLES[split]},
            )
            for name in readable.get(split, {})
            if name not in classes and listing.files[split][name] and name not in train
        ]
    return classes, tuple(warnings)


def _split(
    readable: Files, classes: tuple[str, ...], config: SplitConfig
) -> tuple[tuple[Sample, ...], bool]:
    """Samples ordered by split, class and path, and whether the studio made the split."""
    studio_split = Split.VAL not in readable
    samples: dict[Split, list[Sample]] = {split: [] for split in Split}
    if studio_split:
        if Split.TEST in readable:  # the folders say the test images
            config = SplitConfig(config.val_fraction, 0.0, config.seed)
        for sample in stratified_split([readable[Split.TRAIN][name] for name in classes], config):
            samples[sample.split].append(sample)
    for split, by_class in readable.items():
        if studio_split and split is Split.TRAIN:
            continue
        for class_index, name in enumerate(classes):
            paths = sorted(by_class.get(name, ()))
            samples[split] += [Sample(path, class_index, split) for path in paths]
    return tuple(sample for split in Split for sample in samples[split]), studio_split


def _count_warnings(index: DatasetIndex) -> tuple[Note, ...]:
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
    for class_index, name in enumerate(index.classes):
        if train[class_index] == 1:
            warnings.append(
                Note(
                    QT_TRANSLATE_NOOP("core", "The class “{name}” has a single training image."),
                    {"name": name},
                )
            )
        if any(val) and not val[class_index]:
            warnings.append(
                Note(
                    QT_TRANSLATE_NOOP("core", "The class “{name}” has no validation images."),
                    {"name": name},
                )
            )
    if len(index.excluded) == 1:
        warnings.append(
            Note(QT_TRANSLATE_NOOP("core", "One file cannot be read and is left out."), {})
        )
    elif index.excluded:
        warnings.append(
            Note(
                QT_TRANSLATE_NOOP("core", "{count} files cannot be read and are left out."),
                {"count": len(index.excluded)},
            )
        )
    return tuple(warnings)
