"""Dataset formats: one source each, listed in `opening.DATASET_SOURCES`."""

from tlstudio.engine.data.sources.opening import DATASET_SOURCES, is_dataset, open_dataset
from tlstudio.engine.data.stored_splits import (
    store_manifest,
    store_options,
    store_split,
    stored_manifest,
    stored_options,
    stored_split,
)

__all__ = [
    "DATASET_SOURCES",
    "is_dataset",
    "open_dataset",
    "store_manifest",
    "store_options",
    "store_split",
    "stored_manifest",
    "stored_options",
    "stored_split",
]
