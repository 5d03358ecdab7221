"""The four cases of transfer learning as a plane, and what of a network the studio would train.

From left to right images are more and more like those of the pretraining, from the bottom to the
top there are more of them. What a place means is what the advice of the studio says there; a place
is made the facts that the advice would have measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tlstudio.core.advice.advice import AdviceCase, AdviceFacts, AdviceItem
from tlstudio.core.advice.evidence import StageEvidence
from tlstudio.core.advice.place import DECADES
from tlstudio.core.advice.similarity import SIMILAR_FROM, Similarity
from tlstudio.core.advice.strategy import LARGE_IN_ALL, LARGE_PER_CLASS, case_of, strategy_item
from tlstudio.core.config import RunConfig
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.strategies import FreezePlan, backbone_steps, freeze_plan
from tlstudio.core.strategies.layers import head_layers
from tlstudio.core.texts import QT_TRANSLATE_NOOP

CLASSES = 10

# In the order of the CS231n notes, as courses number them.
CASE_NUMBERS = {
    AdviceCase.SMALL_SIMILAR: 1,
    AdviceCase.LARGE_SIMILAR: 2,
    AdviceCase.SMALL_DIFFERENT: 3,
    AdviceCase.LARGE_DIFFERENT: 4,
}

# What others say there (https://cs231n.github.io/transfer-learning/ is the best known).
OTHERS_SAY: Mapping[AdviceCase, str] = {
    AdviceCase.SMALL_SIMILAR: QT_TRANSLATE_NOOP("core", "Courses and books say the same."),
    AdviceCase.LARGE_SIMILAR: QT_TRANSLATE_NOOP(
        "core",
        "Here courses and books differ: some fine-tune the whole network, since so many images "
        "do not spoil it; some train the last layers alone, since the features fit already.",
    ),
    AdviceCase.SMALL_DIFFERENT: QT_TRANSLATE_NOOP(
        "core",
        "Some courses put a linear classifier on an earlier layer instead, whose features are "
        "less made for other classes.",
    ),
    AdviceCase.LARGE_DIFFERENT: QT_TRANSLATE_NOOP(
        "core",
        "Training from scratch would be possible; courses agree that pretrained values are the "
        "better start even so.",
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the plane.

    Attributes:
        x: from different (0) to similar (1).
        y: from few images (0) to many (1).
    """

    x: float
    y: float

    def per_class(self, classes: int = CLASSES) -> int:
        """Training images of each class; many are many of each and in all."""
        enough = max(LARGE_PER_CLASS, LARGE_IN_ALL / classes)
        return max(1, round(enough * math.pow(10, 2 * DECADES * (self.y - 0.5))))

    @staticmethod
    def height_of(train_counts: Iterable[int]) -> float:
        """The `y` of a dataset with so many training images of each class."""
        filled = [count for count in train_counts if count]
        share = min(sum(filled) / max(1, len(filled)) / LARGE_PER_CLASS, sum(filled) / LARGE_IN_ALL)
        return min(1.0, max(0.0, 0.5 + 0.5 * math.log10(max(share, 1e-9)) / DECADES))

    @property
    def similarity(self) -> float:
        """Share of the mistakes on raw pixels that the network's features avoid, 0..1."""
        if self.x < 0.5:
            return 2 * self.x * SIMILAR_FROM
        return SIMILAR_FROM + (2 * self.x - 1) * (1 - SIMILAR_FROM)


@dataclass(frozen=True, slots=True)
class Part:
    """A stage of a network in a plan.

    Attributes:
        name: its module path.
        parameters: elements.
        rate: multiple of the learning rate; 0 where it is frozen.
    """

    name: str
    parameters: int
    rate: float


@dataclass(frozen=True, slots=True)
class Training:
    """What trains of a network, and why.

    Attributes:
        case: of the four.
        item: the advice.
        parts: from the input to the head.
    """

    case: AdviceCase
    item: AdviceItem
    parts: tuple[Part, ...]

    @property
    def trainable(self) -> int:
        """Elements of the parameters that train."""
        return sum(part.parameters for part in self.parts if part.rate)

    @property
    def total(self) -> int:
        return sum(part.parameters for part in self.parts)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of transfer learning.

    Attributes:
        frozen: stages that stay as they are, from the input on; None for all but the head.
        is_pretrained: whether it starts from pretrained values; from random ones everything trains.
        is_gentle: whether, where everything trains, the pretrained stages do with a tenth of the
            learning rate.
    """

    frozen: int | None = None
    is_pretrained: bool = True
    is_gentle: bool = False

    def frozen_of(self, tree: LayerTree) -> int:
        """How many stages of this network stay as they are."""
        if not self.is_pretrained:
            return 0
        below_head = len(backbone_steps(tree))
        return below_head if self.frozen is None else min(self.frozen, below_head)

    def settings(self, tree: LayerTree) -> dict[str, object]:
        """The fields of the configuration that make it, for this network."""
        if not self.is_pretrained:
            return {"strategy": "from_scratch", "initialisation": "random"}
        frozen, steps = self.frozen_of(tree), _steps(tree)
        strategy: dict[str, object]
        if frozen == len(steps) - 1:
            strategy = {"strategy": "feature_extraction"}
        elif frozen:
            strategy = {"strategy": "partial", "train_from": _name(tree, steps[frozen])}
        elif self.is_gentle:
            rates = {"rate_rule": "backbone", "backbone_rate": 0.1}
            strategy = {"strategy": "discriminative", **rates}
        else:
            strategy = {"strategy": "fine_tuning"}
        return {**strategy, "initialisation": "pretrained"}

    def plan(self, tree: LayerTree) -> FreezePlan:
        """What trains of this network."""
        config = RunConfig(model=tree.model).changed(**self.settings(tree))
        return freeze_plan(tree, config.plan_options)


def training_at(tree: LayerTree, place: Place, classes: int = CLASSES) -> Training:
    """What the studio would train with images like these in so many classes."""
    facts = AdviceFacts(
        config=RunConfig(model=tree.model),
        tree=tree,
        class_names=tuple(f"class {number}" for number in range(classes)),
        train_counts=(place.per_class(classes),) * classes,
        val_images=classes,
        has_weights=True,
    )
    similarity = _similarity(tree, place.similarity)
    case = case_of(facts, similarity)
    item = strategy_item(facts, case, similarity)
    plan = freeze_plan(tree, facts.config.changed(**dict(item.settings)).plan_options)
    return Training(case, item, parts_of(tree, plan))


def parts_of(tree: LayerTree, plan: FreezePlan) -> tuple[Part, ...]:
    """The steps of the network from the input to the head, with what `plan` does to them."""
    return tuple(
        Part(
            _name(tree, step),
            sum(tree.nodes[path].own_parameters for path in step),
            max(plan.last.rates.get(path, 0.0) for path in step),
        )
        for step in _steps(tree)
    )


def _steps(tree: LayerTree) -> tuple[frozenset[str], ...]:
    """Paths of the layers of each stage that is worth one, from the input to the head."""
    return (*reversed(backbone_steps(tree)), head_layers(tree))


def _name(tree: LayerTree, step: Iterable[str]) -> str:
    """The path of the stage with which a step begins."""
    first = min(step, key=lambda path: tree.nodes[path].order)
    stages = (stage.path for stage in tree.stages)
    return next((path for path in stages if f"{first}.".startswith(f"{path}.")), first)


def _similarity(tree: LayerTree, value: float) -> Similarity:
    """The measurement of such images; the probe climbs up to the head, as it mostly does."""
    head = StageEvidence(tree.head_path, 0, 0)
    return Similarity(
        value=value,
        low=value,
        high=value,
        pixels=0.0,
        final=value,
        plateau=head,
        plateau_value=max(value, SIMILAR_FROM),
        loss=0.0,
        p_value=1.0,
        is_similar=value >= SIMILAR_FROM,
        is_clear=True,
    )
