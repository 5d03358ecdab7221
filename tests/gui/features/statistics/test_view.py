"""The Statistics view: what is counted, one class against the others, and the way to the images."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tlstudio.core.data.manifest import manifest_key
from tlstudio.gui.features.statistics.state import StatisticsState
from tlstudio.gui.features.statistics.view import StatisticsView
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Dark square ones and bright wide ones; one of them is a PNG."""
    root = tmp_path / "photos"
    for split, count in (("train", 4), ("val", 2)):
        for name, size, grey in (("dark", (60, 60), 20), ("light", (120, 60), 230)):
            (root / split / name).mkdir(parents=True)
            for number in range(count):
                suffix = "png" if (split, name, number) == ("val", "dark", 0) else "jpg"
                picture = Image.new("RGB", size, (grey, grey, grey + number))
                picture.save(root / split / name / f"{number}.{suffix}")
    return root


@pytest.fixture
def view(session: Session, qtbot: QtBot, root: Path) -> StatisticsView:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(root)
    view = StatisticsView(session)
    qtbot.addWidget(view)
    assert session.datasets.index is not None
    view.set_index(session.datasets.index)
    view.resize(1000, 700)
    view.show()
    qtbot.waitUntil(lambda: session.feature(StatisticsState).facts is not None)
    return view


def counts(view: StatisticsView, name: str) -> dict[str, list[int]]:
    """The groups of a chart with their counts in the bins that have any."""
    groups = view.charts[name]._groups
    filled = [n for n in range(len(groups[0].counts)) if any(g.counts[n] for g in groups)]
    return {group.spec.title: [group.counts[n] for n in filled] for group in groups}


def test_the_splits_stand_on_top_of_each_other(view: StatisticsView) -> None:
    assert view.charts["format"].isVisible() and view.charts["camera"].isHidden()
    assert counts(view, "format") == {"Train": [8, 0], "Validation": [3, 1]}
    assert counts(view, "brightness") == {"Train": [4, 4], "Validation": [2, 2]}
    assert view.charts["format"].csv() == "File format,Train,Validation\nJPEG,8,3\nPNG,0,1\n"


def test_one_class_beside_all_others(view: StatisticsView, session: Session) -> None:
    session.feature(BrowsingState).set_class(0)
    assert counts(view, "aspect") == {"dark": [6, 0], "all others": [0, 6]}
    chart = view.charts["aspect"]
    reading = chart.reading(chart._bins.count // 2)  # type: ignore[union-attr]
    assert reading is not None and reading.rows[0].values == ("6", "100.0%")
    session.feature(BrowsingState).set_class(None)
    assert list(counts(view, "aspect")) == ["Train", "Validation"]


def test_a_bar_leads_to_its_images(view: StatisticsView, session: Session, qtbot: QtBot) -> None:
    chart, browsing = view.charts["format"], session.feature(BrowsingState)
    chart.setFocus()
    chart.point_at(1)
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    chosen, index = browsing.chosen, session.datasets.index
    assert chosen is not None and index is not None
    assert chosen.title == "File format: PNG"
    assert [manifest_key(index.root, image) for image in chosen.images] == ["val/dark/0.png"]
    assert session.data_tab == "images"


def test_it_follows_what_is_left_out(view: StatisticsView, session: Session, qtbot: QtBot) -> None:
    manifest = session.datasets.manifest.leaving_out(["val/dark/0.png"])
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.edit(manifest)
    assert session.datasets.index is not None
    view.set_index(session.datasets.index)
    qtbot.waitUntil(lambda: counts(view, "format") == {"Train": [8], "Validation": [3]})
    table = session.feature(StatisticsState)._table
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.edit(manifest.moving(["val/dark/1.jpg"], "light"))
    assert session.feature(StatisticsState)._table is table  # nothing is looked at again


def test_the_colours_can_be_copied(view: StatisticsView) -> None:
    assert view.colours.text.text().startswith("red 0.490 ± 0.412")
    view.colours.copy_button.click()
    assert QGuiApplication.clipboard().text().startswith("mean=[0.4902")


def test_a_run_goes_first(session: Session, qtbot: QtBot, root: Path) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(root)
    state = session.feature(StatisticsState)
    session.run._set_status(RunStatus.RUNNING)
    state.ask()
    assert state.is_waiting and state.progress is None and not state._worker.active
    session.run._set_status(RunStatus.IDLE)
    qtbot.waitUntil(lambda: state.facts is not None)
