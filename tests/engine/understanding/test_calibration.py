"""Temperature scaling: scikit-learn's, and applied everywhere once it is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.calibration import _TemperatureScaling

from tests.engine.runs.runs import write_kept
from tests.helpers import make_split_photos, tiny_classifier
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.core.evaluation.calibration import temperature_of, tempered
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.evaluation import evaluate
from tlstudio.engine.inference import predict
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.runs import files
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.understanding.calibration import calibrate, fit_temperature
from tlstudio.engine.weights.load import load_weights
from tlstudio.engine.weights.save import save_weights

CONFIG = RunConfig().changed(model="lenet5", initialisation="random", image_px=32, device="cpu")


def _too_sure(images: int, classes: int, missing: int = 0, seed: int = 0):
    """Predictions whose logits are three times as large as they should be."""
    noise = np.random.default_rng(seed)
    logits = noise.normal(size=(images, classes)) * 1.5
    p = np.exp(logits)
    p /= p.sum(1, keepdims=True)
    target = [
        int(
            noise.choice(
                classes - missing, p=row[: classes - missing] / row[: classes - missing].sum()
            )
        )
        for row in p
    ]
    sure = p**3
    sure /= sure.sum(1, keepdims=True)
    return [
        PredictionRecord(ImageRef.of_file(Path(f"/x/{i}.png")), tuple(row), wanted)
        for i, (row, wanted) in enumerate(zip(sure.tolist(), target, strict=True))
    ]


@pytest.mark.parametrize(
    ("images", "classes", "missing"), [(60, 2, 0), (60, 4, 0), (60, 4, 2), (40, 2, 1), (40, 90, 5)]
)
def test_the_temperature_is_scikit_learns(images: int, classes: int, missing: int) -> None:
    rows = _too_sure(images, classes, missing)
    logits = np.log([row.probabilities for row in rows])
    oracle = _TemperatureScaling().fit(logits, np.array([row.target for row in rows]))
    assert fit_temperature(rows) == pytest.approx(1 / oracle.beta_, rel=1e-4)


def test_what_is_too_sure_becomes_honest() -> None:
    rows = _too_sure(2000, 4)
    found = calibrate(rows, "abcd")
    assert found.temperature == pytest.approx(3, abs=0.3)
    assert found.helps
    assert found.ece_after < found.ece_before / 3
    assert "on images that the temperature was not fitted on" in str(found.verdict)
    honest = tempered(rows, found.temperature)
    again = calibrate(honest, "abcd", found.temperature)
    assert again.temperature == pytest.approx(found.temperature, rel=1e-3)
    assert not again.helps or again.ece_after == pytest.approx(again.ece_before, abs=0.01)
    assert [row.predicted for row in honest] == [row.predicted for row in rows]


def test_tempering_goes_back_and_keeps_what_is_impossible() -> None:
    rows = _too_sure(20, 3)
    there = tempered(tempered(rows, 2.5), 1 / 2.5)
    assert np.array([r.probabilities for r in there]) == pytest.approx(
        np.array([r.probabilities for r in rows])
    )
    certain = replace(rows[0], probabilities=(0.0, 1.0, 0.0))
    assert tempered([certain], 3.0)[0].probabilities == (0.0, 1.0, 0.0)


def test_too_few_images_say_so() -> None:
    with pytest.raises(DatasetError, match="19 images are too few"):
        calibrate(_too_sure(19, 3), "abc")


@pytest.mark.parametrize("value", [None, True, "2", 0, -1, float("nan"), float("inf"), [], 1e9])
def test_temperatures_of_strangers_are_1(value: object) -> None:
    assert temperature_of(value) == 1.0


def test_one_that_is_kept_is_applied_by_all_who_ask(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path))
    samples = index.by_split[Split.VAL]
    plain, warm = tiny_classifier(), tiny_classifier()
    warm.temperature = 4.0
    before = evaluate(plain, samples)
    after = evaluate(warm, samples)
    told = tuple(
        replace(row, target=sample.class_index)
        for row, sample in zip(predict(warm, [s.image for s in samples]), samples, strict=True)
        if isinstance(row, PredictionRecord)
    )
    wanted = np.array([row.probabilities for row in tempered(before.predictions, 4.0)])
    for rows in (after.predictions, told):
        assert np.array([row.probabilities for row in rows]) == pytest.approx(wanted, abs=1e-6)
    assert after.accuracy == before.accuracy
    assert after.loss != before.loss


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
def test_it_travels_with_the_weights(tmp_path: Path, name: str) -> None:
    classifier = build_classifier(CONFIG, ("a", "b"))
    classifier.temperature = 1.75
    save_weights(classifier, tmp_path / name)
    assert load_weights(tmp_path / name).classifier.temperature == 1.75


def test_where_a_file_cannot_be_written_no_file_has_it() -> None:
    store = RunStore()
    folder = write_kept(store.folder / "r")
    classifier = build_classifier(CONFIG, ("a", "b"))
    classifier.history = files.read_history(folder)
    save_weights(classifier, folder / files.WEIGHTS)
    (folder / files.PLAIN_WEIGHTS).mkdir()  # no file can take its place
    with pytest.raises(StorageError):
        store.set_temperature("r", 2.0)
    assert load_weights(folder / files.WEIGHTS).classifier.temperature == 1.0
    assert store.classifier("r").temperature == 1.0


def test_a_run_keeps_it_for_its_best_weights_alone(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path / "d"))
    store = RunStore()
    folder = write_kept(store.folder / "r")
    classifier = build_classifier(CONFIG, index.classes)
    classifier.history = files.read_history(folder)
    for name in (files.WEIGHTS, files.PLAIN_WEIGHTS):
        save_weights(classifier, folder / name)
    rows = [
        PredictionRecord(sample.image, (0.9, 0.1), sample.class_index)
        for sample in index.by_split[Split.VAL]
    ]
    kept = store.entry("r")
    files.write_predictions(folder, Split.VAL, rows, index.classes, index)

    def first(split: Split) -> float:
        read = files.read_predictions(
            folder, split, index.classes, index, files.read_temperature(folder, kept.best_epoch)
        )
        return read[0].probabilities[0]

    assert first(Split.VAL) == 0.9
    store.set_temperature("r", 2.0)
    assert store.classifier("r").temperature == 2.0
    for name in (files.WEIGHTS, files.PLAIN_WEIGHTS):
        assert load_weights(folder / name).classifier.temperature == 2.0
    assert first(Split.VAL) == pytest.approx(0.75)
    store.set_predictions("r", Split.TEST, tempered(rows, 2.0), index)
    assert first(Split.TEST) == pytest.approx(0.75)
    store.set_temperature("r", 1.0)
    assert first(Split.TEST) == pytest.approx(0.9)
    files.write_temperature(folder, 2.0, (kept.best_epoch or 0) + 1)
    assert store.classifier("r").temperature == 1.0  # the best weights are others now
