"""Stopping and pausing from another thread; events that travel."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TrainingError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochPart,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    StopToken,
)
from tlstudio.core.runs.predictions import PredictionRecord


def test_a_new_token_lets_go_on() -> None:
    stop = StopToken()
    assert (stop.stopped, stop.paused, stop.wait_while_paused()) == (False, False, False)


def test_pause_resume_stop() -> None:
    stop = StopToken()
    stop.pause()
    assert stop.paused
    stop.resume()
    assert not stop.wait_while_paused()
    stop.pause()
    stop.stop()
    assert (stop.stopped, stop.paused) == (True, False)
    stop.pause()
    assert not stop.paused
    assert stop.wait_while_paused()


def test_a_waiting_thread_wakes_up() -> None:
    for wake, expected in ((StopToken.resume, False), (StopToken.stop, True)):
        stop = StopToken()
        stop.pause()
        answers: list[bool] = []
        thread = threading.Thread(
            target=lambda s=stop, a=answers: a.append(s.wait_while_paused())  # type: ignore[misc]
        )
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
        wake(stop)
        thread.join(60)
        assert answers == [expected]


def test_events_are_picklable() -> None:
    events = (
        BatchEnded(1, EpochPart.TRAIN, 1, 2, 0.5, 10.0, 0.1, None),
        PredictionsReady(1, (PredictionRecord(ImageRef.of_file(Path("a")), (1.0,), 0),)),
    )
    assert pickle.loads(pickle.dumps(events)) == events
    end = RunEnded(RunEndReason.FAILED, 1, 1, 0.5, 2.0, TrainingError("No {x}.", x="y"))
    assert str(pickle.loads(pickle.dumps(end)).error) == "No y."
