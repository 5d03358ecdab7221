"""Grad-CAM (Selvaraju et al., 2017) for any network, at a layer that is found by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.errors import ModelError
from tlstudio.core.feature_maps.maps import LayoutReader, MapShape
from tlstudio.core.runs.events import Stopped, StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.feature_maps.forward import first_tensor, folded

FEWEST_PLACES = 4  # a side: a coarser map says hardly where
IDLE = frozenset({"Identity", "Dropout"})
TRIED_LAYERS = 40  # from the last one backwards, until one has a gradient


@dataclass(frozen=True, slots=True, eq=False)
class ClassActivation:
    """The map of one class at one layer.

    Attributes:
        path: of the layer.
        values: float32 ``[h, w]`` on the CPU, 0 and up, not scaled.
        probability: of the class.
    """

    path: str
    values: torch.Tensor
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class _Output:
    path: str
    kind: str
    tensor: torch.Tensor
    shape: MapShape


def class_activation(
    network: nn.Module,
    pixels: torch.Tensor,
    class_index: int,
    layer: str = "",
    stop: StopToken | None = None,
) -> ClassActivation | None:
    """Weigh the activations of a layer by the mean gradients of a class's logit, and add them up.

    Args:
        network: in eval mode and nobody else's: its hooks and gradients are used.
        pixels: preprocessed, float32 ``[1, C, H, W]``.
        class_index: of the logit.
        layer: module path; empty for the last one whose places the logit depends on.
        stop: read between modules.

    Returns:
        None if stopped.

    Raises:
        ModelError: no layer keeps the places of the image apart.
    """
    own = pixels.detach().clone().requires_grad_(True)  # all parameters may be frozen
    try:
        with torch.enable_grad(), _observed(network, stop) as outputs:
            logits = network(own)
    except Stopped:
        return None
    probability = float(logits.detach().double().softmax(1)[0, class_index])
    candidates = _candidates(outputs, layer)
    if not candidates:
        raise no_places(layer)
    tensors = [output.tensor for output in candidates]
    gradients = torch.autograd.grad(logits[0, class_index], tensors, allow_unused=True)
    pairs = [pair for pair in zip(candidates, gradients, strict=True) if pair[1] is not None]
    if not pairs:
        raise no_places(layer)
    output, gradient = next((p for p in pairs if folded(p[1], p[0].shape).any()), pairs[0])
    features = folded(output.tensor.detach(), output.shape)
    weights = folded(gradient, output.shape).mean((1, 2), keepdim=True)
    values = (weights * features).sum(0).relu().float().cpu()
    return ClassActivation(output.path, torch.nan_to_num(values, 0.0, 0.0, 0.0), probability)


def enlarged(values: torch.Tensor, side: int) -> torch.Tensor:
    """A map ``[h, w]`` as large as the view, 0 at its least value and 1 at its greatest."""
    large = F.interpolate(values[None, None], (side, side), mode="bilinear", align_corners=False)
    return scaled(large[0, 0])


def scaled(values: torch.Tensor) -> torch.Tensor:
    """0 at the least value and 1 at the greatest; all zero where they are the same."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if bool(high > low) else torch.zeros_like(values)


def no_places(layer: str) -> ModelError:
    """The error for networks and layers that do not keep the places of the image apart."""
    hint = QT_TRANSLATE_NOOP("core", "Use occlusion, which works with any network.")
    if layer:
        sentence = QT_TRANSLATE_NOOP("core", "The output of {layer} is not made of maps.")
        return ModelError(sentence, hint, layer=layer)
    return ModelError(
        QT_TRANSLATE_NOOP("core", "No layer of this network keeps the places of the image apart."),
        hint,
    )


def _candidates(outputs: list[_Output], layer: str) -> list[_Output]:
    """Where to look for the map, the best place first.

    A pool only makes the grid before it coarser. The last layer is not always of use: what reads
    the class token alone has no gradient for the other tokens of its last block, so earlier ones
    follow.
    """
    if layer:
        return [output for output in outputs if output.path == layer][:1]
    pools = [output for output in outputs if "Pool" in output.kind]
    shrunk = {id(pool.tensor) for pool in pools}  # of a container that ends in one, too
    found = [
        output
        for output in reversed(outputs)
        if id(output.tensor) not in shrunk and output.tensor.requires_grad
    ]
    fine = [output for output in found if min(output.shape.grid) >= FEWEST_PLACES]
    rest = [output for output in found if min(output.shape.grid) < FEWEST_PLACES]
    return [*fine[:TRIED_LAYERS], *rest[:TRIED_LAYERS]]


@contextlib.contextmanager
def _observed(network: nn.Module, stop: StopToken | None) -> Iterator[list[_Output]]:
    """Within the block, the outputs of all modules that hold maps, in the order they end.

    Inside of attention there are no features but queries, keys and values: they are passed over.
    """
    outputs: list[_Output] = []
    reader = LayoutReader()
    ended: set[nn.Module] = set()

    def enter(_module: nn.Module, _inputs: Any) -> None:
        if stop is not None:
            stop.raise_if_stopped()

    def leave(module: nn.Module, _inputs: Any, output: Any) -> None:
        tensor = first_tensor(output)
        if module in ended or tensor is None:
            return
        ended.add(module)
        kind = type(module).__name__
        shape = reader.read(kind, tuple(tensor.shape[1:]))
        # windows of an image are folded into the batch by some networks: they are no images
        is_map = shape is not None and len(tensor) == 1 and not shape.is_point
        is_layer = module is not network and module not in inner and kind not in IDLE
        if shape is not None and is_map and is_layer:
            outputs.append(_Output(paths[module], kind, tensor, shape))

    paths = {module: path for path, module in network.named_modules()}
    attention = [module for module in paths if "Att" in type(module).__name__]
    inner = {part for module in attention for part in module.modules() if part is not module}
    hooks: list[Any] = []
    for module in paths:
        hooks.append(module.register_forward_pre_hook(enter))
        hooks.append(module.register_forward_hook(leave))
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()
