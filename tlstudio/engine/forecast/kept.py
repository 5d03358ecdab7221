"""Finds before a run how much of what it would keep is in the cache of features already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import torch

from tlstudio.core.config import EngineWish, RunConfig
from tlstudio.core.config.variation import varied_options
from tlstudio.core.data.augmentation import UNVARIED, AugmentationOptions
from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.forecast.kept import NOTHING_KEPT, KeptFeatures
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.execution import TORCH
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.engine.acceleration.engines import ENGINE_NAMES
from tlstudio.engine.data.digests import ContentDigests, FileDigest
from tlstudio.engine.device import resolve_device
from tlstudio.engine.features.blocks import kept_keys
from tlstudio.engine.features.cut import cut_network
from tlstudio.engine.features.frozen import FrozenPart
from tlstudio.engine.features.table import features_dir
from tlstudio.engine.features.views import ViewRecord
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.precision import Precision, resolve_precision
from tlstudio.engine.training.seeding import generators_kept

MAX_PARAMETERS = 400_000_000  # a network of 1.6 GB is not built for a guess

_folders: dict[tuple[object, ...], tuple[Path, ...]] = {}  # where features lie, by what decides it


def kept_features(
    config: RunConfig, index: DatasetIndex, plan: FreezePlan, stop: StopToken
) -> tuple[KeptFeatures, ...]:
    """The shares of a run's features that are in the cache, for each phase of `plan`.

    No image is read: whose content is not known counts as missing, and so does everything where
    `stop` says so.

    Raises:
        ConfigError, DeviceError, WeightsMissingError: such a run cannot be.
    """
    nothing = (NOTHING_KEPT,) * len(plan.phases)
    if not _has_folders() or get_model(config.model).parameters > MAX_PARAMETERS:
        return nothing
    device = resolve_device(config.device)
    precision = resolve_precision(config.precision, device)
    places = [_place(config, index, phase, precision, device) for phase in plan.phases]
    if any(place not in _folders for place in places):
        with generators_kept([device] if device.type == "cuda" else []):
            classifier = build_classifier(config, index.classes)
            for phase, place in zip(plan.phases, places, strict=True):
                if stop.stopped:
                    return nothing
                if place not in _folders:
                    _folders[place] = _folders_of(
                        classifier, phase, precision, device, config.batch_size, config.engine
                    )
    keys = [next(filter(None, map(kept_keys, _folders[place])), set()) for place in places]
    if not any(keys):
        return nothing
    digests = {split: _digests(index.by_split[split], stop) for split in (Split.TRAIN, Split.VAL)}
    options = varied_options(config)
    return tuple(_shares(found, digests, options) for found in keys)


def _has_folders() -> bool:
    try:
        return any(features_dir().iterdir())
    except OSError:
        return False


def _place(
    config: RunConfig,
    index: DatasetIndex,
    phase: PlanPhase,
    precision: Precision,
    device: torch.device,
) -> tuple[object, ...]:
    """All that decides the folders of a phase's features."""
    is_random = config.initialisation == "random"
    start = (config.initialisation, config.start_from)
    values = (*start, config.seed if is_random else 0, config.batch_size)
    cut = (tuple(sorted(phase.rates)), tuple(sorted(phase.statistics)))
    network = (config.model, len(index.classes), *config.input_settings, *values, *cut)
    return (features_dir(), *network, precision, config.engine, str(device))


def _folders_of(
    classifier: Classifier,
    phase: PlanPhase,
    precision: Precision,
    device: torch.device,
    batch_size: int,
    engine: EngineWish,
) -> tuple[Path, ...]:
    """Where a run looks for the features of a phase; empty where it keeps none.

    Bfloat16 that is too far from the exact features is given up for float32, in a folder of its
    own.
    """
    network, own = classifier.network, classifier.preprocessing
    apply_phase(network, phase)
    set_train_mode(network, phase)
    cut = cut_network(network, own.crop_px, own.channels)
    if cut is None:
        return ()
    probe = torch.empty(0, device=device)  # says the device; nothing is computed
    wanted: tuple[Precision, ...] = tuple(dict.fromkeys((precision, "float32")))
    names = ENGINE_NAMES if engine == "auto" else (engine,)
    parts = (
        FrozenPart(cut, each, probe, lambda part: 1, engine=name)
        for name in (*(name for name in names if name != TORCH), TORCH)
        for each in wanted
    )
    return tuple(dict.fromkeys(features_dir() / part.key(own, batch_size) for part in parts))


def _digests(samples: Iterable[Sample], stop: StopToken) -> list[FileDigest | None]:
    with closing(ContentDigests()) as digests:
        return [None if stop.stopped else digests.remembered(sample.image) for sample in samples]


def _shares(
    keys: set[bytes], digests: dict[Split, list[FileDigest | None]], options: AugmentationOptions
) -> KeptFeatures:
    """Count the views that are there; varied ones up to the first number that no image has."""

    def share(split: Split, options: AugmentationOptions = UNVARIED, number: int = 0) -> float:
        there = [
            digest is not None and ViewRecord(0, digest, options, number).key in keys
            for digest in digests[split]
        ]
        return sum(there) / len(there) if there else 0.0

    def varied() -> Iterator[float]:
        number = 0
        while found := share(Split.TRAIN, options, number):
            yield found
            number += 1

    return KeptFeatures(share(Split.VAL), share(Split.TRAIN), tuple(varied()))
