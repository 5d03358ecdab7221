""" "None of these" in the folder of a run: there and back, and gone once the network learns on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.evaluation.novelty import ConformalLevels, NoveltyDetector
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.kept import RunOrigin
from tlstudio.core.settings import Settings
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.runs.recording import keep_run
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.runs.weights import NOVELTY, read_classifier, write_novelty
from tlstudio.engine.training.run_checks import checked_plan

CONFIG = RunConfig().changed(
    model="lenet5",
    initialisation="random",
    strategy="from_scratch",
    device="cpu",
    image_px=32,
    epochs=1,
    batch_size=4,
)
RUN = "run-1"


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return open_dataset(make_split_photos(tmp_path / "photos", train=4, val=2))


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def detector() -> NoveltyDetector:
    rng = np.random.default_rng(0)
    known = ConformalLevels(
        rng.random(60).astype(np.float32), np.repeat([0, 1], 30).astype(np.int32), 2
    )
    return NoveltyDetector.packed(rng.normal(size=(20, 84)), np.repeat([0, 1], 10), known)


def learn(
    store: RunStore, index: DatasetIndex, classifier: Classifier, epochs: int, *, resume: bool
) -> Path:
    config = CONFIG.changed(epochs=epochs)
    settings = Settings(config, checked_plan(config, index))
    for _ in keep_run(
        settings,
        index,
        StopToken(),
        classifier,
        store=store,
        run_id=RUN,
        origin=RunOrigin.TERMINAL,
        resume=resume,
    ):
        pass
    return store.entry(RUN).folder


def test_there_and_back_until_the_run_goes_on(store: RunStore, index: DatasetIndex) -> None:
    folder = learn(store, index, build_classifier(CONFIG, index.classes), 1, resume=False)
    assert read_classifier(folder).novelty is None
    before = detector().changed(level=0.1, is_on=False)
    write_novelty(folder, before, 1)
    after = read_classifier(folder).novelty
    assert after is not None
    assert after.to_values() == before.to_values()

    learn(store, index, read_classifier(folder), 2, resume=True)
    assert (folder / NOVELTY).exists()
    assert read_classifier(folder).novelty is None
    write_novelty(folder, before, 2)
    assert read_classifier(folder).novelty is not None
    (folder / NOVELTY).write_text("{", encoding="utf-8")
    assert read_classifier(folder).novelty is None


def test_training_drops_what_was_measured_before(store: RunStore, index: DatasetIndex) -> None:
    classifier = build_classifier(CONFIG, index.classes)
    classifier.novelty = detector()
    folder = learn(store, index, classifier, 1, resume=False)
    assert classifier.novelty is None
    assert read_classifier(folder).novelty is None
