"""The Runs page: list, filter, marks and details, with entries that nobody trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from tests.gui.networks import make_spec
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.kept import RACE_NAME, RunEntry, RunMarks, RunOrigin
from tlstudio.core.storage import data_dir
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.features.runs.details import RunDetails
from tlstudio.gui.features.runs.page import RunsPage
from tlstudio.gui.kit import language
from tlstudio.gui.kit.popup import Popup
from tlstudio.gui.state import run_jobs
from tlstudio.gui.state.run_jobs import RunList
from tlstudio.gui.state.runs import run_name
from tlstudio.gui.state.session import Dialog, Session, Step


def entry(number: int, **values: object) -> RunEntry:
    """A run of a list; the higher the number, the older."""
    usual: dict[str, object] = {
        "marks": RunMarks(f"run {number}"),
        "created": 1_700_000_000.0 - number * 3600,
        "dataset": "leaves" if number % 2 else "shells",
        "model": "resnet18",
        "strategy": "feature_extraction",
        "planned_epochs": 25,
        "epochs": 25,
        "best_epoch": 20,
        "accuracy": 0.5 + number / 100,
        "right": 50 + number,
        "images": 100,
        "accuracies": (0.3, 0.4, 0.5),
        "size_bytes": 1_000_000,
        "end": RunEndReason.FINISHED,
        "has_weights": True,
        "has_checkpoint": True,
    }
    return RunEntry(f"id{number}", Path(f"/runs/id{number}"), **{**usual, **values})  # type: ignore[arg-type]


class Disk:
    """Stands for the store: what it lists, and what was written to it."""

    def __init__(self, entries: tuple[RunEntry, ...]) -> None:
        self.entries = entries
        self.marks: list[tuple[str, RunMarks]] = []
        self.deleted: list[str] = []

    def list_runs(self) -> RunList:
        return RunList(self.entries, sum(one.size_bytes for one in self.entries))

    def set_marks(self, run_id: str, marks: RunMarks) -> RunEntry:
        self.marks.append((run_id, marks))
        return replace(next(one for one in self.entries if one.id == run_id), marks=marks)

    def delete(self, ids: tuple[str, ...]) -> RunList:
        self.deleted += ids
        self.entries = tuple(one for one in self.entries if one.id not in ids)
        return self.list_runs()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    interrupted = entry(3, end=None, epochs=7)
    disk = Disk((entry(1), entry(2), interrupted, entry(4, end=RunEndReason.STOPPED, epochs=3)))
    monkeypatch.setattr(run_jobs, "list_runs", disk.list_runs)
    monkeypatch.setattr(run_jobs, "set_marks", disk.set_marks)
    monkeypatch.setattr(run_jobs, "delete_runs", disk.delete)
    return disk


@pytest.fixture
def page(session: Session, disk: Disk, qtbot: QtBot) -> RunsPage:
    page = RunsPage(session)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: len(session.runs.entries) == 4)
    return page


def names(page: RunsPage) -> list[str]:
    return [one.name for one in page.list.entries]


def test_newest_first_and_sorted_by_a_column(page: RunsPage) -> None:
    QAbstractItemModelTester(page.list.model())
    assert names(page) == ["run 1", "run 2", "run 3", "run 4"]
    place = page.list._places["accuracy"]
    page.list.sortByColumn(place, Qt.SortOrder.DescendingOrder)
    assert names(page) == ["run 4", "run 3", "run 2", "run 1"]
    text = page.list.model().index(0, place).data()
    assert text.startswith("54.0% (44")  # never a share without its interval


def test_search_dataset_and_state_narrow_the_list(page: RunsPage) -> None:
    page.search.setText("shells stopped")
    assert names(page) == ["run 4"]
    page.search.setText("")
    page.dataset_box.setCurrentIndex(page.dataset_box.findData("leaves"))
    assert names(page) == ["run 1", "run 3"]
    page.kind_box.setCurrentIndex(2)  # can be continued
    assert names(page) == ["run 3"]


def test_name_tags_and_note_are_written(page: RunsPage, disk: Disk, qtbot: QtBot) -> None:
    page.list.select(("id2",))
    details = page.details
    assert details.name.text() == "run 2"
    details.name.setText("the good one")
    details.tags.setText("demo, class 4 , demo")
    details.note.setPlainText("with the new lamp")
    details.name.editingFinished.emit()
    qtbot.waitUntil(lambda: bool(disk.marks))
    run_id, marks = disk.marks[-1]
    assert run_id == "id2"
    assert marks == RunMarks("the good one", False, ("demo", "class 4"), "with the new lamp")
    assert "the good one" in names(page)  # at once


def test_what_was_typed_is_written_before_another_run_is_shown(
    page: RunsPage, disk: Disk, qtbot: QtBot
) -> None:
    page.list.select(("id1",))
    page.details.note.setPlainText("half a sentence")
    page.list.select(("id2",))
    qtbot.waitUntil(lambda: [run_id for run_id, _ in disk.marks] == ["id1"])
    assert disk.marks[0][1].note == "half a sentence"
    assert page.details.note.toPlainText() == ""


def test_stars_deletion_and_the_run_in_hand(
    page: RunsPage, session: Session, disk: Disk, qtbot: QtBot
) -> None:
    page.list.star_clicked.emit("id1")
    qtbot.waitUntil(lambda: bool(disk.marks))
    assert disk.marks[-1][1].is_starred
    page.list.select(("id2", "id4"))
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: disk.deleted == ["id2", "id4"])
    qtbot.waitUntil(lambda: names(page) == ["run 1", "run 3"])
    assert session.notifications.kept[-1].action == "Undo"
    session.runs._set_current(session.runs.entries[0])
    session.runs.delete(["id1"])
    assert "cannot be deleted" in session.notifications.kept[-1].text


def test_two_to_six_can_be_compared(page: RunsPage, session: Session, qtbot: QtBot) -> None:
    page.list.select(("id1",))
    assert not page.compare_button.isEnabled()
    page.list.select(("id1", "id2", "id3"))
    assert page.compare_button.isEnabled()
    with qtbot.waitSignal(session.runs.comparison_requested) as asked:
        page.compare_button.click()
    assert asked.args == [("id1", "id2", "id3")]
    assert session.step is Step.RUNS


def test_what_is_over_the_limit_is_offered_and_not_deleted(
    page: RunsPage, session: Session, disk: Disk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def over_budget(limit_bytes: int) -> tuple[str, ...]:
        asked.append(limit_bytes)
        return ("id3", "id4")

    monkeypatch.setattr(run_jobs, "over_budget", over_budget)
    assert page.tidy_button.isHidden()
    session.preferences.runs_limit_bytes = 2_500_000
    page.refresh()
    assert not page.tidy_button.isHidden()
    page.tidy_button.click()
    qtbot.waitUntil(lambda: page.list.selected_ids == ("id3", "id4"))
    assert asked == [2_500_000]
    assert disk.deleted == []


def test_the_limit_is_a_preference_and_going_over_it_is_told(
    page: RunsPage, session: Session, qtbot: QtBot
) -> None:
    page.space.click()
    popup = page.findChild(Popup)
    assert popup is not None
    popup.findChild(QSpinBox).setValue(3)
    assert session.preferences.runs_limit_bytes == 3_000_000_000
    assert "3.0 GB" in page.space.text()
    popup.close()
    session.preferences.runs_limit_bytes = 1_000_000
    session.runs._has_list = False  # as at the next start
    session.runs.refresh()
    qtbot.waitUntil(lambda: "4.0 MB" in session.notifications.kept[-1].text)
    said = session.notifications.kept[-1]
    assert "4.0 MB, more than the 1.0 MB" in said.text and said.act is not None
    session.go_to(Step.DATA)
    said.act()
    assert session.step is Step.RUNS


def test_columns_give_way_and_are_remembered(page: RunsPage, session: Session) -> None:
    page._show_column("size", is_shown=False)
    assert session.preferences.hidden_run_columns == {"size"}
    assert page.list.isColumnHidden(page.list._places["size"])
    page.resize(600, 500)
    assert not page.list.isColumnHidden(page.list._places["accuracy"])
    assert not page.list.isColumnHidden(page.list._places["name"])
    assert page.list.isColumnHidden(page.list._places["strategy"])


def test_an_interrupted_run_is_offered_once(
    session: Session, disk: Disk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.runs.refresh()
    qtbot.waitUntil(lambda: bool(session.notifications.kept))
    said = session.notifications.kept[-1]
    assert "run 3 was interrupted after epoch 7 of 25" in said.text and said.action == "Continue"
    assert session.preferences.offered_runs == ("id3",) and not said.further
    count = len(session.notifications.kept)
    session.runs._has_list = False  # as at the next start
    looked_back = []
    monkeypatch.setattr(session.runs, "_tell_of_space", lambda: looked_back.append(True))
    session.runs.refresh()
    qtbot.waitUntil(lambda: bool(looked_back))
    assert len(session.notifications.kept) == count


@pytest.mark.parametrize("has_run", [True, False])
def test_a_crash_and_its_run_are_told_of_in_one_message(
    session: Session, disk: Disk, qtbot: QtBot, has_run: bool
) -> None:
    running = data_dir() / "running"
    running.mkdir(parents=True)
    (running / "1.txt").write_text("TLStudio 1, process 1\n", encoding="utf-8")
    if not has_run:
        session.preferences.offered_runs = ("id3",)
    session.runs.refresh()
    qtbot.waitUntil(lambda: bool(session.notifications.kept))
    (said,) = session.notifications.kept
    assert "not closed properly" in said.text
    assert ("run 3 was interrupted" in said.text) is has_run
    act = said.act_further if has_run else said.act
    assert (said.further if has_run else said.action) == "Show diagnostics"
    assert act is not None
    with qtbot.waitSignal(session.dialog_requested) as asked:
        act()
    assert asked.args == [Dialog.DIAGNOSTICS]


def test_a_network_is_shown_by_its_title(page: RunsPage, session: Session) -> None:
    session.network.models = (make_spec("resnet18", title="ResNet-18"),)
    session.network.models_changed.emit()
    place = page.list._places["model"]
    assert page.list.model().index(0, place).data() == "ResNet-18"
    page.list.select(("id1",))
    assert "ResNet-18" in [one.text() for one in page.details.facts.findChildren(QLabel)]


@pytest.fixture
def korean(session: Session) -> Iterator[None]:
    language.install("ko")
    yield
    language.install("en")


def test_the_name_of_a_race_is_in_the_language_of_the_window_until_it_is_renamed(
    korean: None, session: Session, disk: Disk, qtbot: QtBot
) -> None:
    made = RACE_NAME.format(entry=STRATEGIES["fine_tuning"].title, seed=3)
    race = entry(5, marks=RunMarks(made), origin=RunOrigin.RACE)
    said = run_name(race)
    assert "Fine-tuning" not in said and "seed" not in said and "3" in said
    assert run_name(replace(race, marks=RunMarks("mine"))) == "mine"
    assert run_name(replace(race, origin=RunOrigin.WINDOW)) == made  # a person called it so
    details = RunDetails(str)
    qtbot.addWidget(details)
    details.set_entry(race)
    assert details.name.text() == said
    with qtbot.waitSignal(details.marked) as marked:
        details.tags.setText("demo")
        details.write()
    assert marked.args == ["id5", RunMarks(made, tags=("demo",))]


def test_without_runs_it_says_what_will_be_here(session: Session, qtbot: QtBot) -> None:
    page = RunsPage(session)
    qtbot.addWidget(page)
    assert page._stack.currentWidget() is page.empty
