"""How a run is carried out: which part of the network runs when, on what, and how exactly.

The loop asks an `Execution` for batches and for logits; whether frozen layers run for every batch,
ran once before, or ran in another run is decided here, and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.dataset import DatasetIndex, Sample, Split
from tlstudio.core.errors import ImageError
from tlstudio.core.events import Phase, SampleSkipped, StopToken
from tlstudio.core.execution import ExecutionRecord, FeatureUse
from tlstudio.core.strategies import FreezePlan
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.classifier import Classifier
from tlstudio.engine.data.ahead import Readers
from tlstudio.engine.data.digests import ContentDigests, FileDigest
from tlstudio.engine.data.loader import Batch, eval_batches, stack, targets_of, train_batches
from tlstudio.engine.data.order import eval_groups, train_groups, train_order
from tlstudio.engine.data.spill import SpillFile
from tlstudio.engine.data.store import ImageStore, default_budget, read_view
from tlstudio.engine.features.cut import Cut, cut_network
from tlstudio.engine.features.frozen import FrozenPart
from tlstudio.engine.features.table import MAX_DISK_BYTES, FeatureTable, features_dir
from tlstudio.engine.features.views import PLAIN, ViewRecord, plain_views, views_of_epoch
from tlstudio.engine.precision import Precision, autocast, resolve_precision

PROBE_IMAGES = 4
FAST_BATCH = 32  # images; larger ones are no faster on a CPU, smaller ones slower


@dataclass(frozen=True, slots=True)
class Inputs:
    """A batch as the layers that train take it, on the run's device.

    Attributes:
        values: normalised images ``[B, 3, H, W]``, or the features at the cut.
        targets: class indices, int64 ``[B]``.
        indices: positions in the samples of the split.
    """

    values: tuple[torch.Tensor, ...]
    targets: torch.Tensor
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FeaturesState:
    """How far the features that an epoch waits for are: views wanted, and found or dealt with."""

    wanted: int
    from_cache: int
    computed: int

    @property
    def left(self) -> int:
        return self.wanted - self.from_cache - self.computed


Item = Inputs | SampleSkipped | FeaturesState


@dataclass(frozen=True, slots=True)
class _Halves:
    """A network that is cut, and the features at the cut; `views` 0 for live ones."""

    cut: Cut
    frozen: FrozenPart
    table: FeatureTable
    views: int


class Execution:
    """Batches and logits of one run.

    Call it after `freezing.set_train_mode`, with the network on its device.

    Attributes:
        record: what was decided.
    """

    def __init__(
        self,
        config: RunConfig,
        index: DatasetIndex,
        classifier: Classifier,
        plan: FreezePlan,
        device: torch.device,
        stop: StopToken,
    ) -> None:
        self._config = config
        self._network = classifier.network
        self._samples = index.by_split
        self._device = device
        self._stop = stop
        self._store = ImageStore(classifier.preprocessing, spill=SpillFile())
        self._readers = readers_for(device, config.batch_size)
        wanted = resolve_precision(config.precision, device)
        self._halves = self._cut_in_two(wanted)
        is_head_alone = self._halves is not None and len(plan.trainable) == 1
        # A head alone costs next to nothing: nothing would be gained by rounding there.
        self._precision: Precision = "float32" if is_head_alone else wanted
        self._digests: dict[Split, dict[int, FileDigest]] = {}
        self.record = self._decide(wanted, is_head_alone)

    @property
    def planned_views(self) -> int:
        """Views whose features the whole run needs."""
        if self._halves is None:
            return 0
        train, val = (len(self._samples[split]) for split in (Split.TRAIN, Split.VAL))
        return val + self._halves.views * train

    @property
    def phase_weights(self) -> dict[Phase, float]:
        """A guess at how much work an image is in each phase: by the share of the parameters."""
        above = 1.0
        if self._halves is not None:
            parts = (self._halves.cut.train_above, self._network)
            sizes = [sum(p.numel() for p in part.parameters()) for part in parts]
            above = max(0.01, sizes[0] / max(1, sizes[1]))
        is_live = self._halves is not None and not self._halves.views
        train = 3 * above + (1 - above) * is_live
        return {Phase.FEATURES: 1 - above, Phase.TRAIN: train, Phase.VAL: above}

    # What the loop asks for

    def train_inputs(self, epoch: int) -> Iterator[Item]:
        """All training samples once, shuffled and varied by (seed, epoch)."""
        config, samples, halves = self._config, self._samples[Split.TRAIN], self._halves
        if halves is None or not halves.views:
            batches = train_batches(
                samples,
                self._store,
                self._store.preprocessing,
                augmentation=config.augmentation,
                batch_size=config.batch_size,
                seed=config.seed,
                epoch=epoch,
                stop=self._stop,
                readers=self._readers,
                device=self._device,
            )
            yield from self._live(batches)
            return
        digests = yield from self._digests_of(Split.TRAIN)
        views = views_of_epoch(digests, config.augmentation, halves.views, config.seed, epoch)
        yield from self._fill(halves.table, views, samples)
        ready = {view.index: view for view in views if halves.table.has(view)}
        order = (n for n in train_order(len(samples), config.seed, epoch) if n in ready)
        groups = train_groups((ready[n] for n in order), config.batch_size)
        yield from self._kept(halves.table, groups, samples)
        if epoch > halves.views:
            self._store.clear()  # no picture is needed again

    def val_inputs(self) -> Iterator[Item]:
        """All validation samples once, in order and unvaried."""
        samples, halves, size = self._samples[Split.VAL], self._halves, self._config.batch_size
        if halves is None:
            prep = self._store.preprocessing
            yield from self._live(
                eval_batches(
                    samples,
                    self._store,
                    prep,
                    batch_size=size,
                    stop=self._stop,
                    readers=self._readers,
                    device=self._device,
                )
            )
            return
        views = plain_views((yield from self._digests_of(Split.VAL)))
        yield from self._fill(halves.table, views, samples)
        ready = (view for view in views if halves.table.has(view))
        yield from self._kept(halves.table, eval_groups(ready, size), samples)

    def train_logits(self, inputs: Inputs) -> torch.Tensor:
        """Float32 logits ``[B, C]``; the network must be in its train mode."""
        return self._logits(self._halves.cut.train_above if self._halves else self._network, inputs)

    @torch.no_grad()
    def eval_logits(self, inputs: Inputs) -> torch.Tensor:
        """Float32 logits ``[B, C]``; the network must be in eval mode."""
        return self._logits(self._halves.cut.eval_above if self._halves else self._network, inputs)

    # How it is done

    def _logits(self, layers: nn.Module, inputs: Inputs) -> torch.Tensor:
        with autocast(self._device, self._precision):
            logits: torch.Tensor = layers(*inputs.values)
        return logits.float()

    def _cut_in_two(self, wanted: Precision) -> _Halves | None:
        own = self._store.preprocessing
        cut = cut_network(self._network, own.crop_px, own.channels)
        probe = self._probe() if cut else None
        if cut is None or probe is None:
            return None
        frozen = FrozenPart(cut, wanted, probe, self._has_features)
        val_bytes = len(self._samples[Split.VAL]) * frozen.row_bytes
        if val_bytes > MAX_DISK_BYTES:
            return None
        row_bytes, views = frozen.row_bytes, self._wanted_views()
        train_bytes = views * len(self._samples[Split.TRAIN]) * row_bytes
        if val_bytes + train_bytes > MAX_DISK_BYTES:
            views, train_bytes = 0, 0
        in_memory = val_bytes + train_bytes <= default_budget()
        table = FeatureTable(
            frozen,
            self._device,
            self._store,
            batch_size=self._config.batch_size if frozen.precision == "float32" else FAST_BATCH,
            in_memory=in_memory,
            readers=self._readers,
        )
        return _Halves(cut, frozen, table, views)

    def _has_features(self, frozen: FrozenPart) -> bool:
        """Whether an earlier run kept features of these layers."""
        key = frozen.key(self._store.preprocessing, self._config.batch_size)
        return (features_dir() / key).is_dir()

    def _probe(self) -> torch.Tensor | None:
        """A few normalised images of the dataset; None where none of the first can be read."""
        views = []
        for sample in self._samples[Split.TRAIN][: 4 * PROBE_IMAGES]:
            with suppress(ImageError):
                views.append(read_view(sample.path, self._store.preprocessing))
            if len(views) == PROBE_IMAGES:
                break
        return stack(views, self._store.preprocessing, self._device) if views else None

    def _wanted_views(self) -> int:
        config = self._config
        if config.augmentation == PLAIN:
            return 1
        return 0 if config.views == "live" else min(config.cached_views, config.epochs)

    def _decide(self, wanted: Precision, is_head_alone: bool) -> ExecutionRecord:
        halves = self._halves
        if halves is None:
            return ExecutionRecord(precision=wanted)
        return ExecutionRecord(
            precision=halves.frozen.precision if is_head_alone else wanted,
            features=FeatureUse.CACHED if halves.views else FeatureUse.LIVE,
            boundary=halves.cut.boundary,
            views=halves.views,
            feature_bytes=halves.frozen.row_bytes,
            on_disk=not halves.table.in_memory,
        )

    def _digests_of(self, split: Split) -> Generator[Item, None, dict[int, FileDigest]]:
        """Content digests of the readable samples of `split`, by position."""
        if split not in self._digests:
            found: dict[int, FileDigest] = {}
            with ContentDigests() as digests:
                for index, sample in enumerate(self._samples[split]):
                    if self._stop.stopped:
                        return found
                    try:
                        found[index] = digests.of(sample.path)
                    except OSError:
                        reason = self._why_unreadable(sample.path)
                        self._store.mark_unreadable(sample.path, reason)
                        yield SampleSkipped(str(sample.path), reason)
            self._digests[split] = found
        return self._digests[split]

    def _why_unreadable(self, path: Path) -> str:
        try:
            read_view(path, self._store.preprocessing)
        except ImageError as error:
            return error.sentence
        return QT_TRANSLATE_NOOP("core", "The file changed while it was read.")

    def _fill(
        self, table: FeatureTable, views: Sequence[ViewRecord], samples: Sequence[Sample]
    ) -> Iterator[FeaturesState | SampleSkipped]:
        """Have the features of `views` ready, those of unreadable files left out."""
        found, missing = table.find(views)
        total = found + len(missing)
        if total:
            yield FeaturesState(total, found, 0)
        computed = 0
        for item in table.fill(missing, samples, self._stop):
            if isinstance(item, SampleSkipped):
                yield item
            else:
                computed += item
                yield FeaturesState(total, found, computed)

    def _live(self, batches: Iterable[Batch | SampleSkipped]) -> Iterator[Item]:
        """Batches of images, sent through the frozen layers if there are any."""
        for batch in batches:
            if isinstance(batch, SampleSkipped):
                yield batch
                continue
            values = self._halves.frozen(batch.images) if self._halves else (batch.images,)
            yield Inputs(values, batch.targets, batch.indices)

    def _kept(
        self,
        table: FeatureTable,
        groups: Iterable[list[ViewRecord] | SampleSkipped],
        samples: Sequence[Sample],
    ) -> Iterator[Item]:
        """Batches of features that are there."""
        for group in groups:
            if isinstance(group, SampleSkipped) or self._stop.stopped:
                return
            indices = tuple(view.index for view in group)
            yield Inputs(table.rows(group), targets_of(samples, indices).to(self._device), indices)


def readers_for(device: torch.device, batch_size: int) -> Readers:
    """Threads that make a batch's images together, and then leave the processor to the network.

    With two cores a run with kept features takes 0.88 of the time so; reading ahead while the
    network computes brings nothing more there, and keeps a graphics card fed.
    """
    threads = min(4 if device.type == "cpu" else 8, os.cpu_count() or 1)
    return Readers(threads, chunk=batch_size, is_eager=device.type != "cpu")
