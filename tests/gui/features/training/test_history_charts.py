"""The charts of a run: what they show, point at and export; and that nothing jumps."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_history
from tests.gui.labels import lies_on
from tests.helpers import epoch_record, with_metrics
from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.history import History
from tlstudio.core.runs.metrics import METRICS, Axis, Direction, Metric, Unit
from tlstudio.gui.features.training.history_charts import HistoryCharts
from tlstudio.gui.features.training.history_view import HistoryView
from tlstudio.gui.kit import theme


@pytest.fixture
def charts(app: QApplication, qtbot: QtBot) -> HistoryCharts:
    charts = HistoryCharts()
    qtbot.addWidget(charts)
    charts.resize(800, 300)
    charts.set_epochs(25)
    with qtbot.waitExposed(charts):
        charts.show()
    return charts


def x_range(charts: HistoryCharts) -> list[float]:
    return list(charts.accuracy.item.viewRange()[0])


def test_curves_grow_within_the_planned_epochs(charts: HistoryCharts) -> None:
    before = x_range(charts)
    history = make_history(25)
    charts.set_history(History(history.epochs[:3]))
    charts.set_history(History(history.epochs[:4]))

    x, y = charts.accuracy.curves["val_accuracy"].getData()
    assert list(x) == [1, 2, 3, 4]
    assert list(y) == [e.val_accuracy for e in history.epochs[:4]]
    assert x_range(charts) == before


def test_more_epochs_than_planned_widen_the_axis(charts: HistoryCharts) -> None:
    charts.set_history(make_history(30))
    assert x_range(charts)[1] > 30


def test_accuracy_is_always_0_to_100_percent_and_loss_starts_at_0(charts: HistoryCharts) -> None:
    charts.set_history(make_history(5))
    low, high = charts.accuracy.item.viewRange()[1]
    assert low < 0 and high > 1 and high - low < 1.3
    assert charts.loss.item.viewRange()[1][0] < 0.01


def test_a_loss_that_blows_up_stays_visible(charts: HistoryCharts) -> None:
    first, *rest = make_history(3).epochs
    charts.set_history(History((with_metrics(first, train_loss=731.0), *rest)))
    assert charts.loss.item.viewRange()[1][1] > 731


def test_the_best_epoch_is_marked(charts: HistoryCharts) -> None:
    history = make_history(25)
    charts.set_history(history)
    assert history.best is not None
    assert charts.accuracy.best_line.value() == history.best.epoch
    assert charts.accuracy.star_text.toPlainText().startswith("best ")

    charts.set_history(History())
    assert not charts.accuracy.best_line.isVisible()
    assert not charts.accuracy.star_text.isVisible()


@pytest.mark.parametrize("size", [(640, 170), (1000, 200), (1400, 420)])
@pytest.mark.parametrize("epochs", [2, 4, 12, 25, 60])
def test_no_label_lies_on_a_curve(
    charts: HistoryCharts, size: tuple[int, int], epochs: int
) -> None:
    """Neither that of the best epoch nor those of phases, which are told where there is no room."""
    charts.resize(*size)
    charts.set_epochs(epochs)
    charts.set_phases(
        [(max(2, epochs // 3), "+ features.7"), (max(3, epochs // 2), "+ features.6")]
    )
    for shown in (epochs, max(2, epochs // 2)):  # the run may still go
        history = make_history(epochs)
        charts.set_history(History(history.epochs[:shown]))
        QApplication.processEvents()
        plot, texts = charts.accuracy, charts.accuracy.phases.texts
        assert plot.star_text.isVisible()
        for text in (plot.star_text, *texts):
            others = [other for other in (plot.star_text, *texts) if other is not text]
            assert not text.isVisible() or lies_on(plot, text, *others) == []


def test_the_label_of_the_best_epoch_keeps_off_other_curves(charts: HistoryCharts) -> None:
    """As measured: the training curve rises steeply through the best epoch."""
    values = ((0.55, 0.73), (0.815, 0.791), (0.87, 0.757), (0.89, 0.777))
    epochs = [
        with_metrics(record, train_accuracy=train, val_accuracy=val)
        for record, (train, val) in zip(make_history(4).epochs, values, strict=True)
    ]
    charts.set_epochs(4)
    for height in (170, 240, 420):
        charts.resize(900, height)
        charts.set_history(History(tuple(epochs)))
        QApplication.processEvents()
        assert lies_on(charts.accuracy, charts.accuracy.star_text) == []


def test_without_validation_there_are_gaps_and_no_warnings(charts: HistoryCharts) -> None:
    epochs = [with_metrics(e, val_loss=None, val_accuracy=None) for e in make_history(4).epochs]
    charts.set_history(History(tuple(epochs)))
    assert charts.loss.curves["val_loss"].getData()[0] is None
    charts.point_at(1)
    reading = charts.readout.reading
    assert reading is not None and reading.rows[1].values[0] == "–"


def test_pointing_shows_all_values_of_an_epoch(charts: HistoryCharts, qtbot: QtBot) -> None:
    history = make_history(10)
    charts.set_history(history)
    plot = charts.loss
    place = QPoint(round(plot.x_px(4)), plot.viewport().height() // 2)
    qtbot.mouseMove(plot.viewport(), place)

    assert charts.readout.isVisible()
    assert charts.readout.title.text().startswith("Epoch 4")
    reading = charts.readout.reading
    assert reading is not None
    assert reading.rows[0].values[0] == f"{history.epochs[3].train_loss:.4f}"
    assert charts.rect().contains(charts.readout.geometry())


def test_arrow_keys_move_the_crosshair(charts: HistoryCharts, qtbot: QtBot) -> None:
    charts.set_history(make_history(10))
    charts.setFocus()
    qtbot.keyClick(charts, Qt.Key.Key_Left)
    assert charts.place == 9
    qtbot.keyClick(charts, Qt.Key.Key_Left)
    assert charts.place == 8
    qtbot.keyClick(charts, Qt.Key.Key_Escape)
    assert charts.readout.isHidden()


def test_the_picture_is_twice_as_fine_and_has_no_crosshair(charts: HistoryCharts) -> None:
    charts.set_history(make_history(10))
    charts.point_at(3)
    image = charts.image()
    assert (image.width(), image.height()) == (2 * charts.width(), 2 * charts.height())
    assert charts.place == 3
    corner = image.pixelColor(image.width() - 1, image.height() - 1)
    assert corner.name() == theme.current().surface


def test_it_follows_the_theme(charts: HistoryCharts, app: QApplication) -> None:
    charts.set_history(make_history(3))
    theme.apply(app, theme.Scheme.DARK)
    app.processEvents()
    assert charts.loss.backgroundBrush().color().name() == theme.DARK.surface
    assert charts.loss.curves["val_loss"].opts["pen"].color().name() == theme.DARK.val


def test_the_view_shows_the_same_epochs_as_a_table(app: QApplication, qtbot: QtBot) -> None:
    view = HistoryView()
    qtbot.addWidget(view)
    history = make_history(25)
    view.set_history(History(history.epochs[:24]))
    with qtbot.waitSignal(view.model.rowsInserted):
        view.set_history(history)
    assert view.model.rowCount() == 25
    assert view.model.index(0, 0).data() == "25"
    assert any("★" in view.model.index(row, 0).data() for row in range(25))
    view.show()
    assert view.charts is not None
    assert view.charts.history == history


def test_the_table_is_a_sound_model(app: QApplication, qtbot: QtBot, qtmodeltester) -> None:  # type: ignore[no-untyped-def]
    view = HistoryView()
    qtbot.addWidget(view)
    view.set_history(make_history(4))
    qtmodeltester.check(view.model)


def test_a_metric_of_a_newer_version_has_a_column_of_its_own(  # type: ignore[no-untyped-def]
    app: QApplication, qtbot: QtBot, qtmodeltester
) -> None:
    view = HistoryView()
    qtbot.addWidget(view)
    view.set_history(History((epoch_record(1),)))
    columns = view.model.columnCount()
    with qtbot.waitSignal(view.model.modelReset):
        view.set_history(History((epoch_record(1), epoch_record(2, val_auc=0.71))))
    assert view.model.columnCount() == columns + 1
    assert view.model.headerData(columns, Qt.Orientation.Horizontal) == "val_auc"
    assert [view.model.index(row, columns).data() for row in (0, 1)] == ["0.71", "–"]
    qtmodeltester.check(view.model)


def test_a_second_metric_of_a_split_has_its_own_curve(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    recall = Metric(
        *("val_recall", "Mean recall", "Recall", Unit.FRACTION, Direction.HIGHER, Split.VAL),
        axis=Axis.ACCURACY,
    )
    monkeypatch.setitem(METRICS._rows, recall.name, recall)
    charts = HistoryCharts()
    qtbot.addWidget(charts)
    charts.set_history(History((epoch_record(1, val_recall=0.6), epoch_record(2, val_recall=0.7))))
    assert list(charts.accuracy.curves["val_recall"].getData()[1]) == [0.6, 0.7]
    specs = charts.accuracy.specs
    assert specs["val_recall"].symbol != specs["val_accuracy"].symbol
    assert (specs["val_recall"].title, specs["val_accuracy"].title) == ("Mean recall", "validation")
    assert ("Mean recall", "70.0%") in [(r.name, r.values[-1]) for r in charts.reading(1).rows]
    charts.image()


def test_pages_do_not_import_pyqtgraph() -> None:
    code = (
        "import sys; import tlstudio.gui.app.train_page, tlstudio.gui.features.results.page;"
        "sys.exit('pyqtgraph' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
