"""A forward pass that is observed by hooks and ends as soon as enough was recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from tlstudio.core.feature_maps.maps import LayoutReader, MapLayout, MapShape
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.models.empty_pass import watched

Seen = Callable[[str, str, torch.Tensor, MapShape], bool]


class _EnoughSeen(Exception):  # noqa: N818 - nothing went wrong
    """Leaves the forward pass: what was wanted is there, or nobody wants it any more."""


def watch(network: nn.Module, pixels: torch.Tensor, stop: StopToken | None, seen: Seen) -> bool:
    """Run the network in eval mode and tell `seen` of all maps on the way.

    Leaves modes and hooks as they were. The network must not run on another thread meanwhile,
    whose pass would be watched, too.

    Args:
        network: of any device.
        pixels: its preprocessed input, float32 ``[1, 3, H, W]``.
        stop: read before each module.
        seen: ``(path, kind, output, shape) -> done``, called when a module ends for the first time
            and its output holds maps. The output may be changed in place by what follows, so it
            must be copied or used up at once. The pass ends with the first True.

    Returns:
        False if it was stopped before `seen` was content.
    """
    reader = LayoutReader()
    paths = {module: path for path, module in network.named_modules()}
    is_content = False
    ended: set[nn.Module] = set()

    def enter(_module: nn.Module, _inputs: Any) -> None:
        if stop is not None and stop.stopped:
            raise _EnoughSeen

    def leave(module: nn.Module, _inputs: Any, output: Any) -> None:
        nonlocal is_content
        tensor = first_tensor(output)
        if module in ended or tensor is None:
            return
        ended.add(module)
        kind = type(module).__name__
        shape = reader.read(kind, tuple(tensor.shape[1:]))
        # windows of an image are folded into the batch by some networks: they are no images
        if shape is not None and len(tensor) == len(pixels):
            is_content = seen(paths[module], kind, tensor, shape)
            if is_content:
                raise _EnoughSeen

    try:
        with torch.no_grad(), watched(network, enter, leave):
            network(pixels)
    except _EnoughSeen:
        return is_content
    return not (stop is not None and stop.stopped)


def first_tensor(output: Any) -> torch.Tensor | None:
    """The tensor that a module gives on: the first one of a tuple."""
    while isinstance(output, tuple | list) and output:
        output = output[0]
    return output if isinstance(output, torch.Tensor) else None


def folded(output: torch.Tensor, shape: MapShape) -> torch.Tensor:
    """The maps of the first image, ``[C, H, W]``, as a view of the output where that is possible.

    Tokens stand in rows from the upper left, as all vision transformers flatten them.
    """
    if shape.layout is MapLayout.CHANNELS_FIRST:
        return output[0]
    if shape.layout is MapLayout.CHANNELS_LAST:
        return output[0].permute(2, 0, 1)
    places = output[0, shape.prefix :]
    return places.T.reshape(shape.channels, shape.height, shape.width)
