"""Starting from the values of a file or run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import nn

from tlstudio.core.errors import ConfigError, TLStudioError, WeightsError
from tlstudio.core.networks.auxiliary import is_auxiliary
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.auxiliary import auxiliary_heads
from tlstudio.engine.models.build import set_input_transform
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.heads import head_paths, is_inside
from tlstudio.engine.weights.load import open_weights, split_copy


def start_problem(start_from: str) -> TLStudioError | None:
    """What can be told without reading the file or run; None if nothing is wrong with it."""
    if not start_from:
        return ConfigError(
            QT_TRANSLATE_NOOP("core", "It is not said from which file or run training starts."),
            QT_TRANSLATE_NOOP("core", "Choose one, or start from pretrained values."),
        )
    if not split_copy(start_from)[0].exists():
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}”, from which training starts, is not there."),
            QT_TRANSLATE_NOOP("core", "Choose another file or run, or pretrained values."),
            name=start_from,
        )
    return None


def take_values(classifier: Classifier, start_from: str) -> None:
    """Give a new network the values of a file or run of the same model.

    The head keeps its fresh values where that one tells other classes apart, the same ones in
    another order, or has other layers; so do auxiliary classifiers that it does not have.

    Raises:
        ConfigError, StorageError, WeightsError: it is gone, damaged, or of another network.
    """
    problem = start_problem(start_from)
    if problem is not None:
        raise problem
    network = classifier.network
    source = _start_values(start_from, classifier)
    own = network.state_dict()
    values = {n: value for n, value in source.values.items() if n in own or not is_auxiliary(n)}
    main, auxiliary = head_paths(network), auxiliary_heads(network)
    heads = () if source.classes == classifier.classes else (*main, *auxiliary)
    if _shapes_inside(main, values) != _shapes_inside(main, own):
        heads += main
    if heads:
        values = {name: value for name, value in values.items() if not is_inside(name, heads)}
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
    source.settle(network)
    like = source.preprocessing
    if like.channels == classifier.preprocessing.channels:
        classifier.preprocessing = replace(classifier.preprocessing, mean=like.mean, std=like.std)


def _shapes_inside(
    heads: tuple[str, ...], values: Mapping[str, torch.Tensor]
) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in values.items() if is_inside(name, heads)}


@dataclass(frozen=True, slots=True)
class _StartValues:
    """What a file or run has to begin with.

    Attributes:
        values: by the network's names; those of a head only where it has one that fits.
        classes: that its head tells apart.
        preprocessing: what its inputs went through.
        settle: switches the re-normalisation of inputs inside the network as it was there.
    """

    values: Mapping[str, torch.Tensor]
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    settle: Callable[[nn.Module], None]


def _start_values(start_from: str, classifier: Classifier) -> _StartValues:
    path, copy = split_copy(start_from)
    if not path.is_dir():
        opened = open_weights(path, model=classifier.model).copy(copy)
        if classifier.build.auxiliary:
            opened = opened.with_auxiliary()
        fault = opened.fault()
        if fault is not None and not opened.fit.has_backbone:
            raise fault
        values, _ = opened.values()
        return _StartValues(
            values,
            opened.class_names,
            opened.preprocessing,
            lambda network: opened.settle_input_transform(network, []),
        )
    from tlstudio.engine.runs.weights import read_classifier  # which rebuilds networks

    source = read_classifier(path)
    if source.model != classifier.model:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds weights of {found}, not of {model}."),
            QT_TRANSLATE_NOOP("core", "Choose the model {found}, or another file."),
            name=path.name,
            found=source.model,
            model=classifier.model,
        )
    transform = bool(getattr(source.network, "transform_input", False))
    return _StartValues(
        source.network.state_dict(),
        source.classes,
        source.preprocessing,
        lambda network: set_input_transform(network, transform),
    )
