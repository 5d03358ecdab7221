"""Heads: finding the layer that makes the logits, and putting another in its place."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection

import torch
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.networks.build_config import LINEAR_HEAD, HeadConfig
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.auxiliary import replace_auxiliary_heads


def head_path(network: nn.Module) -> str:
    """Module path of the head; of the first one, where there are several.

    Raises:
        ModelError: the network ends otherwise than the studio knows.
    """
    return head_paths(network)[0]


def head_paths(network: nn.Module) -> tuple[str, ...]:
    """Module paths of what makes the logits.

    timm's networks say it themselves: mostly one layer, in some a small module, and in those that
    were distilled two of them, whose answers are averaged. In all other networks it is the last
    layer that holds parameters; it must be linear or a convolution.

    Raises:
        ModelError: the network ends otherwise.
    """
    modules: dict[str, nn.Module] = dict(network.named_modules())
    extended = tuple(path for path, module in modules.items() if isinstance(module, ExtendedHead))
    if extended:
        return extended
    own = getattr(network, "get_classifier", None)
    if callable(own):
        found = own()
        heads = found if isinstance(found, tuple) else (found,)
        paths = tuple(
            _narrowed(path, module)
            for path, module in modules.items()
            if any(module is head for head in heads) and _has_parameters(module)
        )
        if paths:
            return paths
        raise _unknown_head(network)
    layers = [
        (path, module)
        for path, module in modules.items()
        if next(module.parameters(recurse=False), None) is not None
    ]
    if layers and isinstance(layers[-1][1], nn.Linear | nn.Conv2d):
        return (layers[-1][0],)
    raise _unknown_head(network)


def is_inside(path: str, heads: Collection[str]) -> bool:
    """Whether the module (or the entry of a state dict) at `path` is a head or lies in one."""
    return any(path == head or path.startswith(head + ".") for head in heads)


def replace_head(network: nn.Module, num_classes: int) -> tuple[str, ...]:
    """Put new layers with `num_classes` outputs in the place of the head; returns their paths.

    They are like the old ones apart from their outputs, on the same device, with the default
    initialisation of torch or timm from the global generator. So are those of its auxiliary
    classifiers, if it was built with such.

    Raises:
        ModelError: the network has no head that could be replaced, or `num_classes` is below 1.
    """
    if num_classes < 1:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "A network needs at least one class."),
            QT_TRANSLATE_NOOP("core", "Open a dataset with a folder for each class."),
        )
    paths = head_paths(network)
    old = network.get_submodule(paths[0])
    reset = getattr(network, "reset_classifier", None)
    if callable(reset):  # timm keeps its own books about the head
        # RepViT's second head, from distillation, would be left out otherwise.
        has_second = {"distillation": True} if getattr(old, "distillation", False) else {}
        reset(num_classes, **has_second)
        for path in paths:
            network.get_submodule(path).to(_like(old))
        return paths
    parent, _, name = paths[0].rpartition(".")
    setattr(network.get_submodule(parent), name, _resized(old, num_classes).to(_like(old)))
    replace_auxiliary_heads(network, num_classes)
    if isinstance(getattr(network, "num_classes", None), int):
        network.num_classes = num_classes  # type: ignore[assignment]
    return paths


class ExtendedHead(nn.Sequential):
    """A head of more than one layer: ``hidden`` and ``relu``, ``dropout``, ``output``.

    Args:
        plain: the linear layer, or the convolution, that was the head; its inputs and outputs stay.
        config: the form; what it does not ask for is left out.
    """

    def __init__(self, plain: nn.Linear | nn.Conv2d, config: HeadConfig) -> None:
        classes = plain.weight.shape[0]
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        if config.hidden:
            layers["hidden"] = _resized(plain, config.hidden)
            layers["relu"] = nn.ReLU()
        if config.dropout:
            layers["dropout"] = nn.Dropout(config.dropout)
        if not config.hidden:
            layers["output"] = plain
        elif isinstance(plain, nn.Linear):
            layers["output"] = nn.Linear(config.hidden, classes)
        else:
            layers["output"] = nn.Conv2d(config.hidden, classes, 1)
        super().__init__(layers)
        self.config = config
        self.to(_like(plain))


def extend_head(network: nn.Module, config: HeadConfig) -> None:
    """Put more layers before the last one, with torch's own initialisation.

    Raises:
        ModelError: the head is more than one linear layer or convolution already.
    """
    if config == LINEAR_HEAD:
        return
    for path in head_paths(network):
        plain = network.get_submodule(path)
        if not isinstance(plain, nn.Linear | nn.Conv2d):
            raise ModelError(
                QT_TRANSLATE_NOOP("core", "The head of {kind} has layers of its own already."),
                QT_TRANSLATE_NOOP(
                    "core",
                    "Set the hidden layer and the dropout of the head to 0, or choose "
                    "another model.",
                ),
                kind=type(network).__name__,
            )
        parent, _, name = path.rpartition(".")
        setattr(network.get_submodule(parent), name, ExtendedHead(plain, config))


def _narrowed(path: str, head: nn.Module) -> str:
    """The one layer of a head that is only a wrapping; the head itself where there is more."""
    inner = [
        (name, module)
        for name, module in head.named_modules()
        if next(module.parameters(recurse=False), None) is not None
    ]
    if len(inner) == 1 and inner[0][0] and isinstance(inner[0][1], nn.Linear | nn.Conv2d):
        return f"{path}.{inner[0][0]}"
    return path


def _has_parameters(module: nn.Module) -> bool:
    return next(module.parameters(), None) is not None


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
