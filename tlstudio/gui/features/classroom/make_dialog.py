"""Make a class pack: what goes in, and where the file goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QWidget,
)

from tlstudio.core.classroom.pack import PackContents
from tlstudio.core.lessons.table import LESSONS
from tlstudio.core.networks.downloads import StoredWeights, WeightsName
from tlstudio.core.storage import safe_file_name
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.features.classroom import jobs
from tlstudio.gui.features.classroom.state import ClassroomState
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_with_hint, shown
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX, SIDE_PX = 640, 640, 24
NOTE_PX = 60
LIST_PX = 132
NAME_ROLE = Qt.ItemDataRole.UserRole + 1
SIZE_ROLE = NAME_ROLE + 1


def open_make_pack(session: Session, widget: QWidget) -> MakePackDialog:
    """Show the dialog over the window of `widget`; there is one for each window."""
    window = widget.window()
    dialog = window.findChild(MakePackDialog) or MakePackDialog(session, window)
    dialog.begin()
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class MakePackDialog(QDialog):
    """Offers what is open and what is on this machine; shows how far it is, and what was made."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "class-pack")
        self._session = session
        self._state = session.feature(ClassroomState)
        self._needed: frozenset[WeightsName] = frozenset()
        self.quiz: Path | None = None
        self.setWindowTitle(self.tr("Make a class pack"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.title = QLineEdit()
        self.title.setAccessibleName(self.tr("Title"))
        self.note = QLineEdit()
        self.note.setAccessibleName(self.tr("Note to the class"))
        self.note.setPlaceholderText(self.tr("What the class reads when it opens the pack"))
        self.images = QCheckBox()
        self.settings = QCheckBox()
        self.networks = QListWidget()
        self.networks.setAccessibleName(self.tr("Networks that go along"))
        self.networks.setMinimumHeight(LIST_PX)
        self.no_networks = label(
            self.tr("No downloaded weights on this machine; those on board are everywhere."),
            "hint",
            wrap=True,
        )
        self.no_networks.hide()  # until it is known
        self.lesson = QComboBox()
        self.lesson.setAccessibleName(self.tr("Begins with"))
        self.quiz_name = ElidedLabel()
        self.quiz_button = IconButton(self.tr("Choose…"), "open", "", self._on_choose_quiz)
        self.no_quiz_button = IconButton(self.tr("Remove"), "close", "quiet", self._on_no_quiz)
        self.total = label("", "hint")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Writing the pack"))
        self.outcome = label("", wrap=True)
        self.show_button = IconButton(self.tr("Show in folder"), "open", "quiet", self._on_show)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self._state.cancel)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self.make_button = IconButton(self.tr("Make pack…"), "save", "primary", self._on_make)
        self._lay_out()
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        for box in (self.images, self.settings):
            box.toggled.connect(self._refresh)
        self.title.textChanged.connect(self._refresh)
        self.lesson.currentIndexChanged.connect(self._refresh)
        self.networks.itemChanged.connect(self._refresh)
        self._state.changed.connect(self._refresh)
        session.datasets.changed.connect(self.begin)
        session.network.settings_changed.connect(self.begin)
        session.downloads.stored_changed.connect(self._fill_networks)
        session.downloads.refresh()

    def _lay_out(self) -> None:
        def row(title: str, *widgets: QWidget | tuple[QWidget, int]) -> QWidget:
            name = label(title, "hint")
            name.setFixedWidth(96)
            holder = QWidget()
            hstack(name, *widgets, spacing=theme.GRID, parent=holder)
            return holder

        contents = QWidget()
        vstack(
            label(
                self.tr("One file with all that a class needs; it opens without a network."),
                "hint",
                wrap=True,
            ),
            theme.GRID,
            row(self.tr("Title"), (self.title, 1)),
            row(self.tr("Note"), (self.note, 1)),
            theme.GRID,
            self.images,
            self.settings,
            label(self.tr("Pretrained weights"), "section"),
            (self.networks, 1),
            self.no_networks,
            row(self.tr("Begins with"), (self.lesson, 1)),
            row(self.tr("Quiz"), (self.quiz_name, 1), self.no_quiz_button, self.quiz_button),
            Stretch(),
            spacing=theme.GRID,
            parent=contents,
        )
        pages = ScrolledPages()  # it is higher than a small screen
        pages.addWidget(contents)
        vstack(
            label(self.tr("Make a class pack"), "title"),
            (pages, 1),
            self.bar,
            hstack((self.outcome, 1), self.show_button, spacing=theme.GRID),
            hstack(
                self.total,
                Stretch(),
                self.stop_button,
                self.close_button,
                self.make_button,
                spacing=theme.GRID,
            ),
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )

    def begin(self) -> None:
        """Offer what is open now."""
        if self._state.active:
            return
        session = self._session
        index, config = session.datasets.index, session.network.config
        self.images.setEnabled(index is not None)
        self.images.setChecked(index is not None)
        if index is None:
            self.images.setText(self.tr("No dataset is open"))
        elif session.datasets.is_sample:
            self.images.setText(
                self.tr("“{name}”, which every TLStudio has").format(name=session.dataset_name)
            )
        else:
            self.images.setText(
                self.tr("Images of “{name}”, as they are used and split now: {count}").format(
                    name=session.dataset_name, count=formats.count(len(index.samples))
                )
            )
        spec = session.network.spec
        self.settings.setText(
            self.tr("Settings: {model}, {strategy}").format(
                model=spec.title if spec is not None else config.model,
                strategy=core_text(STRATEGIES[config.strategy].title),
            )
        )
        self.settings.setChecked(True)
        if not self.title.text().strip():
            self.title.setText(session.dataset_name)
        self._fill_lessons()
        session.engine_pool.submit(
            jobs.needed_weights, config, done=self._on_needed, failed=self._on_not_needed
        )
        self._refresh()

    def _fill_lessons(self) -> None:
        if self.lesson.count():
            return
        self.lesson.addItem(self.tr("The images"), "")
        for lesson in LESSONS:
            self.lesson.addItem(core_text(lesson.title), f"lesson/{lesson.id}")
        self.lesson.addItem(self.tr("The quiz"), "quiz")

    def _fill_networks(self) -> None:
        """Those that are downloaded; what the settings need is ticked, and stays so."""
        ticked = {row.data(NAME_ROLE) for row in self._rows if self._is_ticked(row)}
        stored = [row for row in self._session.downloads.stored if row.removable]
        blocked = self.networks.blockSignals(True)
        self.networks.clear()
        for row in stored:
            self._add_network(row, ticked)
        self.networks.blockSignals(blocked)
        self.networks.setVisible(bool(stored))
        self.no_networks.setVisible(not stored)
        self._refresh()

    def _add_network(self, row: StoredWeights, ticked: set[WeightsName]) -> None:
        size = formats.file_size(row.size_bytes)
        item = QListWidgetItem(f"{row.title}  ·  {row.name.weights}  ·  {size}", self.networks)
        item.setData(NAME_ROLE, row.name)
        item.setData(SIZE_ROLE, row.size_bytes)
        is_needed = not self._needed.isdisjoint(row.names)
        flags = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
        item.setFlags(flags if is_needed else flags | Qt.ItemFlag.ItemIsEnabled)
        is_on = is_needed or row.name in ticked
        item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
        if is_needed:
            item.setToolTip(self.tr("The settings start from them."))

    @property
    def _rows(self) -> list[QListWidgetItem]:
        return [self.networks.item(number) for number in range(self.networks.count())]

    def _is_ticked(self, row: QListWidgetItem) -> bool:
        is_needed = not row.flags() & Qt.ItemFlag.ItemIsEnabled
        is_on = row.checkState() is Qt.CheckState.Checked
        return is_on and (self.settings.isChecked() or not is_needed)

    @property
    def contents(self) -> PackContents:
        """What a person wants in the pack now."""
        session = self._session
        index = session.datasets.index if self.images.isChecked() else None
        is_sample = index is not None and session.datasets.is_sample
        weights = tuple(row.data(NAME_ROLE) for row in self._rows if self._is_ticked(row))
        return PackContents(
            self.title.text().strip(),
            self.note.text().strip(),
            None if is_sample else index,
            index.root.name if is_sample and index is not None else "",
            weights,
            session.network.config if self.settings.isChecked() else None,
            self.lesson.currentData() or "",
            self.quiz,
        )

    def _refresh(self) -> None:
        state = self._state
        is_free = not state.active
        for field in (self.title, self.note, self.settings, self.networks, self.lesson):
            field.setEnabled(is_free)
        self.images.setEnabled(is_free and self._session.datasets.index is not None)
        self.quiz_button.setEnabled(is_free)
        self.no_quiz_button.setVisible(self.quiz is not None)
        self.quiz_name.set_text(
            self.quiz.name if self.quiz is not None else self.tr("The questions of TLStudio alone")
        )
        is_ready = bool(self.title.text().strip()) and not self.contents.is_empty()
        self.make_button.setEnabled(is_free and is_ready)
        self.stop_button.setVisible(state.active)
        self.bar.setVisible(state.active)
        if state.progress is not None:
            total = max(1, state.progress.total_bytes)
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * min(1.0, state.progress.done_bytes / total)))
        self.outcome.setText(self._outcome_text())
        self.show_button.setVisible(state.made is not None)
        sizes = [row.data(SIZE_ROLE) for row in self._rows if self._is_ticked(row)]
        text = self.tr("Weights: {size}").format(size=formats.file_size(sum(sizes)))
        self.total.setText(text if sizes else "")

    def _outcome_text(self) -> str:
        state = self._state
        if state.make_error is not None:
            return error_with_hint(state.make_error)
        if state.made is None:
            return ""
        text = self.tr("“{name}” is made: {size}.").format(
            name=shown(state.made.path.name), size=formats.file_size(state.made.size_bytes)
        )
        if state.made.missing:
            text += " " + self.tr("%n could not be read.", "", state.made.missing)
        return text

    # -- what a person does ----------------------------------------------------------------------

    def _on_needed(self, names: list[WeightsName]) -> None:
        self._needed = frozenset(names)
        self._fill_networks()

    def _on_not_needed(self, _: object) -> None:
        """They are not on this machine; who makes the pack with these settings is told."""
        self._on_needed([])

    def _on_choose_quiz(self) -> None:
        file_dialogs.ask_files(
            self,
            self._session,
            self.tr("Questions of your own"),
            (file_dialogs.QUIZ,),
            self._on_quiz_chosen,
            several=False,
        )

    def _on_quiz_chosen(self, paths: list[Path]) -> None:
        self.quiz = paths[0]
        self._refresh()

    def _on_no_quiz(self) -> None:
        self.quiz = None
        self._refresh()

    def _on_make(self) -> None:
        file_dialogs.ask_target(
            self,
            self._session,
            self.tr("Make a class pack"),
            safe_file_name(self.title.text()),
            (file_dialogs.CLASS_PACK,),
            self._on_target_chosen,
        )

    def _on_target_chosen(self, path: Path) -> None:
        self._state.make(self.contents, path)

    def _on_show(self) -> None:
        if self._state.made is not None:
            folder = self._state.made.path.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
