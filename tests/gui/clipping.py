"""Says what a person cannot see whole: words cut off, buttons out of the window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QTabBar,
    QWidget,
)

from tlstudio.gui.kit.contents_list import ContentsList

TOLERANCE_PX = 2  # of a size hint that a style rounds up


def clipped(window: QWidget) -> list[str]:
    """A line for each fault in what is visible of `window`; none is as it should be."""
    found = [f"{_name(w)}: {fault}" for w in _visible(window) for fault in _faults(w, window)]
    return list(dict.fromkeys(found))


def _visible(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.window() is window and widget.isVisible() and widget.width() > 0:
            yield widget


def _faults(widget: QWidget, window: QWidget) -> Iterator[str]:
    if isinstance(widget, QHeaderView):
        yield from _cut_sections(widget)
    elif isinstance(widget, ContentsList):
        yield from _cut_titles(widget)
    elif isinstance(widget, QLabel | QAbstractButton | QTabBar | QComboBox):
        yield from _cut_words(widget)
    if _is_looked_for(widget):
        yield from _out_of_sight(widget, window)


def _is_looked_for(widget: QWidget) -> bool:
    kinds = (QAbstractButton, QAbstractItemView, QAbstractScrollArea, QComboBox, QLabel, QLineEdit)
    return isinstance(widget, kinds) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def _cut_words(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel):
        if not widget.text() or widget.pixmap():
            return
        if widget.wordWrap():
            margins = widget.contentsMargins()
            width = widget.width() - margins.left() - margins.right()
            words = widget.text().replace("\u200b", " ").split()  # Qt breaks there
            widest = max(widget.fontMetrics().horizontalAdvance(word) for word in words or [""])
            if widest > width + TOLERANCE_PX:
                yield f"a word of {widest} px in {width}"
            wanted = widget.heightForWidth(widget.width())
            if wanted > widget.height() + TOLERANCE_PX:
                yield f"lines of {wanted} px in {widget.height()}"
            return
    elif isinstance(widget, QAbstractButton) and not widget.text():
        return
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        complex_control, edit = (
            QStyle.ComplexControl.CC_ComboBox,
            QStyle.SubControl.SC_ComboBoxEditField,
        )
        room = widget.style().subControlRect(complex_control, option, edit, widget)
        icon = widget.iconSize().width() + 4 if not option.currentIcon.isNull() else 0
        wanted = widget.fontMetrics().horizontalAdvance(widget.currentText()) + icon
        if wanted > room.width() + TOLERANCE_PX and not widget.toolTip():
            yield f"{widget.currentText()!r} of {wanted} px in {room.width()}"
        return
    hint = widget.sizeHint()
    for axis, wanted, has in (
        ("wide", hint.width(), widget.width()),
        ("high", hint.height(), widget.height()),
    ):
        if wanted > has + TOLERANCE_PX:
            yield f"{wanted} px {axis} in {has}"


def _cut_sections(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    if header.orientation() is Qt.Orientation.Vertical or model is None:
        return
    elides = header.textElideMode() is not Qt.TextElideMode.ElideNone
    for section in range(header.count()):
        title = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        size = header.sectionSize(section)
        wanted = header.sectionSizeFromContents(section).width()
        if title and not header.isSectionHidden(section) and size < wanted and not elides:
            yield f"section {title!r} of {wanted} px in {size}"


def _cut_titles(contents: ContentsList) -> Iterator[str]:
    """Titles that their rows have no room for, and rows that lie over those above them."""
    end, text = 0, QStyle.SubElement.SE_ItemViewItemText
    for row in range(contents.count()):
        index = contents.model().index(row, 0)
        place = contents.visualItemRect(contents.item(row))
        option = QStyleOptionViewItem()
        contents.initViewItemOption(option)
        option.rect = place
        contents.itemDelegate().initStyleOption(option, index)
        room = contents.style().subElementRect(text, option, contents)
        width = min(room.width(), contents.viewport().width() - 2 * room.x())
        words = option.fontMetrics.boundingRect(
            QRect(0, 0, width, 0), Qt.TextFlag.TextWordWrap, option.text
        )
        if words.width() > width or words.height() > place.height():
            yield f"{option.text!r} of {words.size().toTuple()} in {width} x {place.height()}"
        if row and place.top() < end:
            yield f"{option.text!r} lies {end - place.top()} px over what is above it"
        end = place.top() + place.height()


def _out_of_sight(widget: QWidget, window: QWidget) -> Iterator[str]:
    """Walk up: everything lies in its parent, or in something that scrolls there."""
    area = QRect(QPoint(), widget.size())
    at = widget
    while at is not window:
        parent = at.parentWidget()
        area.translate(at.pos())
        scroller = parent.parentWidget() if parent is not None else None
        if isinstance(scroller, QAbstractScrollArea) and scroller.viewport() is parent:
            if isinstance(scroller, QAbstractItemView):
                return  # what it shows is its own to scroll
            off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if scroller.verticalScrollBarPolicy() != off:
                area.setTop(0), area.setHeight(1)
            if scroller.horizontalScrollBarPolicy() != off:
                area.setLeft(0), area.setWidth(1)
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(area):
            yield f"{area.getRect()} out of {_name(parent)} of {parent.width()}x{parent.height()}"
            return
        at = parent


def _name(widget: QWidget) -> str:
    text = getattr(widget, "text", "")
    text = text() if callable(text) else text
    return f"{chain(widget)} {str(text)[:30]!r}"


def chain(widget: QWidget) -> str:
    """The classes of a widget and of what it lies in."""
    names = []
    at: QWidget | None = widget
    while at is not None and len(names) < 4:
        names.append(type(at).__name__)
        at = at.parentWidget()
    return "<".join(names)
