"""Every chart: hovering, keys, zoom and reset, export as PNG, SVG and CSV, both themes, no data."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.showing import on_screen
from tlstudio.gui.kit import file_dialogs, theme
from tlstudio.gui.kit.chart import export, ticks
from tlstudio.gui.kit.chart.chart import Chart, legend_row
from tlstudio.gui.kit.chart.plot import ChartPlot
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.series import SeriesSpec
from tlstudio.gui.state.session import Session

POINTS = ((1, 0.25), (2, 0.5), (3, 0.125), (4, 1.0))
SPEC = SeriesSpec("accuracy", "train")


class TwoPlots(Chart):
    """The same curve twice, one above the other."""

    def __init__(self, points: Sequence[tuple[int, float]] = POINTS) -> None:
        super().__init__("A chart")
        self.points = points
        self.clicks: list[QPointF] = []
        layout = QVBoxLayout(self)
        self.above, self.below = (ChartPlot(ticks.whole(), ticks.percent) for _ in range(2))
        for plot in (self.above, self.below):
            layout.addLayout(legend_row("Title", (SPEC,)))
            layout.addWidget(plot)
            self.add_plot(plot)
            plot.add_curve("a", SPEC)
            plot.set_curve("a", [x for x, _ in points], [y for _, y in points])
            plot.set_home((1, 4), (0, 1), (10, 10, 10, 10))
        self.describe("four points")

    @property
    def places(self) -> Sequence[float]:
        return [x for x, _ in self.points]

    def reading(self, place: int) -> Reading:
        x, y = self.points[place]
        return Reading(f"place {x}", (ReadingRow("accuracy", (f"{y:.1%}",), SPEC),))

    def csv(self) -> str:
        return export.csv_text(("x", "y"), self.points)

    def choose(self, at: QPointF) -> None:
        self.clicks.append(at)


@pytest.fixture
def chart(app: QApplication, qtbot: QtBot) -> TwoPlots:
    chart = TwoPlots()
    qtbot.addWidget(chart)
    chart.resize(500, 400)
    with qtbot.waitExposed(chart):
        chart.show()
    return chart


def at(plot: ChartPlot, x: float, y: float = 0.5) -> QPoint:
    return QPoint(round(plot.x_px(x)), round(plot.y_px(y)))


def wheel(plot: ChartPlot, place: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """One notch towards the screen."""
    viewport = plot.viewport()
    event = QWheelEvent(
        QPointF(place),
        QPointF(viewport.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


NO_KEY = Qt.KeyboardModifier.NoModifier


def test_the_pointer_tells_the_nearest_point(chart: TwoPlots, qtbot: QtBot) -> None:
    qtbot.mouseMove(chart.below.viewport(), at(chart.below, 2.8))
    assert chart.readout.isVisible()
    assert chart.readout.reading == chart.reading(2)
    assert chart.readout.title.text() == "place 3"
    assert "accuracy: 12.5%" in chart.accessibleDescription()
    assert chart.rect().contains(chart.readout.geometry())
    for plot in (chart.above, chart.below):
        assert plot.cross.isVisible() and plot.cross.value() == 3
        assert plot.dots.getData()[1].tolist() == [0.125]
    qtbot.mouseMove(chart.below.viewport(), QPoint(2, 2))
    assert chart.readout.isHidden() and not chart.above.cross.isVisible()
    assert chart.accessibleDescription() == "four points"


def test_keys_tell_what_the_pointer_tells(chart: TwoPlots, qtbot: QtBot) -> None:
    for key, place in (("Left", 3), ("Left", 2), ("Right", 3), ("Home", 0), ("End", 3)):
        qtbot.keyClick(chart, getattr(Qt.Key, f"Key_{key}"))
        assert chart.place == place and chart.readout.reading == chart.reading(place)
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.place == -1 and chart.readout.isHidden()


def test_a_click_is_told_in_the_units_of_the_axes(chart: TwoPlots, qtbot: QtBot) -> None:
    place = at(chart.above, 3, 0.25)
    qtbot.mouseClick(chart.above.viewport(), Qt.MouseButton.LeftButton, pos=place)
    (found,) = chart.clicks
    assert found.x() == pytest.approx(3, abs=0.02) and found.y() == pytest.approx(0.25, abs=0.02)


def test_the_wheel_zooms_all_plots_and_a_double_click_shows_everything(
    chart: TwoPlots, qtbot: QtBot
) -> None:
    home = chart.above.box.viewRange()
    assert not chart.show_all.isVisible()
    wheel(chart.above, at(chart.above, 2), NO_KEY)
    left, right = chart.above.box.viewRange()[0]
    assert right - left < home[0][1] - home[0][0] and left < 2 < right
    assert chart.below.box.viewRange()[0] == pytest.approx([left, right])
    assert chart.below.box.viewRange()[1] == pytest.approx(home[1])
    assert chart.show_all.isVisible()
    viewport, place = chart.above.viewport(), at(chart.above, 2)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place)
    for plot in (chart.above, chart.below):
        assert plot.is_fitted
        assert [b for a in plot.box.viewRange() for b in a] == pytest.approx(
            [b for a in home for b in a]
        )
    assert chart.show_all.isHidden()


def test_keys_and_the_button_zoom_and_reset(chart: TwoPlots, qtbot: QtBot) -> None:
    home = chart.below.box.viewRange()[0]
    for reset in (lambda: qtbot.keyClick(chart, Qt.Key.Key_0), chart.show_all.click):
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
        low, high = chart.below.box.viewRange()[0]
        assert high - low == pytest.approx(0.8 * (home[1] - home[0]))
        reset()
        assert chart.below.box.viewRange()[0] == pytest.approx(home)
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    qtbot.keyClick(chart, Qt.Key.Key_Minus)
    assert chart.above.is_fitted and chart.show_all.isHidden()


def test_new_values_leave_the_zoom_alone(chart: TwoPlots, qtbot: QtBot) -> None:
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    before = chart.above.box.viewRange()
    chart.above.set_curve("a", [1, 2, 3], [0.1, None, math.inf])
    chart.above.set_home((1, 4), (0, 1), (10, 10, 10, 10))
    assert chart.above.box.viewRange() == before
    chart.resize(600, 420)
    assert not chart.above.is_fitted
    chart.reset()
    assert chart.above.is_fitted


def test_where_a_page_scrolls_the_wheel_needs_ctrl(app: QApplication, qtbot: QtBot) -> None:
    chart, page = TwoPlots(), QWidget()
    page.setMinimumHeight(2000)
    layout = QVBoxLayout(page)
    layout.addWidget(chart)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(page)
    on_screen(area, qtbot, 500, 300)
    wheel(chart.above, QPoint(200, 100), NO_KEY)
    assert chart.above.is_fitted
    wheel(chart.above, QPoint(200, 100), Qt.KeyboardModifier.ControlModifier)
    assert not chart.above.is_fitted


def test_files_hold_the_chart_and_its_numbers(
    chart: TwoPlots,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def ask(*arguments: object) -> None:
        _, _, _, name, _, chosen = arguments
        asked.append(name)
        assert isinstance(chosen, Callable)  # type: ignore[arg-type]
        chosen(tmp_path / str(name))

    monkeypatch.setattr(file_dialogs, "ask_target", ask)
    chart.export = export.ChartExport(lambda: chart, "points", session, chart)
    chart.point_at(1)
    assert not chart.image().isNull()
    assert chart.place == 1 and chart.readout.isVisible()  # as it was before
    menu = QMenu()
    chart.fill_menu(menu)
    for action in menu.actions()[2:]:
        action.trigger()
    qtbot.waitUntil(lambda: len(session.notifications.kept) == 3)
    assert asked == ["points.png", "points.svg", "points.csv"]

    image = QImage(str(tmp_path / "points.png"))
    assert (image.width(), image.height()) == (2 * chart.width(), 2 * chart.height())
    drawn = ElementTree.parse(tmp_path / "points.svg").getroot()
    assert drawn.get("viewBox", "").split()[2:] == [str(chart.width()), str(chart.height())]
    words = "".join(drawn.itertext())
    assert "100%" in words and "Title" in words and "place 2" not in words
    assert sum(1 for tag in drawn.iter() if tag.tag.endswith("image")) == 0
    header, *rows = csv.reader(io.StringIO((tmp_path / "points.csv").read_text()))
    assert header == ["x", "y"]
    assert [(int(x), float(y)) for x, y in rows] == list(POINTS)


def test_a_file_that_cannot_be_written_is_told(
    chart: TwoPlots,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "file").write_text("")
    saved = export.ChartExport(lambda: chart, "points", session, chart)
    target = tmp_path / "file" / "a.svg"
    monkeypatch.setattr(file_dialogs, "ask_target", lambda *given: given[-1](target))
    saved.ask_svg()
    qtbot.waitUntil(lambda: len(session.notifications.kept) == 1)
    assert session.notifications.kept[0].level == "error"


def test_the_menu_comes_with_the_right_button(chart: TwoPlots, qtbot: QtBot) -> None:
    place = QPoint(100, 100)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, chart.mapToGlobal(place))
    QApplication.sendEvent(chart.above.viewport(), event)
    (menu,) = chart.findChildren(QMenu)
    assert menu.isVisible() and [a.text() for a in menu.actions()] == ["Show everything"]
    menu.close()


def test_another_theme_restyles_everything(chart: TwoPlots, app: QApplication) -> None:
    before = chart.image()
    theme.apply(app, theme.Scheme.DARK)
    app.processEvents()
    plot = chart.above
    assert plot.backgroundBrush().color().name() == theme.DARK.surface
    assert plot.curves["a"].opts["pen"].color().name() == theme.DARK.train
    assert plot.cross.pen.color().name() == theme.DARK.text_faint
    assert plot.left.textPen().color().name() == theme.DARK.text_soft
    assert chart.image() != before


def test_without_data_there_is_nothing_to_point_at(app: QApplication, qtbot: QtBot) -> None:
    chart = on_screen(TwoPlots(()), qtbot, 500, 400)
    qtbot.mouseMove(chart.above.viewport(), at(chart.above, 2))
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.place == -1 and chart.readout.isHidden()
    assert not chart.image().isNull() and chart.csv() == "x,y\n"
    assert ElementTree.fromstring(chart.svg()) is not None


@pytest.mark.parametrize(
    ("make", "low", "high", "px", "texts"),
    [
        (ticks.percent, -0.05, 1.05, 170, ["0%", "25%", "50%", "75%", "100%"]),
        (ticks.percent, 0.5, 0.52, 200, ["50%", "50.5%", "51%", "51.5%", "52%"]),
        (ticks.numbers, 0, 2, 200, ["0", "0.5", "1", "1.5", "2"]),
        (ticks.counts, 0, 1, 200, ["0", "1"]),
        (ticks.counts, 0, 10, 150, ["0", "5", "10"]),
        (ticks.counts, 0, 2000, 80, ["0", "1,000", "2,000"]),
        (ticks.whole("epoch 1"), 0.5, 25.5, 250, ["epoch 1", "5", "10", "15", "20", "25"]),
        (ticks.whole("epoch 1"), 0.5, 5.5, 125, ["epoch 1", "3", "4", "5"]),
        (ticks.whole(), 0.5, 5.5, 125, ["1", "2", "3", "4", "5"]),
        (ticks.whole("epoch 1"), 3.5, 6.5, 400, ["4", "5", "6"]),
        (ticks.powers("{:g}".format), -3, 0, 180, ["0.001", "0.01", "0.1", "1"]),
        (ticks.powers("{:g}".format), -6, 0, 100, ["1e-06", "0.001", "1"]),
        (ticks.powers("{:g}".format), 0.2, 0.3, 400, ["1.6", "1.7", "1.8", "1.9"]),
        (ticks.none, 0, 1, 100, []),
    ],
)
def test_ticks_are_round_values_and_follow_the_zoom(
    make: ticks.Ticks, low: float, high: float, px: float, texts: list[str]
) -> None:
    assert [text for _, text in make(low, high, px)] == texts


def test_a_range_ends_at_a_round_value() -> None:
    assert [ticks.round_top(v) for v in (0.0, 0.9, 1.0, 1.2, 731.0, 9.0)] == [
        1.0, 1.0, 1.0, 1.5, 800.0, 10.0,
    ]  # fmt: skip
