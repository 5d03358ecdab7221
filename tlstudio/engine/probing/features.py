"""Pooled features of each stage, one vector an image; computed once and kept on disk.

Maps are averaged over their places, tokens over those of the image; for the head it is what the
head is really given. A vector follows from the content of a file, from the weights below the head
and from how images are put in, by which it is found again for other questions.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from tlstudio.core.data.dataset import Sample
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError, StorageError
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.core.runs.execution import TORCH
from tlstudio.core.storage import cache_dir
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.acceleration.choice import choose_engine
from tlstudio.engine.acceleration.engines import ENGINE_NAMES, Forward, version_of
from tlstudio.engine.data.ahead import readers_for
from tlstudio.engine.data.digests import ContentDigests
from tlstudio.engine.data.loader import Batch, eval_batches
from tlstudio.engine.data.store import ImageStore, read_view
from tlstudio.engine.features.blocks import FeatureFolder, trim
from tlstudio.engine.features.views import ViewRecord
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.keys import network_key
from tlstudio.engine.probing.pooling import HEAD_INPUT, Pooler, empty_image
from tlstudio.engine.training.precision import Precision, autocast, fast_kernels, resolve_precision

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tlstudio.core.config import EngineWish
    from tlstudio.core.config import Precision as PrecisionWish

__all__ = ["HEAD_INPUT", "PooledFeatures", "PoolingProgressed", "pooled_features", "stage_paths"]

_log = logging.getLogger(__name__)

BATCH = 32  # images; larger ones are no faster on a CPU, smaller ones slower
MAX_DISK_BYTES = 1 << 30
BLOCK_BYTES = 64 << 20  # at most so much is lost when the program is killed
TOLERABLE_ERROR = 0.05  # relative, of vectors in bfloat16; 0.01 is usual
_TRIED = 4  # images on which bfloat16 is compared with float32


@dataclass(frozen=True, slots=True)
class PoolingProgressed:
    """The progress of pooling.

    Attributes:
        done: images that were dealt with, those from the cache among them.
        total: images that were asked for.
        from_cache: of `done`, those that were known before.
    """

    done: int
    total: int
    from_cache: int


@dataclass(frozen=True, slots=True, eq=False)
class PooledFeatures:
    """The vectors of all images that could be read, in the order of the samples.

    Attributes:
        vectors: float32 ``[N, F]`` by path, `HEAD_INPUT` for that of the head.
        targets: class indices, int64 ``[N]``.
        indices: positions in the samples, ``N`` of them.
        from_cache: how many of the images were known before.
        images_per_s: of the network alone, over the images computed now; None if all were known.
    """

    vectors: Mapping[str, NDArray[np.float32]]
    targets: NDArray[np.int64]
    indices: tuple[int, ...]
    from_cache: int
    images_per_s: float | None


Pooling = PoolingProgressed | SampleSkipped | PooledFeatures


def pooled_features(
    classifier: Classifier,
    samples: Sequence[Sample],
    paths: Sequence[str],
    stop: StopToken,
    *,
    store: ImageStore | None = None,
    precision: PrecisionWish = "auto",
) -> Iterator[Pooling]:
    """Run plain views once through the network, where it is, in eval mode.

    Modes are as before afterwards. What was computed is kept on disk also where `stop` ends it
    early or the iterator is closed. In bfloat16 only where that is near enough to float32 and no
    exact vectors are there from before. By another engine of inference where that is faster.

    Args:
        classifier: its network must not run elsewhere meanwhile.
        samples: of any split.
        paths: of modules, e.g. the stages of a `LayerTree`, and `HEAD_INPUT`.
        stop: read before every batch.
        store: of the samples' images, where there is one already.
        precision: as a run is told.

    Yields:
        Progress after each batch and files that could not be read; last of all the one
        `PooledFeatures`, unless it was stopped.

    Raises:
        ModelError: the network has no module of such a path, or none with a vector an image.
    """
    store = store or ImageStore(classifier.preprocessing)
    views: list[ViewRecord] = []
    with ContentDigests() as digests:
        for index, sample in enumerate(samples):
            if stop.stopped:
                return
            try:
                views.append(ViewRecord(index, digests.of(sample.image)))
            except OSError:
                reason = _why_unreadable(sample.image, store)
                store.mark_unreadable(sample.image, reason)
                yield SampleSkipped(str(sample.image), reason)
    work = _Work(classifier, tuple(dict.fromkeys(paths)), precision, views, samples, store)
    found = sum(view.key in work.table for view in views)
    done = len(samples) - len(views) + found
    yield PoolingProgressed(done, len(samples), found)
    missing = [view for view in views if view.key not in work.table]
    with freed_memory_kept(), fast_kernels(precision):
        for item in work.compute(missing, stop):
            if isinstance(item, SampleSkipped):
                yield item
            else:
                done += item
            yield PoolingProgressed(min(done, len(samples)), len(samples), found)
    if not stop.stopped:
        yield work.result(found)


class _Work:
    """The vectors of one network: a row a view, by the view's key.

    Attributes:
        table: for each view the vectors of all paths one after another, float32.
    """

    def __init__(
        self,
        classifier: Classifier,
        paths: tuple[str, ...],
        precision: PrecisionWish,
        views: Sequence[ViewRecord],
        samples: Sequence[Sample],
        store: ImageStore,
    ) -> None:
        self._classifier, self._paths = classifier, paths
        self._views, self._samples, self._store = views, samples, store
        image = empty_image(classifier.network, classifier.preprocessing)
        self._pooler = Pooler(classifier.network, paths, image)
        self._wanted = resolve_precision(precision, classifier.device)
        self._readers = readers_for(classifier.device, BATCH)
        self.table: dict[bytes, torch.Tensor] = {}
        self._pending: list[bytes] = []
        self._seconds, self._computed = 0.0, 0
        self._engine: EngineWish
        self._precision: Precision
        self._forward: Forward | None = None
        for engine, each in self._ways():
            self._engine, self._precision = engine, each
            self._folders = self._opened()
            if self._find():
                return
        self._engine, self._precision = TORCH, self._wanted

    def compute(
        self, missing: Sequence[ViewRecord], stop: StopToken
    ) -> Iterator[int | SampleSkipped]:
        """Yields how many images each step dealt with."""
        if not missing:
            return
        if self._engine != TORCH or not self.table:
            yield from self._choose(missing, stop)
            if stop.stopped:
                return
        self._folders = self._opened()
        classifier = self._classifier
        wanted = [self._samples[view.index] for view in missing]
        try:
            for batch in eval_batches(
                wanted,
                self._store,
                classifier.preprocessing,
                batch_size=BATCH,
                stop=stop,
                readers=self._readers,
                device=classifier.device,
            ):
                if not isinstance(batch, Batch):
                    yield batch
                    continue
                begin = time.perf_counter()
                rows = self._computed_rows(batch.images)
                self._seconds += time.perf_counter() - begin
                self._computed += len(rows)
                for index, row in zip(batch.indices, rows, strict=True):
                    view = missing[index]
                    self.table[view.key] = row
                    if view.digest.is_of(wanted[index].image):  # not changed meanwhile
                        self._pending.append(view.key)
                if len(self._pending) * self._pooler.elements * 4 >= BLOCK_BYTES:
                    self._keep()
                yield len(rows)
        finally:
            self._keep()

    def result(self, from_cache: int) -> PooledFeatures:
        there = [view for view in self._views if view.key in self.table]
        there = [v for v in there if not self._store.is_unreadable(self._samples[v.index].image)]
        rows = [self.table[view.key] for view in there]
        whole = torch.stack(rows) if rows else torch.zeros(0, self._pooler.elements)
        parts = torch.split(whole, self._pooler.split, dim=1)
        targets = [self._samples[view.index].class_index for view in there]
        return PooledFeatures(
            vectors={
                path: np.ascontiguousarray(part.numpy())
                for path, part in zip(self._paths, parts, strict=True)
            },
            targets=np.array(targets, dtype=np.int64),
            indices=tuple(view.index for view in there),
            from_cache=from_cache,
            images_per_s=self._computed / self._seconds if self._computed else None,
        )

    def _ways(self) -> list[tuple[EngineWish, Precision]]:
        """The engines and precisions that vectors may be there from, the likeliest first."""
        wish = self._classifier.config.engine
        names = [name for name in ENGINE_NAMES if wish in ("auto", name) and version_of(name)]
        precisions: tuple[Precision, ...] = (self._wanted, "float32")  # what was near enough
        return [(name, each) for name in (TORCH, *names) for each in dict.fromkeys(precisions)]

    def _choose(self, missing: Sequence[ViewRecord], stop: StopToken) -> Iterator[SampleSkipped]:
        """Try on the first images how near bfloat16 is, and whether another engine is faster."""
        batch, skipped = self._first(missing, stop)
        yield from skipped
        if batch is None:
            return
        wish = self._classifier.config.engine
        if self._engine != TORCH:  # the vectors that are there name it
            wish = self._engine
        else:
            self._precision = self._near_enough(batch.images)
        choice = choose_engine(
            _Pooling(self._classifier.network, self._pooler, self._paths),
            batch.images,
            wish=wish,
            precision=self._precision,
            images=len(missing),
            ours=lambda images: self._rows(images, self._precision),
        )
        self._forward = choice.forward
        if choice.forward is not None and not self.table:
            self._engine, self._precision = choice.engine, choice.precision

    def _computed_rows(self, images: torch.Tensor) -> torch.Tensor:
        if self._forward is None:
            return self._rows(images, self._precision)
        return torch.cat(self._forward(images), dim=1)

    def _rows(self, images: torch.Tensor, precision: Precision) -> torch.Tensor:
        with torch.no_grad(), autocast(self._classifier.device, precision):
            return self._pooler(images).cpu()

    def _first(
        self, missing: Sequence[ViewRecord], stop: StopToken
    ) -> tuple[Batch | None, list[SampleSkipped]]:
        """A few images, and files that turned out unreadable on the way to them."""
        skipped: list[SampleSkipped] = []
        samples = [self._samples[view.index] for view in missing[: 4 * _TRIED]]
        own = self._classifier.preprocessing
        for batch in eval_batches(
            samples, self._store, own, batch_size=_TRIED, stop=stop, device=self._classifier.device
        ):
            if isinstance(batch, Batch):
                return batch, skipped
            skipped.append(batch)
        return None, skipped

    def _near_enough(self, images: torch.Tensor) -> Precision:
        """The precision to compute in."""
        if self._wanted == "float32":
            return self._wanted
        exact, fast = (self._rows(images, each) for each in ("float32", self._wanted))
        parts = (torch.split(rows, self._pooler.split, dim=1) for rows in (exact, fast))
        pairs = zip(*parts, strict=True)
        far = max(float((b - a).norm() / a.norm().clamp_min(1e-12)) for a, b in pairs)
        if far <= TOLERABLE_ERROR:  # not true of NaN
            return self._wanted
        _log.info("vectors in %s are too far off: %.3f", self._wanted, far)
        return "float32"

    def _opened(self) -> dict[str, FeatureFolder]:
        key = network_key(self._classifier, self._precision, self._engine)
        return {
            path: FeatureFolder(
                pooled_dir() / f"{key}-{_short(path)}", self._pooler.sizes[path], torch.float32
            )
            for path in self._paths
        }

    def _find(self) -> bool:
        """Take what the cache has for all paths; returns whether that was anything."""
        for view in self._views:
            parts = [folder.find(view.key) for folder in self._folders.values()]
            rows = [part for part in parts if part is not None]
            if len(rows) == len(parts):
                self.table[view.key] = torch.cat(rows)
        return bool(self.table)

    def _keep(self) -> None:
        """Write rows to the cache; without it they stay in memory alone."""
        if not self._pending:
            return
        keys = list(dict.fromkeys(self._pending))
        rows = torch.stack([self.table[key] for key in keys])
        parts = torch.split(rows, self._pooler.split, dim=1)
        try:
            for folder, part in zip(self._folders.values(), parts, strict=True):
                folder.add(keys, part)
        except StorageError as error:
            _log.warning("vectors are not kept for other questions: %s", error)
        else:
            trim(pooled_dir(), MAX_DISK_BYTES)
        self._pending.clear()


class _Pooling(nn.Module):
    """The vectors of all paths as engines of inference are given it."""

    def __init__(self, network: nn.Module, pooler: Pooler, paths: tuple[str, ...]) -> None:
        super().__init__()
        self.network, self._pooler, self._paths = network, pooler, paths

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return torch.split(self._pooler(images), self._pooler.split, dim=1)

    def extra_repr(self) -> str:  # by which trials are remembered
        return ", ".join(self._paths)


def stage_paths(tree: LayerTree) -> tuple[str, ...]:
    """Return the paths that can be probed: the stages below the head, and the head's input.

    A stage that holds the head counts as the head.
    """
    head = tree.head_path
    below = [stage.path for stage in tree.stages if not f"{head}.".startswith(f"{stage.path}.")]
    return (*(path for path in below if not tree.nodes[path].is_head), HEAD_INPUT)


def pooled_dir() -> Path:
    """Return the folder of kept vectors."""
    return cache_dir() / "pooled"


def _short(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:12]


def _why_unreadable(image: ImageRef, store: ImageStore) -> str:
    try:
        read_view(image, store.preprocessing)
    except ImageError as error:
        return error.sentence
    return QT_TRANSLATE_NOOP("core", "The file changed while it was read.")
