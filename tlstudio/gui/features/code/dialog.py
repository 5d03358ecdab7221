"""Show me the PyTorch: the present settings as code, to be read, copied and saved."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.catalog import file_stem
from tlstudio.gui.features.code import jobs
from tlstudio.gui.features.code.code_view import CodeView, code_font
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.language import error_with_hint
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.save_as import Content, save_as
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state.session import Session, Step

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.gui.features.code.jobs import CodeExport, DataPart

WIDTH_PX, HEIGHT_PX = 900, 700
SIDE_PX = 24
SETTLE_MS = 150  # while a number is typed, or a slider drawn
COPIED_MS = 1500


class CodeForm(StrEnum):
    """The forms of the code: a script or a notebook."""

    SCRIPT = "script"
    NOTEBOOK = "notebook"


def open_code(session: Session, widget: QWidget) -> CodeDialog:
    """Show the code beside the window of `widget`; there is one for each window."""
    window = widget.window()
    dialog = window.findChild(CodeDialog) or CodeDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class CodeDialog(QDialog):
    """Follows the settings and the dataset; stays open beside the window, also while training.

    Attributes:
        code: what is shown; None while there is nothing.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.code: CodeExport | None = None
        self._data: tuple[DatasetIndex, DataPart] | None = None
        self._task: Task | None = None
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._write)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(self._on_copied_long_ago)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("PyTorch code"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))

        self.heading = label(self.tr("The run as PyTorch code"), "title")
        self.title = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.forms = Segmented(self.tr("Form of the code"))
        self.forms.set_options(
            [
                (CodeForm.SCRIPT, self.tr("Script")),
                (CodeForm.NOTEBOOK, self.tr("Notebook")),
            ]
        )
        self.copy_button = IconButton(self.tr("Copy"), "copy", "", self._on_copy)
        self.save_button = IconButton(self.tr("Save…"), "save", "primary", self._on_save)
        self.install_title = label(self.tr("It needs"), "hint")
        self.install = label("")
        self.install.setFont(code_font())
        self.install.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = label("", "hint", wrap=True)
        self.view = CodeView()
        self.view.setAccessibleName(self.tr("Code of the run"))
        go_to_data = IconButton(self.tr("Go to the data"), "data", "", self._on_go_to_data)
        go_to_data.setObjectName("go_to_data")
        self.empty = EmptyState(
            "code",
            self.tr("No dataset is open"),
            self.tr("The code of a run names its images: open a folder of them first."),
            go_to_data,
        )
        self.failure = EmptyState("warning", self.tr("These settings do not make a run"), "")
        self.waiting = EmptyState("waiting", self.tr("Writing the code…"), "")
        self.lines = label("", "hint")
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self._lay_out()

        QShortcut(QKeySequence.StandardKey.Save, self).activated.connect(self._on_save)
        self.forms.chosen.connect(self._show_code)
        session.network.settings_changed.connect(self._settling.start)
        session.network.models_changed.connect(self._settling.start)
        session.network.engine_ready.connect(self._settling.start)
        session.datasets.changed.connect(self._on_dataset_changed)
        self._write()

    @property
    def form(self) -> CodeForm:
        """Return the chosen form."""
        return CodeForm(str(self.forms.value))

    def _lay_out(self) -> None:
        top = hstack(
            self.heading,
            Stretch(),
            self.forms,
            self.copy_button,
            self.save_button,
            spacing=theme.GRID,
        )
        needs = hstack(self.install_title, self.install, Stretch(), spacing=theme.GRID)
        self.stack = PageStack()
        for page in (self.view, self.empty, self.failure, self.waiting):
            self.stack.addWidget(page)
        bottom = hstack(self.lines, Stretch(), self.close_button)
        vstack(
            top,
            self.title,
            needs,
            self.note,
            theme.GRID,
            (self.stack, 1),
            theme.GRID,
            bottom,
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        for button in (self.copy_button, self.save_button, self.close_button):
            button.setAutoDefault(False)

    # -- following the session -------------------------------------------------------------------

    def _on_dataset_changed(self) -> None:
        self._data = None
        self._settling.start()

    def _write(self) -> None:
        """Have the code of the present settings written, if there can be any."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        session = self._session
        index = session.datasets.index
        if index is None:
            self._show_nothing(self.empty)
            return
        if self.code is None:
            self._show_nothing(self.waiting)
        if not session.network.is_ready:
            return
        if self._data is None or self._data[0] is not index:
            self._task = session.disk_pool.submit(
                jobs.data_part, index, done=self._on_data_known, failed=self._on_failed
            )
            return
        self._task = session.engine_pool.submit(
            jobs.export_code,
            session.network.settings,
            *self._data,
            done=self._on_written,
            failed=self._on_failed,
        )

    def _on_data_known(self, data: tuple[DatasetIndex, DataPart]) -> None:
        self._task, self._data = None, data
        if data[0] is self._session.datasets.index:
            self._write()

    def _on_written(self, code: CodeExport) -> None:
        self._task, self.code = None, code
        self._show_code()

    def _on_failed(self, error: TLStudioError) -> None:
        self._task = None
        self.failure.text.setText(error_with_hint(error))
        self._show_nothing(self.failure)

    def _show_nothing(self, page: QWidget) -> None:
        self.code = None
        self.stack.setCurrentWidget(page)
        self._show_facts()

    def _show_code(self) -> None:
        if self.code is None:
            return
        self.title.set_text(self.code.title)
        is_script = self.form is CodeForm.SCRIPT
        self.view.set_code(self.code.script if is_script else self.code.cells)
        self.stack.setCurrentWidget(self.view)
        self._show_facts()

    def _show_facts(self) -> None:
        """Show the texts around the code."""
        code = self.code
        for button in (self.copy_button, self.save_button):
            button.setEnabled(code is not None)
            why = "" if code is not None else self.tr("There is no code yet")
            button.setToolTip(plain_tip(why))
        for widget in (self.title, self.install_title, self.install, self.note, self.lines):
            widget.setVisible(code is not None)
        if code is None:
            return
        self.install.setText(code.install)
        notes = []
        if code.weights_from == "package":
            notes.append(
                self.tr("The pretrained weights come with the package {package}.").format(
                    package=code.packages[-1]
                )
            )
        elif code.weights_from == "download":
            notes.append(self.tr("The first run downloads the pretrained weights."))
        if code.is_rounded:
            notes.append(
                self.tr(
                    "The studio computes in bfloat16 here and the code in float32, so the numbers "
                    "of a run are alike, not equal."
                )
            )
        else:
            notes.append(self.tr("On a CPU it gives the same numbers as the run in the studio."))
        self.note.setText(" ".join(notes))
        count = self.view.blockCount()
        self.lines.setText(self.tr("{count} lines").format(count=formats.count(count)))

    # -- what a person does ----------------------------------------------------------------------

    def _on_copy(self) -> None:
        if self.code is None:
            return
        QGuiApplication.clipboard().setText(self.view.toPlainText())
        self.copy_button.setText(self.tr("Copied"))
        self.copy_button.set_icon("done")
        self._copied.start()

    def _on_copied_long_ago(self) -> None:
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.set_icon("copy")

    def _on_save(self) -> None:
        code = self.code
        if code is None:
            return
        forms: dict[file_dialogs.Filter, Callable[[], Content]] = {
            file_dialogs.SCRIPT: lambda: code.script,
            file_dialogs.NOTEBOOK: lambda: code.notebook,
        }
        if self.form is CodeForm.NOTEBOOK:
            forms = dict(reversed(forms.items()))
        model = file_stem(self._session.network.config.model)
        name = "_".join(f"train {self._session.dataset_name} {model}".split())
        save_as(self, self._session, self.tr("Save the code"), name, forms)

    def _on_go_to_data(self) -> None:
        self._session.go_to(Step.DATA)
        self.close()
