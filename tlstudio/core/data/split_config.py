"""How the studio splits a dataset that does not say it, or is to be split anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from tlstudio.core.errors import ConfigError
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

VAL_BOUNDS = (0.05, 0.5)
TEST_BOUNDS = (0.0, 0.4)
MOST_FOLDS = 20


class GroupBy(StrEnum):
    """The rules that tell which images belong together."""

    NONE = "none"
    FOLDER = "folder"  # below the folder of the class
    PREFIX = "prefix"  # of the name, to its last _ - . or space
    TIME = "time"  # taken within `SplitConfig.gap_s` of the one before


GROUP_BY_TITLES = {
    GroupBy.NONE: QT_TRANSLATE_NOOP("core", "none"),
    GroupBy.FOLDER: QT_TRANSLATE_NOOP("core", "folder within the class"),
    GroupBy.PREFIX: QT_TRANSLATE_NOOP("core", "start of the file name"),
    GroupBy.TIME: QT_TRANSLATE_NOOP("core", "burst of the camera"),
}


@dataclass(frozen=True, slots=True)
class SplitConfig:
    """The settings by which the studio splits.

    Attributes:
        val_fraction: share of each class for validation, 0.05 to 0.5.
        test_fraction: share of each class for the test split, 0 to 0.4.
        seed: the same seed, settings and files give the same split.
        val_images: the number of images for validation, of all classes together, in place of the
            share.
        test_images: likewise for the test split.
        group_by: which images stay together. The groups of a manifest and of the dataset itself
            always do.
        gap_s: the longest pause within a burst of the camera, in seconds.
        folds: into how many parts of equal size the images for training and validation are dealt;
            0 for none. A fold of them validates, the others train.
        fold: which one validates, from 1 on.
        anew: whether the training and validation images of a dataset that says its split are
            thrown together first; its own test images stay what they are.
    """

    val_fraction: float = 0.2
    test_fraction: float = 0.0
    seed: int = 0
    val_images: int | None = None
    test_images: int | None = None
    group_by: GroupBy = GroupBy.NONE
    gap_s: float = 10.0
    folds: int = 0
    fold: int = 1
    anew: bool = False

    def to_values(self) -> dict[str, Any]:
        """The settings as JSON has them; of those that came later, what is not the usual."""
        usual = SplitConfig()
        always = ("val_fraction", "test_fraction", "seed")
        return {
            name: value
            for name, value in asdict(self).items()
            if name in always or value != getattr(usual, name)
        }

    @classmethod
    def from_values(cls, values: object) -> SplitConfig | None:
        """Read what `to_values` returned; None where that cannot be done, e.g. a later version."""
        if not isinstance(values, Mapping) or not values:
            return None
        if not values.keys() <= {field.name for field in fields(cls)}:
            return None
        try:
            config = cls(**values)
            return check_split(replace(config, group_by=GroupBy(config.group_by)))
        except (TypeError, ValueError, ConfigError):
            return None

    @property
    def without_test(self) -> SplitConfig:
        """These settings where the dataset says what tests."""
        return replace(self, test_fraction=0.0, test_images=None)

    @property
    def flags(self) -> list[str]:
        """The flags of the terminal that ask for it; those of a fold ask for all folds."""
        flags = ["--val-fraction", f"{self.val_fraction:g}"]
        if self.test_fraction:
            flags += ["--test-fraction", f"{self.test_fraction:g}"]
        flags += ["--split-seed", str(self.seed)]
        for name, value in (("val-images", self.val_images), ("test-images", self.test_images)):
            flags += [] if value is None else [f"--{name}", str(value)]
        if self.group_by is not GroupBy.NONE:
            flags += ["--group-by", self.group_by.value, "--gap-seconds", f"{self.gap_s:g}"]
        flags += ["--folds", str(self.folds)] if self.folds else []
        return [*flags, "--split-anew"] if self.anew else flags

    @property
    def told(self) -> tuple[Note, ...]:
        """Sentences about it, for a report."""
        values: dict[str, object] = {
            "seed": self.seed,
            "val": f"{100 * self.val_fraction:g} %",
            "test": f"{100 * self.test_fraction:g} %",
            "fold": self.fold,
            "folds": self.folds,
        }
        if self.val_images is not None:
            values["val"] = str(self.val_images)
        if self.test_images is not None:
            values["test"] = str(self.test_images)
        sentence = QT_TRANSLATE_NOOP(
            "core",
            "Split by the studio, class by class, with seed {seed}: {val} for validation, {test} "
            "for testing.",
        )
        if self.folds:
            sentence = QT_TRANSLATE_NOOP(
                "core",
                "Dealt to {folds} folds by the studio, class by class, with seed {seed}; fold "
                "{fold} validates; {test} are put aside for testing.",
            )
        notes = [Note(sentence, values)]
        if self.group_by is not GroupBy.NONE:
            notes.append(Note(_TOLD_GROUPS[self.group_by]))
        return tuple(notes)


_TOLD_GROUPS = {
    GroupBy.FOLDER: QT_TRANSLATE_NOOP("core", "Images of a folder stayed together."),
    GroupBy.PREFIX: QT_TRANSLATE_NOOP(
        "core", "Images with the same start of the file name stayed together."
    ),
    GroupBy.TIME: QT_TRANSLATE_NOOP("core", "Images of a burst of the camera stayed together."),
}


def check_split(config: SplitConfig) -> SplitConfig:
    """Return `config` if its numbers are within bounds.

    Raises:
        ConfigError: they are not; holds every problem.
    """
    rows: list[tuple[str, float, float]] = [
        ("val_fraction", *VAL_BOUNDS),
        ("test_fraction", *TEST_BOUNDS),
        ("gap_s", 0, 1e6),
    ]
    if config.val_images is not None:
        rows.append(("val_images", 1, 1e9))
    if config.test_images is not None:
        rows.append(("test_images", 0, 1e9))
    if config.folds:
        rows += [("folds", 2, MOST_FOLDS), ("fold", 1, config.folds)]
    problems = [
        ConfigError(
            QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
            QT_TRANSLATE_NOOP("core", "It must be a number from {minimum} to {maximum}."),
            name=name,
            value=getattr(config, name),
            minimum=low,
            maximum=f"{high:.0f}" if high > 1 else high,
        )
        for name, low, high in rows
        if not low <= getattr(config, name) <= high
    ]
    if problems:
        raise ConfigError.of(problems)
    return config
