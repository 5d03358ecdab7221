"""What the window asks of the engine for the evidence of stages; on a study's thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tlstudio.core.evidence import EvidenceMeasured, EvidenceProgressed

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.dataset import DatasetIndex
    from tlstudio.core.events import StopToken
    from tlstudio.core.evidence import EvidenceRecord


def measure_evidence(
    config: RunConfig, index: DatasetIndex, stop: StopToken
) -> Iterator[EvidenceProgressed | EvidenceMeasured]:
    """Measure the stages of the configured network; at once where they were measured before."""
    from tlstudio.engine.evidence.measure import measure_evidence

    for event in measure_evidence(config, index, stop):
        if isinstance(event, EvidenceProgressed | EvidenceMeasured):
            yield event


def known_evidence(config: RunConfig, index: DatasetIndex) -> EvidenceRecord | None:
    """What was measured before of exactly this; None if nothing was."""
    from tlstudio.engine.evidence.files import known_evidence

    return known_evidence(config, index)
