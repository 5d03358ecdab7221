"""Evidence on disk, found again by dataset, weights and inputs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from pathlib import Path

from tlstudio.core.advice.evidence import EVIDENCE_VERSION, MAX_IMAGES, EvidenceRecord
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import StorageError, TLStudioError
from tlstudio.core.rank import Candidate
from tlstudio.core.storage import atomic_write, cache_dir, read_json
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
    record = EvidenceRecord.from_dict(read_json(_file(key)))
    return record if record is not None and record.key == key else None


def write(record: EvidenceRecord) -> None:
    """Keep it for the next time; where that fails it is measured again then."""
    try:
        atomic_write(_file(record.key), json.dumps(record.to_dict(), ensure_ascii=False))
    except StorageError as error:
        _log.warning("evidence is not kept: %s", error)
        return
    with contextlib.suppress(OSError):  # another program tidies up as well
        files = sorted(_file(record.key).parent.glob("*.json"), key=lambda p: p.stat().st_mtime_ns)
        for path in files[:-KEPT]:
            path.unlink(missing_ok=True)


def _file(key: str) -> Path:
    return cache_dir() / "evidence" / f"{key}.json"
