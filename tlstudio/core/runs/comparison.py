"""Two to six runs beside each other: settings that differ, accuracies, and image by image.

What a run says of the validation images is that of its best epoch, whose weights are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tlstudio.core.notes import Note
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.significance import CONFIDENCE, Interval, holm, mcnemar, wilson
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.config.fields import FieldSpec
    from tlstudio.core.runs.kept import KeptRun

FEWEST, MOST = 2, 6
ALPHA = 1 - CONFIDENCE
EVEN, SELDOM = 0.995, 0.0015  # p-values beyond which no number of times is named
PATHS = 3  # of ticks by hand that a cell names
NONE = "–"  # a setting that does not matter for a run, or is not known


@dataclass(frozen=True)
class ComparedRun:
    """A run as it takes part.

    Attributes:
        name: what it is called beside the others.
        id: which kept run it is; empty where it is not kept.
        right: of `images`, those told rightly by the best epoch; None where that is not known.
        environment: versions and devices by name.
    """

    name: str
    record: RunRecord
    id: str = ""
    right: int | None = None
    images: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, run: KeptRun, name: str = "") -> ComparedRun:
        """A kept run; by its own name unless another one is given."""
        entry = run.entry
        return cls(
            name or entry.name or entry.id,
            run.record,
            entry.id,
            entry.right,
            entry.images or 0,
            run.environment,
        )

    @cached_property
    def answers(self) -> Mapping[tuple[str, str], PredictionRecord]:
        """What it says of each validation image, by the image's key and true class."""
        told = self.record.best_predictions
        classes = self.record.classes
        return {
            (prediction.image.key, classes[prediction.target]): prediction
            for prediction in (told.predictions if told is not None else ())
            if prediction.target is not None and prediction.target < len(classes)
        }

    @cached_property
    def score(self) -> RunScore:
        """How many validation images it tells rightly, as far as that is known."""
        if self.answers:
            right = sum(answer.is_right is True for answer in self.answers.values())
            return RunScore(right / len(self.answers), right, len(self.answers))
        if self.right is not None and self.images:
            return RunScore(self.right / self.images, self.right, self.images)
        best, started = self.record.best, self.record.started
        accuracy = best.val_accuracy if best is not None else None
        images = started.val_samples if started is not None else 0
        if accuracy is None or not images:
            return RunScore(accuracy)
        return RunScore(accuracy, round(accuracy * images), images)


@dataclass(frozen=True, slots=True)
class RunScore:
    """An accuracy, and the images that it was measured on.

    Attributes:
        accuracy: fraction; None where nothing was measured.
        right: of `images`; None where their number is not known.
    """

    accuracy: float | None = None
    right: int | None = None
    images: int = 0

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval; None where nothing is known of the images."""
        return None if self.right is None else wilson(self.right, self.images)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """Something in which the runs differ.

    Attributes:
        name: the field of the configuration, or what else it is.
        title: `Sentence`, to be translated.
        values: one a run; those that are `Sentence` are to be translated, `NONE` says nothing.
    """

    name: str
    title: str
    values: tuple[str, ...]


class Change(StrEnum):
    """What became of an image from one run to another, or over all runs."""

    FIXED = "fixed"  # wrong in the first run, right in the second
    BROKEN = "broken"  # the other way round
    NEVER = "never"  # right in no run
    ALWAYS = "always"  # right in every run


CHANGE_TITLES = {
    Change.FIXED: QT_TRANSLATE_NOOP("core", "Fixed"),
    Change.BROKEN: QT_TRANSLATE_NOOP("core", "Broken"),
    Change.NEVER: QT_TRANSLATE_NOOP("core", "Never right"),
    Change.ALWAYS: QT_TRANSLATE_NOOP("core", "Always right"),
}


@dataclass(frozen=True, slots=True)
class ComparedImage:
    """What the runs say of an image.

    Attributes:
        true_class: its name.
        answers: one a run; None of a run that did not answer it.
    """

    key: str
    true_class: str
    answers: tuple[PredictionRecord | None, ...]

    @property
    def is_right(self) -> tuple[bool | None, ...]:
        """Whether each run told it rightly."""
        return tuple(None if answer is None else answer.is_right for answer in self.answers)

    @property
    def agreement(self) -> tuple[int, float]:
        """How many runs say the same of it, and how sure these are: the more, the more likely its
        label is wrong where no run is right."""
        told = Counter(answer.predicted for answer in self.answers if answer is not None)
        if not told:
            return 0, 0.0
        most, count = told.most_common(1)[0]
        sure = [a.confidence for a in self.answers if a is not None and a.predicted == most]
        return count, sum(sure) / len(sure)


@dataclass(frozen=True, slots=True)
class RunPair:
    """Two runs on the same validation images (McNemar's test).

    Attributes:
        first, second: places of the runs.
        images: that both answered.
        fixed: those that the second alone told rightly.
        broken: those that the first alone told rightly.
        p_value: of this pair by itself.
        adjusted: made fit for all pairs that are compared (Holm).
        problem: why there is no verdict; None where there is one.
    """

    first: int
    second: int
    images: int = 0
    fixed: int = 0
    broken: int = 0
    p_value: float = 1.0
    adjusted: float = 1.0
    problem: Note | None = None

    @property
    def is_significant(self) -> bool:
        return self.problem is None and self.adjusted <= ALPHA


@dataclass(frozen=True, slots=True)
class ClassRow:
    """The images of a class, and how many of them each run tells rightly.

    Attributes:
        scores: one a run.
    """

    name: str
    scores: tuple[RunScore, ...]


@dataclass(frozen=True)
class RunComparison:
    """Runs beside each other; made by `compare`.

    Attributes:
        runs: in the order in which they were chosen.
        settings: in which they differ.
        pairs: every two of them, the earlier first.
        images: that any run answered, in the order of the dataset.
        classes: that any run knows.
    """

    runs: tuple[ComparedRun, ...]
    settings: tuple[SettingRow, ...]
    pairs: tuple[RunPair, ...]
    images: tuple[ComparedImage, ...]
    classes: tuple[ClassRow, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(run.name for run in self.runs)

    @property
    def judged(self) -> tuple[RunPair, ...]:
        """The pairs that there is a verdict on."""
        return tuple(pair for pair in self.pairs if pair.problem is None)

    def pair(self, first: int, second: int) -> RunPair:
        """What became of the images from `first` to `second`, in whichever order these are."""
        found = next(p for p in self.pairs if {p.first, p.second} == {first, second})
        if found.first == first:
            return found
        return RunPair(
            first,
            second,
            found.images,
            found.broken,
            found.fixed,
            found.p_value,
            found.adjusted,
            found.problem,
        )

    def select(self, change: Change | None, first: int, second: int) -> tuple[ComparedImage, ...]:
        """The images of a kind; fixed and broken ones are those from `first` to `second`.

        Those that no run tells rightly begin with the ones that most runs, and the surest, call
        the same: their labels may be wrong.
        """
        match change:
            case None:
                return self.images
            case Change.FIXED | Change.BROKEN:
                wanted = change is Change.FIXED
                return tuple(
                    image
                    for image in self.images
                    if image.is_right[first] is (not wanted) and image.is_right[second] is wanted
                )
            case Change.NEVER:
                never = [i for i in self.images if all(right is False for right in i.is_right)]
                return tuple(sorted(never, key=lambda image: image.agreement, reverse=True))
            case Change.ALWAYS:
                return tuple(i for i in self.images if all(i.is_right))

    def verdict(self, pair: RunPair) -> tuple[Note, ...]:
        """What a pair comes to, in words."""
        first, second = self.runs[pair.first].name, self.runs[pair.second].name
        if pair.problem is not None:
            return (pair.problem,)
        values: dict[str, object] = {
            "first": first,
            "second": second,
            "fixed": pair.fixed,
            "broken": pair.broken,
            "images": pair.images,
            "better": second if pair.fixed > pair.broken else first,
            "pairs": len(self.judged),
            **_chance(pair.p_value),
        }
        if not pair.fixed and not pair.broken:
            return (Note(_SAME, values),)
        notes = [Note(_coin(pair.p_value), values)]
        if pair.is_significant:
            notes.append(Note(_BETTER, values))
        elif pair.p_value <= ALPHA:
            notes.append(Note(_NOT_AMONG_SEVERAL, values))
        else:
            notes.append(Note(_NOT_TOLD, values))
        return tuple(notes)

    def words(self, pair: RunPair) -> Note:
        """What became of the images, in a line for a table that names the runs itself."""
        values = {"fixed": pair.fixed, "broken": pair.broken, **_chance(pair.p_value)}
        if pair.problem is not None:
            return Note(QT_TRANSLATE_NOOP("core", "no verdict"))
        if not pair.fixed and not pair.broken:
            return Note(QT_TRANSLATE_NOOP("core", "level: the same images are right"))
        if pair.fixed == pair.broken:
            return Note(QT_TRANSLATE_NOOP("core", "level: {fixed} fixed, {broken} broken"), values)
        if pair.p_value >= EVEN:
            return Note(
                QT_TRANSLATE_NOOP(
                    "core", "{fixed} fixed, {broken} broken: a coin could not fall more evenly"
                ),
                values,
            )
        if pair.p_value < SELDOM:
            return Note(
                QT_TRANSLATE_NOOP(
                    "core",
                    "{fixed} fixed, {broken} broken: a coin would do that at most once in 1,000",
                ),
                values,
            )
        return Note(
            QT_TRANSLATE_NOOP(
                "core",
                "{fixed} fixed, {broken} broken: a coin would do that {times} times in {of}",
            ),
            values,
        )

    @property
    def headline(self) -> tuple[Note, ...]:
        """What the comparison comes to: of two runs their verdict, of several the best one's."""
        if len(self.pairs) == 1:
            return self.verdict(self.pairs[0])
        known = [place for place, run in enumerate(self.runs) if run.score.accuracy is not None]
        if not known:
            return (Note(QT_TRANSLATE_NOOP("core", "Nothing was measured of these runs.")),)
        best = max(known, key=lambda place: self.runs[place].score.accuracy or 0.0)
        rivals = [self.pair(other, best) for other in range(len(self.runs)) if other != best]
        judged = [pair for pair in rivals if pair.problem is None]
        if not judged:
            return (Note(_NONE_JUDGED),)
        level = sum(pair.fixed == pair.broken for pair in judged)
        beaten = sum(pair.is_significant for pair in judged)
        values: dict[str, object] = {
            "name": self.runs[best].name,
            "level": level,
            "beaten": beaten,
            "others": len(judged),
        }
        first = Note(_LEVEL_BEST if level else _HIGHEST, values)
        return (first, Note(_BEATS if beaten else _BEATS_NONE, values))


def compare(runs: Iterable[ComparedRun]) -> RunComparison:
    """Lay runs side by side.

    Args:
        runs: two to six; those of the same name are numbered.

    Raises:
        ValueError: there are fewer or more.
    """
    runs = _numbered(tuple(runs))
    if not FEWEST <= len(runs) <= MOST:
        raise ValueError(f"{FEWEST} to {MOST} runs can be compared, not {len(runs)}")
    return RunComparison(runs, _settings(runs), _pairs(runs), _images(runs), _classes(runs))


def _numbered(runs: tuple[ComparedRun, ...]) -> tuple[ComparedRun, ...]:
    total, seen = Counter(run.name for run in runs), Counter[str]()
    found = []
    for run in runs:
        seen[run.name] += 1
        name = f"{run.name} ({seen[run.name]})" if total[run.name] > 1 else run.name
        found.append(replace(run, name=name))
    return tuple(found)


# -- settings --------------------------------------------------------------------------------------


def _settings(runs: Sequence[ComparedRun]) -> tuple[SettingRow, ...]:
    from tlstudio.core.config import RunConfig  # with it comes pydantic
    from tlstudio.core.config.fields import field_specs

    configs = [run.record.settings.config if run.record.settings else None for run in runs]
    rows = []
    for spec in field_specs(RunConfig):
        values = [
            None if config is None or not spec.is_relevant(config) else getattr(config, spec.name)
            for config in configs
        ]
        if len(set(values)) > 1:
            texts = tuple(NONE if value is None else _text(spec, value) for value in values)
            if set(texts) != {NONE}:  # else empty in one run, of no matter in another
                rows.append(SettingRow(spec.name, spec.text.title, texts))
    known: list[tuple[str, str, list[str]]] = [
        (name, title, [of(run) for run in runs]) for name, title, of in _FACTS
    ]
    known += [
        (name, _VERSION_TITLES.get(name, name), [run.environment.get(name, "") for run in runs])
        for name in dict.fromkeys(name for run in runs for name in run.environment)
        if name != "device"
    ]
    rows += [
        SettingRow(name, title, tuple(value or NONE for value in values))
        for name, title, values in known
        if len(set(values)) > 1
    ]
    return tuple(rows)


def _text(spec: FieldSpec, value: Any) -> str:
    if spec.kind == "choice":
        return (spec.text.choices or {}).get(value, str(value))
    if isinstance(value, tuple):
        more = f", … ({len(value)})" if len(value) > PATHS else ""
        return ", ".join(map(str, value[:PATHS])) + more or NONE
    return (f"{value:g}" if isinstance(value, float) else str(value)) or NONE


def _trained(run: ComparedRun) -> str:
    record = run.record
    if not record.total_parameters:
        return ""
    return f"{record.trainable_parameters:,} / {record.total_parameters:,}"


def _epochs_done(run: ComparedRun) -> str:
    count = len(run.record.history.epochs)
    best = run.record.best
    return f"{count} ({best.epoch})" if best is not None else str(count)


def _split(run: ComparedRun) -> str:
    started = run.record.started
    return f"{started.train_samples} / {started.val_samples}" if started is not None else ""


_FACTS = (
    ("trained", QT_TRANSLATE_NOOP("core", "Parameters that train"), _trained),
    ("epochs_done", QT_TRANSLATE_NOOP("core", "Epochs done (best)"), _epochs_done),
    ("dataset", QT_TRANSLATE_NOOP("core", "Dataset"), lambda run: run.record.dataset),
    ("split", QT_TRANSLATE_NOOP("core", "Training / validation images"), _split),
    (
        "fingerprint",
        QT_TRANSLATE_NOOP("core", "Fingerprint of the images"),
        lambda run: run.record.fingerprint[:8],
    ),
    (
        "device",
        QT_TRANSLATE_NOOP("core", "Device"),
        lambda run: run.record.started.device if run.record.started is not None else "",
    ),
)


_VERSION_TITLES: dict[str, str] = {
    "studio": "TLStudio",
    "python": "Python",
    "system": QT_TRANSLATE_NOOP("core", "System"),
}


# -- images ----------------------------------------------------------------------------------------


def _images(runs: Sequence[ComparedRun]) -> tuple[ComparedImage, ...]:
    keys = dict.fromkeys(key for run in runs for key in run.answers)
    return tuple(
        ComparedImage(key, true_class, tuple(run.answers.get((key, true_class)) for run in runs))
        for key, true_class in keys
    )


def _classes(runs: Sequence[ComparedRun]) -> tuple[ClassRow, ...]:
    names = dict.fromkeys(name for run in runs for name in run.record.classes)
    by_run = [_by_class(run) for run in runs]
    return tuple(
        ClassRow(name, tuple(scores.get(name, RunScore()) for scores in by_run)) for name in names
    )


def _by_class(run: ComparedRun) -> dict[str, RunScore]:
    right, total = Counter[str](), Counter[str]()
    for (_, name), answer in run.answers.items():
        total[name] += 1
        right[name] += answer.is_right is True
    return {
        name: RunScore(right[name] / count, right[name], count) for name, count in total.items()
    }


def _pairs(runs: Sequence[ComparedRun]) -> tuple[RunPair, ...]:
    pairs = [_pair(runs, first, second) for first, second in combinations(range(len(runs)), 2)]
    judged = [pair.p_value for pair in pairs if pair.problem is None]
    adjusted = iter(holm(judged))
    return tuple(
        pair if pair.problem is not None else replace(pair, adjusted=next(adjusted))
        for pair in pairs
    )


def _pair(runs: Sequence[ComparedRun], first: int, second: int) -> RunPair:
    one, other = runs[first], runs[second]
    if (problem := _why_not(one, other)) is not None:
        return RunPair(first, second, problem=problem)
    common = one.answers.keys() & other.answers.keys()
    rights = [(one.answers[key].is_right, other.answers[key].is_right) for key in common]
    fixed, broken = rights.count((False, True)), rights.count((True, False))
    return RunPair(first, second, len(common), fixed, broken, mcnemar(fixed, broken))


def _why_not(one: ComparedRun, other: ComparedRun) -> Note | None:
    """Why there is no verdict on two runs; None where both answered the same images.

    The fingerprint of a dataset is that of its images and their split. Where it is the same, an
    image that one run could not read is left out; otherwise the images must be the very same.
    """
    values: dict[str, object] = {"first": one.name, "second": other.name}
    for run in (one, other):
        if not run.answers:
            return Note(_NO_ANSWERS, {"name": run.name})
    mine, theirs = one.answers.keys(), other.answers.keys()
    is_same_data = one.record.fingerprint and one.record.fingerprint == other.record.fingerprint
    if mine == theirs or (is_same_data and mine & theirs):
        return None
    values["common"] = len({key for key, _ in mine} & {key for key, _ in theirs})
    return Note(_OTHER_IMAGES if values["common"] else _NO_COMMON_IMAGES, values)


# -- words -----------------------------------------------------------------------------------------


def _chance(p_value: float) -> dict[str, object]:
    """How often a coin would do it: of a hundred times, or of a thousand where that is seldom."""
    of = 100 if p_value >= ALPHA else 1000
    return {"times": round(p_value * of), "of": f"{of:,}"}


def _coin(p_value: float) -> str:
    if p_value >= EVEN:
        return _COIN_ALWAYS
    if p_value < SELDOM:
        return _COIN_SELDOM
    return _COIN


_COIN = QT_TRANSLATE_NOOP(
    "core",
    "{fixed} fixed, {broken} broken from “{first}” to “{second}”: a coin would do that {times} "
    "times in {of}.",
)
_COIN_ALWAYS = QT_TRANSLATE_NOOP(
    "core",
    "{fixed} fixed, {broken} broken from “{first}” to “{second}”: a coin could not fall more "
    "evenly.",
)
_COIN_SELDOM = QT_TRANSLATE_NOOP(
    "core",
    "{fixed} fixed, {broken} broken from “{first}” to “{second}”: a coin would do that at most "
    "once in 1,000 times.",
)
_NONE_JUDGED = QT_TRANSLATE_NOOP(
    "core", "No verdict: these runs were validated on other images, or their answers are not kept."
)
_HIGHEST = QT_TRANSLATE_NOOP("core", "“{name}” has the highest accuracy.")
_LEVEL_BEST = QT_TRANSLATE_NOOP(
    "core", "“{name}” has the highest accuracy, and is level with {level} more."
)
_BEATS = QT_TRANSLATE_NOOP(
    "core", "It is better by more than chance than {beaten} of the {others} it was compared with."
)
_BEATS_NONE = QT_TRANSLATE_NOOP(
    "core", "It is not shown to be better than any of the {others} it was compared with."
)
_SAME = QT_TRANSLATE_NOOP(
    "core",
    "“{first}” and “{second}” tell the same of the {images} validation images rightly: they are "
    "level.",
)
_BETTER = QT_TRANSLATE_NOOP("core", "“{better}” is better by more than chance.")
_NOT_TOLD = QT_TRANSLATE_NOOP("core", "That is within chance: neither is shown to be better.")
_NOT_AMONG_SEVERAL = QT_TRANSLATE_NOOP(
    "core",
    "Among {pairs} comparisons one like it comes about by chance: neither is shown to be better.",
)
_NO_ANSWERS = QT_TRANSLATE_NOOP(
    "core", "No verdict: what “{name}” said of each validation image is not kept."
)
_OTHER_IMAGES = QT_TRANSLATE_NOOP(
    "core",
    "No verdict: “{first}” and “{second}” were validated on other images; they share {common}.",
)
_NO_COMMON_IMAGES = QT_TRANSLATE_NOOP(
    "core",
    "No verdict: “{first}” and “{second}” were validated on other images; they share none.",
)
