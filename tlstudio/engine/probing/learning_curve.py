"""The learning curve of a linear probe: trained with ever more images, several times."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from tlstudio.core.data.dataset import Split
from tlstudio.core.learning_curve import FEWEST, LearningCurve, grown, more_for
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.probing.dataset_features import DatasetFeatures
from tlstudio.engine.probing.logistic import STRENGTH, minimise, standardised
from tlstudio.engine.probing.probe import check_enough, deal
from tlstudio.engine.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARES = (0.15, 0.22, 0.32, 0.47, 0.68, 1.0)  # of the training images
DRAWS = 8  # of each share; of all of them there is only one
MAX_TRAIN, MAX_VAL = 2000, 4000  # images; more make it slow and the answer hardly surer
_HELD_BACK = 4  # one in so many, where there are no images to measure on
_STEPS, _TOLERANCE = 100, 1e-4  # answers do not change any more


@dataclass(frozen=True, slots=True)
class CurveProgressed:
    """The probes trained, of those in all."""

    done: int
    total: int


def learning_curve(
    features: DatasetFeatures, classes: tuple[str, ...], stop: StopToken, *, more: int | None = None
) -> Iterator[CurveProgressed | LearningCurve]:
    """Measure how the accuracy grows with the training images, and continue it.

    The test images are never looked at. Without enough validation images, a quarter of the training
    images is measured on. Equal arguments give equal curves.

    Args:
        features: of the dataset as it is to be used.
        classes: their names.
        stop: read before each probe.
        more: images of each class that are asked about in addition; None for a round number.

    Yields:
        Progress; last of all the one `LearningCurve`, unless it was stopped.

    Raises:
        DatasetError: there are not two classes with two training images each.
    """
    splits = np.array([split.value for split in features.splits])
    train = np.flatnonzero(splits == Split.TRAIN.value)
    val = np.flatnonzero(splits == Split.VAL.value)
    check_enough(features.targets[train])
    is_held_back = len(val) < max(FEWEST, len(classes))
    if is_held_back:
        is_val = deal(features.targets[train], _HELD_BACK, 0) == 0
        train, val = train[~is_val], train[is_val]
        check_enough(features.targets[train])
    all_of_class = np.bincount(features.targets[train], minlength=len(classes))
    train, val = _some(features.targets, train, MAX_TRAIN), _some(features.targets, val, MAX_VAL)
    with one_thread():  # probes are small
        right = yield from _answered(features, train, val, len(classes), stop)
    if right is None:
        return
    targets = features.targets[val]
    counts = np.bincount(features.targets[train], minlength=len(classes))
    mean = len(train) / max(1, (counts > 0).sum())
    more = more_for(float(mean)) if more is None else more
    shares = np.array(SHARES)
    yield LearningCurve(
        model=features.model,
        more=more,
        overall=grown("", mean * shares, right, more, len(train)),
        classes=tuple(
            grown(
                name,
                np.maximum(count, 1) * shares,
                right[:, :, targets == number],
                more,
                int(count),
                seed=number + 1,
            )
            for number, (name, count) in enumerate(zip(classes, counts, strict=True))
        ),
        is_held_back=is_held_back,
        is_sampled=int(all_of_class.sum()) > len(train),
    )


def _answered(
    features: DatasetFeatures,
    train: NDArray[np.int64],
    val: NDArray[np.int64],
    classes: int,
    stop: StopToken,
) -> Generator[CurveProgressed, None, NDArray[np.float64] | None]:
    """Returns whether each image was told rightly, ``[R, S, V]``; None if stopped."""
    x, mean, std = standardised(torch.from_numpy(features.vectors[train]))
    asked = (torch.from_numpy(features.vectors[val]) - mean) / std
    y = torch.from_numpy(features.targets[train])
    wanted = torch.from_numpy(features.targets[val])
    right = np.zeros((DRAWS, len(SHARES), len(val)))
    done, total = 0, DRAWS * (len(SHARES) - 1) + 1
    yield CurveProgressed(0, total)
    for draw in range(DRAWS):
        order = _shares(features.targets[train], draw)
        for step, share in enumerate(SHARES):
            if share == 1.0 and draw > 0:
                right[draw, step] = right[0, step]
                continue
            if stop.stopped:
                return None
            rows = torch.from_numpy(np.flatnonzero(order < share))
            weight, bias = minimise(
                *(x[rows], y[rows], classes, STRENGTH / len(rows)),
                max_steps=_STEPS,
                tolerance=_TOLERANCE,
            )
            said = (asked @ weight.T + bias).argmax(dim=1)
            right[draw, step] = (said == wanted).numpy()
            done += 1
            yield CurveProgressed(done, total)
    return right


def _shares(targets: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """For each image the share from which on it takes part, 0 to 1: the classes in proportion."""
    random = np.random.default_rng(seed)
    found = np.zeros(len(targets))
    for index in np.unique(targets):
        own = random.permutation(np.flatnonzero(targets == index))
        found[own] = np.arange(len(own)) / len(own)
    return found


def _some(targets: NDArray[np.int64], rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most about so many of the rows, the classes in proportion."""
    if len(rows) <= most:
        return rows
    return rows[_shares(targets[rows], 0) < most / len(rows)]
