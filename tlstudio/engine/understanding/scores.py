"""Computes the scores of predictions, in numpy; equal to scikit-learn's, which the tests ask.

Written out here because one sort of a class's probabilities serves ROC-AUC and average precision:
1,000 classes take seconds, and the 0.8 s that scikit-learn takes to import are nobody's wait.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.scores import (
    ClassCurves,
    ClassScores,
    ReliabilityBin,
    Scores,
    Share,
    TopShare,
)
from tlstudio.core.runs.predictions import PredictionRecord

TOP = (2, 3, 5)
BINS = 15  # as in Guo et al., ICML 2017
CURVE_POINTS = 200

_Array = np.ndarray[Any, Any]


def scores(
    predictions: Iterable[PredictionRecord],
    classes: Sequence[str],
    *,
    lookalikes: Collection[ImageRef] | None = None,
) -> Scores:
    """Compute all scores.

    Args:
        predictions: those without a true class are counted, and left out.
        classes: names in class order.
        lookalikes: images that are also among those of training; None where nobody looked.
    """
    rows = list(predictions)
    known = [row for row in rows if row.target is not None]
    unlabelled = len(rows) - len(known)
    count = len(known)
    if not known:
        empty = tuple(ClassScores(name, 0, 0, 0, 0) for name in classes)
        return Scores(Share(0, 0), empty, unlabelled=unlabelled)
    p = np.array([row.probabilities for row in known])
    target = np.array([row.target for row in known])
    predicted = np.array([row.predicted for row in known])
    is_right = predicted == target
    own = p[np.arange(count), target]
    by_class = tuple(
        _class_scores(name, i, p[:, i], target, predicted) for i, name in enumerate(classes)
    )
    confidence = np.array([row.confidence for row in known])
    bins = _reliability(confidence, is_right)
    least = np.finfo(float).eps
    return Scores(
        accuracy=Share(int(is_right.sum()), count),
        classes=by_class,
        top=_top(p, target, own),
        balanced_accuracy=_mean(one.recall.value for one in by_class),
        macro_f1=_mean(one.f1 for one in by_class),
        roc_auc=_mean(one.roc_auc for one in by_class),
        average_precision=_mean(one.average_precision for one in by_class),
        log_loss=float(-np.log(np.clip(own, least, 1 - least)).mean()),
        ece=sum(abs(one.share.right - (one.confidence or 0.0) * one.share.images) for one in bins)
        / count,
        confidence=float(confidence.mean()),
        bins=bins,
        apart=None if lookalikes is None else _apart(known, lookalikes),
        unlabelled=unlabelled,
    )


def curves(
    predictions: Iterable[PredictionRecord], class_index: int, points: int = CURVE_POINTS
) -> ClassCurves:
    """The curves of one class, each thinned to about so many points, its ends among them."""
    known = [row for row in predictions if row.target is not None]
    if not known:
        return ClassCurves()
    is_own = np.array([row.target == class_index for row in known])
    hits, others = _by_threshold(
        np.array([row.probabilities[class_index] for row in known]), is_own
    )
    total, rest = int(hits[-1]), int(others[-1])
    if not total:
        return ClassCurves()
    recall, precision = hits / total, hits / (hits + others)
    steps = _thinned(np.append(0.0, recall), np.append(precision[0], precision), points)
    if not rest:
        return ClassCurves(precision_recall=steps)
    roc = _thinned(np.append(0.0, others / rest), np.append(0.0, recall), points)
    return ClassCurves(roc, steps)


def _class_scores(
    name: str, index: int, p: _Array, target: _Array, predicted: _Array
) -> ClassScores:
    is_own = target == index
    is_told = predicted == index
    support, count = int(is_own.sum()), len(target)
    auc = precision = None
    if support:
        hits, others = _by_threshold(p, is_own)
        gained = np.diff(hits, prepend=0)
        precision = float((gained * (hits / (hits + others))).sum() / support)
        if support < count:
            widths = np.diff(others, prepend=0)
            auc = float((widths * (hits - gained / 2)).sum() / (support * (count - support)))
    told = int(is_told.sum())
    return ClassScores(name, int((is_own & is_told).sum()), support, told, count, auc, precision)


def _by_threshold(p: _Array, is_own: _Array) -> tuple[_Array, _Array]:
    """How many images of the class, and how many others, are at or above each probability."""
    order = np.argsort(-p, kind="stable")
    ranked, own = p[order], is_own[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(p) - 1)  # of equal ones
    hits = np.cumsum(own)[last]
    return hits, last + 1 - hits


def _top(p: _Array, target: _Array, own: _Array) -> tuple[TopShare, ...]:
    """Of equally probable classes the first one goes first, as in `PredictionRecord`."""
    before = np.arange(p.shape[1])[None] < target[:, None]
    rank = (p > own[:, None]).sum(axis=1) + ((p == own[:, None]) & before).sum(axis=1)
    return tuple(
        TopShare(k, Share(int((rank < k).sum()), len(target))) for k in TOP if k < p.shape[1]
    )


def _reliability(confidence: _Array, is_right: _Array) -> tuple[ReliabilityBin, ...]:
    edges = np.linspace(0.0, 1.0, BINS + 1)
    place = np.searchsorted(edges[1:-1], confidence)
    images = np.bincount(place, minlength=BINS)
    right = np.bincount(place, is_right, minlength=BINS)
    total = np.bincount(place, confidence, minlength=BINS)
    return tuple(
        ReliabilityBin(
            float(edges[i]),
            float(edges[i + 1]),
            Share(int(right[i]), int(images[i])),
            float(total[i] / images[i]) if images[i] else None,
        )
        for i in range(BINS)
    )


def _apart(known: Sequence[PredictionRecord], lookalikes: Collection[ImageRef]) -> Share:
    seen = frozenset(lookalikes)
    left = [row for row in known if row.image not in seen]
    return Share(sum(row.is_right is True for row in left), len(left))


def _mean(values: Iterable[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) / len(told) if told else None


def _thinned(x: _Array, y: _Array, points: int) -> tuple[tuple[float, float], ...]:
    kept = np.unique(np.linspace(0, len(x) - 1, min(points, len(x))).round().astype(int))
    return tuple(zip(x[kept].tolist(), y[kept].tolist(), strict=True))
