"""The small pieces that every page is made of: labels, buttons, lines, folds, empty states."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6 import QtGui
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.layout import Stretch, hstack, vstack

WORD_JOINER = "\u2060"  # takes no room and is not seen


def plain_tip(text: str) -> str:
    """`text` for a tooltip, where Qt would take ``<i>`` in a name for markup: shown as it is."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    return re.sub("[<&]", rf"\g<0>{WORD_JOINER}", text)


def no_mnemonic(text: str) -> str:
    """`text` for a button or a menu, where Qt would take ``&`` in a name for the mark of a key."""
    return text.replace("&", "&&")


class WrappedLabel(QLabel):
    """A label of several lines that is never lower than its words need in the width it has.

    Qt's own lets a crowded layout cut its last lines off; the page shall scroll instead.
    """

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            return least  # it has no width yet
        return QSize(least.width(), max(0, self.heightForWidth(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label in one of the style sheet's roles: title, section, hint, number, badge or plain."""
    result = WrappedLabel(text) if wrap else QLabel(text)
    if role:
        result.setProperty("role", role)
    result.setWordWrap(wrap)
    result.setTextFormat(Qt.TextFormat.PlainText)
    return result


def message_box(parent: QWidget, text: str, more: str) -> QMessageBox:
    """A question over `parent`, with one sentence and what follows from it; both are plain text."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def line(*, vertical: bool = False) -> QFrame:
    """Return a hairline that separates what is above and below."""
    result = QFrame()
    result.setProperty("role", "vline" if vertical else "line")
    return result


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property that the style sheet reads, and restyle the widget."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class PushButton(QPushButton):
    """A button that Enter presses as Space does; Qt does so on some desktops alone.

    In a dialog Enter is for its default button.
    """

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.autoDefault():
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)


class IconButton(PushButton):
    """A push button with a verb and an icon.

    Args:
        text: a verb.
        icon: a meaning of `icons.NAMES`; empty for none.
        kind: primary, quiet, danger or empty for a plain one.
    """

    def __init__(
        self,
        text: str,
        icon: str = "",
        kind: str = "",
        clicked: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(no_mnemonic(text))
        if kind:
            self.setProperty("kind", kind)
        self.setIconSize(QSize(16, 16))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if clicked is not None:
            self.clicked.connect(lambda: clicked())
        if icon:
            self.set_icon(icon)

    def text(self) -> str:
        """What is read on it."""
        return super().text().replace("&&", "&")

    def setText(self, text: str) -> None:
        """Show `text` as it is: none of its characters marks a key."""
        super().setText(no_mnemonic(text))

    def set_icon(self, name: str) -> None:
        """Show another icon, in the colour of the button's kind."""
        is_primary = self.property("kind") == "primary"
        self.setIcon(icons.icon(name, "on_accent" if is_primary else "text_soft"))


class IconLabel(QWidget):
    """A picture of an icon.

    Args:
        icon: a meaning of `icons.NAMES`.
        size_px: its side.
        token: the theme colour by its name in `theme.Tokens`.
    """

    def __init__(self, icon: str, size_px: int = 16, token: str = "text_soft") -> None:
        super().__init__()
        self._icon_name, self._token = icon, token
        self.setFixedSize(size_px, size_px)

    def set_icon(self, icon: str, token: str | None = None) -> None:
        """Show another icon; in the same colour if `token` is None."""
        self._icon_name, self._token = icon, token or self._token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        icons.icon(self._icon_name, self._token).paint(QPainter(self), self.rect(), mode=mode)


class Fold(QWidget):
    """A heading that folds what is below it away.

    Signals:
        opened(): what is below can be seen now.
    """

    opened = Signal()

    def __init__(self, title: str, content: QWidget, *, is_open: bool = False) -> None:
        super().__init__()
        self._content = content
        self._button = QToolButton()
        self.set_title(title)
        self._button.setProperty("role", "fold")
        self._button.setCheckable(True)
        self._button.setChecked(is_open)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._button.setCursor(Qt.CursorShape.PointingHandCursor)
        self._button.setIconSize(QSize(12, 12))
        self._button.toggled.connect(self._on_toggled)
        self._button.clicked.connect(self._on_clicked)
        vstack(self._button, content, spacing=theme.GRID // 2, parent=self)
        self._on_toggled(is_open)

    @property
    def button(self) -> QToolButton:
        """The button in the heading, which opens and closes the fold."""
        return self._button

    @property
    def title(self) -> str:
        return self._title

    @property
    def is_open(self) -> bool:
        return self._button.isChecked()

    def set_title(self, title: str) -> None:
        self._title = title
        self._button.setText(no_mnemonic(title))

    def set_open(self, is_open: bool) -> None:
        self._button.setChecked(is_open)

    def _on_toggled(self, is_open: bool) -> None:
        self._content.setVisible(is_open)
        self._button.setIcon(icons.icon("unfold" if is_open else "fold"))

    def _on_clicked(self, is_open: bool) -> None:
        if is_open:
            self.opened.emit()


class EmptyState(QWidget):
    """The empty state of a page: what the page is for, and what to do next."""

    def __init__(
        self, icon: str, title: str, text: str, *actions: QPushButton, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = label(title, "title")
        self.text = label(text, "hint", wrap=True)
        self.text.setMaximumWidth(420)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        center = Qt.AlignmentFlag.AlignHCenter
        buttons = hstack(Stretch(), *actions, Stretch(), spacing=theme.GRID)
        vstack(
            Stretch(2),
            (IconLabel(icon, 48, "text_faint"), center),
            (self.title, center),
            hstack(Stretch(), (self.text, 4), Stretch()),
            *((theme.GRID, buttons) if actions else ()),
            Stretch(3),
            spacing=theme.GRID,
            margins=None,
            parent=self,
        )
