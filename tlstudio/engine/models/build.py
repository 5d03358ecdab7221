"""Networks with a head of the wanted size, pretrained or random."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import ModelError, WeightsError, WeightsMissingError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.classifier import Classifier
from tlstudio.engine.models.catalog import MODELS, get_model, pretrained_path
from tlstudio.engine.models.heads import replace_head
from tlstudio.engine.models.onboard import onboard_path, verify_onboard
from tlstudio.engine.models.spelling import is_auxiliary, todays_spelling
from tlstudio.engine.weights.read import read_weights

_IMAGENET_CLASSES = 1000

# Arguments without which a builder of torchvision warns, or adds what the studio does not use.
_ARGUMENTS: dict[str, dict[str, Any]] = {"googlenet": {"aux_logits": False, "init_weights": False}}
_ARGUMENTS_RANDOM: dict[str, dict[str, Any]] = {"googlenet": {"init_weights": True}}

# torchvision's GoogLeNet weights come from another framework: its network re-normalises its input,
# and does so only with these weights.
_INPUT_TRANSFORM = "transform_input"


def build_network(
    model: str,
    num_classes: int,
    *,
    initialisation: Literal["pretrained", "random"],
    seed: int | None = None,
) -> nn.Module:
    """A network of the catalog with a fresh head, on the CPU.

    Args:
        model: its name.
        num_classes: outputs of the head.
        initialisation: with pretrained weights, or random all through.
        seed: decides all random values, and leaves torch's global generator as it was; None takes
            them from that generator.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: `num_classes` is below 1.
        WeightsMissingError: the pretrained weights are not on this machine. Nothing is downloaded.
        WeightsError: they are damaged.
    """
    _check_classes(num_classes)
    with _seeded(seed):
        if initialisation == "random":
            return _library_network(model, num_classes, _ARGUMENTS_RANDOM.get(model, {}))
        network = _pretrained(model)
        replace_head(network, num_classes)
        return network


def build_classifier(config: RunConfig, classes: tuple[str, ...]) -> Classifier:
    """The network that a run starts from, with the meaning of its inputs and outputs.

    Raises:
        ConfigError, ModelError, WeightsMissingError, WeightsError: see `build_network`.
    """
    network = build_network(
        config.model, len(classes), initialisation=config.initialisation, seed=config.seed
    )
    return Classifier(
        network=network,
        model=config.model,
        classes=classes,
        preprocessing=get_model(config.model).preprocessing,
        config=config,
    )


def architecture(model: str, num_classes: int) -> nn.Module:
    """The network without meaningful values, for loading weights into and for looking at.

    Fast and without memory under ``torch.device("meta")``.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: `num_classes` is below 1.
    """
    _check_classes(num_classes)
    return _library_network(model, num_classes, {})


def network_with(model: str, num_classes: int, state: Mapping[str, torch.Tensor]) -> nn.Module:
    """The network whose parameters and buffers are the tensors of `state`, not copies of them.

    Raises:
        ConfigError: the catalog has no such model.
        RuntimeError: names or shapes do not fit, as from a strict `load_state_dict`.
    """
    with torch.device("meta"):
        network = architecture(model, num_classes)
    network.load_state_dict(state, strict=True, assign=True)
    if any(buffer.is_meta for buffer in network.buffers()):  # some are in no state dict
        network = architecture(model, num_classes)
        network.load_state_dict(state, strict=True)
    return network


def set_input_transform(network: nn.Module, wanted: bool) -> None:
    """Switch the re-normalisation of inputs inside GoogLeNet; other networks have none."""
    if hasattr(network, _INPUT_TRANSFORM):
        setattr(network, _INPUT_TRANSFORM, wanted)


def has_input_transform(network: nn.Module) -> bool:
    """Whether the network can re-normalise its input itself."""
    return hasattr(network, _INPUT_TRANSFORM)


def _library_network(model: str, num_classes: int, arguments: Mapping[str, Any]) -> nn.Module:
    row = MODELS[model]
    network: nn.Module
    if row.library == "timm":
        import timm

        network = timm.create_model(model, pretrained=False, num_classes=num_classes)
        return network
    from torchvision import models

    every = {**_ARGUMENTS.get(model, {}), **arguments}
    network = models.get_model(model, weights=None, num_classes=num_classes, **every)
    return network


def _pretrained(model: str) -> nn.Module:
    """The original network with its ImageNet head."""
    path = pretrained_path(model)
    if path is None:
        spec = get_model(model)
        raise WeightsMissingError(
            QT_TRANSLATE_NOOP(
                "core",
                "The pretrained weights of {title} ({size_mb} MB) are not on this machine yet.",
            ),
            QT_TRANSLATE_NOOP(
                "core",
                "Download them where the model is chosen, or on a terminal: "
                "tlstudio-cli models --download {model}",
            ),
            title=spec.title,
            model=model,
            size_mb=max(1, round(spec.weights_bytes / 1e6)),
        )
    if path == onboard_path(model):
        verify_onboard(model, path)
    state = todays_spelling(read_weights(path).values)
    tensors = {name: value for name, value in state.items() if not is_auxiliary(name)}
    try:
        network = network_with(model, _IMAGENET_CLASSES, tensors)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” does not hold the pretrained weights of {model}."),
            QT_TRANSLATE_NOOP("core", "Delete the file and download it again: {path}"),
            name=path.name,
            model=model,
            path=path,
        ) from error
    set_input_transform(network, True)
    return network


def _check_classes(num_classes: int) -> None:
    if num_classes < 1:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "A network needs at least one class."),
            QT_TRANSLATE_NOOP("core", "Open a dataset with a folder for each class."),
        )


@contextlib.contextmanager
def _seeded(seed: int | None) -> Iterator[None]:
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield
