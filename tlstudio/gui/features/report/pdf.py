"""A report as PDF: the same HTML, laid out on A4 by Qt's rich text. For any thread."""

from __future__ import annotations

import base64
import re

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QPointF,
    QRectF,
    QSizeF,
    Qt,
    QUrl,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)
from PySide6.QtSvg import QSvgRenderer

WIDTH_PX = 900  # of the text as it is laid out; it is printed as wide as the paper lets it
MARGIN_MM = 16.0
FOOT_PX = 40  # below the text, for the number of the page
TEXT_PX = 14
DPI = 96  # in which the HTML counts
SHARPNESS = 3  # pixels of a chart for each of its own

_CHART = re.compile(r"data:image/svg\+xml;base64,([^\"]*)")


def pdf_of(html: str) -> bytes:
    """The pages of a report, numbered."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    page = writer.pageLayout().paintRectPixels(DPI)
    scale = page.width() / WIDTH_PX
    height = page.height() / scale
    document = _document(html, writer, QSizeF(WIDTH_PX, height - FOOT_PX))
    writer.setTitle(document.metaInformation(QTextDocument.MetaInformation.DocumentTitle))
    painter = QPainter(writer)
    painter.scale(scale, scale)
    count = document.pageCount()
    for number in range(count):
        if number:
            writer.newPage()
        _paint(painter, document, number, height, f"{number + 1} / {count}")
    painter.end()
    return bytes(buffer.data().data())


def _paint(
    painter: QPainter, document: QTextDocument, number: int, height: float, foot: str
) -> None:
    size = document.pageSize()
    shown = QRectF(QPointF(0, number * size.height()), size)
    painter.save()
    painter.translate(0, -shown.top())
    document.drawContents(painter, shown)
    painter.restore()
    painter.setFont(document.defaultFont())
    painter.setPen(QColor("#5a5a5a"))
    painter.drawText(
        QRectF(0, height - FOOT_PX, size.width(), FOOT_PX),
        Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom,
        foot,
    )


def _document(html: str, writer: QPdfWriter, page: QSizeF) -> QTextDocument:
    document = QTextDocument()
    font = QFont(QGuiApplication.font())  # the studio's own: Latin and Korean
    font.setPixelSize(TEXT_PX)
    document.setDefaultFont(font)
    document.setUseDesignMetrics(True)
    document.setDocumentMargin(0)
    document.setMetaInformation(QTextDocument.MetaInformation.CssMedia, "print")
    document.documentLayout().setPaintDevice(writer)
    charts: list[str] = []

    def name_of(found: re.Match[str]) -> str:
        charts.append(found[1])
        return f"chart:{len(charts) - 1}"

    html = _CHART.sub(name_of, html)
    for number, data in enumerate(charts):
        document.addResource(
            QTextDocument.ResourceType.ImageResource, QUrl(f"chart:{number}"), _drawn(data)
        )
    document.setHtml(html)
    document.setPageSize(page)
    return document


def _drawn(data: str) -> QImage:
    """A chart as pixels: rich text would draw it as coarse as the screen is."""
    renderer = QSvgRenderer(QByteArray(base64.b64decode(data)))
    image = QImage(renderer.defaultSize() * SHARPNESS, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image
