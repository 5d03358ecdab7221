"""Opening a dataset: the first source that recognises what is there makes its index."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, SplitConfig
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.split_config import check_split
from tlstudio.core.errors import DatasetError, SplitError
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.sources.folders import FOLDERS
from tlstudio.engine.data.sources.packed.source import PACKED
from tlstudio.engine.data.sources.source import Progress, SampleSource
from tlstudio.engine.data.sources.tables.source import TABLES
from tlstudio.engine.data.sources.value_range import settled_values
from tlstudio.engine.data.stored_splits import (
    stored_manifest,
    stored_options,
    stored_split,
)
from tlstudio.engine.loading import collection_paused, leave_to_stay

DATASET_SOURCES: tuple[SampleSource, ...] = (PACKED, TABLES, FOLDERS)  # asked in this order

SPLIT_USUALLY = QT_TRANSLATE_NOOP("core", "It is split as usual instead.")
_MANY = 10_000  # samples


def is_dataset(path: Path) -> bool:
    """Whether a source recognises `path`, from a glance at it; opening may still find nothing."""
    return any(source.recognises(path) for source in DATASET_SOURCES)


def open_dataset(
    root: Path,
    split: SplitConfig | None = None,
    options: ReadOptions | None = None,
    *,
    manifest: Manifest | None = None,
    stop: StopToken | None = None,
    on_progress: Progress | None = None,
) -> DatasetIndex:
    """Look at a dataset and make its index, as its manifest has it. Changes nothing of it.

    Images that were looked into before and have not changed are not opened again
    (`checked_files`).

    Args:
        root: what one of `DATASET_SOURCES` recognises.
        split: how to split where the dataset doesn't say; None takes the stored split, else the
            defaults. `store_split` remembers one.
        options: how to read it; None takes the stored options. `store_options` remembers them.
        manifest: what is to be otherwise than it says; None takes the stored one.
        stop: ends the look early.
        on_progress: called with (images looked at, images) every now and then.

    Raises:
        DatasetError: it is not a dataset, or the look was stopped.
        AmbiguousDatasetError: it can be read in several ways, and `options` do not say which.
        ConfigError: `split` is out of bounds.
        SplitError: the images or groups are too few for `split`.
        StorageError: its manifest cannot be read.
    """
    root = Path(root)
    source = next((source for source in DATASET_SOURCES if source.recognises(root)), None)
    if source is None and is_there(root):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” is no dataset that can be opened."),
            QT_TRANSLATE_NOOP(
                "core",
                "Open a folder of images, an archive (.zip, .tar), a table (.csv), or the files of "
                "CIFAR, MNIST or STL-10.",
            ),
            name=root.name,
        )
    if source is None:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There is no folder or file “{path}”."),
            QT_TRANSLATE_NOOP("core", "Choose a folder that holds one folder of images per class."),
            path=root,
        )
    manifest = stored_manifest(root) if manifest is None else manifest
    config = check_split(split or stored_split(root) or SplitConfig())
    options = stored_options(root) if options is None else options
    with collection_paused():
        try:
            read = source.index(root, config, options, stop=stop, on_progress=on_progress)
        except SplitError as error:
            if split is not None:
                raise
            usual = SplitConfig(seed=config.seed)  # the images are others than when it was stored
            read = source.index(root, usual, options, stop=stop, on_progress=on_progress)
            warning = Note(error.sentence, error.values)
            read = replace(read, warnings=(*read.warnings, warning, Note(SPLIT_USUALLY)))
        index = settled_values(replace(read, options=options), stop).edited(manifest)
        if len(index.samples) > _MANY:
            leave_to_stay()
    return index
