"""Networks on the meta device: shapes and types without values, so nothing is to be drawn."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

_DRAWING = frozenset(
    {
        *(torch.Tensor.normal_, torch.Tensor.uniform_, torch.Tensor.erfinv_),
        *(nn.init.normal_, nn.init.uniform_, nn.init.trunc_normal_, nn.init.orthogonal_),
        *(nn.init.kaiming_normal_, nn.init.kaiming_uniform_),
        *(nn.init.xavier_normal_, nn.init.xavier_uniform_),
    }
)


def without_drawing() -> contextlib.AbstractContextManager[object]:
    """Within the block, initialising a tensor of the meta device does nothing.

    torch would go through the rules of a compiler for it, whose algebra (SymPy) takes longer to
    import than many a network to build. Where another device is the default, nothing changes:
    what an initialisation draws decides what comes after it.
    """
    is_meta = torch.get_default_device().type == "meta"
    return _WithoutDrawing() if is_meta else contextlib.nullcontext()


class _WithoutDrawing(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        if func in _DRAWING:
            tensor = args[0] if args else named.get("tensor")
            if isinstance(tensor, torch.Tensor) and tensor.is_meta:
                return tensor
        return func(*args, **named)
