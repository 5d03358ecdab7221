"""Evidence on disk, found again by dataset, weights and inputs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from tlstudio.core.advice.evidence import (
    EVIDENCE_VERSION,
    MAX_IMAGES,
    EvidenceRecord,
    StageEvidence,
)
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import StorageError, TLStudioError
from tlstudio.core.rank import Candidate
from tlstudio.core.storage import (
    cache_dir,
    cached_record,
    keep_newest,
    remove_file,
    write_record,
)
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.rank.files import RankedImages, row_key

_log = logging.getLogger(__name__)

KEPT = 200


def probed_config(config: RunConfig) -> RunConfig:
    """`config` with the weights that are probed: the pretrained ones wherever there are any.

    Whoever trains from scratch now may want to know what the weights would be worth.

    Raises:
        ConfigError: the catalog has no such model.
    """
    spec = get_model(config.model)
    start = "pretrained" if spec.weights else "random"
    return config.changed(model=spec.name, initialisation=start)


def evidence_key(config: RunConfig, index: DatasetIndex) -> str:
    """A name for all that decides the evidence: 32 hex digits.

    Nothing is built; files are read where their content is not known yet.

    Raises:
        ConfigError, DeviceError: the configuration does not fit the model or the machine.
        DatasetError: there are not two classes with two training images each.
        WeightsMissingError: the weights are not on this machine.
    """
    config = probed_config(config)
    candidate = Candidate(config.model, config.weights, config.initialisation)
    about = [
        EVIDENCE_VERSION,
        MAX_IMAGES,
        config.seed,  # of the head, whose gradient is measured
        RankedImages.of(index).empty.dataset,
        row_key(candidate, config),
    ]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]


def known_evidence(config: RunConfig, index: DatasetIndex) -> EvidenceRecord | None:
    """Return the stored evidence for exactly this case; None if there is none."""
    try:
        return stored(evidence_key(config, index))
    except TLStudioError:
        return None


def stored(key: str) -> EvidenceRecord | None:
    """The record of this key, where there is one."""
    record = cached_record(_file(key), EvidenceRecord, EVIDENCE_VERSION)
    return record if record is not None and record.key == key else None


def write(record: EvidenceRecord) -> None:
    """Keep it for the next time; where that fails it is measured again then."""
    try:
        write_record(_file(record.key), record, EVIDENCE_VERSION)
    except StorageError as error:
        _log.warning("evidence is not kept: %s", error)
        return
    keep_newest(_file(record.key).parent, "*.json", KEPT)


@dataclass(frozen=True)
class EvidenceSoFar:
    """The stages that were measured already: who stops the measuring loses none of them."""

    key: str
    stages: tuple[StageEvidence, ...] = ()

    @classmethod
    def of(cls, key: str) -> EvidenceSoFar:
        """What there is of this key, perhaps nothing."""
        known = cached_record(_file_so_far(key), EvidenceSoFar, EVIDENCE_VERSION)
        return known if known is not None and known.key == key else cls(key)

    def of_stage(self, path: str, images: int) -> StageEvidence | None:
        """What was measured there on so many images."""
        return next((s for s in self.stages if s.path == path and len(s.answers) == images), None)

    def with_stage(self, stage: StageEvidence) -> EvidenceSoFar:
        """Keep a stage on disk as well; where that fails it is measured again."""
        more = replace(self, stages=(*self.stages, stage))
        try:
            write_record(_file_so_far(self.key), more, EVIDENCE_VERSION)
        except StorageError as error:
            _log.warning("evidence is not kept: %s", error)
        return more

    def discard(self) -> None:
        """All stages are measured, and kept together."""
        with contextlib.suppress(StorageError):
            remove_file(_file_so_far(self.key))


def _file_so_far(key: str) -> Path:
    return cache_dir() / "evidence" / f"{key}.so_far.json"


def _file(key: str) -> Path:
    return cache_dir() / "evidence" / f"{key}.json"
