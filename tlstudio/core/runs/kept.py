"""Kept runs: what the list of runs says of each, and a run as it is read back from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.significance import Interval, wilson

CURVE_POINTS = 64  # of the small curve in a list
RACE_NAME = "race · {entry} · seed {seed}"  # of its runs, until a person gives another name
FOLD_NAME = "{dataset} · fold {fold} of {folds}"  # likewise, of a cross-validation


class RunOrigin(StrEnum):
    """Where a kept run comes from."""

    WINDOW = "window"
    TERMINAL = "terminal"
    RACE = "race"
    FOLDS = "folds"  # of a cross-validation
    FILE = "file"  # weights that were loaded from a file


@dataclass(frozen=True, slots=True)
class RunMarks:
    """What a person wrote about a run."""

    name: str = ""
    is_starred: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A row of the list of runs.

    Attributes:
        folder: its files; outside the studio's own folder where a person named another one.
        created: seconds since 1970, UTC.
        dataset: its name.
        fingerprint: of the dataset; empty where it is not known.
        root: where the dataset was.
        planned_epochs: that it was to train for.
        epochs: that ended.
        best_epoch: whose weights are kept; None before there are any.
        accuracy: of the best epoch on the validation images, fraction; None without any.
        right: of `images`, those told rightly.
        images: validation images that `accuracy` was measured on.
        accuracies: on the validation images, epoch by epoch; at most `CURVE_POINTS`.
        size_bytes: of its files.
        end: why it ended; None where it goes on, or where its process died.
        is_running: whether a living process trains it.
        has_checkpoint: whether training can go on from it.
    """

    id: str
    folder: Path
    marks: RunMarks = RunMarks()
    origin: RunOrigin = RunOrigin.WINDOW
    created: float = 0.0
    dataset: str = ""
    fingerprint: str = ""
    root: str = ""
    model: str = ""
    strategy: str = ""
    learning_rate: float = 0.0
    planned_epochs: int = 0
    epochs: int = 0
    best_epoch: int | None = None
    accuracy: float | None = None
    right: int | None = None
    images: int | None = None
    accuracies: tuple[float, ...] = ()
    elapsed_s: float = 0.0
    size_bytes: int = 0
    end: RunEndReason | None = None
    is_running: bool = False
    has_weights: bool = False
    has_checkpoint: bool = False

    @property
    def name(self) -> str:
        """What a person calls it; empty where nobody gave it a name."""
        return self.marks.name

    @property
    def is_interrupted(self) -> bool:
        """Whether its process died before it could end."""
        return self.end is None and not self.is_running

    @property
    def can_continue(self) -> bool:
        """Whether it has not done all its epochs and can go on with them."""
        is_whole = self.end in (RunEndReason.FINISHED, RunEndReason.EARLY)
        return self.can_extend and not is_whole

    @property
    def can_extend(self) -> bool:
        """Whether it can be trained for more epochs."""
        return self.has_checkpoint and not self.is_running

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the accuracy; None where there is none."""
        if self.right is None or not self.images:
            return None
        return wilson(self.right, self.images)


@dataclass(frozen=True)
class KeptRun:
    """A run as its folder tells it.

    Attributes:
        record: with the predictions of the best epoch, where they were kept.
        environment: versions and devices by name.
        split: the images of each split, as `split.json` has them; None where it is gone.
    """

    entry: RunEntry
    record: RunRecord
    environment: Mapping[str, str]
    split: Mapping[str, Any] | None = None

    @property
    def split_config(self) -> SplitConfig | None:
        """How the studio split its dataset; None where the dataset says it."""
        return SplitConfig.from_values((self.split or {}).get("split_config"))

    @property
    def manifest(self) -> Manifest | None:
        """What was changed about its dataset by hand; None for a run that doesn't tell it."""
        rows = (self.split or {}).get("manifest")
        try:
            return Manifest.from_values(rows) if isinstance(rows, list) else None
        except (ValueError, TypeError, AttributeError):
            return None

    @property
    def read_options(self) -> ReadOptions:
        """How its dataset was read."""
        return ReadOptions.from_values((self.split or {}).get("options"))


def thinned(values: Sequence[float], count: int = CURVE_POINTS) -> tuple[float, ...]:
    """At most `count` of the values, evenly spread, the first and the last among them."""
    if len(values) <= count:
        return tuple(values)
    step = (len(values) - 1) / (count - 1)
    return tuple(values[round(place * step)] for place in range(count))
