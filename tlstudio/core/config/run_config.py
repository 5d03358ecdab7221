"""The configuration of a run: one table of fields, from which all else follows.

Each field carries its title, help, unit and bounds; the form of the window, the flags of the
terminal, validation, tooltips and the saved file are made from them. The defaults are those of
the PyTorch transfer-learning tutorial
(https://docs.pytorch.org/tutorials/beginner/transfer_learning_tutorial.html).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from tlstudio.core.config.fields import FieldGroup, FieldText, field_specs
from tlstudio.core.config.problems import problem_of
from tlstudio.core.config.training import TrainingConfig
from tlstudio.core.errors import ConfigError
from tlstudio.core.strategies import STRATEGIES, PlanOptions
from tlstudio.core.texts import QT_TRANSLATE_NOOP

CONFIG_VERSION: Literal[1] = 1

Augmentation = Literal["crop_flip", "rotate_flip", "none"]
Views = Literal["cached", "live"]
Precision = Literal["auto", "float32", "bfloat16"]


class RunConfig(TrainingConfig):
    """All that decides a run, apart from the dataset. A frozen value, replaced whole."""

    version: Literal[1] = CONFIG_VERSION

    augmentation: Annotated[
        Augmentation,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Training images"),
            QT_TRANSLATE_NOOP(
                "core",
                "How training images are varied, so that the network sees more than there is.",
            ),
            group=FieldGroup.DATA,
            choices={
                "crop_flip": QT_TRANSLATE_NOOP("core", "Random crop + flip"),
                "rotate_flip": QT_TRANSLATE_NOOP("core", "Rotate 5° + flip"),
                "none": QT_TRANSLATE_NOOP("core", "As they are"),
            },
        ),
    ] = "crop_flip"
    views: Annotated[
        Views,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Varied views"),
            QT_TRANSLATE_NOOP(
                "core",
                "Frozen layers can be computed once for a few views of each image and kept, or "
                "again for new views in every epoch: exact, and slower.",
            ),
            group=FieldGroup.DATA,
            choices={
                "cached": QT_TRANSLATE_NOOP("core", "A few, computed once"),
                "live": QT_TRANSLATE_NOOP("core", "New in every epoch"),
            },
            only_if=("augmentation", ("crop_flip", "rotate_flip")),
        ),
    ] = "cached"
    cached_views: Annotated[
        int,
        Field(ge=1, le=64),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Views per image"),
            QT_TRANSLATE_NOOP("core", "How many views are kept; the epochs take turns with them."),
            group=FieldGroup.DATA,
            rare=True,
            only_if=("views", ("cached",)),
        ),
    ] = 4

    precision: Annotated[
        Precision,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Precision"),
            QT_TRANSLATE_NOOP(
                "core",
                "bfloat16 rounds more and is several times as fast on some processors; automatic "
                "takes it where this machine was measured to gain from it.",
            ),
            group=FieldGroup.MACHINE,
            rare=True,
            choices={
                "auto": QT_TRANSLATE_NOOP("core", "Automatic"),
                "float32": "float32",
                "bfloat16": "bfloat16",
            },
        ),
    ] = "auto"
    device: Annotated[
        str,
        Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$"),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Device"),
            QT_TRANSLATE_NOOP("core", "Where the network computes; auto takes the fastest found."),
            group=FieldGroup.MACHINE,
        ),
    ] = "auto"

    @property
    def plan_options(self) -> PlanOptions:
        """What of it decides which layers train when."""
        return PlanOptions(**{f.name: getattr(self, f.name) for f in fields(PlanOptions)})

    def changed(self, **values: object) -> RunConfig:
        """A copy with some fields replaced, validated.

        Raises:
            ConfigError: a field is unknown or out of bounds; holds every problem.
        """
        return make_config({**self.model_dump(), **values})

    def to_json(self) -> str:
        """For files; `config_from_json` reads it back."""
        return self.model_dump_json(indent=2)


def make_config(values: Mapping[str, object]) -> RunConfig:
    """Validate `values`, filling in defaults.

    Raises:
        ConfigError: something is unknown or out of bounds; holds every problem.
    """
    try:
        config = RunConfig.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError.of(problem_of(row, FIELD_BY_NAME) for row in error.errors()) from None
    STRATEGIES[config.strategy]  # refuses unknown names with a hint
    return config


def config_from_json(text: str) -> RunConfig:
    """Read what `RunConfig.to_json` wrote.

    Raises:
        ConfigError: the text is not a configuration.
    """
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ConfigError(QT_TRANSLATE_NOOP("core", "This is not a configuration file."))
    return make_config(values)


FIELDS = field_specs(RunConfig)
FIELD_BY_NAME = {spec.name: spec for spec in FIELDS}
