"""A file or folder for use elsewhere: its options, where it goes, and the receipt."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from tlstudio.core.errors import TLStudioError, WebRuntimeMissingError
from tlstudio.core.export.formats import (
    DEFAULT_OPSET,
    MAX_OPSET,
    MIN_OPSET,
    WEB,
    Exported,
    ExportFormat,
    ExportOption,
)
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.storage import documents_dir, safe_file_name
from tlstudio.gui.features.export.jobs import TakenError
from tlstudio.gui.features.export.parts import Outcome, Progress, Tick
from tlstudio.gui.features.export.state import ExportState
from tlstudio.gui.features.export.texts import OPTION_TEXTS, progress_text, receipt_facts, translate
from tlstudio.gui.kit import file_dialogs, theme
from tlstudio.gui.kit.basics import IconButton, label, line
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.file_dialogs import Filter, Place
from tlstudio.gui.kit.language import core_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

OPSETS = range(MIN_OPSET, MAX_OPSET + 1)


class FormatPage(QWidget):
    """Shows one format after another, whichever card is chosen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._state = session.feature(ExportState)
        self._format: ExportFormat | None = None
        self._places: dict[str, str] = {}  # as they were typed, by the format
        self.title = label("", "title")
        self.ticks: dict[ExportOption, Tick] = {}
        for option, (title, sentence) in OPTION_TEXTS.items():
            tick = Tick(translate("ExportDialog", title), translate("ExportDialog", sentence))
            tick.box.toggled.connect(partial(self._on_ticked, option))
            self.ticks[option] = tick
        self.opset = QComboBox()
        self.opset.setAccessibleName(self.tr("Version of ONNX's operators"))
        for number in OPSETS:
            usual = self.tr("{number} (usual)").format(number=number)
            self.opset.addItem(usual if number == DEFAULT_OPSET else str(number), number)
        self.opset.currentIndexChanged.connect(self._on_opset_chosen)
        self.opset_row = QWidget()
        hstack(
            label(self.tr("Version of ONNX's operators")),
            self.opset,
            Stretch(),
            spacing=2 * theme.GRID,
            parent=self.opset_row,
        )
        self.place = QLineEdit()
        self.place.setAccessibleName(self.tr("Where it goes"))
        self.choose_button = IconButton(self.tr("Choose…"), "open", "", self._on_choose)
        self.progress = Progress(self.tr("Exporting"))
        self.show_button = IconButton(self.tr("Show in folder"), "open", "quiet", self._on_show)
        self.replace_button = IconButton(self.tr("Replace it"), "reload", "", self._on_replace)
        self.open_button = IconButton(self.tr("Open in the browser"), "web", "", self._on_open)
        self.download_button = IconButton(
            self.tr("Download it and export"), "download", "", self._on_download
        )
        self.outcome = Outcome(
            self.open_button, self.show_button, self.replace_button, self.download_button
        )
        self.receipt_title = label(self.tr("Receipt"), "section")
        self.receipt = FactList()
        self.receipt.setAccessibleName(self.tr("Receipt"))
        self.go_button = IconButton(self.tr("Export"), "export", "primary", self._on_go)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self._state.cancel)
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        self._lay_out()
        self.place.textEdited.connect(self._on_typed)
        self._state.changed.connect(self._refresh)
        session.simple_changed.connect(self._refresh)

    def _lay_out(self) -> None:
        self.rule = line()
        vstack(
            self.title,
            *self.ticks.values(),
            self.opset_row,
            theme.GRID // 2,
            label(self.tr("Where it goes"), "section"),
            hstack((self.place, 1), self.choose_button, spacing=theme.GRID),
            self.progress,
            self.outcome,
            self.rule,
            self.receipt_title,
            self.receipt,
            Stretch(),
            spacing=theme.GRID,
            margins=(0, 0, theme.GRID, 0),
            parent=self,
        )

    def show_format(self, row: ExportFormat) -> None:
        """Offer this one."""
        self._format = row
        self.title.setText(core_text(row.title))
        options = self._state.options[row.id]
        for option, tick in self.ticks.items():
            tick.setVisible(option in row.options)
            tick.box.blockSignals(True)
            tick.box.setChecked(bool(getattr(options, option.value)))
            tick.box.blockSignals(False)
        opset = DEFAULT_OPSET if options.opset is None else options.opset
        self.opset.blockSignals(True)
        self.opset.setCurrentIndex(OPSETS.index(opset))
        self.opset.blockSignals(False)
        self.place.setText(self._places.get(row.id) or str(self._offered(row)))
        self._refresh()

    def forget_places(self) -> None:
        """Another network is handed on: it has another name."""
        self._places.clear()

    def _offered(self, row: ExportFormat) -> Path:
        folder = self._session.preferences.last_folder(Place.EXPORTS)
        subject = self._state.subject
        name = safe_file_name(f"{subject.title if subject else ''}{row.suffix}")
        return Path(folder or documents_dir()) / name

    def _refresh(self) -> None:
        row, state = self._format, self._state
        if row is None:
            return
        is_own = state.is_own and state.format == row.id
        self.opset_row.setVisible(ExportOption.OPSET in row.options and not self._session.is_simple)
        for field in (*self.ticks.values(), self.opset_row, self.place, self.choose_button):
            field.setEnabled(not state.active)
        has_place = bool(self.place.text().strip())
        self.go_button.setEnabled(state.subject is not None and has_place and not state.active)
        self.stop_button.setVisible(state.active)
        self.stop_button.setEnabled(not state.stopping)
        self._refresh_progress(is_own)
        exported = state.done.get(row.id)
        if is_own and state.error is not None:
            self.outcome.show_error(state.error, *self._remedies(state.error))
        elif exported is not None:
            self._show_exported(exported)
        else:
            self.outcome.clear()
        for part in (self.rule, self.receipt_title, self.receipt):
            part.setVisible(exported is not None)

    def _remedies(self, error: TLStudioError) -> tuple[IconButton, ...]:
        """The buttons that go on in spite of an error."""
        if isinstance(error, TakenError):
            return (self.replace_button,)
        return (self.download_button,) if isinstance(error, WebRuntimeMissingError) else ()

    def _refresh_progress(self, is_own: bool) -> None:
        state = self._state
        if not state.active:
            self.progress.setVisible(False)
        elif not is_own:
            self.progress.show_done(0, 0, self.tr("Another export is being written…"))
        elif state.stopping:
            self.progress.show_done(0, 0, self.tr("Stopping…"))
        elif state.progress is None:
            self.progress.show_done(0, 0, self.tr("Reading the network…"))
        else:
            told = state.progress
            self.progress.show_done(told.done, told.total, progress_text(told))

    def _show_exported(self, exported: Exported) -> None:
        receipt = exported.receipt
        if receipt.is_passed:
            note = receipt.sentence
            found = core_text(note.sentence, **note.values)
            is_page = receipt.format == WEB
            buttons = (self.open_button, self.show_button) if is_page else (self.show_button,)
            self.outcome.show_success(found, str(exported.path), *buttons)
        else:
            self.outcome.show_error(receipt.error(exported.path), self.show_button)
        self.receipt.set_facts(receipt_facts(receipt, self._dataset_name(receipt)))

    def _dataset_name(self, receipt: Receipt) -> str:
        """As the window calls it: a sample has a title beside the name of its folder."""
        index = self._state.subject.index if self._state.subject is not None else None
        is_open = index is not None and receipt.dataset == Path(index.root).name
        return shown(index.name) if is_open and index is not None else receipt.dataset

    # What a person does

    def _on_ticked(self, option: ExportOption, is_on: bool) -> None:
        self._change(**{option.value: is_on})

    def _on_opset_chosen(self) -> None:
        number = self.opset.currentData()
        self._change(opset=None if number == DEFAULT_OPSET else number)

    def _change(self, **values: object) -> None:
        if self._format is not None:
            options = self._state.options
            options[self._format.id] = replace(options[self._format.id], **values)  # type: ignore[arg-type]

    def _on_typed(self, text: str) -> None:
        if self._format is not None:
            self._places[self._format.id] = text
        self._refresh()

    def _on_choose(self) -> None:
        row = self._format
        if row is None:
            return
        title = self.tr("Where the export goes")
        if row.is_folder:
            file_dialogs.ask_folder(
                self, self._session, title, self._on_folder_chosen, Place.EXPORTS
            )
            return
        kind = Filter(core_text(row.title), f"*{row.suffix}", Place.EXPORTS)
        name = Path(self.place.text()).name
        file_dialogs.ask_target(self, self._session, title, name, (kind,), self._on_chosen)

    def _on_folder_chosen(self, folder: Path) -> None:
        self._on_chosen(folder / Path(self.place.text()).name)

    def _on_chosen(self, path: Path) -> None:
        self.place.setText(str(path))
        self._on_typed(str(path))

    def _on_go(self) -> None:
        self._start()

    def _on_replace(self) -> None:
        self._start(may_replace=True)

    def _on_download(self) -> None:
        self._start(may_download=True)

    def _start(self, *, may_replace: bool = False, may_download: bool = False) -> None:
        row = self._format
        if row is None:
            return
        path = Path(self.place.text().strip()).expanduser()
        if row.suffix and path.suffix.lower() != row.suffix:
            path = path.with_name(path.name + row.suffix)
        self._session.preferences.keep_last_folder(Place.EXPORTS, str(path.parent))
        self._state.start(
            self._state.options[row.id], path, may_replace=may_replace, may_download=may_download
        )

    def _on_open(self) -> None:
        exported = self._state.done.get(WEB)
        if exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(exported.path)))

    def _on_show(self) -> None:
        exported = self._state.done.get(self._format.id) if self._format else None
        if exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(exported.path.parent)))
