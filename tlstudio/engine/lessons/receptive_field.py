"""The receptive field of a value, layer by layer: what it can see of a photo, and what it uses.

What it can see follows from kernels and strides. What it uses is measured: the gradient of the
value by each pixel (Luo et al. 2016, "Understanding the effective receptive field").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.layer_table import LayerRecord
from tlstudio.engine.data.store import read_view
from tlstudio.engine.data.transforms import normalise, view_pixels
from tlstudio.engine.feature_maps.forward import first_tensor
from tlstudio.engine.inspection.layer_table import catalog_layer_table, layer_traces
from tlstudio.engine.inspection.receptive_field import Trace
from tlstudio.engine.lessons.pretrained import IMAGENET_MODEL, imagenet_network
from tlstudio.engine.models.build import AS_IT_IS, build_network, pretrained_from
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.models.empty_pass import looked_through

INFLUENCE = 0.95  # of the gradient lies within the square that is called used
SEED = 0  # of random weights: the same every time
CLASSES = 10  # of heads that are built here: no field depends on them


@dataclass(frozen=True, slots=True)
class FieldStep:
    """A layer that slides over its input, or the first one that sees the whole image.

    Attributes:
        path, kind: of the module.
        kernel, stride, dilation: along the rows; 1 where it slides over nothing.
        rows, columns: of its output.
        size_px: side of the square that one value of its output can see.
        start_px: where the square of the first value starts, in rows and columns; below 0 where
            the network pads.
        jump_px: how far apart the squares of two neighbours are.
        size_before_px, jump_before_px: the same of the values that it slides over.
        is_whole: it sees the whole image, and not by sliding.
    """

    path: str
    kind: str
    kernel: int
    stride: int
    dilation: int
    rows: int
    columns: int
    size_px: int
    start_px: tuple[int, int]
    jump_px: int
    size_before_px: int
    jump_before_px: int
    is_whole: bool = False

    def square(self, row: int, column: int) -> tuple[int, int, int]:
        """Top, left and side of what the value at a place can see, in pixels of the input."""
        top, left = self.start_px
        return top + row * self.jump_px, left + column * self.jump_px, self.size_px


@dataclass(frozen=True, slots=True)
class FieldTable:
    """The receptive fields of a network along its depth, for square images of `image_px`.

    Attributes:
        untold: layers that slide over values whose own field cannot be told.
    """

    model: str
    image_px: int
    steps: tuple[FieldStep, ...]
    untold: int = 0

    @property
    def is_patches(self) -> bool:
        """Nothing slides over the image but what cuts it into patches: no field grows by layers."""
        return sum(not step.is_whole for step in self.steps) <= 1


@lru_cache(maxsize=16)
def field_table(model: str) -> FieldTable:
    """The receptive fields of a network of the catalog, in order of execution.

    Layers whose field cannot be told are left out, and so are those that see no more than the
    layers before them saw: 1x1 convolutions and shortcuts.

    Raises:
        ConfigError: the catalog has no such model.
    """
    spec = get_model(model)
    table = catalog_layer_table(model, CLASSES)
    traces = looked_through(model, CLASSES, AS_IT_IS, layer_traces)
    steps: list[FieldStep] = []
    untold = 0
    for record in table.rows:
        trace = traces.get(record.path)
        if trace is None or record.children or (steps and steps[-1].is_whole):
            continue
        step = _step(record, trace, table.image_px)
        if step is not None and (not steps or _sees_more(step, steps[-1])):
            steps.append(step)
        untold += step is None and record.window is not None and not trace.is_gate
    return FieldTable(spec.name, table.image_px, tuple(steps), untold)


def _sees_more(step: FieldStep, last: FieldStep) -> bool:
    return step.is_whole or step.size_px > last.size_px


def _step(record: LayerRecord, trace: Trace, image_px: int) -> FieldStep | None:
    shape = record.output_shape
    if trace.is_whole and not trace.is_gate:
        whole = (1, 1, image_px, (0, 0), image_px, image_px, image_px)
        return FieldStep(record.path, record.kind, 1, 1, 1, *whole, is_whole=True)
    rows, columns = trace.spans
    window = record.window
    if window is None or trace.note or rows is None or columns is None or len(shape) != 3:
        return None
    kernel, stride, dilation = window.kernel[0], window.stride[0], window.dilation[0]
    jump = rows.jump // stride
    return FieldStep(
        path=record.path,
        kind=record.kind,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        rows=shape[1],
        columns=shape[2],
        size_px=max(rows.length, columns.length),
        start_px=(rows.start, columns.start),
        jump_px=rows.jump,
        size_before_px=max(rows.length, columns.length) - (kernel - 1) * dilation * jump,
        jump_before_px=jump,
    )


# -- what is used of it ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Influence:
    """How much each pixel moves one value of a layer.

    Attributes:
        photo: the image as the network sees it, uint8 ``[H, W, 3]``, in true colours.
        shares: of the gradient's magnitude by pixel, ``[H, W]``, their sum is 1; 0 all over where
            the value is cut off by a ReLU.
        channel: of the layer: the one with the greatest value at the place.
        value: that value.
        used_px: side of the square around the middle of the field that holds `INFLUENCE` of it.
        is_pretrained: the network has its pretrained weights; else random ones.
    """

    photo: NDArray[np.uint8]
    shares: NDArray[np.float32]
    channel: int
    value: float
    used_px: int
    is_pretrained: bool


def influence(model: str, step: FieldStep, image: ImageRef, row: int, column: int) -> Influence:
    """Measure what the value of a layer at a place depends on, by its gradient.

    Raises:
        ImageError: the image cannot be read.
        ConfigError, WeightsError: the network cannot be built.
    """
    network, is_pretrained = _network(model)
    preprocessing = get_model(model).preprocessing
    view = read_view(image, preprocessing)
    pixels = normalise(view[None], preprocessing).requires_grad_()
    output = _output_of(network, step.path, pixels)
    values = output.reshape(output.shape[1], -1)[:, _place(step, row, column)]
    value, channel = values.max(0)
    (gradient,) = torch.autograd.grad(value, pixels)
    weights = gradient[0].abs().sum(0)
    shares = (weights / weights.sum().clamp_min(torch.finfo(weights.dtype).tiny)).numpy()
    top, left, side = step.square(row, column)
    middle = (top + (side - 1) / 2, left + (side - 1) / 2)
    return Influence(
        photo=view_pixels(view),
        shares=shares,
        channel=int(channel),
        value=float(value.detach()),
        used_px=used_side(shares, middle),
        is_pretrained=is_pretrained,
    )


def used_side(shares: NDArray[np.float32], middle: tuple[float, float]) -> int:
    """Side of the smallest square around `middle` with `INFLUENCE` of the shares; 0 for none.

    Args:
        shares: ``[H, W]``, their sum is 1.
        middle: row and column, in pixels.
    """
    rows, columns = np.indices(shares.shape)
    distances = np.maximum(np.abs(rows - middle[0]), np.abs(columns - middle[1])).ravel()
    order = np.argsort(distances, kind="stable")
    sums = np.cumsum(shares.ravel()[order].astype(np.float64))
    if not sums[-1]:
        return 0
    last = order[np.searchsorted(sums, INFLUENCE * sums[-1])]
    return int(np.floor(2 * distances[last])) + 1


def _place(step: FieldStep, row: int, column: int) -> int:
    return row * step.columns + column


class _Reached(Exception):  # noqa: N818 - nothing went wrong
    """Leaves the forward pass: what follows is not needed."""


def _output_of(network: nn.Module, path: str, pixels: torch.Tensor) -> torch.Tensor:
    """The output of one module for one image, ``[1, C, ...]``, with the way back to the pixels."""
    found: list[torch.Tensor] = []

    def leave(_module: nn.Module, _inputs: Any, output: Any) -> None:
        tensor = first_tensor(output)
        if tensor is not None:
            found.append(tensor.clone())  # what follows may change it in place
            raise _Reached

    hook = network.get_submodule(path).register_forward_hook(leave)
    try:
        network(pixels)
    except _Reached:
        pass
    finally:
        hook.remove()
    return found[0]


@lru_cache(maxsize=2)
def _network(model: str) -> tuple[nn.Module, bool]:
    """The network in eval mode, and whether its weights are pretrained ones."""
    spec = get_model(model)
    if spec.name == IMAGENET_MODEL:
        return imagenet_network(), True
    weights, path = spec.weights_named(""), pretrained_path(model, "")
    if weights is not None and path is not None:
        network = pretrained_from(spec, weights, path)
    else:
        network = build_network(model, CLASSES, initialisation="random", seed=SEED)
    return network.eval().requires_grad_(False), path is not None
