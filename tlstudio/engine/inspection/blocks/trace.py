"""The trace of one forward pass: every operation, its module, and the sources of its inputs.

Nothing is patched: a mode of torch that sees the calls of this thread only, and hooks on the
network. So control flow of any kind is followed, and other threads are undisturbed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from tlstudio.engine.models.empty_pass import watched

# what these are given decides the shape of what they make, not its values
_LIKE = frozenset(
    {
        *("new_zeros", "new_ones", "new_full", "new_empty", "new_tensor"),
        *("zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like"),
    }
)
# of these, the second tensor only says which shape or type the first one shall have
_AS = frozenset({"reshape_as", "view_as", "expand_as", "type_as"})
_POOL_ARGUMENTS = ("kernel_size", "stride")


@dataclass(eq=False, slots=True)
class Call:
    """A call of a module. A module that runs twice has two."""

    path: str
    module: nn.Module
    above: Call | None
    number: int
    in_shape: tuple[int, ...] = ()
    out_shape: tuple[int, ...] = ()
    is_leaf: bool = False
    depth: int = 0

    def chain(self) -> list[Call]:
        """The calls from the network itself to this one."""
        result = [self]
        while result[-1].above is not None:
            result.append(result[-1].above)
        return result[::-1]


@dataclass(eq=False, slots=True)
class Learned:
    """A parameter of the network as a source of values."""

    name: str
    shape: tuple[int, ...]


@dataclass(eq=False, slots=True)
class Step:
    """An operation of the forward pass.

    Attributes:
        name: of the torch function.
        call: the module call that it is part of.
        sources: what it took, in order; None stands for the image.
        shape: of its (first) output, batch axis included.
        in_shapes: of its inputs.
        outputs: how many tensors it gave.
        is_of_image: whether the image decides its values.
        options: kernel size and stride of what has them.
    """

    name: str
    number: int
    call: Call
    sources: tuple[Step | Learned | None, ...]
    shape: tuple[int, ...]
    in_shapes: tuple[tuple[int, ...], ...]
    outputs: int
    is_of_image: bool
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Trace:
    """The steps of one forward pass, and those that gave the network's output."""

    root: Call
    steps: list[Step] = field(default_factory=list)
    last: tuple[Step | Learned | None, ...] = ()


def trace(network: nn.Module, image: torch.Tensor) -> Trace:
    """Run `network` once in eval mode on `image` and write down what happens.

    Works on the meta device. Modes and hooks of the network are as before afterwards.

    Raises:
        Exception: whatever the network raises.
    """
    recorder = _Recorder(network, image)
    watch = watched(network, recorder.entered, recorder.left, with_keywords=True, without_root=True)
    with torch.no_grad(), watch, recorder:
        output = network(image)
    recorder.trace.last = tuple(recorder.origin(tensor) for tensor in _tensors(output))
    return recorder.trace


class _Recorder(TorchFunctionMode):
    """Remembers which step gave which tensor. Holds all tensors, so that their ids stay theirs."""

    def __init__(self, network: nn.Module, image: torch.Tensor) -> None:
        super().__init__()
        self._paths = {module: path for path, module in network.named_modules()}
        self._call = Call("", network, None, 0, in_shape=tuple(image.shape[1:]))
        self._calls = 0
        self._kept: list[Any] = [image]
        self._origins: dict[int, Step | Learned | None] = {id(image): None}
        self._known: set[int] = {id(image)}
        for name, parameter in network.named_parameters():
            self._origins[id(parameter)] = Learned(name, tuple(parameter.shape))
            self._known.add(id(parameter))
        self.trace = Trace(self._call)

    def origin(self, tensor: torch.Tensor) -> Step | Learned | None:
        return self._origins.get(id(tensor))

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        taken = list(_tensors((args, kwargs)))
        name = getattr(func, "__name__", str(func))
        if name in _LIKE:
            taken = []
        elif name in _AS:
            taken = taken[:1]
        sources = [self._origins[id(tensor)] for tensor in taken if id(tensor) in self._known]
        in_shapes = tuple(tuple(t.shape) for t in taken if id(t) in self._known)
        output = func(*args, **kwargs)
        given = list(_tensors(output))
        if name == "__setitem__":
            given = [args[0]]
        if given:
            options = {**dict(zip(_POOL_ARGUMENTS, args[1:], strict=False)), **kwargs}
            options = {key: options[key] for key in _POOL_ARGUMENTS if key in options}
            self._add(name, sources, in_shapes, given, options if "pool" in name else {})
        return output

    def entered(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        self._calls += 1
        call = Call(self._paths[module], module, self._call, self._calls)
        call.depth = self._call.depth + 1
        call.in_shape = _shape(_tensors((args, kwargs)))
        self._call = call

    def left(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        given = list(_tensors(output))
        unknown = [tensor for tensor in given if id(tensor) not in self._known]
        if unknown:  # made by what torch does not tell of, such as scripted functions
            taken = [t for t in _tensors((args, kwargs)) if id(t) in self._known]
            shapes = tuple(tuple(t.shape) for t in taken)
            self._add("", [self._origins[id(t)] for t in taken], shapes, unknown, {})
        call = self._call
        call.out_shape = _shape(given)
        assert call.above is not None
        self._call = call.above

    def _add(
        self,
        name: str,
        sources: Iterable[Step | Learned | None],
        in_shapes: tuple[tuple[int, ...], ...],
        given: list[torch.Tensor],
        options: dict[str, Any],
    ) -> None:
        unique = tuple(dict.fromkeys(sources))
        step = Step(
            name=name,
            number=len(self.trace.steps),
            call=self._call,
            sources=unique,
            shape=tuple(given[0].shape),
            in_shapes=in_shapes,
            outputs=len(given),
            is_of_image=any(s is None or (isinstance(s, Step) and s.is_of_image) for s in unique),
            options=options,
        )
        self.trace.steps.append(step)
        for tensor in given:
            self._origins[id(tensor)] = step
            self._known.add(id(tensor))
            self._kept.append(tensor)


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)


def _shape(tensors: Iterator[torch.Tensor] | list[torch.Tensor]) -> tuple[int, ...]:
    for tensor in tensors:
        return tuple(tensor.shape[1:])
    return ()
