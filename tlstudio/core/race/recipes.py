"""Recipes: published experiments as the settings of a race."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tlstudio.core.config import RunConfig, make_config
from tlstudio.core.config.run_config import MACHINE_FIELDS
from tlstudio.core.errors import ConfigError
from tlstudio.core.race.race import RaceConfig, RaceEntry
from tlstudio.core.registry import Registry
from tlstudio.core.texts import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class RecipeEntry:
    """A network of a recipe.

    Attributes:
        model: its name in the catalog.
        title: as the paper calls it.
        depth: its layers with weights.
        is_residual: whether it has shortcuts.
    """

    model: str
    title: str
    depth: int
    is_residual: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a recipe is carried out.

    Attributes:
        name: on the terminal.
        title: in the window.
        about: what it shows, and at what price.
        depths: those that race unless a person chooses others.
        epochs: of each run.
        batch_size: images of a step.
        learning_rate: the first one.
        image_px: side of the images.
        train_images, val_images: see `RaceConfig`.
        seeds: how many, unless a person chooses.
        warmup_from: networks at least so deep begin with an epoch at a tenth of the rate.
    """

    name: str
    title: str
    about: str
    depths: tuple[int, ...]
    epochs: int
    batch_size: int
    learning_rate: float
    image_px: int
    train_images: int = 0
    val_images: int = 0
    seeds: int = 1
    warmup_from: int = 110


@dataclass(frozen=True, slots=True)
class Recipe:
    """A published experiment.

    Attributes:
        name: on the terminal, and in the records of its races.
        title: in the window.
        about: what it asks.
        paper: where it was printed.
        entries: the networks, in their order.
        budgets: from the smallest to the published one.
        shared: settings that all entries have.
    """

    name: str
    title: str
    about: str
    paper: str
    entries: tuple[RecipeEntry, ...]
    budgets: Registry[Budget]
    shared: dict[str, object]

    @property
    def depths(self) -> tuple[int, ...]:
        """All depths, from the shallowest."""
        return tuple(sorted({entry.depth for entry in self.entries}))

    def entry_of(self, model: str) -> RecipeEntry | None:
        """The network of this name; None where the recipe has none."""
        return next((entry for entry in self.entries if entry.model == model), None)

    def models_of(self, budget: Budget) -> tuple[str, ...]:
        """The networks that race in a budget unless a person chooses others."""
        return tuple(entry.model for entry in self.entries if entry.depth in budget.depths)

    def race(
        self,
        budget: Budget,
        base: RunConfig,
        models: Collection[str] = (),
        seeds: int | None = None,
    ) -> RaceConfig:
        """The race that repeats the experiment.

        Args:
            budget: how much of it.
            base: its seed and its machine are taken, nothing else.
            models: names of the networks; those of the budget if empty.
            seeds: how many; those of the budget if None.

        Raises:
            ConfigError: a network is none of the recipe's.
        """
        chosen = models or self.models_of(budget)
        if strangers := [name for name in chosen if self.entry_of(name) is None]:
            raise ConfigError(
                QT_TRANSLATE_NOOP("core", "This recipe has no network {names}."),
                QT_TRANSLATE_NOOP("core", "It has: {all}."),
                names=", ".join(f"“{name}”" for name in strangers),
                all=", ".join(entry.model for entry in self.entries),
            )
        machine = {name: getattr(base, name) for name in MACHINE_FIELDS}
        entries = tuple(
            RaceEntry(
                entry.title,
                make_config(
                    {
                        **machine,
                        **self.shared,
                        "model": entry.model,
                        "epochs": budget.epochs,
                        "batch_size": budget.batch_size,
                        "learning_rate": budget.learning_rate,
                        "image_px": budget.image_px,
                        "warmup_epochs": int(entry.depth >= budget.warmup_from),
                    }
                ),
            )
            for entry in self.entries
            for _ in range(list(chosen).count(entry.model))  # twice is refused by the race
        )
        count = budget.seeds if seeds is None else seeds
        return RaceConfig(
            entries,
            tuple(base.seed + number for number in range(count)),
            self.name,
            budget.train_images,
            budget.val_images,
        )


DEPTHS = (20, 32, 44, 56, 110)
DEGRADATION = Recipe(
    "degradation",
    QT_TRANSLATE_NOOP("core", "Depth (ResNet)"),
    QT_TRANSLATE_NOOP(
        "core",
        "Does a deeper network learn better? Plain and residual networks are trained alike, from "
        "random values, and the error on their own training images is drawn as well.",
    ),
    "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015, figures 1 and 6",
    tuple(
        RecipeEntry(f"{word.lower()}{depth}", f"{word}-{depth}", depth, word == "ResNet")
        for word in ("plain", "ResNet")
        for depth in DEPTHS
    ),
    Registry(
        QT_TRANSLATE_NOOP("core", "budget"),
        (
            Budget(
                "small",
                QT_TRANSLATE_NOOP("core", "Small"),
                QT_TRANSLATE_NOOP(
                    "core",
                    "2000 training images at half their size, 10 epochs, the first of them to warm "
                    "up, small batches: minutes on two cores, and enough to see it.",
                ),
                depths=(20, 56),
                epochs=10,
                batch_size=32,
                learning_rate=0.01,
                image_px=16,
                train_images=2000,
                val_images=500,
                warmup_from=1,  # at 0.02 without it, ResNet-56 ended 1.7 points above ResNet-20
            ),
            Budget(
                "full",
                QT_TRANSLATE_NOOP("core", "As published"),
                QT_TRANSLATE_NOOP(
                    "core",
                    "All images, 164 epochs in batches of 128, which are 64,000 steps where 50,000 "
                    "images train: days on two cores.",
                ),
                depths=DEPTHS,
                epochs=164,
                batch_size=128,
                learning_rate=0.1,
                image_px=32,
            ),
        ),
    ),
    {
        "strategy": "from_scratch",
        "initialisation": "random",
        "optimizer": "sgd",
        "momentum": 0.9,
        "weight_decay": 1e-4,
        "schedule": "multi_step",
        "gamma": 0.1,
        "augmentation": "pad_crop",
        "padding": 0.125,
        "flips": "horizontal",
    },
)

RECIPES = Registry(QT_TRANSLATE_NOOP("core", "recipe"), (DEGRADATION,))
