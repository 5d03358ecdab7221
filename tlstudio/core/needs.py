"""The needs of training and of the studies, and the sentence for each that is missing.

A feature's needs are a tuple, in the order in which a person would provide them; `missing` finds
the first that is not met. Header, pages, studies and terminal all say the sentence of that need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from tlstudio.core.errors import ConfigError, DatasetError, TLStudioError, WeightsMissingError
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class Need(StrEnum):
    """The things that features need before they can start."""

    DATASET_READ = "dataset_read"
    DATASET = "dataset"
    VAL_IMAGES = "val_images"
    ENGINE = "engine"
    WEIGHTS = "weights"  # those from which the run would start
    PRETRAINING = "pretraining"  # there are pretrained weights at all
    PRETRAINED_WEIGHTS = "pretrained_weights"  # however the run would start
    NETWORK = "network"
    PLAN = "plan"
    FIELDS = "fields"  # nothing stands in a field of the settings that cannot be used
    NO_RUN = "no_run"
    NO_STUDY = "no_study"


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that decide whether something can start. By default, nothing is missing.

    Attributes:
        has_pretraining: whether the model has pretrained weights at all.
        has_pretrained_weights: whether the chosen ones are on this machine.
        lacks_weights: whether the run would start from weights that are not on this machine.
        has_network: whether the layers of the network are known.
        problem: why they cannot be known, or why nothing can be planned; None for nothing special.
        field_problem: what stands in a field of the settings and cannot be used; None for nothing.
    """

    is_reading: bool = False
    has_dataset: bool = True
    has_val_images: bool = True
    has_engine: bool = True
    lacks_weights: bool = False
    has_pretraining: bool = True
    has_pretrained_weights: bool = True
    has_network: bool = True
    has_plan: bool = True
    is_training: bool = False
    is_studying: bool = False
    problem: TLStudioError | None = None
    field_problem: TLStudioError | None = None


@dataclass(frozen=True, slots=True)
class NeedSpec:
    """A need: whether it is missing, and the error that says so."""

    is_missing: Callable[[Facts], bool]
    error: TLStudioError


NEEDS: dict[Need, NeedSpec] = {
    Need.DATASET_READ: NeedSpec(
        lambda facts: facts.is_reading,
        DatasetError(QT_TRANSLATE_NOOP("core", "The dataset is being read.")),
    ),
    Need.DATASET: NeedSpec(
        lambda facts: not facts.has_dataset,
        DatasetError(
            QT_TRANSLATE_NOOP("core", "There is no dataset yet."),
            QT_TRANSLATE_NOOP("core", "Open a folder of images, or the sample dataset."),
        ),
    ),
    Need.VAL_IMAGES: NeedSpec(
        lambda facts: not facts.has_val_images,
        DatasetError(
            QT_TRANSLATE_NOOP("core", "A race is decided by validation images: there are none."),
            QT_TRANSLATE_NOOP("core", "Set some images aside for validation."),
        ),
    ),
    Need.ENGINE: NeedSpec(
        lambda facts: not facts.has_engine,
        TLStudioError(
            QT_TRANSLATE_NOOP("core", "PyTorch is loading."),
            QT_TRANSLATE_NOOP(
                "core", "This takes some seconds after the start; you can go on meanwhile."
            ),
        ),
    ),
    Need.WEIGHTS: NeedSpec(
        lambda facts: facts.lacks_weights,
        WeightsMissingError(
            QT_TRANSLATE_NOOP("core", "The pretrained weights are not on this machine yet."),
            QT_TRANSLATE_NOOP(
                "core",
                "Download them in the Model step, choose a model that has them, or train from "
                "scratch.",
            ),
        ),
    ),
    Need.PRETRAINING: NeedSpec(
        lambda facts: not facts.has_pretraining,
        WeightsMissingError(
            QT_TRANSLATE_NOOP("core", "This model has no pretrained weights to look at."),
            QT_TRANSLATE_NOOP("core", "Choose a model that has them."),
        ),
    ),
    Need.PRETRAINED_WEIGHTS: NeedSpec(
        lambda facts: not facts.has_pretrained_weights,
        WeightsMissingError(
            QT_TRANSLATE_NOOP("core", "The pretrained weights are not on this machine yet."),
            QT_TRANSLATE_NOOP("core", "Download them in the Model step."),
        ),
    ),
    Need.NETWORK: NeedSpec(
        lambda facts: not facts.has_network,
        TLStudioError(QT_TRANSLATE_NOOP("core", "The layers of the network are being read.")),
    ),
    Need.PLAN: NeedSpec(
        lambda facts: not facts.has_plan,
        ConfigError(
            QT_TRANSLATE_NOOP("core", "No layer is ticked, so there is nothing to train."),
            QT_TRANSLATE_NOOP("core", "Tick at least the head in the layer tree."),
        ),
    ),
    Need.FIELDS: NeedSpec(
        lambda facts: facts.field_problem is not None,
        ConfigError(QT_TRANSLATE_NOOP("core", "A setting cannot be used as it stands.")),
    ),
    Need.NO_RUN: NeedSpec(
        lambda facts: facts.is_training,
        TLStudioError(
            QT_TRANSLATE_NOOP("core", "A training run is in progress."),
            QT_TRANSLATE_NOOP("core", "This can start when it is over."),
        ),
    ),
    Need.NO_STUDY: NeedSpec(
        lambda facts: facts.is_studying,
        TLStudioError(
            QT_TRANSLATE_NOOP(
                "core", "A race, a cross-validation or another measurement is in progress."
            ),
            QT_TRANSLATE_NOOP("core", "This can start when it is over or cancelled."),
        ),
    ),
}

_IMAGES = (Need.DATASET_READ, Need.DATASET)
_NOTHING_ELSE = (Need.NO_RUN, Need.NO_STUDY)

CHOSEN_NETWORK = (Need.ENGINE, Need.WEIGHTS, Need.NETWORK, Need.PLAN)
TRAINING = (*_IMAGES, *CHOSEN_NETWORK, Need.FIELDS, *_NOTHING_ELSE)
RATE_FINDER = TRAINING
RACE = (*_IMAGES, Need.VAL_IMAGES, Need.ENGINE, Need.FIELDS, *_NOTHING_ELSE)
RANKING = (*_IMAGES, Need.ENGINE, *_NOTHING_ELSE)
EVIDENCE = (
    *_IMAGES,
    Need.ENGINE,
    Need.NETWORK,
    Need.PRETRAINING,
    Need.PRETRAINED_WEIGHTS,
    *_NOTHING_ELSE,
)
SPEEDS = (Need.ENGINE, *_NOTHING_ELSE)
LOADING_WEIGHTS = (Need.ENGINE, Need.NO_RUN)


def missing(needs: Iterable[Need], facts: Facts) -> Need | None:
    """The first of `needs` that is not met; None if all are."""
    return next((need for need in needs if NEEDS[need].is_missing(facts)), None)


def why_missing(need: Need, facts: Facts | None = None) -> TLStudioError:
    """The sentence and hint to say; what `facts` know in particular goes before the usual."""
    if facts is not None and facts.problem is not None and need in (Need.NETWORK, Need.PLAN):
        return facts.problem
    if facts is not None and facts.field_problem is not None and need is Need.FIELDS:
        return facts.field_problem
    usual = NEEDS[need].error
    return type(usual)(usual.sentence, usual.hint)  # it may be raised
