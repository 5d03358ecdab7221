"""Measures what one image costs in each layer of a network, frozen and in training.

The values do not matter for the time, so any will do. A few images go through the network: as the
frozen part computes them, as validation does, and in one training step.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.forecast.costs import LayerCost
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.features.folding import folded
from tlstudio.engine.forecast.module_times import DeviceClock, ModuleTimes, Seconds
from tlstudio.engine.models.auxiliary import all_answers
from tlstudio.engine.training.precision import DTYPES, Precision, autocast

_log = logging.getLogger(__name__)

BATCH, CARD_BATCH = 8, 32  # graphics cards idle through a few images
# Per image, training with 32 takes so much of what it does with 8 (ResNet-18, GoogLeNet, lite0:
# 0.84 to 0.98); forward alone is within a tenth.
FULL_BATCH = 0.88
BUDGET_S = 4.0  # what would take longer is estimated from the forward pass
STEADY = 1.6  # times as long a pass may take as another one
# Estimates where no training step is measured; backward is two products of the size of forward's.
TRAIN_FORWARD, BACKWARD, INPUT_BACKWARD = 1.2, 2.2, 1.1
UPDATE_S = 1e-9  # per parameter, where it is not measured


class MeasuringStopped(Exception):  # noqa: N818 - nothing went wrong
    """The stop token said so; there is no result."""


@dataclass(frozen=True, slots=True)
class NetworkCosts:
    """Seconds per image of every module, and of the optimizer for each parameter.

    `is_steady` tells whether equal passes took about the same time.
    """

    layers: tuple[LayerCost, ...]
    update_s: float
    is_steady: bool


def measure_network(
    network: nn.Module,
    side_px: int,
    precision: Precision,
    device: torch.device,
    stop: StopToken,
    *,
    channels: int = 3,
) -> NetworkCosts:
    """Time `network`, which is moved to the device and not the same afterwards.

    Raises:
        MeasuringStopped: between two passes.
    """
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    passes = _Passes(network, (channels, side_px, side_px), precision, device, stop)
    forward = passes.frozen()
    forward_s = passes.batch * sum(forward.values())
    if passes.has_time_for(2 * forward_s * (TRAIN_FORWARD + BACKWARD)):
        train_forward, backward, update_s = passes.training_step()
    else:
        train_forward, backward = _times(TRAIN_FORWARD, forward), _times(BACKWARD, forward)
        update_s = UPDATE_S
    if passes.has_time_for(forward_s + passes.batch * sum(backward.values()) / 2):
        input_backward = passes.input_gradients()
    else:
        input_backward = _times(INPUT_BACKWARD / BACKWARD, backward)
    check = passes.validation() if passes.has_time_for(2 * forward_s) else forward
    layers = tuple(
        LayerCost(
            path,
            forward_s=forward.get(path, 0.0),
            eval_s=check.get(path, 0.0),
            train_forward_s=train_forward.get(path, 0.0),
            backward_s=backward.get(path, 0.0),
            input_backward_s=input_backward.get(path, 0.0),
        )
        for path, _ in network.named_modules()
    )
    return NetworkCosts(layers, update_s, passes.is_steady)


class _Passes:
    """Passes of a batch through a network; times are seconds per image and module."""

    def __init__(
        self,
        network: nn.Module,
        shape: tuple[int, int, int],
        precision: Precision,
        device: torch.device,
        stop: StopToken,
    ) -> None:
        self._network = network
        self._device = device
        self._precision = precision
        self._stop = stop
        self.batch = BATCH if device.type == "cpu" else CARD_BATCH
        images = torch.rand(self.batch, *shape, device=device)
        self._images = images.to(memory_format=torch.channels_last)
        self._targets = torch.zeros(self.batch, dtype=torch.long, device=device)
        self._clock = DeviceClock(device)
        self._begin_s = self._clock.now()
        self.is_steady = True
        # of the seconds of a training step
        self._per_image = FULL_BATCH / BATCH if device.type == "cpu" else 1 / CARD_BATCH

    def has_time_for(self, seconds: float) -> bool:
        """Whether something that takes so long is within the budget."""
        return self._clock.now() - self._begin_s + seconds < BUDGET_S

    def frozen(self) -> Seconds:
        """Time the pass of the fixed layers as `features.frozen` computes it."""
        self._network.eval()
        if self._precision == "bfloat16":
            try:
                images = self._images.to(DTYPES["bfloat16"])
                fast = self._fast_copy()
                return self._forward(fast, lambda: fast(images))
            except (RuntimeError, TypeError, ValueError, KeyError, AttributeError) as error:
                _log.info("not all in bfloat16: %r", error)
        return self._forward(self._network, self._run)

    def validation(self) -> Seconds:
        """Time the pass of the layers above the frozen ones in eval mode."""
        self._network.eval()
        return self._forward(self._network, self._run)

    def training_step(self) -> tuple[Seconds, Seconds, float]:
        """Forward, backward, and the optimizer's step for one parameter."""
        self._network.train()
        self._network.requires_grad_(True)
        optimizer = torch.optim.SGD(self._network.parameters(), lr=1e-6, momentum=0.9)
        parameters = sum(p.numel() for p in self._network.parameters())
        self._step(self._images)  # plans and allocates
        optimizer.step()
        times = self._step(self._images)
        factor = 1.0
        if self._device.type != "cpu":  # hooks wait for the card, which a run does not
            with_hooks_s = sum(times.forward.values()) + sum(times.backward.values())
            without_s = self._timed(lambda: self._step(self._images, is_timed=False))
            factor = min(1.0, without_s / with_hooks_s)
        self._per_image *= factor
        self._clock.restart()
        optimizer.step()
        update_s = self._clock.restart() / parameters
        optimizer.zero_grad(set_to_none=True)
        forward = _times(self._per_image, times.forward)
        return forward, _times(self._per_image, times.backward), update_s

    def input_gradients(self) -> Seconds:
        """The way back through frozen layers."""
        self._network.eval()
        self._network.requires_grad_(False)
        times = self._step(self._images.detach().clone().requires_grad_(True))
        return _times(self._per_image, times.backward)

    def _fast_copy(self) -> nn.Module:
        _check(self._stop)
        fast: nn.Module = folded(self._network, self._images[:1])
        return fast.to(DTYPES["bfloat16"], memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    @torch.no_grad()
    def _forward(self, network: nn.Module, run: Callable[[], object]) -> Seconds:
        first_s = self._timed(run)  # plans and allocates
        passes_s = [self._timed(run)]
        if self.has_time_for(first_s + passes_s[0]):
            passes_s.append(self._timed(run))
        times = ModuleTimes(network, self._clock)
        with times:
            hooked_s = self._timed(run)
        if self._device.type == "cpu":  # elsewhere hooks wait for the device
            passes_s.append(hooked_s)
        best_s = min(passes_s)
        self.is_steady = self.is_steady and max(passes_s) < STEADY * best_s
        # the sum without the hooks, divided as with them
        known = dict(self._network.named_modules())
        return _gathered(_scaled(times.forward, best_s / self.batch), known.__contains__)

    def _step(self, images: torch.Tensor, *, is_timed: bool = True) -> ModuleTimes:
        _check(self._stop)
        self._network.zero_grad(set_to_none=True)
        times = ModuleTimes(self._network, self._clock, wants_backward=True)
        with times if is_timed else nullcontext(), torch.enable_grad():
            with autocast(self._device, self._precision):
                answers = all_answers(self._network(images))
                losses = [F.cross_entropy(logits, self._targets) for logits in answers]
                loss = torch.stack(losses).sum()
            times.begin_backward()
            loss.backward()  # type: ignore[no-untyped-call]
            times.end_backward()
        return times

    def _run(self) -> None:
        with autocast(self._device, self._precision):
            self._network(self._images)

    def _timed(self, run: Callable[[], object]) -> float:
        _check(self._stop)
        self._clock.restart()
        run()
        return self._clock.restart()


def _check(stop: StopToken) -> None:
    if stop.stopped:
        raise MeasuringStopped


def _scaled(seconds: Seconds, total_s: float) -> Seconds:
    return _times(total_s / (sum(seconds.values()) or 1.0), seconds)


def _times(factor: float, seconds: Seconds) -> Seconds:
    return {path: factor * value for path, value in seconds.items()}


def _gathered(seconds: Seconds, is_known: Callable[[str], bool]) -> Seconds:
    """Add the time of modules that only a copy of the network has to the module around them."""
    gathered: Seconds = {}
    for path, value in seconds.items():
        while path and not is_known(path):
            path = path.rpartition(".")[0]
        gathered[path] = gathered.get(path, 0.0) + value
    return gathered
