"""A run as a value: what its events add up to, and how it is stored."""

from __future__ import annotations

import json
import math
import pickle

import pytest

from tests.helpers import epoch_record
from tlstudio.core.config import RunConfig
from tlstudio.core.errors import TrainingError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    EpochPart,
    FeaturesProgressed,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunStarted,
)
from tlstudio.core.runs.execution import ExecutionRecord, FeatureUse
from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.core.strategies import FreezePlan, PlanPhase

CACHED = ExecutionRecord("float32", FeatureUse.CACHED, ("blocks",), 1, 400)
STARTED = RunStarted("tiny", ("a", "b"), 6, 3, 10, 100, 3, "cpu", 0, CACHED)
MORE = PhaseStarted(3, 60, ExecutionRecord())
PROOF = FreezeProof(4, 2, "ab" * 32, (), {"head": 0.5, "new": math.inf})
END = RunEnded(RunEndReason.FINISHED, 3, 2, 0.75, 6.5, proof=PROOF)


def features(epoch: int, done: int, total: int, from_cache: int) -> FeaturesProgressed:
    return FeaturesProgressed(epoch, done, total, from_cache, 50.0, 0.1, None)


def batch(epoch: int) -> BatchEnded:
    return BatchEnded(epoch, EpochPart.TRAIN, 1, 2, 0.5, 100.0, epoch / 3, 4.0)


EVENTS: tuple[RunEvent, ...] = (
    STARTED,
    features(1, 3, 6, 2),
    features(1, 6, 6, 2),
    batch(1),
    EpochEnded(epoch_record(1, val_accuracy=0.5), True),
    PredictionsReady(1, ()),
    batch(2),
    EpochEnded(epoch_record(2, val_accuracy=0.75), True),
    PredictionsReady(2, ()),
    MORE,
    features(3, 2, 2, 2),
    EpochEnded(epoch_record(3, val_accuracy=0.6), False),
    PredictionsReady(3, ()),
    END,
)


def fold(events: tuple[RunEvent, ...], record: RunRecord = RunRecord()) -> RunRecord:  # noqa: B008
    for event in events:
        record = record.with_event(event)
    return record


def test_nothing_was_told_yet() -> None:
    record = RunRecord()
    assert (record.best, record.execution) == (None, None)
    assert record.shown_predictions == PredictionsReady(0, ())
    assert (record.trainable_parameters, record.total_parameters) == (0, 0)
    assert (record.kept_share, record.elapsed_s, record.has_learned) == (0.0, 0.0, False)


def test_what_the_events_add_up_to() -> None:
    record = fold(EVENTS)
    assert record.started is STARTED and record.classes == ("a", "b")
    assert record.phases == (MORE,)
    assert [e.epoch for e in record.history.epochs] == [1, 2, 3]
    assert record.best is record.history.epochs[1]
    assert record.features == (features(1, 6, 6, 2), features(3, 2, 2, 2))
    assert record.kept_share == 4 / 8
    assert record.execution == MORE.execution
    assert (record.trainable_parameters, record.total_parameters) == (60, 100)
    assert record.end is END and record.elapsed_s == 6.5
    assert record.has_learned


def test_while_it_goes_on() -> None:
    record = fold(EVENTS[:6])
    assert record.progress == batch(1)
    assert record.execution == CACHED
    assert record.elapsed_s == 2.0
    assert not record.has_learned


def test_predictions_are_the_latest_and_at_the_end_those_of_the_weights() -> None:
    before, after = fold(EVENTS[:-1]), fold(EVENTS)
    assert before.predictions is not None and before.predictions.epoch == 3
    assert before.shown_predictions is before.predictions
    assert after.shown_predictions.epoch == 2
    assert after.archived().shown_predictions.epoch == 0


def test_folding_leaves_the_record_alone() -> None:
    record = fold(EVENTS[:4])
    record.with_event(EVENTS[4])
    assert record.history.epochs == ()


@pytest.mark.parametrize(
    ("events", "reason", "epochs", "has_learned"),
    [
        (EVENTS[:6], RunEndReason.STOPPED, 1, True),
        (EVENTS[:4], RunEndReason.STOPPED, 0, True),
        ((), RunEndReason.STOPPED, 0, False),
        (EVENTS[:4], RunEndReason.FAILED, 0, False),
        (EVENTS[:6], RunEndReason.FAILED, 1, True),
    ],
)
def test_when_something_was_learned(
    events: tuple[RunEvent, ...], reason: RunEndReason, epochs: int, has_learned: bool
) -> None:
    assert fold((*events, RunEnded(reason, epochs, None, None, 1.0))).has_learned is has_learned


def test_a_stored_record_comes_back() -> None:
    plan = FreezePlan("custom", (PlanPhase(1, {"head": 1.0}, frozenset({"bn"}), 10),), 100)
    begun = RunRecord(Settings(RunConfig(epochs=3), plan), "photos", "abc", ("a", "b"))
    record = fold(EVENTS, begun)
    told = RunRecord.from_json(record.to_json())
    assert told.best == record.best
    assert told == record.archived()
    json.loads(record.to_json(), parse_constant=pytest.fail)  # plain JSON, infinite or not
    strange = RunRecord(dataset="photos \udcff", classes=("a\udcff",))
    assert RunRecord.from_json(strange.to_json().encode().decode()) == strange
    assert pickle.loads(pickle.dumps(record)) == record


def test_a_stored_record_of_a_newer_version_opens() -> None:
    record = fold(EVENTS, RunRecord(Settings(RunConfig(epochs=3))))
    values = {**record.to_values(), "tags": ["good"]}
    assert RunRecord.from_values(values) == record.archived()
    values["settings"]["config"]["warp"] = True
    values["history"][0]["val_auc"] = 0.9
    told = RunRecord.from_values(values)
    assert told.history.epochs[0].metrics["val_auc"] == 0.9
    assert (told.end, told.settings) == (END, None)


def test_what_went_wrong_is_stored() -> None:
    error = TrainingError("No {x}.", "Try {y}.", x="y", y=RunEndReason)
    end = RunEnded(RunEndReason.FAILED, 0, None, None, 0.5, error)
    told = RunRecord.from_json(fold((STARTED, end)).to_json()).end
    assert told is not None and isinstance(told.error, TrainingError)
    assert (str(told.error), told.error.hint_text) == (str(error), error.hint_text)


@pytest.mark.parametrize("values", [None, 3, {"history": 3}, {"end": {}}, {"end": {"error": 1}}])
def test_what_is_no_record_is_refused(values: object) -> None:
    with pytest.raises(ValueError, match="validation error"):
        RunRecord.from_values(values)
