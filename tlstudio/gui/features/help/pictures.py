"""The pictures of the help in the colours of the theme: drawings, and the marks themselves."""

from __future__ import annotations

import re
from dataclasses import asdict

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from tlstudio.core.help import HelpEntry
from tlstudio.core.storage import resources_dir
from tlstudio.gui.kit import icons, theme

MARK_PX = 28
_COLOUR = re.compile("#[0-9a-f]{6}")


def themed(svg: str) -> str:
    """`svg`, which is drawn in the colours of the light theme, in those of the one in force."""
    light, now = asdict(theme.LIGHT), asdict(theme.current())
    # the first of two names for a colour holds
    colours = {light[name]: now[name] for name in reversed(light) if name != "name"}
    return _COLOUR.sub(lambda found: colours[found[0]], svg)


def picture(entry: HelpEntry, ratio: float) -> QPixmap | None:
    """The picture of an entry, or else its mark; None where it has neither.

    Args:
        entry: what it explains.
        ratio: pixels of the screen for each of ours.
    """
    if entry.picture:
        return drawing(entry.picture, ratio)
    if entry.icon:
        return icons.icon(entry.icon, entry.colour).pixmap(QSize(MARK_PX, MARK_PX), ratio)
    return None


def drawing(name: str, ratio: float) -> QPixmap | None:
    """The SVG file of this name; None where it is missing."""
    path = resources_dir() / "help" / "pictures" / f"{name}.svg"
    try:
        svg = themed(path.read_text(encoding="utf-8"))
    except OSError:
        return None
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    result = QPixmap(renderer.defaultSize() * ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    renderer.render(painter)
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result
