"""A network in two: what is fixed while it trains, and the rest."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from tlstudio.engine.features.description import step_name
from tlstudio.engine.features.fixed import fixed_nodes
from tlstudio.engine.features.kept_cuts import CheckedCut, checked_cut, cut_key, keep_cut
from tlstudio.engine.models.tracing import ONE_AT_A_TIME

_log = logging.getLogger(__name__)

_PROBE_IMAGES = 5  # a number that no layer has as its first dimension by chance
STRIDE_IMAGES = 3  # what an image gives must not depend on those beside it


@dataclass(frozen=True)
class Cut:
    """The two halves of a network; they share its parameters and buffers.

    Attributes:
        below: images ``[B, 3, H, W]`` -> a tuple of tensors ``[B, ...]``. Nothing in it trains and
            nothing in it is random.
        train_above: those tensors -> logits ``[B, C]``, as the network computes them in training;
            a tuple of them where auxiliary classifiers train.
        eval_above: the same in eval mode.
        boundary: module paths (or names of operations) of the last steps below.
        shapes: of the tensors, without the batch axis.
        strides: of the tensors of `STRIDE_IMAGES` images, in elements, batch axis first.
    """

    below: fx.GraphModule
    train_above: fx.GraphModule
    eval_above: fx.GraphModule
    boundary: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    strides: tuple[tuple[int, ...], ...]


def cut_network(network: nn.Module, image_px: int, channels: int = 3) -> Cut | None:
    """Cut `network` as late as its frozen layers allow.

    Call it when the network is as it trains: `freezing.apply_plan` and `set_train_mode`; its modes
    are as before afterwards. Tracing goes into a module only where a part of it trains and a part
    does not, so that what library code does inside does not matter. The halves are compared with
    the whole on random images, unless that was done before (`kept_cuts`).

    Returns:
        None where nothing is frozen before the first layer that trains, or where the network
        cannot be cut; it then runs whole.
    """
    if all(parameter.requires_grad for parameter in network.parameters()):
        return None
    modes = {module: module.training for module in network.modules()}
    try:
        return _cut(network, (channels, image_px, image_px))
    except Exception as error:  # tracing runs code of libraries, which may refuse in any way
        _log.info("%s runs whole: %r", type(network).__name__, error)
        return None
    finally:
        for module, mode in modes.items():
            module.training = mode


def cut_shapes(
    network: nn.Module, image_px: int, channels: int = 3
) -> tuple[tuple[int, ...], ...] | None:
    """Shapes of the tensors at the cut, without the batch axis; for networks on the meta device.

    Where `network` has no values, the halves cannot be compared with the whole: it is believed
    that they are equal. Nothing is drawn or computed, so a run beside is not disturbed.

    Returns:
        None where `cut_network` gives none for that reason alone.
    """
    if all(parameter.requires_grad for parameter in network.parameters()):
        return None
    whole = _Whole(network)
    images = torch.empty(_PROBE_IMAGES, channels, image_px, image_px, device="meta")
    try:
        graph = _traced(whole)
        fixed = fixed_nodes(graph, whole)
        with torch.no_grad():
            values = _values(whole, graph, fixed, images)
    except Exception as error:  # tracing runs code of libraries, which may refuse in any way
        _log.info("%s runs whole: %r", type(network).__name__, error)
        return None
    frontier = _frontier(graph, fixed, values)
    if not frontier or any(node.op == "placeholder" for node in frontier):
        return None
    return tuple(tuple(values[node].shape[1:]) for node in frontier)


def _cut(network: nn.Module, shape: tuple[int, int, int]) -> Cut | None:
    whole = _Whole(network)
    train_graph = _traced(whole)
    fixed = fixed_nodes(train_graph, whole)
    modes = [module.training for module in network.modules()]
    network.eval()
    graphs = train_graph, _traced(whole)
    key = cut_key(whole, graphs, fixed, modes, shape)
    if known := checked_cut(key):
        by_name = {node.name: node for node in fixed}
        return _joined(whole, graphs, [by_name[name] for name in known.frontier], known)
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(_PROBE_IMAGES, *shape, generator=generator)
    device = next(network.parameters()).device
    images = images.to(device, memory_format=torch.channels_last)
    with torch.no_grad():
        values = _values(whole, train_graph, fixed, images)
        frontier = _frontier(train_graph, fixed, values)
        if not frontier or any(node.op == "placeholder" for node in frontier):
            return None
        fewer = images[:STRIDE_IMAGES]
        made = _module(whole, train_graph, [], frontier)(fewer)
        checked = CheckedCut(
            frontier=tuple(node.name for node in frontier),
            shapes=tuple(tuple(values[node].shape[1:]) for node in frontier),
            strides=tuple(value.stride() for value in made),
        )
        cut = _joined(whole, graphs, frontier, checked)
        features = [value.clone() for value in made]  # each by itself, as when kept
        for node, value in zip(frontier, features, strict=True):
            if not _is_close(value, values[node][:STRIDE_IMAGES]):
                raise RuntimeError(f"{step_name(node)} depends on the images beside")
        if not _is_close(cut.eval_above(*features), network(fewer)):
            raise RuntimeError("the halves do not give what the whole gives")
    keep_cut(key, checked)
    return cut


def _joined(
    whole: nn.Module,
    graphs: tuple[fx.Graph, fx.Graph],
    frontier: list[fx.Node],
    checked: CheckedCut,
) -> Cut:
    """The halves below and above `frontier`, of the graphs in train mode and in eval mode."""
    train_graph, eval_graph = graphs
    return Cut(
        below=_module(whole, train_graph, [], frontier),
        train_above=_module(whole, train_graph, frontier, []),
        eval_above=_module(whole, eval_graph, _same_steps(eval_graph, frontier), []),
        boundary=tuple(step_name(node) for node in frontier),
        shapes=checked.shapes,
        strides=checked.strides,
    )


def _is_close(value: torch.Tensor, wanted: torch.Tensor) -> bool:
    return torch.allclose(value, wanted, rtol=1e-4, atol=1e-5, equal_nan=True)


def _traced(whole: _Whole) -> fx.Graph:
    before = [(vars(m), dict(vars(m)), dict(m._buffers)) for m in whole.network.modules()]
    tracer = _Tracer()
    try:
        with ONE_AT_A_TIME:
            graph = tracer.trace(whole)
    finally:
        vars(tracer).clear()  # torch's refers to itself and to the network, which would stay
        is_changed = [_put_back(*attributes) for attributes in before]
    if any(is_changed):
        raise RuntimeError("the network remembers what it computed")
    for node in graph.nodes:
        if _works_unseen(node):
            raise RuntimeError(f"{step_name(node)} changes something that no step is told of")
    return graph


def _put_back(
    now: dict[str, Any], attributes: dict[str, Any], buffers: dict[str, torch.Tensor | None]
) -> bool:
    """Undo what a traced `forward` assigned to a module; returns whether it did."""
    present = {**now, **now["_buffers"]}
    wanted = {**attributes, **buffers}
    if present.keys() == wanted.keys() and all(present[name] is wanted[name] for name in wanted):
        return False
    now["_buffers"].clear()
    now["_buffers"].update(buffers)
    now.clear()
    now.update(attributes)
    return True


def _works_unseen(node: fx.Node) -> bool:
    """Whether a step may be there for what it changes, not for what it gives."""
    match node.op:
        case "call_module":
            return not node.users
        case "call_function" | "call_method":
            name = step_name(node)
            in_place = name.endswith("_") or node.kwargs.get("inplace") or name in _IN_PLACE
            is_on_own = any(source.op == "get_attr" for source in node.all_input_nodes[:1])
            return bool(in_place) and not name.endswith("__") and (is_on_own or not node.users)
    return False


_IN_PLACE = ("setitem", "iadd", "isub", "imul", "itruediv")


class _Whole(nn.Module):
    """Hides the optional arguments of a network's `forward` from the tracer."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(images)
        return logits


class _Tracer(fx.Tracer):
    """Goes into modules of which a part trains; other threads use theirs undisturbed meanwhile."""

    proxy_buffer_attributes = True  # else what is made of a buffer would stay as it is now

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def call_module(
        self,
        m: nn.Module,
        forward: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        if threading.get_ident() != self._thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        if threading.get_ident() != self._thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def is_leaf_module(self, module: nn.Module, path: str) -> bool:
        wishes = [parameter.requires_grad for parameter in module.parameters()]
        is_mixed = any(wishes) and not all(wishes)
        return not is_mixed or super().is_leaf_module(module, path)


def _values(
    whole: nn.Module, graph: fx.Graph, fixed: set[fx.Node], images: torch.Tensor
) -> dict[fx.Node, Any]:
    """Compute the fixed steps for `images`."""
    interpreter = fx.Interpreter(whole, graph=graph)
    values: dict[fx.Node, Any] = {}
    for node in graph.nodes:
        if node in fixed:
            if node.op == "placeholder":
                values[node] = images
                continue
            interpreter.env = values
            values[node] = interpreter.run_node(node)
            if isinstance(values[node], torch.Tensor):  # the next step may work in place
                values[node] = values[node].clone()
    return values


def _frontier(graph: fx.Graph, fixed: set[fx.Node], values: dict[fx.Node, Any]) -> list[fx.Node]:
    """The fixed steps whose outputs the other steps need, each a tensor with a row per image.

    Others (a batch size, windows of all images in one axis) count as not fixed: they are computed
    again from what they are made of.
    """
    of_image: set[fx.Node] = set()
    for node in graph.nodes:
        if node.op == "placeholder" or any(n in of_image for n in node.all_input_nodes):
            of_image.add(node)
    kept = set(fixed)
    while True:
        frontier = [
            node
            for node in graph.nodes
            if node in kept and node in of_image and any(user not in kept for user in node.users)
        ]
        odd = [node for node in frontier if not _has_rows(values[node])]
        if not odd:
            return frontier
        kept.difference_update(odd)


def _has_rows(value: Any) -> bool:
    return (
        isinstance(value, torch.Tensor)
        and value.is_floating_point()
        and value.dim() > 1
        and value.shape[0] == _PROBE_IMAGES
    )


def _module(
    whole: nn.Module,
    graph: fx.Graph,
    inputs: Sequence[fx.Node | None],
    outputs: list[fx.Node],
) -> fx.GraphModule:
    """The part of `graph` from `inputs` to `outputs`; empty lists mean its own ones.

    It takes an input for None as well, and makes nothing of it.
    """
    part = fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    for number, node in enumerate(inputs):
        placeholder = part.placeholder(f"kept_{number}")
        if node is not None:
            copies[node] = placeholder
    needed = _needed(graph, set(copies), outputs)
    for node in graph.nodes:
        if node in needed and node not in copies:
            copies[node] = part.node_copy(node, lambda n: copies[n])
    if outputs:
        part.output(tuple(copies[node] for node in outputs))
    part.lint()
    return fx.GraphModule(whole, part)


def _needed(graph: fx.Graph, inputs: set[fx.Node], outputs: list[fx.Node]) -> set[fx.Node]:
    needed: set[fx.Node] = set()
    todo = list(outputs) or [node for node in graph.nodes if node.op == "output"]
    while todo:
        node = todo.pop()
        if node not in needed:
            needed.add(node)
            if node not in inputs:
                todo += node.all_input_nodes
    if inputs and any(node.op == "placeholder" and node not in inputs for node in needed):
        raise RuntimeError("the rest of the network needs the image itself")
    return needed


def _same_steps(graph: fx.Graph, frontier: list[fx.Node]) -> list[fx.Node | None]:
    """The steps of `graph` that compute what those of `frontier`, nodes of another one, do.

    None for a step that it does not have: of an auxiliary classifier, in eval mode.
    """
    by_history: dict[str, fx.Node] = {}
    histories: dict[fx.Node, str] = {}
    for node in graph.nodes:
        by_history.setdefault(_history(node, histories), node)
    others: dict[fx.Node, str] = {}
    for node in frontier[0].graph.nodes:
        _history(node, others)
    return [by_history.get(others[node]) for node in frontier]


def _history(node: fx.Node, known: dict[fx.Node, str]) -> str:
    """A digest of how a step's output comes about; those of its inputs must be in `known`."""
    args = fx.map_arg((node.args, node.kwargs), lambda n: known[n])
    text = repr((node.op, step_name(node), args))
    known[node] = hashlib.sha256(text.encode()).hexdigest()
    return known[node]
