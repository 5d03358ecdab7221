"""One vector an image, for whoever asks about a dataset: kept, and following changes by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers import make_split_photos, tiny_classifier
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.probing import dataset_features as module
from tlstudio.engine.probing.dataset_features import DatasetFeatures, dataset_features
from tlstudio.engine.probing.features import PoolingProgressed


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatasetIndex:
    monkeypatch.setattr(module, "build_classifier", lambda _config, names: tiny_classifier(names))
    make_split_photos(tmp_path / "photos", ("green", "red"))
    return open_dataset(tmp_path / "photos")


def features_of(index: DatasetIndex) -> tuple[DatasetFeatures, list[object]]:
    *events, last = dataset_features(index, StopToken(), device="cpu")
    assert isinstance(last, DatasetFeatures)
    return last, list(events)


def test_every_image_of_every_split_has_its_vector_and_is_known_the_next_time(
    index: DatasetIndex,
) -> None:
    found, _ = features_of(index)
    assert found.images == tuple(sample.image for sample in index.samples)
    assert found.targets.tolist() == [sample.class_index for sample in index.samples]
    assert found.splits == tuple(sample.split for sample in index.samples)
    assert set(found.splits) >= {Split.TRAIN, Split.VAL}
    again, events = features_of(index)
    total = len(index.samples)
    assert events[-1] == PoolingProgressed(total, total, total)
    np.testing.assert_array_equal(again.vectors, found.vectors)
    assert again.digest == found.digest


def test_they_follow_changes_by_hand_without_another_look_at_the_images(
    index: DatasetIndex,
) -> None:
    found, _ = features_of(index)
    out, moved = index.samples[0].image, index.samples[1].image
    manifest = index.manifest.leaving_out([manifest_key(index.root, out)])
    manifest = manifest.moving([manifest_key(index.root, moved)], "red")
    edited = index.edited(manifest)
    now = found.of(edited)
    assert out not in now.images and len(now) == len(found) - 1
    assert now.targets.tolist() == [sample.class_index for sample in edited.samples]
    for image, vector in zip(now.images, now.vectors, strict=True):
        np.testing.assert_array_equal(vector, found.vectors[found.rows[image]])


def test_an_image_that_cannot_be_read_is_told_of_and_has_no_vector(index: DatasetIndex) -> None:
    path = index.samples[0].path
    assert path is not None
    path.unlink()
    found, events = features_of(index)
    assert [event.path for event in events if isinstance(event, SampleSkipped)] == [str(path)]
    assert found.images == tuple(sample.image for sample in index.samples[1:])
