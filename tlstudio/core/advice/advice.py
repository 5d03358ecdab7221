"""The facts that the advisor knows, and the advice that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tlstudio.core.advice.evidence import EvidenceRecord
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, ImagesGlance, Split
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class AdviceCase(StrEnum):
    """The four cases of transfer learning, and two in which they cannot be told."""

    SMALL_SIMILAR = "small_similar"
    SMALL_DIFFERENT = "small_different"
    LARGE_SIMILAR = "large_similar"
    LARGE_DIFFERENT = "large_different"
    NO_WEIGHTS = "no_weights"  # there is nothing to transfer
    UNMEASURED = "unmeasured"  # no evidence yet, or too few images for any


CASE_TITLES = {
    AdviceCase.SMALL_SIMILAR: QT_TRANSLATE_NOOP("core", "Few images, similar"),
    AdviceCase.SMALL_DIFFERENT: QT_TRANSLATE_NOOP("core", "Few images, different"),
    AdviceCase.LARGE_SIMILAR: QT_TRANSLATE_NOOP("core", "Many images, similar"),
    AdviceCase.LARGE_DIFFERENT: QT_TRANSLATE_NOOP("core", "Many images, different"),
    AdviceCase.NO_WEIGHTS: QT_TRANSLATE_NOOP("core", "Nothing to transfer"),
    AdviceCase.UNMEASURED: QT_TRANSLATE_NOOP("core", "Not measured"),
}


class AdviceTopic(StrEnum):
    """The topics of advice."""

    STRATEGY = "strategy"
    RATE = "rate"
    EPOCHS = "epochs"
    AUGMENTATION = "augmentation"
    BALANCE = "balance"
    DATA = "data"  # about the dataset itself; changes no setting


TOPIC_TITLES = {
    AdviceTopic.STRATEGY: QT_TRANSLATE_NOOP("core", "Layers to train"),
    AdviceTopic.RATE: QT_TRANSLATE_NOOP("core", "Learning rate"),
    AdviceTopic.EPOCHS: QT_TRANSLATE_NOOP("core", "Epochs"),
    AdviceTopic.AUGMENTATION: QT_TRANSLATE_NOOP("core", "Training images"),
    AdviceTopic.BALANCE: QT_TRANSLATE_NOOP("core", "Uneven classes"),
    AdviceTopic.DATA: QT_TRANSLATE_NOOP("core", "Dataset"),
}


@dataclass(frozen=True, slots=True)
class DataFacts:
    """The facts about a dataset that are known as soon as it is open.

    Attributes:
        class_names: in class order; none without a dataset.
        train_counts: training images of each class.
        images: what the images look like; None where nobody looked yet.
    """

    class_names: tuple[str, ...] = ()
    train_counts: tuple[int, ...] = ()
    images: ImagesGlance | None = None

    @classmethod
    def of(cls, index: DatasetIndex, images: ImagesGlance | None = None) -> DataFacts:
        """Gather the facts about a dataset; see the attributes."""
        return cls(index.classes, index.counts[Split.TRAIN], images)

    @property
    def train_images(self) -> int:
        return sum(self.train_counts)


@dataclass(frozen=True)
class AdviceFacts:
    """The facts that advice is made from.

    Attributes:
        config: the settings as they are; model, weights and inputs are taken as given.
        tree: of the model, with a head for the dataset's classes.
        class_names: in class order.
        train_counts: training images of each class.
        val_images: validation images; 0 without such a split.
        has_weights: whether the model has pretrained weights at all.
        images: what the images look like; None where nobody looked.
        evidence: what was measured; None before that.
    """

    config: RunConfig
    tree: LayerTree
    class_names: tuple[str, ...]
    train_counts: tuple[int, ...]
    val_images: int
    has_weights: bool
    images: ImagesGlance | None = None
    evidence: EvidenceRecord | None = None

    @classmethod
    def of(
        cls,
        config: RunConfig,
        tree: LayerTree,
        index: DatasetIndex,
        *,
        has_weights: bool,
        images: ImagesGlance | None = None,
        evidence: EvidenceRecord | None = None,
    ) -> AdviceFacts:
        """Gather the facts about a dataset; see the attributes."""
        return cls(
            config=config,
            tree=tree,
            class_names=index.classes,
            train_counts=index.counts[Split.TRAIN],
            val_images=len(index.by_split[Split.VAL]),
            has_weights=has_weights,
            images=images,
            evidence=evidence,
        )

    @property
    def data(self) -> DataFacts:
        """The part of the facts that needs no network."""
        return DataFacts(self.class_names, self.train_counts, self.images)

    @property
    def train_images(self) -> int:
        return self.data.train_images

    @property
    def per_class(self) -> float:
        """Mean number of training images of the classes that have any."""
        filled = [count for count in self.train_counts if count]
        return sum(filled) / len(filled) if filled else 0.0


@dataclass(frozen=True, slots=True)
class AdviceItem:
    """A piece of advice: a sentence, its reasons and its settings.

    Attributes:
        topic: what it is about.
        statement: what to do, a sentence.
        reasons: why, a sentence each, with the numbers.
        settings: the fields of the configuration that it sets; empty where it only tells.
    """

    topic: AdviceTopic
    statement: Note
    reasons: tuple[Note, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advice:
    """The advice for a dataset and a network, item by item.

    Attributes:
        case: which of the known cases this is.
        headline: the whole advice in one sentence.
        items: in the order in which they matter; the first is about the layers to train.
        similarity: of the dataset to what the weights were trained on, 0..1; None where it could
            not be measured.
    """

    case: AdviceCase
    headline: Note
    items: tuple[AdviceItem, ...]
    similarity: float | None = None

    @property
    def settings(self) -> dict[str, object]:
        """All settings of the advice, ready for `RunConfig.changed`."""
        return {name: value for item in self.items for name, value in item.settings.items()}

    @property
    def train_from(self) -> str:
        """Module path at which training is to begin; empty for the whole network or the head."""
        return str(self.settings.get("train_from", ""))

    def is_followed_by(self, config: RunConfig) -> bool:
        """Whether `config` has all of the settings already."""
        return all(getattr(config, name) == value for name, value in self.settings.items())
