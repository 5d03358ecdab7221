"""What is recommended is not worse than the tutorial's settings, on the sample on board."""

from __future__ import annotations

from tlstudio.core.advice.advice import DataFacts
from tlstudio.core.advice.presets import RECOMMENDED, TUTORIAL, Preset
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import EpochEnded, StopToken
from tlstudio.engine.data.samples import sample_dataset_folder
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.training.trainer import train


def last_accuracy(name: str, index: DatasetIndex) -> float:
    """Of the validation images after the last epoch of a run with a preset."""
    proposed = Preset(name, DataFacts.of(index)).propose(RunConfig()).config
    # unvaried images: one pass of the backbone serves both runs
    config = proposed.changed(augmentation="none", precision="float32", device="cpu")
    classifier = build_classifier(config, index.classes)
    epochs = [
        event.record
        for event in train(config, index, StopToken(), classifier)
        if isinstance(event, EpochEnded)
    ]
    assert len(epochs) == config.epochs
    accuracy = epochs[-1].val_accuracy
    assert accuracy is not None
    return accuracy


def test_recommended_settings_are_not_worse_than_the_tutorials() -> None:
    index = open_dataset(sample_dataset_folder("autumn_table"))
    assert last_accuracy(RECOMMENDED, index) >= last_accuracy(TUTORIAL, index)
