"""The leaderboard: networks on this machine, ranked for one dataset before any training.

What a view shows: `LeaderboardRecord.ordered` from the best on, the accuracy of the linear probe
with `RankRow.interval` first and LogME beside it, `LeaderboardRecord.tied` for the rows that no
test can tell from the best one. While it is made the engine yields `RankEvent`s; each `RowRanked`
carries a whole row, so that a table can grow, and `RankEnded` carries the record that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import Initialisation
from tlstudio.core.errors import TLStudioError
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import SampleSkipped
from tlstudio.core.significance import CONFIDENCE, holm, mcnemar, wilson
from tlstudio.core.texts import QT_TRANSLATE_NOOP

FORMAT = 1
RIGHT, WRONG, UNREAD = "1", "0", "-"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network with the values it would start from. It is hashable and the key of its row.

    Attributes:
        model: name in the catalog.
        weights: name of the pretrained weights; empty for the default ones and for random values.
        initialisation: ``pretrained`` or ``random``.
    """

    model: str
    weights: str = ""
    initialisation: Initialisation = "pretrained"

    @property
    def is_random(self) -> bool:
        return self.initialisation == "random"

    def applied_to(self, config: RunConfig) -> RunConfig:
        """`config` with this network; what only fitted the one before is `model_change`'s to mend.

        Raises:
            ConfigError: the result is not valid.
        """
        return config.changed(
            model=self.model, weights=self.weights, initialisation=self.initialisation
        )


@dataclass(frozen=True, slots=True)
class RankRow:
    """The worth of a candidate for the dataset, with its backbone left as it is.

    Attributes:
        candidate: the network.
        title: of the model, as papers write it.
        network: digest of the weights and of how images are put in; see `engine.leaderboard`.
        answers: of the cross-validated linear probe for each image of the record, in one order for
            all rows: `RIGHT`, `WRONG`, or `UNREAD` for a file that could not be read. Each image
            is answered by the probe that has not seen it.
        knn_accuracy: fraction 0..1 of images whose most similar other ones (cosine, 5 votes) are
            mostly of their class; leaving each out in turn.
        logme: logarithm of the maximum evidence per image; the higher the better, of any sign, to
            be compared within one dataset only.
        features: length of the head's input.
        parameters: of the network with a head for the classes of the dataset.
        weights_bytes: size of the file of weights; 0 for random values.
        image_px: side of the square input.
        images_per_s: forward passes here, in eval mode, with reading the files left out.
        memory_bytes: peak of a training step where it was measured before; None otherwise.
        elapsed_s: wall seconds that the row took.
    """

    candidate: Candidate
    title: str
    network: str
    answers: str
    knn_accuracy: float
    logme: float
    features: int
    parameters: int
    weights_bytes: int
    image_px: int
    images_per_s: float
    memory_bytes: int | None
    elapsed_s: float

    @property
    def images(self) -> int:
        """The number of images that were answered."""
        return len(self.answers) - self.answers.count(UNREAD)

    @property
    def right(self) -> int:
        return self.answers.count(RIGHT)

    @property
    def accuracy(self) -> float:
        """The accuracy of the linear probe over all images, each answered once: a fraction 0..1."""
        return self.right / self.images if self.images else 0.0

    @property
    def interval(self) -> tuple[float, float, float]:
        """Low, accuracy, high: with Wilson's 95 % interval over the images.

        Given the probes each answer is a draw of its own, which is what the interval counts. The
        folds' own accuracies would give four degrees of freedom, and no unbiased estimate of the
        variance exists from them (Bengio and Grandvalet, JMLR 2004).
        """
        found = wilson(self.right, self.images)
        return found.low, self.accuracy, found.high

    @property
    def order(self) -> tuple[float, float, int]:
        """Sorts the best first: accuracy, then LogME, then the smaller network."""
        return -self.accuracy, -self.logme, self.parameters

    def discordant(self, other: RankRow) -> tuple[int, int]:
        """Images that only this one answers rightly, and that only the other one does."""
        pairs = list(zip(self.answers, other.answers, strict=True))
        return pairs.count((RIGHT, WRONG)), pairs.count((WRONG, RIGHT))


@dataclass(frozen=True, slots=True)
class RankFailure:
    """A candidate that could not be ranked. `error` says why, with its hint."""

    candidate: Candidate
    title: str
    error: TLStudioError


@dataclass(frozen=True)
class LeaderboardRecord:
    """The rows of one dataset.

    Attributes:
        dataset: content digest of the images and their classes; another one makes the rows stale.
        name: what the window calls the dataset.
        images: of the training split that were looked at.
        of_images: of the training split altogether.
        classes: how many.
        folds: of the cross-validation.
        lonely: names of the classes with a single image, which no probe can answer.
        made_on: ISO date.
        rows: in the order in which they were made.
    """

    dataset: str
    name: str
    images: int
    of_images: int
    classes: int
    folds: int
    lonely: tuple[str, ...] = ()
    made_on: str = ""
    rows: tuple[RankRow, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row.answers) != self.images for row in self.rows):
            raise ValueError("rows of other images")

    @cached_property
    def ordered(self) -> tuple[RankRow, ...]:
        """The rows, best first."""
        return tuple(sorted(self.rows, key=lambda row: row.order))

    @property
    def best(self) -> RankRow | None:
        return self.ordered[0] if self.rows else None

    @cached_property
    def p_values(self) -> dict[Candidate, float]:
        """The p value of each row's difference from the best row.

        McNemar's exact test on the same images, made fit for as many comparisons as there are rows
        (Holm). 1 for the best row itself.
        """
        if self.best is None:
            return {}
        best, *others = self.ordered
        plain = [mcnemar(*best.discordant(row)) for row in others]
        adjusted = zip(others, holm(plain), strict=True)
        return {best.candidate: 1.0, **{row.candidate: p for row, p in adjusted}}

    @property
    def tied(self) -> frozenset[Candidate]:
        """The candidates that are not significantly worse than the best one; it is among them."""
        return frozenset(key for key, p in self.p_values.items() if p >= 1 - CONFIDENCE)

    def row_of(self, candidate: Candidate) -> RankRow | None:
        return next((row for row in self.rows if row.candidate == candidate), None)

    def with_row(self, row: RankRow) -> LeaderboardRecord:
        """Return the record with `row` in place of an earlier one of the same candidate."""
        others = tuple(old for old in self.rows if old.candidate != row.candidate)
        return replace(self, rows=(*others, row), made_on=date.today().isoformat())

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return what a reader should know besides the numbers."""
        notes: list[Note] = []
        if self.images < self.of_images:
            sentence = QT_TRANSLATE_NOOP(
                "core",
                "Of {total} training images {images} were looked at, in proportion by class.",
            )
            notes.append(Note(sentence, {"total": self.of_images, "images": self.images}))
        if self.lonely:
            sentence = QT_TRANSLATE_NOOP(
                "core", "Classes with a single training image always count as wrong: {names}."
            )
            notes.append(Note(sentence, {"names": ", ".join(self.lonely)}))
        return tuple(notes)


class RankStage(StrEnum):
    """The stages of ranking a candidate."""

    BUILDING = "building"
    FEATURES = "features"  # images go through the network: nearly all of the time
    PROBING = "probing"


RANK_STAGE_TITLES = {
    RankStage.BUILDING: QT_TRANSLATE_NOOP("core", "Loading the weights"),
    RankStage.FEATURES: QT_TRANSLATE_NOOP("core", "Running the images through the network"),
    RankStage.PROBING: QT_TRANSLATE_NOOP("core", "Fitting linear probes"),
}


@dataclass(frozen=True, slots=True)
class RankStarted:
    """Ranking began: the first event.

    Attributes:
        record: what is known of the dataset from before: rows that are still true.
        candidates: those that are ranked now, in this order; some may have such a row.
    """

    record: LeaderboardRecord
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class RankProgressed:
    """Within one candidate, at most four times a second.

    Attributes:
        candidate: the one being ranked.
        number: which of the candidates, counts from 1.
        stage: what is done for it.
        done: images, or folds, of `total`.
        total: at least 1.
    """

    candidate: Candidate
    number: int
    stage: RankStage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RowRanked:
    """A row is there. `is_kept`: it was already, from before, and still holds."""

    row: RankRow
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class RowFailed:
    """A candidate could not be ranked; the others go on."""

    failure: RankFailure


@dataclass(frozen=True, slots=True)
class RankEnded:
    """The last event: all rows that there are now. `is_complete`: nobody stopped it."""

    record: LeaderboardRecord
    is_complete: bool = True


RankEvent = RankStarted | RankProgressed | RowRanked | RowFailed | SampleSkipped | RankEnded
