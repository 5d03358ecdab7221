"""Opening a dataset: find its layout, look at every file once, split, and say what is odd."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tlstudio.core.dataset import (
    SPLIT_TITLES,
    DatasetIndex,
    ExcludedFile,
    Sample,
    Split,
    SplitConfig,
)
from tlstudio.core.errors import DatasetError
from tlstudio.core.events import StopToken
from tlstudio.core.notes import Note
from tlstudio.core.splits import stratified_split
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import folders_in, has_loose_images, is_folder, name_of
from tlstudio.engine.data.images import check_image
from tlstudio.engine.data.sources import class_folders, split_folders
from tlstudio.engine.data.sources.source import Listing, SourceSpec
from tlstudio.engine.data.stored_splits import check_split, stored_split

SOURCES: tuple[SourceSpec, ...] = (split_folders.SOURCE, class_folders.SOURCE)

_MAX_WRAPPERS = 3
_PROGRESS_EVERY = 50

Progress = Callable[[int, int], None]
Files = Mapping[Split, Mapping[str, Sequence[Path]]]


def open_dataset(
    root: Path,
    split: SplitConfig | None = None,
    *,
    stop: StopToken | None = None,
    on_progress: Progress | None = None,
) -> DatasetIndex:
    """Look at a folder of images and make its index. Changes nothing on disk.

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
    source, listing = _recognise(root)
    readable, excluded = _check(listing.files, stop, on_progress)
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
    )
    return replace(index, warnings=(*listing.warnings, *warnings, *_count_warnings(index)))


def _recognise(root: Path) -> tuple[SourceSpec, Listing]:
    """The source that reads `root`, or the only folder in it, and so on a few levels down."""
    folder = root
    for _ in range(_MAX_WRAPPERS):
        for source in SOURCES:
            listing = source.listing(folder)
            if listing is not None:
                return source, listing
        folders = folders_in(folder)
        if len(folders) != 1 or has_loose_images(folder):
            break
        folder = folders[0]
    raise _not_a_dataset(root)


def _not_a_dataset(root: Path) -> DatasetError:
    files = class_folders.files_by_class(root)
    with_images = [name for name, paths in files.items() if paths]
    hint = QT_TRANSLATE_NOOP(
        "core",
        "Make one folder per class with its images inside, or “train” and “val” folders that hold "
        "such class folders.",
    )
    if len(with_images) == 1:
        return _one_class(with_images[0], hint)
    if has_loose_images(root):
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
    files: Files, stop: StopToken | None, on_progress: Progress | None
) -> tuple[dict[Split, dict[str, list[Path]]], tuple[ExcludedFile, ...]]:
    total = sum(len(paths) for by_class in files.values() for paths in by_class.values())
    done = 0
    excluded: list[ExcludedFile] = []
    readable: dict[Split, dict[str, list[Path]]] = {}
    for split, by_class in files.items():
        for name, paths in by_class.items():
            kept = readable.setdefault(split, {}).setdefault(name, [])
            for path in paths:
                if stop is not None and stop.stopped:
                    raise DatasetError(QT_TRANSLATE_NOOP("core", "Opening the folder was stopped."))
                reason = check_image(path)
                if reason is None:
                    kept.append(path)
                else:
                    excluded.append(ExcludedFile(path, reason))
                done += 1
                if on_progress is not None and (done % _PROGRESS_EVERY == 0 or done == total):
                    on_progress(done, total)
    return readable, tuple(excluded)


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
    samples: list[Sample] = []
    if studio_split:
        if Split.TEST in readable:  # the folders say the test images
            config = SplitConfig(config.val_fraction, 0.0, config.seed)
        samples += stratified_split([readable[Split.TRAIN][name] for name in classes], config)
    for split, by_class in readable.items():
        if studio_split and split is Split.TRAIN:
            continue
        for class_index, name in enumerate(classes):
            samples += [Sample(p, class_index, split) for p in sorted(by_class.get(name, ()))]
    order = list(Split)
    samples.sort(key=lambda sample: (order.index(sample.split), sample.class_index, sample.path))
    return tuple(samples), studio_split


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
