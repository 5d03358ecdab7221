"""A click loses nothing: what was trained is there after loading, stopping and closing."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from tests.e2e.test_whole_way import ENDLESS, TIMEOUT_MS, click, open_photos, train
from tlstudio.core.errors import StorageError
from tlstudio.core.runs.events import RunEvent, RunNotKept
from tlstudio.core.runs.kept import RunEntry, RunMarks, RunOrigin
from tlstudio.engine.weights.load import load_weights
from tlstudio.gui.app import Studio
from tlstudio.gui.app.menus import RunsMenu
from tlstudio.gui.app.train_page import TrainPage, TrainTab
from tlstudio.gui.features.training.view import RunView
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.state import jobs, run_jobs
from tlstudio.gui.state.loading import LoadingState
from tlstudio.gui.state.run_jobs import RunList
from tlstudio.gui.state.session import Session, Step


def rows(studio: Studio) -> list[QAction]:
    """The runs of File → Open run."""
    menu = next(m for m in studio.window.findChildren(RunsMenu) if isinstance(m.parent(), QMenu))
    menu.aboutToShow.emit()
    return [action for action in menu.actions() if action.isCheckable()]


def run_view(studio: Studio) -> RunView:
    page = studio.window.pages[Step.TRAIN]
    assert isinstance(page, TrainPage)
    view = page.view(TrainTab.RUN)
    assert isinstance(view, RunView)
    return view


def answer(qtbot: QtBot, studio: Studio, name: str) -> None:
    """Press a button of the closing question."""
    question = studio.window.findChildren(QMessageBox)[-1]
    button = question.findChild(QAbstractButton, name)
    assert button is not None
    click(qtbot, button)
    qtbot.waitUntil(lambda: question not in studio.window.findChildren(QMessageBox))


def shows(studio: Studio) -> tuple[object, ...]:
    """What a person sees of a run, on the pages."""
    session, view = studio.session, run_view(studio)
    charts = view.history.charts
    return (
        charts.history if charts is not None else None,
        [record.predicted for record in session.run.record.shown_predictions.predictions],
        view.sentence.text(),
        [item.image.name for item in view.strip.items],
    )


def listed(session: Session, qtbot: QtBot, count: int) -> tuple[RunEntry, ...]:
    """The runs, once there are so many in the list."""
    qtbot.waitUntil(lambda: len(session.runs.entries) == count, timeout=TIMEOUT_MS)
    return session.runs.entries


def opened(session: Session, qtbot: QtBot, run_id: str) -> None:
    with qtbot.waitSignal(session.runs.opened, timeout=TIMEOUT_MS):
        session.runs.open(run_id)


def answers(session: Session, qtbot: QtBot, photo: Path) -> tuple[float, ...]:
    """What the model in hand says of a photo."""
    session.classifier.clear_answers()
    session.classifier.predict([photo])
    qtbot.waitUntil(lambda: len(session.classifier.answers) == 1, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: not session.classifier.predicting, timeout=TIMEOUT_MS)
    return session.classifier.answers[0].probabilities


def test_loaded_weights_become_a_run_of_their_own(
    qtbot: QtBot,
    studio: Studio,
    photos: Path,
    tmp_path: Path,
    accept_file: Callable[..., None],
) -> None:
    session, header = studio.session, studio.window.header
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    with qtbot.waitSignal(session.classifier.saved, timeout=TIMEOUT_MS):
        session.classifier.save_weights(tmp_path / "old.pth")
    train(qtbot, studio, epochs=2, learning_rate=0.01)
    second, first = listed(session, qtbot, 2)
    assert session.runs.current is not None and session.runs.current.id == second.id
    qtbot.waitUntil(lambda: shows(studio)[0] == session.run.record.history)
    qtbot.waitUntil(lambda: bool(shows(studio)[3]))
    seen = shows(studio)
    [photo] = list((photos / "val" / "plum").glob("*0.jpg"))
    probabilities = answers(session, qtbot, photo)

    accept_file(tmp_path / "old.pth")
    with qtbot.waitSignal(session.classifier.loaded, timeout=TIMEOUT_MS):
        studio.window.actions_by_name["load_weights"].trigger()
    loaded = listed(session, qtbot, 3)[0]
    assert loaded.origin is RunOrigin.FILE and loaded.name == "old.pth"
    assert session.runs.current is not None and session.runs.current.id == loaded.id
    assert "old.pth" in header.run.text()
    assert [row.isChecked() for row in rows(studio)] == [True, False, False]
    assert len(session.run.record.history.epochs) == 1  # what the file tells, not the run before
    assert session.run.record.run_id == loaded.id
    assert answers(session, qtbot, photo) != probabilities

    opened(session, qtbot, second.id)
    assert answers(session, qtbot, photo) == probabilities
    qtbot.waitUntil(lambda: shows(studio) == seen, timeout=TIMEOUT_MS)
    assert session.network.config.learning_rate == 0.01
    rows(studio)[2].trigger()
    qtbot.waitUntil(lambda: len(session.run.record.history.epochs) == 1, timeout=TIMEOUT_MS)
    assert session.runs.current is not None and session.runs.current.id == first.id
    studio.session.undo.undo()
    assert session.network.config.learning_rate == 0.01  # what a run brought can be undone


def test_train_again_and_stop_at_once_changes_nothing(
    qtbot: QtBot, studio: Studio, photos: Path
) -> None:
    session = studio.session
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=2, batch_size=8, learning_rate=0.01)
    view, info = run_view(studio), session.classifier.info
    qtbot.waitUntil(lambda: shows(studio)[0] == session.run.record.history)
    qtbot.waitUntil(lambda: bool(shows(studio)[3]))
    seen, classifier = shows(studio), session.classifier.classifier
    [kept] = listed(session, qtbot, 1)
    with qtbot.waitSignal(session.run.ended):
        click(qtbot, view.again_button)
        click(qtbot, studio.window.header.action)  # Stop
    qtbot.waitUntil(lambda: shows(studio) == seen)
    assert session.classifier.classifier is classifier and session.classifier.info is info
    assert session.runs.current is not None and session.runs.current.id == kept.id
    assert not view.again_button.isHidden()
    assert studio.window.header.action.text() == "See the results"


def test_after_closing_and_starting_again_everything_is_as_it_was(
    qapp: QApplication, qtbot: QtBot, studio: Studio, photos: Path, tmp_path: Path
) -> None:
    session = studio.session
    open_photos(qtbot, studio, photos)
    tree = session.network.tree
    assert tree is not None
    ticks = tuple(layer.path for layer in tree.layers)[-3:]
    session.network.tick(ticks)
    train(qtbot, studio, epochs=2, batch_size=8)
    record, plan = session.run.record, session.network.plan
    photo = next((photos / "val" / "sand").glob("*.jpg"))
    probabilities = answers(session, qtbot, photo)
    listed(session, qtbot, 1)
    assert studio.window.close()  # nothing to ask: nothing is unsaved

    again = Studio(qapp, Preferences(tmp_path / "other.ini"))
    with qtbot.waitSignal(again.session.network.engine_ready, timeout=TIMEOUT_MS):
        again.show()
    [entry] = listed(again.session, qtbot, 1)
    opened(again.session, qtbot, entry.id)
    now = again.session
    assert now.datasets.index is not None
    assert now.datasets.index.fingerprint == record.fingerprint
    assert now.run.record.history == record.history
    assert now.network.config.trainable == tuple(sorted(ticks))
    qtbot.waitUntil(lambda: now.network.plan == plan, timeout=TIMEOUT_MS)
    assert answers(now, qtbot, photo) == probabilities
    seen = [one.probabilities for one in now.run.record.shown_predictions.predictions]
    told = [one.probabilities for one in record.shown_predictions.predictions]
    assert seen == [pytest.approx(row, abs=1e-6) for row in told]
    again.window.close()
    qtbot.waitUntil(lambda: not again.window.isVisible())
    again.window.deleteLater()
    again.deleteLater()


def test_a_stopped_run_goes_on_to_its_end_and_further(
    qtbot: QtBot, studio: Studio, photos: Path
) -> None:
    session = studio.session
    open_photos(qtbot, studio, photos)
    session.network.change(**ENDLESS)
    with qtbot.waitSignal(session.run.started, timeout=TIMEOUT_MS):
        click(qtbot, studio.window.header.action)
    qtbot.waitUntil(lambda: bool(session.run.record.history.epochs), timeout=TIMEOUT_MS)
    with qtbot.waitSignal(session.run.ended, timeout=TIMEOUT_MS):
        session.run.stop()
    qtbot.waitUntil(lambda: any(e.can_continue for e in session.runs.entries), timeout=TIMEOUT_MS)
    [entry] = session.runs.entries
    before = session.run.record.history.epochs
    with qtbot.waitSignal(session.run.ended, timeout=TIMEOUT_MS):
        session.runs.continue_(entry.id, len(before) + 1)
    after = session.run.record.history.epochs
    assert [e.metrics["val_loss"] for e in after[: len(before)]] == [
        e.metrics["val_loss"] for e in before
    ]
    assert len(after) == len(before) + 1
    [entry] = listed(session, qtbot, 1)  # it is still one run
    qtbot.waitUntil(lambda: session.runs.entries[0].epochs == len(after), timeout=TIMEOUT_MS)


def test_a_deleted_run_comes_back(
    qtbot: QtBot, studio: Studio, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what was written of it a moment before, on a slow disk as well."""
    session, is_deleting = studio.session, threading.Event()
    set_marks, delete_runs = run_jobs.set_marks, run_jobs.delete_runs

    def set_marks_late(run_id: str, marks: RunMarks) -> RunEntry:
        is_deleting.wait(0.5)  # what is asked for later must not overtake it
        return set_marks(run_id, marks)

    def tell_and_delete(ids: Sequence[str]) -> RunList:
        is_deleting.set()
        return delete_runs(ids)

    monkeypatch.setattr(run_jobs, "set_marks", set_marks_late)
    monkeypatch.setattr(run_jobs, "delete_runs", tell_and_delete)
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    train(qtbot, studio, epochs=2)
    second, first = listed(session, qtbot, 2)
    session.runs.set_marks(first.id, RunMarks("the good one", is_starred=True))
    session.runs.delete([second.id])  # it is in hand
    assert "cannot be deleted" in session.notifications.kept[-1].text
    session.runs.delete([first.id])
    [left] = listed(session, qtbot, 1)
    assert left.id == second.id and not first.folder.exists()
    undo = session.notifications.kept[-1]
    assert undo.act is not None
    undo.act()
    back = listed(session, qtbot, 2)[1]
    assert back.id == first.id and back.name == "the good one" and back.marks.is_starred


def _not_kept(*args: Any, **kwargs: Any) -> Iterator[RunEvent]:
    """A run whose files the disk does not take."""
    from tlstudio.engine.training.trainer import train

    settings, index, stop, classifier = args[:4]
    yield RunNotKept(StorageError("The disk is full."))
    yield from train(settings.config, index, stop, classifier, plan=settings.plan)


@pytest.mark.parametrize("how", ["saved", "cancelled", "failed"])
def test_what_the_disk_did_not_take_is_asked_about(
    qtbot: QtBot,
    studio: Studio,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    accept_file: Callable[..., None],
    how: str,
) -> None:
    session, window = studio.session, studio.window
    monkeypatch.setattr(run_jobs, "keep_run", _not_kept)
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    assert any("full" in f"{n.text} {n.hint}" for n in session.notifications.kept)
    accept_file(tmp_path / "kept.pth")
    if how == "cancelled":
        monkeypatch.setattr(file_dialogs, "_open", lambda *_: None)
    elif how == "failed":

        def fail(*_: object) -> None:
            raise StorageError("The disk is full.")

        monkeypatch.setattr(jobs, "save_weights", fail)
    assert not window.close()
    if how == "saved":
        with qtbot.waitSignal(window.closed, timeout=TIMEOUT_MS):
            answer(qtbot, studio, "save_first")
        loaded = load_weights(tmp_path / "kept.pth").classifier
        assert len(loaded.history.epochs) == 1
        return
    answer(qtbot, studio, "save_first")
    if how == "failed":
        qtbot.waitUntil(lambda: session.notifications.kept[-1].text == "The disk is full.")
    assert window.isVisible() and len(session.runs.unkept) == 1
    assert not window.close()
    with qtbot.waitSignal(window.closed, timeout=TIMEOUT_MS):
        answer(qtbot, studio, "quit_without_saving")


def test_the_runs_menu_waits_for_the_run(qtbot: QtBot, studio: Studio, photos: Path) -> None:
    session = studio.session
    assert not rows(studio)
    open_photos(qtbot, studio, photos)
    train(qtbot, studio, epochs=1, batch_size=8)
    listed(session, qtbot, 1)
    assert [row.isEnabled() for row in rows(studio)] == [True]
    session.network.change(**ENDLESS)
    with qtbot.waitSignal(session.run.started):
        click(qtbot, studio.window.header.action)
    assert not any(row.isEnabled() for row in rows(studio))


class Person:
    """Somebody who does things in any order, and knows what each run said of a photo."""

    def __init__(self, studio: Studio, qtbot: QtBot, photo: Path, folder: Path) -> None:
        self._session, self._qtbot = studio.session, qtbot
        self._photo, self._folder = photo, folder
        self.known: dict[str, tuple[float, ...]] = {}
        self._saved = 0

    def train(self, rate: float) -> None:
        self._session.network.change(epochs=1, batch_size=8, learning_rate=rate)
        with self._qtbot.waitSignal(self._session.run.ended, timeout=TIMEOUT_MS):
            self._session.train()
        self._note()

    def stop_at_once(self) -> None:
        self._session.network.change(epochs=3)
        with self._qtbot.waitSignal(self._session.run.ended, timeout=TIMEOUT_MS):
            self._session.train()
            self._session.run.stop()

    def go_on(self) -> None:
        runs = self._session.runs
        entry = runs.entry(runs.current.id) if runs.current else None
        if entry is None or not entry.can_extend:
            return
        with self._qtbot.waitSignal(self._session.run.ended, timeout=TIMEOUT_MS):
            runs.continue_(entry.id, entry.epochs + 1)
        self._note()

    def open(self, place: float) -> None:
        entries = self._session.runs.entries
        if entries:
            entry = entries[int(place * len(entries))]
            opened(self._session, self._qtbot, entry.id)
            assert self.asks() == self.known[entry.id]

    def save_and_load(self) -> None:
        """What was saved is what was shown."""
        classifier, qtbot = self._session.classifier, self._qtbot
        self._saved += 1
        target = self._folder / f"saved{self._saved}.safetensors"
        before = self.asks()
        with qtbot.waitSignal(classifier.saved, timeout=TIMEOUT_MS):
            classifier.save_weights(target)
        with qtbot.waitSignal(classifier.loaded, timeout=TIMEOUT_MS):
            self._session.feature(LoadingState).open(target)
        qtbot.waitUntil(lambda: self._session.runs.current is not None, timeout=TIMEOUT_MS)
        assert self.asks() == before
        self._note()

    def delete(self, place: float) -> None:
        runs = self._session.runs
        held = runs.current.id if runs.current is not None else ""
        others = [entry.id for entry in runs.entries if entry.id != held]
        if others:
            gone = others[int(place * len(others))]
            with self._qtbot.waitSignal(runs.entries_changed, timeout=TIMEOUT_MS):
                runs.delete([gone])
            del self.known[gone]

    def asks(self) -> tuple[float, ...]:
        return answers(self._session, self._qtbot, self._photo)

    def _note(self) -> None:
        current = self._session.runs.current
        assert current is not None
        self.known[current.id] = self.asks()


def test_in_whatever_order_no_model_that_learned_is_lost(
    qtbot: QtBot, studio: Studio, photos: Path, tmp_path: Path
) -> None:
    """Each run that learned and was not deleted can be opened and answers as it did."""
    session, chance = studio.session, random.Random(0)
    open_photos(qtbot, studio, photos)
    photo = next((photos / "val" / "lime").glob("*.jpg"))
    person = Person(studio, qtbot, photo, tmp_path)
    steps: tuple[Callable[[], None], ...] = (
        lambda: person.train(chance.choice([0.001, 0.01, 0.1])),
        person.stop_at_once,
        person.go_on,
        lambda: person.open(chance.random()),
        person.save_and_load,
        lambda: person.delete(chance.random()),
    )
    person.train(0.01)
    for _ in range(8):
        chance.choice(steps)()
        qtbot.waitUntil(
            lambda: {entry.id for entry in session.runs.entries} == set(person.known),
            timeout=TIMEOUT_MS,
        )
    for run_id, probabilities in person.known.items():
        opened(session, qtbot, run_id)
        assert person.asks() == probabilities
