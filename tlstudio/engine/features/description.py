"""What the steps of a traced network do, as text and as bytes, for names of what is kept."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx, nn


def step_name(node: fx.Node) -> str:
    """Module path in the network, or the name of the operation."""
    if node.op in ("call_module", "get_attr"):
        return str(node.target).removeprefix("network.")
    return getattr(node.target, "__name__", str(node.target))


def description(graph: fx.Graph, root: nn.Module) -> list[str]:
    """The steps and the settings of each layer, as text."""
    lines = []
    for node in graph.nodes:
        lines.append(f"{node.op} {step_name(node)} {node.args} {node.kwargs}")
        if node.op == "call_module":
            layer = root.get_submodule(str(node.target))
            lines.append(repr(layer))
            lines += [f"{path} {_settings(part)}" for path, part in layer.named_modules()]
    return lines


def add_tensors(digest: Any, module: nn.Module) -> None:
    """Have a digest of `hashlib` depend on the values of all parameters and buffers."""
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        values = tensor.detach().cpu().contiguous()
        digest.update(values.reshape(-1).view(torch.uint8).numpy().data)


def _settings(layer: nn.Module) -> list[tuple[str, object]]:
    """Plain attributes of a layer, of which its `repr` may say nothing."""
    return sorted(
        (name, value)
        for name, value in vars(layer).items()
        if name != "training" and _is_plain(value)
    )


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple | list):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, bool | int | float | str)
