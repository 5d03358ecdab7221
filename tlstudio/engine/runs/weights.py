"""The network of a kept run, read from its folder."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Literal

import tlstudio
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.runs.files import LAST_WEIGHTS, WEIGHTS
from tlstudio.engine.weights.load import load_weights

_LIBRARIES = ("torch", "torchvision", "timm", "numpy", "pillow")


def read_classifier(folder: Path, which: Literal["best", "last"] = "best") -> Classifier:
    """Read the best weights, or those after the last epoch, on the CPU.

    Raises:
        WeightsError: they are gone or damaged.
    """
    last = folder / LAST_WEIGHTS
    has_last = last.exists()
    if which == "last" and has_last:
        return load_weights(last).classifier
    classifier = load_weights(folder / WEIGHTS).classifier
    if has_last:
        classifier.last_state = dict(load_weights(last).classifier.network.state_dict())
    return classifier


def environment(device: str = "") -> dict[str, str]:
    """What a run depends on beside its settings: versions and machine, by name."""
    values = {
        "studio": tlstudio.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for name in _LIBRARIES:
        module = sys.modules.get(name)  # what runs, not what is installed
        version = getattr(module, "__version__", None)
        values[name] = str(version or metadata.version(name))
    if device:
        values["device"] = device
    return values
