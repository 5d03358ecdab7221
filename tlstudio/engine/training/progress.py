"""The progress of a run, and an estimate of the time left."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import closing
from typing import Any, TypeVar, assert_never

import torch

from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.clock import RunClock
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochPart,
    FeaturesProgressed,
    RunEvent,
    SampleSkipped,
)
from tlstudio.engine.metrics import means, sample_sums
from tlstudio.engine.training.failures import finite
from tlstudio.engine.training.inputs import BatchLoss, EpochItem, FeaturesState

R = TypeVar("R")

MIN_INTERVAL_S = 0.25  # a window that draws more often takes cores from the network


class ProgressMeter:
    """Share of the run that is done and seconds that are left, from images per second so far.

    Attributes:
        part: the present one.
        done: images done in it, in the present epoch.

    Args:
        clock: of the run.
        images: of one epoch, per part; for features those of all epochs.
        epochs: of the run, or of those in which the same layers train.
        weights: how much work an image is in each part, relative to the others. A guess, by
            which the share is counted and phases are foretold that have not come yet.
        later: work after those epochs, in which other layers train; in the same unit.
        first: the epoch that the run goes on with.
    """

    def __init__(
        self,
        clock: RunClock,
        images: Mapping[EpochPart, int],
        epochs: int,
        weights: Mapping[EpochPart, float],
        later: float = 0.0,
        first: int = 1,
    ) -> None:
        self._clock = clock
        self._images = dict(images)
        self._epochs = epochs
        self._weights = dict(weights)
        self._later = later
        self._left = {part: count * self._rounds(part, 1) for part, count in images.items()}
        self._total = self._work_left()
        self._left = {part: count * self._rounds(part, first) for part, count in images.items()}
        self._done_before = 0.0
        self._place = (0, EpochPart.TRAIN)
        self._found = 0
        self._part_s = 0.0
        self._mark_s = clock.elapsed_s
        self._seconds_per_image: dict[EpochPart, float] = {}
        self._last_report_s = -MIN_INTERVAL_S
        self.part = EpochPart.TRAIN
        self.done = 0

    def replan(
        self, epoch: int, epochs: int, views: int, weights: Mapping[EpochPart, float], later: float
    ) -> None:
        """Say that from `epoch` on other layers train; `epochs` is the last one in which they do.

        The share that is done does not fall back.
        """
        self._done_before = self.progress
        self._epochs, self._later = epochs, later
        self._weights = dict(weights)
        self._images[EpochPart.FEATURES] = views
        self._left = {
            part: count * self._rounds(part, epoch) for part, count in self._images.items()
        }
        self._seconds_per_image.clear()
        self._total = self._work_left()

    def enter(self, part: EpochPart, epoch: int) -> None:
        """Say what goes on now; `epoch` counts from 1."""
        if self._place == (epoch, part):
            return
        self._place, self.part = (epoch, part), part
        self.done, self._found, self._part_s = 0, 0, 0.0
        if part is EpochPart.FEATURES:
            return
        self._left[part] = self._images[part] * self._rounds(part, epoch)
        if part is EpochPart.VAL:
            self._left[EpochPart.TRAIN] = self._images[EpochPart.TRAIN] * (self._epochs - epoch)
        if epoch == self._epochs and (part is EpochPart.VAL or not self._images[EpochPart.VAL]):
            self._left[EpochPart.FEATURES] = 0  # files that could not be read, or are there twice

    def add(self, images: int) -> None:
        """Count images as done; the time since the last call is theirs."""
        now = self._clock.elapsed_s
        self._part_s += now - self._mark_s
        self._mark_s = now
        self.done += images
        self._left[self.part] = max(0, self._left[self.part] - images)
        if self.done:
            self._seconds_per_image[self.part] = self._part_s / self.done

    def found(self, images: int) -> None:
        """Say how many images of the present part need no work at all."""
        self._left[self.part] = max(0, self._left[self.part] - (images - self._found))
        self._found = images

    @property
    def images_per_s(self) -> float:
        """The images per second of the present part so far."""
        return self.done / max(self._part_s, 1e-9)

    @property
    def progress(self) -> float:
        """Share of the run's work that is done, 0..1."""
        if not self._total:
            return self._done_before
        share = min(1.0, max(0.0, 1 - self._work_left() / self._total))
        return self._done_before + (1 - self._done_before) * share

    @property
    def remaining_s(self) -> float | None:
        """Estimated seconds to the end; None until it can be told."""
        known = [part for part in self._seconds_per_image if self._weights[part]]
        if not known:
            return None
        nearest = max(known, key=lambda part: self._weights[part])
        unit_s = self._seconds_per_image[nearest] / self._weights[nearest]
        return self._later * unit_s + sum(
            left * self._seconds_per_image.get(part, unit_s * self._weights[part])
            for part, left in self._left.items()
        )

    def is_due(self) -> bool:
        """Whether to report now; true at most four times a second."""
        now = time.perf_counter()
        if now - self._last_report_s < MIN_INTERVAL_S:
            return False
        self._last_report_s = now
        return True

    def _rounds(self, part: EpochPart, epoch: int) -> int:
        """Count how often the images of `part` are still to be processed, `epoch` included."""
        return 1 if part is EpochPart.FEATURES else self._epochs - epoch + 1

    def _work_left(self) -> float:
        left = sum(count * self._weights[part] for part, count in self._left.items())
        return left + self._later


class BatchSums:
    """Loss and metrics of an epoch's training, summed where they are: no device is waited for."""

    def __init__(self) -> None:
        self._losses: list[torch.Tensor] = []
        self._sums: list[dict[str, torch.Tensor]] = []
        self._sizes: list[int] = []

    @property
    def batches(self) -> int:
        return len(self._sizes)

    @property
    def images(self) -> int:
        return sum(self._sizes)

    def add(self, loss: torch.Tensor, logits: torch.Tensor, targets: torch.Tensor) -> None:
        """Count a batch: its mean loss, logits ``[B, C]`` and targets ``[B]``."""
        self._losses.append(loss.detach())
        self._sums.append(sample_sums(Split.TRAIN, logits.detach(), targets))
        self._sizes.append(len(targets))

    def state_dict(self) -> dict[str, Any]:
        """Copies, on the CPU."""
        names = self._sums[0] if self._sums else ()
        return {
            "losses": torch.stack(self._losses).cpu() if self._losses else torch.empty(0),
            "sums": {name: torch.stack([row[name] for row in self._sums]).cpu() for name in names},
            "sizes": list(self._sizes),
        }

    def load_state_dict(self, state: Mapping[str, Any], device: torch.device) -> None:
        """Go on with what was summed up on such a device."""
        self._sizes = list(state["sizes"])
        self._losses = list(state["losses"].to(device))
        columns = {name: column.to(device) for name, column in state["sums"].items()}
        self._sums = [
            {name: column[row] for name, column in columns.items()}
            for row in range(len(self._sizes))
        ]

    def means(self) -> dict[str, float]:
        """Metrics by name over all images of all batches, of which there must be one."""
        losses = torch.stack(self._losses).tolist()
        total = sum(self._sizes)
        loss = sum(loss * size for loss, size in zip(losses, self._sizes, strict=True)) / total
        return {"train_loss": loss, **means(self._sums, total)}


def report(
    items: Generator[EpochItem, None, R],
    meter: ProgressMeter,
    epoch: int,
    part: EpochPart = EpochPart.TRAIN,
    batches: int = 0,
) -> Generator[RunEvent, None, R]:
    """Count what a sub-generator of the training loop yields, and say it as events of the run.

    Args:
        part: that of the batches.
        batches: expected in it.

    Returns:
        what the sub-generator returns.

    Raises:
        TrainingError: a loss that is reported is not finite.
    """
    with closing(items):
        while True:
            try:
                item = next(items)
            except StopIteration as end:
                returned: R = end.value
                return returned
            match item:
                case SampleSkipped():
                    yield item
                case FeaturesState():
                    meter.enter(EpochPart.FEATURES, epoch)
                    meter.found(item.from_cache)
                    meter.add(item.computed - meter.done)
                    if meter.is_due() or not item.left:
                        yield FeaturesProgressed(
                            epoch=epoch,
                            done=item.from_cache + item.computed,
                            total=item.wanted,
                            from_cache=item.from_cache,
                            images_per_s=meter.images_per_s,
                            progress=meter.progress,
                            remaining_s=meter.remaining_s,
                        )
                case BatchLoss():
                    meter.enter(part, epoch)
                    meter.add(item.size)
                    if meter.is_due():
                        yield BatchEnded(
                            epoch=epoch,
                            part=part,
                            batch=item.number,
                            batches=max(item.number, batches),
                            loss=finite(float(item.loss)),  # waits for the device
                            images_per_s=meter.images_per_s,
                            progress=meter.progress,
                            remaining_s=meter.remaining_s,
                        )
                case _:
                    assert_never(item)
