"""A chart as a file: a picture (PNG), a drawing (SVG) or its numbers (CSV). Needs no pyqtgraph."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from PySide6.QtCore import QBuffer, QIODevice, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QMenu, QWidget

from tlstudio.gui.kit import file_dialogs, save_as, theme

SCALE = 2  # of a picture, as against the screen
CHILDREN = QWidget.RenderFlag.DrawChildren


def picture(widget: QWidget) -> QImage:
    """`widget` as it stands, twice as fine as on the screen."""
    image = QImage(widget.size() * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(QColor(theme.current().surface))
    widget.render(image, QPoint(), QRegion(), CHILDREN)
    return image


def drawing(widget: QWidget, title: str) -> str:
    """`widget` as it stands, as SVG."""
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(widget.rect())
    generator.setTitle(title)
    painter = QPainter(generator)
    painter.fillRect(widget.rect(), QColor(theme.current().surface))
    widget.render(painter, QPoint(), QRegion(), CHILDREN)
    painter.end()
    return bytes(buffer.data().data()).decode()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV; floats with all their digits, None as an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def open_menu(widget: QWidget, fill: Callable[[QMenu], object], at: QPoint) -> None:
    """Show a menu of `widget`, with what `fill` puts into it, at a point of the screen."""
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    fill(menu)
    menu.popup(at)


class Exportable(Protocol):
    """A widget whose numbers can be told. Its pictures are made of itself."""

    def image(self) -> QImage: ...
    def svg(self) -> str: ...
    def csv(self) -> str: ...


class ChartExport(QObject):
    """Asks where to, and writes on the disk's threads.

    Args:
        chart: gives the chart when it is needed; charts are built late.
        name: of the file, without its suffix; the dataset's goes before it.
        is_general: whether the dataset has nothing to do with it.
    """

    def __init__(
        self,
        chart: Callable[[], Exportable],
        name: str,
        desk: save_as.Desk,
        parent: QWidget,
        *,
        is_general: bool = False,
    ) -> None:
        super().__init__(parent)
        self._chart, self._name, self._desk, self._around = chart, name, desk, parent
        self._is_general = is_general

    def fill(self, menu: QMenu) -> None:
        """Add a line for each kind of file."""
        menu.addAction(self.tr("Save as a picture (PNG)…"), self.ask_png)
        menu.addAction(self.tr("Save as a drawing (SVG)…"), self.ask_svg)
        menu.addAction(self.tr("Save the numbers (CSV)…"), self.ask_csv)

    def menu(self, parent: QWidget) -> QMenu:
        """Return the export menu, for a button."""
        menu = QMenu(parent)
        self.fill(menu)
        return menu

    def ask_png(self) -> None:
        self._ask(self.tr("Save the chart"), file_dialogs.PNG, lambda: self._chart().image())

    def ask_svg(self) -> None:
        self._ask(self.tr("Save the chart"), file_dialogs.SVG, lambda: self._chart().svg())

    def ask_csv(self) -> None:
        self._ask(self.tr("Save the numbers"), file_dialogs.CSV, lambda: self._chart().csv())

    def _ask(
        self, title: str, kind: file_dialogs.Filter, content: Callable[[], save_as.Content]
    ) -> None:
        about = "" if self._is_general else self._desk.dataset_name
        name = f"{about} {self._name}".strip()
        save_as.save_as(self._around, self._desk, title, name, {kind: content})
