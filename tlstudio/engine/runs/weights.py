"""The network of a kept run, read from its folder."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import torch

import tlstudio
from tlstudio.core.config import make_config
from tlstudio.core.errors import ConfigError
from tlstudio.core.runs.history import History
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.runs.checkpoint import best_of, read_checkpoint
from tlstudio.engine.runs.files import (
    CHECKPOINT,
    LAST_WEIGHTS,
    RUN,
    WEIGHTS,
    config_of,
    damaged,
    read_facts,
)
from tlstudio.engine.weights.load import load_weights

_LIBRARIES = ("torch", "torchvision", "timm", "numpy", "pillow")


def read_classifier(folder: Path, which: Literal["best", "last"] = "best") -> Classifier:
    """Read the best weights, or those after the last epoch, on the CPU.

    Raises:
        StorageError, WeightsError: they are gone or damaged.
    """
    last = folder / LAST_WEIGHTS
    has_last = last.exists()
    if which == "last" and has_last:
        return load_weights(last).classifier
    if (folder / WEIGHTS).exists():
        classifier = load_weights(folder / WEIGHTS).classifier
    else:
        classifier = _rebuilt(folder)
    if has_last:
        classifier.last_state = dict(load_weights(last).classifier.network.state_dict())
    if (folder / CHECKPOINT).exists():
        _lay_over(classifier, read_checkpoint(folder))
    return classifier


def _rebuilt(folder: Path) -> Classifier:
    """The network as the run began: it died before its weights were written as a whole."""
    values = read_facts(folder)
    try:
        if values is None:
            raise ValueError("no run.json")
        config = make_config(config_of(values))
        classes = tuple(map(str, values["record"]["classes"]))
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise damaged(RUN) from error
    return build_classifier(config, classes)


def _lay_over(classifier: Classifier, state: Mapping[str, Any]) -> None:
    """Give a network the best weights of a checkpoint, where it knows of more epochs."""
    history = History.from_dicts(state["history"])
    if len(history.epochs) <= len(classifier.history.epochs):
        return
    own = classifier.network.state_dict()
    try:
        with torch.no_grad():
            for name, value in best_of(state).items():
                own[name].copy_(value)
    except (KeyError, RuntimeError) as error:
        raise damaged(CHECKPOINT) from error
    classifier.history, classifier.last_state = history, None


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
