"""The files of one run in its folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.storage import atomic_write, remove_file
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.save import save_weights

WEIGHTS = "weights.pth"
LAST_WEIGHTS = "last_weights.pth"


def write_run(run: RunRecord, classifier: Classifier, index: DatasetIndex, folder: Path) -> Path:
    """Write weights, history, settings and split, each whole or not at all.

    Returns:
        The path of the best weights.

    Raises:
        StorageError, WeightsError: a file cannot be written.
    """
    weights = folder / WEIGHTS
    save_weights(classifier, weights)
    last = folder / LAST_WEIGHTS
    if classifier.last_state is not None:
        save_weights(classifier, last, which="last")
    else:
        remove_file(last)  # of an earlier run: the best weights are the last ones now
    atomic_write(folder / "history.csv", run.history.to_csv())
    atomic_write(folder / "config.json", classifier.config.to_json())
    atomic_write(folder / "split.json", json.dumps(_split(index), ensure_ascii=False, indent=1))
    return weights


def _split(index: DatasetIndex) -> dict[str, object]:
    """List the images of each split, with paths relative to the dataset where they lie in it."""
    return {
        "root": str(index.root.resolve()),
        "layout": index.layout.value,
        "split_config": None if index.split_config is None else asdict(index.split_config),
        "classes": list(index.classes),
        "samples": {
            split.value: [[index.key_of(s.image), s.class_index] for s in samples]
            for split, samples in index.by_split.items()
            if samples or split is not Split.TEST
        },
    }
