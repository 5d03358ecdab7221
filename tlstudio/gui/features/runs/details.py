"""What is known of the selected run, and what a person writes about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from tlstudio.core.runs.kept import RunEntry, RunMarks
from tlstudio.gui.features.runs.columns import (
    ORIGIN_TITLES,
    state_text,
    strategy_text,
    translate,
    when_text,
)
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.runs import accuracy_text, run_name

WRITE_AFTER_MS = 600  # a note is written when its author pauses
NOTE_PX = 72


class RunDetails(QWidget):
    """Name, star, tags and note of one run, its facts, and what can be done with it.

    Args:
        title_of: gives the title of a network by its name in the catalog.

    Signals:
        marked(str, RunMarks): a person wrote something about the run of this id.
        open_wanted(), continue_wanted(), more_wanted(), copy_wanted(), start_wanted(),
            export_wanted(), folder_wanted(), delete_wanted(): a button was pressed.
    """

    marked = Signal(str, object)
    open_wanted = Signal()
    continue_wanted = Signal()
    more_wanted = Signal()
    copy_wanted = Signal()
    start_wanted = Signal()
    export_wanted = Signal()
    folder_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, title_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "run")
        self._title_of = title_of
        self._entry: RunEntry | None = None
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.tags = QLineEdit()
        self.tags.setPlaceholderText(self.tr("Tags, with commas between them"))
        self.tags.setAccessibleName(self.tr("Tags"))
        self.note = QPlainTextEdit()
        self.note.setPlaceholderText(self.tr("Note"))
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setFixedHeight(NOTE_PX)
        self.note.setTabChangesFocus(True)
        self.facts = FactList()
        self.open_button = IconButton(self.tr("Open"), "open", "", self.open_wanted.emit)
        self.open_button.setToolTip(
            self.tr("Bring settings, charts, images and model back as they were")
        )
        self.continue_button = IconButton(
            self.tr("Continue"), "play", "", self.continue_wanted.emit
        )
        self.continue_button.setToolTip(self.tr("Go on from the last checkpoint"))
        self.more_button = IconButton(
            self.tr("More epochs…"), "play", "quiet", self.more_wanted.emit
        )
        self.copy_button = IconButton(
            self.tr("Use its settings"), "settings", "quiet", self.copy_wanted.emit
        )
        self.start_button = IconButton(
            self.tr("Start a new run from it"), "from_here", "quiet", self.start_wanted.emit
        )
        self.start_button.setToolTip(self.tr("Its weights are what the next run begins with"))
        self.export_button = IconButton(
            self.tr("Export…"), "export", "quiet", self.export_wanted.emit
        )
        self.folder_button = IconButton(
            self.tr("Show in folder"), "data", "quiet", self.folder_wanted.emit
        )
        self.delete_button = IconButton(
            self.tr("Delete"), "close", "quiet", self.delete_wanted.emit
        )
        vstack(
            label(self.tr("Run"), "section"),
            self.name,
            hstack(self.open_button, self.continue_button, Stretch(), spacing=theme.GRID),
            self.tags,
            self.note,
            theme.GRID,
            self.facts,
            theme.GRID,
            hstack(self.more_button, self.copy_button, Stretch(), spacing=theme.GRID),
            hstack(self.start_button, self.export_button, Stretch(), spacing=theme.GRID),
            hstack(self.folder_button, self.delete_button, Stretch(), spacing=theme.GRID),
            Stretch(),
            spacing=theme.GRID,
            parent=self,
        )
        self._timer = QTimer(self, singleShot=True, interval=WRITE_AFTER_MS)
        self._timer.timeout.connect(self.write)
        self.name.editingFinished.connect(self.write)
        self.tags.editingFinished.connect(self.write)
        self.note.textChanged.connect(self._timer.start)
        self.set_entry(None)

    @property
    def entry(self) -> RunEntry | None:
        return self._entry

    def set_entry(self, entry: RunEntry | None) -> None:
        """Show a run; what was typed about the one before is written first."""
        is_other = entry is None or self._entry is None or entry.id != self._entry.id
        if is_other:
            self.write()
        self._entry = entry
        self.setVisible(entry is not None)
        if entry is None:
            return
        if is_other:
            for field, text in (
                (self.name, run_name(entry)),
                (self.tags, ", ".join(entry.marks.tags)),
            ):
                field.setText(text)
            self.note.blockSignals(True)
            self.note.setPlainText(entry.marks.note)
            self.note.blockSignals(False)
        elif not self.name.hasFocus():
            self.name.setText(run_name(entry))
        self.facts.set_facts(self._facts(entry))
        self.open_button.setEnabled(not entry.is_running)
        self.continue_button.setVisible(entry.can_continue)
        self.more_button.setVisible(entry.can_extend and not entry.can_continue)
        self.delete_button.setEnabled(not entry.is_running)

    def write(self) -> None:
        """Hand over what was typed, if it is anything new."""
        self._timer.stop()
        entry = self._entry
        if entry is None:
            return
        marks = replace(
            entry.marks,
            name=self._name_of(entry),
            tags=tuple(
                dict.fromkeys(tag.strip() for tag in self.tags.text().split(",") if tag.strip())
            ),
            note=self.note.toPlainText(),
        )
        if marks != entry.marks:
            self._entry = replace(entry, marks=marks)
            self.marked.emit(entry.id, marks)

    def _name_of(self, entry: RunEntry) -> str:
        """What was typed; what the list says anyhow, in whatever language, is no name given."""
        name = self.name.text().strip()
        if name == run_name(entry):
            return entry.name
        return name if name != run_name(replace(entry, marks=RunMarks())) else ""

    def _facts(self, entry: RunEntry) -> list[tuple[str, str]]:
        facts = [
            (self.tr("Accuracy"), accuracy_text(entry)),
            (self.tr("Dataset"), shown(entry.dataset)),
            (self.tr("Network"), self._title_of(entry.model)),
            (self.tr("Strategy"), strategy_text(entry)),
            (self.tr("Learning rate"), formats.learning_rate(entry.learning_rate)),
            (
                self.tr("Epochs"),
                self.tr("{epochs} of {planned}").format(
                    epochs=entry.epochs, planned=max(entry.planned_epochs, entry.epochs)
                ),
            ),
            (self.tr("State"), state_text(entry)),
            (self.tr("Trained"), f"{when_text(entry)} · {formats.duration(entry.elapsed_s)}"),
            (self.tr("From"), translate("runs", ORIGIN_TITLES[entry.origin])),
            (self.tr("Size"), formats.file_size(entry.size_bytes)),
        ]
        return [(title, value) for title, value in facts if value]
