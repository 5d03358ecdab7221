"""The clock of a run: it stops in pauses, and while the machine sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable

# Shorter gaps are of the work itself; in a longer one somebody would have computed something
LEAST_GAP_S = 30.0
BUSY_SHARE = 0.25


class RunClock:
    """Seconds since it was made in which the run could get on.

    A lid that is closed or a process that is stopped leaves a gap between two looks at the clock in
    which next to nothing was computed. Whether a system counts its sleep differs from one to the
    other; processor time does not go on in any of them. A gap counts as long as it was computed in.

    Args:
        now: wall seconds from any beginning.
        busy: processor seconds of this process.
        is_paused: whether it begins only with `resume`.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.perf_counter,
        busy: Callable[[], float] = time.process_time,
        *,
        is_paused: bool = False,
    ) -> None:
        self._now, self._busy = now, busy
        self._before = 0.0  # counted up to the last look
        self._seen, self._seen_busy = now(), busy()
        self._is_paused = is_paused

    @property
    def elapsed_s(self) -> float:
        """To be asked on one thread, and more often than the machine falls asleep."""
        now, busy = self._now(), self._busy()
        passed, computed = now - self._seen, busy - self._seen_busy
        self._seen, self._seen_busy = now, busy
        if not self._is_paused:
            has_slept = passed > LEAST_GAP_S and computed < BUSY_SHARE * passed
            self._before += computed if has_slept else passed
        return self._before

    def pause(self) -> None:
        """Stop, until `resume`."""
        self._before = self.elapsed_s
        self._is_paused = True

    def resume(self) -> None:
        self._before = self.elapsed_s
        self._is_paused = False

    def go_on_from(self, elapsed_s: float) -> None:
        """Be at what a run had counted that was interrupted."""
        _ = self.elapsed_s
        self._before = elapsed_s
