"""Novelty: whether an image is like those a network was trained on, with a promise about it.

The promise is conformal: of images of the kind that the limits were measured on, held out from
training, at most the chosen level is refused, however the network works (Vovk, Gammerman and
Shafer, Algorithmic Learning in a Random World, 2005). It holds for each answer of the network by
itself where enough images were given that answer, else for several answers together.
"""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.scores import Share
from tlstudio.core.runs.predictions import ROUNDING, Novelty
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEIGHBOURS = 10
DEFAULT_LEVEL = 0.05
MIN_LEVEL, MAX_LEVEL = 0.01, 0.20
MAX_REFERENCE_BYTES = 2 << 20  # before compression; what travels with the weights
MAX_CALIBRATION = 20_000  # images; more make the limits no better
_FORMAT = 1
_MATRIX_BYTES = 64 << 20  # of similarities at a time


class NoveltyScore(StrEnum):
    """The measures of how new an image is to a network; larger is newer."""

    NEIGHBOURS = "neighbours"
    MAX_SOFTMAX = "max_softmax"
    MAX_LOGIT = "max_logit"


NOVELTY_SCORE_TITLES = {
    NoveltyScore.NEIGHBOURS: QT_TRANSLATE_NOOP("core", "Distance to training images"),
    NoveltyScore.MAX_SOFTMAX: QT_TRANSLATE_NOOP("core", "Highest probability"),
    NoveltyScore.MAX_LOGIT: QT_TRANSLATE_NOOP("core", "Highest logit"),
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A training image near another image.

    Attributes:
        class_index: what it shows.
        distance: by cosine, 0 to 2.
    """

    image: ImageRef
    class_index: int
    distance: float


@dataclass(frozen=True, eq=False)
class ConformalLevels:
    """Scores of held-out images of known kinds, which new scores are compared with.

    Attributes:
        scores: float32 ``[M]``; larger is newer.
        answers: the class that the network gave each, int32 ``[M]``.
        classes: how many there are.
    """

    scores: NDArray[np.float32]
    answers: NDArray[np.int32]
    classes: int
    _groups: dict[float, NDArray[np.int32]] = field(default_factory=dict, init=False, repr=False)

    def groups(self, level: float) -> NDArray[np.int32]:
        """For each class the group whose images it is compared with, ``[classes]``.

        A class with too few images for `level` is pooled with the other such classes, and those
        with the smallest of the rest until together they are enough. Each other class is its own
        group, numbered as itself; the pool is -1.
        """
        if level not in self._groups:
            counts = np.bincount(self.answers, minlength=self.classes)
            groups = np.arange(self.classes, dtype=np.int32)
            groups[counts < images_needed(level)] = -1
            for index in np.argsort(counts, kind="stable"):
                pooled = groups == -1
                if not pooled.any() or counts[pooled].sum() >= images_needed(level):
                    break
                groups[index] = -1
            self._groups[level] = groups
        return self._groups[level]

    def shares(
        self, scores: NDArray[np.floating], answers: NDArray[np.integer], level: float
    ) -> NDArray[np.float64]:
        """The conformal levels (p-values) of new scores ``[B]``; 1 / (images + 1) at least."""
        groups = self.groups(level)
        found = np.ones(len(scores))
        for group in np.unique(groups[answers]):
            known = self._sorted(int(group), level)
            chosen = groups[answers] == group
            as_far = len(known) - np.searchsorted(
                known, scores[chosen].astype(np.float32), side="left"
            )
            found[chosen] = (1 + as_far) / (1 + len(known))
        return found

    def limit(self, answer: int, level: float) -> float:
        """The score above which images with this answer are refused; infinite where none is."""
        known = self._sorted(int(self.groups(level)[answer]), level)
        allowed = math.floor(level * (len(known) + 1) + ROUNDING)
        return float(known[-allowed]) if allowed else math.inf

    def is_enough(self, level: float) -> bool:
        """Whether anything can be refused at `level`."""
        return len(self.scores) >= images_needed(level)

    def pooled(self, level: float) -> tuple[int, ...]:
        """The classes that have no limit of their own."""
        return tuple(np.flatnonzero(self.groups(level) == -1).tolist())

    def _sorted(self, group: int, level: float) -> NDArray[np.float32]:
        chosen = self.groups(level)[self.answers] == group
        return np.sort(self.scores[chosen])


def images_needed(level: float) -> int:
    """Return how many images a limit at `level` needs: 19 for 5 %."""
    return math.ceil(1 / level - ROUNDING) - 1


@dataclass(frozen=True, eq=False)
class NoveltyDetector:
    """What a network needs to say "none of these"; it travels with the weights.

    Attributes:
        codes: feature vectors of training images, int8 ``[N, F]``.
        scales: what each row is multiplied by to have length 1, float32 ``[N]``.
        training_images: that there were; more than ``N`` where only a part travels.
        known: the distances of held-out images.
        level: share of known images that may be refused.
        is_on: whether answers say it.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    training_images: int
    known: ConformalLevels
    level: float = DEFAULT_LEVEL
    is_on: bool = True

    @property
    def is_subsample(self) -> bool:
        return len(self.codes) < self.training_images

    def changed(self, *, level: float | None = None, is_on: bool | None = None) -> NoveltyDetector:
        """Return a copy with other settings; the vectors are shared."""
        return replace(
            self,
            level=self.level if level is None else min(max(level, MIN_LEVEL), MAX_LEVEL),
            is_on=self.is_on if is_on is None else is_on,
        )

    def distances(self, vectors: NDArray[np.floating]) -> NDArray[np.float32]:
        """The mean cosine distance of feature vectors ``[B, F]`` to their nearest neighbours."""
        _, nearest = nearest_rows(vectors, self._unit_rows, NEIGHBOURS)
        means: NDArray[np.float32] = nearest.mean(axis=1, dtype=np.float32)
        return means

    def judge(self, distance: float, answer: int) -> Novelty:
        """Say how new an image is that the network takes for `answer`."""
        share = self.known.shares(np.array([distance]), np.array([answer]), self.level)
        return Novelty(float(distance), float(share[0]), self.level)

    @cached_property
    def _unit_rows(self) -> NDArray[np.float32]:
        return self.codes.astype(np.float32) * self.scales[:, None]

    @classmethod
    def packed(
        cls,
        vectors: NDArray[np.floating],
        targets: Sequence[int] | NDArray[np.integer],
        known: ConformalLevels,
        *,
        max_bytes: int = MAX_REFERENCE_BYTES,
    ) -> NoveltyDetector:
        """Make the reference small enough to travel; `known` is to be measured with it later.

        Args:
            vectors: of all training images, ``[N, F]``.
            targets: their classes; where there are too many images, each keeps its share.
            known: may hold no images yet.
            max_bytes: of the vectors, a byte an element.
        """
        chosen = _even_choice(np.asarray(targets), max(NEIGHBOURS, max_bytes // vectors.shape[1]))
        rows = unit_rows(vectors[chosen])
        largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-12)
        codes = np.rint(rows / largest * 127).astype(np.int8)
        norms = np.linalg.norm(codes.astype(np.float32), axis=1)
        scales = (1 / np.maximum(norms, 1e-12)).astype(np.float32)
        return cls(codes, scales, len(vectors), known)

    def to_values(self) -> dict[str, Any]:
        """Return all of it as JSON can hold it."""
        return {
            "format": _FORMAT,
            "rows": len(self.codes),
            "training_images": self.training_images,
            "level": self.level,
            "is_on": self.is_on,
            "codes": _text(self.codes),
            "scales": _text(self.scales.astype("<f4")),
            "distances": _text(self.known.scores.astype("<f4")),
            "answers": _text(self.known.answers.astype("<i4")),
        }

    @classmethod
    def from_values(cls, values: object, classes: int) -> NoveltyDetector | None:
        """Read what `to_values` made. It comes from a stranger; None where anything is amiss."""
        if not isinstance(values, Mapping) or values.get("format") != _FORMAT:
            return None
        try:
            rows, images = values["rows"], values["training_images"]
            level, is_on = float(values["level"]), bool(values["is_on"])
            if not isinstance(rows, int) or not isinstance(images, int) or not 1 <= rows <= images:
                return None
            codes = _array(values["codes"], np.int8).reshape(rows, -1)
            scales = _array(values["scales"], "<f4").astype(np.float32)
            scores = _array(values["distances"], "<f4").astype(np.float32)
            answers = _array(values["answers"], "<i4").astype(np.int32)
        except (KeyError, TypeError, ValueError, zlib.error, binascii.Error):
            return None
        is_sound = (
            codes.shape[1] > 0
            and len(scales) == rows
            and len(answers) == len(scores) <= MAX_CALIBRATION
            and bool(np.isfinite(scales).all() and np.isfinite(scores).all())
            and bool(((answers >= 0) & (answers < classes)).all())
            and MIN_LEVEL <= level <= MAX_LEVEL
        )
        known = ConformalLevels(scores, answers, classes)
        return cls(codes, scales, images, known, level, is_on) if is_sound else None


@dataclass(frozen=True, eq=False)
class NoveltyReport:
    """What each score is worth: known images that were held out, and foreign ones if given.

    Attributes:
        known: what the limits of each score follow from.
        foreign: the scores of foreign images, ``[N]`` each; empty where none were given.
        foreign_answers: what the network took them for.
    """

    known: Mapping[NoveltyScore, ConformalLevels]
    foreign: Mapping[NoveltyScore, NDArray[np.float32]]
    foreign_answers: NDArray[np.int32]

    def caught(self, score: NoveltyScore, level: float) -> Share | None:
        """How many of the foreign images are refused; None without any."""
        if not len(self.foreign_answers):
            return None
        shares = self.known[score].shares(self.foreign[score], self.foreign_answers, level)
        caught = int((shares <= level + ROUNDING).sum())
        return Share(caught, len(shares))

    def refused(self, score: NoveltyScore, level: float) -> Share:
        """How many known images are refused; the limits for each half follow from the other."""
        known, refused = self.known[score], 0
        for first in (0, 1):
            own, others = slice(first, None, 2), slice(1 - first, None, 2)
            limits = ConformalLevels(known.scores[others], known.answers[others], known.classes)
            shares = limits.shares(known.scores[own], known.answers[own], level)
            refused += int((shares <= level + ROUNDING).sum())
        return Share(refused, len(known.scores))


def unit_rows(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows of length 1; a row of zeros stays one."""
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    rows: NDArray[np.float32] = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return rows


def nearest_rows(
    vectors: NDArray[np.floating], rows: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The nearest of `rows` for each vector by cosine distance, exactly; nearest first.

    No more than 64 MB of distances is held at a time.

    Args:
        vectors: ``[B, F]`` of any length.
        rows: ``[N, F]`` of length 1.
        count: how many; fewer where there are fewer rows.

    Returns:
        Their numbers and distances, ``[B, count]``.
    """
    queries = unit_rows(vectors)
    count = min(count, len(rows))
    numbers = np.zeros((len(queries), count), dtype=np.int64)
    distances = np.zeros((len(queries), count), dtype=np.float32)
    step = max(1, _MATRIX_BYTES // (4 * max(1, len(rows))))
    for start in range(0, len(queries) if count else 0, step):
        part = slice(start, start + step)
        near = queries[part] @ rows.T
        found = np.argpartition(-near, count - 1, axis=1)[:, :count]
        values = np.take_along_axis(near, found, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        numbers[part] = np.take_along_axis(found, order, axis=1)
        distances[part] = np.maximum(1 - np.take_along_axis(values, order, axis=1), 0)
    return numbers, distances


def _even_choice(targets: NDArray[np.integer], most: int) -> NDArray[np.int64]:
    """At most `most` positions, the same share of each class, always the same ones."""
    if len(targets) <= most:
        return np.arange(len(targets))
    order = np.random.default_rng(0).permutation(len(targets))
    order = order[np.argsort(targets[order], kind="stable")]  # by class, in chance order within
    return np.sort(order[np.linspace(0, len(order) - 1, most).astype(np.int64)])


def _text(array: NDArray[Any]) -> str:
    return base64.b64encode(zlib.compress(array.tobytes(), 6)).decode()


def _array(text: object, dtype: Any) -> NDArray[Any]:
    """Read what `_text` made; no more than what the studio writes is unpacked."""
    if not isinstance(text, str):
        raise TypeError("no text")
    unpacking = zlib.decompressobj()
    most = MAX_REFERENCE_BYTES + (1 << 20)
    data = unpacking.decompress(base64.b64decode(text, validate=True), most)
    if unpacking.unconsumed_tail:
        raise ValueError("too long")
    return np.frombuffer(data, dtype=dtype)
