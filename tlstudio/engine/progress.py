"""How far a run is: a clock that stops in pauses, and an estimate of what is left."""

from __future__ import annotations

import time

from tlstudio.core.events import Phase, StopToken

MIN_INTERVAL_S = 0.1


class RunClock:
    """Wall seconds since it was made, pauses not counted."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._paused_s = 0.0

    @property
    def elapsed_s(self) -> float:
        return time.perf_counter() - self._start - self._paused_s

    def wait_while_paused(self, stop: StopToken) -> bool:
        """Wait while `stop` is paused, without counting it; returns whether to stop."""
        if not stop.paused:
            return stop.stopped
        begin = time.perf_counter()
        stopped = stop.wait_while_paused()
        self._paused_s += time.perf_counter() - begin
        return stopped


class ProgressMeter:
    """Share of the run that is done and seconds that are left, from images per second so far.

    Args:
        clock: of the run.
        images: of one epoch, per phase.
        epochs: of the run.
    """

    def __init__(self, clock: RunClock, images: dict[Phase, int], epochs: int) -> None:
        self._clock = clock
        self._images = images
        self._epochs = epochs
        self._epoch = 0
        self._phase = Phase.TRAIN
        self._done = 0
        self._phase_start_s = clock.elapsed_s
        self._seconds_per_image: dict[Phase, float] = {}
        self._last_report_s = -MIN_INTERVAL_S

    def start_phase(self, epoch: int, phase: Phase) -> None:
        """`epoch` counts from 1."""
        self._epoch, self._phase, self._done = epoch, phase, 0
        self._phase_start_s = self._clock.elapsed_s

    def add(self, images: int) -> None:
        """Count images as done in the present phase."""
        self._done += images
        if self._done:
            self._seconds_per_image[self._phase] = self.phase_s / self._done

    @property
    def phase_s(self) -> float:
        """Seconds since the phase began."""
        return self._clock.elapsed_s - self._phase_start_s

    @property
    def images_per_s(self) -> float:
        """Of the present phase so far."""
        return self._done / max(self.phase_s, 1e-9)

    @property
    def progress(self) -> float:
        """Share of the run's images that are done, 0..1."""
        total = self._epochs * sum(self._images.values())
        left = sum(self._left().values())
        return min(1.0, max(0.0, 1 - left / total)) if total else 0.0

    @property
    def remaining_s(self) -> float | None:
        """Estimated seconds to the end; None until it can be told."""
        train_s = self._seconds_per_image.get(Phase.TRAIN)
        if train_s is None:
            return None
        # The first validation is still to come: it costs at most what training does.
        val_s = self._seconds_per_image.get(Phase.VAL, train_s)
        left = self._left()
        return left[Phase.TRAIN] * train_s + left[Phase.VAL] * val_s

    def is_due(self) -> bool:
        """Whether to report now; true at most ten times a second."""
        now = time.perf_counter()
        if now - self._last_report_s < MIN_INTERVAL_S:
            return False
        self._last_report_s = now
        return True

    def _left(self) -> dict[Phase, int]:
        epochs_after = self._epochs - self._epoch
        left = {phase: epochs_after * count for phase, count in self._images.items()}
        if self._phase is Phase.TRAIN:
            left[Phase.TRAIN] += max(0, self._images[Phase.TRAIN] - self._done)
            left[Phase.VAL] += self._images[Phase.VAL]
        else:
            left[Phase.VAL] += max(0, self._images[Phase.VAL] - self._done)
        return left
