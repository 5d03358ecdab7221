"""Nearest images by a network's features: who is nearly the same, and who is alone.

Both rules are relative to how near the images of this dataset lie to each other, so that nothing is
to be tuned. cleanlab's Datalab (https://docs.cleanlab.ai) takes images nearer than 0.13 of the
median distance to the nearest neighbour for near duplicates.

Strangers come in bunches (screenshots, pages of a scan), who are then neighbours of each other. Of
ten planted ones of two bunches, the mean distance to ten neighbours told one; that to as many as
half a class, at most 50, on square roots of the features told eight, with two others beside them.
Square roots let many small differences count against few large ones (Perronnin, Sánchez and
Mensink, "Improving the Fisher Kernel for Large-Scale Image Classification", ECCV 2010).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEIGHBOURS = 10
MOST_NEIGHBOURS = 50
MAYBE_SAME = 0.75  # of that distance: near enough to look whether one is a part of the other
SAME = 0.13  # of the median distance to the nearest neighbour
ALONE = 1.7  # interquartile ranges above the third quartile (Tukey has 1.5, and flags more)
_BLOCK_BYTES = 64 << 20  # of distances at a time


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """The nearest other images of each image.

    Attributes:
        places: ``[N, K]``, the nearest first.
        distances: cosine distances to them, float32 ``[N, K]``, 0 to 2.
    """

    places: NDArray[np.int64]
    distances: NDArray[np.float32]

    def pairs_within(self, share: float, nearest: int = NEIGHBOURS) -> NDArray[np.int64]:
        """Pairs nearer than `share` of the usual nearest neighbour, ``[P, 2]``, nearest first.

        Args:
            share: of the median distance to the nearest neighbour.
            nearest: how many neighbours of each image are looked at.
        """
        near = self.distances[:, :nearest]
        rows, columns = np.nonzero(near < share * float(np.median(self.distances[:, 0])))
        pairs = np.sort(np.stack([rows, self.places[rows, columns]], axis=1), axis=1)
        pairs, first = np.unique(pairs, axis=0, return_index=True)
        return np.asarray(pairs[np.argsort(near[rows, columns][first], kind="stable")])

    @property
    def loneliness(self) -> NDArray[np.float32]:
        """The mean distance to the neighbours, ``[N]``."""
        return np.asarray(self.distances.mean(axis=1))

    @property
    def alone(self) -> NDArray[np.int64]:
        """Places of images unlike all others, the loneliest first."""
        values = self.loneliness
        low, high = np.percentile(values, (25, 75))
        found = np.flatnonzero(values > high + ALONE * (high - low))
        return np.asarray(found[np.argsort(-values[found], kind="stable")])


def bunch_size(targets: NDArray[np.int64]) -> int:
    """How many neighbours are asked who is a stranger: half a usual class, 10 to 50."""
    counts = np.bincount(targets)
    return int(np.clip(np.median(counts[counts > 0]) // 2, NEIGHBOURS, MOST_NEIGHBOURS))


def flattened(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The square roots of the features, with their signs."""
    return np.asarray(np.sign(vectors) * np.sqrt(np.abs(vectors)))


def neighbourhood(
    vectors: NDArray[np.float32], count: int = NEIGHBOURS
) -> Iterator[int | Neighbourhood]:
    """Compare each image with each other one, block by block.

    Args:
        vectors: ``[N, F]``, N at least 2.
        count: of neighbours, at most.

    Yields:
        How many images are done; last of all the `Neighbourhood`.
    """
    total = len(vectors)
    count = min(count, total - 1)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    places = np.zeros((total, count), dtype=np.int64)
    distances = np.zeros((total, count), dtype=np.float32)
    block = max(1, _BLOCK_BYTES // (4 * total))
    for start in range(0, total, block):
        rows = np.arange(start, min(start + block, total))
        apart = 1 - unit[rows] @ unit.T
        apart[rows - start, rows] = np.inf
        near = np.argpartition(apart, count - 1, axis=1)[:, :count]
        values = np.take_along_axis(apart, near, axis=1)
        order = np.argsort(values, axis=1, kind="stable")
        places[rows] = np.take_along_axis(near, order, axis=1)
        distances[rows] = np.maximum(np.take_along_axis(values, order, axis=1), 0)
        yield int(rows[-1]) + 1
    yield Neighbourhood(places, distances)
