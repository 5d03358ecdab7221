"""What the papers print about their networks, taken from ours without computing anything."""

from __future__ import annotations

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tlstudio.core.lessons.papers import find_paper
from tlstudio.core.lessons.printed import Printed, Quantity
from tlstudio.engine.models.classic import CLASSICS


def printed(paper: str, network: str, quantity: Quantity, *paths: str) -> Printed:
    """What the paper prints of the network, or of these modules, from the one table that has it."""
    table = find_paper(paper)
    assert table is not None
    rows = table.grid.rows if table.grid is not None else ()
    pairs = [(line.printed, line.count) for line in table.lines]
    pairs += [(cell.printed, cell.count) for _, cells in rows for cell in cells if cell.printed]
    (found,) = (
        text
        for text, count in pairs
        if count is not None
        and (count.network, count.quantity, count.paths) == (network, quantity, paths)
        and count.beyond is count.per is None
    )
    assert found is not None
    return found


def on_meta(name: str, num_classes: int = 1000) -> nn.Module:
    """The network of that row in eval mode, without values."""
    with torch.device("meta"):
        return CLASSICS[name].build(num_classes).eval()


def parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def multiply_adds(network: nn.Module, image_px: int, path: str = "") -> int:
    """Of one image, as torch counts them; of the module at `path` alone where one is named."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.empty(1, 3, image_px, image_px, device="meta"))
    key = ".".join(filter(None, (type(network).__name__, path)))
    return sum(counter.get_flop_counts()[key].values()) // 2


def output_shapes(network: nn.Module, image_px: int, channels: int = 3) -> dict[str, list[int]]:
    """Of each module, without the batch axis."""
    shapes: dict[str, list[int]] = {}
    hooks = [
        module.register_forward_hook(
            lambda _module, _inputs, output, path=path: shapes.update({path: [*output.shape[1:]]})
        )
        for path, module in network.named_modules()
    ]
    with torch.no_grad():
        network(torch.empty(1, channels, image_px, image_px, device="meta"))
    for hook in hooks:
        hook.remove()
    return shapes
