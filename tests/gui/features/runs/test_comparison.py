"""Runs beside each other, as a person looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.core.runs.comparisons import CLASSES, answered
from tests.engine.runs.runs import write_kept
from tests.gui.fakes import make_images
from tlstudio.core.runs.comparison import Change, RunComparison, compare
from tlstudio.engine.runs.store import RunStore
from tlstudio.gui.features.runs.comparison import ComparisonTab, ComparisonView
from tlstudio.gui.state.session import Session

FIRST = "0" * 7 + "1" * 3 + "0" * 4 + "1" * 6
SECOND = "1" * 7 + "0" * 3 + "0" * 4 + "1" * 6
THIRD = "1" * 20


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> Iterator[ComparisonView]:
    view = ComparisonView(session)
    qtbot.addWidget(view)
    view.resize(1160, 680)
    view.show()
    yield view


@pytest.fixture
def three(tmp_path: Path) -> RunComparison:
    folder = tmp_path / "photos"
    make_images(folder, 10, CLASSES)
    keys = [f"{CLASSES[place % 2]}/{place // 2}.png" for place in range(20)]
    return compare(
        answered(name, right, keys=keys, folder=folder, learning_rate=rate)
        for name, right, rate in (
            ("old", FIRST, 0.01),
            ("new", SECOND, 0.001),
            ("all", THIRD, 0.1),
        )
    )


def test_two_runs_and_their_verdict(view: ComparisonView) -> None:
    view.set_comparison(compare([answered("old", FIRST), answered("new", SECOND)]))
    assert view.headline.text().startswith("7 fixed, 3 broken from “old” to “new”")
    assert view.list.verdicts == [
        "the others are compared with this one",
        "within chance: 7 fixed, 3 broken: a coin would do that 34 times in 100",
    ]
    assert view.images.target.isHidden()


def test_another_run_as_the_base(view: ComparisonView, three: RunComparison) -> None:
    view.set_comparison(three)
    assert view.list.verdicts[2].startswith("better: 11 fixed, 0 broken")
    view.list.base.setCurrentIndex(2)
    view.list.base.activated.emit(2)
    assert view.list.verdicts[0].startswith("worse: 0 fixed, 11 broken")
    assert view.list.verdicts[2] == "the others are compared with this one"
    assert view.images.target.value == "1"


def test_curves_are_drawn_where_they_are_seen(view: ComparisonView, three: RunComparison) -> None:
    view.set_comparison(three)
    accuracy, loss = view.charts
    assert len(accuracy.plot.curves) == len(loss.plot.curves) == 3
    assert accuracy.csv().splitlines()[0] == "entry,run,epoch,val_accuracy"
    assert loss.csv().splitlines()[0] == "entry,run,epoch,val_loss"
    best_first = [row.name for row in accuracy.reading(2).rows]
    assert best_first[0] == "all"
    assert loss.reading(0).rows


def test_tables(view: ComparisonView, three: RunComparison) -> None:
    view.set_comparison(three)
    view.show_tab(ComparisonTab.SETTINGS)
    model = view.settings.model()
    cells = [model.index(0, column).data() for column in range(4)]
    assert cells == ["Learning rate", "0.01", "0.001", "0.1"]
    view.show_tab(ComparisonTab.CLASSES)
    model = view.classes.model()
    assert [model.index(row, 0).data() for row in range(2)] == list(CLASSES)
    assert model.index(0, 2).data().startswith("4/10 (17–69%)")
    view.classes.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert model.rowCount() == 2


def test_images_and_what_each_run_says(view: ComparisonView, three: RunComparison) -> None:
    view.set_comparison(three)
    view.show_tab(ComparisonTab.IMAGES)
    images = view.images
    assert len(images.images) == 7  # fixed from old to new
    assert images.side.texts == ["stone 90%", "leaf 90%", "leaf 90%"]
    images.select(Change.BROKEN)
    assert len(images.images) == len(images.grid.items) == 3
    assert images.grid.items[0].detail == "2 of 3 right"
    images.select(Change.NEVER)
    assert not images.images
    assert images.side.texts == []
    images.select(None)
    assert len(images.images) == 20
    images.target.setCurrentIndex(1)
    images.target.activated.emit(1)
    images.select(Change.FIXED)
    assert len(images.images) == 11


def test_kept_runs_are_read_and_one_that_is_gone_is_told(
    view: ComparisonView, session: Session, qtbot: QtBot
) -> None:
    store = RunStore()
    for name, values in (("one", (0.5, 0.75)), ("two", (0.25, 0.5))):
        write_kept(store.folder / name, accuracies=values)
    view.show_runs(("one", "two"))
    qtbot.waitUntil(lambda: view.comparison is not None)
    assert view.headline.text().startswith("No verdict")
    assert view.list.verdicts[1] == "no verdict"
    view.show_tab(ComparisonTab.IMAGES)
    assert "is not kept" in view.images.about.text()
    view.show_runs(("one", "gone"))
    qtbot.waitUntil(lambda: "gone" in view.waiting.text.text())
    with qtbot.waitSignal(view.closed):
        view.back_button.click()


def test_six_runs_have_room(view: ComparisonView) -> None:
    names = ["a name that is longer than there is room for " * 2, *"bcdef"]
    view.set_comparison(compare(answered(name, FIRST) for name in names))
    for tab in ComparisonTab:
        view.show_tab(tab)
        assert view.minimumSizeHint().width() <= 1000
        assert view.minimumSizeHint().height() <= 640
    assert len(view.list.verdicts) == 6
