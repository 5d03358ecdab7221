"""The picture of a network as a file: a drawing in SVG or an image."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from tlstudio.gui.features.picture.scene import ArchitectureScene
from tlstudio.gui.features.picture.style import font
from tlstudio.gui.kit import theme

SCALE = 2.0
_TEXT = re.compile(
    r'<text [^>]*font-family="(?P<family>[^"]*)" font-size="(?P<px>\d+)" '
    r'font-weight="(?P<weight>\d+)"[^>]*>(?P<words>[^<]*)</text>'
)
TITLES_PX = 32.0  # for the names of networks that stand side by side
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
    return _TEXT.sub(_with_width, bytes(buffer.data().data()).decode()).encode()


def _with_width(found: re.Match[str]) -> str:
    """A text that keeps its width, and so its box, where the studio's font is not installed."""
    family, px, weight, words = found.group("family", "px", "weight", "words")
    font = QFont(family)
    font.setPixelSize(int(px))
    font.setWeight(QFont.Weight(int(weight)))
    width = QFontMetricsF(font).horizontalAdvance(html.unescape(words))
    keeps = f'textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs" ' if words.strip() else ""
    text = found.group().replace("<text ", f"<text {keeps}", 1)
    return text.replace(f'"{family}"', f'"{family}, Inter, Helvetica, Arial, sans-serif"', 1)


def as_image(scene: ArchitectureScene) -> QImage:
    """The whole picture in twice its size, or less where it would be huge."""
    area = _area(scene)
    scale = min(SCALE, MOST_PX / max(area.width(), area.height(), 1.0))
    size = QSize(round(scale * area.width()), round(scale * area.height()))
    image = QImage(size, QImage.Format.Format_RGB32)
    _paint(scene, QPainter(image), QRectF(0, 0, size.width(), size.height()), area)
    return image


def _area(scene: ArchitectureScene) -> QRectF:
    above = TITLES_PX if scene.titles else 0.0
    return QRectF(0, -above, scene.layout.width, scene.layout.height + above)


def _paint(scene: ArchitectureScene, painter: QPainter, target: QRectF, area: QRectF) -> None:
    scene.finish()
    chosen = scene.chosen_key
    scene.choose("")
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(target, QColor(theme.current().surface))
    scene.render(painter, target, area)
    painter.translate(target.topLeft())
    painter.scale(target.width() / area.width(), target.height() / area.height())
    painter.setFont(font(is_bold=True))
    painter.setPen(QColor(theme.current().text))
    for name, (left, right) in zip(scene.titles, scene.layout.columns, strict=False):
        room = QRectF(left, 0, right - left, TITLES_PX)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)
    painter.end()
    scene.choose(chosen)
