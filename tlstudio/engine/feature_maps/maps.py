"""The maps that a layer makes of an image, and one picture per stage on the way through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.feature_maps.maps import (
    MAPS_SHOWN,
    FeatureMaps,
    MapComparison,
    MapLayer,
    MapOrder,
    MapShape,
    StageMap,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.feature_maps.forward import folded, watch


@dataclass(frozen=True, slots=True, eq=False)
class LayerOutput:
    """The maps of one layer: `values` is float32 ``[C, h, w]`` on the CPU, a tensor of its own."""

    path: str
    shape: MapShape
    values: torch.Tensor


def layer_output(
    network: nn.Module, pixels: torch.Tensor, path: str, stop: StopToken | None = None
) -> LayerOutput | None:
    """Return the output of the module at `path` in its first run; later layers do not run.

    Args:
        network: of any device; runs in eval mode, and its modes stay as they were.
        pixels: preprocessed, float32 ``[1, 3, H, W]``.
        path: module path.
        stop: read between layers.

    Returns:
        None if stopped.

    Raises:
        ModelError: there is no such module, it does not run, or its output holds no maps.
    """
    found: list[LayerOutput] = []

    def seen(seen_path: str, _kind: str, output: torch.Tensor, shape: MapShape) -> bool:
        if seen_path != path:
            return False
        values = folded(output, shape).detach().to("cpu", torch.float32, copy=True)
        found.append(LayerOutput(path, shape, values))
        return True

    if not watch(network, pixels.to(_device(network)), stop, seen):
        return None
    if not found:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "The output of {layer} is not made of maps."),
            QT_TRANSLATE_NOOP("core", "Choose another layer, for example the block around it."),
            layer=path,
        )
    return found[0]


def feature_maps(
    network: nn.Module,
    pixels: torch.Tensor,
    path: str,
    *,
    order: MapOrder = MapOrder.STRENGTH,
    first: int = 0,
    count: int = MAPS_SHOWN,
    stop: StopToken | None = None,
) -> FeatureMaps | None:
    """Some maps of the module at `path`; see `layer_output` for arguments and errors.

    Args:
        order: which channels come first.
        first: how many of them to pass over.
        count: how many to return at most.
    """
    output = layer_output(network, pixels, path, stop)
    return None if output is None else choose(output, order=order, first=first, count=count)


def choose(
    output: LayerOutput,
    *,
    order: MapOrder = MapOrder.STRENGTH,
    first: int = 0,
    count: int = MAPS_SHOWN,
) -> FeatureMaps:
    """Some maps of an output, each scaled over its own range; values that are no numbers are 0."""
    output = _finite(output)
    channels = _ordered(output.values, order)[first : first + count]
    chosen = output.values[channels]
    return _maps(output, channels, chosen, chosen.amin((1, 2)), chosen.amax((1, 2)), first)


def compare(
    before: LayerOutput,
    after: LayerOutput,
    *,
    order: MapOrder = MapOrder.STRENGTH,
    first: int = 0,
    count: int = MAPS_SHOWN,
) -> MapComparison:
    """Compare the channels of two outputs of the same shape, the strongest change first.

    Raises:
        ModelError: they have different shapes, as heads for other classes have.
    """
    if before.shape != after.shape:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "{layer} is new in the trained network."),
            QT_TRANSLATE_NOOP("core", "Choose a layer before the head."),
            layer=after.path,
        )
    before, after = _finite(before), _finite(after)
    change = LayerOutput(after.path, after.shape, after.values - before.values)
    channels = _ordered(change.values, order)[first : first + count]
    old, new, changed = (out.values[channels] for out in (before, after, change))
    low = torch.minimum(old.amin((1, 2)), new.amin((1, 2)))
    high = torch.maximum(old.amax((1, 2)), new.amax((1, 2)))
    reach = changed.abs().amax((1, 2))
    return MapComparison(
        before=_maps(before, channels, old, low, high, first),
        after=_maps(after, channels, new, low, high, first),
        difference=_maps(change, channels, changed, -reach, reach, first, is_signed=True),
    )


def depth_strip(
    network: nn.Module,
    pixels: torch.Tensor,
    stages: Sequence[MapLayer],
    stop: StopToken | None = None,
) -> tuple[StageMap, ...] | None:
    """Return a picture of each of `stages`, from one pass that ends with the last of them.

    See `layer_output` for `network`, `pixels` and `stop`. Stages that do not run are left out.
    """
    wanted = {stage.path: stage for stage in stages}
    found: dict[str, StageMap] = {}

    def seen(path: str, _kind: str, output: torch.Tensor, shape: MapShape) -> bool:
        if path in wanted:
            layer = replace(wanted[path], shape=shape)
            found[path] = _stage_map(layer, folded(output, shape))
        return len(found) == len(wanted)

    if not watch(network, pixels.to(_device(network)), stop, seen):
        return None
    return tuple(found[stage.path] for stage in stages if stage.path in found)


def scaled(values: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> NDArray[np.uint8]:
    """uint8 of the same shape: 0 at `low`, 255 at `high`, which broadcast; 0 where they meet."""
    room = high - low
    shares = (values - low) / torch.where(room > 0, room, torch.ones_like(room))
    steps = (shares * 255).round().clamp(0, 255)
    pixels: NDArray[np.uint8] = steps.to(torch.uint8).contiguous().numpy()
    return pixels


def _maps(
    output: LayerOutput,
    channels: torch.Tensor,
    chosen: torch.Tensor,
    lows: torch.Tensor,
    highs: torch.Tensor,
    first: int,
    *,
    is_signed: bool = False,
) -> FeatureMaps:
    if is_signed:  # no change at all is grey, as zero is everywhere else
        room = torch.where(highs > 0, highs, torch.ones_like(highs))
        pixels = scaled(chosen, -room[:, None, None], room[:, None, None])
    else:
        pixels = scaled(chosen, lows[:, None, None], highs[:, None, None])
    is_dead = (output.values == 0).all(2).all(1)
    return FeatureMaps(
        path=output.path,
        shape=output.shape,
        maps=pixels,
        channels=tuple(int(channel) for channel in channels),
        lows=tuple(float(low) for low in lows),
        highs=tuple(float(high) for high in highs),
        zeros=tuple(float(share) for share in (chosen == 0).float().mean((1, 2))),
        low=float(output.values.min()),
        high=float(output.values.max()),
        dead=float(is_dead.float().mean()),
        first=first,
        is_signed=is_signed,
    )


def _finite(output: LayerOutput) -> LayerOutput:
    """Networks whose training went astray make infinities, which have no place on a scale."""
    if bool(torch.isfinite(output.values).all()):
        return output
    return replace(output, values=torch.nan_to_num(output.values, 0.0, 0.0, 0.0))


def _ordered(values: torch.Tensor, order: MapOrder) -> torch.Tensor:
    if order is MapOrder.NUMBER:
        return torch.arange(len(values))
    return torch.argsort(values.square().mean((1, 2)), descending=True, stable=True)


def _stage_map(layer: MapLayer, maps: torch.Tensor) -> StageMap:
    picture = torch.nan_to_num(maps.detach().float(), 0.0, 0.0, 0.0).square().mean(0).sqrt().cpu()
    low, high = picture.min(), picture.max()
    return StageMap(layer, scaled(picture, low, high), float(low), float(high))


def _device(network: nn.Module) -> torch.device:
    return next(network.parameters()).device
