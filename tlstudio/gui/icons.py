"""The studio's icons: one coherent set (Phosphor, MIT, through qtawesome), by meaning."""

from __future__ import annotations

from typing import Any

import qtawesome
from PySide6.QtGui import QIcon

from tlstudio.core.storage import resources_dir
from tlstudio.gui import theme

NAMES = {
    "data": "ph.image-square",
    "model": "ph.tree-structure",
    "train": "ph.play-circle",
    "results": "ph.chart-line-up",
    "use": "ph.magic-wand",
    "open": "ph.folder-open",
    "sample": "ph.sparkle",
    "recent": "ph.clock-counter-clockwise",
    "reload": "ph.arrows-clockwise",
    "play": "ph.play-fill",
    "pause": "ph.pause-fill",
    "stop": "ph.stop-fill",
    "save": "ph.floppy-disk",
    "load": "ph.upload-simple",
    "download": "ph.download-simple",
    "export": "ph.export",
    "search": "ph.magnifying-glass",
    "close": "ph.x",
    "right": "ph.check-circle-fill",
    "wrong": "ph.x-circle-fill",
    "unknown": "ph.question-fill",
    "info": "ph.info",
    "success": "ph.check-circle",
    "warning": "ph.warning",
    "error": "ph.warning-octagon",
    "frozen": "ph.snowflake",
    "trainable": "ph.fire",
    "mixed": "ph.circle-half",
    "filter": "ph.funnel",
    "settings": "ph.sliders-horizontal",
    "fold": "ph.caret-right",
    "unfold": "ph.caret-down",
    "drop": "ph.archive-tray",
    "image": "ph.image",
    "device": "ph.cpu",
    "help": "ph.question",
    "light": "ph.sun",
    "dark": "ph.moon",
    "language": "ph.translate",
    "done": "ph.check",
    "previous": "ph.caret-left",
    "next": "ph.caret-right",
    "table": "ph.table",
    "shuffle": "ph.shuffle",
    "from_here": "ph.arrow-line-down",
    "on_board": "ph.package",
    "on_machine": "ph.hard-drive",
    "expand": "ph.arrows-out-line-vertical",
    "collapse": "ph.arrows-in-line-vertical",
}


def icon(name: str, color: str | None = None) -> QIcon:
    """The icon for a meaning (a key of `NAMES`), in a theme colour; follows no later theme change.

    Args:
        name: a key of `NAMES`.
        color: ``#rrggbb``; the theme's text colour if None.
    """
    tokens = theme.current()
    options: dict[str, Any] = {
        "color": color or tokens.text_soft,
        "color_disabled": tokens.text_faint,
    }
    result: QIcon = qtawesome.icon(NAMES[name], **options)
    return result


def application_icon() -> QIcon:
    """The studio's own icon in all its sizes."""
    folder = resources_dir() / "icons"
    result = QIcon()
    for path in sorted(folder.glob("tlstudio-*.png")):
        result.addFile(str(path))
    return result
