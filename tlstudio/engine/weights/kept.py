"""Trained classifiers put aside while the studio runs: a file or two each, in its cache folder."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.load import load_weights
from tlstudio.engine.weights.save import save_weights

STALE_S = 7 * 24 * 3600.0  # what a session that ended badly has left is removed after this time


def keep_model(classifier: Classifier, path: Path) -> Path:
    """Write a classifier so that `kept_model` gives it back as it is; returns `path`.

    Args:
        path: ends in ``.safetensors``, in a folder of this session alone.

    Raises:
        StorageError: it cannot be written.
    """
    _tidy(path.parent)
    if classifier.last_state is not None:
        save_weights(classifier, _last(path), which="last")
    save_weights(classifier, path)
    return path


def kept_model(path: Path) -> Classifier:
    """Read what `keep_model` wrote, on the CPU.

    Raises:
        WeightsError: it is gone or damaged.
    """
    classifier = load_weights(path).classifier
    if _last(path).exists():
        classifier.last_state = dict(load_weights(_last(path)).classifier.network.state_dict())
    return classifier


def forget_models(folder: Path) -> None:
    """Remove all that a session kept, as far as that is possible."""
    shutil.rmtree(folder, ignore_errors=True)


def _last(path: Path) -> Path:
    return path.with_name(f"{path.stem}-last{path.suffix}")


def _tidy(own: Path) -> None:
    """Remove what other sessions have left long ago."""
    with contextlib.suppress(OSError):
        for folder in own.parent.iterdir():
            if folder != own and time.time() - folder.stat().st_mtime > STALE_S:
                forget_models(folder)
