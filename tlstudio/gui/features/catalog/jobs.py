"""The catalog of datasets, for the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.downloads.catalog import download_dataset as download_dataset
    from tlstudio.engine.downloads.catalog import remove_dataset as remove_dataset
else:
    download_dataset = later("tlstudio.engine.downloads.catalog", "download_dataset")
    remove_dataset = later("tlstudio.engine.downloads.catalog", "remove_dataset")


def present_datasets() -> dict[str, Path]:
    """What is to be opened of each dataset that is on this machine, by its name."""
    from tlstudio.core.data.catalog import CATALOG
    from tlstudio.engine.downloads.catalog import downloaded

    found = {row.name: downloaded(row.name) for row in CATALOG}
    return {name: place for name, place in found.items() if place is not None}
