"""A race: two to ten strategies or networks on the same split and with the same seeds.

What takes part, what came of it, what the race says while it goes (events are frozen and
picklable), and where its result is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any

from tlstudio.core.advice.presets import Preset
from tlstudio.core.config import RunConfig, make_config
from tlstudio.core.config.model_change import settled
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.sample import Sample
from tlstudio.core.errors import ConfigError, TLStudioError
from tlstudio.core.networks.catalog import ModelSpec
from tlstudio.core.runs.events import (
    FeaturesProgressed,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunStarted,
)
from tlstudio.core.runs.history import History
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.core.storage import atomic_write, cache_dir
from tlstudio.core.strategies import STRATEGIES
from tlstudio.core.texts import QT_TRANSLATE_NOOP

FEWEST, MOST = 2, 10
MOST_SEEDS = 5
FORMAT = 2
RIGHT, WRONG, UNREAD = "1", "0", "-"
_WHOLE = (RunEndReason.FINISHED, RunEndReason.EARLY)


@dataclass(frozen=True, slots=True)
class RaceEntry:
    """An entry of a race: its name and settings, of which the seed does not count."""

    name: str
    config: RunConfig

    @property
    def title(self) -> str:
        """The name; a `Sentence`, which the window translates, where it is that of a strategy."""
        strategy = STRATEGIES[self.config.strategy].title
        return strategy if self.name == strategy else self.name


@dataclass(frozen=True, slots=True)
class RaceConfig:
    """The entries and seeds of a race: every entry runs once with each seed.

    Attributes:
        entries: who races.
        seeds: of the runs.
        recipe: the published experiment that it repeats, see `core.race.recipes`; else empty.
        train_images: trains with at most so many, the classes in equal parts; 0 for all.
        val_images: likewise for validation.
    """

    entries: tuple[RaceEntry, ...]
    seeds: tuple[int, ...] = (0,)
    recipe: str = ""
    train_images: int = 0
    val_images: int = 0

    @property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """The runs as ``(place of the entry, seed)``, in the order of the race.

        All entries run with the first seed, then all with the second: however early the race is
        stopped, what is there was measured alike.
        """
        places = range(len(self.entries))
        return tuple((place, seed) for seed in self.seeds for place in places)

    def config_of(self, entry: int, seed: int) -> RunConfig:
        """The settings of one run."""
        return self.entries[entry].config.changed(seed=seed)

    def images_of(self, index: DatasetIndex) -> DatasetIndex:
        """`index` with the images that the race uses; always the same ones."""
        most = {Split.TRAIN: self.train_images, Split.VAL: self.val_images}
        if not any(most.values()):
            return index
        samples: list[Sample] = []
        for split, limit in most.items():
            each = max(1, limit // max(1, len(index.classes)))
            for number in range(len(index.classes)):
                own = index.samples_of(split, number)
                few = min(each, len(own)) if limit else len(own)
                samples += (own[place * len(own) // few] for place in range(few))
        return replace(index, samples=tuple(samples))

    @property
    def problems(self) -> list[TLStudioError]:
        """Return what is wrong with the race whatever the dataset; empty if nothing."""
        found: list[TLStudioError] = []
        if not FEWEST <= len(self.entries) <= MOST:
            found.append(
                ConfigError(
                    QT_TRANSLATE_NOOP("core", "A race needs two to ten entries, not {count}."),
                    QT_TRANSLATE_NOOP("core", "Add entries, or leave some for the next race."),
                    count=len(self.entries),
                )
            )
        names = [entry.name for entry in self.entries]
        configs = [entry.config.changed(seed=0) for entry in self.entries]
        twice = next(
            (n for i, n in enumerate(names) if n in names[:i] or configs[i] in configs[:i]), None
        )
        if twice is not None:
            found.append(
                ConfigError(
                    QT_TRANSLATE_NOOP("core", "“{name}” is in the race twice."),
                    QT_TRANSLATE_NOOP("core", "Change one of the two, or leave it out."),
                    name=twice,
                )
            )
        if not 1 <= len(self.seeds) <= MOST_SEEDS or len(set(self.seeds)) < len(self.seeds):
            found.append(
                ConfigError(
                    QT_TRANSLATE_NOOP("core", "A race takes one to {most} different seeds."),
                    QT_TRANSLATE_NOOP(
                        "core", "Three seeds are enough to tell chance from a real difference."
                    ),
                    most=MOST_SEEDS,
                )
            )
        return found


@dataclass(frozen=True, slots=True)
class EpochAnswers:
    """Which validation images were classified correctly after an epoch.

    Attributes:
        epoch: counts from 1.
        answers: for each image of the split, in the dataset's order: `RIGHT`, `WRONG`, or `UNREAD`
            for a file that could not be read.
    """

    epoch: int
    answers: str

    @property
    def accuracy(self) -> float | None:
        """Fraction of the images that could be read."""
        total = len(self.answers) - self.answers.count(UNREAD)
        return self.answers.count(RIGHT) / total if total else None


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of one run of a race.

    Attributes:
        entry: its place among the entries, counts from 0.
        seed: that it ran with.
        run: all that it told, archived; it is over.
        final: answers after the last epoch; None where no epoch ended, or without validation.
        best: those of the epoch that was best on these same images, which flatters it.
    """

    entry: int
    seed: int
    run: RunRecord
    final: EpochAnswers | None = None
    best: EpochAnswers | None = None

    @property
    def reason(self) -> RunEndReason:
        """The reason why the run ended."""
        return self.run.end.reason if self.run.end is not None else RunEndReason.FAILED

    @property
    def history(self) -> History:
        return self.run.history

    @property
    def error(self) -> TLStudioError | None:
        """The error that made the run fail; None if none did."""
        return self.run.end.error if self.run.end is not None else None

    @property
    def is_whole(self) -> bool:
        """Whether it ran to its end and was validated there: only such runs are compared."""
        return self.reason in _WHOLE and self.final is not None

    @property
    def mean_epoch_s(self) -> float | None:
        """Seconds of an epoch, over all: a head alone and a whole network may take turns."""
        times = [record.elapsed_s for record in self.history.epochs]
        return mean(times) if times else None


@dataclass(frozen=True)
class RaceRecord:
    """The record of a race so far.

    Attributes:
        config: who races.
        images: validation images of the dataset.
        dataset: its fingerprint; with another one the results are those of other images.
        device: where it ran, as torch calls it; empty until known.
        made_on: ISO date.
        results: of the runs that are over, in their order.
    """

    config: RaceConfig
    images: int
    dataset: str
    device: str = ""
    made_on: str = ""
    results: tuple[RunResult, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every run had its turn, however it ended."""
        done = sum(result.reason is not RunEndReason.STOPPED for result in self.results)
        return done == len(self.config.runs)

    def begun_again(self) -> RaceRecord:
        """This race with what came to its end: what a race that goes on need not run again."""
        return replace(self, results=tuple(r for r in self.results if r.is_whole))

    def with_result(self, result: RunResult) -> RaceRecord:
        return replace(self, results=(*self.results, result))

    def results_of(self, entry: int, *, whole: bool = False) -> tuple[RunResult, ...]:
        """The results of one entry; with `whole` only those that ran to their end."""
        return tuple(r for r in self.results if r.entry == entry and (r.is_whole or not whole))

    def to_json(self) -> str:
        values = {
            "version": FORMAT,
            "entries": [
                {"name": entry.name, "config": entry.config.model_dump(mode="json")}
                for entry in self.config.entries
            ],
            "seeds": self.config.seeds,
            "recipe": self.config.recipe,
            "train_images": self.config.train_images,
            "val_images": self.config.val_images,
            "images": self.images,
            "dataset": self.dataset,
            "device": self.device,
            "made_on": self.made_on,
            "results": [_result_values(result) for result in self.results],
        }
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> RaceRecord:
        """Read what `to_json` returned.

        Raises:
            ValueError, TypeError, KeyError, ConfigError: it is not what `to_json` gives.
        """
        values = json.loads(text)
        if not isinstance(values, dict) or values.get("version") not in (1, FORMAT):
            raise ValueError("not a race of this version")
        entries = tuple(
            RaceEntry(str(row["name"]), make_config(row["config"])) for row in values["entries"]
        )
        config = RaceConfig(
            entries,
            tuple(int(seed) for seed in values["seeds"]),
            str(values.get("recipe", "")),
            int(values.get("train_images", 0)),
            int(values.get("val_images", 0)),
        )
        record = cls(
            config,
            images=int(values["images"]),
            dataset=str(values.get("dataset") or values["val_digest"]),  # as it was called once
            device=str(values["device"]),
            made_on=str(values["made_on"]),
            results=tuple(_result_of(row, config) for row in values["results"]),
        )
        for result in record.results:
            sizes = {len(a.answers) for a in (result.final, result.best) if a is not None}
            if sizes - {record.images}:
                raise ValueError("results of another race")
        return record


def answers_of(
    epoch: int, predictions: Sequence[PredictionRecord], places: Mapping[ImageRef, int]
) -> EpochAnswers:
    """Whether each validation image was told rightly.

    Args:
        epoch: after which.
        predictions: of those that could be read, in any order.
        places: that of each image in the split.
    """
    answers = [UNREAD] * len(places)
    for prediction in predictions:
        answers[places[prediction.image]] = RIGHT if prediction.is_right else WRONG
    return EpochAnswers(epoch, "".join(answers))


def _result_values(result: RunResult) -> dict[str, object]:
    return {
        "entry": result.entry,
        "seed": result.seed,
        "run": result.run.to_values(),
        "final": _answers_values(result.final),
        "best": _answers_values(result.best),
    }


def _result_of(row: Mapping[str, Any], config: RaceConfig) -> RunResult:
    entry, seed = int(row["entry"]), int(row["seed"])
    if not 0 <= entry < len(config.entries):
        raise ValueError("results of another race")
    run = RunRecord.from_values(row["run"]) if "run" in row else _run_of_format_1(row, config)
    answers = (row[name] and EpochAnswers(*row[name]) for name in ("final", "best"))
    return RunResult(entry, seed, run, *answers)


def _run_of_format_1(row: Mapping[str, Any], race: RaceConfig) -> RunRecord:
    """A run as races kept it before there were run records: its numbers side by side."""
    config = race.config_of(row["entry"], row["seed"])
    history = History.from_dicts(row["history"])
    started = RunStarted(
        model=config.model,
        classes=(),
        train_samples=0,
        val_samples=0,
        trainable_parameters=row["trainable_parameters"],
        total_parameters=row["total_parameters"],
        epochs=config.epochs,
        device="",
        seed=config.seed,
    )
    kept = round(1000 * row["kept_share"])  # of a thousand views
    features = FeaturesProgressed(1, 1000, 1000, kept, 0.0, 0.0, None)
    error, best = None, history.best
    if row["error"] is not None:
        sentence, hint, values = row["error"]
        error = TLStudioError(sentence, hint, **values)
    end = RunEnded(
        RunEndReason(row["reason"]),
        epochs=len(history.epochs),
        best_epoch=best.epoch if best else None,
        best_val_accuracy=best.val_accuracy if best else None,
        elapsed_s=row["elapsed_s"],
        error=error,
    )
    return RunRecord(
        Settings(config),
        started=started if row["total_parameters"] else None,
        history=history,
        features=(features,) if kept else (),
        end=end,
    )


def _answers_values(answers: EpochAnswers | None) -> list[object] | None:
    return None if answers is None else [answers.epoch, answers.answers]


def mean_curve(
    histories: Sequence[History], metric: str = "val_accuracy"
) -> tuple[tuple[int, float], ...]:
    """Return ``(epoch, mean of a metric)`` over the epochs that all histories have measured."""
    columns = zip(*(history.epochs for history in histories), strict=False)
    curve = []
    for records in columns:
        values = [r.metrics[metric] for r in records if metric in r.metrics]
        if len(values) == len(records):
            curve.append((records[0].epoch, sum(values) / len(values)))
    return tuple(curve)


def mean_error(histories: Sequence[History], split: Split) -> tuple[tuple[int, float], ...]:
    """Return ``(epoch, mean error)`` on the training images, as they were learned from, or those
    of validation."""
    metric = "train_accuracy" if split is Split.TRAIN else "val_accuracy"
    return tuple((epoch, 1 - value) for epoch, value in mean_curve(histories, metric))


# -- what could take part: one setting taken in several ways ---------------------------------------


PRETRAINED_RATE = 0.1  # of the head's learning rate, as the advice goes
EQUAL_TERMS = ("epochs", "batch_size")  # all entries have those of the settings


def strategy_entries(
    config: RunConfig,
    strategies: Sequence[str],
    preset: Preset | None = None,
    keep: Collection[str] = (),
) -> tuple[RaceEntry, ...]:
    """The network of `config` under several strategies, each by its title.

    See `with_strategy` for the arguments.

    Raises:
        ConfigError: there is no such strategy.
    """
    return tuple(
        RaceEntry(STRATEGIES[name].title, with_strategy(config, name, preset, keep))
        for name in strategies
    )


def model_entries(
    config: RunConfig,
    specs: Sequence[ModelSpec],
    before: ModelSpec | None = None,
    preset: Preset | None = None,
    keep: Collection[str] = (),
) -> tuple[RaceEntry, ...]:
    """Several networks under the settings of `config`, each with its default weights.

    Args:
        config: what holds for all.
        specs: the networks.
        before: the one of `config`.
        preset: see `with_strategy`.
        keep: likewise.
    """
    titles = [spec.title for spec in specs]
    return tuple(
        RaceEntry(
            spec.title if titles.count(spec.title) == 1 else spec.name,
            with_model(config, spec, before, preset, keep),
        )
        for spec in specs
    )


def rate_entries(config: RunConfig, rates: Sequence[float]) -> tuple[RaceEntry, ...]:
    """The settings of `config` at several learning rates, each by its rate."""
    return tuple(RaceEntry(f"lr {rate:g}", config.changed(learning_rate=rate)) for rate in rates)


def with_strategy(
    config: RunConfig,
    strategy: str,
    preset: Preset | None = None,
    keep: Collection[str] = (),
) -> RunConfig:
    """`config` with another strategy, and the starting values that it begins with.

    Args:
        config: the settings as they are.
        strategy: the other strategy.
        preset: the one in force: what is as it proposes follows it, apart from how long and in
            which batches.
        keep: names of settings that stay as well.

    Raises:
        ConfigError: there is no such strategy.
    """
    initialisation = STRATEGIES[strategy].initialisation or config.initialisation
    if initialisation == "pretrained" and config.initialisation == "file":
        initialisation = "file"  # those are pretrained values as well
    other = config.model_copy(update={"strategy": strategy, "initialisation": initialisation})
    return (preset or Preset()).followed(other, config, keep=(*EQUAL_TERMS, *keep))


def with_model(
    config: RunConfig,
    spec: ModelSpec,
    before: ModelSpec | None = None,
    preset: Preset | None = None,
    keep: Collection[str] = (),
) -> RunConfig:
    """`config` with another network; what only fitted the one before goes back to the usual."""
    if spec.name == config.model:
        return config
    moved = config.changed(model=spec.name, weights="", image_px=0, stem="original")
    other = settled(moved, before, spec)
    return (preset or Preset()).followed(other, config, keep=(*EQUAL_TERMS, *keep))


def wants_small_steps(strategy: str, initialisation: str) -> bool:
    """Whether pretrained layers would move at the full learning rate.

    Pretrained layers are nearly right: steps that suit a head full of random values undo them.
    Strategies with rates of their own for the backbone see to that themselves.
    """
    moves_backbone = strategy in ("partial", "fine_tuning", "custom")
    return initialisation != "random" and moves_backbone


# -- events ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RaceStarted:
    """The first event: who races, with nothing run yet."""

    record: RaceRecord


@dataclass(frozen=True, slots=True)
class RaceRunStarted:
    """A run is about to be built.

    Attributes:
        entry: place of the entry, counts from 0.
        seed: of this run.
        number: which of the runs, counts from 1.
        runs: how many there are.
    """

    entry: int
    seed: int
    number: int
    runs: int


@dataclass(frozen=True, slots=True)
class RaceRunSaid:
    """An event of the present run; predictions of its images are not passed on."""

    entry: int
    seed: int
    event: RunEvent


@dataclass(frozen=True, slots=True)
class RaceRunEnded:
    """A run is over; `record` holds its result as its last."""

    record: RaceRecord

    @property
    def result(self) -> RunResult:
        return self.record.results[-1]


@dataclass(frozen=True, slots=True)
class RaceEnded:
    """The last event. `is_stopped`: a person ended it before its time."""

    record: RaceRecord
    is_stopped: bool = False


RaceEvent = RaceStarted | RaceRunStarted | RaceRunSaid | RaceRunEnded | RaceEnded


# -- the last race is kept -------------------------------------------------------------------------


def is_of(record: RaceRecord, index: DatasetIndex) -> bool:
    """Whether `record` tells of the images of `index` in their present split.

    A race compares image by image, so that its results hold for one split only.
    """
    return record.dataset in (index.fingerprint, _digest_before(index))


def _digest_before(index: DatasetIndex) -> str:
    """Return the digest that races of older versions kept in place of the fingerprint."""
    digest = hashlib.sha256(repr(index.classes).encode("utf-8", "backslashreplace"))
    for sample in index.by_split[Split.VAL]:
        path = index.key_of(sample.image)
        digest.update(f"{sample.class_index}\0{path}\n".encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def save_race(record: RaceRecord, root: Path) -> None:
    """Keep it in the place of the last race of the dataset in `root`.

    Raises:
        StorageError: it cannot be written.
    """
    text = record.to_json()
    atomic_write(_file(root), text)
    if record.config.recipe:
        atomic_write(_recipe_file(record.config.recipe), text)


def last_race(root: Path) -> RaceRecord | None:
    """The one that `save_race` kept; None where there is none, or none that can be read."""
    return _read(_file(root))


def last_of_recipe(recipe: str) -> RaceRecord | None:
    """The last race of a recipe on whichever dataset; None where there is none."""
    return _read(_recipe_file(recipe))


def _read(path: Path) -> RaceRecord | None:
    try:
        return RaceRecord.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError, ConfigError):
        return None


def _recipe_file(recipe: str) -> Path:
    return cache_dir() / "races" / f"recipe-{recipe}.json"


def _file(root: Path) -> Path:
    name = hashlib.sha256(str(root.resolve()).encode("utf-8", "backslashreplace")).hexdigest()
    return cache_dir() / "races" / f"{name[:32]}.json"
