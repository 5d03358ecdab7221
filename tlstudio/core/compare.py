"""Comparing networks: what each set of weights is worth, what it costs, and how fast it runs here.

After Bianco et al., "Benchmark Analysis of Representative Deep Neural Network Architectures",
IEEE Access 2018 (https://arxiv.org/abs/1810.00736).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from annotated_types import Gt

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.catalog import Library, ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.published_results import Results, result_of
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class FamilyGroup(StrEnum):
    """Families that are told apart at a glance; in a chart each has a colour."""

    PLAIN = "plain"
    RESIDUAL = "residual"
    REGNET = "regnet"
    MOBILE = "mobile"
    EFFICIENTNET = "efficientnet"
    CONVNEXT = "convnext"
    TRANSFORMER = "transformer"
    OTHER = "other"


GROUP_TITLES = {
    FamilyGroup.PLAIN: "AlexNet, VGG",
    FamilyGroup.RESIDUAL: QT_TRANSLATE_NOOP("core", "ResNets"),
    FamilyGroup.REGNET: "RegNet",
    FamilyGroup.MOBILE: QT_TRANSLATE_NOOP("core", "Mobile"),
    FamilyGroup.EFFICIENTNET: "EfficientNet",
    FamilyGroup.CONVNEXT: "ConvNeXt",
    FamilyGroup.TRANSFORMER: QT_TRANSLATE_NOOP("core", "Transformers"),
    FamilyGroup.OTHER: QT_TRANSLATE_NOOP("core", "Others"),
}

# What a family's id begins with; the first that fits counts.
_BEGINNINGS = (
    ("alexnet", FamilyGroup.PLAIN),
    ("vgg", FamilyGroup.PLAIN),
    ("resnet", FamilyGroup.RESIDUAL),
    ("resnext", FamilyGroup.RESIDUAL),
    ("wide_resnet", FamilyGroup.RESIDUAL),
    ("regnet", FamilyGroup.REGNET),
    ("mobilenet", FamilyGroup.MOBILE),
    ("mnasnet", FamilyGroup.MOBILE),
    ("shufflenet", FamilyGroup.MOBILE),
    ("squeezenet", FamilyGroup.MOBILE),
    ("efficientnet", FamilyGroup.EFFICIENTNET),
    ("convnext", FamilyGroup.CONVNEXT),
    ("vit", FamilyGroup.TRANSFORMER),
    ("deit", FamilyGroup.TRANSFORMER),
    ("swin", FamilyGroup.TRANSFORMER),
    ("maxvit", FamilyGroup.TRANSFORMER),
)


def group_of(family_id: str) -> FamilyGroup:
    """The group of a family by its id in `core.families`."""
    for beginning, group in _BEGINNINGS:
        if family_id.startswith(beginning):
            return group
    return FamilyGroup.OTHER


WeightsKey = tuple[str, str]  # names of the model and of its weights
SpeedKey = tuple[str, int]  # name of the model, side of its input in pixels


@dataclass(frozen=True, slots=True)
class ComparedWeights:
    """A set of weights whose accuracy on ImageNet-1k its library states.

    Attributes:
        spec: the network.
        weights: the weights.
        top1: fraction 0..1.
        top5: likewise; None where it is not known.
        tested_px: side of the images of the test, where it is known to be another than its own.
    """

    spec: ModelSpec
    weights: WeightsSpec
    top1: float
    top5: float | None = None
    tested_px: int = 0

    @property
    def key(self) -> WeightsKey:
        return self.spec.name, self.weights.name

    @property
    def speed_key(self) -> SpeedKey:
        """The key of the speed measurement; weights with equal inputs share it."""
        return self.spec.name, self.image_px

    @property
    def is_default(self) -> bool:
        """Whether these are the weights that one gets without asking."""
        return self.weights is self.spec.weights[0]

    @property
    def group(self) -> FamilyGroup:
        return group_of(self.spec.family_id)

    @property
    def parameters(self) -> int:
        return self.spec.parameters

    @property
    def gflops(self) -> float:
        """Billions of multiply-adds for one image of the weights' own size; 0 while unknown."""
        is_counted = self.is_default or self.image_px == self.spec.preprocessing.crop_px
        return self.weights.gflops or (self.spec.gflops if is_counted else 0.0)

    @property
    def image_px(self) -> int:
        return self.weights.preprocessing.crop_px

    @property
    def density(self) -> float:
        """Percentage points of top-1 per million parameters: "accuracy density" in the paper."""
        return 100 * self.top1 / (self.parameters / 1e6) if self.parameters else 0.0

    @property
    def ready(self) -> bool:
        """Whether the weights are on this machine."""
        return self.weights.place in (WeightsPlace.ON_BOARD, WeightsPlace.CACHED)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The weights of the catalog that can be compared.

    Attributes:
        rows: in the order of the catalog.
        left_out: how many sets of weights there are besides, whose accuracy nobody states.
        published: how many of the rows are from a table of results.
    """

    rows: tuple[ComparedWeights, ...] = ()
    left_out: int = 0
    published: int = 0

    @classmethod
    def of(cls, models: Iterable[ModelSpec], results: Results | None = None) -> Comparison:
        """Collect the weights of the catalog whose accuracy and size are known.

        Args:
            models: of the catalog.
            results: that timm has published of its weights.
        """
        rows, left_out, published = [], 0, 0
        for spec in models:
            for weights in spec.weights:
                row = _compared(spec, weights)
                if row is None and results and spec.library is Library.TIMM:
                    row = _from_table(spec, weights, results)
                    published += row is not None
                if row is None:
                    left_out += 1
                else:
                    rows.append(row)
        return cls(tuple(rows), left_out, published)


def _compared(spec: ModelSpec, weights: WeightsSpec) -> ComparedWeights | None:
    if weights.imagenet_top1 is None or spec.parameters <= 0:
        return None
    return ComparedWeights(spec, weights, weights.imagenet_top1, weights.imagenet_top5)


def _from_table(spec: ModelSpec, weights: WeightsSpec, results: Results) -> ComparedWeights | None:
    name = spec.name.removeprefix("timm/")
    px = weights.preprocessing.crop_px
    result = result_of(results, name, weights.name, px)
    if result is None or spec.parameters <= 0:
        return None
    tested_px = result.image_px if result.image_px != px else 0
    return ComparedWeights(spec, weights, result.top1, result.top5, tested_px)


@dataclass(frozen=True, slots=True)
class SpeedRecord:
    """The measured speed of a network on a device, with random weights and random images.

    Attributes:
        model: its name in the catalog.
        image_px: side of the square images.
        batch: how many images went through at once.
        device: what people call it.
        precision: ``float32`` or ``bfloat16``.
        torch_version: of the torch that was measured.
        inference_images_per_s: forward in eval mode.
        training_images_per_s: forward, backward and the optimizer's step, all layers training.
        memory_bytes: peak of one training step: weights, gradients, the optimizer's memory and
            activations; None where this system does not tell.
        memory_source: ``resident`` if by how much the process grew, ``allocated`` if what torch
            had allocated on the card; empty if unknown.
        measured_on: ISO date.
        is_steady: whether equal passes took about the same time; if not, the machine was busy.
    """

    model: str
    image_px: int
    batch: int
    device: str
    precision: str
    torch_version: str
    inference_images_per_s: Annotated[float, Gt(0)]
    training_images_per_s: Annotated[float, Gt(0)]
    memory_bytes: int | None
    memory_source: str
    measured_on: str
    is_steady: bool

    @property
    def key(self) -> SpeedKey:
        return self.model, self.image_px

    @property
    def inference_ms(self) -> float:
        """Milliseconds for one image of a batch."""
        return 1000 / self.inference_images_per_s


Speeds = Mapping[SpeedKey, SpeedRecord]


class TooLargeError(TLStudioError):
    """A network that this machine's memory cannot train."""


class CompareAxis(StrEnum):
    """The costs that accuracy can be plotted against."""

    GFLOPS = "gflops"
    PARAMETERS = "parameters"
    MILLISECONDS = "milliseconds"

    def value_of(self, row: ComparedWeights, speeds: Speeds) -> float | None:
        """Billions of multiply-adds, millions of parameters or milliseconds; None if unknown."""
        match self:
            case CompareAxis.GFLOPS:
                return row.gflops or None
            case CompareAxis.PARAMETERS:
                return row.parameters / 1e6
            case CompareAxis.MILLISECONDS:
                record = speeds.get(row.speed_key)
                return record.inference_ms if record else None


class Worth(StrEnum):
    """What the networks of the comparison are worth."""

    TOP1 = "top1"
    TOP5 = "top5"

    def of(self, row: ComparedWeights) -> float | None:
        """The fraction of a row; None where it is not known."""
        return row.top1 if self is Worth.TOP1 else row.top5


@dataclass(frozen=True, slots=True)
class CompareFilter:
    """A filter of the comparison; empty fields let everything pass.

    Attributes:
        query: words that model, family or weights must hold.
        groups: only these.
        ready: only weights on this machine.
    """

    query: str = ""
    groups: frozenset[FamilyGroup] = frozenset()
    ready: bool = False

    def passes(self, row: ComparedWeights) -> bool:
        spec = row.spec
        text = f"{spec.name} {spec.title} {spec.family} {row.weights.name}".casefold()
        return (
            (not self.groups or row.group in self.groups)
            and (row.ready or not self.ready)
            and all(word in text for word in self.query.casefold().split())
        )


def frontier(points: Sequence[tuple[float, float]]) -> tuple[int, ...]:
    """Return the Pareto frontier: the points ``(cost, worth)`` that no other point beats.

    Returns:
        Their indices, cheapest first.
    """
    order = sorted(range(len(points)), key=lambda index: (points[index][0], -points[index][1]))
    best: list[int] = []
    for index in order:
        if not best or points[index][1] > points[best[-1]][1]:
            best.append(index)
    return tuple(best)
