"""Heads: finding the layer that makes the logits, and putting another in its place."""

from __future__ import annotations

import torch
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def head_path(network: nn.Module) -> str:
    """Module path of the layer that makes the logits.

    timm's networks say it themselves. In all others it is the last layer that holds parameters;
    it must be linear or a convolution.

    Raises:
        ModelError: the network ends otherwise.
    """
    modules: dict[str, nn.Module] = dict(network.named_modules())
    own = getattr(network, "get_classifier", None)
    if callable(own):
        head = own()
        for path, module in modules.items():
            if module is head and isinstance(module, nn.Linear | nn.Conv2d):
                return path
        raise _unknown_head(network)
    layers = [
        (path, module)
        for path, module in modules.items()
        if next(module.parameters(recurse=False), None) is not None
    ]
    if layers and isinstance(layers[-1][1], nn.Linear | nn.Conv2d):
        return layers[-1][0]
    raise _unknown_head(network)


def replace_head(network: nn.Module, num_classes: int) -> str:
    """Put a new layer with `num_classes` outputs in the place of the head; returns its path.

    The new layer is like the old one apart from its outputs, on the same device, with torch's
    default initialisation from the global generator.

    Raises:
        ModelError: the network has no head that could be replaced, or `num_classes` is below 1.
    """
    if num_classes < 1:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "A network needs at least one class."),
            QT_TRANSLATE_NOOP("core", "Open a dataset with a folder for each class."),
        )
    path = head_path(network)
    old = network.get_submodule(path)
    reset = getattr(network, "reset_classifier", None)
    if callable(reset):  # timm keeps its own books about the head
        reset(num_classes)
        network.get_submodule(path).to(_like(old))
        return path
    parent, _, name = path.rpartition(".")
    setattr(network.get_submodule(parent), name, _resized(old, num_classes).to(_like(old)))
    if isinstance(getattr(network, "num_classes", None), int):
        network.num_classes = num_classes  # type: ignore[assignment]
    return path


def _resized(old: nn.Module, outputs: int) -> nn.Module:
    if isinstance(old, nn.Linear):
        return nn.Linear(old.in_features, outputs, bias=old.bias is not None)
    assert isinstance(old, nn.Conv2d)
    return nn.Conv2d(
        old.in_channels,
        outputs,
        old.kernel_size,  # type: ignore[arg-type]
        old.stride,  # type: ignore[arg-type]
        bias=old.bias is not None,
    )


def _like(layer: nn.Module) -> torch.Tensor:
    return next(layer.parameters())


def _unknown_head(network: nn.Module) -> ModelError:
    return ModelError(
        QT_TRANSLATE_NOOP(
            "core", "The head of {kind} is of a form that the studio cannot replace."
        ),
        QT_TRANSLATE_NOOP("core", "Choose a model from the catalog."),
        kind=type(network).__name__,
    )
