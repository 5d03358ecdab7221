"""Render the application icon: PNGs, a Windows .ico and a macOS .icns, from the two SVG drawings.

    python packaging/icons/make_icons.py

Needs PySide6 (QtSvg) and Pillow.  Sizes up to 24 px come from tlstudio-small.svg, the others from
tlstudio.svg.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[2]
SVG_DIR = ROOT / "resources" / "icons"
PACK_DIR = ROOT / "packaging" / "icons"
PNG_SIZES = (16, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)
SMALL_UP_TO = 24


def render(size: int) -> Image.Image:
    """The icon at ``size`` pixels, drawn 4x larger and reduced (small sizes are drawn exactly)."""
    svg = SVG_DIR / ("tlstudio-small.svg" if size <= SMALL_UP_TO else "tlstudio.svg")
    scale = 1 if size > 512 else 4
    image = QImage(size * scale, size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    picture = Image.open(io.BytesIO(data.data())).convert("RGBA")
    return picture if scale == 1 else picture.resize((size, size), Image.Resampling.BOX)


def main() -> int:
    app = QGuiApplication.instance() or QGuiApplication(sys.argv)
    sizes = sorted({*PNG_SIZES, *ICO_SIZES, *ICNS_SIZES})
    images = {n: render(n) for n in sizes}
    for n in PNG_SIZES:
        images[n].save(SVG_DIR / f"tlstudio-{n}.png", optimize=True)
    ico = [images[n] for n in ICO_SIZES]
    ico[-1].save(PACK_DIR / "tlstudio.ico", sizes=[i.size for i in ico], append_images=ico[:-1])
    icns = [images[n] for n in ICNS_SIZES]
    icns[-1].save(PACK_DIR / "tlstudio.icns", append_images=icns[:-1])
    del app
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
