"""The dataset browser: what is in the open dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from tlstudio.core.data.dataset import LAYOUT_TITLES, SPLIT_TITLES, DatasetIndex
from tlstudio.core.data.options import COLUMN_A_CLASS, NO_COLUMN, TableReading
from tlstudio.core.data.values import DEEP_IMAGES, ValueRange
from tlstudio.gui.app.data_views import VIEWS, DataTab, DataView
from tlstudio.gui.app.parts import shown_tabs
from tlstudio.gui.features.dataset.classes_side import ClassesSide
from tlstudio.gui.features.dataset.images_view import ImagesView
from tlstudio.gui.features.dataset.loading_view import LoadingView
from tlstudio.gui.features.dataset.recent_list import short_path
from tlstudio.gui.features.dataset.values_line import ValuesLine
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label, no_mnemonic, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.language import core_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.kit.quiet_warnings import QuietWarnings
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session

SIDE_PX, NARROW_SIDE_PX = 248, 184
NARROW_PX = 860  # less has no room for wide margins
ROOMY_PX = 1180  # for classes, images and the chosen image side by side
_SPECS = {spec.view: spec for spec in VIEWS}


class Browser(QWidget):
    """The dataset's facts, its views in a row, and the one that is shown.

    A view is built when it is first wanted. Beside those that it concerns are the classes.

    Signals:
        open_requested(): a person wants to choose another folder.
    """

    open_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._side_shown = False
        self._built: dict[DataTab, QWidget] = {}
        self._browsing = session.feature(BrowsingState)
        self.title = label("", "title")
        self.path = ElidedLabel()
        self.path.setProperty("role", "hint")
        self.facts = label("", "hint")
        self.reading = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.reading.setProperty("role", "hint")
        self.reading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.change_button = IconButton(self.tr("Read differently…"), "", "weblink")
        self.change_button.setToolTip(self.tr("See the other ways in which it can be read"))
        self.values = ValuesLine()
        self.reload_button = IconButton(self.tr("Reload"), "reload", "quiet")
        self.reload_button.setToolTip(self.tr("Read the folder again"))
        self.close_button = IconButton(self.tr("Close"), "close", "quiet")
        self.close_button.setToolTip(self.tr("Back to the start page"))
        self.open_button = IconButton(self.tr("Open folder…"), "open")
        self.loading = LoadingView(self.tr("Reading the images…"), slim=True)
        self.warnings = QuietWarnings()
        self.classes = ClassesSide(session)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Views"))
        self._views = ScrolledPages()
        images = self.view(DataTab.IMAGES)
        assert isinstance(images, ImagesView)
        self.images = images
        self._build()
        self._connect()
        self._show_tabs()
        self._on_dataset_changed(session.datasets.index)
        self.classes.chart.choose_class(self._browsing.class_index)  # of a window before
        self._on_loading_changed(session.datasets.loading)

    def view(self, tab: DataTab) -> QWidget:
        """Return a view, built if it has not been yet."""
        if tab not in self._built:
            view = self._built[tab] = _SPECS[tab].make(self._session, self._views.holder)
            self._views.addWidget(view)
            if self._session.datasets.index is not None:
                cast(DataView, view).set_index(self._session.datasets.index)
        return self._built[tab]

    def show_tab(self, tab: DataTab) -> None:
        """Bring one view to the front; one that the simple view leaves out brings the others."""
        if _SPECS[tab].is_expert:
            self._session.set_simple(False)
        self.tabs.setCurrentIndex(self._tabs.index(tab))

    @property
    def _tabs(self) -> list[DataTab]:
        """The views in sight, left to right."""
        return [DataTab(self.tabs.tabData(place)) for place in range(self.tabs.count())]

    def _show_tabs(self) -> None:
        """Offer the views, and show the one that was shown, or the first if it is left out."""
        wanted = self._session.data_tab
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for spec in shown_tabs(VIEWS, self._session):
            self.tabs.setTabData(self.tabs.addTab(""), spec.view)
        tabs = self._tabs
        self.tabs.setCurrentIndex(tabs.index(DataTab(wanted)) if wanted in tabs else 0)
        self.tabs.blockSignals(False)
        self._show_titles()
        self._on_tab_changed()

    def _show_titles(self) -> None:
        for place, tab in enumerate(self._tabs):
            spec = _SPECS[tab]
            title = QCoreApplication.translate("DataPage", spec.title)
            count = spec.count(self._session) if spec.count is not None else None
            text = title if count is None else f"{title} ({formats.count(count)})"
            self.tabs.setTabText(place, no_mnemonic(text))

    def _build(self) -> None:
        heading = hstack(
            (self.title, 1),
            self.reload_button,
            self.close_button,
            self.open_button,
            spacing=theme.GRID,
        )
        facts = hstack(self.facts, (self.path, 1), spacing=theme.GRID * 2)
        self._reading_line = QWidget()
        row = (self.reading, self.change_button, Stretch())
        hstack(*row, spacing=theme.GRID, parent=self._reading_line)
        self.classes.setFixedWidth(SIDE_PX)
        body = hstack(self.classes, (self._views, 1), spacing=theme.GRID * 2)
        self._column = vstack(
            heading,
            facts,
            self._reading_line,
            self.values,
            self.loading,
            self.warnings,
            theme.GRID,
            self.tabs,
            theme.GRID,
            (body, 1),
            spacing=theme.GRID // 2,
            parent=self,
        )

    def _connect(self) -> None:
        session = self._session
        self.reload_button.clicked.connect(session.datasets.reload)
        self.close_button.clicked.connect(session.datasets.close)
        self.open_button.clicked.connect(self.open_requested)
        self.change_button.clicked.connect(self._on_change_wanted)
        self.values.values_wanted.connect(self._on_values_wanted)
        self.loading.cancelled.connect(session.datasets.cancel_loading)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.images.side_toggled.connect(self._on_side_toggled)
        self.classes.class_chosen.connect(self._browsing.set_class)
        self._browsing.class_changed.connect(self.classes.chart.choose_class)
        self._browsing.tab_wanted.connect(self._on_tab_wanted)
        session.simple_changed.connect(self._show_tabs)
        session.feature(HealthState).changed.connect(self._show_titles)
        session.datasets.changed.connect(self._on_dataset_changed)
        session.datasets.loading_changed.connect(self._on_loading_changed)
        session.datasets.progressed.connect(self.loading.show_progress)
        session.datasets.fell_silent.connect(self.loading.show_silence)
        session.run.status_changed.connect(self._refresh_actions)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)

    def show_class(self, class_index: int) -> None:
        """Show the images of one class."""
        self.show_tab(DataTab.IMAGES)
        self.classes.chart.choose_class(class_index)
        self.images.grid.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_PX
        side = theme.GRID * (1 if is_narrow else 3)
        self._column.setContentsMargins(side, theme.GRID if is_narrow else 20, side, theme.GRID)
        self.classes.setFixedWidth(NARROW_SIDE_PX if is_narrow else SIDE_PX)
        self._make_room()

    def _on_tab_wanted(self, name: str) -> None:
        self.show_tab(DataTab(name))

    def _on_tab_changed(self) -> None:
        tab = self._tabs[self.tabs.currentIndex()]
        self._session.data_tab = tab
        self._views.setCurrentWidget(self.view(tab))
        self._make_room()

    def _on_side_toggled(self, shown: bool) -> None:
        self._side_shown = shown
        self._make_room()

    def _make_room(self) -> None:
        """Hide the classes for the chosen image in a narrow window, and where they say nothing."""
        tab = DataTab(self._session.data_tab or DataTab.IMAGES)
        is_narrow = self.width() < ROOMY_PX
        crowded = tab is DataTab.IMAGES and self._side_shown and is_narrow
        self.classes.setVisible(_SPECS[tab].has_classes and not crowded)

    def _find(self) -> None:
        self.show_tab(DataTab.IMAGES)
        self.images.focus_search()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        if index is None:
            self.show_tab(DataTab.IMAGES)
            return
        self.title.setText(shown(index.name))
        is_sample = self._session.datasets.is_sample
        where = self.tr("sample dataset") if is_sample else short_path(index.root)
        self.path.set_text(where, str(index.root))
        self.facts.setText(self._facts_of(index))
        self.facts.setToolTip(plain_tip(core_text(LAYOUT_TITLES[index.layout])))
        self._reading_line.setVisible(bool(index.readings) or index.table is not None)
        if index.table is not None:
            self.reading.set_text(self._columns_of(index.table))
        elif index.readings:
            title = index.readings[0].title
            self.reading.set_text(core_text(title.sentence, **title.values))
        self.warnings.set_texts(
            [
                core_text(warning.sentence, **warning.values)
                for warning in index.warnings
                if warning.sentence != DEEP_IMAGES  # the line of values says it
            ]
        )
        self.values.set_index(index)
        self.classes.set_index(index)
        for view in self._built.values():
            cast(DataView, view).set_index(index)
        self._show_titles()

    def _on_values_wanted(self, values: ValueRange | None) -> None:
        index = self._session.datasets.index
        if index is not None:
            self._session.datasets.read_as(replace(index.options, values=values))

    def _on_change_wanted(self) -> None:
        from tlstudio.gui.features.dataset.columns_sheet import change_columns
        from tlstudio.gui.features.dataset.readings_sheet import change_reading

        index = self._session.datasets.index
        if index is not None and index.table is not None:
            change_columns(self, self._session, index)
        elif index is not None and index.readings:
            change_reading(self, self._session, index)

    def _columns_of(self, table: TableReading) -> str:
        """How a table was read, e.g. ``list.csv: image “path” · class “label”``."""
        chosen = table.chosen
        is_each = chosen.class_column == COLUMN_A_CLASS
        parts = [
            self.tr("image “{column}”").format(column=chosen.image_column),
            self.tr("a column for each class")
            if is_each
            else self.tr("class “{column}”").format(column=chosen.class_column),
        ]
        if chosen.split_column != NO_COLUMN:
            parts.append(self.tr("split “{column}”").format(column=chosen.split_column))
        if chosen.group_column != NO_COLUMN:
            parts.append(self.tr("group “{column}”").format(column=chosen.group_column))
        return shown(f"{table.name}: {' · '.join(parts)}")

    def _on_loading_changed(self, loading: bool) -> None:
        if loading:
            self.loading.restart()
        self.loading.setVisible(loading)
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        """A run reads the dataset: nothing about it may change meanwhile."""
        session = self._session
        idle = not session.run.active
        free = idle and not session.datasets.loading
        self.reload_button.setEnabled(free)
        self.change_button.setEnabled(free)
        self.values.setEnabled(free)
        self.close_button.setEnabled(idle)
        self.open_button.setEnabled(idle)
        self.classes.split_editor.setEnabled(free)

    def _facts_of(self, index: DatasetIndex) -> str:
        parts = [
            self.tr("{split} {count}").format(
                split=core_text(SPLIT_TITLES[split]),
                count=formats.count(len(index.by_split[split])),
            )
            for split in index.splits
        ]
        return " · ".join([*parts, self.tr("%n class(es)", "", len(index.classes))])
