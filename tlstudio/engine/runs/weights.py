"""The network of a kept run, read from its folder."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import torch

import tlstudio
from tlstudio.core.config.run_config import kept_config
from tlstudio.core.errors import ConfigError, StorageError, WeightsError
from tlstudio.core.evaluation.novelty import NoveltyDetector
from tlstudio.core.runs.history import History
from tlstudio.core.storage import atomic_write, is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.runs.checkpoint import read_checkpoint
from tlstudio.engine.runs.commit import settle
from tlstudio.engine.runs.files import (
    CALIBRATION,
    CHECKPOINT,
    LAST_WEIGHTS,
    NOVELTY,
    RUN,
    WEIGHTS,
    config_of,
    damaged,
    read_facts,
    read_temperature,
)
from tlstudio.engine.weights.load import LoadedWeights, load_weights, split_copy

_LIBRARIES = ("torch", "torchvision", "timm", "numpy", "pillow")


def read_classifier(folder: Path, which: Literal["best", "last"] = "best") -> Classifier:
    """Read the best weights, or those after the last epoch, on the CPU.

    Raises:
        StorageError, WeightsError: they are gone or damaged.
    """
    settle(folder)
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
    if (folder / CALIBRATION).exists():
        best = classifier.history.best
        classifier.temperature = read_temperature(folder, best.epoch if best else None)
    classifier.novelty = _read_novelty(folder, classifier) or classifier.novelty
    return classifier


def write_novelty(folder: Path, detector: NoveltyDetector, epochs: int) -> None:
    """Keep what "none of these" needs beside the weights of a run.

    Args:
        folder: of the run.
        detector: measured in its network.
        epochs: that the network had learned for; after more of them it does not hold any more.

    Raises:
        StorageError: it cannot be written.
    """
    atomic_write(folder / NOVELTY, json.dumps({**detector.to_values(), "epochs": epochs}))


def _read_novelty(folder: Path, classifier: Classifier) -> NoveltyDetector | None:
    """None where there is none, or the network has learned more since."""
    try:
        values = json.loads((folder / NOVELTY).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or values.get("epochs") != len(classifier.history.epochs):
        return None
    return NoveltyDetector.from_values(values, len(classifier.classes))


def load_any(
    name: str, *, model: str | None = None, classes: tuple[str, ...] | None = None
) -> LoadedWeights:
    """Read a network from a file, from a run's folder, or by the id of a run.

    Args:
        name: which one; ``last.ckpt#ema`` is the copy at ``ema`` in a file.
        model: the model that it must be; a run says that itself.
        classes: its classes, where a file does not say.

    Raises:
        StorageError, WeightsError: it is gone, or of no use.
        ConfigError: the catalog has no `model`.
    """
    from tlstudio.engine.runs.store import RunStore

    path, copy = split_copy(name)
    if is_there(path) and not path.is_dir():
        return load_weights(path, model=model, classes=classes, copy=copy)
    try:
        entry = RunStore().find_any(name)
    except StorageError as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "There is no file, and no run, “{path}”."),
            QT_TRANSLATE_NOOP("core", "Choose a .pth, .pt or .safetensors file."),
            path=name,
        ) from error
    classifier = read_classifier(entry.folder)
    return LoadedWeights(classifier, "run", len(classifier.network.state_dict()), ())


def _rebuilt(folder: Path) -> Classifier:
    """The network as the run began: it died before its weights were written as a whole."""
    values = read_facts(folder)
    try:
        if values is None:
            raise ValueError("no run.json")
        config = kept_config(config_of(values))
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
            for name, value in state["best"].items():
                own[name].copy_(value)
    except (KeyError, RuntimeError) as error:
        raise damaged(CHECKPOINT) from error
    classifier.history, classifier.last_state, classifier.temperature = history, None, 1.0


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
