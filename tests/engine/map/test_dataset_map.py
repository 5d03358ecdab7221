"""The map of a dataset: kept, whatever the split is, until a file changes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers import make_split_photos
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import cache_dir
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.map.dataset_map import DatasetMap, dataset_map, known_map, places_of
from tlstudio.engine.probing.dataset_features import DatasetFeatures


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    make_split_photos(tmp_path / "photos", ("green", "red"))
    return open_dataset(tmp_path / "photos")


def features_of(index: DatasetIndex) -> DatasetFeatures:
    """Vectors of which those of a class are alike."""
    random = np.random.default_rng(0)
    targets = np.array([sample.class_index for sample in index.samples], dtype=np.int64)
    vectors = random.normal(size=(len(targets), 12)).astype(np.float32)
    vectors += 6 * np.eye(12, dtype=np.float32)[targets]
    images = tuple(sample.image for sample in index.samples)
    splits = tuple(sample.split for sample in index.samples)
    return DatasetFeatures("tiny", images, vectors, targets, splits)


def maps_of(index: DatasetIndex, features: DatasetFeatures | None = None) -> list[DatasetMap]:
    return list(dataset_map(features or features_of(index), index, StopToken()))


def test_a_map_is_laid_out_once_and_there_at_once_the_next_time(index: DatasetIndex) -> None:
    assert known_map(index, "tiny") is None
    *on_the_way, found = maps_of(index)
    assert on_the_way and not any(step.is_final for step in on_the_way) and found.is_final
    assert set(found.images) == {sample.image for sample in index.samples}
    (again,) = maps_of(index)
    known = known_map(index, "tiny")
    assert known is not None and known.images == again.images == found.images
    np.testing.assert_array_equal(known.positions, found.positions)
    np.testing.assert_array_equal(again.positions, found.positions)
    assert known_map(index, "another") is None


def test_another_split_is_the_same_map_and_a_changed_file_another(index: DatasetIndex) -> None:
    found = maps_of(index)[-1]
    features, order = features_of(index), list(reversed(range(len(index.samples))))
    turned = replace(index, samples=tuple(reversed(index.samples)))
    other = replace(
        features,
        images=tuple(reversed(features.images)),
        vectors=features.vectors[order],
        targets=features.targets[order],
    )
    (again,) = maps_of(turned, other)
    np.testing.assert_array_equal(again.positions, found.positions)
    path = index.samples[0].path
    assert path is not None
    os.utime(path, ns=(1, 1))
    assert known_map(index, "tiny") is None


def test_what_is_stopped_or_damaged_is_not_kept(index: DatasetIndex) -> None:
    stop = StopToken()
    on_the_way = dataset_map(features_of(index), index, stop)
    assert not next(on_the_way).is_final
    stop.stop()
    assert not list(on_the_way)
    assert known_map(index, "tiny") is None
    maps_of(index)
    for path in (cache_dir() / "maps").rglob("*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    assert known_map(index, "tiny") is None
    assert maps_of(index)[-1].is_final


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_a_handful_of_images_has_a_map_too(index: DatasetIndex, count: int) -> None:
    few = replace(index, samples=index.samples[:count])
    found = [*maps_of(few)]
    assert all(np.isfinite(known.positions).all() for known in found)
    assert len(found[-1].positions) == count if found else count == 0


def test_a_new_image_lies_amid_those_it_is_like(index: DatasetIndex) -> None:
    features = features_of(index)
    found = maps_of(index, features)[-1]
    place_of = {image: place for place, image in enumerate(found.images)}
    at = found.positions[[place_of[image] for image in features.images]]
    centres = np.stack([at[features.targets == number].mean(axis=0) for number in (0, 1)])
    new = np.random.default_rng(1).normal(size=(6, 12)).astype(np.float32)
    new += 6 * np.eye(12, dtype=np.float32)[[0, 0, 0, 1, 1, 1]]
    places = places_of(new, features, found)
    nearest = np.linalg.norm(places[:, None] - centres[None], axis=2).argmin(axis=1)
    assert nearest.tolist() == [0, 0, 0, 1, 1, 1]
