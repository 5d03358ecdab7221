"""Images whose class is doubtful: ranked, to be looked at; never a verdict.

By the probabilities of linear probes that have not seen the image. How many there may be is
estimated by confident learning (Northcutt, Jiang and Chuang, JAIR 2021,
https://arxiv.org/abs/1911.00068); which, by the probability of the given class, lowest first
(Kuan and Mueller 2022, https://arxiv.org/abs/2210.03920: self-confidence). Of k planted errors the
first 3 k images of that ranking held 84 to 98 %, while every third flag to two thirds of them were
wrong: so three times as many as estimated are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 3  # times the estimated number
MIN_SHOWN = 20
MOST_SHOWN = 0.1  # of the images, if that is less: who looks at more than every tenth?
HOPELESS = 0.3  # of the images seem wrong: then the probe is, e.g. of classes that it cannot tell


@dataclass(frozen=True, slots=True)
class Doubt:
    """An image whose class is doubtful.

    Attributes:
        place: of the image.
        given: the probability of its class.
        suggested: the likeliest class, and `suggested_probability` that of it.
    """

    place: int
    given: float
    suggested: int
    suggested_probability: float


def doubts(probabilities: NDArray[np.float32], targets: NDArray[np.int64]) -> tuple[Doubt, ...]:
    """The images whose class is doubtful, the most doubtful first.

    Args:
        probabilities: by probes that have not seen the image, ``[N, C]``.
        targets: class indices ``[N]``.
    """
    own = self_confidence(probabilities, targets)
    likeliest = probabilities.argmax(axis=1)
    ranking = np.argsort(own, kind="stable")
    ranking = ranking[likeliest[ranking] != targets[ranking]]
    most = max(MIN_SHOWN, round(MOST_SHOWN * len(targets)))
    shown = ranking[: min(most, SHOWN * estimated_errors(probabilities, targets))]
    return tuple(
        Doubt(
            int(place),
            float(own[place]),
            int(likeliest[place]),
            float(probabilities[place, likeliest[place]]),
        )
        for place in shown
    )


def self_confidence(
    probabilities: NDArray[np.float32], targets: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The probability of the given class of each image, ``[N]``: low where it is doubtful."""
    return np.asarray(probabilities[np.arange(len(targets)), targets])


def estimated_errors(probabilities: NDArray[np.float32], targets: NDArray[np.int64]) -> int:
    """How many images seem to be of another class: those off the diagonal of the confident joint.

    An image counts for the likeliest of the classes whose probability is at least what images of
    that class have of it on average.
    """
    count = probabilities.shape[1]
    usual = np.full(count, np.inf)
    for number in np.unique(targets):
        usual[number] = probabilities[targets == number, number].mean()
    confident = np.where(probabilities >= usual, probabilities, -1.0)
    is_any = confident.max(axis=1) >= 0
    return int((is_any & (confident.argmax(axis=1) != targets)).sum())
