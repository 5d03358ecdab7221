"""t-SNE: a layout in the plane in which each point's near ones stay near.

van der Maaten & Hinton, JMLR 9, 2008. It begins with the principal components (Kobak & Berens,
Nature Communications 10, 2019), with a learning rate that grows with the points (Belkina et al.,
Nature Communications 10, 2019), and is repeatable: nothing in it is drawn by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from tlstudio.core.runs.events import StopToken
from tlstudio.engine.map.affinities import Affinities, calibrated, nearest_neighbours, symmetric
from tlstudio.engine.map.pca import principal_components
from tlstudio.engine.map.repulsion import EXACT_UP_TO, exact_repulsion, grid_repulsion
from tlstudio.engine.threads import one_thread

DIMENSIONS = 50  # in which neighbours are looked for
PERPLEXITY = 30.0
EXAGGERATION, EXAGGERATED_STEPS = 12.0, 250  # near ones pull so much harder at first
STEPS = 750  # in all
SHOWN_EVERY = 10  # steps
FEWEST = 5  # points that it makes sense for
_MOMENTA = (0.5, 0.8)  # while exaggerated, and then
_LEAST_RATE = 200.0
_LEAST_GAIN = 0.01
_BEGINNING = 1e-4  # standard deviation


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Points on their way.

    Attributes:
        positions: float32 ``[N, 2]``, around 0.
        step, steps: how far it is; equal at the end.
    """

    positions: torch.Tensor
    step: int
    steps: int


def tsne(
    x: torch.Tensor,
    stop: StopToken,
    *,
    perplexity: float = PERPLEXITY,
    steps: int = STEPS,
) -> Iterator[Layout]:
    """Lay the rows of ``[N, F]`` out.

    Memory: about 4 KB a point, and 64 MB.

    Args:
        x: float32, of `FEWEST` rows at least.
        stop: read before every step.
        perplexity: about how many neighbours count; at most a third of the points.
        steps: in all.

    Yields:
        The principal components at once (step 0), then every `SHOWN_EVERY` steps and at the end.
        Where it is stopped, what came last is the last.
    """
    narrow = principal_components(x, DIMENSIONS)
    start = torch.zeros(len(x), 2)
    start[:, : narrow.shape[1]] = narrow[:, :2]
    start *= _BEGINNING / start[:, 0].std().clamp_min(1e-12)
    yield Layout(start, 0, steps)
    perplexity = min(perplexity, (len(x) - 1) / 3)
    near = nearest_neighbours(narrow, min(len(x) - 1, int(3 * perplexity)), stop)
    if near is None:
        return
    squared, numbers = near
    with one_thread():
        affinities = symmetric(numbers, calibrated(squared, perplexity))
        yield from _optimised(start, affinities, stop, steps)


def _optimised(
    start: torch.Tensor, affinities: Affinities, stop: StopToken, steps: int
) -> Iterator[Layout]:
    rate = max(len(start) / EXAGGERATION, _LEAST_RATE)
    repulsion = exact_repulsion if len(start) <= EXACT_UP_TO else grid_repulsion
    pull = _Pull(affinities)
    y, velocity, gains = start.clone(), torch.zeros_like(start), torch.ones_like(start)
    for step in range(1, steps + 1):
        if stop.stopped:
            return
        is_exaggerated = step <= EXAGGERATED_STEPS
        push, total = repulsion(y)
        gradient = (EXAGGERATION if is_exaggerated else 1.0) * pull(y) - push / total
        is_turning = gradient * velocity > 0
        gains = torch.where(is_turning, gains * 0.8, gains + 0.2).clamp_min(_LEAST_GAIN)
        velocity = _MOMENTA[not is_exaggerated] * velocity - rate * gains * gradient
        y = y + velocity
        y -= y.mean(dim=0)
        if step % SHOWN_EVERY == 0 or step == steps:
            yield Layout(y, step, steps)


class _Pull:
    """How the near ones of each point draw it."""

    def __init__(self, affinities: Affinities) -> None:
        self._offsets, self._columns = affinities.offsets, affinities.columns
        self._values = affinities.values
        counts = affinities.offsets.diff()
        self._rows = torch.arange(len(counts)).repeat_interleave(counts)

    def __call__(self, y: torch.Tensor) -> torch.Tensor:
        """``[N, 2]`` from ``[N, 2]``."""
        squared = torch.zeros_like(self._values)
        for axis in y.T.contiguous():
            apart = axis.index_select(0, self._rows)
            squared += apart.sub_(axis.index_select(0, self._columns)).square_()
        weights = self._values / squared.add_(1)
        table = torch.cat([y, torch.ones(len(y), 1)], dim=1)
        drawn = torch.nn.functional.embedding_bag(
            self._columns,
            table,
            self._offsets,
            mode="sum",
            per_sample_weights=weights,
            include_last_offset=True,
        )
        return y * drawn[:, 2:] - drawn[:, :2]
