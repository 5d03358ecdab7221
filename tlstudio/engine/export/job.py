"""An export in the making: the network, and the images that belong to it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.errors import ConfigError
from tlstudio.core.export.formats import ExportOptions
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.kept import KeptRun
from tlstudio.engine.data.sources.folder_names import class_key
from tlstudio.engine.export.wrapped import export_metadata
from tlstudio.engine.models.auxiliary import without_auxiliary
from tlstudio.engine.models.catalog import get_model, has_model
from tlstudio.engine.models.classifier import Classifier

MOST_IMAGES = 1000  # that are compared; more take minutes and tell no more


@dataclass(frozen=True)
class ExportJob:
    """What a form of export needs to be written.

    Attributes:
        classifier: on the CPU, in eval mode; a copy.
        options: that were checked.
        stop: read meanwhile.
        index: the dataset that it was trained on; None where it is not at hand.
        run: that made it; None for weights from elsewhere.
    """

    classifier: Classifier
    options: ExportOptions
    stop: StopToken
    index: DatasetIndex | None = None
    run: KeptRun | None = None

    @classmethod
    def of(
        cls,
        classifier: Classifier,
        options: ExportOptions,
        stop: StopToken,
        index: DatasetIndex | None = None,
        run: KeptRun | None = None,
    ) -> ExportJob:
        """A job on a copy of the classifier, which may go on training meanwhile."""
        plain = without_auxiliary(classifier)
        network = copy.deepcopy(plain.network).cpu().eval()
        return cls(replace(plain, network=network), options, stop, index, run)

    @cached_property
    def licence(self) -> str:
        """Of the pretrained weights that training began with; empty where it is not known."""
        config = self.classifier.config
        if config.initialisation != "pretrained" or not has_model(self.classifier.model):
            return ""
        try:
            weights = get_model(self.classifier.model).weights_named(config.weights)
        except ConfigError:
            return ""
        return weights.licence if weights is not None else ""

    @property
    def metadata(self) -> dict[str, str]:
        """What the file is to say of itself."""
        return export_metadata(
            self.classifier,
            with_preprocessing=self.options.with_preprocessing,
            licence=self.licence,
        )

    @cached_property
    def validation(self) -> Sequence[Sample]:
        """Validation images of the classifier's own classes, evenly chosen; classes are its own."""
        return self._samples(Split.VAL, MOST_IMAGES)

    def training(self, most: int) -> Sequence[Sample]:
        """Likewise, of the training images."""
        return self._samples(Split.TRAIN, most)

    def _samples(self, split: Split, most: int) -> Sequence[Sample]:
        if self.index is None:
            return ()
        places = {class_key(name): place for place, name in enumerate(self.classifier.classes)}
        own = [places.get(class_key(name)) for name in self.index.classes]
        found = [
            replace(sample, class_index=place)
            for sample in self.index.by_split[split]
            if (place := own[sample.class_index]) is not None
        ]
        if len(found) <= most:
            return found
        return [found[number * len(found) // most] for number in range(most)]
