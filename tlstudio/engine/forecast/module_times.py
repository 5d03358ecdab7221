"""Measures the time of each module of a network, by hooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

Seconds = dict[str, float]  # by module path


class DeviceClock:
    """Wall seconds, with all that was asked of the device done."""

    def __init__(self, device: torch.device | None = None) -> None:
        self._device = device or torch.device("cpu")
        self._start = self.now()

    def now(self) -> float:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        elif self._device.type == "mps":
            torch.mps.synchronize()
        return time.perf_counter()

    def restart(self) -> float:
        """Seconds since the last call."""
        now, before = self.now(), self._start
        self._start = now
        return now - before


@dataclass
class ModuleTimes:
    """Within the block, the seconds of each module of a network add up here.

    On the way back, an event is the moment when the gradient of a module's output is complete; the
    time up to the next event is the module's. What a container computes itself on the way back
    counts for the module whose event came before.

    Attributes:
        forward: without those of the modules within.
        backward: between `begin_backward` and `end_backward`; only if `wants_backward`.
    """

    network: nn.Module
    clock: DeviceClock
    wants_backward: bool = False
    forward: Seconds = field(default_factory=dict)
    backward: Seconds = field(default_factory=dict)
    _handles: list[RemovableHandle] = field(default_factory=list)
    _entered: list[list[float]] = field(default_factory=list)  # [start, spent within]
    _last: tuple[str, float] = ("", 0.0)

    def __enter__(self) -> ModuleTimes:
        for path, module in self.network.named_modules():
            self._handles.append(module.register_forward_pre_hook(self._enter))
            self._handles.append(module.register_forward_hook(self._leaver(path)))
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def begin_backward(self) -> None:
        self._last = ("", self.clock.now())

    def end_backward(self) -> None:
        self._event("")

    def _enter(self, _module: nn.Module, _inputs: Any) -> None:
        self._entered.append([self.clock.now(), 0.0])

    def _leaver(self, path: str) -> Callable[[nn.Module, Any, Any], None]:
        def tell(_gradient: torch.Tensor) -> None:
            self._event(path)

        def leave(module: nn.Module, _inputs: Any, output: Any) -> None:
            start, within = self._entered.pop()
            spent = self.clock.now() - start
            _add(self.forward, path, spent - within)
            if self._entered:
                self._entered[-1][1] += spent
            is_leaf = next(module.children(), None) is None
            if self.wants_backward and is_leaf:
                for tensor in _tensors(output):
                    if tensor.requires_grad:
                        tensor.register_hook(tell)  # type: ignore[no-untyped-call]

        return leave

    def _event(self, path: str) -> None:
        now = self.clock.now()
        last, since = self._last
        _add(self.backward, last, now - since)
        self._last = (path, now)


def _add(times: Seconds, path: str, seconds: float) -> None:
    times[path] = times.get(path, 0.0) + seconds


def _tensors(output: Any) -> Iterable[torch.Tensor]:
    if isinstance(output, torch.Tensor):
        return (output,)
    if isinstance(output, tuple | list):
        return tuple(item for item in output if isinstance(item, torch.Tensor))
    return ()
