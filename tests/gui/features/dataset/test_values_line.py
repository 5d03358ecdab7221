"""Deep images on the Data page, and the files that are left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.gui.fields import type_number
from tlstudio.core.data.values import ValueRange
from tlstudio.gui.app.data_page import DataPage
from tlstudio.gui.app.data_views import DataTab
from tlstudio.gui.features.dataset.left_out_view import LeftOutView
from tlstudio.gui.state.session import Session


@pytest.fixture
def page(session: Session, qtbot: QtBot, tmp_path: Path) -> DataPage:
    """Two classes of 12-bit scans, a raw file, two notes and a broken image."""
    root = tmp_path / "scans"
    ramp = np.linspace(0, 4095, 32 * 32).astype(np.uint16).reshape(32, 32)
    for name in ("ill", "well"):
        (root / name).mkdir(parents=True)
        for number in range(4):
            Image.fromarray(np.roll(ramp, number)).save(root / name / f"{number}.png")
    for name in ("notes.txt", "list.csv", "shot.nef"):
        (root / "ill" / name).write_bytes(b"content")
    (root / "well" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    page = DataPage(session)
    qtbot.addWidget(page)
    page.resize(1192, 700)
    page.show()
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(root)
    return page


def test_the_range_is_shown_and_changed(page: DataPage, session: Session, qtbot: QtBot) -> None:
    line = page.browser.values
    assert line.isVisible()
    assert (line.preset.value, line.low.number, line.high.number) == ("auto", 0, 4095)
    assert "0 to 4095" in line.facts.text()
    with qtbot.waitSignal(session.datasets.changed):
        line.preset.setCurrentIndex(line.preset.findData("brain"))
        line.preset.activated.emit(line.preset.currentIndex())
    assert session.datasets.index.values == ValueRange(0, 80)
    assert {s.image.values for s in session.datasets.index.samples} == {ValueRange(0, 80)}
    assert (line.preset.value, line.high.number) == ("brain", 80)
    with qtbot.waitSignal(session.datasets.changed):
        type_number(qtbot, line.high, "1000")
        line.high.finished.emit()
    assert session.datasets.index.values == ValueRange(0, 1000)
    assert line.preset.value == "custom"
    with qtbot.waitSignal(session.datasets.changed):
        line.preset.chosen.emit("auto")
    assert session.datasets.index.options.values is None
    type_number(qtbot, line.low, "9000")  # black above white is no range
    line.low.finished.emit()
    assert not session.datasets.loading


def test_left_out_files_are_counted_by_reason(
    page: DataPage, session: Session, qtmodeltester: ModelTester
) -> None:
    tabs = page.browser.tabs
    titles = {tabs.tabData(n): tabs.tabText(n) for n in range(tabs.count())}
    assert titles[DataTab.LEFT_OUT] == "Left out (4)"
    view = page.browser.view(DataTab.LEFT_OUT)
    assert isinstance(view, LeftOutView)
    qtmodeltester.check(view.reasons_model)
    assert view.counts.text() == "8 of 12 files are used."
    counts = [view.reasons_model.index(row, 0).data() for row in range(4)]
    assert counts == ["4", "2", "1", "1"]
    assert view.model.rowCount() == 4
    view.reasons.selectRow(1)
    names = {file.image.name for file in view.model.rows}
    assert names == {"notes.txt", "list.csv"}
    page.browser.show_tab(DataTab.LEFT_OUT)
    session.datasets.close()
