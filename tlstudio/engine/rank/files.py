"""Leaderboards on disk, one file a dataset, found again by what the images are."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import StorageError, WeightsMissingError
from tlstudio.core.networks.inputs import input_preprocessing
from tlstudio.core.rank import FORMAT, Candidate, LeaderboardRecord
from tlstudio.core.storage import cache_dir, cached_record, keep_newest, write_record
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.digests import ContentDigests
from tlstudio.engine.device import resolve_device
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.probing.probe import FOLDS, check_enough, subsample
from tlstudio.engine.training.precision import resolve_precision

_log = logging.getLogger(__name__)

KEPT = 100  # datasets
_UNREADABLE = b"-"


@dataclass(frozen=True)
class RankedImages:
    """The images that all candidates are asked about.

    Attributes:
        samples: of the training split, all or a part.
        empty: the record of their leaderboard, without rows.
    """

    samples: tuple[Sample, ...]
    empty: LeaderboardRecord

    @classmethod
    def of(cls, index: DatasetIndex) -> RankedImages:
        """Choose them. Files are read where their content is not known yet.

        Raises:
            DatasetError: there are not two classes with two training images each.
        """
        everyone = index.by_split[Split.TRAIN]
        samples = subsample(everyone)
        targets = np.array([sample.class_index for sample in samples], dtype=np.int64)
        check_enough(targets)
        names, counts = np.unique(targets, return_counts=True)
        lonely = tuple(
            index.classes[n] for n, count in zip(names, counts, strict=True) if count < 2
        )
        empty = LeaderboardRecord(
            dataset=_digest(samples, index.classes),
            name=index.name,
            images=len(samples),
            of_images=len(everyone),
            classes=len(names),
            folds=FOLDS,
            lonely=lonely,
        )
        return cls(samples, empty)


def _digest(samples: tuple[Sample, ...], classes: tuple[str, ...]) -> str:
    """A name for the content and the class of each image, in their order: 32 hex digits."""
    digest = hashlib.sha256(json.dumps([FORMAT, FOLDS]).encode())
    with ContentDigests() as digests:
        for sample in samples:
            try:
                content = digests.of(sample.image).content
            except OSError:
                content = _UNREADABLE
            digest.update(content + f"/{classes[sample.class_index]}\n".encode())
    return digest.hexdigest()[:32]


def row_key(candidate: Candidate, config: RunConfig) -> str:
    """A name for all that decides a candidate's row on the same images: 32 hex digits.

    The seed only where values are random. Nothing is built; the file of weights is read where its
    content is not known yet.

    Raises:
        ConfigError: the catalog has no such model or weights, or it takes no such inputs.
        WeightsMissingError: the weights are not on this machine.
        DeviceError: this machine has no such device.
    """
    config = candidate.applied_to(config)
    spec, device = get_model(candidate.model), resolve_device(config.device)
    about = {
        "format": FORMAT,
        "libraries": [version(name) for name in ("torch", "torchvision", "timm")],
        "device": device.type,
        "precision": resolve_precision(config.precision, device),
        "model": spec.name,
        "stem": config.stem,
        "preprocessing": input_preprocessing(config, spec).to_dict(),
        "values": config.seed if candidate.is_random else _content(candidate, spec.title),
    }
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:32]


def _content(candidate: Candidate, title: str) -> str:
    path = pretrained_path(candidate.model, candidate.weights)
    if path is not None:
        with contextlib.suppress(OSError), ContentDigests() as digests:
            return digests.of(ImageRef.of_file(path)).content.hex()
    raise WeightsMissingError(
        QT_TRANSLATE_NOOP("core", "The weights of {model} are no longer on this machine."),
        QT_TRANSLATE_NOOP("core", "Download them where the model is chosen."),
        model=title,
    )


def stored_record(images: RankedImages) -> LeaderboardRecord:
    """Return the stored leaderboard of these images; it has no rows where none is stored."""
    record = cached_record(_file(images.empty.dataset), LeaderboardRecord, FORMAT)
    if record is None:
        return images.empty
    if (record.dataset, record.images) != (images.empty.dataset, images.empty.images):
        return images.empty
    return replace(images.empty, rows=record.rows, made_on=record.made_on)


def keep_record(record: LeaderboardRecord) -> None:
    """Keep it for the next time; where that fails it is made again then."""
    try:
        write_record(_file(record.dataset), record, FORMAT)
    except StorageError as error:
        _log.warning("a leaderboard is not kept: %s", error)
        return
    keep_newest(_folder(), "*.json", KEPT)


def _folder() -> Path:
    return cache_dir() / "leaderboards"


def _file(dataset: str) -> Path:
    return _folder() / f"{dataset}.json"
