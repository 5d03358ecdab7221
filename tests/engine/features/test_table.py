"""The table of features: found or computed once, kept whatever happens, in memory or on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from tests.engine.features.networks import PREPROCESSING, conv_net, frozen_part
from tests.helpers import photo
from tlstudio.core import storage
from tlstudio.core.data.dataset import Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import StorageError
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.core.storage import preferences_path, write_preferences
from tlstudio.engine.data.digests import ContentDigests
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.features import table as table_module
from tlstudio.engine.features.blocks import FeatureFolder
from tlstudio.engine.features.table import FeatureTable, features_dir
from tlstudio.engine.features.views import ViewRecord, plain_views

CPU = torch.device("cpu")


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    found = []
    for number in range(7):
        path = tmp_path / f"{number}.png"
        photo(number % 2, number).save(path)
        found.append(Sample(ImageRef.of_file(path), number % 2, Split.TRAIN))
    return found


def views_of(samples: Sequence[Sample]) -> list[ViewRecord]:
    with ContentDigests() as digests:
        return plain_views({n: digests.of(s.image) for n, s in enumerate(samples)})


def table(in_memory: bool = True) -> FeatureTable:
    return FeatureTable(
        frozen_part(), CPU, ImageStore(PREPROCESSING), batch_size=3, in_memory=in_memory
    )


def filled(
    samples: Sequence[Sample], views: Sequence[ViewRecord], in_memory: bool = True
) -> tuple[FeatureTable, int, list[int | SampleSkipped]]:
    """The table, how many views it found, and what it told while it computed the others."""
    it = table(in_memory)
    found, missing = it.find(views)
    return it, found, list(it.fill(missing, samples, StopToken()))


@pytest.mark.parametrize("in_memory", [True, False])
def test_rows_are_what_the_layers_give(samples: list[Sample], in_memory: bool) -> None:
    views = views_of(samples)
    first, found, steps = filled(samples, views, in_memory)
    assert (found, steps) == (0, [3, 3, 1])
    again, found, steps = filled(samples, views, in_memory)
    assert (found, steps) == (7, [])
    pixels = [ImageStore(PREPROCESSING).view(s.image) for s in samples[:3]]
    with torch.no_grad():
        wanted = conv_net().eval()[:8](stack(pixels, PREPROCESSING))
    for it in (first, again):
        torch.testing.assert_close(it.rows(views[:3])[0], wanted, rtol=1e-4, atol=1e-5)
        assert torch.equal(it.rows(views)[0], first.rows(views)[0])


def test_rows_may_be_worked_on_in_place(samples: list[Sample]) -> None:
    views = views_of(samples)
    for in_memory in (True, False):
        it, _, _ = filled(samples, views, in_memory)
        before = it.rows(views)[0].clone()
        it.rows(views)[0].zero_()
        it.rows(views[:1])[0].zero_()
        assert torch.equal(it.rows(views)[0], before)


@pytest.mark.parametrize("way", ["stop", "close"])
def test_what_was_computed_is_kept(samples: list[Sample], way: str) -> None:
    views, stop = views_of(samples), StopToken()
    it = table()
    steps = it.fill(it.find(views)[1], samples, stop)
    assert next(steps) == 3  # type: ignore[call-overload]
    if way == "stop":
        stop.stop()
        assert list(steps) == []
    else:
        steps.close()  # type: ignore[attr-defined]
    assert table().find(views)[0] == 3


def test_what_cannot_be_read_is_told_once_and_left_out(samples: list[Sample]) -> None:
    samples[1].image.path.write_bytes(b"no image")
    views = views_of(samples)
    it, _, steps = filled(samples, views)
    assert [s.path for s in steps if isinstance(s, SampleSkipped)] == [str(samples[1].image)]
    assert sum(s for s in steps if isinstance(s, int)) == 7
    assert [view.index for view in views if it.has(view)] == [0, 2, 3, 4, 5, 6]
    again = list(it.fill(it.find(views)[1], samples, StopToken()))
    assert again == [1]


def test_a_file_that_changes_meanwhile_is_not_kept_under_its_old_name(
    samples: list[Sample],
) -> None:
    views = views_of(samples)
    photo(4, 99, (60, 50)).save(samples[2].image.path)
    it, _, _ = filled(samples, views)
    assert it.has(views[2])
    assert [view.index for view in table().find(views)[1]] == [2]


def test_twice_the_same_picture(samples: list[Sample]) -> None:
    samples[3].image.path.write_bytes(samples[0].image.path.read_bytes())
    views = views_of(samples)
    it, _, _ = filled(samples, views)
    rows = it.rows(views)[0]
    torch.testing.assert_close(rows[0], rows[3])


def full(*_: object) -> None:
    raise StorageError("“{name}” cannot be written: {why}.", name="a", why="No space left")


def test_without_room_on_disk_rows_stay_in_memory(
    samples: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FeatureFolder, "add", full)
    views = views_of(samples)
    it, _, _ = filled(samples, views)
    assert all(it.has(view) for view in views)
    with pytest.raises(StorageError):
        filled(samples, views, in_memory=False)


def test_files_that_are_cut_short_in_the_middle_of_a_run_are_told_of(
    samples: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    views = views_of(samples)
    it, _, _ = filled(samples, views, in_memory=False)
    assert it.rows(views)[0].shape == (7, 48)
    for path in features_dir().glob("*/*.features"):
        os.truncate(path, 100)
    with pytest.raises(StorageError, match="changed the kept features"):
        it.rows(views)
    monkeypatch.setattr(storage, "_RESERVE_BYTES", 10**18)  # a disk that is full
    with pytest.raises(StorageError, match="too full"):
        filled(samples, views, in_memory=False)


def test_blocks_are_written_as_they_fill_up(
    samples: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_module, "BLOCK_BYTES", 1)
    filled(samples, views_of(samples), in_memory=False)
    assert len(list(features_dir().glob("*/*.features"))) == 3


def test_the_cache_is_bounded_by_the_preferences(
    samples: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_module, "BLOCK_BYTES", 1)
    write_preferences({"features_limit_gb": 2500e-9}, preferences_path())
    it, _, _ = filled(samples, views_of(samples))
    files = list(features_dir().glob("*/*.features"))
    assert 0 < sum(path.stat().st_size for path in files) <= 2500
    assert it.rows(views_of(samples))[0].shape == (7, 48)


def test_a_kept_row_holds_on_to_nothing_but_its_batch(samples: list[Sample]) -> None:
    it, _, _ = filled(samples, views_of(samples))
    storages = {r.untyped_storage().data_ptr(): r.untyped_storage() for r in it._rows.values()}
    assert sum(s.nbytes() for s in storages.values()) == 7 * 48 * 4
