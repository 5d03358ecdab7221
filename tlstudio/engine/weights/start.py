"""Starting from the values of a file or run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from tlstudio.core.errors import ConfigError, TLStudioError, WeightsError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.build import has_input_transform, set_input_transform
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.heads import head_paths
from tlstudio.engine.weights.load import load_weights


def start_problem(start_from: str) -> TLStudioError | None:
    """What can be told without reading the file or run; None if nothing is wrong with it."""
    if not start_from:
        return ConfigError(
            QT_TRANSLATE_NOOP("core", "It is not said from which file or run training starts."),
            QT_TRANSLATE_NOOP("core", "Choose one, or start from pretrained values."),
        )
    if not Path(start_from).exists():
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}”, from which training starts, is not there."),
            QT_TRANSLATE_NOOP("core", "Choose another file or run, or pretrained values."),
            name=start_from,
        )
    return None


def take_values(classifier: Classifier, start_from: str) -> None:
    """Give a new network the values of a file or run of the same model.

    The head keeps its fresh values where that one tells other classes apart, or the same ones in
    another order.

    Raises:
        ConfigError, StorageError, WeightsError: it is gone, damaged, or of another network.
    """
    problem = start_problem(start_from)
    if problem is not None:
        raise problem
    source = _classifier_in(Path(start_from), classifier.model)
    network, values = classifier.network, source.network.state_dict()
    if source.classes != classifier.classes:
        heads = tuple(f"{path}." for path in head_paths(network))
        values = {name: value for name, value in values.items() if not name.startswith(heads)}
    own = network.state_dict()
    if any(name not in own or own[name].shape != value.shape for name, value in values.items()):
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” was trained on images of another size or colour."),
            QT_TRANSLATE_NOOP(
                "core", "Choose the same input size, colours and stem as there, or another file."
            ),
            name=start_from,
        )
    with torch.no_grad():
        for name, value in values.items():
            own[name].copy_(value)
    if has_input_transform(network):
        set_input_transform(network, bool(getattr(source.network, "transform_input", False)))
    like = source.preprocessing
    if like.channels == classifier.preprocessing.channels:
        classifier.preprocessing = replace(classifier.preprocessing, mean=like.mean, std=like.std)


def _classifier_in(path: Path, model: str) -> Classifier:
    if not path.is_dir():
        return load_weights(path, model=model).classifier
    from tlstudio.engine.runs.weights import read_classifier  # which rebuilds networks

    source = read_classifier(path)
    if source.model != model:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds weights of {found}, not of {model}."),
            QT_TRANSLATE_NOOP("core", "Choose the model {found}, or another file."),
            name=path.name,
            found=source.model,
            model=model,
        )
    return source
