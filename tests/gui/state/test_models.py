"""A click loses nothing: what was trained stays, and comes back with charts and predictions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from tlstudio.gui.state.models import SessionModel, model_title

from tests.gui.fakes import make_images, make_index, play
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import StorageError, WeightsError
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.state import jobs
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step

FINISHED, STOPPED = RunEndReason.FINISHED, RunEndReason.STOPPED


class Disk:
    """Stands for the files of the session's models."""

    def __init__(self) -> None:
        self.files: dict[Path, Any] = {}
        self.is_full = False

    def keep(self, classifier: Any, path: Path) -> Path:
        if self.is_full:
            raise StorageError("full")
        self.files[path] = classifier
        return path

    def kept(self, path: Path) -> Any:
        if path not in self.files:
            raise WeightsError("gone")
        return SimpleNamespace(**vars(self.files[path]))  # another object, as from a file


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(jobs, "keep_model", disk.keep)
    monkeypatch.setattr(jobs, "kept_model", disk.kept)
    monkeypatch.setattr(jobs, "forget_models", lambda folder: disk.files.clear())
    return disk


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return make_index(tmp_path, make_images(tmp_path))


def train(
    session: Session, index: DatasetIndex, epochs: int = 3, reason: RunEndReason = FINISHED
) -> Any:
    """A run in which a network is trained for `epochs` epochs; the fewer, the worse it is."""
    classifier = SimpleNamespace(model="a network", classes=index.classes)
    session.datasets.index = index
    session.datasets.changed.emit(index)
    before = session.run.record
    session.run._before = before if before.history.epochs else None
    session.run._classifier = classifier  # type: ignore[assignment]
    play(session, index, epochs=epochs, reason=reason)
    return classifier


def load(session: Session, tmp_path: Path) -> None:
    """Weights from a file."""
    classifier = SimpleNamespace(
        model="another", classes=("a",), history=SimpleNamespace(best=None, epochs=())
    )
    loaded = SimpleNamespace(classifier=classifier, notes=(), matched=3)
    session.classifier._on_loaded((tmp_path / "other.pth", loaded))  # type: ignore[arg-type]


def go_back(session: Session, model: SessionModel, qtbot: QtBot) -> None:
    session.models.go_back(model)
    qtbot.waitUntil(lambda: session.models.current is model)


def test_a_second_run_leaves_the_first_to_go_back_to(
    session: Session, index: DatasetIndex, disk: Disk, qtbot: QtBot
) -> None:
    train(session, index, epochs=20)
    first, record = session.models.current, session.run.record
    train(session, index, epochs=2)
    models = session.models.models
    assert first is models[0] and session.models.current is models[1]
    qtbot.waitUntil(lambda: len(disk.files) == 1)
    qtbot.waitUntil(lambda: list(session.models._in_memory) == [2])

    told: list[tuple[object, ...]] = []
    session.run.history_changed.connect(lambda history: told.append((history,)))
    session.run.predictions_changed.connect(lambda predictions: told.append((predictions,)))
    go_back(session, models[0], qtbot)
    assert session.run.record is record and session.classifier.info is models[0].info
    assert told == [(record.history,), (record.shown_predictions.predictions,)]
    assert not session.classifier.is_saved
    assert session.classifier.classifier.classes == index.classes  # type: ignore[union-attr]
    go_back(session, models[1], qtbot)
    assert session.run.record is models[1].record
    qtbot.waitUntil(lambda: list(session.models._in_memory) == [2])  # the first is in its file


def test_a_worse_run_is_said_with_a_way_back(
    session: Session, index: DatasetIndex, disk: Disk, qtbot: QtBot
) -> None:
    train(session, index, epochs=20)
    assert not [n for n in session.notifications.kept if n.action]
    train(session, index, epochs=2)
    said = session.notifications.kept[-1]
    assert "run 1 was better" in said.text and said.action == "Go back to run 1"
    assert said.act is not None
    said.act()
    first = session.models.models[0]
    qtbot.waitUntil(lambda: session.models.current is first)
    train(session, index, epochs=25)
    assert session.notifications.kept[-1] is said  # the best so far needs no word


def test_other_images_are_no_rivals(session: Session, index: DatasetIndex, disk: Disk) -> None:
    train(session, index, epochs=20)
    train(session, replace(index, samples=index.samples[1:]), epochs=2)
    assert not [n for n in session.notifications.kept if n.action]


def test_a_run_that_never_learned_leaves_everything_as_it_was(
    session: Session, index: DatasetIndex, disk: Disk
) -> None:
    classifier = train(session, index, epochs=3)
    record, info = session.run.record, session.classifier.info
    train(session, index, epochs=0, reason=STOPPED)
    assert session.run.record is record
    assert session.classifier.classifier is classifier and session.classifier.info is info
    assert len(session.models.models) == 1
    assert "shown again" in session.notifications.kept[-1].text


def test_a_failed_start_leaves_everything_as_it_was(
    session: Session, index: DatasetIndex, disk: Disk
) -> None:
    train(session, index, epochs=3)
    record = session.run.record
    train(session, index, epochs=0, reason=RunEndReason.FAILED)
    assert session.run.record is record and len(session.models.models) == 1


def test_the_first_run_stopped_at_once_is_told_as_such(
    session: Session, index: DatasetIndex, disk: Disk
) -> None:
    train(session, index, epochs=0, reason=STOPPED)
    assert session.run.record.end is not None and session.run.record.end.reason is STOPPED
    assert session.models.models == () and session.models.current is None


def test_loaded_weights_leave_the_trained_model_in_the_list(
    session: Session, index: DatasetIndex, disk: Disk, tmp_path: Path, qtbot: QtBot
) -> None:
    train(session, index)
    first, record = session.models.current, session.run.record
    assert first is not None
    load(session, tmp_path)
    assert session.models.current is None and session.classifier.info.source == "other.pth"  # type: ignore[union-attr]
    said = session.notifications.kept[-1]
    assert "Run 1" in said.text and "not saved" in said.text and said.act is not None
    said.act()
    qtbot.waitUntil(lambda: session.models.current is first)
    assert session.run.record is record and session.classifier.info is first.info

    session.models.set_saved()
    count = len(session.notifications.kept)
    load(session, tmp_path)
    assert [n.text for n in list(session.notifications.kept)[count:]] == [
        "Loaded other.pth: another, 3 tensors matched."
    ]


def test_another_dataset_leaves_the_model_in_the_list(
    session: Session, index: DatasetIndex, disk: Disk, tmp_path: Path, qtbot: QtBot
) -> None:
    train(session, index)
    first = session.models.current
    assert first is not None
    session.datasets.close()
    assert not session.run.record.history.epochs and session.models.unsaved == (first,)
    load(session, tmp_path)
    go_back(session, first, qtbot)
    assert session.run.record is first.record
    assert session.is_out_of_date(first.record)


def test_another_dataset_leaves_the_run_of_the_model_in_hand(
    session: Session, index: DatasetIndex, disk: Disk
) -> None:
    train(session, index)
    first = session.models.current
    assert first is not None
    session.datasets.close()
    done: list[bool] = []
    session.models.go_back(first, lambda: done.append(True))
    assert session.run.record is first.record and session.models.current is first
    assert done == [True]


def test_what_cannot_be_written_stays_in_memory(
    session: Session, index: DatasetIndex, disk: Disk, qtbot: QtBot
) -> None:
    disk.is_full = True
    classifier = train(session, index)
    train(session, index)
    qtbot.waitUntil(lambda: not session.models._writing)
    go_back(session, session.models.models[0], qtbot)
    assert session.classifier.classifier is classifier


def test_a_file_that_is_gone_is_said_and_the_model_in_hand_stays(
    session: Session, index: DatasetIndex, disk: Disk, qtbot: QtBot
) -> None:
    train(session, index)
    train(session, index)
    qtbot.waitUntil(lambda: list(session.models._in_memory) == [2])
    disk.files.clear()
    with qtbot.waitSignal(session.notifications.posted):
        session.models.go_back(session.models.models[0])
    assert session.models.current is session.models.models[1]


def test_nothing_changes_hands_during_a_run(
    session: Session, index: DatasetIndex, disk: Disk
) -> None:
    train(session, index)
    train(session, index)
    session.run._set_status(RunStatus.RUNNING)
    session.models.go_back(session.models.models[0])
    session.run._set_status(RunStatus.IDLE)
    assert session.models.current is session.models.models[1]


def test_saving_concerns_the_one_in_hand(
    session: Session,
    index: DatasetIndex,
    disk: Disk,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "save_weights", lambda classifier, path, which: (classifier, path))
    train(session, index, epochs=20)
    train(session, index, epochs=10)
    train(session, index, epochs=2)
    first, second, third = session.models.models
    assert session.models.unsaved == (third, first, second)  # in hand, then the better ones
    done: list[bool] = []
    with qtbot.waitSignal(session.classifier.saved):
        session.classifier.save_weights(tmp_path / "kept.pth", then=lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert session.models.unsaved == (first, second)


def test_a_model_is_named_by_run_strategy_and_accuracy(
    session: Session, index: DatasetIndex, disk: Disk
) -> None:
    train(session, index)
    model = session.models.current
    assert model is not None and session.step is Step.DATA
    accuracy = f"{100 * (model.info.val_accuracy or 0):.1f}%"
    assert model_title(model) == f"Run 1 · Feature extraction · {accuracy}"
