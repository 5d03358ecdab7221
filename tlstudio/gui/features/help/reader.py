"""Shows a page of the help: Markdown in the look of the window, with its pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import (
    QImage,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

from tlstudio.core.help import help_entry
from tlstudio.gui.features.help.pages import PICTURE
from tlstudio.gui.features.help.pictures import picture
from tlstudio.gui.kit import language, theme

COLUMN_PX, LEAST_PX = 680, 120  # longer lines are hard to read
SIDE_PX, RIGHT_PX = 4 * theme.GRID, 3 * theme.GRID  # the scroll bar is on the right
LINE_HEIGHT, HEADING_HEIGHT = 145, 115  # per cent
OBJECT = "\ufffc"  # stands for a picture in the text of a document
ABOVE_PX = {0: 10, 1: 0, 2: 26, 3: 18}  # a paragraph, and headings by their level
HEADING_PX = {1: theme.TEXT_TITLE_PX + 4, 2: 17, 3: 14}


class Reader(QTextBrowser):
    """Opens no link by itself.

    Signals:
        link_clicked(str): a link was clicked, or chosen with Tab and Enter.
    """

    link_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(SIDE_PX, theme.GRID * 3, 0, 0)
        self.setLineWrapMode(self.LineWrapMode.FixedPixelWidth)
        self._text, self._folder = "", Path()
        self.anchorClicked.connect(self._on_anchor_clicked)

    def show_text(self, text: str, folder: Path) -> None:
        """Show Markdown from its beginning.

        Args:
            text: of the page.
            folder: that the pictures in it are named from.
        """
        self._text, self._folder = text, folder
        self._render()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Pictures only, from the resources, as wide as the column at most."""
        url = QUrl(name)
        if QTextDocument.ResourceType(kind) is not QTextDocument.ResourceType.ImageResource:
            return None
        ratio = self.devicePixelRatioF()
        if url.scheme() == PICTURE:
            entry = help_entry(url.path(), language.current())
            return picture(entry, ratio) if entry is not None else None
        return None if url.scheme() else self._photo(self._folder / url.path(), ratio)

    def _photo(self, path: Path, ratio: float) -> QImage:
        image = QImage(str(path))
        widest = round(self._column_px() * ratio)
        if image.width() > widest:
            smooth = image.scaledToWidth(widest, Qt.TransformationMode.SmoothTransformation)
            smooth.setDevicePixelRatio(ratio)
            return smooth
        image.setDevicePixelRatio(min(ratio, 1.0))
        return image

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._column_px() != self.lineWrapColumnOrWidth():
            self.setLineWrapColumnOrWidth(self._column_px())
            self._render()  # pictures have another width, too

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._text:
            self._render()

    def _column_px(self) -> int:
        return max(LEAST_PX, min(COLUMN_PX, self.width() - SIDE_PX - RIGHT_PX))

    def _render(self) -> None:
        """Lay the page out anew where it was, in the colours and the width of now."""
        at = self.verticalScrollBar().value()
        document = self.document()
        document.clear()  # forgets the pictures, which are of the other theme
        document.setDocumentMargin(0)
        self.setMarkdown(self._text)
        self._dress(document)
        self.verticalScrollBar().setValue(at)

    def _dress(self, document: QTextDocument) -> None:
        """Room between lines and paragraphs, which Markdown leaves to whoever shows it."""
        cursor = QTextCursor(document)
        block = document.begin()
        while block.isValid():
            self._dress_block(cursor, block)
            block = block.next()

    def _dress_block(self, cursor: QTextCursor, block: QTextBlock) -> None:
        cursor.setPosition(block.position())
        form, level = block.blockFormat(), block.blockFormat().headingLevel()
        is_cell = isinstance(cursor.currentTable(), QTextTable)
        is_item = block.textList() is not None
        form.setTopMargin(0 if is_cell else 4 if is_item else ABOVE_PX.get(level, ABOVE_PX[3]))
        form.setBottomMargin(0 if is_cell else 4)
        proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        has_picture = OBJECT in block.text()
        height = 100 if has_picture else HEADING_HEIGHT if level else LINE_HEIGHT
        form.setLineHeight(height, proportional.value)
        cursor.setBlockFormat(form)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            letters = cursor.charFormat()
            font = letters.font()
            font.setPixelSize(HEADING_PX.get(level, HEADING_PX[3]))
            font.setWeight(font.Weight.DemiBold)
            letters.setFont(font)
            letters.setForeground(self.palette().color(QPalette.ColorRole.Text))
            cursor.setCharFormat(letters)

    def _on_anchor_clicked(self, url: QUrl) -> None:
        self.link_clicked.emit(url.toString())
