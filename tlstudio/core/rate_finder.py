"""The learning-rate range test: what its curve is, and which learning rate it speaks for.

After L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017
(https://arxiv.org/abs/1506.01186): the learning rate grows from step to step, and the loss tells
where learning begins and where it breaks.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig

LOWEST_RATE, HIGHEST_RATE = 1e-6, 10.0
STEPS = 100
SMOOTHING = 0.85  # of the smoothed loss that is kept at each step
DIVERGED = 4.0  # times the best smoothed loss
SETTLED = 10  # steps after which the smoothed loss means something
LEAST_FALL = 0.05  # of the loss at the start; less may be chance
SPREADS = 1.25  # standard deviations of single losses, which is four of the smoothed loss
AROUND = 8  # steps to either side that the slope at a step is taken from
BELOW_LOWEST = 10.0  # the rate of the lowest loss is already close to too large

# Settings that a range test does not depend on: it has a schedule of its own, lasts as long as it
# must, and how its numbers are computed is no other question.
_APART = frozenset(
    {
        *("learning_rate", "epochs", "patience", "ema_decay", "seed"),
        *("schedule", "step_size", "gamma", "warmup_epochs"),
        *("views", "cached_views", "precision", "engine", "device"),
    }
)


class RangeEnd(StrEnum):
    """Why a range test was over."""

    COMPLETE = "complete"  # the highest rate was tried
    DIVERGED = "diverged"  # the loss had become much larger than it was, or not finite
    STOPPED = "stopped"  # by a person; its points are those of the lower rates


@dataclass(frozen=True, slots=True)
class RangeStarted:
    """The range test begins: its network is built.

    Attributes:
        steps: of the test, at most.
        trainable_parameters: elements that train: those of the last phase of the plan.
        device: where it computes.
    """

    steps: int
    trainable_parameters: int
    device: str


@dataclass(frozen=True, slots=True)
class FeaturesCounted:
    """Outputs of the frozen layers that the first steps wait for: those there, of all."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RatePoint:
    """A step of a range test.

    Attributes:
        step: counts from 1.
        learning_rate: with which the step was made.
        loss: of its batch, before it.
        smoothed: exponential mean of the losses so far, corrected for its start at zero.
    """

    step: int
    learning_rate: float
    loss: float
    smoothed: float


@dataclass(frozen=True, slots=True)
class RangeEnded:
    """The last event of a range test; there is none where it was stopped before its first step."""

    result: RateRange


RangeEvent = RangeStarted | FeaturesCounted | RatePoint | RangeEnded


@dataclass(frozen=True, slots=True)
class RateRange:
    """The result of a range test.

    Attributes:
        points: in the order of the steps.
        end: why it was over.
        suggestion: the learning rate it speaks for, two digits; None where the loss never fell.
        steepest: the point at which the loss falls fastest; None without a suggestion.
        lowest: the point with the lowest smoothed loss; None without points that count.
        reason: how the suggestion came about, or why there is none.
    """

    points: tuple[RatePoint, ...]
    end: RangeEnd
    suggestion: float | None
    steepest: RatePoint | None
    lowest: RatePoint | None
    reason: Note

    def to_csv(self) -> str:
        """A header line and one line per step."""
        text = io.StringIO()
        writer = csv.DictWriter(text, [f.name for f in fields(RatePoint)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(point) for point in self.points)
        return text.getvalue()


def rate_of_step(step: int, steps: int = STEPS) -> float:
    """The learning rate of a step, which counts from 1; it grows exponentially."""
    share = (step - 1) / max(1, steps - 1)
    return float(LOWEST_RATE * (HIGHEST_RATE / LOWEST_RATE) ** share)


class RangeCurve:
    """The points of a range test while it goes on.

    Attributes:
        points: so far.
    """

    def __init__(self, steps: int = STEPS) -> None:
        self._steps = steps
        self._mean = 0.0
        self.points: list[RatePoint] = []

    def add(self, loss: float) -> RatePoint:
        """The next step had this loss, which is finite."""
        rate, step = self.next_rate, len(self.points) + 1
        self._mean = SMOOTHING * self._mean + (1 - SMOOTHING) * loss
        smoothed = self._mean / (1 - SMOOTHING**step)
        point = RatePoint(step, rate, loss, smoothed)
        self.points.append(point)
        return point

    @property
    def next_rate(self) -> float:
        """The learning rate of the next step."""
        return rate_of_step(len(self.points) + 1, self._steps)

    @property
    def end(self) -> RangeEnd | None:
        """Why the test is over; None if it goes on.

        A loss counts as diverged where it is much larger than the best one, and than at the start:
        close to zero it multiplies by chance.
        """
        counted = [point.smoothed for point in self.points[SETTLED:]]
        if counted:
            highest = max(DIVERGED * min(counted), self.points[SETTLED - 1].smoothed)
            if counted[-1] > highest:
                return RangeEnd.DIVERGED
        return RangeEnd.COMPLETE if len(self.points) >= self._steps else None


def rate_range(points: Sequence[RatePoint], end: RangeEnd) -> RateRange:
    """Evaluate the points of a range test; one that was stopped speaks for no learning rate.

    The suggestion lies half-way, in orders of magnitude, between the rate at which the loss falls
    fastest and a tenth of the rate at which it is lowest: the first alone errs to careful rates,
    the second to bold ones.

    On 385 photos in four classes, with the default settings, three seeds and only the head
    training, the suggestions were 0.005 to 0.008. They brought 83.1 % (SGD) and 84.2 % (Adam) of
    the validation photos right, the best of seven rates from 1e-4 to 1 brought 83.8 % and 84.2 %,
    the default rate 78.8 % and 81.8 %.
    """
    points = tuple(points)
    counted = points[SETTLED:]
    if end is RangeEnd.STOPPED:
        reason = Note(
            QT_TRANSLATE_NOOP(
                "core", "The test was stopped at {rate}, before it could tell a good rate."
            ),
            {"rate": rate_text(points[-1].learning_rate)},
        )
        return RateRange(points, end, None, None, None, reason)
    if not counted:
        reason = Note(
            QT_TRANSLATE_NOOP("core", "The loss was not finite from the first steps on."), {}
        )
        return RateRange(points, end, None, None, None, reason)
    lowest = min(counted, key=lambda point: point.smoothed)
    steepest = _steepest(points, lowest)
    if steepest is None or not _falls(points, lowest):
        reason = Note(
            QT_TRANSLATE_NOOP(
                "core",
                "The loss never fell clearly: it was {start} at the smallest learning rates and "
                "{lowest} at best.",
            ),
            {"start": f"{_start(points):.2f}", "lowest": f"{lowest.smoothed:.2f}"},
        )
        return RateRange(points, end, None, None, lowest, reason)
    tenth = lowest.learning_rate / BELOW_LOWEST
    suggestion = float(f"{math.sqrt(steepest.learning_rate * tenth):.1e}")
    sentence = QT_TRANSLATE_NOOP(
        "core",
        "The loss falls fastest at {steepest} and is lowest at {lowest}, where it is close to "
        "breaking; {suggestion} lies between the first and a tenth of the second.",
    )
    if lowest is points[-1]:
        sentence = QT_TRANSLATE_NOOP(
            "core",
            "The loss falls fastest at {steepest} and was still falling at {lowest}, the highest "
            "rate tried; {suggestion} lies between the first and a tenth of the second.",
        )
    values = {
        "steepest": rate_text(steepest.learning_rate),
        "lowest": rate_text(lowest.learning_rate),
        "suggestion": rate_text(suggestion),
    }
    return RateRange(points, end, suggestion, steepest, lowest, Note(sentence, dict(values)))


def changed_settings(then: RunConfig, now: RunConfig) -> tuple[str, ...]:
    """Titles of the settings by which a range test of `now` would differ from one of `then`.

    They are marked for translation in context core. A setting that matters to neither is none.
    """
    from tlstudio.core.config import FIELDS  # imports pydantic

    return tuple(
        spec.text.title
        for spec in FIELDS
        if spec.name not in _APART
        and getattr(then, spec.name) != getattr(now, spec.name)
        and (spec.is_relevant(then) or spec.is_relevant(now))
    )


def rate_text(rate: float) -> str:
    """Format a learning rate with two digits, e.g. 0.0042 or 4.2e-5."""
    digits = float(f"{rate:.1e}")
    if digits >= 0.001:
        return f"{digits:g}"
    mantissa, exponent = f"{digits:.1e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def _start(points: Sequence[RatePoint]) -> float:
    """Mean loss at rates at which nothing is learned yet."""
    return sum(point.loss for point in points[:SETTLED]) / SETTLED


def _falls(points: Sequence[RatePoint], lowest: RatePoint) -> bool:
    """Whether the smoothed loss falls by more than chance."""
    start = _start(points)
    spread = math.sqrt(sum((p.loss - start) ** 2 for p in points[:SETTLED]) / SETTLED)
    return start - lowest.smoothed > max(LEAST_FALL * start, SPREADS * spread)


def _steepest(points: Sequence[RatePoint], lowest: RatePoint) -> RatePoint | None:
    """Find the point around which a straight line through the losses falls fastest.

    Through the losses themselves, as the smoothed ones come half an order of magnitude late.
    """
    last = min(lowest.step - 1, len(points) - 1 - AROUND)
    steepest, deepest = None, 0.0
    for middle in range(AROUND, last + 1):
        slope = sum(k * points[middle + k].loss for k in range(-AROUND, AROUND + 1))
        if slope < deepest:
            steepest, deepest = points[middle], slope
    return steepest
