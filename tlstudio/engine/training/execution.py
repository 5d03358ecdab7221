"""Carries out a run: which part of the network runs when, on what, and how exactly.

The loop asks an `Execution` for batches and for logits, and need not know whether frozen layers
run for every batch, ran once before, or ran in another run: that is up to the `ExecutionPlan`.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import torch
from torch import nn

from tlstudio.core.config import EngineWish, RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.runs.events import EpochPart, SampleSkipped, StopToken
from tlstudio.core.runs.execution import ExecutionRecord
from tlstudio.core.runs.execution_plan import FeatureRow, PhaseExecution, execution_plan
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.ahead import readers_for
from tlstudio.engine.data.digests import ContentDigests, FileDigest
from tlstudio.engine.data.loader import Batch, eval_batches, stack, targets_of, train_batches
from tlstudio.engine.data.order import balanced_draws, eval_groups, train_groups, train_order
from tlstudio.engine.data.spill import SpillFile
from tlstudio.engine.data.store import ImageStore, read_view
from tlstudio.engine.features.blocks import kept_keys
from tlstudio.engine.features.cut import Cut, cut_network
from tlstudio.engine.features.frozen import FrozenPart
from tlstudio.engine.features.table import FeatureTable, features_dir
from tlstudio.engine.features.views import ViewRecord, plain_views, views_of_epoch
from tlstudio.engine.models.auxiliary import all_answers
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.logistic import probe_head
from tlstudio.engine.training.inputs import FeaturesState, Inputs, Item
from tlstudio.engine.training.objective import mixed
from tlstudio.engine.training.planned_cuts import machine_limits, network_rows
from tlstudio.engine.training.precision import Precision, autocast, resolve_precision
from tlstudio.engine.training.seeding import seeded
from tlstudio.engine.training.workload import SMALLEST, image_work, work_after

PROBE_IMAGES = 4
MIXING = 1  # what sets the chance of mixing apart from that of dropout
FAST_BATCH = 32  # images; larger ones are no faster on a CPU, smaller ones slower


@dataclass(frozen=True, slots=True)
class _SplitNetwork:
    """A network that is cut for a phase, and the features at the cut."""

    cut: Cut
    frozen: FrozenPart
    table: FeatureTable
    phase: PhaseExecution


class Execution:
    """Batches and logits of one run.

    Make it with the network on its device and in the phase of `epoch` (`freezing.apply_phase`
    and `set_train_mode`), and call `begin` when another phase has been applied to it.

    Attributes:
        plan: what each phase keeps; of phases that have not begun, as far as can be told before.
        record: what holds in the present phase.
    """

    def __init__(
        self,
        config: RunConfig,
        index: DatasetIndex,
        classifier: Classifier,
        plan: FreezePlan,
        device: torch.device,
        stop: StopToken,
        epoch: int = 1,
        engine: EngineWish | None = None,
    ) -> None:
        """Begin at `epoch`; the run that is resumed there had `engine`."""
        self._config = config
        self._network = classifier.network
        self._samples = index.by_split
        self._device = device
        self._stop = stop
        self._store = ImageStore(classifier.preprocessing, spill=SpillFile())
        self._readers = readers_for(device, config.batch_size)
        self._classes = len(index.classes)
        self._wanted = resolve_precision(config.precision, device)
        self._precision: Precision = self._wanted
        self._digests: dict[Split, dict[int, FileDigest]] = {}
        self._freeze_plan = plan
        self._limits = machine_limits()
        self._split: _SplitNetwork | None = None
        self._engine = engine or config.engine
        own = self._store.preprocessing
        self._rows = [FeatureRow() for _ in plan.phases]
        if len(plan.phases) > 1:  # else the first cut tells all
            self._rows = list(
                network_rows(self._network, plan, own.crop_px, own.channels, self._wanted)
            )
        self.record = ExecutionRecord()
        self.begin(plan.at(epoch))
        self._engine = config.engine

    def begin(self, phase: PlanPhase) -> None:
        """Cut where `phase`, which the network is in already, begins to train."""
        self._split = self._split_for(phase)
        is_head_alone = self._split is not None and len(phase.rates) == 1
        # A head alone costs next to nothing: nothing would be gained by rounding there.
        self._precision = "float32" if is_head_alone else self._wanted
        self._phase = self.plan.at(phase.first_epoch)
        self.record = self._recorded(is_head_alone)

    @property
    def feature_views(self) -> int:
        """Views whose features are to be there in the present phase: computed now or before."""
        return self._phase.kept_rows

    @property
    def image_work(self) -> dict[EpochPart, float]:
        """A guess at how much work an image is in the present phase, by shares of parameters."""
        above = 1.0
        if self._split is not None:
            parts = (self._split.cut.train_above, self._network)
            sizes = [sum(p.numel() for p in part.parameters()) for part in parts]
            above = max(SMALLEST, sizes[0] / max(1, sizes[1]))
        return image_work(above, self._phase)

    @property
    def later_work(self) -> float:
        """The work of all phases after the present one."""
        return work_after(self._freeze_plan, self.plan, self._phase.first_epoch)

    # What the loop asks for

    def probe_head(self, classifier: Classifier) -> Iterator[FeaturesState | SampleSkipped]:
        """Let the head start as a linear probe of the plain training images."""
        samples, done = self._samples[Split.TRAIN], 0
        for item in probe_head(
            classifier,
            samples,
            self._store,
            batch_size=self._config.batch_size,
            stop=self._stop,
            readers=self._readers,
        ):
            if isinstance(item, SampleSkipped):
                yield item
            else:
                done += item
                yield FeaturesState(len(samples), 0, done)

    @property
    def unreadable(self) -> list[tuple[int, str]]:
        """Positions of the training images that could not be read so far, and why not."""
        found = self._store.unreadable
        if not found:
            return []
        samples = self._samples[Split.TRAIN]
        return [(n, str(found[s.image])) for n, s in enumerate(samples) if s.image in found]

    def leave_out(self, unreadable: Iterable[tuple[int, str]]) -> None:
        """Do not try training images again that could not be read before the run went on."""
        for position, reason in unreadable:
            self._store.mark_unreadable(self._samples[Split.TRAIN][position].image, reason)

    def train_inputs(self, epoch: int, batches: int = 0, images: int = 0) -> Iterator[Item]:
        """Yield the training samples once, shuffled and varied by (seed, epoch).

        Args:
            epoch: counts from 1.
            batches: those of the epoch that were learned before, which are left out.
            images: how many those held.
        """
        config, samples, split = self._config, self._samples[Split.TRAIN], self._split
        draws = self._draws(epoch)
        if split is None or not split.phase.views:
            if images:  # all that could not be read among them is known
                is_bad = self._store.is_unreadable
                draws = [n for n in draws if not is_bad(samples[n % len(samples)].image)][images:]
            live = train_batches(
                samples,
                self._store,
                self._store.preprocessing,
                options=config.augmentation_options,
                batch_size=config.batch_size,
                seed=config.seed,
                epoch=epoch,
                draws=draws,
                stop=self._stop,
                readers=self._readers,
                device=self._device,
            )
            yield from self._live(live, epoch if config.mixing != "none" else 0, batches)
            return
        digests = yield from self._digests_of(Split.TRAIN)
        views = views_of_epoch(
            digests, config.augmentation_options, self.plan.views, config.seed, epoch
        )
        yield from self._fill(split.table, views, samples)
        ready = {view.index: view for view in views if split.table.has(view)}
        positions = (draw % len(samples) for draw in draws)
        order = (position for position in positions if position in ready)
        groups = train_groups((ready[n] for n in islice(order, images, None)), config.batch_size)
        yield from self._kept(split.table, groups, samples)
        is_last = split.phase is self.plan.phases[-1]
        if is_last and epoch - split.phase.first_epoch >= split.phase.views:
            self._store.clear()  # no picture is needed again

    def val_inputs(self) -> Iterator[Item]:
        """Yield the validation samples once, in order and unvaried."""
        samples, split, size = self._samples[Split.VAL], self._split, self._config.batch_size
        if split is None:
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
        yield from self._fill(split.table, views, samples)
        ready = (view for view in views if split.table.has(view))
        yield from self._kept(split.table, eval_groups(ready, size), samples)

    def train_answers(self, inputs: Inputs) -> tuple[torch.Tensor, ...]:
        """Float32 logits ``[B, C]``, those of auxiliary classifiers after the network's own.

        The network must be in its train mode.
        """
        return self._answers(self._split.cut.train_above if self._split else self._network, inputs)

    @torch.no_grad()
    def eval_logits(self, inputs: Inputs) -> torch.Tensor:
        """Float32 logits ``[B, C]``; the network must be in eval mode."""
        above = self._split.cut.eval_above if self._split else self._network
        return self._answers(above, inputs)[0]

    # How it is done

    def _answers(self, layers: nn.Module, inputs: Inputs) -> tuple[torch.Tensor, ...]:
        with autocast(self._device, self._precision):
            answers = all_answers(layers(*inputs.values))
        return tuple(logits.float() for logits in answers)

    def _split_for(self, phase: PlanPhase) -> _SplitNetwork | None:
        """Cut the network, and have the plan follow from the cut."""
        own = self._store.preprocessing
        cut = cut_network(self._network, own.crop_px, own.channels)
        number = self._freeze_plan.phases.index(phase)
        probe = self._probe() if cut else None
        if cut is None or probe is None:
            self._planned(number, FeatureRow())
            return None
        elements = sum(math.prod(shape) for shape in cut.shapes)
        planned = self._planned(number, FeatureRow(elements, self._wanted))
        frozen = FrozenPart(
            cut,
            self._wanted,
            probe,
            self._kept_rows,
            engine=self._engine,
            images=planned.train_passes + planned.val_passes,
        )
        planned = self._planned(number, frozen.row)
        if not planned.is_cut:
            return None
        table = FeatureTable(
            frozen,
            self._device,
            self._store,
            batch_size=self._config.batch_size if frozen.is_exact else FAST_BATCH,
            in_memory=planned.in_memory,
            readers=self._readers,
        )
        return _SplitNetwork(cut, frozen, table, planned)

    def _planned(self, number: int, row: FeatureRow) -> PhaseExecution:
        """Have the plan follow from the features of a phase."""
        self._rows[number] = row
        samples = (len(self._samples[Split.TRAIN]), len(self._samples[Split.VAL]))
        self.plan = execution_plan(
            self._config, self._freeze_plan, self._rows, samples, self._limits
        )
        return self.plan.phases[number]

    def _kept_rows(self, frozen: FrozenPart) -> int:
        """How many rows of features of these layers earlier runs kept."""
        key = frozen.key(self._store.preprocessing, self._config.batch_size)
        return len(kept_keys(features_dir() / key))

    def _probe(self) -> torch.Tensor | None:
        """A few normalised images of the dataset; None where none of the first can be read."""
        views = []
        for sample in self._samples[Split.TRAIN][: 4 * PROBE_IMAGES]:
            with suppress(ImageError):
                views.append(read_view(sample.image, self._store.preprocessing))
            if len(views) == PROBE_IMAGES:
                break
        return stack(views, self._store.preprocessing, self._device) if views else None

    def _draws(self, epoch: int) -> list[int]:
        samples, config = self._samples[Split.TRAIN], self._config
        if config.balance == "sampling":
            return balanced_draws([s.class_index for s in samples], config.seed, epoch)
        return train_order(len(samples), config.seed, epoch)

    def _recorded(self, is_head_alone: bool) -> ExecutionRecord:
        split, phase = self._split, self._phase
        if split is None:
            return ExecutionRecord(precision=self._wanted)
        return ExecutionRecord(
            precision=split.frozen.precision if is_head_alone else self._wanted,
            features=phase.use,
            boundary=split.cut.boundary,
            views=phase.views,
            feature_bytes=phase.row.bytes,
            on_disk=not phase.in_memory,
            engine=split.frozen.engine,
            refused=split.frozen.refused,
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
                        found[index] = digests.of(sample.image)
                    except OSError:
                        reason = self._why_unreadable(sample.image)
                        self._store.mark_unreadable(sample.image, reason)
                        yield SampleSkipped(str(sample.image), reason)
            self._digests[split] = found
        return self._digests[split]

    def _why_unreadable(self, image: ImageRef) -> str:
        try:
            read_view(image, self._store.preprocessing)
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
        is_training = samples is self._samples[Split.TRAIN]
        for item in table.fill(missing, samples, self._stop, never_alone=is_training):
            if isinstance(item, SampleSkipped):
                yield item
            else:
                computed += item
                yield FeaturesState(total, found, computed)

    def _live(
        self, batches: Iterable[Batch | SampleSkipped], mixed_in: int = 0, number: int = 0
    ) -> Iterator[Item]:
        """Batches of images, sent through the frozen layers if there are any.

        Images are mixed in the epoch `mixed_in`, 0 for not at all; the first batch has this number.
        """
        for batch in batches:
            if isinstance(batch, SampleSkipped):
                yield batch
                continue
            images, targets = batch.images, batch.targets
            if mixed_in:
                with seeded(self._device, self._config.seed, mixed_in, number, MIXING):
                    images, targets = mixed(self._config, images, targets, self._classes)
            number += 1
            values = self._split.frozen(images) if self._split else (images,)
            yield Inputs(values, targets, batch.indices)

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
