"""Measurements at each depth of a network for one dataset, on which advice rests.

A linear probe of the features at a depth says how well the classes can be told apart there (Alain
and Bengio 2016, https://arxiv.org/abs/1610.01644). Where the probe climbs up to the last stage, the
network's own way of seeing suits the dataset; where it has its best behind it, the last stages are
made for other images (Yosinski et al. 2014, https://arxiv.org/abs/1411.1792).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.significance import mcnemar, wilson
from tlstudio.core.strategies.layers import SMALL_STAGE

EVIDENCE_VERSION = 1
MAX_IMAGES = 1000  # a probe's interval is ±2.5 points there, and the pass takes a minute at most
MAX_CLASSES = 50  # of more some are taken: probes of many classes would take minutes each


RIGHT, WRONG = "1", "0"


@dataclass(frozen=True, slots=True)
class ProbeGain:
    """The difference between two probes on the same images.

    Paired, so that what is hard for both does not count, nor which images happen to be there.

    Attributes:
        difference: of the accuracies, a fraction.
        p_value: two-sided, of McNemar's exact test: how likely chance alone differs as much.
    """

    difference: float
    p_value: float


@dataclass(frozen=True, slots=True)
class StageEvidence:
    """The measurements at one depth of a network.

    Attributes:
        path: module path of the stage; that of the head for what goes into the head; empty for
            the image itself.
        features: numbers per image that the probe was given there.
        parameters: of the stage.
        answers: of the cross-validated linear probe for each image that was used, in one order for
            all depths: `RIGHT` or `WRONG`. Empty where there were too few images.
        knn_accuracy: fraction of images whose most similar other ones are mostly of their class;
            None where there were too few images.
        gradient_ratio: norm of the gradient of one batch over the norm of the weights, in the
            stage; None where it was not measured or nothing there trains.
    """

    path: str
    features: int
    parameters: int
    answers: str = ""
    knn_accuracy: float | None = None
    gradient_ratio: float | None = None

    @property
    def right(self) -> int:
        return self.answers.count(RIGHT)

    @property
    def probe_accuracy(self) -> float | None:
        """The accuracy of the cross-validated linear probe, a fraction; None without one."""
        return self.right / len(self.answers) if self.answers else None

    @property
    def interval(self) -> tuple[float, float, float] | None:
        """Low, accuracy, high of the probe, fractions, with Wilson's 95 % interval."""
        if not self.answers:
            return None
        found = wilson(self.right, len(self.answers))
        return found.low, self.right / len(self.answers), found.high

    def gain_over(self, other: StageEvidence) -> ProbeGain:
        """Compare this probe with that of `other`, image by image."""
        pairs = list(zip(self.answers, other.answers, strict=True))
        mine, theirs = pairs.count((RIGHT, WRONG)), pairs.count((WRONG, RIGHT))
        return ProbeGain((mine - theirs) / max(1, len(pairs)), mcnemar(mine, theirs))


@dataclass(frozen=True)
class EvidenceRecord:
    """The evidence for one network, its weights and inputs, and one dataset.

    Attributes:
        key: digest of all that it depends on; the same key gives the same record.
        model: name in the catalog.
        weights: name of the pretrained weights; empty where they are random.
        image_px: side of the network's input.
        classes: of the images used.
        images: training images that were used.
        train_images: training images that there are; more than `images` where a stratified part
            was taken.
        folds: of the cross-validation.
        chance: share of the largest class among the images used: what guessing it gives.
        pixels: the image itself, made small; what no network is needed for.
        stages: from the input to the head.
        head: what goes into the head.
        handedness: fraction of images that are more like the others as they are than like their
            mirror images; one half where left and right mean nothing.
        measured_on: ISO date.
    """

    key: str
    model: str
    weights: str
    image_px: int
    classes: int
    images: int
    train_images: int
    folds: int
    chance: float
    pixels: StageEvidence
    stages: tuple[StageEvidence, ...]
    head: StageEvidence
    handedness: float = 0.5
    measured_on: str = ""

    @cached_property
    def rows(self) -> tuple[StageEvidence, ...]:
        """The stages and, at the end, the head."""
        return (*self.stages, self.head)

    @cached_property
    def by_path(self) -> Mapping[str, StageEvidence]:
        """The rows by module path."""
        return {row.path: row for row in self.rows}

    @property
    def is_part(self) -> bool:
        """Whether only a part of the training images was used."""
        return self.images < self.train_images

    @property
    def best(self) -> StageEvidence | None:
        """The row with the most accurate probe, the deepest of equals; None without probes."""
        probed = [row for row in self.rows if row.answers]
        return max(reversed(probed), key=lambda row: row.right, default=None)


@dataclass(frozen=True, slots=True)
class EvidenceProgressed:
    """The progress of a measurement.

    Attributes:
        progress: share that is done, 0..1.
        stage: path of the stage that is being probed; empty while images are looked at.
    """

    progress: float
    stage: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceMeasured:
    """The last event of measuring.

    Attributes:
        record: what was found.
        from_cache: whether it had been measured before.
    """

    record: EvidenceRecord
    from_cache: bool = False


def evidence_stages(tree: LayerTree) -> tuple[LayerNode, ...]:
    """The stages below the head that are worth a probe of their own, from input to head.

    A lone layer with next to no parameters (a norm, a stem) is left out: it goes with the stage
    beside it.
    """
    found = []
    for stage in tree.stages:
        layers = [node for node in stage.walk() if node.own_parameters]
        if all(layer.is_head for layer in layers):
            continue
        if len(layers) > 1 or stage.parameters >= SMALL_STAGE * tree.parameters:
            found.append(stage)
    return tuple(found)
