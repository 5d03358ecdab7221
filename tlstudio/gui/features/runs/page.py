"""The Runs page: find, open, mark, compare and delete what was trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLineEdit,
    QMenu,
    QScrollArea,
    QSpinBox,
    QWidget,
)

from tlstudio.core.runs.kept import RunEntry, RunMarks
from tlstudio.gui.features.runs.comparison import ComparisonView
from tlstudio.gui.features.runs.details import RunDetails
from tlstudio.gui.features.runs.list import RunFilter, RunList
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label, no_mnemonic
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.popup import Popup
from tlstudio.gui.state import run_jobs
from tlstudio.gui.state.runs import MOST_COMPARED
from tlstudio.gui.state.session import Session, Step

DETAILS_PX = 304
WIDE_PX = 880  # a narrower page shows the details below no longer beside the list
GB = 1_000_000_000
MORE_EPOCHS = 10  # that are offered


class RunsPage(QWidget):
    """The list of runs with what is known of the selected one, or a comparison of some."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._filter = RunFilter()
        self._stack = PageStack()
        self._stack.addWidget(self._make_empty())
        self._stack.addWidget(self._make_content())
        self._comparison: ComparisonView | None = None  # made when first wanted
        self._column = vstack(self._stack, margins=(24, 24, 24, 16), parent=self)
        self._connect()
        self.refresh()
        if session.runs.compared:  # that is why the page was wanted
            self._show_comparison(session.runs.compared)

    # Building

    def _make_empty(self) -> QWidget:
        train = IconButton(self.tr("Go to Train"), "train")
        train.clicked.connect(self._go_to_train)
        self.empty = EmptyState(
            "recent",
            self.tr("No runs yet"),
            self.tr(
                "Every run is kept here by itself, from its first epoch on: with settings, curves, "
                "predictions and weights. Train one, or load weights."
            ),
            train,
        )
        return self.empty

    def _make_content(self) -> QWidget:
        self.title = label(self.tr("Runs"), "title")
        self.space = IconButton("", "", "link", self._ask_limit)
        self.space.setToolTip(self.tr("The space that kept runs may take; change it"))
        self.tidy_button = IconButton(self.tr("Make room…"), "close", "quiet", self._make_room)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search names, tags, notes, networks"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search"))
        self.dataset_box = QComboBox()
        self.dataset_box.setAccessibleName(self.tr("Dataset"))
        self.kind_box = QComboBox()
        self.kind_box.setAccessibleName(self.tr("Show"))
        for title, values in (
            (self.tr("All runs"), {}),
            (self.tr("Starred"), {"starred": True}),
            (self.tr("Can be continued"), {"unfinished": True}),
        ):
            self.kind_box.addItem(title, values)
        self.columns_button = IconButton("", "settings", "quiet", self._choose_columns)
        self.columns_button.setToolTip(self.tr("Columns"))
        self.columns_button.setAccessibleName(self.tr("Columns"))
        self.compare_button = IconButton(self.tr("Compare"), "results", "", self._compare)
        self.list = RunList(self._session.network.title_of)
        self.list.set_hidden(self._session.preferences.hidden_run_columns)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.details = RunDetails(self._session.network.title_of)
        self._aside = QScrollArea()
        self._aside.setWidgetResizable(True)
        self._aside.setFixedWidth(DETAILS_PX)
        self._aside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._aside.setWidget(self.details)
        self._aside.setAccessibleName(self.tr("About the chosen run"))

        header = hstack(
            self.title,
            self.space,
            Stretch(),
            self.tidy_button,
            self.compare_button,
            spacing=theme.GRID,
        )
        tools = hstack(
            (self.search, 1),
            self.dataset_box,
            self.kind_box,
            self.columns_button,
            spacing=theme.GRID,
        )
        content = QWidget()
        body = hstack((self.list, 1), self._aside, spacing=theme.GRID * 2)
        vstack(header, tools, (body, 1), spacing=theme.GRID * 2, parent=content)
        return content

    def _connect(self) -> None:
        runs = self._session.runs
        runs.entries_changed.connect(self.refresh)
        self._session.network.models_changed.connect(self.refresh)
        runs.current_changed.connect(self._show_actions)
        runs.comparison_requested.connect(self._show_comparison)
        self._session.run.status_changed.connect(self._show_actions)
        self.search.textChanged.connect(self._on_filter_changed)
        self.dataset_box.currentIndexChanged.connect(self._on_filter_changed)
        self.kind_box.currentIndexChanged.connect(self._on_filter_changed)
        self.list.selected.connect(self._show_details)
        self.list.opened.connect(self._open)
        self.list.delete_wanted.connect(self._delete)
        self.list.rename_wanted.connect(self._rename)
        self.list.star_clicked.connect(self._toggle_star)
        self.list.customContextMenuRequested.connect(self._show_menu)
        details = self.details
        details.marked.connect(runs.set_marks)
        details.open_wanted.connect(self._open_selected)
        details.continue_wanted.connect(self._continue)
        details.more_wanted.connect(self._ask_more)
        details.copy_wanted.connect(self._copy_settings)
        details.start_wanted.connect(self._start_from)
        details.export_wanted.connect(self._export)
        details.folder_wanted.connect(self._show_in_folder)
        details.delete_wanted.connect(self._delete)

    # Following the session

    def showEvent(self, event: QShowEvent) -> None:
        """A terminal may have trained meanwhile."""
        super().showEvent(event)
        self._session.runs.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._aside.setVisible(self.width() >= WIDE_PX)

    def refresh(self) -> None:
        """Show the list as it is now."""
        runs = self._session.runs
        if self._comparison is None or self._stack.currentWidget() is not self._comparison:
            self._show_list()
        self._show_datasets(runs.entries)
        self.list.set_entries(tuple(filter(self._filter.lets_through, runs.entries)))
        if not self.list.selected_ids and runs.current is not None:
            self.list.select((runs.current.id,))
        limit = self._session.preferences.runs_limit_bytes
        space = self.tr("{size} of {limit}").format(
            size=formats.file_size(runs.size_bytes), limit=formats.file_size(limit)
        )
        count = self.tr("%n run(s)", "", len(runs.entries))
        self.space.setText(f"{count} · {space}")
        self.tidy_button.setVisible(runs.size_bytes > limit)
        self._show_details()

    def _show_list(self) -> None:
        self._stack.setCurrentIndex(1 if self._session.runs.entries else 0)

    def _show_comparison(self, ids: tuple[str, ...]) -> None:
        """Show some runs beside each other in place of the list."""
        if self._comparison is None:
            self._comparison = ComparisonView(self._session)
            self._comparison.closed.connect(self._show_list)
            self._stack.addWidget(self._comparison)
        self._stack.setCurrentWidget(self._comparison)
        self._comparison.show_runs(ids)

    def _show_datasets(self, entries: tuple[RunEntry, ...]) -> None:
        names = sorted({entry.dataset for entry in entries if entry.dataset})
        known = [self.dataset_box.itemData(row) for row in range(1, self.dataset_box.count())]
        if known == names and self.dataset_box.count():
            return
        chosen = self.dataset_box.currentData()
        self.dataset_box.blockSignals(True)
        self.dataset_box.clear()
        self.dataset_box.addItem(self.tr("All datasets"), "")
        for name in names:
            self.dataset_box.addItem(shown(name), name)
        self.dataset_box.setCurrentIndex(max(0, self.dataset_box.findData(chosen or "")))
        self.dataset_box.blockSignals(False)

    def _on_filter_changed(self) -> None:
        self._filter = RunFilter(
            text=self.search.text(),
            dataset=self.dataset_box.currentData() or "",
            **self.kind_box.currentData(),
        )
        self.refresh()

    def _show_details(self) -> None:
        ids = self.list.selected_ids
        entry = self._session.runs.entry(ids[0]) if len(ids) == 1 else None
        self.details.set_entry(entry)
        self._show_actions()

    def _show_actions(self) -> None:
        ids, is_free = self.list.selected_ids, not self._session.run.active
        self.compare_button.setEnabled(2 <= len(ids) <= MOST_COMPARED)
        self.compare_button.setToolTip(
            self.tr("Select two to six runs with Ctrl and Shift to see them beside each other")
        )
        details = self.details
        for button in (details.open_button, details.continue_button, details.more_button):
            button.setEnabled(is_free)

    # Commands

    def _open(self, run_id: str) -> None:
        self._session.runs.open(run_id)

    def _selected(self) -> RunEntry | None:
        ids = self.list.selected_ids
        return self._session.runs.entry(ids[0]) if ids else None

    def _open_selected(self) -> None:
        if (entry := self._selected()) is not None:
            self._open(entry.id)

    def _continue(self) -> None:
        if (entry := self._selected()) is not None:
            self._session.runs.continue_(entry.id)
            self._session.go_to(Step.TRAIN)

    def _ask_more(self) -> None:
        """Ask for how many epochs in all, beside the button."""
        entry = self._selected()
        if entry is None:
            return
        epochs = QSpinBox()
        epochs.setRange(entry.epochs + 1, 10_000)
        epochs.setValue(entry.epochs + MORE_EPOCHS)
        go = IconButton(self.tr("Continue"), "play")
        popup = Popup(self)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form = QFormLayout()
        form.addRow(self.tr("Epochs in all"), epochs)
        form.addRow(go)
        popup.setLayout(form)
        go.clicked.connect(lambda: self._continue_to(entry.id, epochs.value(), popup))
        button = self.details.more_button if self._aside.isVisible() else self.compare_button
        corner = button.mapToGlobal(QPoint(0, button.height()))
        popup.open_at(QRect(corner, popup.sizeHint()), button)

    def _continue_to(self, run_id: str, epochs: int, popup: QWidget) -> None:
        popup.close()
        self._session.runs.continue_(run_id, epochs)
        self._session.go_to(Step.TRAIN)

    def _copy_settings(self) -> None:
        if (entry := self._selected()) is not None:
            self._session.runs.copy_settings(entry.id)
            self._session.go_to(Step.TRAIN)

    def _start_from(self) -> None:
        """Let a new run begin with its weights; the settings stay a person's."""
        if (entry := self._selected()) is not None and entry.has_weights:
            self._session.start_from(entry)
            self._session.go_to(Step.TRAIN)

    def _export(self) -> None:
        if (entry := self._selected()) is not None and entry.has_weights:
            self._session.runs.export_requested.emit(entry)

    def _show_in_folder(self) -> None:
        if (entry := self._selected()) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(entry.folder))))

    def _delete(self) -> None:
        if self.list.selected_ids:
            self._session.runs.delete(self.list.selected_ids)

    def _rename(self) -> None:
        if self._selected() is not None and self._aside.isVisible():
            self.details.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.details.name.selectAll()

    def _toggle_star(self, run_id: str) -> None:
        entry = self._session.runs.entry(run_id)
        if entry is not None:
            marks: RunMarks = replace(entry.marks, is_starred=not entry.marks.is_starred)
            self._session.runs.set_marks(run_id, marks)

    def _toggle_stars(self) -> None:
        for run_id in self.list.selected_ids:
            self._toggle_star(run_id)

    def _compare(self) -> None:
        self._session.runs.compare(self.list.selected_ids)

    def _make_room(self) -> None:
        """Find what may be offered for deletion, in the background."""
        session = self._session
        session.disk_pool.submit(
            run_jobs.over_budget,
            session.preferences.runs_limit_bytes,
            done=self._offer,
            failed=session.notifications.error,
        )

    def _offer(self, ids: tuple[str, ...]) -> None:
        """Select old runs without a star; a person deletes them."""
        self.search.clear()
        self.kind_box.setCurrentIndex(0)
        self.dataset_box.setCurrentIndex(0)
        self.list.select(ids)
        self._session.notifications.info(
            self.tr("%n old run(s) without a star are selected.", "", len(ids)),
            self.tr("Press Delete to give their space back, or keep them."),
        )

    def _go_to_train(self) -> None:
        self._session.go_to(Step.TRAIN)

    def _ask_limit(self) -> None:
        """Ask for the space that runs may take before old ones are offered for deletion."""
        preferences = self._session.preferences
        limit = QSpinBox()
        limit.setRange(1, 10_000)
        limit.setSuffix(" GB")
        limit.setValue(max(1, preferences.runs_limit_bytes // GB))
        limit.valueChanged.connect(self._set_limit)
        popup = Popup(self)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form = QFormLayout()
        form.addRow(self.tr("Space for runs"), limit)
        popup.setLayout(form)
        corner = self.space.mapToGlobal(QPoint(0, self.space.height()))
        popup.open_at(QRect(corner, popup.sizeHint()), self.space)

    def _set_limit(self, gigabytes: int) -> None:
        self._session.preferences.runs_limit_bytes = gigabytes * GB
        self.refresh()

    def _choose_columns(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, title in self.list.titles:
            action = menu.addAction(no_mnemonic(title))
            action.setCheckable(True)
            action.setChecked(name not in self.list.hidden)
            action.triggered.connect(lambda on, one=name: self._show_column(one, is_shown=on))
        menu.popup(self.columns_button.mapToGlobal(QPoint(0, self.columns_button.height())))

    def _show_column(self, name: str, *, is_shown: bool) -> None:
        hidden = self.list.hidden - {name} if is_shown else self.list.hidden | {name}
        self._session.preferences.hidden_run_columns = hidden
        self.list.set_hidden(hidden)

    def _show_menu(self, place: QPoint) -> None:
        entry, ids = self._selected(), self.list.selected_ids
        if entry is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_one, is_free = len(ids) == 1, not self._session.run.active
        for title, act, can, keys in (
            (self.tr("Open"), self._open_selected, is_one and is_free, "Return"),
            (self.tr("Continue"), self._continue, is_one and is_free and entry.can_continue, ""),
            (self.tr("More epochs…"), self._ask_more, is_one and is_free and entry.can_extend, ""),
            (self.tr("Use its settings"), self._copy_settings, is_one and is_free, ""),
            (
                self.tr("Start a new run from it"),
                self._start_from,
                is_one and is_free and entry.has_weights,
                "",
            ),
            (self.tr("Export…"), self._export, is_one and entry.has_weights, ""),
            (self.tr("Compare"), self._compare, 2 <= len(ids) <= MOST_COMPARED, ""),
            (self.tr("Rename"), self._rename, is_one, "F2"),
            (self.tr("Star"), self._toggle_stars, True, ""),
            (self.tr("Show in folder"), self._show_in_folder, is_one, ""),
            (self.tr("Delete"), self._delete, True, "Del"),
        ):
            action: QAction = menu.addAction(title)
            action.setEnabled(can)
            action.triggered.connect(act)
            if keys:
                action.setShortcut(QKeySequence(keys))
        menu.popup(self.list.viewport().mapToGlobal(place))
