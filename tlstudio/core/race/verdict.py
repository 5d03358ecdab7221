"""The verdict of a race: accuracies, significant differences, and what is worth its cost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import median

from tlstudio.core.notes import Note
from tlstudio.core.race.race import RIGHT, UNREAD, EpochAnswers, RaceRecord, RunResult
from tlstudio.core.significance import (
    CONFIDENCE,
    Difference,
    Interval,
    accuracy_interval,
    difference,
    holm,
)
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ALPHA = 1 - CONFIDENCE
CHEAPER = 0.7  # of the winner's time, at most, before "cheaper" is worth a sentence


@dataclass(frozen=True, slots=True)
class EntryScore:
    """The score of an entry.

    The headline is the accuracy after the last epoch, which nobody chose. That of the best epoch
    is chosen on the very images that it is measured on, and therefore too good.

    Attributes:
        entry: its place, counts from 0.
        name: what a person calls it.
        seeds: how many whole runs it has.
        images: validation images that all of them answered.
        accuracy: after the last epoch, mean over seeds; fraction. None without a whole run.
        interval: of 95 % around it, over images and seeds; see `significance.accuracy_interval`.
        best_accuracy: of each run's best epoch, mean over seeds.
        best_epochs: of each run.
        elapsed_s: median wall seconds of a run, of those that had to compute the most themselves:
            a later seed may find what the frozen layers put out for the first one.
        epoch_s: mean wall seconds of an epoch; the median of these runs.
        trainable_parameters: in the phase in which most train.
        kept_share: see `RunRecord`; of these runs.
    """

    entry: int
    name: str
    seeds: int = 0
    images: int = 0
    accuracy: float | None = None
    interval: Interval | None = None
    best_accuracy: float | None = None
    best_epochs: tuple[int, ...] = ()
    elapsed_s: float | None = None
    epoch_s: float | None = None
    trainable_parameters: int = 0
    kept_share: float = 0.0


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """Two entries on the same images and seeds, the more accurate one first.

    Attributes:
        first, second: places of the entries.
        images: that both answered.
        seeds: that both ran with.
        difference: of their accuracies; `least_told` counts with as many pairs as there are.
        p_value: made fit for as many pairs as there are (Holm).
    """

    first: int
    second: int
    images: int
    seeds: int
    difference: Difference
    p_value: float

    @property
    def is_significant(self) -> bool:
        return self.p_value <= ALPHA

    @property
    def is_level(self) -> bool:
        """Whether both told exactly as many of these images rightly."""
        return self.difference.mean == 0

    def other(self, place: int) -> int:
        """The one that `place` is compared with."""
        return self.second if place == self.first else self.first


@dataclass(frozen=True, slots=True)
class RaceVerdict:
    """The verdict of a race.

    Attributes:
        scores: one for each entry, in their order.
        pairs: all pairs of entries that can be compared.
        winner: place of the most accurate entry, the cheaper one of equals; None without results.
        equals: places of entries that do not differ significantly from the winner.
        level: those of them that told exactly as many images rightly: nobody is ahead of them.
        cheapest: the quickest among the winner and its equals.
    """

    scores: tuple[EntryScore, ...]
    pairs: tuple[PairVerdict, ...] = ()
    winner: int | None = None
    equals: tuple[int, ...] = ()
    level: tuple[int, ...] = ()
    cheapest: int | None = None

    def pair(self, one: int, other: int) -> PairVerdict | None:
        """The comparison of two entries, in whichever order."""
        return next((p for p in self.pairs if {p.first, p.second} == {one, other}), None)

    @property
    def headline(self) -> tuple[Note, ...]:
        """The winner, what is as good, and what is as good and cheaper."""
        if self.winner is None:
            return ()
        best = self.scores[self.winner]
        rivals = [pair for pair in self.pairs if self.winner in (pair.first, pair.second)]
        undecided = [pair for pair in rivals if not pair.is_significant]
        notes = []
        if undecided:
            nearest = min(undecided, key=lambda pair: pair.difference.mean)
            second = self.scores[nearest.other(self.winner)]
            if self.level:
                notes.append(_note_level(best, second, nearest, len(self.level) - 1))
            else:
                notes.append(_note_undecided(best, second, nearest, undecided))
        elif rivals:
            notes.append(_note_better(best))
        if self.cheapest is not None and self.cheapest != self.winner:
            cheap = self.scores[self.cheapest]
            notes.append(_note_cheaper(cheap, best, is_level=bool(self.level)))
        return tuple(notes)

    @property
    def comparisons(self) -> tuple[Note, ...]:
        """Return a sentence for each pair."""
        names = [score.name for score in self.scores]
        return tuple(_note_of(pair, names) for pair in self.pairs)


def race_verdict(record: RaceRecord) -> RaceVerdict:
    """Judge a race by the runs that went to their end, however many are there so far."""
    places = range(len(record.config.entries))
    runs = {place: record.results_of(place, whole=True) for place in places}
    scores = tuple(_score(record, place, runs[place]) for place in places)
    pairs = _pairs(runs)
    ranked = [score for score in scores if score.accuracy is not None]
    if not ranked:
        return RaceVerdict(scores)
    winner = max(ranked, key=lambda score: (score.accuracy or 0, -(score.elapsed_s or 0))).entry
    rivals = [pair for pair in pairs if winner in (pair.first, pair.second)]
    equals = tuple(pair.other(winner) for pair in rivals if not pair.is_significant)
    level = tuple(pair.other(winner) for pair in rivals if pair.is_level)
    times = {place: scores[place].elapsed_s or 0.0 for place in (winner, *equals)}
    quickest = min(times, key=times.__getitem__)
    cheapest = quickest if times[quickest] <= CHEAPER * times[winner] else winner
    return RaceVerdict(scores, pairs, winner, equals, level, cheapest)


def _score(record: RaceRecord, place: int, runs: tuple[RunResult, ...]) -> EntryScore:
    name = record.config.entries[place].title
    answers = _common([run.final for run in runs])
    if not answers or not answers[0]:
        return EntryScore(place, name)
    flat = [value for row in answers for value in row]
    best = [run.best.accuracy for run in runs if run.best is not None]
    kept_share = min(result.run.kept_share for result in runs)
    timed = [result for result in runs if result.run.kept_share == kept_share]
    epochs = [run.mean_epoch_s for run in timed]
    return EntryScore(
        place,
        name,
        seeds=len(runs),
        images=len(answers[0]),
        accuracy=sum(flat) / len(flat),
        interval=accuracy_interval(answers),
        best_accuracy=_mean([value for value in best if value is not None]),
        best_epochs=tuple(run.best.epoch for run in runs if run.best is not None),
        elapsed_s=median(result.run.elapsed_s for result in timed),
        epoch_s=median(value for value in epochs if value is not None),
        trainable_parameters=max(result.run.trainable_parameters for result in runs),
        kept_share=kept_share,
    )


def _pairs(runs: dict[int, tuple[RunResult, ...]]) -> tuple[PairVerdict, ...]:
    couples = [pair for pair in combinations(runs, 2) if _shared(runs[pair[0]], runs[pair[1]])]
    found = []
    for one, other in couples:
        seeds = _shared(runs[one], runs[other])
        ones = [run.final for run in runs[one] if run.seed in seeds]
        others = [run.final for run in runs[other] if run.seed in seeds]
        answers = _common([*ones, *others])
        if not answers[0]:
            continue
        alpha = ALPHA / len(couples)
        result = difference(answers[: len(ones)], answers[len(ones) :], alpha)
        if result.mean < 0:
            one, other = other, one
            result = Difference(-result.mean, result.p_value, result.least_told, result.discordant)
        found.append(PairVerdict(one, other, len(answers[0]), len(seeds), result, 1.0))
    adjusted = holm([pair.difference.p_value for pair in found])
    return tuple(
        PairVerdict(pair.first, pair.second, pair.images, pair.seeds, pair.difference, p_value)
        for pair, p_value in zip(found, adjusted, strict=True)
    )


def _shared(one: tuple[RunResult, ...], other: tuple[RunResult, ...]) -> list[int]:
    """Seeds that both ran with."""
    theirs = {run.seed for run in other}
    return [run.seed for run in one if run.seed in theirs]


def _common(answers: list[EpochAnswers | None]) -> list[list[bool]]:
    """Rows of right and wrong for the images that all of `answers` could read."""
    rows = [row.answers for row in answers if row is not None]
    readable = [UNREAD not in column for column in zip(*rows, strict=True)]
    return [
        [value == RIGHT for value, known in zip(row, readable, strict=True) if known]
        for row in rows
    ]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _note_better(best: EntryScore) -> Note:
    return Note(
        QT_TRANSLATE_NOOP("core", "“{name}” is the best: {accuracy}% (from {low} to {high}%)."),
        _values(best),
    )


def _note_undecided(
    best: EntryScore, second: EntryScore, pair: PairVerdict, undecided: list[PairVerdict]
) -> Note:
    more = len(undecided) - 1
    least = _points(pair.difference.least_told)
    widest = _points(max(other.difference.least_told for other in undecided))
    sentence = QT_TRANSLATE_NOOP(
        "core",
        "“{name}” is ahead with {accuracy}% (from {low} to {high}%), but not significantly better "
        "than “{second}”: a difference below {least} points cannot be told here.",
    )
    if more:
        sentence = QT_TRANSLATE_NOOP(
            "core",
            "“{name}” is ahead with {accuracy}% (from {low} to {high}%), but not significantly "
            "better than “{second}” and {more} more: a difference below {least} points cannot be "
            "told here.",
        )
    if more and widest != least:  # runs that scatter hide more
        sentence = QT_TRANSLATE_NOOP(
            "core",
            "“{name}” is ahead with {accuracy}% (from {low} to {high}%), but not significantly "
            "better than “{second}” and {more} more: what cannot be told here is, depending on the "
            "pair, a difference below {least} to {widest} points.",
        )
    values = {"second": second.name, "least": least, "widest": widest, "more": more}
    return Note(sentence, {**_values(best), **values})


def _note_level(best: EntryScore, second: EntryScore, pair: PairVerdict, more: int) -> Note:
    sentence = QT_TRANSLATE_NOOP(
        "core",
        "“{name}” and “{second}” are level with {accuracy}% (from {low} to {high}%): a difference "
        "below {least} points cannot be told here.",
    )
    if more:
        sentence = QT_TRANSLATE_NOOP(
            "core",
            "“{name}”, “{second}” and {more} more are level with {accuracy}% (from {low} to "
            "{high}%): a difference below {least} points cannot be told here.",
        )
    values = {"second": second.name, "least": _points(pair.difference.least_told), "more": more}
    return Note(sentence, {**_values(best), **values})


def _note_cheaper(cheap: EntryScore, best: EntryScore, *, is_level: bool) -> Note:
    share = (cheap.elapsed_s or 0.0) / (best.elapsed_s or 1.0)
    values = {"name": cheap.name, "best": best.name, "share": max(1, round(100 * share))}
    if is_level:  # "it" would be one of several
        return Note(
            QT_TRANSLATE_NOOP(
                "core", "“{name}” cannot be told from “{best}”, in {share}% of the time."
            ),
            values,
        )
    return Note(
        QT_TRANSLATE_NOOP("core", "“{name}” cannot be told from it, in {share}% of the time."),
        values,
    )


def _note_of(pair: PairVerdict, names: list[str]) -> Note:
    values: dict[str, object] = {
        "first": names[pair.first],
        "second": names[pair.second],
        "points": _points(pair.difference.mean),
        "p": p_text(pair.p_value),
        "images": pair.images,
        "seeds": pair.seeds,
        "least": _points(pair.difference.least_told),
    }
    if pair.is_significant:
        sentence = QT_TRANSLATE_NOOP(
            "core", "“{first}” is better than “{second}” by {points} points ({p})."
        )
    elif pair.is_level:
        sentence = QT_TRANSLATE_NOOP(
            "core",
            "“{first}” and “{second}” are level on {images} images: a difference below {least} "
            "points cannot be told here.",
        )
    elif pair.seeds > 1:
        sentence = QT_TRANSLATE_NOOP(
            "core",
            "No significant difference between “{first}” and “{second}” on {images} images with "
            "{seeds} seeds: a difference below {least} points cannot be told here.",
        )
    else:
        sentence = QT_TRANSLATE_NOOP(
            "core",
            "No significant difference between “{first}” and “{second}” on {images} images: "
            "a difference below {least} points cannot be told here.",
        )
    return Note(sentence, values)


def p_text(p_value: float) -> str:
    """``p = 0.012``, ``p < 0.001``."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def _values(score: EntryScore) -> dict[str, object]:
    assert score.accuracy is not None and score.interval is not None
    return {
        "name": score.name,
        "accuracy": _points(score.accuracy),
        "low": _points(score.interval.low),
        "high": _points(score.interval.high),
    }


def _points(fraction: float) -> str:
    return f"{100 * fraction:.1f}"
