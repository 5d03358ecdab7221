"""Would more photos help? Accuracies by the number of training images, continued with an interval.

Errors fall about as ``a + b * n ** -c`` (Cortes et al., NeurIPS 1993; Hestness et al., 2017, "Deep
Learning Scaling is Predictable, Empirically"). How sure the continued curve is,
the bootstrap tells: the same fit to the answers on images drawn again, and of subsets drawn again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 10  # images of a class, to learn from and to measure on; from fewer nothing can be told
STEPS_OF_MORE = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
FURTHEST = 2.0  # so many times the images that there are may be asked about in addition
LEAST_GAIN = 0.005  # half a point, as the sentences say
_EXPONENTS = np.linspace(0.15, 1.5, 19)
_BOOTSTRAPS = 400
_PLACES = 60  # of a drawn curve


class Estimate(NamedTuple):
    """A fraction with its 95 % interval."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """How the accuracy grows with the images: of all classes together, or of one.

    Attributes:
        title: of the class; empty for all together.
        sizes: training images of a class (a mean for all together), ascending, float64 ``[S]``.
        accuracies: measured, a row for each time that subsets were drawn, ``[R, S]``.
        places: images of a class for which the curve is drawn, float64 ``[P]``; the last of
            `sizes` is among them.
        middle, low, high: the curve and its 95 % interval, ``[P]``.
        gain: of accuracy by `more` images of each class; None where nothing can be told.
        train, val: images to learn from, and to measure on.
    """

    title: str
    sizes: NDArray[np.float64]
    accuracies: NDArray[np.float64]
    places: NDArray[np.float64]
    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    gain: Estimate | None
    train: int
    val: int

    @property
    def means(self) -> NDArray[np.float64]:
        """The mean accuracy at each size."""
        return np.asarray(self.accuracies.mean(axis=0))

    @property
    def is_too_few(self) -> bool:
        """Whether there are too few images to tell anything."""
        return self.gain is None

    @property
    def has_gain(self) -> bool:
        """Whether more images would bring something worth their price."""
        return self.gain is not None and self.gain.value >= LEAST_GAIN

    def at(self, size: float) -> Estimate:
        """The curve at a number of images a class, with its interval."""
        curves = (self.low, self.middle, self.high)
        low, middle, high = (float(np.interp(size, self.places, curve)) for curve in curves)
        return Estimate(low, middle, high)


@dataclass(frozen=True, slots=True, eq=False)
class LearningCurve:
    """What more images would bring to a linear probe of a network's features.

    Attributes:
        model: the network whose features they are.
        more: images of each class that are asked about in addition.
        overall: all classes together.
        classes: each class by itself, in class order.
        is_held_back: whether a part of the training images was measured on, for want of others.
        is_sampled: whether there are more training images than were used.
    """

    model: str
    more: int
    overall: Growth
    classes: tuple[Growth, ...]
    is_held_back: bool = False
    is_sampled: bool = False

    @property
    def notes(self) -> tuple[Note, ...]:
        """The answer in sentences, the most important first."""
        found = [_overall_note(self.overall, self.more)]
        gaining = sorted(
            (growth for growth in self.classes if growth.has_gain),
            key=lambda growth: -growth.gain.value if growth.gain else 0,
        )
        for growth in gaining[:3]:
            assert growth.gain is not None
            found.append(Note(_CLASS_GAIN, values={"name": growth.title, **_points(growth.gain)}))
        rest = [g.title for g in self.classes if not g.has_gain and not g.is_too_few]
        if gaining and rest:
            found.append(Note(_CLASS_NONE, values={"names": _listed(rest)}))
        few = [growth.title for growth in self.classes if growth.is_too_few]
        if few and not self.overall.is_too_few:
            found.append(Note(_CLASS_FEW, values={"names": _listed(few), "fewest": FEWEST}))
        return tuple(found)

    def to_values(self) -> dict[str, object]:
        """For JSON."""
        return {
            "model": self.model,
            "more": self.more,
            "overall": _values(self.overall),
            "classes": [_values(growth) for growth in self.classes],
            "is_held_back": self.is_held_back,
            "is_sampled": self.is_sampled,
        }


_OVERALL_GAIN = QT_TRANSLATE_NOOP(
    "core",
    "{more} more images of each class would bring about {points} points of accuracy "
    "({low} to {high}).",
)
_OVERALL_NONE = QT_TRANSLATE_NOOP(
    "core",
    "{more} more images of each class would bring less than half a point of accuracy "
    "({low} to {high} points).",
)
_OVERALL_FEW = QT_TRANSLATE_NOOP(
    "core",
    "There are too few images to tell: each class needs {fewest} to learn from and to measure on.",
)
_CLASS_GAIN = QT_TRANSLATE_NOOP("core", "{name}: about {points} points ({low} to {high}).")
_CLASS_NONE = QT_TRANSLATE_NOOP("core", "{names}: less than half a point.")
_CLASS_FEW = QT_TRANSLATE_NOOP("core", "{names}: fewer than {fewest} images, too few to tell.")


def grown(
    title: str,
    sizes: NDArray[np.float64],
    right: NDArray[np.float64],
    more: int,
    train: int,
    seed: int = 0,
) -> Growth:
    """Fit and continue a curve.

    Args:
        title: of the class.
        sizes: training images of a class, ascending ``[S]``.
        right: whether each image was told rightly by each probe, ``[R, S, V]``.
        more: images of each class in addition.
        train: images to learn from.
        seed: of the bootstrap.
    """
    draws, steps, images = right.shape
    accuracies = right.mean(axis=2) if images else np.zeros((draws, steps))
    places = np.unique(np.concatenate([np.linspace(sizes[0], sizes[-1] + more, _PLACES), sizes]))
    if images < FEWEST or train < FEWEST or steps < 3:
        nothing = np.full(len(places), np.nan)
        return Growth(
            title, sizes, accuracies, places, nothing, nothing, nothing, None, train, images
        )
    random = np.random.default_rng(seed)
    errors = np.empty((_BOOTSTRAPS, steps))
    for row in errors:
        drawn = right[random.integers(0, draws, draws)]
        row[:] = 1 - drawn.mean(axis=0)[:, random.integers(0, images, images)].mean(axis=1)
    curves = 1 - np.clip(_fitted(sizes, errors, places), 0, 1)
    low, middle, high = np.quantile(curves, (0.025, 0.5, 0.975), axis=0)
    now, then = np.searchsorted(places, sizes[-1]), len(places) - 1
    gains = np.quantile(curves[:, then] - curves[:, now], (0.025, 0.5, 0.975))
    gain = Estimate(*(float(value) for value in gains))
    return Growth(title, sizes, accuracies, places, middle, low, high, gain, train, images)


def more_for(images_per_class: float) -> int:
    """A round number of images of each class that can be asked about."""
    near = [step for step in STEPS_OF_MORE if step <= min(100, FURTHEST * images_per_class)]
    far = [step for step in STEPS_OF_MORE if 100 < step <= images_per_class]
    return max([*near, *far], default=STEPS_OF_MORE[0])


def _fitted(
    sizes: NDArray[np.float64], errors: NDArray[np.float64], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """``a + b * n ** -c`` with ``a, b >= 0`` by least squares to each row of ``[B, S]``.

    Larger sizes count more, in proportion: they are nearer to what is asked.

    Returns:
        The curves' errors at `places`, ``[B, P]``.
    """
    weights = sizes / sizes.sum()
    mean = errors @ weights
    best, curves = np.full(len(errors), np.inf), np.zeros((len(errors), len(places)))
    for exponent in _EXPONENTS:
        x, at = sizes**-exponent, places**-exponent
        centre = x @ weights
        slope = (
            ((errors - mean[:, None]) * (x - centre)) @ weights / (((x - centre) ** 2) @ weights)
        )
        slope = np.maximum(slope, 0)
        floor = mean - slope * centre
        through = (errors * x) @ weights / (x**2 @ weights)  # without a floor
        slope = np.where(floor < 0, through, slope)
        floor = np.maximum(floor, 0)
        residual = ((floor[:, None] + slope[:, None] * x - errors) ** 2) @ weights
        better = residual < best
        best[better] = residual[better]
        curves[better] = floor[better, None] + slope[better, None] * at
    return curves


def _overall_note(growth: Growth, more: int) -> Note:
    if growth.gain is None:
        return Note(_OVERALL_FEW, values={"fewest": FEWEST})
    sentence = _OVERALL_GAIN if growth.has_gain else _OVERALL_NONE
    return Note(sentence, values={"more": more, **_points(growth.gain)})


def _points(gain: Estimate) -> dict[str, object]:
    """Percentage points, whole ones from ten on."""
    low, middle, high = (100 * value for value in gain)
    digits = 0 if high >= 10 else 1
    return {
        "points": f"{middle:.{digits}f}",
        "low": f"{max(0.0, low):.{digits}f}",
        "high": f"{high:.{digits}f}",
    }


def _listed(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def _values(growth: Growth) -> dict[str, object]:
    return {
        "title": growth.title,
        "train": growth.train,
        "val": growth.val,
        "sizes": growth.sizes.tolist(),
        "accuracies": growth.accuracies.tolist(),
        "gain": None if growth.gain is None else list(growth.gain),
    }
