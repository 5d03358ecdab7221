"""A dataset whose images are not files of their own, in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.archives import ZipSource, zip_folder
from tests.gui.fakes import CLASSES, make_images
from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.use.answers_csv import answers_csv
from tlstudio.engine.data.sources import opening
from tlstudio.gui.app.data_page import DataPage
from tlstudio.gui.app.data_views import DataTab
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.kit.thumbnails import ThumbnailCache
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(opening, "DATASET_SOURCES", (ZipSource(), *opening.DATASET_SOURCES))
    make_images(tmp_path / "photos", 4)
    (tmp_path / "photos" / "leaf" / "broken.png").write_bytes(b"no image")
    return zip_folder(tmp_path / "photos", tmp_path / "photos.zip")


def open_archive(session: Session, qtbot: QtBot, archive: Path) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(archive)


def test_its_images_are_looked_at(session: Session, qtbot: QtBot, archive: Path) -> None:
    page = DataPage(session)
    qtbot.addWidget(page)
    page.resize(1192, 700)
    page.show()
    open_archive(session, qtbot, archive)
    images = page.browser.images
    assert len(images.grid.items) == 12
    first = images.grid.items[0].image
    qtbot.waitUntil(lambda: session.thumbnails.get(first, 128) is not None)
    images.grid.set_current_index(0)
    qtbot.waitUntil(lambda: "32 × 24 px" in [value.text() for _, value in images.side.facts._rows])
    assert not images.side.folder_button.isEnabled()
    assert images.side.folder_button.toolTip() == "It is not a file of its own."
    table = page.browser.view(DataTab.LEFT_OUT).model
    assert table.index(0, 0).data() == "leaf/broken.png"
    images.search.setText("0.PNG")
    qtbot.waitUntil(lambda: len(images.grid.items) == 3)
    images.grid.set_current_index(1)
    images._open_large()
    assert images.large.accessibleDescription() == "0.png"


def test_a_gallery_and_its_file_name_them(
    session: Session, qtbot: QtBot, archive: Path, tmp_path: Path
) -> None:
    open_archive(session, qtbot, archive)
    index = session.datasets.index
    assert index is not None
    records = [
        PredictionRecord(sample.image, (0.6, 0.3, 0.1), sample.class_index)
        for sample in index.by_split[Split.VAL]
    ]
    gallery = PredictionGallery(ThumbnailCache(session.disk_pool, jobs.thumbnail, parent=session))
    qtbot.addWidget(gallery)
    gallery.resize(1000, 600)
    gallery.set_records(records, CLASSES)
    with qtbot.waitExposed(gallery):
        gallery.show()
    assert [item.image.name for item in gallery.grid.items] == [r.image.name for r in records]
    wanted: list[object] = []
    gallery.network_view_wanted.connect(wanted.append)
    gallery.grid.activated.emit(0)
    qtbot.waitUntil(lambda: wanted == [records[0].image])
    line = answers_csv(records, index.classes).splitlines()[1]
    assert line.startswith(f"{archive}/{records[0].image.key},acorn,0.600000")
