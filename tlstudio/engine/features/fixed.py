"""Finds the steps of a traced network that always give the same output for the same image."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torch import fx, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

# In train mode these do the same as in eval mode. Whatever is not listed and has no parameters is
# taken to differ, which costs speed and never exactness.
_MODE_INDEPENDENT_MODULES = (
    "torch.nn.modules.activation",
    "torch.nn.modules.channelshuffle",
    "torch.nn.modules.container",
    "torch.nn.modules.flatten",
    "torch.nn.modules.padding",
    "torch.nn.modules.pixelshuffle",
    "torch.nn.modules.pooling",
    "torch.nn.modules.upsampling",
    "torchvision.ops.misc",
    "timm.layers.activations",
    "timm.layers.adaptive_avgmax_pool",
    "timm.layers.pool2d_same",
    "timm.layers.test_time_pool",
)
_MODE_INDEPENDENT_TYPES = (nn.Identity, nn.LocalResponseNorm)
# These live in the listed modules, yet depend on their mode or draw random numbers in any.
_MODE_DEPENDENT_TYPES = (
    nn.RReLU,
    nn.MultiheadAttention,
    nn.FractionalMaxPool2d,
    nn.FractionalMaxPool3d,
)
_RANDOM_ALWAYS = (nn.FractionalMaxPool2d, nn.FractionalMaxPool3d)

_ATTENTION = ("scaled_dot_product_attention",)
_MODE_WORDS = ("dropout", "drop_path", "stochastic_depth", "rrelu", "norm", "multi_head_attention")
_RANDOM_WORDS = (
    "rand",
    "bernoulli",
    "multinomial",
    "normal_",
    "uniform_",
    "exponential_",
    "gumbel",
    "fractional",
)


def fixed_nodes(graph: fx.Graph, network: nn.Module) -> set[fx.Node]:
    """The steps whose outputs depend on nothing but the image and on frozen values.

    The network must be in the mode in which it trains (`freezing.set_train_mode`).
    """
    fixed: set[fx.Node] = set()
    for node in graph.nodes:
        is_fed_by_fixed = node.op != "output" and all(n in fixed for n in node.all_input_nodes)
        if is_fed_by_fixed and _is_fixed_step(node, network):
            fixed.add(node)
    return fixed


def _is_fixed_step(node: fx.Node, network: nn.Module) -> bool:
    match node.op:
        case "call_module":
            return _is_fixed_module(network.get_submodule(str(node.target)))
        case "get_attr":
            return not getattr(_attribute(network, str(node.target)), "requires_grad", False)
        case "call_function" | "call_method":
            return _is_fixed_function(node)
    return True


def _is_fixed_module(module: nn.Module) -> bool:
    if any(parameter.requires_grad for parameter in module.parameters()):
        return False
    return all(_is_fixed_part(part) for part in module.modules())


def _is_fixed_part(module: nn.Module) -> bool:
    """Whether the module itself, its children left aside, gives the same in every batch."""
    if isinstance(module, _BatchNorm) and module.running_mean is None:
        return False  # it always takes the statistics of the batch
    if isinstance(module, _RANDOM_ALWAYS):
        return False
    return not module.training or _ignores_train_mode(module)


def _ignores_train_mode(module: nn.Module) -> bool:
    """Whether train mode makes no difference to the module itself, its children left aside."""
    if isinstance(module, _MODE_DEPENDENT_TYPES):
        return False
    if isinstance(module, _DropoutNd):
        return module.p == 0
    return (
        isinstance(module, _MODE_INDEPENDENT_TYPES)
        or type(module).__module__ in _MODE_INDEPENDENT_MODULES
    )


def _is_fixed_function(node: fx.Node) -> bool:
    name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")
    if any(word in name for word in _RANDOM_WORDS):
        return False
    if name in _ATTENTION:
        return not _drops(node)
    if not any(word in name for word in _MODE_WORDS) or isinstance(node.target, str):
        return True
    return not _is_told_to_train(node.target, node.args, node.kwargs)


def _drops(attention: fx.Node) -> bool:
    """Whether a step of attention, whose fifth argument is its dropout, drops anything."""
    given = attention.kwargs.get("dropout_p", attention.args[4] if len(attention.args) > 4 else 0)
    return bool(given != 0)


def _is_told_to_train(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> bool:
    try:
        call = inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):  # built in: nothing is known of it
        return True
    call.apply_defaults()
    return bool(call.arguments.get("training", False))


def _attribute(network: nn.Module, path: str) -> Any:
    value: Any = network
    for name in path.split("."):
        value = getattr(value, name)
    return value
