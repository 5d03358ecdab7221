"""The view of a run before, during and after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index, play
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TrainingError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochPart,
    FeaturesProgressed,
    PhaseStarted,
    RunEnded,
    RunEndReason,
)
from tlstudio.core.runs.execution import ExecutionRecord, FeatureUse
from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.gui.app.status_bar import Status
from tlstudio.gui.features.training.view import RunView
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.state.notifications import Level
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    root = tmp_path / "photos"
    return make_index(root, make_images(root))


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> RunView:
    view = RunView(session)
    qtbot.addWidget(view)
    view.resize(800, 700)
    view.show()
    return view


def show_dataset(session: Session, index: DatasetIndex) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)


def rest(session: Session) -> None:
    """Leave a run that has no thread."""
    session.run._set_status(RunStatus.IDLE)


def test_it_says_what_is_missing_and_where_to_mend_it(
    session: Session,
    view: RunView,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_engine(monkeypatch)
    assert view.plan.isVisible()
    assert not view.plan.train_button.isEnabled()
    assert "no dataset" in view.plan.problem.text()
    session.go_to(Step.TRAIN)
    qtbot.mouseClick(view.plan.remedy_button, Qt.MouseButton.LeftButton)
    assert session.step is Step.DATA

    show_dataset(session, index)
    assert "PyTorch is loading" in view.plan.problem.text()
    assert not view.plan.train_button.isEnabled()

    make_ready(session, qtbot)
    assert view.plan.train_button.isEnabled()
    assert view.plan.problem.isHidden() or not view.plan.problem.text()
    assert view.plan.title.text() == "Ready to train"


def test_it_says_what_would_happen(session: Session, view: RunView, index: DatasetIndex) -> None:
    show_dataset(session, index)
    session.network.change(epochs=7, batch_size=16, learning_rate=0.01)
    facts = dict(view._texts.facts(session))
    assert facts["Dataset"].startswith("photos: 18 ")
    assert facts["Strategy"] == "Feature extraction"
    assert "7 " in facts["Training"] and "16" in facts["Training"] and "0.01" in facts["Training"]


def test_a_run_is_shown_while_it_goes(
    session: Session, view: RunView, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index, epochs=3, planned=25)
    last = session.run.record.history.epochs[-1]
    assert view.progress_bar.value() == 120
    assert view.remaining.text().startswith("about ")
    assert view.numbers.text("val_accuracy") == f"{100 * (last.val_accuracy or 0):.1f}%"
    charts = view.history.charts
    assert charts is not None
    qtbot.waitUntil(lambda: charts.history == session.run.record.history)
    qtbot.waitUntil(lambda: len(view.strip.items) > 3)
    assert "epoch 3" in view.strip_title.text()
    assert view.pause_button.isVisible() and view.stop_button.isVisible()
    assert not view.again_button.isVisible()
    rest(session)


def test_pause_resume_and_stop_reach_the_run(
    session: Session, view: RunView, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index, epochs=2)
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(view.pause_button, left)
    assert session.run.status is RunStatus.PAUSED
    qtbot.mouseClick(view.resume_button, left)
    assert session.run.status is RunStatus.RUNNING
    qtbot.mouseClick(view.stop_button, left)
    assert session.run.status is RunStatus.STOPPING
    assert not view.stop_button.isEnabled()
    rest(session)


def test_the_end_is_told_with_the_best_epoch(
    session: Session, view: RunView, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index, epochs=25, reason=RunEndReason.FINISHED)
    best = session.run.record.best
    assert best is not None
    assert f"{100 * (best.val_accuracy or 0):.1f}%" in view.sentence.text()
    assert f"epoch {best.epoch}" in view.sentence.text()
    assert view.numbers.text("val_accuracy") in view.sentence.text()
    assert session.run.record.shown_predictions.epoch == best.epoch  # what the weights in hand say
    assert f"epoch {best.epoch}" in view.strip_title.text()
    assert not view.progress_bar.isVisible()
    with qtbot.waitSignal(view.save_weights_requested):
        qtbot.mouseClick(view.save_button, Qt.MouseButton.LeftButton)
    view.strip.activated.emit(0)
    assert session.step is Step.RESULTS


def test_a_stopped_run_says_that_what_was_learned_is_kept(
    session: Session, view: RunView, index: DatasetIndex
) -> None:
    play(session, index, epochs=4, reason=RunEndReason.STOPPED)
    assert "kept" in view.details.text()


def test_a_run_that_failed_at_once_goes_back_to_the_plan(
    session: Session,
    view: RunView,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    play(session, index, epochs=0)
    error = TrainingError("The loss is no longer a number.", "Choose a smaller learning rate.")
    session.run._on_event(RunEnded(RunEndReason.FAILED, 0, None, None, 1.0, error))
    session.run._on_worker_ended(None)
    wait_for_plan(session, qtbot)
    assert view.plan.isVisible()
    assert view.plan.problem.text() == "The loss is no longer a number."
    assert view.plan.hint.text() == "Choose a smaller learning rate."
    assert view.plan.train_button.isEnabled()


def test_a_view_built_later_shows_the_run(
    session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index, epochs=3)
    view = RunView(session)
    qtbot.addWidget(view)
    assert view.history.model.rowCount() == 3
    rest(session)


def test_charts_and_numbers_are_exported(
    session: Session,
    view: RunView,
    index: DatasetIndex,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play(session, index, epochs=5, reason=RunEndReason.STOPPED)
    targets = iter([tmp_path / "a.png", tmp_path / "a.csv"])

    def answer(dialog: object, preferences: Preferences, chosen: Callable[..., object]) -> None:
        chosen([next(targets)])

    monkeypatch.setattr(file_dialogs, "_open", answer)
    assert view.history.export is not None
    view.history.export.ask_png()
    qtbot.waitUntil(lambda: len(session.notifications.kept) == 1)
    view.history.export.ask_csv()
    qtbot.waitUntil(lambda: len(session.notifications.kept) == 2)
    assert {n.level for n in session.notifications.kept} == {Level.SUCCESS}
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.csv").read_text() == session.run.record.history.to_csv()


def test_an_export_that_cannot_be_written_is_told(
    session: Session,
    view: RunView,
    index: DatasetIndex,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play(session, index, epochs=2, reason=RunEndReason.STOPPED)
    (tmp_path / "file").write_text("")
    assert view.history.export is not None
    target = tmp_path / "file" / "a.csv"
    monkeypatch.setattr(file_dialogs, "ask_target", lambda *given: given[-1](target))
    view.history.export.ask_csv()
    qtbot.waitUntil(lambda: len(session.notifications.kept) == 1)
    assert session.notifications.kept[0].level is Level.ERROR


def features(done: int, from_cache: int, speed: float = 3120.4) -> FeaturesProgressed:
    return FeaturesProgressed(1, done, 200, from_cache, speed, 0.05, 12.0)


def test_it_says_what_the_engine_is_doing(
    session: Session, view: RunView, index: DatasetIndex, qtbot: QtBot
) -> None:
    status = Status(session)
    qtbot.addWidget(status)
    play(session, index, epochs=0)
    session.run._on_event(features(122, 0))
    assert view.details.text().startswith("features 61%  ·  3,120 images/s")
    assert view.remaining.text() == "about 12 s left"
    assert "earlier run" not in view.execution.text
    assert view.progress_bar.value() == 50
    assert "features 61%" in status.activity and "3,120 images/s" in status.activity
    session.run._on_event(features(200, 200, 0.0))
    assert "earlier run" in view.details.text() and "images/s" not in view.details.text()
    assert "earlier run" in status.activity
    session.run._on_event(BatchEnded(1, EpochPart.TRAIN, 5, 8, 0.6, 420.0, 0.1, None))
    assert "batch 5 of 8" in view.details.text() and "420 images/s" in status.activity
    assert session.run.record.started is not None
    kept = ExecutionRecord("bfloat16", FeatureUse.CACHED, ("a",), 4, 1024)
    session.run._on_event(replace(session.run.record.started, execution=kept))
    assert "found from an earlier run" in view.execution.text
    session.run._on_event(features(0, 0))
    assert view.details.text().startswith("features 0%")
    rest(session)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (ExecutionRecord(), ("float32", "whole network")),
        (ExecutionRecord("bfloat16", FeatureUse.LIVE, ("layer3",)), ("bfloat16", "layer3")),
        (
            ExecutionRecord("bfloat16", FeatureUse.CACHED, ("a", "b"), 4, 1024),
            ("4 view", "kept", "a, b"),
        ),
        (ExecutionRecord("float32", FeatureUse.CACHED, ("a",), 1, 1024, True), ("on disk",)),
        (ExecutionRecord(engine="onnxruntime"), ("float32", "frozen layers by onnxruntime")),
        (ExecutionRecord(refused=("openvino",)), ("not by openvino, whose numbers differ",)),
    ],
)
def test_it_says_how_the_run_is_carried_out(
    session: Session,
    view: RunView,
    index: DatasetIndex,
    record: ExecutionRecord,
    words: tuple[str, ...],
) -> None:
    play(session, index, epochs=1)
    assert session.run.record.started is not None
    session.run._on_event(replace(session.run.record.started, execution=record))
    assert all(word in view.execution.text for word in words)
    rest(session)


def test_the_plan_says_what_to_expect(
    session: Session,
    view: RunView,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait_for_plan(session, qtbot)
    assert dict(view._texts.facts(session))["Expected"].startswith("Measuring")
    qtbot.waitUntil(lambda: session.forecasts.forecast is not None)
    facts = dict(view._texts.facts(session))
    assert "first 4 " in facts["Expected"] and "18 images" in facts["Expected"]
    assert "bfloat16" in facts["Expected"]
    session.network.change(views="live")
    assert "new views" in dict(view._texts.facts(session))["Expected"]
    session.network.change(augmentation="none")
    assert "first epoch" in dict(view._texts.facts(session))["Expected"]
    session.network.set_strategy("fine_tuning")
    assert "whole network" in dict(view._texts.facts(session))["Expected"]


def test_a_burst_of_epochs_is_drawn_once(
    session: Session,
    view: RunView,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[int] = []
    show = view.history.set_history
    monkeypatch.setattr(
        view.history,
        "set_history",
        lambda history: (drawn.append(len(history.epochs)), show(history)),
    )
    play(session, index, epochs=20, planned=25)
    qtbot.waitUntil(lambda: 20 in drawn)
    assert len(drawn) < 6
    rest(session)


def ended(reason: RunEndReason, proof: FreezeProof | None = None) -> RunEnded:
    return RunEnded(reason, 9, 6, 0.8, 12.0, None, proof)


def test_an_early_end_is_said_in_words(
    session: Session, view: RunView, index: DatasetIndex
) -> None:
    play(session, index, epochs=9, reason=RunEndReason.EARLY)
    assert "Ended early" in view.details.text() and "9" in view.details.text()
    assert "are kept" in view.details.text()


def test_the_simple_view_leaves_out_proof_and_precision_and_gives_them_back(
    session: Session, view: RunView, index: DatasetIndex
) -> None:
    play(session, index, reason=RunEndReason.FINISHED)
    session.set_simple(True)
    assert not view.proof.isVisible() and not view.execution.isVisible()
    session.set_simple(False)
    assert view.proof.isVisible() and view.execution.isVisible()


def test_the_proof_is_told(session: Session, view: RunView, index: DatasetIndex) -> None:
    play(session, index, epochs=9)
    run = session.run
    proof = FreezeProof(208, 196, "0a1b2c3d4e5f6071", (), {"head": 0.4})
    run._on_event(ended(RunEndReason.FINISHED, proof))
    run._on_worker_ended(None)
    assert "unchanged" in view.proof.text and "404" in view.proof.text
    assert "0a1b2c3d4e5f" in view.proof.text
    broken = replace(proof, changed=("layer1.bn1.running_mean",))
    run.record = replace(run.record, end=ended(RunEndReason.FINISHED, broken))
    run.status_changed.emit(run.status)
    assert "layer1.bn1.running_mean" in view.proof.text
    assert view.proof.property("tone") == "wrong"
    nothing = FreezeProof(0, 0, "", (), {})
    run.record = replace(run.record, end=ended(RunEndReason.FINISHED, nothing))
    run.status_changed.emit(run.status)
    assert view.proof.text == ""


def test_phases_are_marked_in_the_charts(
    session: Session,
    view: RunView,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait_for_plan(session, qtbot)
    session.network.change(strategy="gradual", unfreeze_every=4)
    play(session, index, epochs=9, planned=25)
    charts = view.history.charts
    assert charts is not None
    marks = ((5, "body joins"), (9, "stem joins"))
    assert charts.accuracy.phases.marks == marks
    assert charts.loss.phases.marks == ((5, ""), (9, ""))
    qtbot.waitUntil(lambda: charts.history == session.run.record.history)
    charts.point_at(4)
    assert charts.readout.title.text() == "Epoch 5 · body joins"
    session.network.set_strategy("fine_tuning")  # the next run is another matter
    run = session.run
    assert run.record.started is not None
    record = ExecutionRecord("bfloat16", FeatureUse.LIVE, ("stem",))
    run._on_event(PhaseStarted(9, 600, record))
    assert charts.accuracy.phases.marks == marks
    assert "stem" in view.execution.text and "bfloat16" in view.execution.text
    rest(session)
    session.network.set_strategy("feature_extraction")
    play(session, index, epochs=3, reason=RunEndReason.FINISHED)
    assert charts.accuracy.phases.marks == ()


def test_the_card_says_which_settings_are_in_force_and_why(
    view: RunView,
    session: Session,
    qtbot: QtBot,
    index: DatasetIndex,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_engine(monkeypatch)
    view.show()
    make_ready(session, qtbot)
    assert not view.plan.preset_button.isVisible()  # there is nothing to go by yet
    session.datasets.index = index
    session.datasets.changed.emit(index)
    wait_for_plan(session, qtbot)
    facts = dict(view._texts.facts(session))
    assert facts["Settings"].startswith("Recommended: Only 18 training images")
    assert view.plan.preset_button.text() == "Use the PyTorch tutorial's settings"
    session.network.change(learning_rate=0.3)
    assert dict(view._texts.facts(session))["Settings"] == "Recommended, apart from: Learning rate"
    qtbot.mouseClick(view.plan.preset_button, Qt.MouseButton.LeftButton)
    assert session.network.config.learning_rate == 0.001
    assert dict(view._texts.facts(session))["Settings"].startswith("PyTorch tutorial: ")
    qtbot.waitUntil(lambda: view.plan.preset_button.text() == "Use the recommended settings")
