"""Measuring the evidence: one pass over the images, then a probe for each depth."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from tlstudio.core.advice.evidence import (
    MAX_CLASSES,
    MAX_IMAGES,
    RIGHT,
    WRONG,
    EvidenceMeasured,
    EvidenceProgressed,
    EvidenceRecord,
    StageEvidence,
    evidence_stages,
)
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.networks.build_config import build_config
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.advice.files import EvidenceSoFar, evidence_key, probed_config, stored, write
from tlstudio.engine.advice.gradients import gradient_ratios
from tlstudio.engine.advice.pixels import handedness, pixel_rows
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.device import resolve_device
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.probing.features import (
    HEAD_INPUT,
    PooledFeatures,
    PoolingProgressed,
    pooled_features,
)
from tlstudio.engine.probing.probe import (
    FOLDS,
    ProbeRecord,
    check_enough,
    cross_validate,
    knn_accuracy,
    subsample,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

EvidenceEvent = EvidenceProgressed | SampleSkipped | EvidenceMeasured

_PASS = 0.5  # share of the whole that the pass over the images takes; the probes take the rest


def measure_evidence(
    config: RunConfig, index: DatasetIndex, stop: StopToken
) -> Iterator[EvidenceEvent]:
    """Measure what each depth of the configured network is worth for the training images.

    The weights are the pretrained ones wherever the model has any. What was measured before is
    told at once.

    Yields:
        Progress, files that could not be read, and last of all one `EvidenceMeasured`, unless it
        was stopped.

    Raises:
        ConfigError, ModelError, DeviceError: the network cannot be built as asked.
        DatasetError: there are not two classes with two readable training images each.
        WeightsMissingError, WeightsError: the weights are not on this machine, or damaged.
    """
    key = evidence_key(config, index)
    known = stored(key)
    if known is not None:
        yield EvidenceMeasured(known, from_cache=True)
        return
    config = probed_config(config)
    yield EvidenceProgressed(0.0)
    classifier = build_classifier(config, index.classes)
    classifier.network.to(resolve_device(config.device))
    spec = get_model(config.model)
    tree = layer_tree(spec.name, len(index.classes), build_config(config, spec))
    everyone = index.by_split[Split.TRAIN]
    work = _Work(classifier, tree, chosen(everyone), stop, EvidenceSoFar.of(key))
    parts = yield from work.rows()
    if parts is None:
        return
    weights = spec.weights_named(config.weights) if config.initialisation == "pretrained" else None
    counts = np.bincount(work.targets)
    record = EvidenceRecord(
        key=key,
        model=spec.name,
        weights=weights.name if weights else "",
        image_px=classifier.preprocessing.crop_px,
        classes=int((counts > 0).sum()),
        images=len(work.targets),
        train_images=len(everyone),
        folds=FOLDS,
        chance=float(counts.max() / counts.sum()),
        pixels=parts[0],
        stages=tuple(parts[1:-1]),
        head=parts[-1],
        handedness=work.handedness,
        measured_on=date.today().isoformat(),
    )
    write(record)
    work.so_far.discard()
    yield EvidenceMeasured(record)


def chosen(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """The samples that are looked at: at most about `MAX_IMAGES`, of `MAX_CLASSES` at most.

    A probe's time grows with images and classes; which ones is decided by a fixed seed.
    """
    classes = sorted({sample.class_index for sample in samples})
    if len(classes) > MAX_CLASSES:
        kept = set(np.random.default_rng(0).permutation(classes)[:MAX_CLASSES].tolist())
        samples = [sample for sample in samples if sample.class_index in kept]
    return subsample(samples, MAX_IMAGES)


@dataclass
class _Work:
    """A part of the measuring, with its cost.

    Attributes:
        samples: to be looked at; afterwards those that could be read.
        so_far: what was measured before, and then stopped.
        targets: of these, ``[N]``.
        handedness: see `EvidenceRecord`.
    """

    classifier: Classifier
    tree: LayerTree
    samples: tuple[Sample, ...]
    stop: StopToken
    so_far: EvidenceSoFar

    def __post_init__(self) -> None:
        self.targets: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.handedness = 0.5
        self._store = ImageStore(self.classifier.preprocessing)
        self._paths = [stage.path for stage in evidence_stages(self.tree)]

    def rows(self) -> Generator[EvidenceEvent, None, list[StageEvidence] | None]:
        """The pixels, each stage, the head; None if stopped."""
        features = yield from self._features()
        if features is None:
            return None
        head = self.tree.head_path
        ratios = gradient_ratios(
            self.classifier, self.tree, [*self._paths, head], self.samples, self._store
        )
        yield EvidenceProgressed(_PASS)
        pixels = pixel_rows(self.samples, self._store, self.stop)
        if pixels is None:
            return None
        self.handedness = handedness(pixels)
        depths = {
            "": pixels,
            **{path: features.vectors[path] for path in self._paths},
            head: features.vectors[HEAD_INPUT],
        }
        total, done = sum(_cost(x) for x in depths.values()), 0.0
        found = []
        for path, x in depths.items():
            yield EvidenceProgressed(_PASS + (1 - _PASS) * done, path)
            stage = self.so_far.of_stage(path, len(self.targets))
            if stage is None:
                probe = self._probe(x)
                if probe is None:
                    return None
                stage = StageEvidence(
                    path=path,
                    features=x.shape[1],
                    parameters=self.tree.nodes[path].parameters if path else 0,
                    answers=_text(probe.right),
                    knn_accuracy=knn_accuracy(x, self.targets),
                    gradient_ratio=ratios.get(path),
                )
                self.so_far = self.so_far.with_stage(stage)
            found.append(stage)
            done += _cost(x) / total
        yield EvidenceProgressed(1.0)
        return found

    def _features(self) -> Generator[EvidenceEvent, None, PooledFeatures | None]:
        paths = [*self._paths, HEAD_INPUT]
        result = None
        for event in pooled_features(
            *(self.classifier, self.samples, paths, self.stop),
            store=self._store,
            precision=self.classifier.config.precision,
        ):
            if isinstance(event, PooledFeatures):
                result = event
            elif isinstance(event, PoolingProgressed):
                yield EvidenceProgressed(_PASS * event.done / max(1, event.total))
            else:
                yield event
        if result is not None:
            check_enough(result.targets)
            self.samples = tuple(self.samples[place] for place in result.indices)
            self.targets = result.targets
        return result

    def _probe(self, x: NDArray[np.float32]) -> ProbeRecord | None:
        for event in cross_validate(x, self.targets, self.stop):
            if isinstance(event, ProbeRecord):
                return event
        return None


def _cost(x: NDArray[np.float32]) -> float:
    """Estimate the cost of a probe in any unit; it mostly grows with the number of features."""
    return float(50 + x.shape[1])


def _text(right: NDArray[np.bool_]) -> str:
    return "".join(RIGHT if value else WRONG for value in right)
