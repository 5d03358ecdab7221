"""Measures the speed of a network on this machine, and the memory that its training takes.

With random weights and random images: their values do not matter for the time. It uses all
processor threads: never while a run is going on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.compare import SpeedRecord, TooLargeError
from tlstudio.core.config import Precision as PrecisionWish
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import cache_dir, cached_record, write_record
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.compare.memory_use import PeakMemory, free_bytes, step_bytes
from tlstudio.engine.device import available_devices, resolve_device
from tlstudio.engine.forecast.module_times import DeviceClock
from tlstudio.engine.forecast.network_costs import STEADY, MeasuringStopped
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.training.failures import is_out_of_memory
from tlstudio.engine.training.precision import Precision, autocast, fast_kernels, resolve_precision
from tlstudio.engine.training.seeding import generators_kept

BATCH = 32  # as a run has unless it is told otherwise
NUM_CLASSES = 1000
INFERENCE_S, TRAINING_S = 1.5, 3.0  # so long each is repeated
PASSES, MOST_PASSES = 2, 20  # at least, at most
SLOW_S = 20.0  # a pass that takes so long is not repeated
STAGES = 4
MARGIN = 0.9  # of the free memory may be used

Progress = Callable[[int, int], None]


def measure_speed(
    model: str,
    precision: PrecisionWish = "auto",
    device: str = "auto",
    stop: StopToken | None = None,
    on_progress: Progress | None = None,
    *,
    image_px: int = 0,
    batch: int = 0,
) -> SpeedRecord:
    """Run one network forwards and in training, and remember the numbers for this machine.

    What counts is the fastest of a few equal passes after one that is not counted; if they differ
    much, the machine was busy with other things, and the record says so.

    Args:
        model: its name in the catalog; no weights are needed.
        precision: as a run is told; ``auto`` takes what is faster here.
        device: as a run is told.
        stop: read between layers.
        on_progress: called with the stages that are done and their number.
        image_px: side of the images; 0 for the network's own.
        batch: images at once; 0 for as many as a run has.

    Raises:
        ConfigError, DeviceError: the model or the device is unknown.
        ModelError: the network does not take images of that size.
        TooLargeError: a training step does not fit in the free memory.
        MeasuringStopped: the stop token said so.
    """
    spec = get_model(model)
    place = resolve_device(device)
    taken = resolve_precision(precision, place)
    side = image_px or spec.preprocessing.crop_px
    build = BuildConfig(image_px=side if side != spec.preprocessing.crop_px else 0)
    told = on_progress or (lambda done, total: None)
    told(0, STAGES)
    shape = (batch or BATCH, spec.preprocessing.channels, side, side)
    _check_room(spec.title, model, build, shape, taken, place)
    cards = [place] if place.type == "cuda" else []
    stop = stop or StopToken()
    try:
        with generators_kept(cards), fast_kernels(precision):
            record = _measure(model, build, shape, taken, place, stop, told)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise _too_large(spec.title, shape, None, None) from error
    _remember(record)
    return record


def known_speeds(
    precision: PrecisionWish = "auto", device: str = "auto"
) -> tuple[SpeedRecord, ...]:
    """Return earlier measurements on this device with this precision and version of torch.

    Raises:
        DeviceError: there is no such device.
    """
    place = resolve_device(device)
    wanted = (_title(place), resolve_precision(precision, place), torch.__version__)
    return tuple(
        record
        for record in _stored()
        if (record.device, record.precision, record.torch_version) == wanted
    )


def _measure(
    model: str,
    build: BuildConfig,
    shape: tuple[int, int, int, int],
    precision: Precision,
    device: torch.device,
    stop: StopToken,
    told: Progress,
) -> SpeedRecord:
    # Memory comes first, while what is freed goes back to the system.
    with PeakMemory(device) as memory:
        network = architecture(model, NUM_CLASSES, build)
        work = _Work(network, shape, precision, device, stop)
        work.training_step()
        told(1, STAGES)
    with freed_memory_kept():
        forward_s, is_forward_steady = work.timed(work.inference, INFERENCE_S)
        told(2, STAGES)
        step_s, is_step_steady = work.timed(work.training_step, TRAINING_S)
        told(3, STAGES)
    batch, _, side, _ = shape
    told(STAGES, STAGES)
    return SpeedRecord(
        model=model,
        image_px=side,
        batch=batch,
        device=_title(device),
        precision=precision,
        torch_version=str(torch.__version__),
        inference_images_per_s=batch / forward_s,
        training_images_per_s=batch / step_s,
        memory_bytes=memory.bytes,
        memory_source=memory.source,
        measured_on=date.today().isoformat(),
        is_steady=is_forward_steady and is_step_steady,
    )


class _Work:
    """A network and a batch to measure."""

    def __init__(
        self,
        network: nn.Module,
        shape: tuple[int, int, int, int],
        precision: Precision,
        device: torch.device,
        stop: StopToken,
    ) -> None:
        layout = torch.channels_last
        self._network = network.to(device, memory_format=layout)  # type: ignore[call-overload]
        self._images = torch.rand(shape, device=device).to(memory_format=layout)
        self._targets = torch.arange(shape[0], device=device) % NUM_CLASSES
        self._optimizer = torch.optim.SGD(network.parameters(), lr=1e-6, momentum=0.9)
        self._precision = precision
        self._device = device
        self._clock = DeviceClock(device)
        # Not a method of this object: in a circle of references the network would stay in memory.
        watch = _Watch(stop)
        for module in network.modules():
            if next(module.children(), None) is None:
                module.register_forward_hook(watch.on_forward)
        self._watch = watch

    @torch.no_grad()
    def inference(self) -> None:
        self._network.eval()
        with autocast(self._device, self._precision):
            self._network(self._images)

    def training_step(self) -> None:
        """Train all layers for one step."""
        self._network.train()
        with torch.enable_grad():
            with autocast(self._device, self._precision):
                logits = self._network(self._images)
            loss = F.cross_entropy(logits.float(), self._targets)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()

    def timed(self, work: Callable[[], None], budget_s: float) -> tuple[float, bool]:
        """Seconds of the fastest pass, and whether all took about as long."""
        first_s = self._seconds(work)  # plans and allocates
        passes_s = [self._seconds(work)]
        while len(passes_s) < MOST_PASSES and first_s < SLOW_S:
            if len(passes_s) >= PASSES and sum(passes_s) >= budget_s:
                break
            passes_s.append(self._seconds(work))
        return min(passes_s), max(passes_s) < STEADY * min(passes_s)

    def _seconds(self, work: Callable[[], None]) -> float:
        self._watch.check()
        self._clock.restart()
        work()
        return self._clock.restart()


class _Watch:
    """Ends a pass at the next layer, forwards or backwards, once the stop token says so."""

    def __init__(self, stop: StopToken) -> None:
        self._stop = stop

    def on_forward(self, _module: nn.Module, _inputs: Any, output: Any) -> None:
        self.check()
        if isinstance(output, torch.Tensor) and output.requires_grad:
            output.register_hook(self.check)  # type: ignore[no-untyped-call]

    def check(self, _gradient: object = None) -> None:
        if self._stop.stopped:
            raise MeasuringStopped


def _check_room(
    title: str,
    model: str,
    build: BuildConfig,
    shape: tuple[int, int, int, int],
    precision: Precision,
    device: torch.device,
) -> None:
    """Refuse what would fill the machine's memory: the system would end the whole studio."""
    free = free_bytes(device)
    if free is None:
        return
    with torch.device("meta"):
        network = architecture(model, NUM_CLASSES, build).train()
    needed = step_bytes(network, shape, is_short=precision == "bfloat16")
    if needed > MARGIN * free:
        raise _too_large(title, shape, needed, free)


def _too_large(
    title: str, shape: tuple[int, int, int, int], needed: int | None, free: int | None
) -> TooLargeError:
    batch, _, side, _ = shape
    if needed is None or free is None:
        return TooLargeError(
            QT_TRANSLATE_NOOP(
                "core",
                "A training step of {model} with {batch} images of {side} px "
                "does not fit in the memory.",
            ),
            model=title,
            batch=batch,
            side=side,
        )
    return TooLargeError(
        QT_TRANSLATE_NOOP(
            "core",
            "A training step of {model} with {batch} images of {side} px needs about "
            "{needed_gb} GB of memory; {free_gb} GB are free.",
        ),
        model=title,
        batch=batch,
        side=side,
        needed_gb=f"{needed / 1e9:.1f}",
        free_gb=f"{free / 1e9:.1f}",
    )


def _title(device: torch.device) -> str:
    """Return the name of a device that people know."""
    titles = {record.name: record.title for record in available_devices()}
    return titles.get(str(device), str(device))


def _file() -> Path:
    return cache_dir() / "speeds.json"


@dataclass(frozen=True, slots=True)
class _Speeds:
    """The file of speeds: a cache, measured anew where it cannot be read."""

    records: tuple[SpeedRecord, ...] = ()


def _stored() -> tuple[SpeedRecord, ...]:
    return (cached_record(_file(), _Speeds) or _Speeds()).records


def _remember(record: SpeedRecord) -> None:
    """Store a measurement in place of an earlier one of the same network and settings."""
    others = (known for known in _stored() if _identity(known) != _identity(record))
    write_record(_file(), _Speeds((*others, record)))


def _identity(record: SpeedRecord) -> tuple[object, ...]:
    return (*record.key, record.device, record.precision, record.torch_version)
