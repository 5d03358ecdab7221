"""The sample datasets open, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlstudio.core.data.dataset import Layout, Split
from tlstudio.core.errors import ConfigError
from tlstudio.engine.data.samples import SAMPLE_DATASETS, sample_dataset_folder
from tlstudio.engine.data.sources import open_dataset


@pytest.mark.parametrize("row", SAMPLE_DATASETS, ids=lambda row: row.name)
def test_every_row_opens(row: object) -> None:
    folder = sample_dataset_folder(row.name)  # type: ignore[attr-defined]
    index = open_dataset(folder)
    assert index.layout is Layout.SPLIT_FOLDERS
    assert not index.excluded
    assert not index.warnings
    assert len(index.classes) >= 3
    assert all(index.counts[Split.TRAIN])


def test_digits_are_written_once_and_leave_nothing_behind(own_home: Path) -> None:
    folder = sample_dataset_folder("digits")
    index = open_dataset(folder)
    assert index.classes == tuple("0123456789")
    assert len(index.samples) == 1797
    before = index.samples[0].image.path.stat().st_mtime_ns
    assert sample_dataset_folder("digits") == folder
    assert index.samples[0].image.path.stat().st_mtime_ns == before
    assert [entry.name for entry in folder.parent.iterdir()] == ["digits"]


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ConfigError, match="sample dataset"):
        sample_dataset_folder("nothing")
