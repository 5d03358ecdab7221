"""The studio's icons, by meaning: one coherent set (Phosphor 1.3, MIT), a font in resources/."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap
from shiboken6 import isValid

from tlstudio.core.storage import resources_dir
from tlstudio.gui.kit import theme

NAMES = {
    "data": "image-square",
    "edited": "pencil-simple",
    "model": "tree-structure",
    "train": "play-circle",
    "results": "chart-line-up",
    "use": "magic-wand",
    "open": "folder-open",
    "sample": "sparkle",
    "recent": "clock-counter-clockwise",
    "undo": "arrow-u-up-left",
    "redo": "arrow-u-up-right",
    "reload": "arrows-clockwise",
    "play": "play-fill",
    "pause": "pause-fill",
    "stop": "stop-fill",
    "save": "floppy-disk",
    "load": "upload-simple",
    "download": "download-simple",
    "export": "export",
    "search": "magnifying-glass",
    "close": "x",
    "right": "check-circle-fill",
    "wrong": "x-circle-fill",
    "unknown": "question-fill",
    "kept": "check-circle",
    "info": "info",
    "success": "check-circle",
    "warning": "warning",
    "error": "warning-octagon",
    "frozen": "snowflake",
    "trainable": "fire",
    "mixed": "circle-half",
    "waiting": "clock",
    "statistics_move": "waves",
    "statistics_fixed": "lock-simple",
    "proven": "shield-check",
    "disproven": "shield-warning",
    "advice": "lightbulb",
    "measure": "ruler",
    "filter": "funnel",
    "settings": "sliders-horizontal",
    "fold": "caret-right",
    "unfold": "caret-down",
    "drop": "archive-tray",
    "image": "image",
    "device": "cpu",
    "help": "question",
    "light": "sun",
    "dark": "moon",
    "language": "translate",
    "done": "check",
    "previous": "caret-left",
    "next": "caret-right",
    "shuffle": "shuffle",
    "from_here": "arrow-line-down",
    "on_board": "package",
    "on_machine": "hard-drive",
    "expand": "arrows-out-line-vertical",
    "zoom_in": "magnifying-glass-plus",
    "zoom_out": "magnifying-glass-minus",
    "fit": "corners-out",
    "award": "trophy",
    "web": "arrow-square-out",
    "copy": "copy",
    "code": "code",
    "rate": "gauge",
    "add": "plus",
    "paste": "clipboard",
    "camera": "camera",
    "video": "film-strip",
    "gather": "folder-plus",
    "side_by_side": "columns",
    "pan": "hand-grabbing",
    "lasso": "scribble-loop",
    "learn": "graduation-cap",
}


GLYPH_SHARE = 0.875  # of the icon's height; the rest is the bearing of the glyphs


@cache
def icon(name: str, token: str = "text_soft", on_token: str = "") -> QIcon:
    """The icon for a meaning, in a colour of whatever theme is in force when it is painted.

    Args:
        name: a key of `NAMES`.
        token: the colour by its name in `theme.Tokens`.
        on_token: the colour while the button is down; as `token` if empty.
    """
    glyph = _glyphs()[NAMES[name]]

    def paint(painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        shown = on_token if on_token and state is QIcon.State.On else token
        if mode is QIcon.Mode.Disabled:
            shown = "text_faint"
        font = QFont(_family())
        font.setPixelSize(max(1, round(GLYPH_SHARE * rect.height())))
        painter.setPen(QColor(getattr(theme.current(), shown)))
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, glyph)

    return drawn(paint)


def blank() -> QIcon:
    """Nothing to be seen, which takes the room of an icon."""
    return drawn(lambda painter, rect, mode, state: None)


def drawn(paint: Callable[[QPainter, QRect, QIcon.Mode, QIcon.State], None]) -> QIcon:
    """An icon that `paint` draws anew, in any size, whenever it is shown."""
    return QIcon(_PaintingEngine(paint))


def application_icon() -> QIcon:
    """The studio's own icon in all its sizes."""
    folder = resources_dir() / "icons"
    result = QIcon()
    for path in sorted(folder.glob("tlstudio-*.png")):
        result.addFile(str(path))
    return result


class _PaintingEngine(QIconEngine):
    """Keeps no picture, so that nothing has to be renewed when the theme changes.

    A clone belongs to the icon that asked for it, but Python does not know and would delete it at
    once. `_clones` holds each as long as Qt has it.
    """

    _clones: ClassVar[list[QIconEngine]] = []

    def __init__(self, paint: Callable[[QPainter, QRect, QIcon.Mode, QIcon.State], None]) -> None:
        super().__init__()
        self._paint = paint

    def clone(self) -> QIconEngine:
        clone = _PaintingEngine(self._paint)
        self._clones[:] = [*filter(isValid, self._clones), clone]
        return clone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.save()
        self._paint(painter, rect, mode, state)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


@cache
def _glyphs() -> dict[str, str]:
    """The characters of the icon font by their name in the set."""
    codes = json.loads((_folder() / "characters.json").read_text(encoding="utf-8"))
    return {name: chr(int(codes[name], 16)) for name in set(NAMES.values())}


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(_folder() / "phosphor.ttf"))
    return QFontDatabase.applicationFontFamilies(number)[0]


def _folder() -> Path:
    return resources_dir() / "icons" / "phosphor"
