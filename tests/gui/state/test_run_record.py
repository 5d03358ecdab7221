"""Window, race and terminal show the same numbers of the same events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.gui.fakes import make_images, make_index, play, run_events
from tlstudio.cli.output import Output
from tlstudio.cli.run_lines import print_end, print_event
from tlstudio.core.runs.events import RunEnded, RunEndReason
from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.state.session import Session


@pytest.mark.parametrize(
    "reason", [RunEndReason.FINISHED, RunEndReason.STOPPED, RunEndReason.FAILED]
)
def test_window_race_and_terminal_say_the_same(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str], reason: RunEndReason
) -> None:
    index = make_index(tmp_path, make_images(tmp_path))
    play(session, index, epochs=6, reason=reason)
    folded = RunRecord(session.network.settings, index.name, index.fingerprint, index.classes)
    races = session.feature(RaceState)
    output = Output(as_json=True)
    for event in run_events(index, epochs=6, reason=reason):
        folded = folded.with_event(event)  # type: ignore[arg-type]
        races._on_run_said(event)  # type: ignore[arg-type]
        print_event(event, output)  # type: ignore[arg-type]
    print_end(folded, output, weights=None, error=None)

    window = session.run.record
    assert window == folded
    assert races.live.history == folded.history
    assert (races.live.end, races.live.progress) == (folded.end, folded.progress)
    assert window.shown_predictions.epoch == folded.history.best.epoch  # type: ignore[union-attr]
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    epochs = [row for row in rows if row["event"] == "epoch_ended"]
    assert [row["val_accuracy"] for row in epochs] == [
        epoch.val_accuracy for epoch in window.history.epochs
    ]
    end = folded.end
    assert end is not None
    assert {key: rows[-1][key] for key in ("reason", "epochs", "best_epoch", "elapsed_s")} == {
        "reason": end.reason.value,
        "epochs": end.epochs,
        "best_epoch": end.best_epoch,
        "elapsed_s": end.elapsed_s,
    }


def test_a_layer_that_began_at_zero_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Its drift is infinite, which JSON has no number for: it used to end in a traceback."""
    proof = FreezeProof(1, 0, "ab", (), {"head": float("inf"), "body": 0.5})
    end = RunEnded(RunEndReason.FINISHED, 0, None, None, 1.0, proof=proof)
    print_end(RunRecord(end=end), Output(as_json=True), weights=None, error=None)
    row = json.loads(capsys.readouterr().out)
    assert row["proof"]["drift"] == {"head": "inf", "body": 0.5}


def test_a_new_run_begins_with_an_empty_record(session: Session, tmp_path: Path) -> None:
    index = make_index(tmp_path, make_images(tmp_path))
    play(session, index, epochs=2, reason=RunEndReason.FINISHED)
    emptied = []
    session.run.history_changed.connect(lambda history: emptied.append(history.epochs))
    session.run.forget()
    assert session.run.record == RunRecord()
    assert emptied == [()]


def test_predictions_are_told_again_when_those_of_the_best_epoch_take_their_place(
    session: Session, tmp_path: Path
) -> None:
    index = make_index(tmp_path, make_images(tmp_path))
    told = []
    session.run.predictions_changed.connect(told.append)
    play(session, index, epochs=25, reason=RunEndReason.FINISHED)
    assert session.run.record.shown_predictions.predictions == told[-1]
    assert len(told) == 27  # none yet, 25 epochs, and the best of them, which is not the last
