"""Predicting any image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers import make_photos, make_split_photos, photo, tiny_classifier
from tlstudio.core.data.dataset import ExcludedFile, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.acceleration import choice
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.evaluation import evaluate
from tlstudio.engine.inference import find_images, predict


def test_predictions_equal_the_evaluations(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path))
    samples = index.by_split[Split.VAL]
    classifier = tiny_classifier(index.classes)
    found = list(predict(classifier, [s.image for s in samples]))
    expected = evaluate(classifier, samples).predictions
    assert [p.probabilities for p in found if isinstance(p, PredictionRecord)] == [
        p.probabilities for p in expected
    ]
    assert all(isinstance(p, PredictionRecord) and p.target is None for p in found)


def test_unreadable_files_stand_in_their_place(tmp_path: Path) -> None:
    paths = []
    for number in range(5):
        paths.append(tmp_path / f"{number}.png")
        photo(number).save(paths[-1])
    paths[1].write_bytes(b"")
    paths.append(tmp_path / "missing.png")
    found = list(
        predict(tiny_classifier(), [ImageRef.of_file(path) for path in paths], batch_size=2)
    )
    assert [result.image.path for result in found] == paths
    bad = [result for result in found if isinstance(result, ExcludedFile)]
    assert [result.image.path for result in bad] == [paths[1], paths[5]]
    assert all(result.reason for result in bad)


def test_a_network_in_training_is_not_disturbed(tmp_path: Path) -> None:
    photo().save(tmp_path / "a.png")
    classifier = tiny_classifier()
    classifier.network.train()
    before = {name: value.clone() for name, value in classifier.network.state_dict().items()}
    (one,) = predict(classifier, [ImageRef.of_file(tmp_path / "a.png")])
    (again,) = predict(classifier, [ImageRef.of_file(tmp_path / "a.png")])
    assert one == again
    assert all(module.training for module in classifier.network.modules())
    assert all(
        torch.equal(value, before[name]) for name, value in classifier.network.state_dict().items()
    )


def test_stop(tmp_path: Path) -> None:
    photo().save(tmp_path / "a.png")
    stop = StopToken()
    results = predict(
        tiny_classifier(), [ImageRef.of_file(tmp_path / "a.png")] * 6, stop=stop, batch_size=2
    )
    next(results)
    stop.stop()
    assert len(list(results)) == 1


def test_folders_are_searched(tmp_path: Path) -> None:
    make_photos(tmp_path / "set", per_class=2)
    lone = tmp_path / "note.txt"
    assert [image.path for image in find_images([lone, tmp_path / "set"])] == [
        lone,
        *(tmp_path / "set" / n / f"{n}_{i:03}.png" for n in ("green", "red") for i in range(2)),
    ]


def test_files_may_be_named_by_their_paths(tmp_path: Path) -> None:
    path = tmp_path / "leaf.png"
    photo().save(path)
    (record,) = predict(tiny_classifier(), [path])
    assert isinstance(record, PredictionRecord)
    assert record.image == ImageRef.of_file(path) and record.path == path


def test_another_engine_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = open_dataset(make_split_photos(tmp_path)).samples
    exact = list(predict(tiny_classifier(), [sample.image for sample in samples]))
    monkeypatch.setattr(choice, "MIN_IMAGES", 2)
    chosen: list[str] = []
    own = choice.choose_engine

    def noting(*args: Any, **kwargs: Any) -> choice.EngineChoice:
        made = own(*args, **kwargs)
        chosen.append(made.engine)
        return made

    monkeypatch.setattr(choice, "choose_engine", noting)
    classifier = tiny_classifier()
    classifier.config = classifier.config.changed(engine="onnxruntime")
    fast = list(predict(classifier, [sample.image for sample in samples]))
    measured = evaluate(classifier, samples).predictions
    assert chosen == ["onnxruntime"] * 2
    for a, b, c in zip(exact, fast, measured, strict=True):
        assert isinstance(a, PredictionRecord) and isinstance(b, PredictionRecord)
        assert a.predicted == b.predicted == c.predicted
        assert b.probabilities == pytest.approx(a.probabilities, abs=1e-5)
    (alone,) = predict(classifier, [samples[0].image])
    assert isinstance(alone, PredictionRecord) and alone.predicted == fast[0].predicted
    assert len(chosen) == 2  # not for one image
