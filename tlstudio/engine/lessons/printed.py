"""Counts on networks of the catalog what their papers print about them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache

from torch import nn

from tlstudio.core.lessons.printed import Count, Quantity, Value
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.networks.layer_table import LayerRecord, LayerTable
from tlstudio.engine.inspection.layer_table import layer_table
from tlstudio.engine.inspection.side_by_side import side_by_side
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.empty_pass import looked_through

_CONVOLUTION, _LINEAR = "Conv2d", "Linear"
_RESIDUAL_BLOCKS = frozenset({"BasicBlock", "Bottleneck", "CifarBlock"})


def count_all(counts: Iterable[Count]) -> dict[Count, Value]:
    """Count everything; a network is built once, on torch's meta device.

    Raises:
        ConfigError: the catalog has no such network.
        KeyError: a network has no such module.
    """
    return {wanted: count(wanted) for wanted in counts}


def count(wanted: Count) -> Value:
    """What `wanted` asks for: a number, or a text such as ``7×7/2``.

    Raises:
        ConfigError: the catalog has no such network.
        KeyError: the network has no such module.
    """
    if wanted.quantity is Quantity.DEPTH:
        return side_by_side((wanted.network,)).facts[0].depth
    records = _records(wanted.network, wanted.classes, wanted.stride_first, wanted.auxiliary)
    paths = wanted.paths or ("",)
    if wanted.quantity is Quantity.WINDOW:
        return "; ".join(_window_text(records[path]) for path in paths)
    if wanted.quantity is Quantity.OUTPUT:
        return "; ".join(_output_text(records[path]) for path in paths)
    number = sum(_number(records[path], wanted.quantity) for path in paths)
    number -= sum(_number(records[path], wanted.quantity) for path in wanted.without)
    if wanted.beyond is not None:
        number -= _counted_number(wanted.beyond)
    return number / _counted_number(wanted.per) if wanted.per is not None else number


def layer_connections(model: str, path: str) -> tuple[tuple[int, ...], ...]:
    """For each map of a layer the maps before it that it sees.

    Raises:
        ConfigError: the catalog has no such network.
        AttributeError: the network has no such layer, or it sees all.
    """

    def look(network: nn.Module, side: int, channels: int) -> tuple[tuple[int, ...], ...]:
        return network.get_submodule(path).connections  # type: ignore[return-value]

    return looked_through(model, get_model(model).num_classes, BuildConfig(), look)


def _counted_number(wanted: Count) -> float:
    value = count(wanted)
    assert not isinstance(value, str)
    return value


def _number(record: LayerRecord, quantity: Quantity) -> float:
    match quantity:
        case Quantity.PARAMETERS:
            return record.parameters
        case Quantity.MULTIPLY_ADDS:
            return record.multiply_adds
        case Quantity.CONNECTIONS:
            return sum(map(_connections, record.walk()))
        case Quantity.NEURONS:
            return math.prod(record.output_shape)
        case Quantity.CONVOLUTIONS:
            return sum(each.kind == _CONVOLUTION for each in record.walk())
        case Quantity.LINEARS:
            return sum(each.kind == _LINEAR for each in record.walk())
        case Quantity.BLOCKS:
            return sum(each.kind in _RESIDUAL_BLOCKS for each in record.walk())
        case Quantity.MAPS:
            return record.output_shape[0]
        case Quantity.DEPTH | Quantity.OUTPUT | Quantity.WINDOW:
            raise ValueError(f"{quantity} is not a number of a module")


def _connections(layer: LayerRecord) -> int:
    """Weights and biases, once for each place; a sub-sampling sums its inputs before it weighs."""
    if not layer.own_parameters:
        return 0
    places = math.prod(layer.output_shape[1:])
    if layer.window is not None and not layer.own_multiply_adds:
        return layer.output_shape[0] * places * (math.prod(layer.window.kernel) + 1)
    return layer.own_parameters * places


def _window_text(layer: LayerRecord) -> str:
    assert layer.window is not None
    return f"{layer.window.kernel_text}/{layer.window.stride_text}"


def _output_text(layer: LayerRecord) -> str:
    maps, *sides = layer.output_shape
    return "×".join(map(str, (*(sides or (1, 1)), maps)))


@lru_cache(maxsize=32)
def _records(
    model: str, classes: int, stride_first: bool, auxiliary: bool
) -> Mapping[str, LayerRecord]:
    def look(network: nn.Module, image_px: int, channels: int) -> LayerTable:
        if stride_first:
            _move_strides(network)
        return layer_table(network, image_px, channels)

    return looked_through(model, classes, BuildConfig(auxiliary=auxiliary), look).by_path


def _move_strides(network: nn.Module) -> None:
    """Give the stride of each bottleneck to its first 1x1 convolution."""
    for block in network.modules():
        if type(block).__name__ == "Bottleneck":
            first, second = block.get_submodule("conv1"), block.get_submodule("conv2")
            assert isinstance(first, nn.Conv2d) and isinstance(second, nn.Conv2d)
            first.stride, second.stride = second.stride, first.stride
