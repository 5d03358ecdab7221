"""The presets: which settings a run begins with, and why.

A preset decides every setting apart from the network, its inputs and which of its layers train. It
is a pure function of those and of the dataset, so that nothing has to be remembered: a setting that
still holds what the preset said before follows when one of them changes, and any other was set by
hand and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache

from tlstudio.core.advice.advice import DataFacts
from tlstudio.core.advice.training import BATCH, training_items
from tlstudio.core.config import FIELD_BY_NAME, FIELDS, RunConfig, make_config
from tlstudio.core.networks.inputs import INPUT_SETTINGS
from tlstudio.core.notes import Note
from tlstudio.core.registry import Registry
from tlstudio.core.strategies import STRATEGIES
from tlstudio.core.texts import QT_TRANSLATE_NOOP

RECOMMENDED, TUTORIAL = "recommended", "tutorial"
DEFAULT_PRESET = RECOMMENDED

# What a person chooses; all other settings are a preset's.
CHOSEN = (
    *("model", "initialisation", "weights", *INPUT_SETTINGS),
    *("strategy", "train_from", "trainable"),
)
PRESET_FIELDS = tuple(spec.name for spec in FIELDS if spec.name not in CHOSEN)
RECOMMENDS = (  # somewhere, and otherwise than a configuration has them of itself
    *("learning_rate", "optimizer", "schedule", "epochs", "batch_size"),
    *("head_epochs", "unfreeze_every", "augmentation", "flips", "balance"),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The settings that a preset proposes.

    Attributes:
        config: what it was asked for, with every setting as the preset has it.
        reason: why, in one sentence.
    """

    config: RunConfig
    reason: Note

    def differing(self, config: RunConfig) -> tuple[str, ...]:
        """Names of the preset's settings that matter in `config` and are others there."""
        return tuple(
            name
            for name in PRESET_FIELDS
            if getattr(config, name) != getattr(self.config, name)
            and FIELD_BY_NAME[name].is_relevant(config)
        )


@dataclass(frozen=True, slots=True)
class PresetSpec:
    """A preset: a row of their table.

    Attributes:
        name: on the command line.
        title: for the window.
        help: one or two sentences for a person who has to choose.
        propose: ``(config, data) -> (settings other than the defaults, reason)``; of `config` only
            what is `CHOSEN` counts.
    """

    name: str
    title: str
    help: str
    propose: Callable[[RunConfig, DataFacts], tuple[dict[str, object], Note]]


def _recommended(config: RunConfig, data: DataFacts) -> tuple[dict[str, object], Note]:
    strategy = "from_scratch" if config.initialisation == "random" else config.strategy
    settings: dict[str, object] = {}
    for item in training_items(strategy, data):
        settings |= item.settings
    images, batch = data.train_images, int(str(settings.get("batch_size", BATCH)))
    values: dict[str, object] = {
        "images": images,
        "rate": f"{settings['learning_rate']:g}",
        "batch": batch,
        "steps": -(-images // batch),
    }
    if not images:
        return settings, Note(_NO_DATA, values)
    if strategy == "from_scratch":
        return settings, Note(_FROM_SCRATCH, values)
    if batch < BATCH:
        return settings, Note(_TINY, values)
    if strategy == "feature_extraction":
        return settings, Note(_HEAD, values)
    return settings, Note(_TWO_RATES if STRATEGIES[strategy].has_rates else _ALL, values)


def _tutorial(config: RunConfig, data: DataFacts) -> tuple[dict[str, object], Note]:
    if config.initialisation == "random":
        # its steps are for pretrained values: LeNet-5 stays at chance for 25 epochs
        return {"optimizer": "adam"}, Note(_TUTORIAL_SCRATCH)
    return {}, Note(_TUTORIAL)


_NO_DATA = QT_TRANSLATE_NOOP("core", "Epochs and batches follow once a dataset is open.")
_HEAD = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images and a frozen backbone: a head alone learns well at a rate of {rate}.",
)
_ALL = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images and pretrained values: at a rate of {rate} the layers keep what they "
    "know.",
)
_TWO_RATES = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images: the head learns with {rate}, the pretrained layers with a tenth of "
    "it.",
)
_TINY = QT_TRANSLATE_NOOP(
    "core",
    "Only {images} training images, so batches are small: with {batch} images each, the weights "
    "are adjusted {steps}× an epoch, at a learning rate of {rate}.",
)
_FROM_SCRATCH = QT_TRANSLATE_NOOP(
    "core",
    "{images} training images and random values: Adam with {rate} finds its way, and it takes "
    "longer.",
)
_TUTORIAL = QT_TRANSLATE_NOOP(
    "core", "The learning rate of the PyTorch transfer-learning tutorial, whatever the dataset."
)
_TUTORIAL_SCRATCH = QT_TRANSLATE_NOOP(
    "core", "The tutorial's settings, but with Adam: its own steps are for pretrained values."
)

PRESETS = Registry(
    QT_TRANSLATE_NOOP("core", "preset"),
    (
        PresetSpec(
            RECOMMENDED,
            QT_TRANSLATE_NOOP("core", "Recommended"),
            QT_TRANSLATE_NOOP(
                "core",
                "As the advice has them for so many images, this strategy and these starting "
                "values.",
            ),
            _recommended,
        ),
        PresetSpec(
            TUTORIAL,
            QT_TRANSLATE_NOOP("core", "PyTorch tutorial"),
            QT_TRANSLATE_NOOP(
                "core",
                "SGD with a learning rate of 0.001 that falls to a tenth every 7 epochs, for 25 "
                "epochs, whatever the dataset.",
            ),
            _tutorial,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset in force, for one dataset.

    Attributes:
        name: of its row in `PRESETS`.
        data: the open dataset; empty without one.
    """

    name: str = DEFAULT_PRESET
    data: DataFacts = field(default_factory=DataFacts)

    @property
    def spec(self) -> PresetSpec:
        """Its row.

        Raises:
            ConfigError: there is no such preset.
        """
        return PRESETS[self.name]

    def propose(self, config: RunConfig) -> Proposal:
        """The settings for the network and the layers that `config` chooses."""
        return _proposal(self, chosen(config))

    def followed(
        self,
        config: RunConfig,
        before: RunConfig,
        *,
        earlier: Preset | None = None,
        keep: Collection[str] = (),
    ) -> RunConfig:
        """`config`, which was `before`, with what was only proposed as it is proposed now.

        Args:
            config: after something was chosen.
            before: that choice; what differs in it from its proposal was set by hand.
            earlier: the preset that was in force then; None if it was this one.
            keep: names of settings that stay, because they were chosen with the rest.
        """
        if earlier is None and chosen(config) == chosen(before):
            return config
        old, new = (earlier or self).propose(before).config, self.propose(config).config
        values = {
            name: getattr(new, name)
            for name in PRESET_FIELDS
            if name not in keep and getattr(config, name) == getattr(old, name)
        }
        return config.model_copy(update=values)  # each is valid already


@lru_cache(maxsize=64)  # settings are changed digit by digit, and strategies looked at in turn
def _proposal(preset: Preset, values: tuple[object, ...]) -> Proposal:
    config = make_config(dict(zip(CHOSEN, values, strict=True)))
    settings, reason = preset.spec.propose(config, preset.data)
    return Proposal(config.changed(**settings), reason)


def chosen(config: RunConfig) -> tuple[object, ...]:
    """The part of `config` that a person chose, and that a preset goes by."""
    return tuple(getattr(config, name) for name in CHOSEN)
