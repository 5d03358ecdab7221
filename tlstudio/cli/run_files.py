"""The weights of a run in the folder that `--out` names, as plain PyTorch reads them."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.storage import remove_file
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.runs.files import PLAIN_WEIGHTS
from tlstudio.engine.weights.save import save_weights

LAST_WEIGHTS = "last_weights.pth"


def write_weights(classifier: Classifier, folder: Path) -> Path:
    """Write the best weights, and the last ones where they are others; returns the best ones' file.

    Raises:
        StorageError, WeightsError: a file cannot be written.
    """
    weights = folder / PLAIN_WEIGHTS
    save_weights(classifier, weights)
    last = folder / LAST_WEIGHTS
    if classifier.last_state is not None:
        save_weights(classifier, last, which="last")
    else:
        remove_file(last)  # of an earlier run: the best weights are the last ones now
    return weights
