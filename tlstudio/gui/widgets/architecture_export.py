"""The picture of a network as a file: a drawing in SVG or an image."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from tlstudio.gui.widgets.architecture_scene import ArchitectureScene

SCALE = 2.0
MOST_PX = 16_000  # of a side; larger images are refused by many programs


def as_svg(scene: ArchitectureScene, title: str) -> bytes:
    """The whole picture as SVG."""
    from PySide6.QtSvg import QSvgGenerator

    area = _area(scene)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing = QSvgGenerator()
    drawing.setOutputDevice(buffer)
    drawing.setSize(area.size().toSize())
    drawing.setViewBox(area)
    drawing.setTitle(title)
    _paint(scene, QPainter(drawing), area, area)
    buffer.close()
    return bytes(buffer.data().data())


def as_image(scene: ArchitectureScene) -> QImage:
    """The whole picture in twice its size, or less where it would be huge."""
    area = _area(scene)
    scale = min(SCALE, MOST_PX / max(area.width(), area.height(), 1.0))
    size = QSize(round(scale * area.width()), round(scale * area.height()))
    image = QImage(size, QImage.Format.Format_RGB32)
    _paint(scene, QPainter(image), QRectF(0, 0, size.width(), size.height()), area)
    return image


def _area(scene: ArchitectureScene) -> QRectF:
    return QRectF(0, 0, scene.layout.width, scene.layout.height)


def _paint(scene: ArchitectureScene, painter: QPainter, target: QRectF, area: QRectF) -> None:
    chosen = scene.chosen_key
    scene.choose("")
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(target, scene.backgroundBrush())
    scene.render(painter, target, area)
    painter.end()
    scene.choose(chosen)
