"""Cross-validated accuracy of a linear classifier and of nearest neighbours on features.

Cross-validated: the images are dealt into folds, each class evenly, and each fold is answered by a
linear probe (Alain and Bengio, https://arxiv.org/abs/1610.01644) fitted to the others. How strongly
that one is regularised is chosen on a part of its own images held back, so nothing leaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.data.dataset import Sample
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.significance import Interval, wilson
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.probing.logistic import minimise, standardised
from tlstudio.engine.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
MAX_IMAGES = 2000
MIN_PER_CLASS = 10  # where there are many classes, rather more images than `MAX_IMAGES`
NEIGHBOURS = 5
STRENGTHS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003)  # strongest first: each starts the next
_HELD_BACK = 4  # one in so many, to choose the strength
_SMALL = 4_000_000  # elements: on a busy machine two threads took 30 times as long as one
_STEPS, _TOLERANCE = 100, 1e-4  # answers do not change any more


@dataclass(frozen=True, slots=True, eq=False)
class ProbeRecord:
    """The answers of cross-validated linear probes.

    Attributes:
        predicted: class index for each image, int64 ``[N]``, by the probe that has not seen it.
        right: bool ``[N]``.
        strengths: the penalty that each fold's probe chose.
        probabilities: of each class for each image by that same probe, float32 ``[N, C]``; of
            classes up to the largest index that occurs.
    """

    predicted: NDArray[np.int64]
    right: NDArray[np.bool_]
    strengths: tuple[float, ...]
    probabilities: NDArray[np.float32]

    @property
    def accuracy(self) -> float:
        """Fraction of all images, each answered once."""
        return float(self.right.mean())

    @property
    def interval(self) -> Interval:
        """Wilson's, 95 %, over the images; see `core.leaderboard.RankRow.interval`."""
        return wilson(int(self.right.sum()), len(self.right))


def cross_validate(
    features: NDArray[np.float32],
    targets: NDArray[np.int64],
    stop: StopToken,
    *,
    folds: int = FOLDS,
    seed: int = 0,
) -> Iterator[int | ProbeRecord]:
    """Answer each image by a linear probe of the others.

    A class with fewer images than folds is in some of them only; one with a single image is always
    told wrongly, since no probe has seen it. Equal arguments give equal answers.

    Args:
        features: ``[N, F]``.
        targets: class indices ``[N]``.
        stop: read before each fit.
        folds: at most; fewer where there are fewer images.
        seed: deals the images.

    Yields:
        How many folds are done; last of all the `ProbeRecord`, unless it was stopped.

    Raises:
        DatasetError: there are not two classes with two images each.
    """
    check_enough(targets)
    places = deal(targets, min(folds, len(targets)), seed)
    classes, y = np.unique(targets, return_inverse=True)
    x, labels = torch.from_numpy(features), torch.from_numpy(y)
    predicted = np.zeros(len(targets), dtype=np.int64)
    probabilities = np.zeros((len(targets), int(classes[-1]) + 1), dtype=np.float32)
    strengths = []
    for fold in range(places.max() + 1):
        seen, asked = torch.from_numpy(places != fold), torch.from_numpy(places == fold)
        train, mean, std = standardised(x[seen])
        with one_thread() if train.numel() <= _SMALL else nullcontext():
            strength = _best_strength(train, labels[seen], len(classes), seed, stop)
            if strength is None:
                return
            weight, bias = minimise(
                *(train, labels[seen], len(classes), strength),
                max_steps=_STEPS,
                tolerance=_TOLERANCE,
            )
        logits = ((x[asked] - mean) / std) @ weight.T + bias
        predicted[places == fold] = classes[logits.argmax(dim=1).numpy()]
        rows = np.flatnonzero(places == fold)
        probabilities[rows[:, None], classes] = logits.softmax(dim=1).numpy()
        strengths.append(strength)
        yield fold + 1
    yield ProbeRecord(predicted, predicted == targets, tuple(strengths), probabilities)


def _best_strength(
    x: torch.Tensor, labels: torch.Tensor, classes: int, seed: int, stop: StopToken
) -> float | None:
    """Return the strength with the lowest held-back loss; None if stopped."""
    held = torch.from_numpy(deal(labels.numpy(), _HELD_BACK, seed + 1) == 0)
    if held.all() or not held.any():
        return 1.0
    start, found = None, []
    for strength in STRENGTHS:
        if stop.stopped:
            return None
        start = minimise(
            *(x[~held], labels[~held], classes, strength, start),
            max_steps=_STEPS,
            tolerance=_TOLERANCE,
        )
        surprise = float(F.cross_entropy(x[held] @ start[0].T + start[1], labels[held]))
        found.append((surprise, strength))
        if surprise > 1.2 * min(found)[0]:  # it only gets worse from here on
            break
    return min(found)[1]


def knn_accuracy(
    features: NDArray[np.float32], targets: NDArray[np.int64], neighbours: int = NEIGHBOURS
) -> float:
    """Fraction of images whose nearest other ones by cosine are mostly of their class.

    Votes count by similarity, so that ties are rare. ``[N, F]`` and ``[N]``, N at least 2.
    """
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.maximum(norms, 1e-12)
    similarity = unit @ unit.T
    np.fill_diagonal(similarity, -np.inf)
    count = min(neighbours, len(targets) - 1)
    nearest = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
    votes = np.zeros((len(targets), int(targets.max()) + 1))
    rows = np.arange(len(targets))[:, None]
    np.add.at(votes, (rows, targets[nearest]), 1 + 1e-3 * similarity[rows, nearest])
    return float((votes.argmax(axis=1) == targets).mean())


def deal(targets: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """Assign a fold to each image, ``[N]``: stratified, and as equal as can be."""
    random = np.random.default_rng(seed)
    places = np.zeros(len(targets), dtype=np.int64)
    dealt = 0
    for index in np.unique(targets):
        own = random.permutation(np.flatnonzero(targets == index))
        places[own] = (dealt + np.arange(len(own))) % folds
        dealt += len(own)
    return places


def subsample(
    samples: Sequence[Sample], max_images: int = MAX_IMAGES, seed: int = 0
) -> tuple[Sample, ...]:
    """Return about `max_images` in their order: classes in proportion, at least two of each.

    Equal arguments give equal samples. All of them where they are not more.
    """
    targets = np.array([sample.class_index for sample in samples], dtype=np.int64)
    limit = max(max_images, MIN_PER_CLASS * len(np.unique(targets)))
    if len(samples) <= limit:
        return tuple(samples)
    random, share, chosen = np.random.default_rng(seed), limit / len(samples), []
    for index in np.unique(targets):
        own = random.permutation(np.flatnonzero(targets == index))
        chosen.append(own[: max(2, round(share * len(own)))])
    return tuple(samples[place] for place in np.sort(np.concatenate(chosen)))


def check_enough(targets: NDArray[np.int64]) -> None:
    """Refuse what nothing can be held back of.

    Raises:
        DatasetError: there are not two classes with two images each.
    """
    _, counts = np.unique(targets, return_counts=True)
    if (counts >= 2).sum() < 2:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There are too few images to hold some back for a probe."),
            QT_TRANSLATE_NOOP("core", "Two classes need two training images each, better ten."),
        )
