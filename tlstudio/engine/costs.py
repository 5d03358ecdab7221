"""What a run's pieces cost on this machine: measured once per model, for forecasts.

The network is built with random values, since they do not matter for the time, and a few images
go through it: forward as the frozen part does it, and one training step. Layers are told apart by
hooks. It uses all processor threads for about a second: never while a run is going on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.config import RunConfig
from tlstudio.core.dataset import DatasetIndex, Split
from tlstudio.core.errors import ImageError
from tlstudio.core.events import StopToken
from tlstudio.core.forecast import ImageCosts, LayerCost, RunCosts
from tlstudio.core.preprocessing import Preprocessing
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import default_budget, read_picture, read_view
from tlstudio.engine.data.transforms import AUGMENTATIONS, sample_generator, train_view
from tlstudio.engine.device import resolve_device
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import get_model

BATCH = 8
MAX_PARAMETERS = 400_000_000  # a network of 1.6 GB is not built for a guess
BUDGET_S = 4.0  # what would take longer is estimated from the forward pass
IMAGES = 8
# Estimates where no training step is measured; backward is two products of the size of forward's.
TRAIN_FORWARD, BACKWARD, INPUT_BACKWARD = 1.2, 2.2, 1.1

Seconds = dict[str, float]


class _StoppedError(Exception):
    """The stop token said so; there is no result."""


@dataclass(frozen=True, slots=True)
class _NetworkCosts:
    layers: tuple[LayerCost, ...]
    step_s: float
    update_s: float
    epoch_s: float
    byte_s: float


_measured: dict[tuple[str, str, str], _NetworkCosts] = {}


def run_costs(config: RunConfig, index: DatasetIndex, stop: StopToken) -> RunCosts | None:
    """`measure_costs` of what a run with `config` on `index` would use.

    Raises:
        ConfigError, DeviceError: the model or the device is unknown.
    """
    device = resolve_device(config.device)
    paths = [sample.path for sample in index.by_split[Split.TRAIN]]
    precision = _precision(config.precision, device)
    return measure_costs(config.model, len(index.classes), precision, device, paths, stop)


def measure_costs(
    model: str,
    num_classes: int,
    precision: str,
    device: torch.device,
    paths: Sequence[Path],
    stop: StopToken | None = None,
) -> RunCosts | None:
    """What one image costs, layer by layer, and what it takes to read it.

    What was measured of a network is remembered for the process.

    Args:
        model: of the catalog; no weights are needed.
        num_classes: outputs of the head.
        precision: ``float32`` or ``bfloat16``, as the run will compute.
        device: where.
        paths: images of the dataset, of which a few are read.
        stop: read between passes.

    Returns:
        None if stopped, if no image could be read, or if the network is too large to be tried.

    Raises:
        ConfigError: the catalog has no such model.
    """
    stop = stop or StopToken()
    preprocessing = get_model(model).preprocessing
    key = (model, precision, str(device))
    try:
        with freed_memory_kept():
            images = measure_images(paths, preprocessing, stop)
            if images is None:
                return None
            if key not in _measured:
                if get_model(model).parameters > MAX_PARAMETERS:
                    return None
                with torch.random.fork_rng(devices=[]):
                    network = architecture(model, num_classes)
                _measured[key] = _measure_network(
                    network, preprocessing.crop_px, precision, device, stop
                )
    except _StoppedError:
        return None
    found = _measured[key]
    return RunCosts(
        precision=precision,
        layers=found.layers,
        images=images,
        step_s=found.step_s,
        update_s=found.update_s,
        epoch_s=found.epoch_s,
        byte_s=found.byte_s,
    )


def measure_images(
    paths: Sequence[Path], preprocessing: Preprocessing, stop: StopToken
) -> ImageCosts | None:
    """What reading and varying takes, from a few of `paths`; None if none can be read."""
    some = paths[:: max(1, len(paths) // IMAGES)][:IMAGES]
    pictures, views = [], []
    clock = _Clock()
    decode_s = view_s = 0.0
    for path in some:
        _check(stop)
        try:
            clock.restart()
            picture = read_picture(path, preprocessing)
            decode_s += clock.restart()
            views.append(read_view(path, preprocessing))
            view_s += clock.restart()
            pictures.append(picture)
        except ImageError:
            continue
    if not pictures:
        return None
    number = len(pictures)
    vary_s = {}
    for name in AUGMENTATIONS:
        _check(stop)
        clock.restart()
        for index, picture in enumerate(pictures):
            train_view(picture, name, preprocessing, sample_generator(0, 1, index))
        vary_s[name] = clock.restart() / number
    stack(views, preprocessing)
    clock.restart()
    stack(views, preprocessing)
    return ImageCosts(
        decode_s=decode_s / number,
        view_s=view_s / number,
        vary_s=vary_s,
        stack_s=clock.restart() / number,
        picture_bytes=sum(picture.nbytes for picture in pictures) // number,
        store_bytes=default_budget(),
    )


def _measure_network(
    network: nn.Module, side_px: int, precision: str, device: torch.device, stop: StopToken
) -> _NetworkCosts:
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    passes = _Passes(network, side_px, precision, device, stop)
    forward = passes.frozen_forward()
    forward_s = BATCH * sum(forward.values())
    if passes.has_time_for(2 * forward_s * (TRAIN_FORWARD + BACKWARD)):
        train_forward, backward, update_s = passes.training_step()
    else:
        train_forward, backward = _times(TRAIN_FORWARD, forward), _times(BACKWARD, forward)
        update_s = UPDATE_S
    if passes.has_time_for(forward_s + BATCH * sum(backward.values())):
        input_backward = passes.input_gradients()
    else:
        input_backward = _times(INPUT_BACKWARD / BACKWARD, backward)
    return _NetworkCosts(
        layers=tuple(
            LayerCost(
                path,
                seconds,
                train_forward.get(path, seconds),
                backward.get(path, 0.0),
                input_backward.get(path, 0.0),
            )
            for path, seconds in forward.items()
        ),
        step_s=STEP_S,
        update_s=update_s,
        epoch_s=EPOCH_S,
        byte_s=BYTE_S,
    )


# Small change, from a run of the trainer on a plain machine; it matters only where all else is
# kept: a step of a head alone, for each parameter an update, a copy, for each byte a copy.
STEP_S, UPDATE_S, EPOCH_S, BYTE_S = 1.5e-3, 1e-9, 2e-9, 2e-10


class _Passes:
    """One batch through one network, in different ways. Times are seconds per image and module."""

    def __init__(
        self,
        network: nn.Module,
        side_px: int,
        precision: str,
        device: torch.device,
        stop: StopToken,
    ) -> None:
        self._network = network
        self._device = device
        self._precision = precision
        self._stop = stop
        images = torch.rand(BATCH, 3, side_px, side_px, device=device)
        self._images = images.to(memory_format=torch.channels_last)
        self._targets = torch.zeros(BATCH, dtype=torch.long, device=device)
        self._clock = _Clock(device)
        self._begin_s = self._clock.now()

    def has_time_for(self, seconds: float) -> bool:
        """Whether something that takes so long is within the budget."""
        return self._clock.now() - self._begin_s + seconds < BUDGET_S

    def frozen_forward(self) -> Seconds:
        """As frozen layers are computed."""
        self._network.eval()
        with torch.no_grad():
            first_s = self._timed()  # plans and allocates
            best_s = self._timed()
            if self.has_time_for(first_s + best_s):
                best_s = min(best_s, self._timed())
            timer = _ModuleTimer(self._network, self._clock)
            with timer:
                self._run()
        return _scaled(timer.own, best_s / BATCH)

    def training_step(self) -> tuple[Seconds, Seconds, float]:
        """Forward, backward, and the optimizer's step for one parameter."""
        self._network.train()
        self._network.requires_grad_(True)
        optimizer = torch.optim.SGD(self._network.parameters(), lr=1e-6, momentum=0.9)
        parameters = sum(p.numel() for p in self._network.parameters())
        timer = _ModuleTimer(self._network, self._clock)
        update_s = 0.0
        for _ in range(2):  # the first one plans and allocates
            timer = _ModuleTimer(self._network, self._clock, backward=True)
            with timer, torch.enable_grad():
                loss = F.cross_entropy(self._run().float(), self._targets)
                timer.begin_backward()
                loss.backward()  # type: ignore[no-untyped-call]
                timer.end_backward()
            self._clock.restart()
            optimizer.step()
            update_s = self._clock.restart() / parameters
            optimizer.zero_grad(set_to_none=True)
        return _scaled(timer.own), _scaled(timer.back), update_s

    def input_gradients(self) -> Seconds:
        """The way back through frozen layers."""
        self._network.eval()
        self._network.requires_grad_(False)
        images = self._images
        self._images = images.detach().clone().requires_grad_(True)
        timer = _ModuleTimer(self._network, self._clock, backward=True)
        try:
            with timer, torch.enable_grad():
                loss = F.cross_entropy(self._run().float(), self._targets)
                timer.begin_backward()
                loss.backward()  # type: ignore[no-untyped-call]
                timer.end_backward()
        finally:
            self._images = images
        return _scaled(timer.back)

    def _run(self) -> torch.Tensor:
        _check(self._stop)
        with torch.autocast(
            self._device.type, dtype=torch.bfloat16, enabled=self._precision == "bfloat16"
        ):
            logits: torch.Tensor = self._network(self._images)
        return logits

    def _timed(self) -> float:
        self._clock.restart()
        self._run()
        return self._clock.restart()


@dataclass
class _ModuleTimer:
    """Hooks that tell how long each module of a network took, while the block is entered.

    On the way back, an event is the moment when the gradient of a module's output is complete; the
    time up to the next event is the module's. What a container computes itself on the way back
    counts for the module whose event came before.

    Attributes:
        own: seconds forward by path, without those of the modules within.
        back: seconds backward by path.
    """

    network: nn.Module
    clock: _Clock
    backward: bool = False
    own: Seconds = field(default_factory=dict)
    back: Seconds = field(default_factory=dict)
    _entered: list[tuple[float, float]] = field(default_factory=list)  # (start, spent within)
    _last: tuple[str, float] = ("", 0.0)

    def __enter__(self) -> _ModuleTimer:
        self._handles = []
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
        self._entered.append((self.clock.now(), 0.0))

    def _leaver(self, path: str) -> Callable[..., None]:
        def leave(module: nn.Module, _inputs: Any, output: Any) -> None:
            start, within = self._entered.pop()
            spent = self.clock.now() - start
            self.own[path] = self.own.get(path, 0.0) + spent - within
            if self._entered:
                outer, other = self._entered[-1]
                self._entered[-1] = (outer, other + spent)
            is_leaf = next(module.children(), None) is None
            if self.backward and is_leaf:
                for tensor in _tensors(output):
                    if tensor.requires_grad:
                        tensor.register_hook(lambda _gradient: self._event(path))  # type: ignore[no-untyped-call]

        return leave

    def _event(self, path: str) -> None:
        now = self.clock.now()
        last, since = self._last
        self.back[last] = self.back.get(last, 0.0) + now - since
        self._last = (path, now)


class _Clock:
    """Wall seconds, with the device's work done."""

    def __init__(self, device: torch.device | None = None) -> None:
        self._device = device
        self._start = self.now()

    def now(self) -> float:
        if self._device is not None and self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        elif self._device is not None and self._device.type == "mps":
            torch.mps.synchronize()
        return time.perf_counter()

    def restart(self) -> float:
        """Seconds since the last call."""
        now, before = self.now(), self._start
        self._start = now
        return now - before


def _tensors(output: Any) -> Iterable[torch.Tensor]:
    if isinstance(output, torch.Tensor):
        return (output,)
    if isinstance(output, tuple | list):
        return tuple(item for item in output if isinstance(item, torch.Tensor))
    return ()


def _scaled(seconds: Seconds, total_s: float | None = None) -> Seconds:
    """Per image of the batch; with `total_s` so that the sum is that."""
    factor = 1 / BATCH if total_s is None else total_s / (sum(seconds.values()) or 1.0)
    return {path: value * factor for path, value in seconds.items()}


def _precision(wanted: str, device: torch.device) -> str:
    if wanted != "auto":
        return wanted
    return "bfloat16" if torch.cpu._is_avx512_bf16_supported() else "float32"


def _times(factor: float, seconds: Seconds) -> Seconds:
    return {path: factor * value for path, value in seconds.items()}


def _check(stop: StopToken) -> None:
    if stop.stopped:
        raise _StoppedError
