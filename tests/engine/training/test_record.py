"""The events of real runs, folded: the same numbers as the engine returned."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import make_split_photos, plan_of, tiny_classifier
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.events import BatchEnded, EpochEnded, RunEndReason, RunEvent, StopToken
from tlstudio.core.runs.predictions import accuracy
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.training.trainer import train


@pytest.mark.parametrize("case", ["finished", "early", "stopped", "failed", "skipped"])
def test_folding_gives_what_the_engine_returned(case: str, tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path))
    classifier = tiny_classifier(index.classes)
    unreadable = {"skipped": 1, "failed": 12}.get(case, 0)
    for sample in index.by_split[Split.TRAIN][:unreadable]:
        sample.image.path.unlink()
    config = RunConfig().changed(
        epochs=5,
        batch_size=4,
        device="cpu",
        learning_rate=1e-6 if case == "early" else 0.01,
        optimizer="sgd",
        patience=2 if case == "early" else 0,
        seed=3,
    )
    stop = StopToken()
    begun = RunRecord(Settings(config), dataset=index.name, classes=index.classes)

    def told() -> Iterator[RunEvent]:
        for event in train(config, index, stop, classifier, plan=plan_of(classifier.network)):
            yield event
            if case == "stopped" and isinstance(event, EpochEnded) and event.record.epoch == 2:
                stop.stop()

    events = list(told())
    record = begun
    for event in events:
        record = record.with_event(event)
    end, started = record.end, record.started
    assert end is not None and started is not None
    reason = {"skipped": "finished"}.get(case, case)
    assert end.reason is RunEndReason(reason)
    assert (end.error is not None) is (case == "failed")
    assert record.history == classifier.history
    assert end.epochs == len(record.history.epochs)
    assert end.best_epoch == (record.best.epoch if record.best else None)
    assert record.elapsed_s == end.elapsed_s
    assert len(record.skipped) == unreadable
    assert record.trainable_parameters == sum(p.numel() for p in classifier.network.parameters())
    shown = record.shown_predictions
    if record.best is not None:
        assert shown.epoch == record.best.epoch
        assert accuracy(shown.predictions) == record.best.val_accuracy
    last = [event for event in events if isinstance(event, BatchEnded)]
    assert record.progress is None or record.progress == last[-1]
    assert pickle.loads(pickle.dumps(events[-1])) == events[-1]
    stored = RunRecord.from_json(record.to_json())
    assert (stored.history, stored.end, stored.started) == (record.history, end, started)
    assert stored.settings == Settings(config)
