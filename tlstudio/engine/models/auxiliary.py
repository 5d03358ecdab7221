"""Auxiliary classifiers of a network: found, fitted to other classes, and left out."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from tlstudio.core.networks.auxiliary import AUXILIARY_NAMES, is_auxiliary
from tlstudio.engine.models.classifier import Classifier


def auxiliary_paths(network: nn.Module) -> tuple[str, ...]:
    """Module paths of the auxiliary classifiers that `network` was built with."""
    names = (name for name, _ in network.named_children())
    return tuple(name for name in names if name in AUXILIARY_NAMES)


def all_answers(output: Any) -> tuple[torch.Tensor, ...]:
    """The network's own logits, and those of its auxiliary classifiers after them.

    Networks that have such return a tuple in train mode, and their own logits alone in eval mode.
    """
    return tuple(output) if isinstance(output, tuple) else (output,)


def trains_auxiliary(network: nn.Module) -> bool:
    """Whether parameters of an auxiliary classifier train."""
    return any(
        parameter.requires_grad
        for path in auxiliary_paths(network)
        for parameter in network.get_submodule(path).parameters()
    )


def auxiliary_heads(network: nn.Module) -> tuple[str, ...]:
    """Module paths of the linear layers that make the logits of its auxiliary classifiers."""
    paths = []
    for branch in auxiliary_paths(network):
        linear = (
            path
            for path, module in network.get_submodule(branch).named_modules(prefix=branch)
            if isinstance(module, nn.Linear)
        )
        *_, last = linear
        paths.append(last)
    return tuple(paths)


def replace_auxiliary_heads(network: nn.Module, num_classes: int) -> None:
    """Put new layers with `num_classes` outputs at the end of its auxiliary classifiers."""
    for path in auxiliary_heads(network):
        old = network.get_submodule(path)
        assert isinstance(old, nn.Linear)
        network.set_submodule(path, nn.Linear(old.in_features, num_classes).to(old.weight))


def without_auxiliary(classifier: Classifier) -> Classifier:
    """The same classifier for use alone: it answers the same, and training is over for it.

    One that has no auxiliary classifiers is returned itself, else a copy.
    """
    if not auxiliary_paths(classifier.network):
        return classifier
    plain = copy.copy(classifier)
    plain.network = copy.deepcopy(classifier.network)
    for path in auxiliary_paths(plain.network):
        setattr(plain.network, path, None)
    if hasattr(plain.network, "aux_logits"):  # torchvision's book about them
        plain.network.aux_logits = False  # type: ignore[assignment]
    if plain.last_state is not None:
        state = plain.last_state.items()
        plain.last_state = {name: value for name, value in state if not is_auxiliary(name)}
    plain.config = classifier.config.changed(auxiliary="off")
    return plain
