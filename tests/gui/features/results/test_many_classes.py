"""Thousands of classes: lists are models, and nothing grows with them but what is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_predictions
from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.scores import ClassScores
from tlstudio.core.runs.events import PredictionsReady
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.features.results.class_table import ClassTable
from tlstudio.gui.features.results.page import ResultsPage
from tlstudio.gui.kit.class_box import NEEDS_SEARCH, ClassBox
from tlstudio.gui.kit.predictions.items import PredictionItems
from tlstudio.gui.kit.table import ROW_ROLE
from tlstudio.gui.kit.thumbnail_grid import GridItem
from tlstudio.gui.state.session import Session, Step

MANY = 400


def make_dataset(root: Path, classes: int) -> DatasetIndex:
    """An image to train on and one to validate with of each class; no file is there."""
    names = tuple(f"class {number:04}" for number in range(classes))
    samples = [
        Sample(ImageRef.of_file(root / name / f"{split.value}.png"), number, split)
        for split in (Split.TRAIN, Split.VAL)
        for number, name in enumerate(names)
    ]
    return DatasetIndex(root, root.name, Layout.SPLIT_FOLDERS, names, tuple(samples))


def show(session: Session, index: DatasetIndex) -> None:
    """Open the dataset, and let a run have answered for its validation images."""
    session.datasets.index = index
    session.datasets.changed.emit(index)
    val = [sample.image.path for sample in index.by_split[Split.VAL]]
    answers = make_predictions([path for path in val if path], index.classes)
    session.run.record = RunRecord(classes=index.classes).with_event(PredictionsReady(1, answers))
    session.run.predictions_changed.emit(answers)


def test_the_window_has_as_many_widgets_as_with_few(
    ready_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    window = MainWindow(ready_session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    with qtbot.waitSignal(window.completed):
        window.show()
    found = []
    for classes in (NEEDS_SEARCH + 1, MANY):
        show(ready_session, make_dataset(tmp_path / str(classes), classes))
        for step in Step:
            ready_session.go_to(step)
            QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]
        found.append((len(window.findChildren(QWidget)), len(window.findChildren(QObject))))
    assert found[0][0] == found[1][0]
    assert abs(found[1][1] - found[0][1]) < 20  # not one for each class
    assert window.pages[Step.RESULTS].classes.model().rowCount() == MANY  # type: ignore[attr-defined]


def make_row(number: int, right: int = 1, total: int = 2) -> ClassScores:
    return ClassScores(f"class {number}", right, total, total, total)


def test_only_rows_that_are_seen_are_asked_for(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ClassTable()
    qtbot.addWidget(rows)
    rows.resize(300, 300)
    rows.show()
    asked = set()
    model = type(rows.source)
    data = model.data

    def noted(self: object, index: object, role: int = 0) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            asked.add(index.row())  # type: ignore[attr-defined]
        return data(self, index, role)  # type: ignore[arg-type]

    monkeypatch.setattr(model, "data", noted)
    rows.set_rows([make_row(n) for n in range(MANY)])
    rows.grab()
    assert asked and max(asked) < 20


def test_the_model_of_classes(app: QApplication, qtmodeltester: ModelTester) -> None:
    rows = ClassTable()
    rows.set_rows([make_row(0), make_row(1, 0, 0)])
    qtmodeltester.check(rows.model())
    rows.set_current(1)
    assert rows.source.chosen == "class 1"
    rows.set_rows([make_row(0, 2), make_row(1, 0, 0)])
    assert rows.model().index(0, 0).data(ROW_ROLE).right == 2 and rows.source.chosen == "class 1"
    rows.deleteLater()


def test_a_class_is_found_by_a_part_of_its_name(app: QApplication, qtbot: QtBot) -> None:
    box = ClassBox("True class", "All", "True: {name}")
    qtbot.addWidget(box)
    box.set_classes(("cat", "dog"))
    assert not box.isEditable() and box.class_index is None
    box.set_classes([f"class {n:04}" for n in range(MANY)])
    assert box.isEditable() and box.currentText() == "All"
    box.show()
    with qtbot.waitSignal(box.currentIndexChanged):
        box.lineEdit().selectAll()
        qtbot.keyClicks(box.lineEdit(), "0123")
        popup = box.completer().popup()
        qtbot.waitUntil(lambda: popup.model().rowCount() == 1)
        qtbot.keyClick(popup, Qt.Key.Key_Down)
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert box.class_index == 123
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), "nothing like it")
    box.lineEdit().editingFinished.emit()
    assert box.currentText() == "True: class 0123" and box.class_index == 123
    box.set_class_index(None)
    assert box.currentText() == "All"


def test_a_filter_makes_no_cells_of_what_is_chosen(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all of 20,000 images chosen, each letter of a name took half a second."""
    page = ResultsPage(ready_session)
    qtbot.addWidget(page)
    page.show()
    show(ready_session, make_dataset(tmp_path, MANY))
    grid = page.gallery.grid
    qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.selection) == MANY
    made: list[PredictionRecord] = []
    make = PredictionItems._item

    def noted(items: PredictionItems, record: PredictionRecord) -> GridItem:
        made.append(record)
        return make(items, record)

    monkeypatch.setattr(PredictionItems, "_item", noted)
    page.filter.name_field.setText("val")
    assert len(grid.selection) == MANY
    page.filter.name_field.setText("nothing like it")
    assert not grid.selection and len(made) < 10
