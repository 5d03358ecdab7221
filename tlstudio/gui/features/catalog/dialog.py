"""The list of well-known datasets: what each is, how large, under which licence, and a button."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFrame, QMessageBox, QProgressBar, QWidget

from tlstudio.core.data.catalog import CatalogDataset, CatalogProgress
from tlstudio.gui.features.catalog.state import CatalogState
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label, message_box, plain_tip, set_property
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_with_hint
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.state.session import Session

translate = QCoreApplication.translate

WIDTH_PX, HEIGHT_PX = 720, 640
SIDE_PX = 24
STEPS = 1000
MB = 10**6


def open_catalog(session: Session, widget: QWidget) -> CatalogDialog:
    """Show the list beside the window of `widget`; there is one for each window."""
    window = widget.window()
    dialog = window.findChild(CatalogDialog) or CatalogDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class CatalogRow(QFrame):
    """A dataset: what it is, and what can be done about it now."""

    def __init__(self, row: CatalogDataset, state: CatalogState) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.row, self._state = row, state
        self.title = label(row.title, "section")
        self.facts = label(_facts(row), "hint", wrap=True)
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(row.title)
        self.status = label("", "hint", wrap=True)
        self.page_button = self._button(self.tr("About it"), "info", self._on_page)
        self.page_button.setToolTip(plain_tip(row.page))
        self.fetch_button = self._button(self.tr("Download"), "download", self._on_fetch)
        self.cancel_button = self._button(self.tr("Stop"), "stop", state.cancel)
        self.cancel_button.setToolTip(self.tr("What has come is kept for the next time"))
        self.open_button = self._button(self.tr("Open"), "open", self._on_open)
        self.remove_button = self._button(self.tr("Remove…"), "close", self._on_remove)
        words = vstack(
            self.title,
            label(core_text(row.help), wrap=True),
            self.facts,
            self.bar,
            self.status,
            spacing=2,
        )
        buttons = vstack(
            hstack(Stretch(), self.open_button, self.fetch_button, self.cancel_button),
            hstack(Stretch(), self.page_button, self.remove_button),
            Stretch(),
            spacing=2,
        )
        hstack((words, 1), buttons, spacing=2 * theme.GRID, margins=(14, 10, 10, 10), parent=self)
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands."""
        state, name = self._state, self.row.name
        is_coming = state.coming == name
        is_here = name in (state.places or {})
        problem = state.problems.get(name)
        self.bar.setVisible(is_coming)
        fraction = state.progress.fraction if is_coming and state.progress else None
        self.bar.setMaximum(0 if is_coming and fraction is None else STEPS)
        self.bar.setValue(round(STEPS * (fraction or 0)))
        text = ""
        if is_coming:
            text = _progress_text(state.progress)
        elif problem is not None:
            text = error_with_hint(problem)
        self.status.setText(text)
        self.status.setVisible(bool(text))
        set_property(self.status, "tone", "wrong" if problem is not None else "")
        self.fetch_button.setVisible(not is_here and not is_coming)
        self.fetch_button.setEnabled(not state.coming and state.places is not None)
        self.cancel_button.setVisible(is_coming)
        self.open_button.setVisible(is_here)
        self.remove_button.setVisible(is_here)

    def _button(self, text: str, icon: str, clicked: object) -> IconButton:
        button = IconButton(text, icon, "quiet", clicked)  # type: ignore[arg-type]
        button.setAutoDefault(False)
        button.setAccessibleName(f"{text}: {self.row.title}")
        return button

    def _on_page(self) -> None:
        QDesktopServices.openUrl(QUrl(self.row.page))

    def _on_fetch(self) -> None:
        self._state.fetch(self.row.name)

    def _on_open(self) -> None:
        self._state.open(self.row.name)
        self.window().close()

    def _on_remove(self) -> None:
        ask_remove(self, self._state, self.row)


class CatalogDialog(QDialog):
    """Stays open beside the window and deletes itself when closed; downloads go on without it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "catalog")
        self._session = session
        self._state = session.feature(CatalogState)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Download a dataset"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.rows = {row.name: CatalogRow(row, self._state) for row in self._state.rows}
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self.close_button.setAutoDefault(False)
        listing = QWidget()
        vstack(
            *self.rows.values(),
            Stretch(),
            spacing=theme.GRID,
            margins=(0, 0, theme.GRID, 0),
            parent=listing,
        )
        pages = ScrolledPages()
        pages.addWidget(listing)
        vstack(
            label(self.tr("Download a dataset"), "title"),
            label(
                self.tr(
                    "Each comes from its makers' own server, only when you ask for it, and stays "
                    "on this machine until you remove it. Check the licence before you publish."
                ),
                "hint",
                wrap=True,
            ),
            theme.GRID,
            (pages, 1),
            theme.GRID,
            hstack(Stretch(), self.close_button),
            spacing=theme.GRID // 2,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        self._state.changed.connect(self._refresh)
        session.run.status_changed.connect(self._on_run_changed)
        self._on_run_changed()
        self._state.refresh()

    def _refresh(self) -> None:
        for row in self.rows.values():
            row.refresh()

    def _on_run_changed(self) -> None:
        """A run reads the open dataset: another one has to wait."""
        for row in self.rows.values():
            row.open_button.setEnabled(not self._session.run.active)


def ask_remove(parent: QWidget, state: CatalogState, row: CatalogDataset) -> QMessageBox:
    """Ask whether to delete a dataset, which would have to be downloaded again."""
    box = message_box(
        parent,
        translate("catalog", "Remove {name} from this machine?").format(name=row.title),
        translate(
            "catalog",
            "{size} would have to be downloaded again. Runs that were trained on it are kept.",
        ).format(size=formats.file_size(row.download_mb * MB)),
    )
    remove = box.addButton(translate("catalog", "Remove"), QMessageBox.ButtonRole.DestructiveRole)
    remove.setObjectName("remove")
    keep = box.addButton(translate("catalog", "Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    remove.clicked.connect(partial(state.remove, row.name))
    box.open()
    return box


def _facts(row: CatalogDataset) -> str:
    classes = translate("catalog", "{count} classes").format(count=row.classes)
    images = translate("catalog", "{count} images of about {side} px").format(
        count=formats.count(row.images), side=row.side_px
    )
    licence = translate("catalog", "licence: {name}").format(name=core_text(row.licence))
    size = formats.file_size(row.download_mb * MB)
    return " · ".join([classes, images, size, licence])


def _progress_text(progress: CatalogProgress | None) -> str:
    if progress is None:
        return translate("catalog", "Connecting…")
    if progress.is_unpacking:
        return translate("catalog", "Putting the images into folders…")
    text = translate("catalog", "{done} of {total}").format(
        done=formats.file_size(progress.done_bytes), total=formats.file_size(progress.total_bytes)
    )
    if progress.bytes_per_s > 0:
        speed = formats.file_size(round(progress.bytes_per_s))
        text += " · " + translate("catalog", "{size}/s").format(size=speed)
    return text
