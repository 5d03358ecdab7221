"""The dialog of preferences: a page for each group of fields, and what belongs beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QWidget,
)

from tlstudio.core.preferences import (
    PREFERENCE_BY_NAME,
    PREFERENCES,
    PREFERENCES_TITLES,
    PreferencesConfig,
    PreferencesGroup,
)
from tlstudio.core.storage import nearest, usual_cache_dir, usual_runs_dir
from tlstudio.gui.features.preferences import jobs
from tlstudio.gui.features.preferences.state import PreferencesState
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import IconButton, label, message_box, plain_tip
from tlstudio.gui.kit.config_form import ConfigForm, FolderField
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.kit.reveal import reveal
from tlstudio.gui.state.session import Dialog, Session

if TYPE_CHECKING:
    from tlstudio.gui.features.preferences.jobs import Kept

WIDTH_PX, HEIGHT_PX = 760, 560
LIST_PX = 132
SIDE_PX = 24
FOLDERS = tuple(s.name for s in PREFERENCES if s.text.group is PreferencesGroup.FOLDERS)


def open_preferences(session: Session, parent: QWidget, name: str = "") -> PreferencesDialog:
    """Show the dialog beside the window of `parent`; there is one for each window.

    Args:
        session: whose preferences.
        parent: any widget of the window.
        name: the field to begin with; empty for the page of the last time.
    """
    window = parent.window()
    dialog = window.findChild(PreferencesDialog) or PreferencesDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    if name:
        dialog.show_field(name)
    return dialog


class Amounts(QWidget):
    """Rows of what there is, how much of it, and a button that makes it less."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * theme.GRID)
        self._grid.setVerticalSpacing(theme.GRID)
        self._grid.setColumnStretch(0, 1)

    def add(
        self, title: str, verb: str = "", clicked: Callable[[], object] | None = None
    ) -> tuple[QLabel, IconButton]:
        """Add a row; returns where its amount stands, and its button."""
        row = self._grid.rowCount()
        amount, button = label("–"), IconButton(verb, clicked=clicked)
        button.setAutoDefault(False)
        button.setAccessibleName(f"{title}: {verb}")
        button.setVisible(bool(verb))
        self._grid.addWidget(label(title, wrap=True), row, 0)
        self._grid.addWidget(amount, row, 1, Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(button, row, 2)
        return amount, button


class PreferencesDialog(QDialog):
    """Shows `session.preferences`; each change holds at once. Stays open beside the window."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = session.preferences
        self._state = session.feature(PreferencesState)
        self._before: dict[str, object] = {}  # what a reset took away
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("preferences")
        self.setWindowTitle(self.tr("Preferences"))
        self.list = QListWidget()
        self.list.setProperty("role", "pages")
        self.list.setFixedWidth(LIST_PX)
        self.list.setAccessibleName(self.tr("Groups of preferences"))
        self.stack = ScrolledPages()
        self.forms: dict[PreferencesGroup, ConfigForm] = {}
        self.pages: dict[PreferencesGroup, QWidget] = {}
        for group in PreferencesGroup:
            item = QListWidgetItem(core_text(PREFERENCES_TITLES[group]), self.list)
            item.setSizeHint(QSize(0, theme.ROW_PX))
            self.pages[group] = page = self._make_page(group)
            self.stack.addWidget(page)
        self.reset_button = IconButton(self.tr("Reset this page"), "reload", "", self._on_reset)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        for button in (self.reset_button, self.close_button):
            button.setAutoDefault(False)
        self.note = label("", "hint", wrap=True)
        bottom = hstack(self.reset_button, (self.note, 1), self.close_button, spacing=theme.GRID)
        middle = hstack(self.list, (self.stack, 1), spacing=3 * theme.GRID)
        vstack((middle, 1), bottom, spacing=2 * theme.GRID, margins=2 * theme.GRID, parent=self)
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))

        self.list.currentRowChanged.connect(self._on_row_changed)
        self._preferences.changed.connect(self._on_changed)
        self._preferences.forgotten.connect(self._show_remembered)
        self._state.changed.connect(self._show_kept)
        self._state.asked.connect(self._on_asked)
        session.runs.entries_changed.connect(self._show_kept)
        session.downloads.stored_changed.connect(self._show_kept)
        session.busy_changed.connect(self._show_kept)
        session.network.engine_ready.connect(self._show_devices)
        self._show_devices()
        self._show_config()
        self._show_remembered()
        self.list.setCurrentRow(list(PreferencesGroup).index(self._state.group))
        self.list.setFocus()
        self._state.measure()
        session.runs.refresh()
        session.downloads.refresh()

    @property
    def group(self) -> PreferencesGroup:
        """The page that is shown."""
        return list(PreferencesGroup)[max(0, self.list.currentRow())]

    def show_field(self, name: str) -> None:
        """Show the page of a field, and bring it into view."""
        group = PreferencesGroup(PREFERENCE_BY_NAME[name].text.group)
        self.list.setCurrentRow(list(PreferencesGroup).index(group))
        reveal(self.forms[group].rows[name].editor)

    def done(self, result: int) -> None:
        """A text that is being typed is taken first."""
        self._take_what_is_typed()
        super().done(result)

    def _take_what_is_typed(self) -> None:
        focused = self.focusWidget()
        if focused is not None:
            focused.clearFocus()

    # -- building --------------------------------------------------------------------------------

    def _make_page(self, group: PreferencesGroup) -> QWidget:
        page = QWidget()
        rows: list[QWidget] = [label(core_text(PREFERENCES_TITLES[group]), "title")]
        specs = [spec for spec in PREFERENCES if spec.text.group is group]
        if specs:
            self.forms[group] = form = ConfigForm(specs, is_titled=False, is_explained=True)
            form.changed.connect(self._on_field_changed)
            rows.append(form)
        make = {
            PreferencesGroup.FOLDERS: self._folders,
            PreferencesGroup.SPACE: self._space,
            PreferencesGroup.COMPUTER: self._computer,
            PreferencesGroup.NETWORK: self._network,
            PreferencesGroup.PRIVACY: self._privacy,
        }.get(group)
        rows += make() if make is not None else []
        vstack(*rows, Stretch(), spacing=2 * theme.GRID, margins=(0, 0, 2 * theme.GRID, 0),
               parent=page)  # fmt: skip
        return page

    def _folders(self) -> list[QWidget]:
        for name in FOLDERS:
            editor = self._folder_field(name)
            editor.show_wanted.connect(partial(self._show_folder, name))
            editor.choice_wanted.connect(partial(self._choose_folder, name))
        self.said = label("", "hint", wrap=True)
        return [self.said]

    def _folder_field(self, name: str) -> FolderField:
        return cast(FolderField, self.forms[PreferencesGroup.FOLDERS].rows[name].editor)

    def _space(self) -> list[QWidget]:
        self.amounts = Amounts()
        add = self.amounts.add
        self.features, self.empty_button = add(
            self.tr("Kept features"), self.tr("Empty"), self._state.empty_features
        )
        self.others, _ = add(self.tr("Measurements and rankings"))
        self.runs, self.clean_button = add(self.tr("Runs"), self.tr("Clean up…"), self._clean_runs)
        self.weights, _ = add(
            self.tr("Pretrained weights"), self.tr("Manage…"), self._manage_weights
        )
        return [label(self.tr("On this machine now"), "section"), self.amounts]

    def _computer(self) -> list[QWidget]:
        self.devices = label("", "hint", wrap=True)
        return [self.devices]

    def _network(self) -> list[QWidget]:
        text = self.tr("Changes hold from the next download on.")
        return [label(text, "hint", wrap=True)]

    def _privacy(self) -> list[QWidget]:
        told = label(
            self.tr(
                "TLStudio sends nothing anywhere: no telemetry, no statistics, no search for "
                "updates. It connects to the internet only to download pretrained weights, when "
                "you ask for them. Your images never leave this machine."
            ),
            wrap=True,
        )
        self.remembered = Amounts()
        preferences, add, verb = self._preferences, self.remembered.add, self.tr("Forget")
        rows: tuple[tuple[str, Callable[[], None], Callable[[], tuple[object, ...]]], ...] = (
            (
                self.tr("Datasets opened before"),
                self._session.datasets.clear_recent,
                lambda: preferences.recent_datasets,
            ),
            (
                self.tr("Folders last opened and saved to"),
                preferences.clear_last_folders,
                lambda: preferences.last_folders,
            ),
            (
                self.tr("What was chosen in Find anything"),
                preferences.clear_recent_finds,
                lambda: preferences.recent_finds,
            ),
        )
        self._remembered = [(*add(title, verb, forget), found) for title, forget, found in rows]
        return [told, label(self.tr("Remembered on this machine"), "section"), self.remembered]

    # -- following the session -------------------------------------------------------------------

    def _on_changed(self, _name: str) -> None:
        self._show_config()

    def _show_config(self) -> None:
        config = self._preferences.config
        for form in self.forms.values():
            form.set_config(config, PreferencesConfig())
        self._show_kept()

    def _show_devices(self) -> None:
        devices = self._session.network.devices
        choices = [("auto", self.tr("Automatic")), *((d.name, d.title) for d in devices)]
        self.forms[PreferencesGroup.COMPUTER].set_choices("device", choices)
        found = "\n".join(f"{device.name}: {device.title}" for device in devices)
        self.devices.setText(self.tr("Found here:") + f"\n{found}" if found else "")

    def _show_kept(self) -> None:
        """Say where things are, how large they are, and what can be done about it now."""
        session, state = self._session, self._state
        usual = self.tr("The folders of torch and of the Hugging Face hub")
        places = {
            "runs_folder": str(usual_runs_dir()),
            "cache_folder": str(usual_cache_dir()),
            "weights_folder": usual,
        }
        is_free = not session.is_busy and not state.moving
        why = "" if is_free else self.tr("Not while a run goes on or a folder is moved.")
        for name, place in places.items():
            folder, editor = state.folder(name), self._folder_field(name)
            editor.place.set_text(str(folder) if folder is not None else place)
            editor.choose_button.setEnabled(is_free)
            editor.choose_button.setToolTip(plain_tip(why))
        self.said.setText(state.said)
        self.said.setVisible(bool(state.said))
        size = formats.file_size
        measuring = self.tr("measuring…")
        self.features.setText(size(state.cache.features) if state.cache else measuring)
        self.others.setText(size(state.cache.others) if state.cache else measuring)
        self.runs.setText(size(session.runs.size_bytes))
        self.weights.setText(size(session.downloads.total_bytes))
        has_features = state.cache is not None and state.cache.features > 0
        self.empty_button.setEnabled(is_free and has_features)
        self.empty_button.setToolTip(plain_tip(why))
        is_over = session.runs.size_bytes > self._preferences.runs_limit_bytes
        fits = "" if is_over else self.tr("All runs fit into the space given to them.")
        self.clean_button.setEnabled(is_free and is_over)
        self.clean_button.setToolTip(plain_tip(why or fits))

    def _show_remembered(self) -> None:
        for amount, button, found in self._remembered:
            count = len(found())
            amount.setText(formats.count(count))
            button.setEnabled(count > 0)

    # -- what a person does ----------------------------------------------------------------------

    def _on_row_changed(self) -> None:
        self._state.group = self.group
        self.stack.setCurrentWidget(self.pages[self.group])
        self._before = {}
        self._show_reset()

    def _on_field_changed(self, name: str, value: object) -> None:
        self._before = {}
        self._show_reset()
        self._preferences.change(**{name: value})

    def _on_reset(self) -> None:
        """Reset the fields of this page, or take that back."""
        values, self._before = self._before, {}
        if not values:
            config, usual = self._preferences.config, PreferencesConfig()
            names = list(self.forms[self.group].rows)
            self._before = {name: getattr(config, name) for name in names}
            values = {name: getattr(usual, name) for name in names}
        for row in self.forms[self.group].rows.values():
            row.reset()
        self._preferences.change(**values)
        self._show_reset()

    def _show_reset(self) -> None:
        is_back = bool(self._before)
        self.reset_button.setVisible(self.group in self.forms)
        self.reset_button.setText(
            self.tr("Take the reset back") if is_back else self.tr("Reset this page")
        )
        is_moved = is_back and self.group is PreferencesGroup.FOLDERS
        self.note.setText(self.tr("What was kept stays where it is.") if is_moved else "")

    def _show_folder(self, name: str) -> None:
        usual = {"runs_folder": usual_runs_dir(), "cache_folder": usual_cache_dir()}
        folder = self._state.folder(name) or usual.get(name) or self._session.downloads.folder
        if folder is not None:
            self._session.disk_pool.submit(nearest, folder, done=self._open_folder)

    def _open_folder(self, folder: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _choose_folder(self, name: str) -> None:
        kind = cast("Kept", name)
        file_dialogs.ask_folder(
            self,
            self._session,
            core_text(PREFERENCE_BY_NAME[name].text.title),
            partial(self._state.propose, kind),
            file_dialogs.Place.KEPT,
        )

    def _on_asked(self, name: str, folder: Path | None) -> None:
        """Ask whether what is kept goes along."""
        kind, old = cast("Kept", name), self._state.folder(name)
        is_shared = name == "weights_folder" and old is None
        box = message_box(
            self,
            self.tr("What is kept in the folder used until now: move it, or leave it there?"),
            self.tr("Other programs use it, too: it is copied, and stays there as well.")
            if is_shared
            else self.tr(
                "What is left there is not lost: choose that folder again, and it is back."
            ),
        )
        go = box.addButton(
            self.tr("Copy it") if is_shared else self.tr("Move it"),
            QMessageBox.ButtonRole.AcceptRole,
        )
        leave = box.addButton(self.tr("Leave it there"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(go)
        go.clicked.connect(lambda: self._state.use(kind, folder, is_moved=True))
        leave.clicked.connect(lambda: self._state.use(kind, folder, is_moved=False))
        box.open()

    def _clean_runs(self) -> None:
        limit, failed = self._preferences.runs_limit_bytes, self._session.notifications.error
        self._session.disk_pool.submit(
            jobs.runs_to_clean, limit, done=self._ask_to_clean, failed=failed
        )

    def _ask_to_clean(self, found: tuple[tuple[str, ...], int]) -> None:
        ids, size_bytes = found
        if not ids:
            self._session.notifications.info(
                self.tr("No run may be offered for deletion."),
                self.tr("All have a star, go on, or lie elsewhere."),
            )
            return
        box = message_box(
            self,
            self.tr("Delete %n old run(s) without a star?", "", len(ids)),
            self.tr("{size} are given back when you quit; until then they can be brought back.")
            .format(size=formats.file_size(size_bytes)),
        )  # fmt: skip
        go = box.addButton(self.tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Keep them"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        go.clicked.connect(lambda: self._session.runs.delete(ids))
        box.open()

    def _manage_weights(self) -> None:
        self._session.open_dialog(Dialog.WEIGHTS)
