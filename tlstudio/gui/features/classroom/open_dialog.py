"""Open a class pack: what comes with it, and where to, before anything is taken."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QProgressBar, QWidget

from tlstudio.core.classroom.pack import QUIZ
from tlstudio.core.lessons.table import find_lesson
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.features.classroom.state import ClassroomState
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_with_hint, shown
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX, SIDE_PX = 600, 400, 24
TITLES_PX = 96
WEIGHTS_SHOWN = 6


def open_pack_file(session: Session, widget: QWidget, path: Path) -> OpenPackDialog:
    """Look into a pack, over the window of `widget`; there is one dialog for each window."""
    window = widget.window()
    dialog = window.findChild(OpenPackDialog) or OpenPackDialog(session, window)
    dialog.look_into(path)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class OpenPackDialog(QDialog):
    """Says what comes with a pack; closes itself once that is there."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "class-pack")
        self._session = session
        self._state = session.feature(ClassroomState)
        self._path = Path()
        self._folder: Path | None = None
        self.setWindowTitle(self.tr("Open a class pack"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.title = label("", "title", wrap=True)
        self.note = label("", wrap=True)
        for words in (self.title, self.note):
            words.setTextFormat(Qt.TextFormat.PlainText)  # whoever made it wrote them
        self.facts = FactList(titles_px=TITLES_PX)
        self.place = ElidedLabel()
        self.place_button = IconButton(self.tr("Change…"), "open", "", self._on_change)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Opening the pack"))
        self.outcome = label("", wrap=True)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self._state.cancel)
        self.close_button = IconButton(self.tr("Cancel"), clicked=self.close)
        self.open_button = IconButton(self.tr("Open"), "open", "primary", self._on_open)
        self.place_row = QWidget()
        name = label(self.tr("Folder"), "hint")
        name.setFixedWidth(TITLES_PX + 2 * theme.GRID)
        hstack(name, (self.place, 1), self.place_button, spacing=theme.GRID, parent=self.place_row)
        vstack(
            self.title,
            self.note,
            theme.GRID,
            self.facts,
            self.place_row,
            Stretch(),
            self.bar,
            self.outcome,
            hstack(
                Stretch(), self.stop_button, self.close_button, self.open_button, spacing=theme.GRID
            ),
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        self.open_button.setDefault(True)
        self._state.changed.connect(self._refresh)
        self._state.opened.connect(self.accept)
        session.busy_changed.connect(self._refresh)

    def look_into(self, path: Path) -> None:
        """Show what is in another pack, unless one is being opened."""
        if not self._state.active:
            self._path, self._folder = path, None
            self._state.look_into(path)

    def _refresh(self) -> None:
        state, look = self._state, self._state.look
        self.title.setText(shown(self._path.name) if look is None else look.manifest.title)
        self.note.setText("" if look is None else look.manifest.note)
        self.note.setVisible(bool(self.note.text()))
        self.facts.set_facts(self._facts())
        self.place_row.setVisible(look is not None)
        if look is not None:
            self.place.set_text(str(self._folder or look.opened or look.folder))
        is_free = look is not None and not state.active and not self._session.run.active
        is_new = is_free and not self.open_button.isEnabled()
        self.place_button.setEnabled(is_free)
        self.open_button.setEnabled(is_free)
        if is_new:
            self.open_button.setFocus()
        self.stop_button.setVisible(state.active)
        self.bar.setVisible(state.active or (look is None and state.error is None))
        self.bar.setRange(0, 0)
        if state.progress is not None and state.progress.total_bytes:
            self.bar.setRange(0, 1000)
            share = state.progress.done_bytes / state.progress.total_bytes
            self.bar.setValue(round(1000 * share))
        self.outcome.setText(self._outcome_text())
        self.outcome.setVisible(bool(self.outcome.text()))

    def _outcome_text(self) -> str:
        state = self._state
        if state.error is not None:
            return error_with_hint(state.error)
        if state.look is not None and self._session.run.active:
            return self.tr("It can be opened when the run is over.")
        return ""

    def _facts(self) -> list[tuple[str, str]]:
        look = self._state.look
        if look is None:
            return []
        manifest, dataset, config = look.manifest, look.manifest.dataset, look.config
        rows: list[tuple[str, str]] = []
        if dataset is not None and dataset.sample:
            rows.append((self.tr("Images"), core_text(dataset.title)))
        elif dataset is not None:
            size = formats.file_size(manifest.bytes_below(dataset.folder))
            text = self.tr("{count} of “{name}”, {size}").format(
                count=formats.count(dataset.images), name=shown(dataset.title), size=size
            )
            rows.append((self.tr("Images"), text))
        if manifest.weights:
            rows.append((self.tr("Weights"), self._weights_text()))
        if config is not None:
            text = self.tr("{model}, {strategy}, {epochs} epochs. Undo brings yours back.")
            strategy = core_text(STRATEGIES[config.strategy].title)
            text = text.format(
                model=self._model_title(config.model), strategy=strategy, epochs=config.epochs
            )
            rows.append((self.tr("Settings"), text))
        lesson = find_lesson(manifest.lesson.removeprefix("lesson/"))
        if lesson is not None:
            rows.append((self.tr("Begins with"), core_text(lesson.title)))
        if manifest.has(QUIZ):
            rows.append((self.tr("Quiz"), self.tr("Questions of the class")))
        if look.opened is not None:
            rows.append(("", self.tr("It was opened before; its files are still there.")))
        return rows

    def _model_title(self, name: str) -> str:
        models = self._session.network.models
        return next((spec.title for spec in models if spec.name == name), name)

    def _weights_text(self) -> str:
        look = self._state.look
        assert look is not None
        lines = []
        for row in look.manifest.weights[:WEIGHTS_SHOWN]:
            size = formats.file_size(look.manifest.bytes_below(row.file))
            said = self.tr("here already") if row.name in look.known else size
            lines.append(f"{self._model_title(row.model)}, {said}")
        more = len(look.manifest.weights) - WEIGHTS_SHOWN
        if more > 0:
            lines.append(self.tr("and %n other(s)", "", more))
        return "\n".join(lines)

    # -- what a person does ----------------------------------------------------------------------

    def _on_change(self) -> None:
        file_dialogs.ask_folder(
            self, self._session, self.tr("Where the folder of the class goes"), self._on_chosen
        )

    def _on_chosen(self, folder: Path) -> None:
        look = self._state.look
        if look is not None:
            self._folder = folder / look.folder.name
            self._refresh()

    def _on_open(self) -> None:
        self._state.open(self._folder)
