"""Titles and kinds of layers and operations in the picture, in the notation of the papers."""

from __future__ import annotations

from typing import Any

from torch import nn

from tlstudio.core.networks.blocks.graph import BlockKind
from tlstudio.engine.inspection.blocks.trace import Call, Step

_OPERATIONS = {
    "add": BlockKind.ADD,
    "radd": BlockKind.ADD,
    "iadd": BlockKind.ADD,
    "mul": BlockKind.MULTIPLY,
    "rmul": BlockKind.MULTIPLY,
    "imul": BlockKind.MULTIPLY,
    "cat": BlockKind.CONCAT,
    "concat": BlockKind.CONCAT,
    "concatenate": BlockKind.CONCAT,
    "matmul": BlockKind.MATMUL,
    "bmm": BlockKind.MATMUL,
    "einsum": BlockKind.MATMUL,
    "softmax": BlockKind.SOFTMAX,
    "scaled_dot_product_attention": BlockKind.ATTENTION,
    "multi_head_attention_forward": BlockKind.ATTENTION,
    "chunk": BlockKind.SPLIT,
    "split": BlockKind.SPLIT,
    "split_with_sizes": BlockKind.SPLIT,
    "tensor_split": BlockKind.SPLIT,
    "unbind": BlockKind.SPLIT,
    "roll": BlockKind.SHIFT,
    "interpolate": BlockKind.RESIZE,
    "pixel_shuffle": BlockKind.RESIZE,
    "conv2d": BlockKind.CONV,
    "linear": BlockKind.LINEAR,
    "max_pool2d": BlockKind.POOL,
    "avg_pool2d": BlockKind.POOL,
    "adaptive_avg_pool2d": BlockKind.POOL,
    "adaptive_max_pool2d": BlockKind.POOL,
    "mean": BlockKind.POOL,
    "batch_norm": BlockKind.NORM,
    "layer_norm": BlockKind.NORM,
    "group_norm": BlockKind.NORM,
    "local_response_norm": BlockKind.NORM,
    "rms_norm": BlockKind.NORM,
}
_ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "elu": "ELU",
    "selu": "SELU",
    "hardswish": "Hardswish",
    "hardsigmoid": "Hardsigmoid",
    "hardtanh": "Hardtanh",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softplus": "Softplus",
    "prelu": "PReLU",
}
_NORM_TITLES = {
    "batch_norm": "batch norm",
    "layer_norm": "layer norm",
    "group_norm": "group norm",
    "local_response_norm": "local response norm",
    "rms_norm": "RMS norm",
}
_LEARNED_IN = frozenset({BlockKind.ADD, BlockKind.CONCAT})  # where learned values join as such
_SHUFFLED_AXES = 5  # [batch, groups, channels of a group, height, width]


def bare_name(step: Step) -> str:
    """``add`` for ``add``, ``add_``, ``__add__``."""
    return step.name.strip("_")


def operation_kind(step: Step) -> BlockKind | None:
    """Return the kind of a step outside of any layer; None where it only rearranges values."""
    name = bare_name(step)
    if not step.is_of_image:
        return None
    if name in _ACTIVATIONS:
        return BlockKind.ACTIVATION
    kind = _OPERATIONS.get(name)
    if kind is BlockKind.SPLIT and step.outputs < 2:
        return None
    if kind in (BlockKind.ADD, BlockKind.MULTIPLY):
        if len(step.sources) < 2:
            return None
        if kind is BlockKind.MULTIPLY and not _is_of_image(step, at_least=2):
            return BlockKind.SCALE
    if kind is BlockKind.POOL and _is_global(step.in_shapes[0], step.shape):
        return BlockKind.GLOBAL_POOL
    if name == "mean":
        return None
    if kind is None and name == "transpose" and len(step.shape) == _SHUFFLED_AXES:
        return BlockKind.CHANNEL_SHUFFLE
    return kind


def takes_learned(kind: BlockKind) -> bool:
    """Whether learned values that come in are drawn as a node of their own."""
    return kind in _LEARNED_IN


def operation_title(step: Step, kind: BlockKind) -> str:
    name = bare_name(step)
    match kind:
        case BlockKind.ACTIVATION:
            return _ACTIVATIONS[name]
        case BlockKind.NORM:
            return _NORM_TITLES[name]
        case BlockKind.GLOBAL_POOL:
            return "global max pool" if "max" in name else "global average pool"
        case BlockKind.POOL:
            kernel = None if "adaptive" in name else step.options.get("kernel_size")
            return _pool_title(name, kernel, step.options.get("stride") or kernel, step.shape)
        case BlockKind.LINEAR:
            return f"linear, {step.in_shapes[0][-1]} → {step.shape[-1]}"
        case BlockKind.CONV:
            return f"conv, {step.shape[1]}"
    return ""


def leaf_kind(call: Call, steps: list[Step]) -> BlockKind | None:
    """Return the kind that a layer is drawn as; None where it only passes values on."""
    module = call.module
    name = type(module).__name__.lower()
    done = {bare_name(step) for step in steps}
    if isinstance(module, nn.modules.conv._ConvNd) or "conv2d" in done:
        groups = getattr(module, "groups", 1)
        is_depthwise = groups > 1 and groups == getattr(module, "in_channels", 0)
        return BlockKind.DEPTHWISE_CONV if is_depthwise else BlockKind.CONV
    if "attention" in name or "multi_head_attention_forward" in done:
        return BlockKind.ATTENTION
    if isinstance(module, nn.Linear) or done == {"linear"}:
        return BlockKind.LINEAR
    if "norm" in name or done & {"batch_norm", "layer_norm", "group_norm", "local_response_norm"}:
        return BlockKind.NORM
    if ("pool" in name or "sampling" in name) and len(call.in_shape) == 3:
        is_global = _is_global((1, *call.in_shape), (1, *call.out_shape))
        return BlockKind.GLOBAL_POOL if is_global else BlockKind.POOL
    if "dropout" in name:
        return BlockKind.DROPOUT if getattr(module, "p", 1) else None
    if isinstance(module, nn.Softmax):
        return BlockKind.SOFTMAX
    if _is_activation(module, done):
        return BlockKind.ACTIVATION
    if any(operation_kind(step) is BlockKind.CHANNEL_SHUFFLE for step in steps):
        return BlockKind.CHANNEL_SHUFFLE
    if isinstance(module, nn.Identity) or (not own_parameters(module) and _only_moves(steps)):
        return None
    return BlockKind.LAYER


def leaf_title(call: Call, kind: BlockKind) -> str:
    """Notation of one layer, e.g. ``3×3 conv, 64, /2``."""
    module: Any = call.module
    name = type(module).__name__
    match kind:
        case BlockKind.CONV | BlockKind.DEPTHWISE_CONV if hasattr(module, "kernel_size"):
            return _conv_title(module, call, kind)
        case BlockKind.LINEAR if hasattr(module, "in_features"):
            return f"linear, {module.in_features} → {module.out_features}"
        case BlockKind.NORM:
            return _norm_title(module, name)
        case BlockKind.POOL | BlockKind.GLOBAL_POOL if kind is BlockKind.GLOBAL_POOL:
            return "global max pool" if "max" in name.lower() else "global average pool"
        case BlockKind.POOL if "pool" not in name.lower():
            return name
        case BlockKind.POOL:
            kernel, stride = getattr(module, "kernel_size", None), getattr(module, "stride", None)
            return _pool_title(name.lower(), kernel, stride, call.out_shape)
        case BlockKind.DROPOUT:
            return f"dropout, {module.p:g}" if hasattr(module, "p") else "dropout"
        case BlockKind.ATTENTION:
            heads = getattr(module, "num_heads", 0)
            return f"attention, {heads} heads" if heads else "attention"
    return name


def own_parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _conv_title(module: Any, call: Call, kind: BlockKind) -> str:
    word = "depthwise conv" if kind is BlockKind.DEPTHWISE_CONV else "conv"
    title = f"{_sides(module.kernel_size)} {word}, {module.out_channels}"
    stride = _pair(module.stride)
    if stride != (1, 1):
        title += f", /{stride[0] if stride[0] == stride[1] else _sides(stride)}"
    if kind is BlockKind.CONV and getattr(module, "groups", 1) > 1:
        title += f", {module.groups} groups"
    if _pair(getattr(module, "dilation", 1)) != (1, 1):
        title += f", dilated {_pair(module.dilation)[0]}"
    return title


def _norm_title(module: nn.Module, name: str) -> str:
    lower = name.lower()
    titles = (("batch", "batch norm"), ("layer", "layer norm"), ("group", "group norm"))
    title = next((title for key, title in titles if key in lower), "")
    if not title:
        title = "local response norm" if "response" in lower or "lrn" in lower else name
    act = getattr(module, "act", None)
    if isinstance(act, nn.Module) and not isinstance(act, nn.Identity):
        title += f" + {type(act).__name__}"
    return title


def _pool_title(name: str, kernel: Any, stride: Any, shape: tuple[int, ...]) -> str:
    word = "max pool" if "max" in name else "avg pool"
    if kernel is None:
        return f"{word} to {_sides(shape[-2:])}" if "adaptive" in name else word
    title = f"{_sides(kernel)} {word}"
    step = _pair(stride if stride is not None else kernel)
    return title if step == (1, 1) else f"{title}, /{step[0]}"


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, tuple | list):
        return (value[0], value[-1])
    return (value, value)


def _sides(value: Any) -> str:
    height, width = _pair(value)
    return f"{height}×{width}"


def _is_global(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether an image ``[B, C, H, W]`` (or ``[B, H, W, C]``) became one value a channel."""
    if len(before) != 4:
        return False
    return all(side == 1 for side in after[2:]) if len(after) != 3 else False


def _is_of_image(step: Step, *, at_least: int) -> bool:
    count = sum(s is None or (isinstance(s, Step) and s.is_of_image) for s in step.sources)
    return count >= at_least


def _is_activation(module: nn.Module, done: set[str]) -> bool:
    home = type(module).__module__
    is_torchs = home == "torch.nn.modules.activation"
    if not own_parameters(module) and done & _ACTIVATIONS.keys() and done <= _AROUND_ACTIVATION:
        return True  # scaled or shifted ones
    return is_torchs or "activations" in home or (bool(done) and done <= _ACTIVATIONS.keys())


_AROUND_ACTIVATION = _ACTIVATIONS.keys() | {"mul", "add", "sub", "truediv", "rmul"}
_MOVES = frozenset(
    [
        "permute",
        "transpose",
        "reshape",
        "view",
        "contiguous",
        "flatten",
        "squeeze",
        "unsqueeze",
        "getitem",
        "pad",
        "to",
        "type",
        "rearrange",
        "expand",
        "clone",
        "detach",
        "mT",
        "T",
        "movedim",
        "chunk",
    ]
)


def _only_moves(steps: list[Step]) -> bool:
    return all(bare_name(step) in _MOVES for step in steps)
