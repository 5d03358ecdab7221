"""The list of classes: a proper model, a choice that survives a reload."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tlstudio.core.data.dataset import Split
from tlstudio.gui.features.dataset.class_chart import ClassChart, SplitLegend
from tlstudio.gui.kit import theme


def test_model_and_words(
    app: QApplication, qtbot: QtBot, qtmodeltester: ModelTester, tmp_path: Path
) -> None:
    index = make_index(tmp_path, make_images(tmp_path / "d"))
    chart = ClassChart()
    qtbot.addWidget(chart)
    qtmodeltester.check(chart.model())
    chart.set_index(index)
    qtmodeltester.check(chart.model())
    row = chart.model().index(1, 0)
    assert row.data() == "acorn"
    said = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "acorn" in said and "Train 6" in said and "Validation 6" in said


def test_choosing_by_keyboard(app: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    chart = ClassChart()
    qtbot.addWidget(chart)
    chart.set_index(make_index(tmp_path, make_images(tmp_path / "d")))
    assert chart.chosen_class is None
    with qtbot.waitSignal(chart.class_chosen) as chosen:
        qtbot.keyClick(chart, Qt.Key.Key_Down)
    assert chosen.args == [0]
    with qtbot.waitSignal(chart.class_chosen) as chosen:
        qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chosen.args == [None]


def test_the_choice_follows_its_name(app: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    paths = make_images(tmp_path / "d")
    index = make_index(tmp_path, paths)
    chart = ClassChart()
    qtbot.addWidget(chart)
    chart.set_index(index)
    chart.choose_class(2)
    without_first = make_index(tmp_path, [p for p in paths if p.parent.name != "acorn"])
    with qtbot.waitSignal(chart.class_chosen) as chosen:
        chart.set_index(without_first)
    assert chosen.args == [1]
    with qtbot.waitSignal(chart.class_chosen) as chosen:
        chart.set_index(replace(index, classes=("x", "y", "z")))
    assert chosen.args == [None]


def test_the_classes_can_be_saved(app: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    chart = ClassChart()
    qtbot.addWidget(chart)
    chart.resize(240, 200)
    assert chart.csv() == "class\n"
    chart.set_index(make_index(tmp_path, make_images(tmp_path / "d")))
    header, *rows = csv.reader(io.StringIO(chart.csv()))
    assert header == ["class", "train", "val"]
    assert rows == [[name, "6", "6"] for name in ("acorn", "leaf", "mushroom")]
    words = "".join(ElementTree.fromstring(chart.svg()).itertext())
    assert "acorn" in words
    assert chart.image().width() == 480


def test_bars_are_painted_in_the_colours_of_the_splits(
    app: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    chart, legend = ClassChart(), SplitLegend()
    for widget in (chart, legend):
        qtbot.addWidget(widget)
    chart.resize(240, 200)
    chart.set_index(make_index(tmp_path, make_images(tmp_path / "d")))
    legend.set_splits((Split.TRAIN, Split.VAL))
    for scheme in (theme.Scheme.LIGHT, theme.Scheme.DARK):
        theme.apply(app, scheme)
        image = chart.grab().toImage()
        found = {image.pixelColor(x, 32).name() for x in range(240)}
        assert {theme.current().train, theme.current().val} <= found
        legend.grab()
