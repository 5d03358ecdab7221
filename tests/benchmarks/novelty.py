"""What "none of these" is worth on real photos: foreign ones caught, known ones refused.

    python -m tests.benchmarks.novelty FOLDER [FOLDER ...] [--model tf_efficientnet_lite0]

Each folder has ``train/`` and ``val/``. For each class of the first one a head is trained on the
others, and that class is foreign; then on all classes, and the other folders are foreign. Known
images are split anew `SPLITS` times: into those that the limits follow from and those that are
counted. Features are those of the network's pretrained layers, computed once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Sample
from tlstudio.core.evaluation.novelty import (
    DEFAULT_LEVEL,
    ConformalLevels,
    NoveltyDetector,
    NoveltyScore,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.core.significance import wilson
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.features import HEAD_INPUT, PooledFeatures, pooled_features

SPLITS = 20
HELD_OUT = 0.5  # of the known images: not in the reference; half of them calibrate

Vectors = NDArray[np.float32]


def vectors_of(classifier: Classifier, samples: Sequence[Sample]) -> PooledFeatures:
    *_, found = pooled_features(classifier, samples, (HEAD_INPUT,), StopToken())
    assert isinstance(found, PooledFeatures)
    return found


def logits_of(train: Vectors, targets: NDArray[np.int64], classes: int, *others: Vectors):
    """A linear head trained as the studio's probe is, by L2-regularised logistic regression."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-6
    head = LogisticRegression(C=0.01, max_iter=500).fit((train - mean) / spread, targets)
    for other in others:
        values = head.decision_function((other - mean) / spread)
        yield np.stack([-values / 2, values / 2], axis=1) if classes == 2 else values


def scores_of(logits: Vectors) -> dict[NoveltyScore, Vectors]:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return {
        NoveltyScore.MAX_SOFTMAX: (1 - (odds / odds.sum(axis=1, keepdims=True)).max(axis=1)),
        NoveltyScore.MAX_LOGIT: -logits.max(axis=1),
    }


def one_split(known: Vectors, targets: NDArray[np.int64], foreign: Vectors, seed: int):
    """Rates of one split: (refused, known) and (caught, foreign) by score."""
    order = np.random.default_rng(seed).permutation(len(known))
    held = order[: int(len(order) * HELD_OUT)]
    train, calibration, fresh = order[len(held) :], held[::2], held[1::2]
    classes = int(targets.max()) + 1
    logits = list(
        logits_of(known[train], targets[train], classes, known[calibration], known[fresh], foreign)
    )
    answers = [values.argmax(axis=1).astype(np.int32) for values in logits]
    scores = [scores_of(values) for values in logits]
    nobody = ConformalLevels(np.zeros(0, np.float32), np.zeros(0, np.int32), classes)
    detector = NoveltyDetector.packed(known[train], targets[train], nobody)
    for part, vectors in zip(scores, (known[calibration], known[fresh], foreign), strict=True):
        part[NoveltyScore.NEIGHBOURS] = detector.distances(vectors)
    for score in NoveltyScore:
        levels = ConformalLevels(scores[0][score].astype(np.float32), answers[0], classes)
        refused, caught = (
            levels.shares(scores[part][score], answers[part], DEFAULT_LEVEL) <= DEFAULT_LEVEL
            for part in (1, 2)
        )
        yield score, refused, caught


def report(title: str, known: Vectors, targets: NDArray[np.int64], foreign: Vectors) -> None:
    rows: dict[NoveltyScore, list[tuple[float, float]]] = {}
    for seed in range(SPLITS):
        for score, refused, caught in one_split(known, targets, foreign, seed):
            rows.setdefault(score, []).append((refused.mean(), caught.mean()))
    print(f"{title}: {len(known)} known, {len(foreign)} foreign, {SPLITS} splits")
    for score, rates in rows.items():
        refused, caught = np.array(rates).T
        ends = wilson(caught.mean() * len(foreign), len(foreign))
        print(
            f"  {score.value:12} caught {caught.mean():6.1%} ({ends.low:.0%}-{ends.high:.0%}; "
            f"splits {caught.min():.0%}-{caught.max():.0%})   known refused {refused.mean():.1%} "
            f"(splits {refused.min():.0%}-{refused.max():.0%})",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--model", default="tf_efficientnet_lite0")
    arguments = parser.parse_args()
    indices = [open_dataset(folder) for folder in arguments.folders]
    classifier = build_classifier(RunConfig(model=arguments.model), indices[0].classes)
    found = [vectors_of(classifier, index.samples) for index in indices]
    vectors, targets = found[0].vectors[HEAD_INPUT], found[0].targets
    for number, name in enumerate(indices[0].classes):
        others = targets != number
        kept = np.unique(targets[others], return_inverse=True)[1]
        report(f"foreign: {name}", vectors[others], kept, vectors[~others])
    for index, other in zip(indices[1:], found[1:], strict=True):
        report(f"foreign: {index.name}", vectors, targets, other.vectors[HEAD_INPUT])


if __name__ == "__main__":
    main()
