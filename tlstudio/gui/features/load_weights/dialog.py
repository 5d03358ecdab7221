"""The loading report: what a file of weights holds, what would become of it, and the choice."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.weights.report import EntryState, LoadingReport, LoadingWay
from tlstudio.gui.features.load_weights.entries_model import (
    HELPS,
    EntryFilter,
    make_model,
    state_title,
    translate,
)
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import IconButton, label, plain_tip
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_with_hint
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.search_line import SearchLine
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.table import RowTable
from tlstudio.gui.state.loading import LoadingState
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX, SIDE_PX = 800, 620, 24
STATE_PX, SHAPE_PX, SEARCH_PX = 130, 140, 150
FROM_FILE, FROM_DATASET, FROM_TEXT, NUMBERED = "file", "dataset", "text", "numbers"


def open_loading(session: Session, widget: QWidget) -> LoadingDialog:
    """Show the report of the file in hand over the window of `widget`."""
    window = widget.window()
    dialog = window.findChild(LoadingDialog) or LoadingDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class LoadingDialog(QDialog):
    """Shows the report of `LoadingState`; applies nothing before a person says so."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "loading")
        self._session = session
        self._state = session.feature(LoadingState)
        self._names: tuple[str, ...] = ()  # of a text file
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Load weights"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.heading = label("", "title")
        self.file = ElidedLabel()
        self.file.setProperty("role", "hint")
        self.notes = label("", "hint", wrap=True)
        self.filters = Segmented(self.tr("Entries shown"))
        self.search = SearchLine()
        self.search.setPlaceholderText(self.tr("Search layers"))
        self.search.setAccessibleName(self.tr("Search layers"))
        self.search.setFixedWidth(SEARCH_PX)
        self.model = make_model(self)
        self.rows = EntryFilter(self.model, self)
        self.table = RowTable(self.rows)
        self.ways = Segmented(self.tr("What to do with it"))
        self.way_hint = label("", "hint", wrap=True)
        self.networks = ChoiceField()
        self.networks.setAccessibleName(self.tr("Network"))
        self.copies = ChoiceField()
        self.copies.setAccessibleName(self.tr("Copy of the network"))
        self.naming = ChoiceField()
        self.naming.setAccessibleName(self.tr("Names of the classes"))
        self.names = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self._network_line, self._copy_line, self._names_line = QWidget(), QWidget(), QWidget()
        self.cancel_button = IconButton(self.tr("Cancel"), clicked=self.close)
        self.apply_button = IconButton(self.tr("Load"), "load", "primary", self._on_apply)
        self._set_up_table()
        self._lay_out()

        self.filters.chosen.connect(self._filter)
        self.search.typed.connect(self._filter)
        self.ways.chosen.connect(self._show_way)
        self.copies.chosen.connect(self._on_choice)
        self.networks.chosen.connect(self._on_choice)
        self.naming.chosen.connect(self._on_naming)
        self._state.changed.connect(self._show)
        self._state.names_read.connect(self._on_names_read)
        self._state.names_failed.connect(self._on_names_failed)
        session.busy_changed.connect(self._show)
        self._show()

    @property
    def way(self) -> LoadingWay | None:
        """What is chosen; None where nothing can be done with the file."""
        report = self._state.report
        way = self.ways.value
        return LoadingWay(str(way)) if report is not None and way in report.ways else None

    def _set_up_table(self) -> None:
        table = self.table
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setAccessibleName(self.tr("Entries of the file and of the network"))
        header = table.horizontalHeader()
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, STATE_PX), (2, SHAPE_PX), (3, SHAPE_PX)):
            header.resizeSection(column, width)

    def _lay_out(self) -> None:
        title = label(self.tr("Network"), "hint")
        hstack(title, (self.networks, 1), spacing=theme.GRID, parent=self._network_line)
        title = label(self.tr("Which copy"), "hint")
        hstack(title, (self.copies, 1), spacing=theme.GRID, parent=self._copy_line)
        title = label(self.tr("Classes"), "hint")
        hstack(title, self.naming, (self.names, 1), spacing=theme.GRID, parent=self._names_line)
        vstack(
            self.heading,
            self.file,
            self.notes,
            hstack(self.filters, Stretch(), self.search, spacing=theme.GRID),
            (self.table, 1),
            hstack(self.ways, (self.way_hint, 1), spacing=2 * theme.GRID),
            hstack(self._network_line, self._copy_line, spacing=2 * theme.GRID),
            self._names_line,
            hstack(Stretch(), self.cancel_button, self.apply_button, spacing=theme.GRID),
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        self.cancel_button.setAutoDefault(False)
        self.apply_button.setDefault(True)
        self.apply_button.setFocus()

    # -- the report ------------------------------------------------------------------------------

    def _show(self) -> None:
        report = self._state.report
        if report is None:
            return
        self.heading.setText(self._heading(report))
        self.file.set_text(report.file, str(self._state.path))
        notes = [core_text(note.sentence, **note.values) for note in report.notes]
        self.notes.setText(re.sub(r"([._/])", "\\1\u200b", " ".join(notes)))  # names may wrap
        self.notes.setVisible(bool(notes))
        self._show_filters(report)
        self.model.set_rows(report.entries)
        self._filter()
        self._show_choices(report)
        self._show_way()

    def _heading(self, report: LoadingReport) -> str:
        title = self._session.network.title_of(report.model)
        if not report.ways:
            return self.tr("Nearest is {model}, which does not fit").format(model=title)
        if report.num_classes:
            return self.tr("{model} with %n classes", "", report.num_classes).format(model=title)
        return self.tr("{model} without a head that fits").format(model=title)

    def _show_filters(self, report: LoadingReport) -> None:
        counts = report.counts
        options: list[tuple[object, str]] = [
            (None, self.tr("All {count}").format(count=formats.count(sum(counts.values()))))
        ]
        states = [s for s in EntryState if counts[s]]
        options += [(s, f"{state_title(s)} {formats.count(counts[s])}") for s in states]
        self.filters.set_options(options)
        for button, state in zip(self.filters.buttons()[1:], states, strict=True):
            button.setToolTip(plain_tip(translate("load_weights", HELPS[state])))

    def _filter(self) -> None:
        state = self.filters.value
        self.rows.show_only(state if isinstance(state, EntryState) else None, self.search.text())

    def _show_choices(self, report: LoadingReport) -> None:
        first = not self.ways.buttons()
        self.ways.set_options(
            [
                (LoadingWay.EVERYTHING, self.tr("Answer with it")),
                (LoadingWay.BACKBONE, self.tr("Train from it")),
            ]
        )
        is_busy = self._session.run.active
        possible = {
            LoadingWay.EVERYTHING: LoadingWay.EVERYTHING in report.ways,
            LoadingWay.BACKBONE: LoadingWay.BACKBONE in report.ways and not is_busy,
        }
        for button, is_possible in zip(self.ways.buttons(), possible.values(), strict=True):
            button.setEnabled(is_possible)
        self.ways.setVisible(any(possible.values()))
        chosen = self._state.wanted if first else self.ways.value
        if chosen not in possible or not possible[LoadingWay(str(chosen))]:
            chosen = next((way for way, is_possible in possible.items() if is_possible), chosen)
        self.ways.set_value(chosen)

        names = (report.model, *report.twins)
        self.networks.set_choices([(name, name) for name in sorted(names)])
        self.networks.set_value(report.model)
        self._network_line.setVisible(len(names) > 1)
        self.copies.set_choices(
            [(c.place, self._copy_title(c.place, c.is_average)) for c in report.copies]
        )
        self.copies.set_value(report.copy)
        self._copy_line.setVisible(len(report.copies) > 1)
        self._show_naming(report)

    def _copy_title(self, place: str, is_average: bool) -> str:
        title = place or self.tr("without a prefix")
        return self.tr("{place} (average)").format(place=title) if is_average else title

    def _show_naming(self, report: LoadingReport) -> None:
        index = self._session.datasets.index
        choices = []
        if report.class_names:
            choices.append((FROM_FILE, self.tr("As in the file")))
        if index is not None and len(index.classes) == report.num_classes:
            choices.append((FROM_DATASET, self.tr("As in the dataset")))
        choices.append((FROM_TEXT, self.tr("From a text file…")))
        choices.append((NUMBERED, self.tr("Numbered")))
        before = self.naming.value
        self.naming.set_choices(choices)
        offered = [value for value, _ in choices]
        usual = next(value for value in offered if value != FROM_TEXT)
        keeps = before in offered and (before != FROM_TEXT or self._fits(self._names))
        self.naming.set_value(before if keeps else usual)

    def _show_way(self) -> None:
        report, way = self._state.report, self.way
        if report is None:
            return
        self._names_line.setVisible(way is LoadingWay.EVERYTHING)
        self.names.set_text(", ".join(self._chosen_names(report)))
        self.apply_button.setEnabled(way is not None)
        is_training = way is LoadingWay.BACKBONE
        self.apply_button.setText(self.tr("Start from it") if is_training else self.tr("Load"))
        self.apply_button.set_icon("from_here" if is_training else "load")
        self.way_hint.setText(self._hint(report, way))

    def _hint(self, report: LoadingReport, way: LoadingWay | None) -> str:
        if way is LoadingWay.BACKBONE:
            return self.tr(
                "The values of the backbone are taken; the head is new, for your classes."
            )
        if way is None:
            fault = self._state.fault
            return "" if fault is None else error_with_hint(fault)
        index = self._session.datasets.index
        if index is not None and len(index.classes) != report.num_classes:
            return self.tr(
                "It answers with its own {own} classes; the open dataset has {others}."
            ).format(
                own=formats.count(report.num_classes), others=formats.count(len(index.classes))
            )
        return self.tr("All of it is taken; it can be asked about images at once.")

    # -- what a person chooses -------------------------------------------------------------------

    def _chosen_names(self, report: LoadingReport) -> tuple[str, ...]:
        """The names of the classes; empty where they are numbered."""
        index = self._session.datasets.index
        match self.naming.value:
            case "file":
                return report.class_names
            case "dataset":
                return index.classes if index is not None else ()
            case "text":
                return self._names
        return ()

    def _fits(self, names: tuple[str, ...]) -> bool:
        report = self._state.report
        return report is not None and len(names) == report.num_classes > 0

    def _on_choice(self) -> None:
        self._state.choose(self.copies.value, self.networks.value)

    def _on_naming(self, value: str) -> None:
        if value == FROM_TEXT:
            file_dialogs.ask_files(
                self,
                self._session,
                self.tr("Names of the classes"),
                (file_dialogs.CLASS_NAMES,),
                self._on_names_file,
                several=False,
            )
        self._show_way()

    def _on_names_file(self, paths: list[Path]) -> None:
        self._state.read_names(paths[0])

    def _on_names_read(self, names: tuple[str, ...]) -> None:
        report = self._state.report
        if report is None:
            return
        if self._fits(names):
            self._names = names
            self.naming.set_value(FROM_TEXT)
            self._show_way()
            return
        self._back_from_text(
            self.tr(
                "That file has {found} names; the network tells {wanted} classes apart."
            ).format(found=formats.count(len(names)), wanted=formats.count(report.num_classes))
        )

    def _on_names_failed(self, error: TLStudioError) -> None:
        self._back_from_text(error_with_hint(error))

    def _back_from_text(self, why: str) -> None:
        report = self._state.report
        if report is not None:
            self._names = ()
            self._show_naming(report)
            self._show_way()
            self.way_hint.setText(why)

    def _on_apply(self) -> None:
        report, way = self._state.report, self.way
        if report is None or way is None:
            return
        if way is LoadingWay.BACKBONE:
            self._state.start()
        else:
            names = self._chosen_names(report)
            is_text_missing = self.naming.value == FROM_TEXT and not names
            self._state.load(() if is_text_missing or names == report.class_names else names)
        self.close()
