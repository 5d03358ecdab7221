"""The leaderboard: which network's features suit a dataset best, before any training.

Each candidate runs once over the training images (those of validation stay unseen); LogME, a
cross-validated linear probe and the nearest neighbours say what its features are worth.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.core.rank import (
    RIGHT,
    UNREAD,
    WRONG,
    Candidate,
    LeaderboardRecord,
    RankEnded,
    RankEvent,
    RankFailure,
    RankProgressed,
    RankRow,
    RankStage,
    RankStarted,
    RowFailed,
    RowRanked,
)
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.compare.model_speed import known_speeds
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.device import resolve_device
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.catalog import get_model, list_models
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.features import (
    HEAD_INPUT,
    PooledFeatures,
    PoolingProgressed,
    pooled_features,
)
from tlstudio.engine.probing.logme import logme
from tlstudio.engine.probing.probe import FOLDS, cross_validate, knn_accuracy
from tlstudio.engine.rank.files import RankedImages, keep_record, row_key, stored_record
from tlstudio.engine.training.failures import explain
from tlstudio.engine.training.precision import autocast, fast_kernels, resolve_precision
from tlstudio.engine.training.progress import MIN_INTERVAL_S

_SPEED_BATCH = 8


def ready_candidates() -> tuple[Candidate, ...]:
    """List the sets of pretrained weights on this machine, in the order of the catalog."""
    return tuple(
        Candidate(spec.name, weights.name)
        for spec in list_models()
        for weights in spec.weights
        if weights.ready
    )


def known_leaderboard(config: RunConfig, index: DatasetIndex) -> LeaderboardRecord | None:
    """The rows of exactly these images, weights and input settings from before.

    Reads the files that it does not know yet; never a network.

    Returns:
        None if there are none, or if the dataset cannot be ranked at all.
    """
    try:
        images = RankedImages.of(index)
    except TLStudioError:
        return None
    record = _still_true(config, stored_record(images))
    return record if record.rows else None


def rank(
    candidates: Sequence[Candidate], config: RunConfig, index: DatasetIndex, stop: StopToken
) -> Iterator[RankEvent]:
    """Rank one candidate after another; each row is kept as soon as it is there.

    Args:
        candidates: rows of these that still hold come back at once.
        config: its inputs (size, colours, stem), device, precision and, for random values, seed;
            its model does not matter.
        index: only training samples are looked at, at most about 2,000 of them.
        stop: read before every batch; then the row in the making is dropped. What its network made
            of images is kept for the next time.

    Yields:
        `RankStarted` first and `RankEnded` last. A candidate that fails is told of by `RowFailed`,
        and the next one begins.

    Raises:
        DatasetError: there are not two classes with two training images each.
        DeviceError: this machine has no such device.
    """
    config = config.changed(device=str(resolve_device(config.device)))
    candidates = tuple(dict.fromkeys(candidates))
    images = RankedImages.of(index)
    record = _still_true(config, stored_record(images))
    work = _Work(config, index.classes, images)
    yield RankStarted(record, candidates)
    for number, candidate in enumerate(candidates, 1):
        if stop.stopped:
            break
        row = record.row_of(candidate)
        if row is not None:
            yield RowRanked(row, is_kept=True)
            continue
        try:
            row = yield from work.row(candidate, number, stop)
        except Exception as problem:
            error = explain(problem, torch.device(config.device))
            yield RowFailed(RankFailure(candidate, _title(candidate), error))
            continue
        if row is not None:
            record = record.with_row(row)
            keep_record(record)
            yield RowRanked(row)
    yield RankEnded(record, is_complete=not stop.stopped)


@dataclass
class _Meter:
    """Lets progress through at most four times a second, and whenever the stage changes."""

    candidate: Candidate
    number: int
    stage: RankStage | None = None
    last_s: float = 0.0

    def at(self, stage: RankStage, done: int, total: int) -> Iterator[RankProgressed]:
        now = time.perf_counter()
        if stage is self.stage and now - self.last_s < MIN_INTERVAL_S and done < total:
            return
        self.stage, self.last_s = stage, now
        yield RankProgressed(self.candidate, self.number, stage, done, max(1, total))


class _Work:
    """Makes rows. Decoded images are kept while the candidates want them of one size."""

    def __init__(self, config: RunConfig, classes: tuple[str, ...], images: RankedImages) -> None:
        self._config, self._classes, self._images = config, classes, images
        self._device = torch.device(config.device)
        self._store: ImageStore | None = None
        self._told: set[str] = set()

    def row(
        self, candidate: Candidate, number: int, stop: StopToken
    ) -> Generator[RankProgressed | SampleSkipped, None, RankRow | None]:
        """Returns the row, or None where it was stopped; raises whatever goes wrong."""
        begin = time.perf_counter()
        meter = _Meter(candidate, number)
        yield from meter.at(RankStage.BUILDING, 0, 1)
        config = candidate.applied_to(self._config)
        classifier = build_classifier(config, self._classes)
        classifier.network.to(self._device)
        features = yield from self._features(classifier, meter, stop)
        if features is None:
            return None
        vectors, targets = features.vectors[HEAD_INPUT], features.targets
        yield from meter.at(RankStage.PROBING, 0, FOLDS)
        answers = [UNREAD] * len(self._images.samples)
        for item in cross_validate(vectors, targets, stop):
            if isinstance(item, int):
                yield from meter.at(RankStage.PROBING, item, FOLDS)
                continue
            for place, is_right in zip(features.indices, item.right, strict=True):
                answers[place] = RIGHT if is_right else WRONG
            return self._row_of(candidate, classifier, features, "".join(answers), begin)
        return None  # stopped

    def _features(
        self, classifier: Classifier, meter: _Meter, stop: StopToken
    ) -> Generator[RankProgressed | SampleSkipped, None, PooledFeatures | None]:
        store = self._store_for(classifier)
        for item in pooled_features(
            classifier,
            self._images.samples,
            (HEAD_INPUT,),
            stop,
            store=store,
            precision=self._config.precision,
        ):
            match item:
                case PoolingProgressed():
                    yield from meter.at(RankStage.FEATURES, item.done, item.total)
                case SampleSkipped():
                    if item.path not in self._told:
                        self._told.add(item.path)
                        yield item
                case PooledFeatures():
                    return item
        return None

    def _store_for(self, classifier: Classifier) -> ImageStore:
        """Views differ by size, resampling and colours; mean and std come after them."""
        wanted = classifier.preprocessing
        if self._store is not None:
            same = replace(self._store.preprocessing, mean=wanted.mean, std=wanted.std)
            if same == wanted:
                return self._store
        self._store = ImageStore(wanted)
        return self._store

    def _row_of(
        self,
        candidate: Candidate,
        classifier: Classifier,
        features: PooledFeatures,
        answers: str,
        begin: float,
    ) -> RankRow:
        spec, image_px = get_model(candidate.model), classifier.preprocessing.crop_px
        weights = None if candidate.is_random else spec.weights_named(candidate.weights)
        vectors, targets = features.vectors[HEAD_INPUT], features.targets
        speeds = {r.key: r for r in known_speeds(self._config.precision, str(self._device))}
        measured = speeds.get((candidate.model, image_px))
        return RankRow(
            candidate=candidate,
            title=spec.title,
            network=row_key(candidate, self._config),
            answers=answers,
            knn_accuracy=knn_accuracy(vectors, targets),
            logme=logme(vectors, targets),
            features=vectors.shape[1],
            parameters=sum(p.numel() for p in classifier.network.parameters()),
            weights_bytes=weights.size_bytes if weights else 0,
            image_px=image_px,
            images_per_s=features.images_per_s or self._speed(classifier),
            memory_bytes=measured.memory_bytes if measured else None,
            elapsed_s=time.perf_counter() - begin,
        )

    @torch.no_grad()
    def _speed(self, classifier: Classifier) -> float:
        """Images per second where no image had to be computed: the fastest of a few batches."""
        own, network = classifier.preprocessing, classifier.network.eval()
        shape = (_SPEED_BATCH, own.channels, own.crop_px, own.crop_px)
        images = torch.zeros(shape, device=self._device)
        images = images.contiguous(memory_format=torch.channels_last)
        wish = self._config.precision
        precision = resolve_precision(wish, self._device)
        fastest_s = math.inf
        with freed_memory_kept(), fast_kernels(wish), autocast(self._device, precision):
            for _ in range(4):  # the first one prepares much
                begin = time.perf_counter()
                network(images).cpu()
                fastest_s = min(fastest_s, time.perf_counter() - begin)
        return _SPEED_BATCH / fastest_s


def _still_true(config: RunConfig, record: LeaderboardRecord) -> LeaderboardRecord:
    """The rows whose weights and inputs are what they were."""
    rows = [row for row in record.rows if _key_or_none(row.candidate, config) == row.network]
    return replace(record, rows=tuple(rows))


def _key_or_none(candidate: Candidate, config: RunConfig) -> str | None:
    try:
        return row_key(candidate, config)
    except TLStudioError:  # another version's model, deleted weights, a size that does not fit
        return None


def _title(candidate: Candidate) -> str:
    try:
        return get_model(candidate.model).title
    except TLStudioError:
        return candidate.model
