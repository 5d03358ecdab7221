"""How long runs on this machine really took, as multiples of what was foretold of them.

The pieces of a run are measured apart and for a moment; a run tells how they go together, with the
other work of this machine beside it. The next forecast is corrected by what the last run told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.forecast.forecast import PhaseForecast, VariationForecast
    from tlstudio.core.strategies import FreezePlan, PlanPhase

PhaseKey = tuple[frozenset[str], frozenset[str]]

TELLING_S = 0.5  # what was foretold to be shorter says nothing about anything else
TELLING_SHARE = 0.2  # of the first epochs; what is less drowns in how much these differ
LEAST, MOST = 0.1, 20.0  # beyond, something else went on


@dataclass(frozen=True, slots=True)
class Pace:
    """Multiples of what was foretold of a phase; those that no run has told are None.

    Attributes:
        once: of what is computed once: reading images, and frozen layers.
        every: of what every epoch computes.
        setup_s: seconds before the first epoch, as they were; not a multiple.
    """

    once: float | None = None
    every: float | None = None
    setup_s: float | None = None

    def or_of(self, other: Pace) -> Pace:
        """The same, with what is not known taken from `other`."""
        return Pace(
            self.once if self.once is not None else other.once,
            self.every if self.every is not None else other.every,
            self.setup_s if self.setup_s is not None else other.setup_s,
        )

    @property
    def is_known(self) -> bool:
        """Whether a run has told how long its epochs take."""
        return self.once is not None or self.every is not None


UNKNOWN_PACE = Pace()


def pace_of(told: PhaseForecast, epochs_s: Sequence[float], setup_s: float | None = None) -> Pace:
    """The pace of a phase that took `epochs_s`, of which `told` was foretold without any pace.

    Args:
        told: with the features that were in the cache when the run began.
        epochs_s: of all its epochs that ended.
        setup_s: seconds before its first epoch; None where they are not known.
    """
    if not epochs_s:
        return Pace(setup_s=setup_s)
    first, later = epochs_s[: told.first_epochs], epochs_s[told.first_epochs :]
    first_told_s = len(first) * told.first_epoch_s
    once_told_s = len(first) * (told.first_epoch_s - told.later_epoch_s)
    tells_once = once_told_s >= max(TELLING_S, TELLING_SHARE * first_told_s)
    if not later:
        both = _multiple(sum(first), first_told_s)
        return Pace(both if tells_once else None, both, setup_s)
    every_s = median(later)
    once_s = sum(first) - len(first) * every_s
    return Pace(
        _multiple(once_s, once_told_s) if tells_once else None,
        _multiple(every_s, told.later_epoch_s),
        setup_s,
    )


class Paces:
    """What the runs of one network on one dataset have told, the latest of each phase."""

    def __init__(self) -> None:
        self._by_phase: dict[PhaseKey, Pace] = {}
        self._latest = UNKNOWN_PACE  # of any phase, for those in which other layers train

    def learn(
        self, plan: FreezePlan, told: VariationForecast, epochs_s: Sequence[float], total_s: float
    ) -> None:
        """Take a run that ended.

        Args:
            plan: of the run.
            told: its forecast, without any pace.
            epochs_s: seconds of all epochs that ended.
            total_s: of the whole run.
        """
        for number, (phase, foretold) in enumerate(zip(plan.phases, told.phases, strict=False)):
            start = foretold.first_epoch - 1
            took_s = epochs_s[start : start + foretold.epochs]
            setup_s = max(0.0, total_s - sum(epochs_s)) if not number and epochs_s else None
            pace = pace_of(foretold, took_s, setup_s)
            key = phase_key(phase)
            self._by_phase[key] = pace.or_of(self._by_phase.get(key, UNKNOWN_PACE))
            # Epochs that are next to nothing, as those of a head alone, say nothing of others
            is_telling = foretold.epochs * foretold.later_epoch_s >= TELLING_S
            told_of_all = replace(pace, every=pace.every if is_telling else None)
            self._latest = told_of_all.or_of(self._latest)

    def of(self, plan: FreezePlan) -> tuple[Pace, ...]:
        """What is known of each phase of `plan`, from itself or else from others."""
        paces = [
            self._by_phase.get(phase_key(phase), UNKNOWN_PACE).or_of(self._latest)
            for phase in plan.phases
        ]
        later = (replace(pace, setup_s=None) for pace in paces[1:])
        return (*paces[:1], *later)


def phase_key(phase: PlanPhase) -> PhaseKey:
    """What decides where the network is cut in a phase, and what trains in it."""
    return phase.trainable, phase.statistics


def _multiple(took_s: float, told_s: float) -> float:
    return min(MOST, max(LEAST, took_s / told_s)) if told_s > 0 else 1.0
