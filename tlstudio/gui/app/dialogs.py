"""The few dialogs: about, messages, and the question before closing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QMessageBox,
    QWidget,
)

from tlstudio import __version__
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, message_box
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.state.notifications import Notifications

translate = QCoreApplication.translate

MNEMONIC = re.compile(r"\(&.\)|&")  # Korean writes them behind the word: 파일(&F)


class PlainDialog(QDialog):
    """A titled dialog with one button that closes it; deletes itself."""

    def __init__(self, title: str, content: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        close = IconButton(translate("dialogs", "Close"), clicked=self.accept)
        close.setDefault(True)
        buttons = hstack(Stretch(), close)
        pages = ScrolledPages()  # many messages are higher than a small screen
        pages.addWidget(content)
        vstack((pages, 1), buttons, spacing=16, margins=(24, 24, 24, 16), parent=self)
        bar = pages.verticalScrollBar().sizeHint().width()
        fit_to_screen(self, self.sizeHint() + QSize(bar, 0))


def about(parent: QWidget) -> QDialog:
    """Show what this program is."""
    content = QWidget()
    picture = QLabel()
    picture.setPixmap(icons.application_icon().pixmap(96, 96))
    words = vstack(
        label("TLStudio", "title"),
        label(translate("dialogs", "Version {version}").format(version=__version__), "hint"),
        label(
            translate("dialogs", "From a folder of photos to a classifier you understand."),
            wrap=True,
        ),
        label(
            translate(
                "dialogs",
                "Apache-2.0. Made with PyTorch, torchvision, timm, Qt for Python and pyqtgraph. "
                "Icons: Phosphor (MIT). Font: Pretendard (OFL). On-board weights: "
                "EfficientNet-Lite0 (Apache-2.0).",
            ),
            "hint",
            wrap=True,
        ),
        Stretch(),
        spacing=theme.GRID,
    )
    hstack((picture, Qt.AlignmentFlag.AlignTop), (words, 1), spacing=24, parent=content)
    content.setMinimumWidth(420)
    return _opened(PlainDialog(translate("dialogs", "About TLStudio"), content, parent))


def messages(parent: QWidget, notifications: Notifications) -> QDialog:
    """Show the messages so far, latest first."""
    inner = QWidget()
    rows = []
    tokens = {"info": "accent", "success": "right", "warning": "warning", "error": "wrong"}
    for notification in reversed(notifications.kept):
        level = notification.level.value
        icon = IconLabel(level, 18, tokens[level])
        words = vstack(label(notification.text, wrap=True), spacing=2)
        if notification.hint:
            words.addWidget(label(notification.hint, "hint", wrap=True))
        rows.append(hstack((icon, Qt.AlignmentFlag.AlignTop), (words, 1), spacing=12))
    nothing = () if rows else (label(translate("dialogs", "Nothing so far."), "hint"),)
    vstack(*rows, *nothing, Stretch(), spacing=12, margins=(0, 0, 8, 0), parent=inner)
    inner.setMinimumWidth(480)
    return _opened(PlainDialog(translate("dialogs", "Messages"), inner, parent))


def ask_stop(parent: QWidget, confirmed: Callable[[], object]) -> QMessageBox:
    """Training goes on: stop it and quit?"""
    box = message_box(
        parent,
        translate("dialogs", "Training is in progress. Stop it and quit?"),
        translate("dialogs", "The run is kept up to here, and you can continue it later."),
    )
    stop = box.addButton(translate("dialogs", "Stop and quit"), QMessageBox.ButtonRole.AcceptRole)
    stop.setObjectName("stop_and_quit")
    keep = box.addButton(translate("dialogs", "Keep training"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    return _asked(box, stop, confirmed)


def ask_discard(
    parent: QWidget,
    titles: Sequence[str],
    save: Callable[[], object],
    discard: Callable[[], object],
) -> QMessageBox:
    """Runs, by their titles, that the disk did not take: save them elsewhere one by one?"""
    box = message_box(
        parent,
        translate("dialogs", "What was trained could not be kept on the disk."),
        "\n".join(
            (*titles, translate("dialogs", "Without saving they are gone when the studio closes."))
        ),
    )
    keep = box.addButton(translate("dialogs", "Save and quit…"), QMessageBox.ButtonRole.AcceptRole)
    keep.setObjectName("save_first")
    keep.clicked.connect(lambda: save())
    drop = box.addButton(
        translate("dialogs", "Quit without saving"), QMessageBox.ButtonRole.DestructiveRole
    )
    drop.setObjectName("quit_without_saving")
    box.addButton(translate("dialogs", "Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    return _asked(box, drop, discard)


def _asked(box: QMessageBox, button: object, confirmed: Callable[[], object]) -> QMessageBox:
    box.buttonClicked.connect(lambda clicked: confirmed() if clicked is button else None)
    box.open()
    return box


def _opened(dialog: QDialog) -> QDialog:
    dialog.open()
    return dialog
