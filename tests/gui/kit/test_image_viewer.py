"""One large picture: fitted, in its own colours, or words in its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.thumbnails import ThumbnailCache
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session

GREEN = (10, 200, 30)


def test_an_array_is_fitted_in_the_middle(session: Session, qtbot: QtBot) -> None:
    viewer = ImageViewer()
    qtbot.addWidget(viewer)
    viewer.resize(200, 200)
    viewer.show_array(np.full((10, 20, 3), GREEN, np.uint8), "green")
    image = viewer.grab().toImage()
    assert image.pixelColor(100, 100) == QColor(*GREEN)
    assert image.pixelColor(100, 20) != QColor(*GREEN)  # twice as wide as high
    assert viewer.accessibleDescription() == "green"


def test_a_file_comes_when_it_is_read(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (40, 40), GREEN).save(path)
    cache = ThumbnailCache(session.disk_pool, jobs.thumbnail)
    viewer = ImageViewer(cache, framed=True)
    qtbot.addWidget(viewer)
    viewer.resize(200, 200)
    viewer.show_image(ImageRef.of_file(path))
    with qtbot.waitSignal(cache.ready):
        assert viewer.grab().toImage().pixelColor(20, 20) == QColor(theme.current().image_back)
    assert viewer.grab().toImage().pixelColor(20, 20) == QColor(*GREEN)


def test_broken_files_and_words_take_the_place(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    path.write_text("no image")
    cache = ThumbnailCache(session.disk_pool, jobs.thumbnail)
    viewer = ImageViewer(cache)
    qtbot.addWidget(viewer)
    viewer.resize(200, 200)
    viewer.show_image(ImageRef.of_file(path))
    with qtbot.waitSignal(cache.ready):
        viewer.grab()
    viewer.grab()
    viewer.show_text("Nothing chosen")
    assert viewer.accessibleDescription() == "Nothing chosen"
    viewer.grab()
