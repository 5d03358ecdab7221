"""One run of a study that trains several, one after another."""

from __future__ import annotations

from collections.abc import Generator

import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import RunEnded, RunEndReason, RunEvent, StopToken
from tlstudio.core.runs.kept import RunOrigin
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.runs.recording import keep_run
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.training.failures import explain
from tlstudio.engine.training.trainer import train


def run_of_study(
    config: RunConfig,
    index: DatasetIndex,
    stop: StopToken,
    store: RunStore | None,
    origin: RunOrigin,
    name: str,
) -> Generator[RunEvent, None, RunRecord]:
    """Carry out one run, whose network does not stay in memory. One that fails is told of.

    Args:
        config: of the run.
        index: the dataset.
        stop: read before every batch.
        store: what keeps it; None where nothing does.
        origin: of the kept run.
        name: of the kept run.
    """
    settings, run_id = Settings(config), "" if store is None else store.new_id()
    run = RunRecord(settings, index.name, index.fingerprint, index.classes, run_id=run_id)
    try:
        classifier = build_classifier(config, index.classes)
    except Exception as failure:
        end = RunEnded(RunEndReason.FAILED, 0, None, None, 0.0, explain(failure))
        yield end
        return run.with_event(end)
    if store is None:
        events = train(config, index, stop, classifier)
    else:
        events = keep_run(
            settings, index, stop, classifier, store=store, run_id=run_id, origin=origin, name=name
        )
    for event in events:
        run = run.with_event(event)
        yield event
    del classifier, events
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
    return run
