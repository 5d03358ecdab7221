"""Errors, registry, preprocessing, catalog search, dataset: small values and their promises."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import pytest

from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ConfigError, DatasetError, TLStudioError
from tlstudio.core.networks.catalog import (
    Library,
    ModelFilter,
    ModelSpec,
    WeightsPlace,
    WeightsSpec,
)
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.notes import Note
from tlstudio.core.registry import Registry


def test_errors_are_sentences_with_hints_and_travel() -> None:
    error = DatasetError("No “{name}” here.", "Try {other}.", name="a", other="b")
    assert (str(error), error.hint_text) == ("No “a” here.", "Try b.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DatasetError
    assert (str(again), again.hint_text, again.values) == (str(error), "Try b.", error.values)
    assert isinstance(error, TLStudioError)
    assert TLStudioError("x").hint_text == ""


def test_many_problems_are_one_error() -> None:
    problems = [ConfigError("First {n}.", n=1), ConfigError("Second.")]
    error = ConfigError.of(problems)
    assert str(error) == "First 1."
    assert error.problems == tuple(problems)
    assert problems[0].problems == (problems[0],)


@dataclass
class Row:
    name: str


def test_a_registry_refuses_aloud() -> None:
    rows = Registry("colour", [Row("red"), Row("green")])
    assert rows.names == ("red", "green")
    assert rows["red"].name == "red"
    assert ("red" in rows, "blue" in rows, len(rows)) == (True, False, 2)
    assert [row.name for row in rows] == ["red", "green"]
    with pytest.raises(ConfigError, match="no colour called “gren”") as caught:
        rows["gren"]
    assert "green" in caught.value.hint_text
    with pytest.raises(ConfigError):
        rows["something else entirely"]
    with pytest.raises(ValueError, match="red"):
        Registry("colour", [Row("red"), Row("red")])


def test_preprocessing_travels() -> None:
    made = Preprocessing(240, 224, (0.5, 0.5, 0.5), (0.5, 0.4, 0.3), "bicubic")
    assert Preprocessing.from_dict(made.to_dict()) == made


@pytest.mark.parametrize(
    "change",
    [
        {"mean": 3},
        {"mean": [1, 2]},
        {"std": [0, 1, 1]},
        {"crop_px": 0},
        {"crop_px": 300, "resize_px": 256},
        {"resize_px": 10**9},
        {"interpolation": "magic"},
    ],
)
def test_preprocessing_from_a_file_is_checked(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Preprocessing.from_dict({**Preprocessing().to_dict(), **change})
    with pytest.raises(KeyError):
        Preprocessing.from_dict({})


def spec(name: str, family: str, place: WeightsPlace) -> ModelSpec:
    weights = (WeightsSpec("V1", place, 0, Preprocessing()),)
    return ModelSpec(
        *(name, name.title(), family, Library.TORCHVISION, 1, 1.0, weights, Preprocessing(), 32)
    )


def test_search_wants_every_word() -> None:
    models = (
        spec("resnet18", "ResNet", WeightsPlace.REMOTE),
        spec("vgg11", "VGG", WeightsPlace.CACHED),
    )
    assert ModelFilter("RESNET 18")(models) == models[:1]
    assert ModelFilter("torchvision")(models) == models
    assert ModelFilter("")(models) == models
    assert ModelFilter("resnet vgg")(models) == ()
    assert [model.weights_ready for model in models] == [False, True]


def test_an_index_counts_and_filters() -> None:
    samples = tuple(
        Sample(ImageRef.of_file(Path(f"{split}/{number}.png")), number % 2, split)
        for split, count in ((Split.TRAIN, 3), (Split.VAL, 1))
        for number in range(count)
    )
    index = DatasetIndex(Path("/x"), "x", Layout.SPLIT_FOLDERS, ("a", "b"), samples)
    assert index.counts == {Split.TRAIN: (2, 1), Split.VAL: (1, 0), Split.TEST: (0, 0)}
    assert index.splits == (Split.TRAIN, Split.VAL)
    assert len(index.samples_of(Split.TRAIN, 0)) == 2
    assert len(index.samples_of(class_index=0)) == 3
    assert index.samples_of() == samples
    assert pickle.loads(pickle.dumps(index)) == index
    assert str(Note("Only {n}.", {"n": 1})) == "Only 1."
