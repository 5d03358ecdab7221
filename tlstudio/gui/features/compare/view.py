"""The comparison of networks: a ball chart and a table over all weights with known accuracy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QLineEdit, QMenu, QSplitter, QToolButton, QWidget

from tlstudio.core.compare import (
    GROUP_TITLES,
    CompareAxis,
    CompareFilter,
    Comparison,
    FamilyGroup,
    WeightsKey,
    Worth,
)
from tlstudio.gui.features.compare.ball_chart.chart import BallChart
from tlstudio.gui.features.compare.ball_chart.legend import BallLegend
from tlstudio.gui.features.compare.balls import (
    AXIS_TITLES,
    COST_TITLES,
    IMAGENET_TITLES,
    WORTH_TITLES,
    balls,
)
from tlstudio.gui.features.compare.measure import MeasureStrip
from tlstudio.gui.features.compare.state import ResultsState, SpeedsState
from tlstudio.gui.features.compare.table import CompareTable
from tlstudio.gui.features.compare.table_model import CompareProxy, CompareTableModel
from tlstudio.gui.kit import file_dialogs, formats, icons, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label, plain_tip
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.session import Session

CHART_SHARE, TABLE_SHARE = 5, 2


class CompareView(QWidget):
    """Shows `session.network.models`; a click on a ball or a row chooses model and weights."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self.comparison = Comparison()
        self.search = QLineEdit(placeholderText=self.tr("Search models"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setMinimumWidth(64)
        self.search.setMaximumWidth(240)
        self.ready = QCheckBox(self.tr("On this machine"))
        self.ready.setToolTip(self.tr("Only weights that need no download"))
        self.axis = Segmented(self.tr("Compare accuracy with"))
        self.axis.set_options([(axis, self.tr(AXIS_TITLES[axis])) for axis in CompareAxis])
        self.worth = Segmented(self.tr("What counts"))
        self.worth.set_options([(worth, self.tr(WORTH_TITLES[worth])) for worth in Worth])
        self.published = self._make_published()
        self.show_all = IconButton(self.tr("Show all"), "", "quiet")
        self.show_all.setToolTip(self.tr("Undo zooming and panning (0 or double click)"))
        groups = [(group.value, core_text(GROUP_TITLES[group])) for group in FamilyGroup]
        self.legend = BallLegend(self.tr("Families"), groups)
        self.chart = BallChart(self.tr("ImageNet top-1"), self.tr("Parameters"))
        self.chart.export = ChartExport(
            lambda: self.chart, "networks", session, self, is_general=True
        )
        self.unmeasured = label("", "hint", wrap=True)
        self.unmeasured.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.model = CompareTableModel(self)
        self.proxy = CompareProxy(self.model, self)
        self.table = CompareTable(self.proxy)
        self.measure = MeasureStrip(session)
        self.loading = EmptyState(
            "model",
            self.tr("Loading the model library…"),
            self.tr("This takes a few seconds after a start. Everything else works already."),
        )
        self._lay_out()
        self._connect()
        session.feature(SpeedsState).load()
        self.table.show_measured(False)
        self._on_models_changed()
        self._on_speeds_changed()

    def _make_published(self) -> QToolButton:
        """The button that opens timm's own table of results."""
        button = QToolButton()
        button.setIcon(icons.icon("load"))
        name = self.tr("timm's published results")
        button.setAccessibleName(name)
        more = self.tr("Accuracies of timm's weights, from results-imagenet.csv of its repository")
        button.setToolTip(plain_tip(f"{name}\n{more}"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addAction(self.tr("Open timm's results…"), self._on_open_results)
        results = self._session.feature(ResultsState)
        self.forget = menu.addAction(self.tr("Without timm's results"), results.forget)
        self.forget.setEnabled(False)
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        bar = hstack(
            (self.search, 1),
            self.ready,
            Stretch(),
            self.show_all,
            self.worth,
            self.axis,
            self.published,
            spacing=theme.GRID,
        )
        self._plots = PageStack()
        self._plots.addWidget(self.chart)
        self._plots.addWidget(self.unmeasured)
        upper = QWidget()
        vstack(
            self.legend,
            (self._plots, 1),
            spacing=theme.GRID // 2,
            margins=(0, 0, 0, theme.GRID),
            parent=upper,
        )
        lower = QWidget()
        vstack(
            (self.table, 1),
            spacing=theme.GRID // 2,
            margins=(0, theme.GRID // 2, 0, 0),
            parent=lower,
        )
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        upper.setMinimumHeight(270)  # the legend wraps, and the splitter does not ask for that
        lower.setMinimumHeight(4 * theme.ROW_PX + 12)  # three rows and the header
        for part, share in ((upper, CHART_SHARE), (lower, TABLE_SHARE)):
            self._splitter.addWidget(part)
            self._splitter.setStretchFactor(self._splitter.count() - 1, share)
        self._splitter.setSizes([1000 * CHART_SHARE, 1000 * TABLE_SHARE])
        content = QWidget()
        vstack(bar, (self._splitter, 1), self.measure, spacing=theme.GRID, parent=content)
        self._stack = PageStack()
        self._stack.addWidget(self.loading)
        self._stack.addWidget(content)
        vstack(self._stack, parent=self)
        self.show_all.hide()

    def _connect(self) -> None:
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)
        self.search.textChanged.connect(self._on_filtered)
        self.ready.toggled.connect(self._on_filtered)
        self.legend.changed.connect(self._on_filtered)
        self.axis.chosen.connect(self._on_axis_chosen)
        self.worth.chosen.connect(self._on_axis_chosen)
        self._session.feature(ResultsState).changed.connect(self._on_models_changed)
        self.show_all.clicked.connect(self.chart.reset)
        self.chart.zoomed.connect(self.show_all.setVisible)
        self.chart.chosen.connect(self._on_chosen)
        self.table.chosen.connect(self._on_chosen)
        self.table.pointed.connect(self._on_row_pointed)
        self.table.marked.connect(self._on_marked)
        self._network.models_changed.connect(self._on_models_changed)
        self._visible = VisibleRefresh(self, self._follow_settings)
        self._network.settings_changed.connect(self._visible.request)
        self._network.failed.connect(self._show_state)
        self._session.feature(SpeedsState).changed.connect(self._on_speeds_changed)
        self._session.run.status_changed.connect(self._on_status_changed)

    @property
    def filter(self) -> CompareFilter:
        """The filter in force."""
        groups = frozenset(FamilyGroup(group) for group in self.legend.groups)
        return CompareFilter(self.search.text(), groups, self.ready.isChecked())

    @property
    def chosen(self) -> WeightsKey | None:
        """The weights that a run would start from; None while the catalog is coming."""
        weights = self._network.weights
        return (self._network.config.model, weights.name) if weights else None

    # -- following the session -------------------------------------------------------------------

    def _on_models_changed(self) -> None:
        results = self._session.feature(ResultsState).results
        self.comparison = Comparison.of(self._network.models, results)
        self.forget.setEnabled(bool(results))
        self.model.set_rows(self.comparison.rows)
        self.measure.set_rows(self.comparison.rows)
        self._show_balls()
        self._show_chosen()
        self._show_state()

    def _follow_settings(self) -> None:
        if self.chosen != self.model.chosen:
            self._show_chosen()

    def _on_speeds_changed(self) -> None:
        speeds = self._session.feature(SpeedsState).speeds
        if speeds is not self.model.speeds:
            self.model.set_speeds(speeds)
            self.table.show_measured(bool(speeds))
            self._show_balls()

    def _on_status_changed(self, _phase: object) -> None:
        self._show_note()
        self.measure.refresh()

    # -- what a person does ----------------------------------------------------------------------

    def _on_filtered(self) -> None:
        self.proxy.set_filter(self.filter)
        self._show_balls()
        self.table.select(self.chosen)

    def _on_open_results(self) -> None:
        title = self.tr("Open timm's results")
        file_dialogs.ask_files(
            self,
            self._session,
            title,
            (file_dialogs.CSV,),
            lambda paths: self._session.feature(ResultsState).open(paths[0]),
            several=False,
        )

    def _on_axis_chosen(self, _axis: object) -> None:
        self._show_balls()

    def _on_chosen(self, key: WeightsKey) -> None:
        if self._session.run.active:
            self._show_chosen()
            return
        model, weights = key
        self._network.change(model=model, weights=weights)

    def _on_row_pointed(self, key: WeightsKey | None) -> None:
        if self.table.hasFocus():
            self.chart.point_at(key)

    def _on_marked(self) -> None:
        self.measure.set_marked(self.table.marked_rows)

    # -- showing ---------------------------------------------------------------------------------

    def _show_state(self) -> None:
        is_listed = bool(self._network.models)
        self._stack.setCurrentIndex(1 if is_listed else 0)
        if not is_listed and self._network.failure is not None:
            self.loading.text.setText(error_text(self._network.failure))

    def _show_balls(self) -> None:
        axis = CompareAxis(str(self.axis.value))
        worth = Worth(str(self.worth.value))
        speeds = self._session.feature(SpeedsState).speeds
        found = balls(self.comparison.rows, axis, self.filter, speeds, worth)
        self.chart.set_worth_title(self.tr(IMAGENET_TITLES[worth]))
        self.chart.set_balls(found, self.tr(COST_TITLES[axis]))
        self.unmeasured.setText(
            self.tr("Mark networks in the table and measure them: they will appear here.")
        )
        self._plots.setCurrentIndex(0 if found or not self.comparison.rows else 1)
        self._show_note()

    def _show_chosen(self) -> None:
        self.model.set_chosen(self.chosen)
        self.chart.set_chosen(self.chosen)
        self.table.select(self.chosen)

    def _show_note(self) -> None:
        words = [self.tr("%n set(s) of weights", "", self.proxy.rowCount())]
        if self._session.run.active:
            words.insert(0, self.tr("The model can't be changed while training."))
        missing = len(self.comparison.rows) - len(self.chart.balls)
        if missing:
            words.append(self.tr("{n} not measured yet").format(n=formats.count(missing)))
        if self.comparison.published:
            words.append(
                self.tr("{n} as timm has published them").format(
                    n=formats.count(self.comparison.published)
                )
            )
        if self.comparison.left_out:
            words.append(
                self.tr("{n} left out, whose library states no accuracy").format(
                    n=formats.count(self.comparison.left_out)
                )
            )
        self.chart.footnote.set_text(" · ".join(words))
