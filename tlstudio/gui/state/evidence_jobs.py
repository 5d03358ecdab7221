"""The evidence's functions of the engine, for worker threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tlstudio.core.advice.evidence import EvidenceMeasured, EvidenceProgressed
from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.advice.files import known_evidence as known_evidence
else:
    known_evidence = later("tlstudio.engine.advice.files", "known_evidence")


def measure_evidence(
    config: RunConfig, index: DatasetIndex, stop: StopToken
) -> Iterator[EvidenceProgressed | EvidenceMeasured]:
    """Measure the stages of the configured network; at once where they were measured before."""
    from tlstudio.engine.advice.measure import measure_evidence

    for event in measure_evidence(config, index, stop):
        if isinstance(event, EvidenceProgressed | EvidenceMeasured):
            yield event
